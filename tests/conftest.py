"""The real book, executed and rendered once for all tests that read its site."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from helpers import rendering, runs
from helpers.cli import ROOT
from helpers.runs import Run


@pytest.fixture(scope="session")
def executed() -> dict[str, Path]:
    """Return the executed notebooks of the book; what has not changed is not executed again."""
    return runs.execute([Run(path) for path in runs.sections(ROOT)], ROOT)


@pytest.fixture(scope="session")
def built(executed: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the rendered site."""
    output = tmp_path_factory.mktemp("site") / "html"
    assert rendering.render(ROOT, executed, output) is True
    return output


@pytest.fixture(scope="session")
def pages(built: Path) -> dict[str, Element]:
    """Return every page as a tree, by its path in the site."""
    found = {path.relative_to(built).as_posix(): path for path in built.rglob("*.html")}
    return {
        name: html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
        for name, path in sorted(found.items())
    }
