"""What papermill loads while it is imported itself: nothing of papermill is needed for it."""

from __future__ import annotations

from typing import Any


class Engine:
    """The papermill engine `borderbook`; see `papermill_engine`."""

    @classmethod
    def execute_notebook(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the notebook executed by a kernel that records, canonical if no cell failed."""
        from borderbook.execution import papermill_engine  # noqa: PLC0415

        return papermill_engine.Engine.execute_notebook(*args, **kwargs)
