"""An IPython extension: plain DataFrames and Altair charts are shown as figures.

What a cell ends with then carries its meaning, in every kernel: the environment loads the extension
into its own (`etc/ipython/ipython_kernel_config.py`), the engine into those that it starts, and
`borderbook.notebook` wherever that is imported. It imports neither pandas nor Altair.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from borderbook import book

NAME = __name__
"""How IPython knows the extension."""


def load_ipython_extension(shell: Any) -> None:
    """Set up a kernel: content of the book that it stands in, displays of frames and charts."""
    try:
        root = str(book.root())
    except book.BookError:
        root = os.getcwd()  # no book here: a frame is a figure all the same
    if root != os.getcwd() and root not in sys.path:
        sys.path.insert(0, root)
    bundles = shell.display_formatter.mimebundle_formatter
    bundles.for_type_by_name("pandas", "DataFrame", _frame)
    bundles.for_type_by_name("altair.vegalite.v6.api", "TopLevelMixin", _chart)


def load() -> None:
    """Load the extension into the kernel that this is, if it is one."""
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):
        shell.extension_manager.load_extension(NAME)


# Imported when there is something to show: a kernel without a plain display does not need it.


def _frame(frame: Any) -> dict[str, Any]:
    from borderbook.figures import plain  # noqa: PLC0415

    return plain.frame(frame)


def _chart(chart: Any) -> dict[str, Any]:
    from borderbook.figures import plain  # noqa: PLC0415

    return plain.chart(chart)
