"""The kernel of a run, which records what the run depends on: seen from inside the process.

An audit hook sees every file and folder that Python code opens, an import hook every module that
does not belong to the environment. Each is written to a log with a hash of its content as it was
read: one JSON list a line, `[kind, name, hash]`. Kinds:

- `module`: a Python file that was imported;
- `file`: a file that was read; the hash is blank if there was none;
- `folder`: a folder that was listed; the hash is that of the names in it;
- `place`: a place of the project that was looked at without opening it, as `Path.exists` does; in
  place of the hash stands what is there: `file`, `folder` or nothing;
- `part`: a part of a file, `file#part`, that the reader names by an audit event
  `borderbook.part` instead of by opening it;
- `unseen`: what the run did that no hook can follow (a process it started, a file of the project
  it wrote, another host): such a run cannot be reused.

When a file was written is not followed: a run that goes by it is not made again for it.

This module is the kernel's program too, so it imports nothing but the standard library until the
hooks are set, and nothing of the project.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import marshal
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, cast

_IN_PARTS, _PART = "borderbook.in-parts", "borderbook.part"
_UNSEEN = {
    "subprocess.Popen": "it started the program {}",
    "os.system": "it ran the command {}",
    "os.posix_spawn": "it started the program {}",
    "os.exec": "it became the program {}",
    "os.fork": "it forked",
    "socket.connect": "it connected to {1}",
}
_WRITING = os.O_WRONLY | os.O_RDWR
# Modules that ask the file system for others.
_PATHS = ("genericpath", "posixpath", "ntpath", "pathlib")
_SYSTEM = ("/usr/", "/lib", "/etc/", "/proc/", "/sys/", "/dev/", "/opt/", "/System/", "/Library/")


class Recorder:
    """Writes what this process reads from now on into a log.

    `root` is the project's folder, to which names are relative; what lies under one of
    `aside` (the environment, caches, scratch) is no input of a run.
    """

    def __init__(self, root: Path, log: Path, aside: Iterable[Path]) -> None:
        self._root = f"{root}{os.sep}"
        others = (*_SYSTEM, *(f"{path}{os.sep}" for path in aside))
        self._aside = tuple(path for path in others if not self._root.startswith(path))
        self._file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._lines: set[str] = set()
        self._in_parts: dict[str, int] = {}
        self._quiet = False
        self._handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.listdir": self._list,
            "os.scandir": self._list,
            _IN_PARTS: self._reading_in_parts,
            _PART: self._part,
        }

    def watch_places(self) -> None:
        """Follow what is asked of the file system without opening anything: no audit event does."""
        stat = os.stat

        def followed(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
            if not self._quiet:
                self._quiet = True
                try:
                    self._look(path)
                finally:
                    self._quiet = False
            return stat(path, *args, **kwargs)

        for able in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
            able.add(followed)
        os.stat = followed

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Follow an audit event."""
        if self._quiet:
            return
        if event in self._handlers:
            self._quiet = True
            try:
                self._handlers[event](*args)
            finally:
                self._quiet = False
        elif event in _UNSEEN:
            self.log("unseen", _UNSEEN[event].format(*args), "")

    def log(self, kind: str, name: str, content: str) -> None:
        """Write a line, once."""
        line = json.dumps([kind, self._name(name) if kind != "unseen" else name, content])
        if line not in self._lines:
            self._lines.add(line)
            os.write(self._file, f"{line}\n".encode())

    def is_input(self, path: str) -> bool:
        """Return whether a file is an input: no part of the environment, a cache or the system."""
        return os.path.isabs(path) and not path.startswith(self._aside)

    def read(self, path: str) -> bytes:
        """Return the content of a file, which is not logged."""
        before, self._quiet = self._quiet, True
        try:
            with open(path, "rb") as file:
                return file.read()
        finally:
            self._quiet = before

    def _open(self, path: Any, mode: str | None, flags: int) -> None:
        name = _absolute(path)
        if name is None or not self.is_input(name) or f"{os.sep}__pycache__{os.sep}" in name:
            return
        if (flags or 0) & _WRITING or any(letter in (mode or "") for letter in "wax+"):
            if name.startswith(self._root):
                self.log("unseen", f"it wrote {self._name(name)}", "")
        elif self._in_parts.get(name):
            self._in_parts[name] -= 1
        elif not os.path.isdir(name):
            self.log("file", name, file_digest(name))

    def _list(self, path: Any = None) -> None:
        name = _absolute(path or ".")
        if name is None or not self.is_input(f"{name}{os.sep}"):
            return
        if not _seeks_modules(sys._getframe(2)):
            self.log("folder", name, folder_digest(name))

    def _look(self, path: Any) -> None:
        name = _absolute(path)
        if name is None or not name.startswith(self._root) or not self.is_input(name):
            return
        if not _seeks_modules(sys._getframe(2)):
            self.log("place", name, place(name))

    def _reading_in_parts(self, path: str) -> None:
        self._in_parts[path] = self._in_parts.get(path, 0) + 1

    def _part(self, path: str, part: str, content: str) -> None:
        self.log("part", f"{path}#{part}", content)

    def _name(self, path: str) -> str:
        return path.removeprefix(self._root).replace(os.sep, "/")


class Importer(MetaPathFinder):
    """Imports the modules that are no part of the environment by their content, and logs them.

    Python's own bytecode is trusted by time and size of its source, so a quick edit can be missed;
    here it is cached by the source's hash.
    """

    def __init__(self, recorder: Recorder, cache: Path) -> None:
        self._recorder, self._cache = recorder, cache

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec that the other finders give, with our loader for inputs."""
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find and finder is not self else None
            if spec is None:
                continue
            loader = spec.loader
            if isinstance(loader, SourceFileLoader) and self._recorder.is_input(spec.origin):
                spec.loader = _ByContent(name, spec.origin, self._recorder, self._cache)
            return cast(ModuleSpec, spec)
        return None


class _ByContent(SourceFileLoader):
    def __init__(self, name: str, path: str, recorder: Recorder, cache: Path) -> None:
        super().__init__(name, path)
        self._recorder, self._cache = recorder, cache

    def get_code(self, fullname: str) -> CodeType:
        source = self._recorder.read(self.path)
        digest = hashlib.sha256(source).hexdigest()
        self._recorder.log("module", self.path, digest)
        place = hashlib.sha256(f"{self.path} {digest}".encode()).hexdigest()
        file = self._cache / f"{place}.{sys.implementation.cache_tag}"
        try:
            return cast(CodeType, marshal.loads(self._recorder.read(str(file))))
        except (OSError, EOFError, ValueError, TypeError):
            code = compile(source, self.path, "exec", dont_inherit=True)
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            fresh = file.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(marshal.dumps(code))
            fresh.replace(file)
        except OSError:
            pass  # a folder that cannot be written to: compiled again next time
        return code


def file_digest(path: str) -> str:
    """Return a hash of a file's content; blank if there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def place(path: str) -> str:
    """Return what stands at a path: `file`, `folder`, or blank for nothing."""
    if os.path.isdir(path):
        return "folder"
    return "file" if os.path.exists(path) else ""


def folder_digest(path: str) -> str:
    """Return a hash of the names in a folder, hidden ones left out; blank if there is none."""
    try:
        names = sorted(name for name in os.listdir(path) if not name.startswith((".", "__pyc")))
    except OSError:
        return ""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def start(argv: list[str]) -> None:
    """Set the hooks and be a kernel until told to end: the connection file, the project, the log.

    What was imported of the project before is forgotten: a run imports its helpers anew.
    """
    parser = argparse.ArgumentParser()
    for name in ("connection", "root", "log"):
        parser.add_argument(name, type=Path)
    given, more = parser.parse_known_args(argv)
    os.chdir(given.root)
    scratch = given.log.parent
    caches = given.root / ".cache"
    environment = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.prefix).resolve()}
    temporary = Path(tempfile.gettempdir())
    aside = [scratch, caches, given.root / "_build", temporary, *environment]
    recorder = Recorder(given.root, given.log, aside)
    for name, module in list(sys.modules.items()):
        if recorder.is_input(getattr(module, "__file__", None) or "") and name != "__main__":
            del sys.modules[name]
    sys.path.insert(0, "")  # the project, as for any kernel
    sys.meta_path.insert(0, Importer(recorder, caches / "bytecode"))
    os.environ["IPYTHONDIR"] = str(scratch)
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    sys.argv = ["ipykernel"]
    quiet = ["--log-level=CRITICAL", "--ext=borderbook.ipython"]
    app: Any = IPKernelApp.instance()
    app.initialize(["-f", str(given.connection), *quiet, *more])
    sys.addaudithook(recorder)
    recorder.watch_places()
    app.start()


def _absolute(path: Any) -> str | None:
    if isinstance(path, int) or path is None:
        return None
    return os.path.abspath(os.fsdecode(path))


def _seeks_modules(caller: FrameType | None) -> bool:
    """Return whether it is Python's own search for modules that looks around."""
    while caller and caller.f_globals.get("__name__", "").partition(".")[0] in _PATHS:
        caller = caller.f_back
    by = caller.f_code.co_filename if caller else ""
    return "importlib" in by or by.endswith("pkgutil.py")


if __name__ == "__main__":
    start(sys.argv[1:])
