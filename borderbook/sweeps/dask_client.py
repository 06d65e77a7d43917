"""Runs on many machines: Dask takes a run and its inputs to a worker, and its result back.

A worker needs the packages of requirements.txt, no checkout. What a run may depend on travels to
each worker once, as an archive named by its content; there a process of this module serves runs
from it (see `dask_worker`). Results go into this project's own store, so that what was executed
elsewhere is reused here, and are the same byte for byte.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import os
import platform
import sys
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO, Unpack, cast

from borderbook import book
from borderbook.execution import forkserver, packages, runs
from borderbook.execution.result_store import Cells
from borderbook.execution.runs import Options, Outcome, Project, Run, RunError

# Files of the book that are read besides the folders of `book.sources`.
_LOCKS = ("requirements.txt", "requirements-test.txt")
_SETTINGS = ("_toc.yml", "_config.yml", "pyproject.toml", *_LOCKS)
_PROGRAM = "borderbook.sweeps.dask_client"
_DISTRIBUTION = "borderbook"
# Where the archive has what runs read that is no input of theirs, see `recorder`: our metadata, and
# the engine where it is no part of the project.
_ASIDE = ".cache/aside"
_PATH = (".", _ASIDE)
_DATE = (1980, 1, 1, 0, 0, 0)
_RETRIES = 2
# Seconds to wait for a scheduler.
_PATIENCE = 10
_FEW = 5


def outcomes(
    planned: Iterable[Run], root: Path, address: str, **options: Unpack[Options]
) -> Iterator[Outcome]:
    """Return what became of each run, as it ends: the reused first, then those of the workers.

    As `runs.outcomes`, but executed by the workers of the scheduler at `address`, one run for each
    of their threads: `jobs` has no meaning. A worker that dies has its runs done by others. Raises
    RunError if no scheduler answers.
    """
    yield from runs.outcomes(planned, root, functools.partial(_by_workers, address), **options)


def archive(root: Path) -> tuple[str, bytes]:
    """Return what runs may depend on as a zip file, with its name: a hash of the content.

    Raises RunError if the engine is not installed here: what it offers to papermill and Jupyter is
    told by its metadata, which travel too.
    """
    content = _metadata()
    inputs = [*book.sources(), *(root / name for name in _SETTINGS if (root / name).exists())]
    for path in (path for each in inputs for path in _under(each)):
        inside = path.is_relative_to(root)
        name = path.relative_to(root if inside else book.ENGINE.parent).as_posix()
        name = name if inside else f"{_ASIDE}/{name}"
        content |= {f"{name}/": b""} if path.is_dir() else {name: path.read_bytes()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, _DATE)
            file.writestr(entry, content[name], zipfile.ZIP_DEFLATED)
    packed = stream.getvalue()
    return hashlib.sha256(packed).hexdigest()[:20], packed


def _by_workers(
    address: str, waiting: list[Run], project: Project, options: Options
) -> Iterator[Outcome]:
    """Have the workers of a scheduler execute the runs, store what comes back."""
    import cloudpickle  # noqa: PLC0415
    from distributed import Client, as_completed  # noqa: PLC0415

    from borderbook.sweeps import dask_worker  # noqa: PLC0415  (imports distributed)

    sources = [runs.cells(run.notebook) for run in waiting]
    digest, packed = archive(project.root)
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise RunError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        name = f"{_DISTRIBUTION}-{digest}-{uuid.uuid4().hex[:8]}"
        cloudpickle.register_pickle_by_value(dask_worker)
        futures: list[Any] = []
        try:
            client.register_plugin(dask_worker.Station(name, packed, _PROGRAM, _PATH), name)
            if not client.nthreads():
                project.note(f"the scheduler at {address} has no worker yet")
            orders = [_order(run, project, options.get("timeout")) for run in waiting]
            futures = client.map(_task(name), orders, pure=False, retries=_RETRIES)
            place = {future.key: number for number, future in enumerate(futures)}
            for future in as_completed(futures, loop=client.loop):
                number = place[future.key]
                yield _outcome(waiting[number], sources[number], future, project)
        finally:
            cloudpickle.unregister_pickle_by_value(dask_worker)
            with contextlib.suppress(OSError):  # a scheduler that has ended
                client.cancel(futures)
                client.unregister_worker_plugin(name)


def _outcome(run: Run, source: Cells, future: Any, project: Project) -> Outcome:
    """Return the outcome of a run that a worker has executed, its result stored here."""
    from borderbook.execution import execute as kernels  # noqa: PLC0415

    if future.status != "finished":
        let_go = f"the scheduler has let it go ({future.status})"
        reason = future.exception() if future.status == "error" else let_go
        return Outcome(run, None, error=f"{run.notebook.as_posix()}: {reason}")
    answer = future.result()
    future.release()
    if answer["error"]:
        return Outcome(run, None, error=answer["error"])
    executed = kernels.Executed(answer["text"], tuple(map(tuple, answer["record"])))
    return project.add(run, executed, source, answer["seconds"])


def _order(run: Run, project: Project, timeout: int | None) -> dict[str, Any]:
    return {
        "notebook": run.notebook.relative_to(project.root).as_posix(),
        "parameters": dict(run.parameters),
        "timeout": timeout,
        "python": project.environment["Python"],
        "packages": packages.required(project.root),
    }


def _task(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what a worker does with an order: a function of no module, so it travels by value."""

    def execute(order: dict[str, Any]) -> dict[str, Any]:
        from distributed import get_worker  # noqa: PLC0415

        station: Any = get_worker().plugins[name]
        return cast(dict[str, Any], station.execute(order))

    return execute


def _under(path: Path) -> Iterator[Path]:
    """Return a path and what is under it, but for what is hidden or compiled."""
    yield path
    for each in sorted(path.iterdir()) if path.is_dir() else ():
        if not each.name.startswith((".", "__pycache__")):
            yield from _under(each)


def _metadata() -> dict[str, bytes]:
    """Return the metadata by which papermill and Jupyter find the engine."""
    try:
        engine = metadata.distribution(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise RunError(f"{_DISTRIBUTION} is not installed here: pip install -e .") from None
    folder = f"{_DISTRIBUTION}-{engine.version}.dist-info"
    texts = {name: engine.read_text(name) for name in ("METADATA", "entry_points.txt")}
    return {f"{_ASIDE}/{folder}/{name}": text.encode() for name, text in texts.items() if text}


# In the process that a worker starts


def serve() -> None:
    """Execute the runs that standard input names, one a line, until it ends; never returns.

    An order names the notebook, parameters and time limit of a run, and the environment that it
    needs. The answer, a line on standard output, holds the executed notebook, what its kernel
    recorded and how long it took; or `error`.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if forkserver.can_fork():
        forkserver.FORK_SERVER.start()
    for line in sys.stdin.buffer:
        # Aside, so that the end of the input is seen while a run goes on: the worker has died.
        threading.Thread(target=_answer, args=(json.loads(line), answers), daemon=True).start()
    forkserver.FORK_SERVER.close()
    os._exit(0)


def _answer(order: Mapping[str, Any], answers: TextIO) -> None:
    try:
        answer = _executed(order)
    except Exception as error:
        answer = {"error": f"{order['notebook']}: {error!r}"}
    answers.write(f"{json.dumps(answer)}\n")
    answers.flush()


def _executed(order: Mapping[str, Any]) -> dict[str, Any]:
    """Return what became of a run, executed in the working directory."""
    from borderbook.execution import execute as kernels  # noqa: PLC0415

    difference = _difference(order)
    if difference:
        where = f"the worker on {platform.node()}"
        return {"error": f"{where} has another environment: {difference}"}
    began = time.monotonic()
    notebook, parameters = Path(order["notebook"]), order["parameters"]
    try:
        executed = kernels.execute(notebook, parameters, Path.cwd(), order["timeout"])
    except kernels.ExecutionError as error:
        return {"error": str(error)}
    seconds = time.monotonic() - began
    return {"error": "", "text": executed.text, "record": executed.record, "seconds": seconds}


def _difference(order: Mapping[str, Any]) -> str:
    """Return in which way this environment is not the one of the order; blank if it is."""
    if platform.python_version() != order["python"]:
        return f"Python {platform.python_version()} there, {order['python']} here"
    there, here = set(packages.required(Path.cwd())), set(order["packages"])
    parts = [
        f"only {place} {', '.join(sorted(names)[:_FEW])}{', ...' if len(names) > _FEW else ''}"
        for place, names in (("there", there - here), ("here", here - there))
        if names
    ]
    return "; ".join(parts)


if __name__ == "__main__":
    serve()
