"""What a Dask worker holds for a sweep: the project's inputs, and processes that execute its runs.

A worker has the packages of requirements.txt and nothing of this project: this module travels to
it by value, so it imports nothing of the project and only what every worker has.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin


class Station(WorkerPlugin):
    """The inputs of one state of the project on a worker, and its processes.

    `archive` are the inputs, a zip file; `program` is the module that serves runs from within
    them, `path` the folders in them from which it imports. There is a process for each run at work
    at once, so one for each thread of the worker; it is kept for the next run, and ends when the
    worker does.
    """

    def __init__(self, name: str, archive: bytes, program: str, path: tuple[str, ...]) -> None:
        self.name = name
        self._archive, self._program, self._path = archive, program, path

    def setup(self, worker: Any) -> None:
        """Unpack the inputs."""
        place = tempfile.mkdtemp(prefix=f"{self.name}-", dir=worker.local_directory)
        self._folder = Path(place).resolve()
        with zipfile.ZipFile(io.BytesIO(self._archive)) as file:
            file.extractall(self._folder)
        self._lock = threading.Lock()
        self._all: list[subprocess.Popen[bytes]] = []
        self._idle: list[subprocess.Popen[bytes]] = []

    def teardown(self, worker: Any) -> None:
        """End the processes, and remove the inputs."""
        with self._lock:
            for process in self._all:
                self._end(process)
            self._all.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def execute(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return what became of a run; see `dask_client.serve`.

        Raises RuntimeError if the process that executes it ends before it answers.
        """
        with self._lock:
            process = self._idle.pop() if self._idle else self._started()
        try:
            process.stdin.write(f"{json.dumps(order)}\n".encode())  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            answer = process.stdout.readline()  # type: ignore[union-attr]
        except (OSError, ValueError):
            answer = b""
        with self._lock:
            if answer:
                self._idle.append(process)
            elif process in self._all:
                self._all.remove(process)
                self._end(process)
        if not answer:
            raise RuntimeError("the process that executes runs on the worker has ended")
        outcome: dict[str, Any] = json.loads(answer)
        return outcome

    def _started(self) -> subprocess.Popen[bytes]:
        """Return a new process, in which the project's modules are those unpacked here."""
        folders = [str(self._folder / name) for name in self._path]
        path = os.pathsep.join(filter(None, [*folders, os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [sys.executable, "-m", self._program],
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        self._all.append(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()  # type: ignore[union-attr]
