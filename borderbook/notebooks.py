"""Notebooks read back: cells, outputs, values for the text, parameters put in.

A notebook is read once for each state of its file, and what is returned is to be left as it is.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from borderbook import book, inputs, mime, parts
from borderbook.inputs import InputError

INJECTED = "injected-parameters"
"""The tag of the cell in which papermill puts the parameters of a run."""

USED = "figures-used"
"""The value for the text in which a cell names the resources that it used; no reader sees it."""
# What an id may be: see the format of notebooks.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ELSEWHERE = re.compile(r"([\w-]+)\.ipynb::")


def cells(notebook: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook in order, each with an id of its own.

    Raises InputError for a file that cannot be read as a notebook, and for cells without an id or
    with one that another has.
    """
    return _cells(notebook, parts.stamp(notebook))


def source(cell: Mapping[str, Any]) -> str:
    """Return the text of a cell, which may be stored as a text or as its lines."""
    return "".join(cell["source"])


def prose(notebook: Path) -> Iterator[tuple[str, str]]:
    """Return the id and the text of each cell of Markdown."""
    for cell in cells(notebook):
        if cell["cell_type"] == "markdown":
            yield cell["id"], source(cell)


def literal(text: str) -> str:
    """Return a text as code within a line of Markdown, whatever is in it.

    >>> literal("rye"), literal("a`b")
    ('`rye`', '`` a`b ``')
    """
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    line = " ".join(text.split()) or " "
    return f"`{line}`" if ticks == "`" else f"{ticks} {line} {ticks}"


def title(notebook: Path) -> str:
    """Return the title of a notebook: of its metadata, else its first heading, else its name.

    Of a heading what a run fills in is left out; a name is that of the file, in words.
    """
    return parts.read(notebook, parts.TITLE) or notebook.stem.replace("-", " ").capitalize()


def title_of(page: str) -> str:
    """Return the title of a page of the book."""
    return title(book.root() / "book" / f"{page}.ipynb")


def bundles(notebook: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each cell that shows something with each MIME bundle of its outputs, in order."""
    for cell in cells(notebook):
        for output in cell.get("outputs", []):
            if bundle := output.get("data"):
                yield cell, bundle


def values(notebook: Path) -> dict[str, dict[str, Any]]:
    """Return the values for the text: name -> id of the cell -> value, in the order of the cells.

    Of a cell that hands over a value twice it is the last one.
    """
    by_name: dict[str, dict[str, Any]] = {}
    for cell in cells(notebook):
        for output in cell.get("outputs", []):
            if glued := output.get("metadata", {}).get("scrapbook"):
                text = output["data"].get(mime.VALUE) or output["data"].get("text/plain", "")
                by_name.setdefault(glued["name"], {})[cell["id"]] = _value("".join(text))
    return by_name


def _value(text: str) -> Any:
    """Return what `repr` wrote; the text itself if that is no constant of Python.

    >>> _value("'a'"), _value("2.5"), _value("<an object>")
    ('a', 2.5, '<an object>')
    """
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def shown_sections(text: str) -> list[str]:
    """Return the notebooks of which a text shows a value, table or chart, each once, in order.

    >>> shown_sections("{glue:text}`claims.ipynb::some` of {glue:text}`claims.ipynb::all`")
    ['claims']
    """
    return list(dict.fromkeys(_ELSEWHERE.findall(text)))


def injected(notebook: Path) -> dict[str, Any]:
    """Return the parameters with which an executed notebook was run; none if with its own.

    They stand in the cell that papermill puts in, as assignments of constants.
    """
    for cell in cells(notebook):
        if INJECTED in cell["metadata"].get("tags", []):
            return {
                target.id: ast.literal_eval(statement.value)
                for statement in ast.parse(source(cell)).body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
    return {}


@lru_cache(maxsize=64)
def _cells(notebook: Path, state: tuple[int, ...]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = parts.parsed(notebook)["cells"]
    if problems := [problem for _, problem in _without_id(listed)]:
        raise InputError(
            f"{inputs.place(notebook)}: {'; '.join(problems)}. Results, links and citations go by "
            'the id: write "id": "name" into the cell, a name of letters, digits, - and _ that no '
            "other cell has, or let `borderbook refresh` give each one"
        )
    return listed


def with_ids(notebook: Path) -> tuple[str, list[str]]:
    """Return the text of a notebook in which each cell has an id of its own, and what is new in it.

    A cell that has none, or the one of a cell before it, gets one from its number. Raises
    InputError for a file that is no notebook.
    """
    document = inputs.read_notebook(notebook)
    known = {cell.get("id") for cell in document["cells"]}
    lacking = list(_without_id(document["cells"]))
    for number, _ in lacking:
        names = (f"cell-{number}{'-more' * more}" for more in range(len(known) + 1))
        name = next(name for name in names if name not in known)
        document["cells"][number - 1]["id"] = name
        known.add(name)
    if lacking:
        document["nbformat_minor"] = max(5, document.get("nbformat_minor", 5))
    text = json.dumps(document, indent=1, ensure_ascii=False)
    given = [f"cell {number} has the id {_id(document, number)} now" for number, _ in lacking]
    return f"{text}\n", given


def _id(document: Mapping[str, Any], number: int) -> str:
    return str(document["cells"][number - 1]["id"])


def _without_id(listed: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    """Return the number from 1 of each cell without an id of its own, and what is wrong."""
    first: dict[str, int] = {}
    for number, cell in enumerate(listed, start=1):
        name = cell.get("id")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            yield (
                number,
                f"cell {number} has no id"
                if name is None
                else (f"cell {number} has the id {name!r}, which is none"),
            )
        elif name in first:
            yield number, f"cells {first[name]} and {number} have the same id, {name}"
        else:
            first[name] = number
