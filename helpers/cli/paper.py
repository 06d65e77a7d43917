"""The command for the book on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from helpers import descriptor
from helpers.cli import book
from helpers.cli.door import ROOT, app, console


@app.command()
def pdf(
    output: Annotated[Path, typer.Option(help="Where the PDF goes.")] = ROOT
    / "_build"
    / "borderbook.pdf",
) -> None:
    """Build the site and print the whole book as one PDF; needs Chromium."""
    from helpers import paper  # noqa: PLC0415

    site = ROOT / "_build" / "html"
    book.build(output=site)
    with console.status("printing"):
        pages = paper.write(site, output, descriptor.date(book.DATA))
    console.print(f"{output} written, {pages} pages")
