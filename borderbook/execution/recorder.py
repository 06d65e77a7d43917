"""What a run depends on, recorded in its kernel.

An audit hook sees every file and folder that Python code opens, an import hook every module that
is not installed, `opened` the files that libraries in C open, `surroundings` what the project's
code asks of the environment. Each is written to a log with a hash of its content as it was read:
one JSON list a line, `[kind, name, hash]`. Kinds:

- `module`: a Python file that was imported;
- `library`: a top-level module that is installed; what it came with is found out later;
- `file`: a file that was read, or asked for its size; the hash is blank if there was none;
- `folder`: a folder that was listed; the hash is that of the names in it;
- `place`: a place of the project that was looked at without opening it, as `Path.exists` does; in
  place of the hash stands what is there: `file`, `folder` or nothing;
- `part`: a part of a file, `file#part`, that the reader names by an audit event
  `borderbook.part` instead of by opening it;
- `variable`: a variable of the environment that a cell or a module of the project read;
- `unseen`: what the run did that no hook can follow (a process it started, a file of the project
  it wrote, another host, the clock): such a run cannot be reused;
- `blind`: why the files that libraries in C open are not followed here.

When a file was written is not followed: a run that goes by it is not made again for it.

This module is a part of the kernel's program, see `kernel`: it imports the standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

ALL = "*"
"""In place of the name of a variable of the environment: the names of all."""
_MACHINERY = ("IPYTHONDIR", "JPY_", "BORDERBOOK_")
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
# Modules that ask the file system for others, and how they ask whether something is there.
_PATHS = ("genericpath", "posixpath", "ntpath", "pathlib")
_WHETHER = ("exists", "isfile", "isdir", "is_file", "is_dir", "lexists", "islink", "is_symlink")
# Names of folders for installed packages.
_SITES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_RESOLVING = ("_joinrealpath", "realpath")
_ENGINE = f"{Path(__file__).resolve().parent.parent}{os.sep}"
_SYSTEM = ("/usr/", "/lib", "/etc/", "/proc/", "/sys/", "/dev/", "/opt/", "/System/", "/Library/")


class Recorder:
    """Writes what this process reads from now on into a log.

    `root` is the project's folder, to which names are relative; what lies under one of
    `aside` (the environment, caches, scratch) is no input of a run.
    """

    def __init__(self, root: Path, log: Path, aside: Iterable[Path]) -> None:
        self._root = f"{root}{os.sep}"
        others = (*_SYSTEM, *(f"{path}{os.sep}" for path in aside))
        self.aside = tuple(path for path in others if not self._root.startswith(path))
        libraries = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib")}
        places = {*libraries, *map(os.path.realpath, libraries)}
        self._installed = tuple(f"{path}{os.sep}" for path in places)
        self._caches = tuple(path for path in others[len(_SYSTEM) :] if path in self.aside)
        self._began = time.time_ns()
        self._opened: Any = None
        self._known: set[str] = set()
        self._explained: set[str] = set()
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
            "sqlite3.connect": self._database,
        }

    def watch_places(self) -> None:
        """Follow what is asked of the file system without opening anything: no audit event does."""
        for name in ("stat", "lstat", "access"):
            asked = getattr(os, name)
            followed = self._asking(asked)
            for able in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
                if asked in able:
                    able.add(followed)
            setattr(os, name, followed)

    def watch_files(self, opened: ModuleType) -> None:
        """Follow the files that libraries in C open, with the module `opened`; log if it cannot."""
        try:
            self._opened = opened.watch(Path(self._root), self._caches)
        except OSError as error:
            self.log("blind", error.strerror or str(error), "")

    def drain(self) -> None:
        """Log the files that were opened since the last time and that Python did not tell of."""
        if self._opened is None:
            return
        before, self._quiet = self._quiet, True
        try:
            for path, written, is_folder in self._opened.events():
                if is_folder:
                    self._was_listed(path)
                else:
                    self._was_opened(path, written)
        except OSError as error:
            self.log("unseen", str(error), "")
        finally:
            self._quiet = before
        self._explained.clear()

    def note_libraries(self) -> None:
        """Log the top-level modules that are installed and that this process holds."""
        tops = {name.partition(".")[0] for name in list(sys.modules)} - sys.stdlib_module_names
        for top in sorted(tops):
            module = sys.modules.get(top)
            places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
            place = next(filter(None, places), None)
            # What finds a distribution that is not copied here, whose modules count by content.
            finder = top.startswith("__editable__")
            if place and not finder and not self.is_code(place):
                self.log("library", top, "")

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
        if kind in ("file", "folder", "module"):
            self._known.add(name)
        name = self._name(name) if kind not in ("unseen", "blind", "variable") else name
        line = json.dumps([kind, name, content])
        if line not in self._lines:
            self._lines.add(line)
            os.write(self._file, f"{line}\n".encode())

    def is_input(self, path: str) -> bool:
        """Return whether a file is an input: no part of the environment, a cache or the system."""
        inside = os.path.isabs(path) and not path.startswith(self.aside)
        return inside and not self._is_installed(path)

    def is_code(self, path: str | None) -> bool:
        """Return whether a file is code by whose content a run goes: not installed, wherever."""
        if not path or not os.path.isabs(path):
            return False
        return not path.startswith(self._caches) and not self._is_installed(path)

    def is_of_project(self, path: str) -> bool:
        """Return whether a file is code of the project, or of the engine."""
        return self.is_code(path) and path.startswith((self._root, _ENGINE))

    def is_of_content(self, path: str) -> bool:
        """Return whether a file is code of the project, and not of the engine."""
        return self.is_of_project(path) and not path.startswith(_ENGINE)

    def log_file(self, path: str) -> None:
        """Log a file as it is now."""
        self.log("file", path, file_digest(path))

    def is_ours(self, frame: FrameType) -> bool:
        """Return whether a frame is of a cell, or of a module of the project, not of the engine."""
        file = frame.f_code.co_filename
        cell = frame.f_globals.get("__name__") == "__main__" and not file.startswith(_ENGINE)
        return cell or self.is_of_content(file)

    def read(self, path: str) -> bytes:
        """Return the content of a file, which is not logged."""
        before, self._quiet = self._quiet, True
        try:
            with open(path, "rb") as file:
                return file.read()
        finally:
            self._quiet = before

    def _is_installed(self, path: str) -> bool:
        return path.startswith(self._installed) or any(site in path for site in _SITES)

    def _open(self, path: Any, mode: str | None, flags: int) -> None:
        name = _absolute(path)
        if name is None or not self.is_input(name) or f"{os.sep}__pycache__{os.sep}" in name:
            return
        if (flags or 0) & _WRITING or any(letter in (mode or "") for letter in "wax+"):
            if name.startswith(self._root):
                self.log("unseen", f"it wrote {self._name(name)}", "")
        elif self._in_parts.get(name):
            self._in_parts[name] -= 1
            self._explained.add(name)
        elif not os.path.isdir(name):
            self.log_file(name)

    def _list(self, path: Any = None) -> None:
        name = _absolute(path or ".")
        if name is None or not self.is_input(f"{name}{os.sep}"):
            return
        self._explained.add(name)
        if not _seeks_modules(_asker(sys._getframe(2))[0]):
            self.log("folder", name, folder_digest(name))

    def _database(self, path: Any) -> None:
        name = os.fsdecode(path)
        if name.startswith("file:"):
            name = unquote(urlsplit(name).path)
        if name and not name.startswith(":"):
            self._open(name, "r", 0)

    def _asking(self, asked: Callable[..., Any]) -> Callable[..., Any]:
        def followed(path: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._quiet:
                self._quiet = True
                try:
                    self._look(path, asked.__name__)
                finally:
                    self._quiet = False
            return asked(path, *args, **kwargs)

        return followed

    def _look(self, path: Any, how: str) -> None:
        name = _absolute(path)
        if name is None or not name.startswith(self._root) or not self.is_input(name):
            return
        caller, ways = _asker(sys._getframe(2))
        if _seeks_modules(caller) or ways & {*_RESOLVING}:
            return
        what, by = place(name), caller.f_code.co_filename if caller else ""
        if how != "stat" or what != "file" or ways & {*_WHETHER} or by.startswith(_ENGINE):
            self.log("place", name, what)
        else:
            self.log_file(name)

    def _was_opened(self, path: str, written: bool) -> None:
        if not self.is_input(path) or (path in self._known | self._explained and not written):
            return
        if written:
            self.log("unseen", f"it wrote {self._name(path)}", "")
            return
        self.log_file(path)
        try:
            changed = os.stat(path).st_ctime_ns >= self._began
        except OSError:
            changed = True
        if changed:
            self.log("unseen", f"{self._name(path)} changed while it ran", "")

    def _was_listed(self, path: str) -> None:
        inside = self.is_input(f"{path}{os.sep}") and path not in self._known | self._explained
        if inside and not path.endswith(f"{os.sep}__pycache__"):
            self.log("folder", path, folder_digest(path))

    def _reading_in_parts(self, path: str) -> None:
        self.drain()
        self._in_parts[path] = self._in_parts.get(path, 0) + 1

    def _part(self, path: str, part: str, content: str) -> None:
        if self._explained:
            self.drain()
        self.log("part", f"{path}#{part}", content)

    def _name(self, path: str) -> str:
        return path.removeprefix(self._root).replace(os.sep, "/")


def file_digest(path: str) -> str:
    """Return a hash of a file's content; blank if there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def variable(name: str, environment: Mapping[str, str]) -> str:
    """Return a hash of a variable of the environment, or of ALL names; blank if it is not set."""
    if name == ALL:
        value: str | None = "\n".join(sorted(filter(is_given, environment)))
    else:
        value = environment.get(name)
    return "" if value is None else hashlib.sha256(os.fsencode(value)).hexdigest()


def is_given(name: str) -> bool:
    """Return whether a variable of the environment is not of what starts kernels."""
    return not name.startswith(_MACHINERY)


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


def _absolute(path: Any) -> str | None:
    if isinstance(path, int) or path is None:
        return None
    return os.path.abspath(os.fsdecode(path))


def _asker(caller: FrameType | None) -> tuple[FrameType | None, set[str]]:
    """Return who asks, by way of which functions of the modules of paths."""
    ways = set()
    while caller and str(caller.f_globals.get("__name__")).partition(".")[0] in _PATHS:
        ways.add(caller.f_code.co_name)
        caller = caller.f_back
    return caller, ways


def _seeks_modules(asker: FrameType | None) -> bool:
    """Return whether it is Python's own search for modules that looks around."""
    by = asker.f_code.co_filename if asker else ""
    return "importlib" in by or by.endswith("pkgutil.py")
