"""What to execute and what can be reused: a run is one section with one set of parameters."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers import kernels

_INPUTS = ("helpers/**/*.py", "data/**/*", "requirements.txt")
"""What any run may depend on, beside its notebook and its parameters."""


class RunError(RuntimeError):
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


def sections(root: Path) -> list[Path]:
    """Return the notebooks of the book, in order of name."""
    return sorted((root / "book").glob("*.ipynb"))


def execute(
    runs: Iterable[Run],
    root: Path,
    done: Callable[[Run, bool], None] = lambda run, reused: None,
    jobs: int | None = None,
) -> dict[str, Path]:
    """Return the executed notebook of every run, by section: reused, or executed in parallel.

    A run is reused when nothing that it may depend on has changed in content: its source, its
    parameters, any helper, any figure, the lock file, the Python it runs with. `done` is told of
    every run, and whether it was reused. Raises RunError after all runs have ended, if any failed.
    """
    state = environment(root)
    finished: dict[str, Path] = {}
    waiting: dict[Run, Path] = {}
    listed = list(runs)
    for run in listed:
        stored = root / ".cache" / "runs" / f"{run.section}-{key(run, state)}.ipynb"
        if stored.exists():
            finished[run.section] = stored
            done(run, True)
        else:
            waiting[run] = stored
    failures = []
    workers = min(jobs or os.cpu_count() or 1, max(len(waiting), 1))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        futures = {
            pool.submit(kernels.execute, run.notebook, stored, dict(run.parameters), root): run
            for run, stored in waiting.items()
        }
        for future in as_completed(futures):
            run = futures[future]
            try:
                finished[run.section] = future.result()
            except kernels.ExecutionError as error:
                failures.append(str(error))
            done(run, False)
    if failures:
        raise RunError("\n\n".join(sorted(failures)))
    return {run.section: finished[run.section] for run in listed}


def environment(root: Path) -> str:
    """Return a digest of all that any run may depend on beside its notebook and parameters."""
    digest = hashlib.sha256(platform.python_version().encode())
    for pattern in _INPUTS:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def key(run: Run, state: str) -> str:
    """Return what names a run's result: a digest of its source, parameters and environment.

    Outputs in the notebook file do not count: only what its cells say and their tags.
    """
    document = json.loads(run.notebook.read_text("utf-8"))
    cells = [
        [
            cell["cell_type"],
            "".join(cell["source"]),
            cell["metadata"].get("tags", []),
            cell.get("id", ""),
        ]
        for cell in document["cells"]
    ]
    content = json.dumps([state, cells, dict(run.parameters)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:20]
