"""The commands for figures: add those of a table, look for odd ones, recover what was cut short."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from borderbook.cli.app import console

if TYPE_CHECKING:
    from rich.table import Table

    from borderbook.ingest.extract import Extract
    from borderbook.ingest.merge import Plan

data_app = typer.Typer(help="Add figures to the data package.", no_args_is_help=True)

Texts = list[str] | None
_SHOWN = 20


@data_app.command()
def add(
    resource: Annotated[str, typer.Argument(help="A resource that takes figures, or a recipe.")],
    file: Annotated[Path | None, typer.Argument(help=".csv .tsv .xlsx .xlsb .xls .ods")] = None,
    *,
    source: Annotated[str, typer.Option(help="Key of the source, known or new.")] = "",
    publisher: Annotated[str, typer.Option(help="Publisher of a new source.")] = "",
    title: Annotated[str, typer.Option(help="Title of a new source.")] = "",
    sheet: Annotated[Texts, typer.Option(help="A sheet to read; repeatable.")] = None,
    subject: Annotated[
        str, typer.Option(help="Vouch in words for what the figures are, where it is not certain.")
    ] = "",
    setting: Annotated[
        Texts,
        typer.Option("--set", help="A line of the recipe: year=2016, or what a text stands for."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace figures that differ.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show all, write nothing.")] = False,
) -> None:
    """Add the figures of a published table to a resource, with their source, in one step.

    A recipe says how the table is read. If all of it is certain the figures are added; if not, a
    draft is written to data/recipes/ that marks what is open: settle it, and add the recipe. The
    recipe stays in the data package, so that the addition can be repeated.
    """
    from borderbook.datapackage.resources import DataError  # noqa: PLC0415
    from borderbook.ingest import addition, merge  # noqa: PLC0415

    if resource.endswith((".yml", ".yaml")):
        if source or publisher or title or sheet or setting or subject:
            raise DataError(f"{resource} says all of the table: change its lines, not the options")
        step = addition.by_recipe(Path(resource), file)
    elif file is None:
        raise DataError(
            f"name the file that has the figures, as in: borderbook data add {resource} FILE"
        )
    else:
        known = {"key": source, "publisher": publisher, "title": title}
        step = addition.proposed(
            resource,
            file,
            sheet or [],
            known,
            setting or [],
            subject=subject.strip() or None,
            save=not dry_run,
        )
    for extract in step.extracts:
        _show_table(extract)
    _list("Totals and parts differ:", step.differences())
    _list("Places without a figure:", step.lacking())
    saved = step.path, step.text
    plan = merge.plan(step.form, step.figures, step.recipe, saved, replace=replace)
    _show_plan(plan)
    if plan.differing and not replace:
        raise DataError(
            f"{len(plan.differing)} figures differ from those that {plan.resource} holds; nothing "
            "is written. --replace puts the new ones in their place; skip in a recipe leaves out"
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
def check() -> None:
    """List values that are odd beside their neighbours in time or their total, with remarks.

    Ends with an error if a value is odd and no remark explains it, or if a remark does not fit.
    """
    from borderbook.datapackage import (  # noqa: PLC0415
        descriptor,
        plausibility,
        remarks,
        resources,
    )
    from borderbook.datapackage.resources import DataError  # noqa: PLC0415

    descriptor.check(descriptor.folder())
    findings, misplaced = plausibility.findings(), plausibility.misplaced()
    on = [remark for name in resources.names() for remark in remarks.of(name)]
    withheld = [remark for remark in on if remark.is_withheld]
    unexplained = [finding.odd for finding in findings if finding.remark is None]
    for each in withheld:
        place = f"{each.resource}, {each.row}, {each.field}"
        console.print(f"{place}: withheld: {each.reason}", highlight=False)
    for odd, remark in findings:
        reason = remark.reason if remark else "not explained"
        place = f"{odd.resource}, {odd.row}, {odd.field}"
        console.print(f"{place}: {odd.why}: {reason}", highlight=False)
    console.print(
        f"{len(findings)} odd values shown, {len(unexplained)} of them not explained; "
        f"{len(withheld)} withheld"
    )
    if lines := [*(f"{o.resource}, {o.row}, {o.field}: {o.why}" for o in unexplained), *misplaced]:
        raise DataError(
            "\n".join(lines) + "\nCorrect the value, or add a row to the resource that the "
            f"descriptor marks `{remarks.MARK}`, with the reason; then run `borderbook seal`"
        )


@data_app.command()
def recover() -> None:
    """Put the files of the data package back as they were before an interrupted addition."""
    from borderbook.datapackage import descriptor, transaction  # noqa: PLC0415

    paths = transaction.recover(descriptor.folder(), descriptor.FILE)
    console.print(f"put back: {', '.join(paths)}" if paths else "nothing to put back")


def _show_table(extract: Extract) -> None:
    grid, table = extract.grid, extract.table
    place = f", {grid.place()}" if grid.sheet else ""
    console.print(f"{grid.file}{place} ({grid.how})", highlight=False)
    _list("Subject:", [f"{cell}: {text}" for cell, text in table.subject.items()])
    _list("Vouched for by the author:", [table.vouched] if table.vouched else [])
    _list("Titles:", table.titles)
    columns = _columns("Column", "Read as", "Figures")
    for letter, column in table.columns.items():
        meaning = column.use
        if meaning == "figures":
            unit = column.unit and f"({column.unit})"
            meaning = " ".join(filter(None, (*column.means.values(), unit))) or meaning
        count = extract.columns[letter]
        columns.add_row(f"{letter}: {column.head}", meaning, str(count or ""))
    console.print(columns)
    skipped = [name for name, use in table.rows.items() if use == "skip"]
    codes = [(name, use) for name, use in table.rows.items() if use != "skip"]
    half = (len(codes) + 1) // 2
    named = _columns("Name", "Code", "Name", "Code")
    for left, right in zip(codes[:half], [*codes[half:], ("", "")], strict=False):
        named.add_row(*left, *right)
    console.print(named)
    skipped += [f"{text}: {count} rows" for text, count in extract.passed.items()]
    _list("Passed over:", skipped)
    _list("Note:", extract.notes)
    counts = [f"{len(extract.figures)} figures of {len(codes)} names"]
    counts += [f"{extract.missing} cells without one"] if extract.missing else []
    counts += [f"{extract.skipped} passed over"] if extract.skipped else []
    console.print(", ".join(counts))


def _show_plan(plan: Plan) -> None:
    console.print(
        f"{plan.resource}: {len(plan.added)} new, {len(plan.there)} there already, "
        f"{len(plan.differing)} differ"
    )
    if plan.differing:
        table = _columns("Figure", "Old", "New")
        for change in plan.differing:
            table.add_row(" ".join(change.key.values()), change.old, change.new)
        console.print(table)


def _columns(*heads: str) -> Table:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False, highlight=False)
    for head in heads:
        numbers = head in ("Figures", "Old", "New")
        table.add_column(head, justify="right" if numbers else "left", overflow="fold")
    return table


def _list(title: str, lines: Iterable[str]) -> None:
    listed = list(lines)
    more = [f"and {len(listed) - _SHOWN} more"] if len(listed) > _SHOWN else []
    if listed:
        shown = "\n  ".join([title, *listed[:_SHOWN], *more])
        console.print(shown, highlight=False)
