"""Sweeps: one section executed over a grid of parameters, and what its results depend on.

`sweeps/<section>/<slug>/` holds the tidy table of all results, `results.parquet` and
`results.csv`, with a row for each inline value, table cell and claim of each run; what failed and
what was refused, if anything; and a page that opens from disk.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from borderbook import notebooks, outputs, scratch
from borderbook.execution.execute import KERNEL
from borderbook.execution.runs import Outcome, Run
from borderbook.figures.tables import Table
from borderbook.formatting import for_spreadsheets, listing, plural, read_number
from borderbook.parameters import grid as grids
from borderbook.parameters.grid import Grid, Point
from borderbook.publishing import single_page
from borderbook.publishing.sphinx_process import Renderer
from borderbook.results import extract
from borderbook.results.extract import Results
from borderbook.sweeps import tables as show

_COLUMNS = {
    "kind": "str",
    "table": "str",
    "row": "str",
    "column": "str",
    "value": "float64",
    "text": "str",
    "unit": "str",
    "claim": "str",
    "verdict": "str",
    "printed": "str",
    "computed": "str",
}
"""The columns after the parameters, with their types.

`kind` is value, table or claim; `value` is a number or missing; `text` is what is no number, or the
statement of a claim.
"""

_AGAIN = """## All results, and how to run it again

Every value, table cell and verdict of every run, one a row:
<a href="results.csv">results.csv</a>, <a href="results.parquet">results.parquet</a>.

```text
{command}
```

Runs that were kept are not executed again while nothing that they depend on has changed."""

_LONGEST = 80


@dataclass(frozen=True)
class Sweep:
    """One section over a grid; `axes` and `fixed` are the texts that the author gave."""

    notebook: Path
    grid: Grid
    axes: Sequence[str]
    fixed: Sequence[str] = ()

    @property
    def section(self) -> str:
        """The name of the section."""
        return self.notebook.stem

    @property
    def command(self) -> str:
        """The command that does it again."""
        options = [
            *(("-p", text) for text in self.fixed),
            *(("--grid", text) for text in self.axes),
        ]
        return shlex.join(["borderbook", "sweep", self.section, *sum(options, ())])

    @property
    def slug(self) -> str:
        """A readable name, for a folder."""
        texts = "--".join(text.replace(" ", "") for text in (*self.axes, *self.fixed))
        name = re.sub(r"[^\w.+,-]", "-", texts).strip(".")
        if name == texts.replace("=", "-") and len(name) <= _LONGEST:
            return name
        return f"{name[:_LONGEST]}-{hashlib.sha256(texts.encode()).hexdigest()[:8]}"

    def runs(self) -> list[Run]:
        """Return the runs of the combinations that the section accepts, in their order."""
        return [Run(self.notebook, point.changed) for point in self.grid.accepted]


@dataclass(frozen=True)
class Swept:
    """What came of a sweep: the tidy table, and the error of each combination that failed."""

    results: pd.DataFrame
    failures: Sequence[tuple[Point, str]]


def collect(sweep: Sweep, runs: Sequence[Run], outcomes: Iterable[Outcome], root: Path) -> Swept:
    """Return what came of `runs`, the sweep's own, from their outcomes in whatever order.

    Paths in errors are given relative to `root`.
    """
    place = {id(run): number for number, run in enumerate(runs)}
    rows: dict[int, list[tuple[Any, ...]]] = {}
    errors: dict[int, str] = {}
    for outcome in outcomes:
        number = place[id(outcome.run)]
        if outcome.notebook is None:
            errors[number] = outcome.error.replace(f"{root.as_posix()}/", "")
        else:
            rows[number] = list(_rows(extract.read(outcome.notebook)))
    points = sweep.grid.accepted
    ended = [(points[number], rows[number]) for number in sorted(rows)]
    failures = [(points[number], errors[number]) for number in sorted(errors)]
    return Swept(tidy(ended, sweep.grid), failures)


def tidy(ended: Sequence[tuple[Point, Sequence[tuple[Any, ...]]]], grid: Grid) -> pd.DataFrame:
    """Return one table of the rows of all runs; the types of its columns do not depend on them."""
    data: dict[str, Any] = {}
    for name in grid.swept:
        kind = type(grids.plain(grid.default[name]))
        values = [grids.plain(point.values[name]) for point, rows in ended for _ in rows]
        dtype = {bool: "bool", int: "int64", float: "float64"}.get(kind, "str")
        data[name] = pd.Series(values, dtype=dtype)
    every = [row for _, rows in ended for row in rows]
    for index, (name, dtype) in enumerate(_COLUMNS.items()):
        data[name] = pd.Series([row[index] for row in every], dtype=dtype)
    return pd.DataFrame(data)


def place(root: Path, sweep: Sweep) -> Path:
    """Return the folder of a sweep."""
    return root / "sweeps" / sweep.section / sweep.slug


def write(sweep: Sweep, swept: Swept, root: Path) -> Path:
    """Write the results and their page into the sweep's folder, whole or not at all; return it.

    Raises SiteError if the page cannot be rendered, and what was there before stays.
    """
    folder = place(root, sweep)
    with scratch.folder(folder) as work:
        made = render(page(sweep, swept), root, work)
        swept.results.to_parquet(made / "results.parquet", index=False)
        _write_csv(swept.results, made / "results.csv")
        for file, rows in _left_out(sweep, swept).items():
            _write_csv(rows, made / f"{file}.csv")
        outputs.swap(made, folder)
    return folder


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that is safe to open in a spreadsheet."""
    words = table.select_dtypes(include=["object", "string"])
    safe = table.assign(**{str(name): words[name].map(for_spreadsheets) for name in words})
    safe.to_csv(path, index=False, lineterminator="\n")


def page(sweep: Sweep, swept: Swept) -> nbformat.NotebookNode:
    """Return the page of a sweep as a notebook that has been executed."""
    default = {name: grids.plain(value) for name, value in sweep.grid.default.items()}
    title = sweep.section.replace("-", " ").capitalize()
    varied = listing([name.replace("_", " ") for name in sweep.grid.swept])
    vary = plural(len(sweep.grid.swept), "varies", "vary")
    summary = show.headline(swept.results, default)
    if sweep.fixed:
        summary += f" In all runs {', '.join(map(notebooks.literal, sweep.fixed))}."

    def shown(name: str, function: Callable[..., Table], *more: str) -> list[Any]:
        """Return the cell of a table of results; none if it is empty."""
        made = function(swept.results, default, *more)
        given = ", ".join(["results", "default", *map(repr, more)])
        source = f"show.{function.__name__}({given})"
        return [_code(name, source, made)] if len(made.rows) else []

    flips = shown("flips", show.flips)
    if flips:
        flips += [c for name in sweep.grid.swept for c in shown(f"by-{name}", show.flips_by, name)]
    robust = shown("robust", show.robust)
    cells = [
        _text("title", f"# {title} when {varied} {vary}\n\n{summary}"),
        _code(
            "results",
            "import pandas as pd\n\nfrom borderbook.sweeps import tables as show\n\n"
            f'results = pd.read_parquet("results.parquet")\ndefault = {default!r}',
        ),
        _text("change", "## Which verdicts change, and where"),
        *(flips or [_text("no-change", "No verdict changes in these runs.")]),
        *([_text("stay", "## Which verdicts stay"), *robust] if robust else []),
        _text("values", "## How far the numbers move"),
        *(shown("ranges", show.ranges) or [_text("no-move", "No number changes in these runs.")]),
        *_not_run(sweep, swept, default),
        _text("again", _AGAIN.format(command=sweep.command)),
    ]
    made: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    return made


def render(notebook: nbformat.NotebookNode, root: Path, work: Path) -> Path:
    """Return the folder, in `work`, that holds a notebook as a page of its own, `index.html`.

    Raises SiteError if the page has an error.
    """
    single_page.stage(work / "source", "index", notebook, root)
    with Renderer() as process:
        process.render(work / "source", work, root / ".cache" / "pictures")
    html = work / "html"
    written = (html / "index.html").read_text("utf-8")
    (html / "index.html").write_text(written.replace('"../downloads/', '"downloads/'), "utf-8")
    (html / ".buildinfo").unlink(missing_ok=True)
    return html


def _rows(results: Results) -> Iterator[tuple[Any, ...]]:
    """Return the rows of one run, in the order of _COLUMNS."""
    for name, value in results.values.items():
        read = read_number(text := str(value))
        known = (None, text) if read is None else (float(read), None)
        yield "value", None, name, None, *known, *[None] * 5
    for cell in results.cells():
        place = ("table", cell.table, cell.row, cell.column)
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
            yield *place, float(cell.value), None, cell.unit, *[None] * 4
        else:
            words = None if cell.value is None else grids.word(cell.value)
            yield *place, None, words, cell.unit, *[None] * 4
    for claim, record in results.claims.items():
        computed = record["computed"]
        number = computed if isinstance(computed, int | float) else None
        words = None if computed is None else str(computed)
        judged = (claim, record["verdict"], record["printed"], words)
        yield "claim", None, None, None, number, record["statement"], record["unit"], *judged


def _left_out(sweep: Sweep, swept: Swept) -> dict[str, pd.DataFrame]:
    """Return the combinations that failed and that were refused, each with its reason, if any."""
    refused = [(point, point.refused) for point in sweep.grid.refused]
    return {
        file: pd.DataFrame(
            {**{name: grids.plain(point.values[name]) for name in sweep.grid.swept}, "reason": why}
            for point, why in listed
        )
        for file, listed in (("failures", swept.failures), ("refused", refused))
        if listed
    }


def _not_run(sweep: Sweep, swept: Swept, default: Mapping[str, Any]) -> list[Any]:
    """Return the cells on what failed and what was refused; none if nothing was."""
    cells = []
    for file, rows in _left_out(sweep, swept).items():
        failed = file == "failures"
        source = f'rows = pd.read_csv("{file}.csv")\nshow.left_out(rows, default, {failed=})'
        cells.append(_code(file, source, show.left_out(rows, default, failed=failed)))
    return [_text("not-run", "## What was not run"), *cells] if cells else []


def _text(name: str, source: str) -> Any:
    return nbformat.v4.new_markdown_cell(source, id=name)


def _code(name: str, source: str, shown: Any = None) -> Any:
    outputs = []
    if shown is not None:
        bundle = shown._repr_mimebundle_()
        outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=1)]
    return nbformat.v4.new_code_cell(source, id=name, outputs=outputs, execution_count=1)
