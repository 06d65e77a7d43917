"""What changed between two states of a book, as a page that opens from disk."""

from __future__ import annotations

from pathlib import Path

from borderbook import notebooks, outputs, scratch
from borderbook.publishing import run_page, single_page
from borderbook.publishing.sphinx_process import Renderer
from borderbook.results.diff import Changes

_PYTHON = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}


def write(changes: Changes, before: str, root: Path, folder: Path) -> None:
    """Write a page of changes against the state that is called `before`, in one step."""
    heading = {
        "cell_type": "markdown",
        "id": "title",
        "metadata": {},
        "source": f"# What changed since {notebooks.literal(before)}\n\n{changes.summary}.",
    }
    shown = run_page.cell(changes, f"# borderbook diff {before}", before, "Now")
    document = {"cells": [heading, shown], "metadata": _PYTHON, "nbformat": 4, "nbformat_minor": 5}
    with scratch.folder(folder) as work, Renderer() as renderer:
        single_page.stage(work / "source", "book/index", document, root)
        renderer.render(work / "source", work, root / ".cache" / "pictures")
        run_page.finish(
            work / "html", work / "folder", folder=folder, section="", changes=changes, root=root
        )
        outputs.swap(work / "folder", folder)
