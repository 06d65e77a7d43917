"""Two clean copies of a book, built under other circumstances, give the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from borderbook import book
from tests import soak
from tests.bakery import TINY, add_cell
from tests.real_book import ROOT

HERE = {
    **{"LC_ALL": "C", "TZ": "America/St_Johns", "PYTHONHASHSEED": "1", "USER": "one"},
    **{"SOURCE_DATE_EPOCH": "1000000000", "BORDERBOOK_FORK": "1"},
}
THERE = {
    **{"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "77", "USER": "two"},
    **{"SOURCE_DATE_EPOCH": "1900000000", "BORDERBOOK_FORK": "0"},
}


# What a kernel must not let through: a zone, an order, a file's name that holds the process.
SENSITIVE = "import time, warnings\nwarnings.warn('careful')\n"
SENSITIVE += "[time.localtime(0).tm_hour, {'rye', 'oats', 'wheat', 'barley'}, hash('rye')]"


def built(root: Path, settings: dict[str, str], umask: int, *commands: list[str]) -> Path:
    """Return the folder of what the commands make of a clean copy of a book."""
    home = root.parent / f"home of {root.name}"
    home.mkdir()
    engine = root if (root / "borderbook").exists() else book.ENGINE.parent
    paths = {"HOME": str(home), "PYTHONPATH": str(engine)}
    for words in commands:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "borderbook.cli", *words],
            cwd=root,
            env={**os.environ, **settings, **paths},
            umask=umask,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
    return root / "_build"


def content(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file by its path, but for those kept for the next build."""
    listed = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path: path.relative_to(folder).as_posix() for path in listed}
    return {
        name: path.read_bytes()
        for path, name in names.items()
        if name.startswith("html/") or name.endswith(".pdf")
    }


def differing(one: Path, two: Path) -> list[str]:
    first, second = content(one), content(two)
    return sorted(
        name for name in first.keys() | second.keys() if first.get(name) != second.get(name)
    )


def test_two_copies_of_a_small_book_give_the_same_bytes(tmp_path: Path) -> None:
    """Other folder, time, language, time zone, hash seed, user, home, umask and kind of kernel."""
    one = Path(shutil.copytree(TINY, tmp_path / "one" / "book"))
    two = Path(shutil.copytree(TINY, tmp_path / "two" / "a longer name"))
    for path in (one, two):
        add_cell(path / "book" / "dough.ipynb", "sensitive", SENSITIVE)
    for path in two.rglob("*"):
        os.utime(path, (1, 1))
    first = built(one, HERE, 0o022, ["build", "--editions", "none"])
    second = built(two, THERE, 0o077, ["build", "--editions", "none"])
    assert len(content(first)) > 20
    assert differing(first, second) == []


@pytest.mark.soak
def test_two_clones_of_the_real_book_give_the_same_bytes(tmp_path: Path) -> None:
    clones = [tmp_path / "one" / "clone", tmp_path / "the other" / "clone of another name"]
    for clone in clones:  # both before either is built: of one state
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    commands = ["build", "--editions", "okrugs"], ["pdf"]
    made = [
        built(clones[0], HERE, 0o022, *commands),
        built(clones[1], THERE, 0o077, *commands),
    ]
    assert len(content(made[0])) > 500
    assert any(name.endswith(".pdf") for name in content(made[0]))
    assert differing(*made) == []
    soak.record("two clones of the real book", files=len(content(made[0])))
