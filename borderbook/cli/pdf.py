"""The command for the book as one PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from borderbook import book, outputs
from borderbook.cli import build
from borderbook.cli.app import Jobs, Timeout, app, console
from borderbook.datapackage import descriptor


@app.command()
def pdf(
    output: Annotated[
        Path | None,
        typer.Option(help="Where the PDF goes; _build/borderbook.pdf if none."),
    ] = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
) -> None:
    """Build the site and print the whole book as one PDF; needs Chromium."""
    from borderbook.publishing import pdf as printing  # noqa: PLC0415

    place = output or book.root() / "_build" / "borderbook.pdf"
    output = outputs.check_file(place, printing.BEGINNING, printing.SIGN)
    site = book.root() / "_build" / "html"
    build.build(jobs=jobs, timeout=timeout, output=site)
    with console.status("printing"):
        data = descriptor.folder()
        date = descriptor.date(data) if descriptor.exists(data) else None
        pages = printing.write(site, output, date)
    console.print(f"{output} written, {pages} pages", soft_wrap=True)
