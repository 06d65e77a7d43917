"""What to execute and what can be reused: a run is one section with one set of parameters.

A run is reused exactly when the notebook's cells, its parameters, every module that it imported,
every file and folder of the project and every variable that it read, and the environment are as
they were: by content, not by time. What a run read is what its kernel recorded, see `recorder`.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from borderbook import notebooks
from borderbook.errors import UserError
from borderbook.execution import forkserver, packages
from borderbook.execution.result_store import Cells, Dependency, Entry, State, Store

if TYPE_CHECKING:
    from borderbook.execution import execute as kernels

LIMIT = 2_000_000_000
"""Bytes that the results of a project may take; the least recently used are removed first."""


class RunError(UserError, RuntimeError):
    """One or more runs that failed; the message has a line for each."""


@dataclass(frozen=True, eq=False)
class Run:
    """One section executed with one set of parameters."""

    notebook: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def section(self) -> str:
        """The name of the section."""
        return self.notebook.stem


@dataclass(frozen=True)
class Outcome:
    """What became of a run: its executed notebook, or why there is none."""

    run: Run
    notebook: Path | None
    reused: bool = False
    error: str = ""
    seconds: float = 0


class Options(TypedDict, total=False):
    """Options of how runs are executed.

    `jobs` kernels at once, one per core unless given; `timeout` in seconds for each cell; `note` is
    told what a user should know (a damaged entry, a file that changed meanwhile); `begin` is called
    before the first run is executed.
    """

    jobs: int | None
    timeout: int | None
    note: Callable[[str], None]
    begin: Callable[[], None]


def sections(root: Path) -> list[Path]:
    """Return the notebooks of the book, in order of name."""
    return sorted((root / "book").glob("*.ipynb"))


def execute(
    runs: Iterable[Run],
    root: Path,
    done: Callable[[Run, bool], None] = lambda run, reused: None,
    **options: Unpack[Options],
) -> dict[str, Path]:
    """Return the executed notebook of every run, by section: reused, or executed in parallel.

    `done` is told of every run, and whether it was reused; see `outcomes` for the rest. Raises
    RunError after all runs have ended, if any failed.
    """
    listed = list(runs)
    finished: dict[str, Path] = {}
    failures = []
    for outcome in outcomes(listed, root, **options):
        if outcome.notebook is None:
            failures.append(outcome.error)
        else:
            finished[outcome.run.section] = outcome.notebook
        done(outcome.run, outcome.reused)
    if failures:
        raise RunError("\n\n".join(sorted(failures)))
    return {run.section: finished[run.section] for run in listed}


@dataclass(frozen=True)
class Project:
    """A project as it is now: its folder, results and environment; `note` as in Options.

    `blind` is why files cannot be followed, as far as the user has been told.
    """

    root: Path
    store: Store
    environment: Mapping[str, str]
    note: Callable[[str], None]
    blind: set[str] = field(default_factory=set)

    def reusable(self, runs: Iterable[Run]) -> tuple[list[Outcome], list[Run]]:
        """Return the outcomes of the runs that need not be executed, and the runs that need be."""
        state = State(self.root)
        outcomes, waiting = [], []
        for run in runs:
            stored = self.store.find(run.section, key(run), state, self.environment)
            if stored is None:
                waiting.append(run)
            else:
                outcomes.append(Outcome(run, stored, reused=True))
        return outcomes, waiting

    def add(self, run: Run, executed: kernels.Executed, source: Cells, seconds: float) -> Outcome:
        """Store what was executed, here or elsewhere, and return it as the outcome of the run.

        `source` are the cells executed. If something changed meanwhile, the result is not reused.
        """
        unseen = tuple(name for kind, name, _ in executed.record if kind == "unseen")
        entry = Entry(
            section=run.section,
            parameters=dict(run.parameters),
            cells=source,
            environment=self.environment,
            dependencies=tuple(sorted(_dependencies(executed.record))),
            seconds=round(seconds, 3),
            output=hashlib.sha256(executed.text.encode()).hexdigest(),
        )
        changed = State(self.root).changed(entry)
        changed += [] if cells(run.notebook) == source else ["notebook"]
        unseen += tuple(f"{name} changed while it ran" for name in dict.fromkeys(changed))
        for kind, reason, _ in executed.record:
            if kind == "blind" and reason not in self.blind:
                self.blind.add(reason)
                self.note(f"files that libraries in C open are not followed here: {reason}")
        if unseen:
            self.note(f"{run.section} will be executed anew next time: {'; '.join(unseen)}")
        entry = replace(entry, unseen=unseen)
        notebook = self.store.add(key_of(source, run.parameters), entry, executed.text)
        return Outcome(run, notebook, seconds=seconds)


Executor = Callable[[list[Run], Project, Options], Iterator[Outcome]]
"""Executes runs, stores the results in the project, and returns the outcome of each as it ends."""


def outcomes(
    runs: Iterable[Run],
    root: Path,
    executor: Executor | None = None,
    **options: Unpack[Options],
) -> Iterator[Outcome]:
    """Return what became of each run, as it ends: the reused first, then those executed.

    `executor` executes them, kernels of this machine unless given. An interrupt kills every kernel
    with its children. What was stored by then stays.
    """
    note = options.get("note", lambda text: None)
    project = Project(root, Store(root, note), environment(), note)
    reused, waiting = project.reusable(runs)
    yield from reused
    if not waiting:
        return
    options.get("begin", lambda: None)()
    try:
        yield from (executor or _in_parallel)(waiting, project, options)
    finally:
        project.store.prune(LIMIT)


def _in_parallel(waiting: list[Run], project: Project, options: Options) -> Iterator[Outcome]:
    """Execute the runs in kernels of this machine, those that took longest last time first."""
    if forkserver.can_fork():
        forkserver.FORK_SERVER.start(packages.listing())
    sections = {run.section for run in waiting}
    expected = {section: _expected(project.store, section) for section in sections}
    pool = ThreadPoolExecutor(options.get("jobs") or os.cpu_count() or 1)
    pending: set[Future[Outcome]] = set()
    try:
        pending = {
            pool.submit(_outcome, run, project, options.get("timeout"))
            for run in sorted(waiting, key=lambda run: expected[run.section], reverse=True)
        }
        while pending:
            ended, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        while pending := {future for future in pending if not future.done()}:
            forkserver.FORK_SERVER.close()  # a thread may have been about to start a kernel
            wait(pending, timeout=0.2)
        raise
    finally:
        pool.shutdown()


def _outcome(run: Run, project: Project, timeout: int | None) -> Outcome:
    """Execute a run and store its result, unless something that it read changed meanwhile."""
    from borderbook.execution import execute as kernels  # noqa: PLC0415  (slow to import, and only needed to execute)

    began, source = time.monotonic(), cells(run.notebook)
    try:
        executed = kernels.execute(run.notebook, run.parameters, project.root, timeout)
    except kernels.ExecutionError as error:
        return Outcome(run, None, error=str(error))
    return project.add(run, executed, source, time.monotonic() - began)


def key(run: Run) -> str:
    """Return what names a run: a hash of its cells and parameters."""
    return key_of(cells(run.notebook), run.parameters)


def key_of(source: Cells, parameters: Mapping[str, Any]) -> str:
    """Return what names a run of these cells with these parameters."""
    content = json.dumps([source, dict(parameters)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:20]


def cells(notebook: Path) -> Cells:
    """Return the id of each cell in order with a hash of it: kind, text and tags, not outputs."""
    listed = []
    for cell in notebooks.cells(notebook):
        described = [cell["cell_type"], notebooks.source(cell), cell["metadata"].get("tags", [])]
        listed.append((cell["id"], hashlib.sha256(json.dumps(described).encode()).hexdigest()))
    return tuple(listed)


def environment() -> dict[str, str]:
    """Return what every run depends on: Python and this machinery."""
    return {"Python": platform.python_version(), "the machinery of runs": _machinery()}


def why(run: Run, root: Path) -> list[str]:
    """Return what has changed since a section was last executed, one line each; empty if nothing.

    The run compared with is the last one with the same parameters, else the last of the section.
    """
    store, state, now = Store(root), State(root), environment()
    if store.find(run.section, key(run), state, now):
        return []
    last = store.latest(run.section, dict(run.parameters)) or store.latest(run.section)
    if last is None:
        return ["it has not been executed yet, or its result was removed"]
    lines = [
        f"parameter {name}: {last.parameters.get(name, 'default')} -> "
        f"{run.parameters.get(name, 'default')}"
        for name in sorted({*last.parameters, *run.parameters})
        if last.parameters.get(name) != run.parameters.get(name)
    ]
    source, before = dict(cells(run.notebook)), dict(last.cells)
    lines += [f"cell {name} changed" for name in source if before.get(name) != source[name]]
    lines += [f"cell {name} is gone" for name in before if name not in source]
    if not lines and list(source) != list(before):
        lines.append("its cells are in another order")
    lines += [f"{name} changed" for name in now if last.environment.get(name) != now[name]]
    lines += [f"{name} changed" for name in dict.fromkeys(state.changed(last))]
    lines += last.unseen
    return lines or ["its last result was damaged, or something changed while it was made"]


def _dependencies(record: Iterable[Dependency]) -> Iterator[Dependency]:
    """Return what a run depends on: of libraries, the distributions that brought them."""
    libraries = []
    for kind, name, content in record:
        if kind == "library":
            libraries.append(name)
        elif kind not in ("unseen", "blind"):
            yield kind, name, content
    versions = packages.versions()
    for distribution, modules in packages.providers(libraries).items():
        yield "package", f"{distribution}: {' '.join(modules)}", versions[distribution]


def _expected(store: Store, section: str) -> float:
    """Return how many seconds a section took last time; without end if it is not known."""
    last = store.latest(section)
    return last.seconds if last else float("inf")


@cache
def _machinery() -> str:
    files = sorted(Path(__file__).parent.glob("*.py"))
    content = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()
