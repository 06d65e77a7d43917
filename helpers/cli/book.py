"""The commands for the whole book: build, refresh, serve, seal, check."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from helpers import descriptor, rendering, runs, validation
from helpers.cli.door import ROOT, Jobs, Parameter, app, console, settings
from helpers.faults import UserError

DATA = ROOT / "data"


@app.command()
def build(
    parameter: Parameter = None,
    jobs: Jobs = None,
    output: Annotated[Path, typer.Option(help="Where the site goes.")] = ROOT / "_build" / "html",
) -> None:
    """Execute what has changed, in parallel, and render the site.

    A failure leaves the last good site as it is, and the exit status is 1.
    """
    _build(settings(parameter) if parameter else {}, jobs, output)


@app.command()
def refresh(jobs: Jobs = None) -> None:
    """Write executed outputs back into book/*.ipynb, for nbval and plain Jupyter Book."""
    _check_data()
    executed = _execute({}, jobs)
    for section, path in executed.items():
        target = ROOT / "book" / f"{section}.ipynb"
        if target.read_bytes() != path.read_bytes():
            fresh = target.with_suffix(".new")
            fresh.write_bytes(path.read_bytes())
            fresh.replace(target)
            console.print(f"book/{section}.ipynb: outputs written")
    console.print(f"{len(executed)} notebooks hold the outputs of this state of the project.")


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port on localhost; 0 takes a free one.")] = 8000,
    watch: Annotated[bool, typer.Option(help="Rebuild when a file of the book changes.")] = True,
) -> None:
    """Build the site, show it on localhost, and build again on a change."""
    output = ROOT / "_build" / "html"
    _build({}, None, output)
    handler = functools.partial(_Quiet, directory=str(output))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        console.print(f"http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            if watch:
                _rebuild_on_change(lambda: _build({}, None, output))
            else:
                threading.Event().wait()
        except KeyboardInterrupt:
            console.print("ended")
        finally:
            server.shutdown()


@app.command()
def seal() -> None:
    """Take the data files as they are: write their size and hash into the descriptor."""
    changed = descriptor.seal(DATA)
    console.print(f"sealed: {', '.join(changed)}" if changed else "nothing to seal")
    _check_data()


@app.command()
def check() -> None:
    """Look for numbers typed by hand in notebooks, pages and README; exit status 1 if there are."""
    from helpers import prose  # noqa: PLC0415

    pages = prose.pages(ROOT)
    faults = [fault for page in pages for fault in prose.typed_numbers(page)]
    for fault in faults:
        print(str(fault).removeprefix(f"{ROOT}/"))
    if faults:
        raise SystemExit(1)
    console.print(f"{len(pages)} files hold no number typed by hand.")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def _build(chosen: dict[str, Any], jobs: int | None, output: Path) -> None:
    _check_data()
    with contextlib.ExitStack() as stack:
        ready: list[rendering.Renderer] = []

        def begin() -> None:
            ready.append(stack.enter_context(rendering.Renderer()))

        executed = _execute(chosen, jobs, begin)
        with console.status("rendering"):
            fresh = rendering.render(ROOT, executed, output, *ready)
    console.print(f"{output / 'index.html'} {'written' if fresh else 'is up to date'}")


def _check_data() -> None:
    """Raise DataError with the faults of every resource, before anything is executed."""
    validation.check(descriptor.names(DATA), DATA)


def _execute(
    chosen: dict[str, Any], jobs: int | None, begin: Callable[[], None] = lambda: None
) -> dict[str, Path]:
    notebooks = runs.sections(ROOT)
    planned = [
        runs.Run(path, _for_section(path.stem, chosen) if chosen else {}) for path in notebooks
    ]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("executing", total=len(planned))
        reused = []

        def done(run: runs.Run, again: bool) -> None:
            reused.append(again)
            progress.update(task, advance=1, description=run.section)

        executed = runs.execute(planned, ROOT, done, jobs=jobs, note=console.print, begin=begin)
    fresh = len(planned) - sum(reused)
    noun = "section" if fresh == 1 else "sections"
    console.print(f"{fresh} {noun} executed, {sum(reused)} reused")
    return executed


def _for_section(section: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that a section has, checked by its model before a kernel starts."""
    from helpers import parameters  # noqa: PLC0415

    model = parameters.SECTIONS[section]
    own = {name: value for name, value in chosen.items() if name in model.model_fields}
    try:
        model.checked(own)
    except parameters.ParameterError as error:
        raise parameters.ParameterError(f"{section}: {error}") from None
    return own


def _rebuild_on_change(rebuild: Callable[[], None]) -> None:
    """Build again on every change of the book, its data or its helpers; errors are told."""
    import watchfiles  # noqa: PLC0415

    watched = [ROOT / name for name in ("book", "data", "helpers", "_config.yml", "_toc.yml")]
    for changes in watchfiles.watch(*watched, raise_interrupt=True):
        names = sorted({Path(path).name for _, path in changes})
        console.print(f"changed: {', '.join(names)}")
        try:
            rebuild()
        except UserError as error:
            console.print(str(error), style="red", markup=False, highlight=False)
