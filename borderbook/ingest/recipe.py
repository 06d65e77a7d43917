"""Recipes: how the figures of a published table were read, kept in `data/recipes/`.

A recipe accounts for all that stands in a table: every name, head, title and column. Values that
are still open are marked `?1`, `?2` ...; nothing is read by a recipe that has one.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from borderbook.errors import Problem
from borderbook.ingest.spreadsheets import FigureError

# The folder of the recipes in the data package.
FOLDER = "recipes"
# What a column may be used for beside the name of a field, and a row beside the code of a place.
FIGURES, SKIP, OUTSIDE = "figures", "skip", "outside"

_OPEN = re.compile(r"\?\d*")


@dataclass(frozen=True)
class Statements:
    """What the author says of the tables beside what stands in them.

    `key`: part of the key -> values to take, which a table without that part has, if it is one;
    `unit` in the file; `decimal` mark; `dash`: zero or missing; `hidden`: take or skip. `texts`:
    what a text of the file, or a column by its letter, stands for. `subject` vouches for what the
    figures are.
    """

    key: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unit: str | None = None
    decimal: str | None = None
    dash: str | None = None
    hidden: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None


class DraftError(FigureError):
    """A recipe was drafted, and the lines that the problems name are to be settled in it."""

    def __init__(self, draft: str, file: Path, *problems: Problem) -> None:
        super().__init__(*problems)
        again = f"borderbook data add {draft} {shlex.quote(file.as_posix())}"
        self.args = (f"{self.args[0]}\nSettle it in {draft}, then: {again}",)


class _Lines(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, regex_engine="python-re")


class Origin(_Lines):
    """Where figures come from: the file, the key of its source, what is said of a new one.

    `address` is where the file was fetched, `accessed` when, `original` whether the publisher
    itself gave it.
    """

    key: str = ""
    publisher: str = ""
    title: str = ""
    table: str = ""
    edition: str = ""
    terms: str = ""
    address: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    accessed: datetime.date | None = None
    original: bool = False
    file: str = ""
    sha256: str = ""
    encoding: str | None = None


class Column(_Lines):
    """A column: its heads from the top, and what it is used for.

    `use`: `figures`; `skip`; or the name of a field, whose `values` say what each text stands for
    (null: nothing; `skip`: rows to pass over). `means` are parts of the key of its figures, `unit`
    the unit in the file; a field that says them goes before.
    """

    head: str
    use: str
    means: dict[str, str] = {}
    unit: str | None = None
    values: dict[str, str | None] = {}


class Table(_Lines):
    """One table of a file.

    `lines` are its rows where the sheet holds several, as 1-2,6-9. `subject` is what the table says
    its figures are of, quoted from its cells; `vouched` what the author says beside, where that
    alone is not certain. `hidden`: whether rows and columns that the file hides are taken.
    `places` is the range of names, as A4:A20. `rows`: name -> code; codes joined by + for a place
    that counts others in; `outside` for one that only the total counts in; or `skip`. `cells`: text
    -> the number that it stands for, blank for none. `totals`: lines such as N = "North" - N1 - N2,
    by which the figures of a place are the difference of a row and others.
    """

    sheet: str | None = None
    lines: Annotated[str, Field(pattern=r"^\d+-\d+(,\d+-\d+)*$")] | None = None
    subject: dict[str, str] = {}
    vouched: str | None = None
    hidden: Annotated[str, Field(pattern=r"^(take|skip|\?\d*)$")] | None = None
    titles: list[str] = []
    places: Annotated[str, Field(pattern=r"^([A-Z]+)[1-9]\d*:\1[1-9]\d*$")]
    columns: dict[Annotated[str, Field(pattern="^[A-Z]+$")], Column]
    rows: dict[str, str]
    decimal: Annotated[str, Field(pattern=r"^([,.]|\?\d*)$")] = ","
    dash: Annotated[str, Field(pattern=r"^(zero|missing|\?\d*)$")] | None = None
    cells: dict[str, str] = {}
    totals: list[Annotated[str, Field(pattern=r'^\S+ = "[^"]+"( - \S+)+$')]] = []


class Recipe(_Lines):
    """How the tables of one file become figures of a resource; `attributes` are of new rows."""

    resource: str
    source: Origin
    attributes: dict[str, str] = {}
    tables: list[Table]

    def text(self) -> str:
        """Return the recipe as it stands in its file."""
        lines = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=100)


def parse(text: str, place: str) -> Recipe:
    """Return the recipe that a text is; `place` is the file that messages name.

    Raises FigureError with every line that is no line of a recipe, or that is still open.
    """
    try:
        document = yaml.load(text, _Loader)
        recipe = Recipe.model_validate(document)
    except yaml.MarkedYAMLError as failure:
        line = f"line {failure.problem_mark.line + 1 if failure.problem_mark else 1}"
        what, fix = f"is no YAML ({failure.problem})", "put texts in quotes, each key once"
        raise FigureError(Problem(place, line, what, fix)) from None
    except ValidationError as failure:
        raise FigureError(*(_problem(place, error) for error in failure.errors())) from None
    lines = lines_of(text)
    still_open = [
        Problem(place, f"line {lines.get(mark)}", f"{mark} is still open", "write what it is")
        for mark in dict.fromkeys(_marks(document))
    ]
    if still_open:
        raise FigureError(*still_open)
    return recipe


def is_open(value: str | None) -> bool:
    """Return whether a value of a recipe is still open.

    >>> is_open("?2"), is_open("2014")
    (True, False)
    """
    return value is not None and _OPEN.fullmatch(value) is not None


def lines_of(text: str) -> dict[str, int]:
    """Return the open marks of a recipe's text, each with the number of its first line."""
    lines = reversed([*enumerate(text.splitlines(), start=1)])
    return {mark: number for number, line in lines for mark in re.findall(r"(?<!\w)\?\d*", line)}


def free_path(folder: Path, name: str, text: str) -> Path:
    """Return the path for a new recipe: of the name, or numbered.

    Never one that holds another, but for a draft that is as it was proposed.
    """
    stem = re.sub(r"[^\w.]+", "-", name).strip("-") or "recipe"
    number = 1
    while True:
        path = folder / FOLDER / f"{stem}{f'-{number}' if number > 1 else ''}.yml"
        if not path.exists() or (there := path.read_text("utf-8")) == text:
            return path
        if there == draft(there.partition("\n")[2]):
            return path
        number += 1


def draft(text: str) -> str:
    """Return the text of a recipe as a draft, which tells whether anyone has changed it since."""
    return f"# A draft as it was proposed: {hashlib.sha256(text.encode()).hexdigest()[:12]}\n{text}"


class _Loader(yaml.SafeLoader):
    """Reads YAML, and refuses a key that is given twice, of which YAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(key.value for key, _ in node.value)
        for key, _ in node.value:
            if keys[key.value] > 1:
                what = f"{key.value!r} is given twice"
                raise yaml.MarkedYAMLError(problem=what, problem_mark=key.start_mark)
        return super().construct_mapping(node, deep)


def _marks(lines: Any) -> Iterator[str]:
    """Yield the open marks among the values of a document; a column that is skipped has none."""
    if isinstance(lines, dict) and lines.get("use") == SKIP:
        return
    if isinstance(lines, dict | list):
        for value in lines.values() if isinstance(lines, dict) else lines:
            yield from _marks(value)
    elif is_open(str(lines)):
        yield str(lines)


def _problem(place: str, error: Any) -> Problem:
    where = ", ".join(map(str, error["loc"])) or "the whole"
    fix = "see the recipes that are there, or make a draft anew"
    return Problem(place, where, error["msg"].lower(), fix)
