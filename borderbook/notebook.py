"""What a notebook needs of the engine: its parameters, checked, and values for the text.

from borderbook import notebook

p = notebook.start("small-enterprises", globals())
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from myst_nb import glue

from borderbook import ipython
from borderbook.claims import shown
from borderbook.datapackage import resources
from borderbook.parameters import derive


def start(section: str, namespace: Mapping[str, Any]) -> Any:
    """Return the parameters of a section, taken from a notebook's `globals()` and checked.

    Their type is that of the section's model, with what the content adds to it. Raises
    ParameterError for a value that is not allowed, and a name that the section does not have.
    """
    return derive.model_of(section).checked(namespace)


def values(*named: Mapping[str, str]) -> None:
    """Hand texts to the pages of the book by name, and tell which resources they come from.

    A page shows one as {glue:text}`name`.
    """
    collected = shown.COLLECTED.get()
    for texts in named:
        for name, text in texts.items():
            if collected is None:
                glue(name, text, display=False)
            else:
                collected.values[name] = text
    if collected is None:
        glue("figures-used", " ".join(resources.used()), display=False)


ipython.load()
