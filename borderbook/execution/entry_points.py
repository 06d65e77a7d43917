"""What papermill loads while it is imported itself: nothing of papermill is needed for it."""

from __future__ import annotations

from typing import Any


class _Lazy(type):
    """A class that has what the class of its name in `papermill_engine` has."""

    def __getattr__(cls, name: str) -> Any:
        from borderbook.execution import papermill_engine  # noqa: PLC0415

        return getattr(papermill_engine.Engine, name)


class Engine(metaclass=_Lazy):
    """The papermill engine `borderbook`, imported when papermill first asks something of it."""
