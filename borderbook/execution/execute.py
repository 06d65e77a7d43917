"""How a notebook is executed: by papermill with our engine, and what its kernel recorded."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from borderbook import errors, scratch
from borderbook.execution import self_contained
from borderbook.execution.papermill_engine import KERNEL, NAME, CellError, canonical

__all__ = ["KERNEL", "Executed", "ExecutionError", "canonical", "dumps", "execute"]


class ExecutionError(RuntimeError):
    """A notebook that failed: which cell, and the error it raised."""


@dataclass(frozen=True)
class Executed:
    """An executed notebook as text, and what its kernel recorded: see `recorder`."""

    text: str
    record: tuple[tuple[str, str, str], ...]


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    folder: Path,
    timeout: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> Executed:
    """Return `notebook` executed with `parameters`, working directory `folder`.

    The same inputs give the same text. `timeout` is in seconds for each cell; with `settings`,
    variables of its environment, the kernel is not forked but an ordinary one. Raises
    ExecutionError with the cell and the traceback if a cell fails or takes longer, and for an
    output that no page of the site can show.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with scratch.temporary("run") as place:
        log = place / "record"
        try:
            executed = execute_notebook(
                str(notebook),
                None,
                parameters=dict(parameters),
                engine_name=NAME,
                kernel_name=KERNEL["name"],
                language=KERNEL["language"],
                progress_bar=False,
                log_output=False,
                execution_timeout=timeout,
                folder=folder,
                log=log,
                settings=settings,
            )
        except PapermillExecutionError as error:
            raise ExecutionError(
                f"{notebook.as_posix()}, cell {error.cell_index + 1} of the run: "
                f"{error.ename}: {error.evalue}"
            ) from None
        except CellError as error:
            raise ExecutionError(f"{notebook.as_posix()}, {error}") from None
        except (RuntimeError, TimeoutError) as error:
            stderr = log.with_name("record.errors")
            message = stderr.read_text("utf-8", "replace").strip() if stderr.exists() else ""
            reason = "\n".join(part for part in (str(error).strip(), message) if part)
            reason = errors.of_disk(message) or f"the kernel failed: {reason}"
            raise ExecutionError(f"{notebook.as_posix()}: {reason}") from error
        lines = log.read_text("utf-8").splitlines()
    if violations := list(self_contained.violations(executed.cells)):
        listed = "\n".join(violations)
        raise ExecutionError(f"{notebook.as_posix()}: {listed}\n{self_contained.FIX}")
    return Executed(dumps(executed), tuple(tuple(json.loads(line)) for line in lines))


def dumps(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as text, as Jupyter writes it."""
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT)).rstrip("\n") + "\n"
