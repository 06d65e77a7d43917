"""What every test run here follows: longer work waits for `-m soak`, examples are repeatable.

`make test` runs two processes side by side (pytest-xdist).
"""

from __future__ import annotations

import hypothesis
import pytest

# No time limit: cores are shared. The same examples in every run: a failure stays one.
hypothesis.settings.register_profile("book", deadline=None, derandomize=True)
hypothesis.settings.load_profile("book")

SITE = {"executed", "beside", "built"}
"""Fixtures that cost much: the book executed, and the site."""


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep in one process what needs the site, and each file; leave out `soak` if not named."""
    for item in items:
        needs_site = SITE & set(getattr(item, "fixturenames", ()))
        item.add_marker(pytest.mark.xdist_group("site" if needs_site else item.path.name))
    if "soak" in config.option.markexpr:
        return
    longer = [item for item in items if item.get_closest_marker("soak")]
    if longer:
        config.hook.pytest_deselected(items=longer)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
