"""The commands for the whole book: build, refresh, serve, seal, check."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from borderbook import book, files, notebooks, outputs
from borderbook.cli import failures, serving
from borderbook.cli.app import Jobs, Parameter, Timeout, app, console, print_error, settings
from borderbook.cli.progress import Bar
from borderbook.datapackage import descriptor, validation
from borderbook.execution import runs
from borderbook.execution.runs import Options
from borderbook.publishing import build as rendering
from borderbook.publishing import editions, sources
from borderbook.publishing.editions import Edition

_DEFAULT = Edition("", "", {})

Output = Annotated[
    Path | None, typer.Option(help="Where the site goes; _build/html in the book's folder if none.")
]
Editions = Annotated[
    str | None,
    typer.Option(
        "--editions", help="Editions beside the default book: all, none, or names with commas."
    ),
]


@app.command()
def build(
    parameter: Parameter = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    output: Output = None,
    wanted: Editions = None,
) -> None:
    """Execute what has changed, in parallel, and render the site with its editions.

    With -p it is one book with these parameters, without editions. A failure leaves the last good
    site as it is.
    """
    output = outputs.prepare(output or _default_place())
    limits: Options = {"jobs": jobs, "timeout": timeout}
    check_sources()
    if not parameter:
        _build([_DEFAULT, *_chosen_editions(wanted or "all")], output, limits)
    elif wanted in (None, "none"):
        _build([_with_parameters(settings(parameter))], output, limits)
    else:
        raise editions.EditionError("-p builds one book: leave -p or --editions out")


@app.command()
def refresh(jobs: Jobs = None, timeout: Timeout = None) -> None:
    """Write executed outputs back into book/*.ipynb, for nbval and plain Jupyter Book.

    A cell that has no id of its own gets one. A notebook that something else saves meanwhile stays
    as it is, and the exit status is 2.
    """
    check_sources()
    for notebook in runs.sections(book.root()):
        content = notebook.read_bytes()
        text, given = notebooks.with_ids(notebook)
        if given:
            files.write(notebook, text, content)
            console.print(f"book/{notebook.name}: {'; '.join(given)}")
    before = {path.stem: path.read_bytes() for path in runs.sections(book.root())}
    executed = default({"jobs": jobs, "timeout": timeout})
    errors = []
    for section, path in executed.items():
        target, content = book.root() / "book" / f"{section}.ipynb", path.read_bytes()
        try:
            if target.read_bytes() != content:
                files.write(target, content, before.get(section, b""))
                console.print(f"book/{section}.ipynb: outputs written")
        except (files.ChangedError, FileNotFoundError):
            errors.append(f"book/{section}.ipynb")
    if errors:
        raise files.ChangedError(
            f"{', '.join(errors)}: saved by something else while `borderbook refresh` ran, and "
            "left as saved; run it again"
        )
    console.print(f"{len(executed)} notebooks hold the outputs of this state of the project.")


@app.command()
def serve(
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port on localhost; 8000, or a free one if that is in use."
        ),
    ] = None,
    watch: Annotated[bool, typer.Option(help="Rebuild when a file of the book changes.")] = True,
    jobs: Jobs = None,
    timeout: Timeout = None,
    wanted: Editions = "none",
) -> None:
    """Build the site, show it on localhost, and build again on a change.

    Only the default book, unless editions are named: a change is seen sooner.
    """
    output = outputs.prepare(_default_place())

    def rebuild() -> None:
        check_sources()
        books = [_DEFAULT, *_chosen_editions(wanted or "none")]
        _build(books, output, {"jobs": jobs, "timeout": timeout})

    with serving.server(output, port) as server:
        rebuild()
        console.print(f"http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            if watch:
                _rebuild_on_change(rebuild)
            else:
                threading.Event().wait()
        except KeyboardInterrupt:
            console.print("ended")
        finally:
            server.shutdown()


@app.command()
def seal() -> None:
    """Take the data files as they are: write their size and hash into the descriptor."""
    changed = descriptor.seal(descriptor.folder())
    console.print(f"sealed: {', '.join(changed)}" if changed else "nothing to seal")
    _check_data()


@app.command()
def check() -> None:
    """Look for numbers typed by hand in notebooks, pages and README; exit status 2 if there are."""
    from borderbook.publishing import typed_numbers  # noqa: PLC0415

    pages = typed_numbers.pages(book.root())
    numbers = [number for page in pages for number in typed_numbers.typed_numbers(page)]
    for number in numbers:
        print(str(number).removeprefix(f"{book.root()}/"))
    if numbers:
        raise SystemExit(failures.THEIRS)
    console.print(f"{len(pages)} files hold no number typed by hand.")


def _default_place() -> Path:
    return book.root() / "_build" / "html"


def _build(wanted: Sequence[Edition], output: Path, limits: Options) -> None:
    with contextlib.ExitStack() as stack:
        ready: list[rendering.Renderer] = []

        def begin() -> None:
            ready.append(stack.enter_context(rendering.Renderer()))

        default, *others = _execute(wanted, limits, begin)
        with console.status("rendering") as status:

            def done(ended: int, planned: int) -> None:
                status.update(f"rendering: {ended} of {planned} books")

            fresh = rendering.render(
                book.root(), default.executed, output, *ready, editions=others, done=done
            )
    end = "written" if fresh else "is up to date"
    console.print(f"{output / 'index.html'} {end}", soft_wrap=True)


def default(limits: Options) -> Mapping[str, Path]:
    """Return the executed notebooks of the default book; what has not changed is reused."""
    return _execute([_DEFAULT], limits)[0].executed


def _chosen_editions(wanted: str) -> list[Edition]:
    """Return the editions that are to be published; none are read if none are wanted."""
    return [] if wanted == "none" else editions.choose(editions.read(book.root()), wanted)


def _with_parameters(chosen: dict[str, Any]) -> Edition:
    """Return the default book with other parameters: each section takes those that it has."""
    from borderbook.parameters import values  # noqa: PLC0415

    sections = [path.stem for path in runs.sections(book.root())]
    return Edition("", "", {section: values.of_section(section, chosen) for section in sections})


def check_sources() -> None:
    """Raise UserError for what the book cannot be built from, before anything is executed."""
    sources.check(book.root())
    _check_data()


def _check_data() -> None:
    if descriptor.exists(descriptor.folder()):
        descriptor.check(descriptor.folder())
        validation.check(descriptor.names(descriptor.folder()), descriptor.folder())


def _execute(
    wanted: Sequence[Edition], limits: Options, begin: Callable[[], None] = lambda: None
) -> list[rendering.Book]:
    with Bar(len(editions.planned_runs(wanted, book.root()))) as bar:

        def show() -> None:
            begin()
            bar.show()

        def done(_: runs.Run, reused: bool) -> None:
            bar.count(reused=reused)

        options: Options = {**limits, "note": console.print, "begin": show}
        books = editions.execute(wanted, book.root(), done, **options)
    noun = "section" if bar.executed == 1 else "sections"
    console.print(f"{bar.executed} {noun} executed, {bar.reused} reused")
    return books


def _rebuild_on_change(rebuild: Callable[[], None]) -> None:
    """Build again on every change of what the site follows from; errors are shown."""
    import watchfiles  # noqa: PLC0415

    settings = map(book.root().joinpath, ("_config.yml", "_toc.yml", "pyproject.toml"))
    watched = [*book.sources(), *(path for path in settings if path.exists())]
    for changes in watchfiles.watch(*watched, raise_interrupt=True):
        names = sorted({Path(path).name for _, path in changes})
        console.print(f"changed: {', '.join(names)}")
        try:
            rebuild()
        except Exception as error:
            print_error(failures.of(error).text)
