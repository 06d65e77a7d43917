"""Running again on a change of what a run read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import watchfiles

from borderbook import book, modules
from borderbook.cli.app import console, print_error
from borderbook.errors import UserError
from borderbook.execution import forkserver, result_store, runs
from borderbook.execution.runs import Run
from borderbook.inputs import InputError
from borderbook.publishing import run_page, single_page

if TYPE_CHECKING:
    from borderbook.results.extract import Results

# Milliseconds after which the state of the files is compared too: a change made while a run ended
# tells of itself only so.
_AGAIN = 5000
# Settings of the project that a run or its page follows from.
_SETTINGS = ("_config.yml", "pyproject.toml", "requirements.txt")
# Endings of files in the folder of the pages that a page asks for.
_ASSETS = (*single_page.ASSETS, ".md")


class Inputs(NamedTuple):
    """What a run depends on: files, and folders whose list of names it read."""

    files: frozenset[Path]
    folders: frozenset[Path]

    def touched(self, path: Path) -> bool:
        """Return whether a change of a file may change the run."""
        return path in self.files or path.parent in self.folders

    def watched(self) -> set[Path]:
        """Return the folders to watch."""
        return {path for path in {*self.folders, *(f.parent for f in self.files)} if path.is_dir()}


def rerun(
    plan: Callable[[], Run],
    once: Callable[[Run, Results | None], Results],
    file: Path | None,
) -> None:
    """Execute what `plan` returns, now and on every change, until interrupted; errors are shown.

    `once` gets the results of the time before. A change of this program starts it anew.
    """
    results: Results | None = None
    wanted: Run | None = None
    try:
        while True:
            failed = False
            try:
                wanted = plan()
                results = once(wanted, results)
            except UserError as error:
                failed = True
                print_error(str(error))
            console.print("waiting for a change (Ctrl-C ends it)")
            changed = wait(wanted, failed, [file.resolve()] if file else [])
            console.print(f"changed: {', '.join(changed)}", highlight=False)
    except KeyboardInterrupt:
        console.print("ended")
    finally:
        forkserver.FORK_SERVER.close()


def wait(wanted: Run | None, failed: bool, more: list[Path]) -> list[str]:
    """Return the names of what changed, as soon as anything does that a run depends on.

    After a failure that is anything in the project; `more` are other files. If a module of this
    process is among them, the process starts anew instead.
    """
    read = inputs(wanted, failed, more)
    loaded = _loaded()
    events = watchfiles.watch(
        *read.watched(),
        watch_filter=lambda _, path: read.touched(Path(path)),
        recursive=False,
        rust_timeout=_AGAIN,
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    for event in events:
        paths = {Path(path) for _, path in event}
        names = sorted(_name(path) for path in paths) or ([] if failed else stale(wanted))
        if paths & loaded:
            _start_anew(names)
        if names:
            return names
    raise KeyboardInterrupt


def inputs(wanted: Run | None, failed: bool, more: list[Path]) -> Inputs:
    """Return what a run, the default run of its section, and their page follow from.

    That is what the runs read, those of other sections that the page shows too; the whole engine,
    which makes the page; and what stands beside the book's pages.
    """
    root = book.root()
    files = {*more, *_loaded(), *(root / name for name in _SETTINGS)}
    folders: set[Path] = set()
    files |= {path for path in book.ENGINE.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    files |= {path for path in (root / "book").iterdir() if path.suffix in _ASSETS}
    files |= {run.notebook for run in _shown(wanted)}
    for run in _shown(wanted):
        for kind, name, _ in _dependencies(run):
            path = root / (name.partition("#")[0] if kind == "part" else name)
            if kind not in ("package", "variable"):
                (folders if kind == "folder" else files).add(path)
    if failed:
        for source in book.sources():
            folders |= {source, *(path for path in source.rglob("*") if _is_source(path))}
    return Inputs(frozenset(files), frozenset(folders))


def stale(wanted: Run | None) -> list[str]:
    """Return the names of what is no longer as it was when the sections were executed."""
    state, names = result_store.State(book.root()), []
    for run in _shown(wanted):
        if entry := _latest(run):
            names += state.changed(entry)
            if entry.cells != runs.cells(run.notebook):
                names.append(_name(run.notebook))
    return list(dict.fromkeys(names))


def _shown(wanted: Run | None) -> list[Run]:
    """Return the runs whose results a page shows: the run, its default run, other sections."""
    if wanted is None:
        return []
    try:
        others = run_page.others(wanted.notebook)
    except InputError:  # which is told when it is run
        others = []
    paths = (wanted.notebook.with_name(f"{name}.ipynb") for name in others)
    return [wanted, Run(wanted.notebook), *(Run(path) for path in paths if path.exists())]


def _latest(run: Run) -> result_store.Entry | None:
    return result_store.Store(book.root()).latest(run.section, dict(run.parameters))


def _dependencies(run: Run) -> tuple[result_store.Dependency, ...]:
    entry = _latest(run)
    return entry.dependencies if entry else ()


def _loaded() -> set[Path]:
    return set(map(Path, modules.loaded(book.root())))


def _is_source(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "__"))


def _name(path: Path) -> str:
    root = book.root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _start_anew(names: list[str]) -> None:
    """Become a fresh process of the same command."""
    console.print(f"changed: {', '.join(names)}: starting anew", highlight=False)
    forkserver.FORK_SERVER.close()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
