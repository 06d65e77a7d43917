"""What every test run here follows: longer work waits for `-m soak`."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked `soak` unless the run names the mark itself."""
    if "soak" in config.option.markexpr:
        return
    longer = [item for item in items if item.get_closest_marker("soak")]
    if longer:
        config.hook.pytest_deselected(items=longer)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
