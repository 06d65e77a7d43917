"""The tiny book in `tests/tiny`, the engine's other user: a bakery's, without any Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from borderbook import book, cli

TINY = Path(__file__).with_name("tiny")


def add_cell(notebook: Path, name: str, source: str) -> None:
    """Write a cell at the end of a notebook, by hand."""
    document = json.loads(notebook.read_text("utf-8"))
    cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    document["cells"].append({**cell, "outputs": [], "execution_count": None})
    notebook.write_text(json.dumps(document), "utf-8")


class Said(NamedTuple):
    """What a command ended with: its exit status, and what it said to both streams."""

    status: int
    out: str
    err: str


def ended(process: subprocess.Popen[str], seconds: float = 300) -> Said:
    """Wait for a command that was started, and return what it said."""
    out, err = process.communicate(timeout=seconds)
    return Said(process.returncode, out, err)


class Bakery:
    """A copy of the tiny book that commands are run in."""

    def __init__(self, root: Path) -> None:
        shutil.copytree(TINY, root, ignore=shutil.ignore_patterns(".cache", "_build"))
        self.root = root

    def run(self, *words: str, capsys: pytest.CaptureFixture[str]) -> Said:
        """Run a command of `borderbook` as if typed in the book's folder."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root)
            patch.setenv("COLUMNS", "400")
            patch.setattr(sys, "argv", ["borderbook", *words])
            with pytest.raises(SystemExit) as ended:
                cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        around = {"COLUMNS": "400", "PYTHONPATH": str(book.ENGINE.parent), **options.pop("env", {})}
        return subprocess.Popen(
            [sys.executable, "-m", "borderbook.cli", *words],
            cwd=self.root,
            env={**os.environ, **around},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run_apart(self, *words: str, **options: Any) -> Said:
        """Run a command in a process of its own: one that starts a browser must be."""
        return ended(self.start(*words, **options))

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit a file by hand."""
        text = self.read(name)
        assert old in text
        (self.root / name).write_text(text.replace(old, new), "utf-8")

    def cell(self, section: str, name: str) -> dict[str, Any]:
        """Return a cell of a section's notebook as it stands in `book`."""
        cells: list[dict[str, Any]] = json.loads(self.read(f"book/{section}.ipynb"))["cells"]
        return next(cell for cell in cells if cell["id"] == name)
