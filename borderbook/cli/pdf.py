"""The command for the book on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from borderbook.cli import build
from borderbook.cli.app import ROOT, app, console
from borderbook.datapackage import descriptor


@app.command()
def pdf(
    output: Annotated[Path, typer.Option(help="Where the PDF goes.")] = ROOT
    / "_build"
    / "borderbook.pdf",
) -> None:
    """Build the site and print the whole book as one PDF; needs Chromium."""
    from borderbook.publishing import pdf as paper  # noqa: PLC0415

    site = ROOT / "_build" / "html"
    build.build(output=site)
    with console.status("printing"):
        pages = paper.write(site, output, descriptor.date(build.DATA))
    console.print(f"{output} written, {pages} pages")
