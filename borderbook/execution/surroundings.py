"""What the project's code asks of its surroundings: variables of the environment, clock, chance.

Libraries ask too, for what no output shows; so it counts who asks: a cell or a module of the
project, also by way of some modules of the standard library. A variable becomes a dependency. A
run that read the clock, or drew by chance without a seed, is not reused.

This module is a part of the kernel's program, see `kernel`: it imports the standard library only.
"""

from __future__ import annotations

import ast
import builtins
import datetime
import functools
import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING or __package__:
    from borderbook.execution.recorder import ALL, is_given, variable
else:
    from recorder import ALL, is_given, variable

_CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime")
# Functions that take the time now where none is given, with the number of their other arguments.
_NOW = {"localtime": 0, "gmtime": 0, "ctime": 0, "asctime": 0, "strftime": 1}
# Modules by way of which a variable, or chance, is asked for.
_TO_VARIABLES = ("os", "collections", "posixpath", "ntpath", "pathlib", "getpass")
_TO_CHANCE = ("random", "secrets", "uuid")
_CLOCK_OF_A_CLASS = ("now", "utcnow")
_FOLLOWED = "__borderbook_clock__"


class Surroundings:
    """Follows what is asked; `ours` says whether a frame is the project's code.

    The environment counts as it is when this is made. `log` is told the kind, name and content of
    what a run depends on, see `recorder`.
    """

    def __init__(
        self, ours: Callable[[FrameType], bool], log: Callable[[str, str, str], None]
    ) -> None:
        self._ours, self._log = ours, log
        self._at_first = dict(_values())
        self._cell = 0
        self._seeded: set[str] = set()
        self._drawn: dict[str, Any] = {}

    def follow(self) -> None:
        """Follow everything from now on."""
        for environment in filter(None, (os.environ, getattr(os, "environb", None))):
            environment.__class__ = _variables(type(environment), self._variable)
        for name in (*_CLOCKS, *(f"{name}_ns" for name in _CLOCKS)):
            if hasattr(time, name):
                self._replace(time, name, _always, self._clock)
        for name, others in _NOW.items():
            self._replace(time, name, functools.partial(_at_most, others), self._clock)
        for module, name in ((os, "urandom"), (os, "getrandom"), (random, "_urandom")):
            self._replace(module, name, _always, self._chance)
        setattr(builtins, _FOLLOWED, self._class_clock)
        self._follow_seeds()

    def begin(self) -> None:
        """Take note that the next cell begins."""
        self._cell += 1
        self._drawn = dict(self._generators())

    def end(self) -> None:
        """Look whether the cell drew from a generator that all code shares, without a seed."""
        for name, state in self._generators():
            if name not in self._seeded and self._drawn.setdefault(name, state) != state:
                self._log("unseen", f"{self._here()} drew by chance without a seed ({name})", "")

    def _replace(
        self,
        module: Any,
        name: str,
        applies: Callable[[tuple[Any, ...]], bool],
        note: Callable[[str], None],
    ) -> None:
        if original := getattr(module, name, None):
            noting = functools.partial(note, f"{module.__name__}.{name}")
            setattr(module, name, _Followed(original, applies, noting))

    def _variable(self, name: str) -> None:
        key = os.fsencode(name)
        set_by_the_run = _values().get(key) != self._at_first.get(key)
        if is_given(name) and not set_by_the_run and self._asked(_TO_VARIABLES):
            before = {os.fsdecode(key): os.fsdecode(each) for key, each in self._at_first.items()}
            self._log("variable", name, variable(name, before))

    def _clock(self, name: str) -> None:
        if self._asked(()):
            self._log("unseen", f"{self._here()} read the clock ({name})", "")

    def _class_clock(self, method: Any) -> Any:
        """Return what stands before the brackets in `datetime.now()`."""
        of = getattr(method, "__self__", None)
        if isinstance(of, type) and issubclass(of, datetime.date):
            name = f"{of.__name__}.{method.__name__}"
            self._log("unseen", f"{self._here()} read the clock ({name})", "")
        return method

    def _chance(self, name: str) -> None:
        if self._asked(_TO_CHANCE):
            self._log("unseen", f"{self._here()} drew by chance without a seed ({name})", "")

    def _follow_seeds(self) -> None:
        seed, kinds = random.Random.seed, cast(Any, random)
        shared = kinds._inst

        def seeded(generator: random.Random, a: Any = None, version: int = 2) -> None:
            if a is None:
                self._chance("random")
            elif generator is shared:
                self._seeded.add("random")
            seed(generator, a, version)

        kinds.Random.seed = seeded
        kinds.seed = shared.seed

    def _generators(self) -> Iterable[tuple[str, Any]]:
        """Return the generators that all code shares, with their states."""
        yield "random", random.getstate()
        if numpy := sys.modules.get("numpy.random"):
            self._follow_seeds_of(numpy)
            state = numpy.get_state(legacy=False)["state"]
            yield "numpy.random", (state["key"].tobytes(), state["pos"])

    def _follow_seeds_of(self, numpy: Any) -> None:
        if not isinstance(numpy.seed, _Followed):
            for name in ("seed", "set_state"):
                note = functools.partial(self._seeded.add, "numpy.random")
                followed = _Followed(getattr(numpy, name), lambda given: given != (None,), note)
                setattr(numpy, name, followed)

    def _asked(self, by_way_of: tuple[str, ...]) -> bool:
        """Return whether it is the project's code that asks, by way of some modules or not."""
        caller: FrameType | None = sys._getframe(1)
        ways = (__name__, *by_way_of)
        while caller and _module(caller) in ways:
            caller = caller.f_back
        return caller is not None and self._ours(caller)

    def _here(self) -> str:
        return f"code cell {self._cell}"


class Clocks(ast.NodeTransformer):
    """Has code tell that it takes the clock of a class, as in `datetime.now()`: no event does."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Return the attribute, followed if it may be a clock."""
        self.generic_visit(node)
        if node.attr not in _CLOCK_OF_A_CLASS or not isinstance(node.ctx, ast.Load):
            return node
        name = ast.Name(_FOLLOWED, ast.Load())
        call = ast.copy_location(ast.Call(name, [node], []), node)
        return ast.fix_missing_locations(call)


class _Followed:
    """A function that notes that it is called; not bound to a class that has it as attribute."""

    def __init__(
        self, original: Any, applies: Callable[[tuple[Any, ...]], bool], note: Callable[[], None]
    ) -> None:
        functools.update_wrapper(self, original, updated=())
        self._original, self._applies, self._note = original, applies, note

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._applies(args):
            self._note()
        return self._original(*args, **kwargs)

    def __reduce__(self) -> str:
        return str(self._original.__name__)


def _module(frame: FrameType) -> str:
    """Return the top-level name of the module that a frame is of."""
    return str(frame.f_globals.get("__name__")).partition(".")[0]


def _values() -> dict[bytes, bytes]:
    """Return the variables of the environment without asking for any."""
    return cast(dict[bytes, bytes], cast(Any, os.environ)._data)


def _always(_: tuple[Any, ...]) -> bool:
    return True


def _at_most(number: int, arguments: tuple[Any, ...]) -> bool:
    return len(arguments) <= number


def _variables(base: Any, note: Callable[[str], None]) -> Any:
    """Return the class of an environment's mapping that notes each variable that is read."""

    class Variables(base):  # type: ignore[misc]
        def __getitem__(self, key: Any) -> Any:
            if isinstance(key, (str, bytes)):
                note(os.fsdecode(key))
            return super().__getitem__(key)

        def __iter__(self) -> Any:
            note(ALL)
            return super().__iter__()

    return Variables
