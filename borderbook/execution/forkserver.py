"""Kernels forked from a process that has the libraries loaded already.

`multiprocessing`'s fork server would do, but each of its children imports the program that started
it anew, so that a run would depend on all of the command line. Here a child starts clean: the
libraries, nothing of the project.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import IO, Any, cast

LIBRARIES = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "IPython.core.completer"),
    *("pandas", "pandas.core.reshape.reshape", "pandas.core.methods.to_dict"),
    *("pyarrow.pandas_compat", "altair", "narwhals._pandas_like.dataframe"),
    *("narwhals._pandas_like.group_by", "narwhals.stable.v1._namespace"),
    *("pydantic.main", "pydantic.json_schema", "pydantic.functional_validators"),
    *("pydantic.types", "myst_nb.ext.glue"),
)
"""Loaded before the first fork, some parts by name that would be loaded late; one that is not there
is passed over."""

SETTINGS = {
    **{"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"},
    **{"TZ": "UTC", "LC_ALL": "C.UTF-8", "LANGUAGE": "C"},
}
"""Variables of a kernel's environment, whatever they are where the build is started."""
_KILLED_WITH_PARENT = 1


class ForkServer:
    """A process that forks kernels; started when the first is asked for, ended with this one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._children: set[int] = set()
        self._installed: Sequence[Any] = ()

    def start(self, installed: Sequence[Any] = ()) -> None:
        """Start the process, and have it load the libraries while this one goes on.

        A process that was started while other libraries were `installed` is ended before.
        """
        with self._lock:
            if installed != self._installed:
                self._end()
            self._installed = installed
            self._running()

    def fork(self, program: list[str], settings: dict[str, str]) -> Forked:
        """Return a new kernel: `program` are its arguments, `settings` its environment.

        Raises RuntimeError if the process that forks cannot be had or has ended.
        """
        order = json.dumps({"program": program, "settings": settings})
        with self._lock:
            process = self._running()
            try:
                cast(IO[bytes], process.stdin).write(f"{order}\n".encode())
                cast(IO[bytes], process.stdin).flush()
                answer = cast(IO[bytes], process.stdout).readline()
            except OSError as error:
                answer, reason = b"", f": {error}"
            else:
                reason = ""
            if not answer:
                self._end()
                raise RuntimeError(f"the process that forks kernels has ended{reason}")
            child = Forked(int(answer))
            self._children.add(child.pid)
            return child

    def close(self) -> None:
        """Kill every kernel with its children, and end the process."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **SETTINGS},
                start_new_session=True,
            )
        return self._process

    def _end(self) -> None:
        for pid in self._children:
            Forked(pid).kill()
        self._children.clear()
        if self._process is not None:
            with contextlib.suppress(OSError):
                cast(IO[bytes], self._process.stdin).close()
            self._process.kill()
            self._process.wait()
            cast(IO[bytes], self._process.stdout).close()
            self._process = None


class Forked:
    """A forked kernel, with what `jupyter_client` asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while it runs, else 0: only its parent knows more."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        """Return 0; to be called when it has ended."""
        return 0

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill it and what it started: they are one process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    terminate = kill


def can_fork() -> bool:
    """Return whether kernels can be forked here: on Linux, unless BORDERBOOK_FORK is 0."""
    return sys.platform == "linux" and os.environ.get("BORDERBOOK_FORK", "1") != "0"


FORK_SERVER = ForkServer()
"""The fork server of this process."""
atexit.register(FORK_SERVER.close)


def _serve() -> None:
    """Load the libraries, then fork a kernel for each line of standard input, until it ends."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    for name in LIBRARIES:
        with contextlib.suppress(Exception):  # told by the cell that imports it
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end leave nothing behind
    for line in orders:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            orders.close()
            answers.close()
            _be_a_kernel(**order)
        answers.write(f"{pid}\n".encode())
        answers.flush()


def end_with_parent() -> None:
    """Have this process, and each that is forked from it, killed when the one above it ends.

    So nothing goes on writing after a command was killed. Only Linux can do so.
    """
    if sys.platform == "linux":
        _end_with_parent()
        os.register_at_fork(after_in_child=_end_with_parent)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_KILLED_WITH_PARENT, signal.SIGKILL)


def _be_a_kernel(program: list[str], settings: dict[str, str]) -> None:
    """Become a kernel: in a session of its own, killed when the process it was forked from ends."""
    status: Any = 1
    try:
        os.setsid()
        _end_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(f"{program[2]}.errors", os.O_WRONLY | os.O_CREAT, 0o600), 2)
        os.environ.clear()
        os.environ.update(settings)
        import kernel  # type: ignore[import-not-found]  # noqa: PLC0415

        kernel.start(program)
        status = 0
    except SystemExit as error:
        status = error.code or 0
    except BaseException as error:
        # What it was comes first: of a full disk no more may be left than these bytes.
        os.write(2, f"{type(error).__name__}: {error}\n{traceback.format_exc()}".encode())
    finally:
        os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import kernel  # noqa: F401  (what the kernels forked from here are)

    del sys.path[0]
    _serve()
