"""The commands for one section: run it with other parameters, and say which it has."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from borderbook import book, outputs
from borderbook.cli.app import Timeout, app, console, settings

if TYPE_CHECKING:
    from borderbook.execution.runs import Run
    from borderbook.results.diff import Changes
    from borderbook.results.extract import Results

_SHOWN = 12
"""Rows of each table that the terminal shows; the page shows all."""
_TYPES = {"string": "text", "integer": "whole number", "boolean": "switch", "array": "list"}

out = Console(highlight=False, markup=False)
"""Where results go; what is said of the work goes to the console of every command."""

Section = Annotated[str, typer.Argument(help="A section; `borderbook params` lists them.")]


@app.command()
def run(
    section: Section,
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", help="A parameter of the section, name=value."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("-f", "--file", help="Parameters from a YAML file; -p wins over it."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Run again when anything that it read changes.")
    ] = False,
    timeout: Timeout = None,
) -> None:
    """Run one section with other parameters, and say what changes against the default run.

    The folder runs/SECTION/... gets the executed notebook, a page, tables, charts and claims.
    """
    execute = functools.partial(once, timeout=timeout)
    if watch:
        from borderbook.cli import watch as watching  # noqa: PLC0415

        watching.rerun(lambda: plan(section, parameter or [], file), execute, file)
    else:
        execute(plan(section, parameter or [], file))


@app.command()
def params(
    section: Annotated[
        str, typer.Argument(help="A section; all are listed if none is given.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON Schema.")] = False,
) -> None:
    """Say which parameters a section has: type, default, allowed values, meaning."""
    from borderbook.parameters import derive, values  # noqa: PLC0415
    from borderbook.parameters.model import written  # noqa: PLC0415

    names = [section] if section else derive.sections()
    models = {name: derive.model_of(name) for name in names}
    if as_json:
        schemas: dict[str, Any] = {name: values.schema(models[name]) for name in names}
        print(json.dumps(schemas[section] if section else schemas, ensure_ascii=False, indent=2))
        return
    from rich.table import Table  # noqa: PLC0415

    if not section:
        table = Table("Section", "Parameters", box=None, padding=(0, 2, 0, 0))
        for name, model in models.items():
            table.add_row(name, ", ".join(model.model_fields))
        out.print(table)
        out.print("\n`borderbook params SECTION` says what each of them means.")
        return
    table = Table("Name", "Type", "Default", "Allowed", "Meaning", box=None, padding=(0, 2, 1, 0))
    table.columns[0].no_wrap = True
    for name, field in values.schema(models[section])["properties"].items():
        default = written(field.get("default")) or "none"
        allowed = values.allowed(models[section], name)
        table.add_row(name, _TYPES[field["type"]], default, allowed, field.get("description", ""))
    out.print(table)


def plan(section: str, texts: list[str], file: Path | None) -> Run:
    """Return the run that was asked for; raises ParameterError if it cannot be."""
    from borderbook.execution.runs import Run  # noqa: PLC0415
    from borderbook.parameters import derive, values  # noqa: PLC0415

    given = settings(texts, section, file)
    chosen = values.changed(derive.model_of(section), given)
    return Run(book.root() / "book" / f"{section}.ipynb", chosen)


def once(wanted: Run, before: Results | None = None, *, timeout: int | None = None) -> Results:
    """Execute a run and the default run, write the folder, tell what changed; return the results.

    `before` are results to compare with in the terminal, in place of those of the default run.
    Raises RunError for a cell that failed, and SiteError for a page that cannot be rendered.
    """
    from borderbook.execution.runs import Run  # noqa: PLC0415
    from borderbook.parameters.model import written  # noqa: PLC0415
    from borderbook.publishing import run_page, sphinx_process  # noqa: PLC0415
    from borderbook.results import diff, extract  # noqa: PLC0415

    default = Run(wanted.notebook) if wanted.parameters else wanted
    folder = outputs.prepare(run_page.place(book.root(), wanted))
    with sphinx_process.Renderer() as process:
        others = [
            Run(book.root() / "book" / f"{name}.ipynb") for name in run_page.others(wanted.notebook)
        ]
        with console.status(f"executing {wanted.section}"):
            executed = _execute(list(dict.fromkeys((wanted, default, *others))), timeout)
        with console.status("rendering"):
            page = run_page.Page(
                root=book.root(),
                run=wanted,
                folder=folder,
                executed=executed[wanted],
                default=executed[default],
                shown={each.section: executed[each] for each in others},
            )
            run_page.write(page, process)
    results, against_default = extract.read(page.executed), page.changes
    name = ", ".join(f"{name} = {written(value)}" for name, value in wanted.parameters.items())
    if before is not None:
        report(diff.between(before, results), "Before", "Now")
    elif wanted.parameters:
        report(against_default, "Default", "This run")
    end = against_default.summary if wanted.parameters else _counted(results)
    out.print(f"{wanted.section}, {name or 'default run'}: {end}", soft_wrap=True)
    out.print(str(page.folder / "index.html"), soft_wrap=True)
    return results


def report(changes: Changes, before: str, after: str) -> None:
    """Print what changed: verdicts, values, cells, rows."""
    from rich.table import Table  # noqa: PLC0415

    from borderbook.results import diff_tables  # noqa: PLC0415

    for table in diff_tables.tables(changes, before, after):
        rows = table.rows.to_dict("records")
        out.print(f"\n{table.title}", style="bold")
        if table.name == "changes-verdicts":
            _verdicts(rows)
            continue
        printed = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        for column in table.columns:
            right = column.name in ("before", "after", "difference") and bool(column.role)
            printed.add_column(column.title, justify="right" if right else "left", no_wrap=right)
        for row in rows[:_SHOWN]:
            printed.add_row(*(Text(str(row[column.name])) for column in table.columns))
        out.print(printed)
        _rest(len(rows))
    out.print()


def _verdicts(rows: list[dict[Any, Any]]) -> None:
    """Print the verdicts that flipped, those that flipped alike together."""
    flips: dict[str, list[dict[Any, Any]]] = {}
    for row in rows:
        flips.setdefault(f"{row['before']} → {row['after']}", []).append(row)
    for flip, alike in flips.items():
        out.print(Padding(Text(f"{flip}: {len(alike)}", "bold"), (0, 0, 0, 2)))
        for row in alike[:_SHOWN]:
            out.print(Padding(Text(row["statement"]), (0, 0, 0, 4)))
            out.print(Padding(Text(row["reason"], "dim"), (0, 0, 0, 6)))
        _rest(len(alike))


def _rest(count: int) -> None:
    if count > _SHOWN:
        out.print(f"and {count - _SHOWN} more: see the page", style="dim")


def _execute(planned: list[Run], timeout: int | None) -> dict[Run, Path]:
    """Return the executed notebooks; RunError with one message if a run fails."""
    from borderbook.execution import runs  # noqa: PLC0415

    notes: list[str] = []
    ended = {
        each.run: each
        for each in runs.outcomes(planned, book.root(), note=notes.append, timeout=timeout)
    }
    for note in notes:
        console.print(note, style="yellow", highlight=False)
    for each in planned:
        if ended[each].notebook is None:
            which = "" if each is planned[0] else f"{each.section}, default run: "
            raise runs.RunError(f"{which}{ended[each].error}")
    return {each: path for each, outcome in ended.items() if (path := outcome.notebook)}


def _counted(results: Results) -> str:
    return (
        f"{len(results.tables)} tables, {len(results.charts)} charts, "
        f"{len(results.claims)} statements, {len(results.values)} values in the text"
    )
