"""The modules of the engine and of a book's content that a process holds."""

from __future__ import annotations

import sys
from pathlib import Path

from borderbook.book import ENGINE
from borderbook.files import digest


def loaded(root: Path) -> dict[str, str]:
    """Return the files of the modules loaded so far, with their hashes.

    Those of the engine, and those in `root` that are no part of an environment in it.
    """
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    environment = Path(sys.prefix)
    local = sorted(
        name
        for name in files
        if (path := Path(name)).is_relative_to(ENGINE)
        or (path.is_relative_to(root) and not path.is_relative_to(environment))
    )
    return {name: digest(Path(name)) for name in local}
