"""An IPython extension: plain DataFrames and Altair charts are shown as figures.

What a cell ends with then carries its meaning, in every kernel: the environment loads the extension
into its own (`etc/ipython/ipython_kernel_config.py`), the engine into those that it starts, and
`borderbook.notebook` wherever that is imported. It imports neither pandas nor Altair.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from borderbook import book

NAME = __name__
"""How IPython knows the extension."""
_CHOSEN = "BORDERBOOK_ENGINE"


def load_ipython_extension(shell: Any) -> None:
    """Set up a kernel: content of the book that it stands in, displays of frames and charts."""
    try:
        root = str(book.root())
    except book.BookError:
        root = os.getcwd()  # no book here: a frame is a figure all the same
    if Path.cwd() == Path(root, "book"):  # where Jupyter and nbval start; runs start above it
        os.chdir(root)
    if root != os.getcwd() and root not in sys.path:
        sys.path.insert(0, root)
    if _is_another(engine := Path(root, book.ENGINE.name)):
        _use(engine, shell)
        return
    _name_cells(shell)
    bundles = shell.display_formatter.mimebundle_formatter
    bundles.for_type_by_name("pandas", "DataFrame", _frame)
    bundles.for_type_by_name("altair.vegalite.v6.api", "TopLevelMixin", _chart)


def load() -> None:
    """Load the extension into the kernel that this is, if it is one."""
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):
        shell.extension_manager.load_extension(NAME)


def _is_another(engine: Path) -> bool:
    """Return whether a book has an engine in its folder, and it is not this one."""
    there = (engine / "ipython.py").is_file() and not engine.samefile(book.ENGINE)
    return there and not os.environ.get(_CHOSEN)


def _use(engine: Path, shell: Any) -> None:
    """Load the engine of the book that one stands in: this one is of another checkout."""
    for name in [name for name in sys.modules if name.partition(".")[0] == engine.name]:
        del sys.modules[name]
    sys.path.insert(0, str(engine.parent))
    os.environ[_CHOSEN] = str(engine)  # once: wherever it is imported from then
    importlib.import_module(NAME).load_ipython_extension(shell)


def _name_cells(shell: Any) -> None:
    """Name the code of a cell by its number: what a warning or a traceback shows stays the same.

    A debugger at work goes by Jupyter's names, which hold the number of the process.
    """
    compiler = shell.compile
    usual = compiler.get_code_name

    def name(raw: str, code: str, number: int) -> str:
        debugger = getattr(getattr(shell, "kernel", None), "debugger", None)
        if getattr(debugger, "is_started", False):
            return str(usual(raw, code, number))
        return f"cell-{number}.py"

    if hasattr(shell, "kernel"):
        compiler.get_code_name = name


# Imported when there is something to show: a kernel without a plain display does not need it.


def _frame(frame: Any) -> dict[str, Any]:
    from borderbook.figures import plain  # noqa: PLC0415

    return plain.frame(frame)


def _chart(chart: Any) -> dict[str, Any]:
    from borderbook.figures import plain  # noqa: PLC0415

    return plain.chart(chart)
