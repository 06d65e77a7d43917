"""How a notebook is executed: by papermill in a process of its own, with outputs made canonical."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook
from traitlets.config import Config

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class ExecutionError(RuntimeError):
    """A notebook that failed: which cell, and the error it raised."""


def execute(notebook: Path, output: Path, parameters: Mapping[str, Any], folder: Path) -> Path:
    """Return `output`, the notebook executed with `parameters`, working directory `folder`.

    The file appears whole or not at all, and the same inputs give the same bytes. Raises
    ExecutionError with the cell and the traceback if a cell fails.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="borderbook-") as sockets:
        scratch = Path(sockets) / output.name
        try:
            execute_notebook(
                str(notebook),
                str(scratch),
                parameters=dict(parameters),
                cwd=str(folder),
                kernel_name=KERNEL["name"],
                progress_bar=False,
                log_output=False,
                config=Config({"KernelManager": _channel(sockets)}),
            )
        except PapermillExecutionError as error:
            raise ExecutionError(
                f"{notebook.as_posix()}, cell {error.cell_index + 1} of the run: "
                f"{error.ename}: {error.evalue}"
            ) from None
        except RuntimeError as error:
            raise ExecutionError(f"{notebook.as_posix()}: the kernel failed: {error}") from error
        executed = nbformat.read(scratch, as_version=4)
    fresh = output.with_name(f".{output.name}.{os.getpid()}")
    fresh.write_text(dumps(canonical(executed)), "utf-8")
    fresh.replace(output)
    return output


def _channel(sockets: str) -> dict[str, str]:
    """Return how to talk to the kernel: over sockets in a folder of the run's own, if there are."""
    if os.name != "posix":
        return {"transport": "tcp"}
    return {"transport": "ipc", "ip": f"{sockets}/kernel"}


def canonical(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook without what differs from run to run or machine to machine.

    Times, durations, versions and random cell ids go; code, outputs and their order stay.
    """
    notebook.metadata = nbformat.from_dict(
        {
            **{key: value for key, value in notebook.metadata.items() if key in ("title",)},
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
    return notebook


def dumps(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as text, as Jupyter writes it."""
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT)).rstrip("\n") + "\n"
