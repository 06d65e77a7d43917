"""Every recipe of CONTRIBUTING.md works as it is written: the test does what the reader would.

A block of a recipe says in its first line, which readers of the page do not see, what it is for:
`file=` a file with this content, `append=` lines for the end of a file, `replace=` a line in place
of the one that begins alike, `notebook=` a notebook in the percent format, `cell=` a cell for the
end of one, `cell-replace=` a line of its cell of parameters, `resource=` an entry of a data
package. A `console` block holds commands, an `output` block what the last of them says.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from tests.real_book import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(\w+)(?: ([\w-]+)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TAGS = re.compile(r'# %%(?: \[(markdown)\])?(?: id="([\w-]+)")?(?: tags=\["([\w-]+)"\])?\n')


class Block(NamedTuple):
    """A fenced block: its language, what it is for, the file it speaks of, its text."""

    language: str
    use: str
    path: str
    text: str


def recipes() -> dict[str, list[Block]]:
    """Return the blocks of each recipe by its heading."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    return {
        title: [Block(*(part or "" for part in match.groups())) for match in _BLOCK.finditer(text)]
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
        if _BLOCK.search(text)
    }


@pytest.fixture
def copy(executed: object, tmp_path: Path) -> Path:
    """Return a copy of the checkout, with the results of the runs executed so far."""
    root = tmp_path / "checkout"
    aside = shutil.ignore_patterns("_build", ".*", "runs", "sweeps", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, root, ignore=aside)
    for name in ("runs", "tables", "checked", "pictures", "bytecode"):
        if (ROOT / ".cache" / name).is_dir():
            shutil.copytree(ROOT / ".cache" / name, root / ".cache" / name)
    return root


@pytest.mark.parametrize("title", recipes())
def test_a_recipe_works_as_it_is_written(title: str, copy: Path) -> None:
    said = ""
    for block in recipes()[title]:
        if block.language == "console":
            said = "".join(run(line, copy) for line in block.text.splitlines())
        elif block.language == "output":
            for line in block.text.splitlines():
                assert " ".join(line.split()) in " ".join(said.split())
        else:
            assert block.use, f"a block of {block.language} that is for nothing"
            assert f"`{block.path}`" in PAGE, "readers are told where it goes"
            put(block, copy / block.path)


def test_there_is_a_recipe_for_each_usual_change() -> None:
    wanted = (
        "figure",
        "claim",
        "section",
        "parameter",
        "edition",
        "resource",
        "document",
        "release",
    )
    assert [name for name in wanted if not any(name in title.lower() for title in recipes())] == []


def put(block: Block, path: Path) -> None:
    """Do with a block what a reader would."""
    match block.use:
        case "file":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        case "append":
            path.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + block.text, "utf-8")
        case "replace":
            path.write_text(replaced(path.read_text("utf-8"), block.text, path.name), "utf-8")
        case "notebook":
            notebook = nbformat.v4.new_notebook(cells=cells(block.text))
            nbformat.write(notebook, path)
        case "cell":
            notebook = nbformat.read(path, as_version=4)
            notebook.cells += cells(block.text)
            nbformat.write(notebook, path)
        case "cell-replace":
            notebook = nbformat.read(path, as_version=4)
            [cell] = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
            cell.source = replaced(cell.source + "\n", block.text, path.name)
            nbformat.write(notebook, path)
        case "resource":
            package = json.loads(path.read_text("utf-8"))
            package["resources"].append(json.loads(block.text))
            path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", "utf-8")
        case use:
            pytest.fail(f"a block is for {use!r}")


def replaced(text: str, line: str, name: str) -> str:
    """Return a text with a line in place of the one that sets the same name."""
    start = re.match(r"\s*[\w-]+\s*[:=]", line)
    assert start, "a line that sets a name"
    text, count = re.subn(rf"(?m)^{re.escape(start[0])}.*\n", line, text)
    assert count == 1, f"{name} has {count} lines that begin with {start[0]!r}"
    return text


def cells(text: str) -> list[nbformat.NotebookNode]:
    """Return the cells of a text in the percent format."""
    parts = _TAGS.split(text)
    made = []
    for kind, name, tag, source in zip(*(iter(parts[1:]),) * 4, strict=True):
        content = source.strip()
        if kind:
            lines = [line.removeprefix("#").removeprefix(" ") for line in content.splitlines()]
            cell = nbformat.v4.new_markdown_cell("\n".join(lines))
        else:
            cell = nbformat.v4.new_code_cell(content)
        if name:
            cell.id = name
        if tag:
            cell.metadata["tags"] = [tag]
        made.append(cell)
    return made


def run(line: str, folder: Path) -> str:
    """Return what a command prints; it must end well."""
    words = shlex.split(line.removeprefix("$ "), comments=True)
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "200",
    }
    ended = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, f"{line}\n{said}"
    return said
