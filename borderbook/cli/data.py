"""The commands for figures: add those of a published table, recover after an interruption."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from rich.table import Table

from borderbook.cli.app import console

if TYPE_CHECKING:
    from borderbook.ingest.extract import Published
    from borderbook.ingest.merge import Plan
    from borderbook.ingest.target import Form

data_app = typer.Typer(help="Add figures to the data package.", no_args_is_help=True)

Texts = list[str] | None
_SHOWN = 20


@data_app.command()
def add(
    resource: Annotated[str, typer.Argument(help="The resource that takes the figures.")],
    file: Annotated[Path, typer.Argument(help="CSV or spreadsheet: .csv .tsv .xlsx .xls .ods")],
    *,
    source: Annotated[str, typer.Option(help="Key of the source, known or new.")] = "",
    publisher: Annotated[str, typer.Option(help="Publisher of a new source.")] = "",
    title: Annotated[str, typer.Option(help="Title of a new source.")] = "",
    table: Annotated[str, typer.Option(help="Table within a new source.")] = "",
    edition: Annotated[str, typer.Option(help="Edition or year of a new source.")] = "",
    terms: Annotated[str, typer.Option(help="Terms of use of a new source.")] = "",
    address: Annotated[str, typer.Option(help="Where the file was fetched: https://...")] = "",
    accessed: Annotated[str, typer.Option(help="Day of that, YYYY-MM-DD; default: today.")] = "",
    original: Annotated[
        bool, typer.Option("--original", help="The publisher gave the file.")
    ] = False,
    sheet: Annotated[Texts, typer.Option(help="A sheet to read; repeatable.")] = None,
    indicator: Annotated[str, typer.Option(help="The indicator to take.")] = "",
    year: Annotated[list[int] | None, typer.Option(help="A year to take; repeatable.")] = None,
    unit: Annotated[str, typer.Option(help='The file\'s unit, as "thousand persons".')] = "",
    setting: Annotated[Texts, typer.Option("--set", help="Any field, as survey=sample.")] = None,
    meaning: Annotated[Texts, typer.Option("--map", help="A text: text=code, head=number.")] = None,
    ignore: Annotated[Texts, typer.Option(help="A row, head or title to pass over.")] = None,
    decimal: Annotated[Literal["", ",", "."], typer.Option(help="Mark before decimals.")] = "",
    dash: Annotated[
        Literal["", "zero", "missing"], typer.Option(help="What a dash stands for.")
    ] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of a CSV file.")] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace figures that differ.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show all, write nothing.")] = False,
) -> None:
    """Add the figures of a published table to a resource, with their source, in one step.

    Names of places become codes; what is not certain stops the command with
    the place in the file and the option that settles it. Nothing is written unless all is.
    """
    from borderbook.ingest import extract, gazetteer, headers, merge, spreadsheets, target, totals  # noqa: PLC0415
    from borderbook.ingest.structure import Wishes  # noqa: PLC0415

    form = target.form(resource)
    places = gazetteer.places()
    fixed = _pairs(setting, "--set") | ({_indicator(form): indicator} if indicator else {})
    _check_fixed(form, fixed)
    wishes = Wishes(_pairs(meaning, "--map"), tuple(ignore or ()))
    choices = extract.Choices(wishes, fixed, tuple(year or ()), unit, decimal, dash)
    understood = extract.understand(
        [spreadsheets.read(file, name, encoding) for name in sheet or [""]],
        form,
        gazetteer.gazetteer(places, [row[form.place] for row in form.rows]),
        headers.vocabulary(form),
        choices,
    )
    for each in understood:
        _show_understood(each)
    figures = [figure for each in understood for figure in each.figures]
    add_up = form.unit(figures[0].key) != "%"
    _list("Totals and parts differ:", totals.differences(figures, places.total, add_up=add_up))
    _list("Places without a figure:", totals.lacking(figures, places.expected()))
    origin = merge.Origin(
        source, publisher, title, table, edition, terms, _address(address), file.name,
        _day(accessed), original,
    )  # fmt: skip
    plan = merge.plan(form, figures, origin, fixed, replace=replace)
    _show_plan(plan)
    if plan.differing and not replace:
        _refuse(
            f"{len(plan.differing)} figures differ from those that {resource} holds; nothing is "
            "written. --replace puts the new ones in their place, --year and --ignore leave out"
        )
    merge.check(plan)
    if dry_run:
        console.print("Dry run: nothing is written.")
    elif not plan.contents:
        console.print("Nothing to write: every figure is there.")
    else:
        merge.write(plan)
        console.print(f"Written: {', '.join(f'data/{path}' for path in plan.contents)}")


@data_app.command()
def recover() -> None:
    """Put the files of the data package back as they were before an interrupted addition."""
    from borderbook.datapackage import descriptor, resources, transaction  # noqa: PLC0415

    paths = transaction.recover(resources.folder(), descriptor.FILE)
    console.print(f"put back: {', '.join(paths)}" if paths else "nothing to put back")


def _refuse(text: str) -> NoReturn:
    """Raise DataError, which the command tells as one message."""
    from borderbook.datapackage.resources import DataError  # noqa: PLC0415

    raise DataError(text)


def _pairs(texts: Texts, option: str) -> dict[str, str]:
    found = {}
    for text in texts or ():
        name, sign, value = text.rpartition("=")
        if not sign or not name:
            _refuse(f"{option} {text!r}: write it as text=meaning")
        found[name.strip()] = value.strip()
    return found


def _indicator(form: Form) -> str:
    """Return the part of the key that --indicator settles."""
    from borderbook.ingest.target import MEASURE  # noqa: PLC0415

    return MEASURE if MEASURE in form.dimensions else "indicator"


def _check_fixed(form: Form, fixed: dict[str, str]) -> None:
    """Raise DataError for a field that the resource does not have, or a value not allowed."""

    known = {name: form.allowed(name) for name in form.attributes} | form.dimensions
    for name, value in fixed.items():
        if name not in known:
            _refuse(f"{form.resource} has no {name} to set; there are {', '.join(known)}")
        if known[name] and value not in known[name]:
            _refuse(f"{name} {value!r} is none of {', '.join(known[name])}")


def _address(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        _refuse(f"--address {text!r}: write it as https://...")
    return text


def _day(text: str) -> str:
    try:
        day = datetime.date.fromisoformat(text) if text else datetime.date.today()
    except ValueError:
        _refuse(f"--accessed {text!r}: write the day as YYYY-MM-DD")
    return str(day)


def _show_understood(understood: Published) -> None:
    grid = understood.grid
    place = f", {grid.place()}" if grid.sheet else ""
    console.print(f"{grid.file}{place} ({grid.how})", markup=False, highlight=False)
    _list("Titles:", [text for text, _ in understood.layout.titles])
    columns = _table("Column", "Read as", "Figures")
    for head, meaning, count in understood.columns:
        columns.add_row(head, meaning, str(count or ""))
    console.print(columns)
    pairs = list(understood.places.items())
    half = (len(pairs) + 1) // 2
    named = _table("Name", "Code", "Name", "Code")
    for left, right in zip(pairs[:half], [*pairs[half:], ("", "")], strict=False):
        named.add_row(*left, *right)
    console.print(named)
    if any(code.endswith("*") for _, code in pairs):
        console.print("* with the parts within it: compared with its parts, not taken")
    _list("Passed over:", [f"{' '.join(text.split())} ({why})" for text, why in understood.passed])
    missing = f", {understood.missing} cells without one" if understood.missing else ""
    _list("Computed:", understood.notes)
    console.print(f"{len(understood.figures)} figures of {len(pairs)} places{missing}")


def _show_plan(plan: Plan) -> None:
    console.print(
        f"{plan.resource}: {len(plan.added)} new, {len(plan.there)} there already, "
        f"{len(plan.differing)} differ"
    )
    if plan.differing:
        table = _table("Figure", "Old", "New")
        for change in plan.differing:
            table.add_row(" ".join(change.key.values()), change.old, change.new)
        console.print(table)


def _table(*heads: str) -> Table:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False, highlight=False)
    for head in heads:
        numbers = head in ("Figures", "Old", "New")
        table.add_column(head, justify="right" if numbers else "left", overflow="fold")
    return table


def _list(title: str, lines: Sequence[str] | Iterable[str]) -> None:
    listed = list(lines)
    if not listed:
        return
    console.print(title, markup=False, highlight=False)
    for line in listed[:_SHOWN]:
        console.print(f"  {line}", markup=False, highlight=False)
    if len(listed) > _SHOWN:
        console.print(f"  and {len(listed) - _SHOWN} more")
