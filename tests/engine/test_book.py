"""The book that one stands in: found upward, its hooks resolved when asked for, its own engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from borderbook import book
from tests.bakery import TINY, add_cell


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a book that one stands in, deep below."""
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\n", "utf-8")
    (tmp_path / "book" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "book" / "deep")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def settings(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.borderbook]\n{text}\n", "utf-8")


def test_a_book_is_found_from_any_folder_in_it(folder: Path) -> None:
    assert book.root() == folder


def test_where_no_book_is_it_is_said_what_marks_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(book.BookError, match=r"holds _toc\.yml"):
        book.root()


def test_a_book_without_settings_has_every_default(folder: Path) -> None:
    assert book.setting("content", "none") == "none"
    assert book.hook("palette", "default") == "default"


def test_a_hook_is_what_its_setting_names(folder: Path) -> None:
    (folder / "bakery_colours.py").write_text("PALETTE = 'brown'\n", "utf-8")
    settings(folder, 'palette = "bakery_colours:PALETTE"')
    assert book.hook("palette") == "brown"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("no_such_module_here:X", "there is no module no_such_module_here"),
        ("os:no_such_name", "os has no no_such_name"),
    ],
)
def test_a_hook_that_names_nothing_is_told_with_its_setting(
    folder: Path, written: str, told: str
) -> None:
    settings(folder, f'palette = "{written}"')
    with pytest.raises(book.BookError) as caught:
        book.hook("palette")
    assert "pyproject.toml, tool.borderbook.palette" in str(caught.value)
    assert told in str(caught.value)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a second work tree: a book with an engine of its own, while this one is installed."""
    root = Path(shutil.copytree(TINY, tmp_path / "tree"))
    aside = shutil.ignore_patterns("__pycache__")
    shutil.copytree(book.ENGINE, root / "borderbook", ignore=aside)
    add_cell(root / "book" / "dough.ipynb", "engine", WHICH)
    return root


WHICH = """from borderbook import book, ipython
from borderbook.datapackage import resources
from pathlib import Path
[Path(file).resolve().relative_to(book.root().resolve()).parts[0]
 for file in (book.__file__, ipython.__file__, resources.__file__)]"""


@pytest.mark.parametrize("folder", [".", "book"])
@pytest.mark.parametrize("engine", [(), ("--engine", "borderbook")], ids=["plain", "borderbook"])
def test_a_kernel_has_the_engine_of_the_work_tree_that_it_stands_in(
    tree: Path, folder: str, engine: tuple[str, ...]
) -> None:
    made = tree.parent / "made.ipynb"
    command = [sys.executable, "-m", "papermill", str(tree / "book" / "dough.ipynb"), str(made)]
    ended = subprocess.run(
        [*command, *engine, "--no-progress-bar"],
        cwd=tree / folder,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    outputs = json.loads(made.read_text("utf-8"))["cells"][-1]["outputs"]
    assert "".join(outputs[0]["data"]["text/plain"]) == str(["borderbook"] * 3)


def test_a_second_work_tree_is_built_by_its_own_engine(tree: Path) -> None:
    """The command is installed from one checkout, and run in another that differs."""
    engine = tree / "borderbook"
    command = engine / "cli" / "run.py"
    text = command.read_text("utf-8")
    assert text.count('"Section", "Parameters"') == 1
    command.write_text(text.replace('"Section", "Parameters"', '"Here", "Parameters"'), "utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "borderbook.cli", "params"],
        cwd=tree / "book",
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split()[:2] == ["Here", "Parameters"]
    assert "loaves" in ended.stdout
