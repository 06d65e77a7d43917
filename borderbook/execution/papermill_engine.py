"""The papermill engine `borderbook`: kernels that record, forked where there is fork."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_event_loop
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from borderbook import scratch
from borderbook.execution import forkserver

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
NAME = "borderbook"
PROVISIONER = "borderbook-fork"
"""The entry points in pyproject.toml."""

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
            client = PapermillNotebookClient(
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
                    loop.close()


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
