"""The real book with two editions, executed and rendered once for all tests that read its site."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from helpers import editions, rendering, runs
from helpers.cli import ROOT
from helpers.rendering import Book
from helpers.runs import Run


@pytest.fixture(scope="session")
def executed() -> dict[str, Path]:
    """Return the executed notebooks of the book; what has not changed is not executed again."""
    return runs.execute([Run(path) for path in runs.sections(ROOT)], ROOT)


@pytest.fixture(scope="session")
def beside() -> list[Book]:
    """Return two editions of the book, executed: one of another border, one of another group."""
    return editions.execute(editions.choose(editions.read(ROOT), "okrugs,cn"), ROOT)


@pytest.fixture(scope="session")
def built(
    executed: dict[str, Path], beside: list[Book], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of the rendered site."""
    output = tmp_path_factory.mktemp("site") / "html"
    assert rendering.render(ROOT, executed, output, beside=beside) is True
    return output


@pytest.fixture(scope="session")
def all_pages(built: Path) -> dict[str, Element]:
    """Return every page as a tree, those of editions too, by its path in the site."""
    found = {path.relative_to(built).as_posix(): path for path in built.rglob("*.html")}
    return {
        name: html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
        for name, path in sorted(found.items())
    }


@pytest.fixture(scope="session")
def pages(all_pages: Mapping[str, Element]) -> dict[str, Element]:
    """Return the pages of the default book."""
    return {name: tree for name, tree in all_pages.items() if not name.startswith("editions/")}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a small book: two pages and the settings of the real one."""
    root = tmp_path / "root"
    (root / "book").mkdir(parents=True)
    shutil.copytree(
        ROOT / "helpers", root / "helpers", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("_config.yml", "requirements.txt"):
        shutil.copyfile(ROOT / name, root / name)
    shutil.copyfile(ROOT / "book" / "references.bib", root / "book" / "references.bib")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n  - file: book/one\n", "utf-8"
    )
    (root / "book" / "index.md").write_text("# Door\n\n[In](one.ipynb)\n", "utf-8")
    return root
