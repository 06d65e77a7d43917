"""The papermill engine `borderbook`: kernels that record, forked where there is fork."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from json import dumps
from pathlib import Path
from typing import Any, cast

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from borderbook import scratch
from borderbook.execution import forkserver

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
NAME = "borderbook"
PROVISIONER = "borderbook-fork"
"""The entry points in pyproject.toml."""

LARGEST = 5_000_000
"""Characters that a cell may show: a page and the index of the search hold all of them."""
_SHOWING = ("stream", "display_data", "execute_result", "update_display_data")

_PROGRAM = Path(__file__).with_name("kernel.py")
# Bytes of a socket's name with which every system can do, its number (`-1` to `-5`) to be added.
_LONGEST = 100


class Engine(NBClientEngine):  # type: ignore[misc]
    """The engine `borderbook`: forked kernels where there is fork, the same outputs either way."""

    @classmethod
    def execute_notebook(cls, nb: nbformat.NotebookNode, *args: Any, **kwargs: Any) -> Any:
        """Return the notebook executed, canonical if no cell failed."""
        executed = super().execute_notebook(nb, *args, **kwargs)
        outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
        if any(output.output_type == "error" for output in outputs):
            return executed
        return canonical(executed)

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        execution_timeout: int | None = None,
        start_timeout: int = 60,
        folder: Path | None = None,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Execute the cells; the kernel is killed with its children however that ends.

        `folder` is the working directory, this process' own unless given; `log` is where the
        kernel records what it read; with `settings` it is an ordinary kernel with these variables.
        """
        with scratch.temporary("kernel") as place:
            record = log or place / "record"
            manager = _Manager(
                program=[str((folder or Path.cwd()).resolve()), str(record)],
                settings=settings,
                connection_file=f"{place}/connection.json",
                **_channel(str(place)),
            )
            unused = ("input_path", "output_path", "timeout", "startup_timeout")
            client = _Client(
                nb_man,
                km=manager,
                timeout=execution_timeout,
                startup_timeout=start_timeout,
                kernel_name=kernel_name,
                iopub_timeout=60,  # a busy machine is slow to say what a cell shows
                shutdown_kernel="immediate",
                **{key: value for key, value in kwargs.items() if key not in unused},
            )
            client.owns_km = True  # so that it ends the kernel and closes the channels
            try:
                client.execute()
            finally:
                if not (loop := ensure_event_loop()).is_running():
                    for task in (left := asyncio.all_tasks(loop)):  # those of a cell that was ended
                        task.cancel()
                    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
                    loop.close()


class CellError(RuntimeError):
    """A cell that was ended: it took too long, showed too much, or its kernel died."""


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """A client that ends a cell of which more is shown than a page can hold."""

    _shown = 0

    def execute_cell(self, cell: nbformat.NotebookNode, *args: Any, **kwargs: Any) -> Any:
        """Return the cell executed; CellError if it was ended."""
        self._shown = 0
        place = f"cell {cell.get('id', '')}"
        try:
            return super().execute_cell(cell, *args, **kwargs)
        except CellTimeoutError:
            raise CellError(
                f"{place}: it was ended after {self.timeout} s; give it longer with --timeout, or "
                "see why it does not end"
            ) from None
        except DeadKernelError as error:
            if self._shown <= LARGEST:
                raise CellError(f"{place}: {str(error).strip()} while it was at work") from None
            raise CellError(
                f"{place}: it shows more than {LARGEST // 10**6} MB, more than a page can hold; "
                "show less of it, or write it into a file"
            ) from None

    def process_message(self, msg: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Take a message of the kernel, unless the cell has shown too much by now."""
        if msg["msg_type"] in _SHOWING:
            content = msg["content"]
            parts = [content.get("text", ""), *content.get("data", {}).values()]
            self._shown += sum(
                len(each if isinstance(each, str) else dumps(each)) for each in parts
            )
            if self._shown > LARGEST:
                self.task_poll_for_reply.cancel()  # told as a kernel that is dead, and it will be
                return None
        return super().process_message(msg, *args, **kwargs)


class _Manager(AsyncKernelManager):
    """A manager of one kernel that records: forked, or started as any other."""

    def __init__(
        self, program: list[str], settings: Mapping[str, str] | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        start = [sys.executable, "-P", str(_PROGRAM), "{connection_file}", *program]
        provisioner = {"kernel_provisioner": {"provisioner_name": PROVISIONER}}
        self._program = KernelSpec(
            argv=start,
            **KERNEL,
            env={**forkserver.SETTINGS, **(settings or {})},
            metadata=provisioner if forkserver.can_fork() and not settings else {},
        )

    @property
    def kernel_spec(self) -> KernelSpec:
        return self._program


class ForkProvisioner(LocalProvisioner):
    """Forks the kernel that `cmd` would start."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Return how to talk to the kernel."""
        child = forkserver.FORK_SERVER.fork(cmd[3:], kwargs["env"])
        self.process = cast(Any, child)
        self.pid = self.pgid = child.pid
        return self.connection_info


def _channel(sockets: str) -> dict[str, str]:
    """Return how to talk to the kernel: over sockets in a folder of this run alone, if there are.

    A system has no such sockets, or none where the folder's name is too long for them.
    """
    place = f"{sockets}/kernel"
    if os.name != "posix" or len(os.fsencode(place)) > _LONGEST:
        return {"transport": "tcp"}
    return {"transport": "ipc", "ip": place}


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
