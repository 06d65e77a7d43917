"""What every test run here follows: longer work waits for `-m soak`, examples are repeatable."""

from __future__ import annotations

import hypothesis
import pytest

# No time limit: cores are shared. The same examples in every run: a failure stays one.
hypothesis.settings.register_profile("book", deadline=None, derandomize=True)
hypothesis.settings.load_profile("book")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked `soak` unless the run names the mark itself."""
    if "soak" in config.option.markexpr:
        return
    longer = [item for item in items if item.get_closest_marker("soak")]
    if longer:
        config.hook.pytest_deselected(items=longer)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
