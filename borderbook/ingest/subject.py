"""What a table says its figures are of, and whether that is what a resource holds.

Nothing is taken on trust: every word of a title has to be known to the resource, by the phrases
in its descriptor, or vouched for by the author.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from borderbook import formatting
from borderbook.errors import Problem
from borderbook.ingest.gazetteer import plain
from borderbook.ingest.headers import Vocabulary
from borderbook.ingest.recipe import FIGURES, SKIP, Table
from borderbook.ingest.sheet_xml import position
from borderbook.ingest.structure import Frame
from borderbook.ingest.target import Form


@dataclass(frozen=True)
class Finding:
    """What a table says of its subject: `quotes` by cell, and what speaks against it.

    `rejected`: words that figures of the resource never stand under; `doubt`: what the author has
    to vouch for, None if all is known.
    """

    quotes: dict[str, str]
    rejected: list[Problem]
    doubt: Problem | None


def examine(frame: Frame, table: Table, form: Form, vocabulary: Vocabulary) -> Finding:
    """Return what the titles, heads and texts of a table say that its figures are."""
    grid = frame.grid
    titles = {grid.place(*cell): text for text, cell in frame.titles.items()}
    columns = {position(letter)[0]: column for letter, column in table.columns.items()}
    heads = {at: [*_heads(frame, at)] for at, column in columns.items() if column.use == FIGURES}
    fields = {
        grid.place(_row_of(frame, at, text), at): text
        for at, column in columns.items()
        if column.use in form.dimensions
        for text, value in column.values.items()
        if value not in (None, SKIP)
    }
    if not heads:
        return Finding({}, [], None)
    of_columns = {place: text for each in heads.values() for place, text in each}
    texts_by_cell = {**titles, **of_columns, **fields}
    everywhere = [vocabulary.read(text) for text in (*titles.values(), *fields.values())]
    texts = [*everywhere, *map(vocabulary.read, of_columns.values())]
    if grid.sheet and not all(any(kind in text.values for text in texts) for kind in form.names):
        titles[f"sheet {grid.sheet!r}"] = grid.sheet
        everywhere.append(vocabulary.read(grid.sheet))
    # The name of a sheet is shortened at will, but what it says may still rule the figures out.
    places = {**texts_by_cell, f"sheet {grid.sheet!r}": grid.sheet} if grid.sheet else texts_by_cell
    rejected = [
        Problem(grid.file, place, f"{plain(text)!r} says {'; '.join(wrong)}",
                f"{form.resource} holds {form.subject}: look for the table of these")
        for place, text in places.items()
        if (wrong := vocabulary.read(text).rejected)
    ]  # fmt: skip
    missing = {
        kind
        for each in heads.values()
        for kind in form.names
        if not any(kind in text.values for text in everywhere)
        and not any(kind in vocabulary.read(text).values for _, text in each)
    }
    unknown = {
        place: words for place, text in titles.items() if (words := _unknown(text, vocabulary))
    }
    quotes = {
        place: plain(text)
        for place, text in {**texts_by_cell, **titles}.items()
        if unknown.get(place) or form.names.keys() & vocabulary.read(text).values.keys()
    }
    return Finding(quotes, rejected, _doubt(frame, form, titles, unknown, missing))


def _doubt(
    frame: Frame, form: Form, titles: dict[str, str], unknown: dict[str, str], missing: set[str]
) -> Problem | None:
    """Return what the author has to vouch for, None if nothing."""
    if not (unknown or missing):
        return None
    place = next(iter(unknown or titles), frame.grid.place())
    if unknown:
        what = f"{plain(titles[place])!r} says more than is known of {form.subject}: "
        what += formatting.listing([repr(words) for words in unknown.values()])
    else:
        lacks = " or ".join(form.names[kind][0] for kind in form.names if kind in missing)
        what = f"nothing says that these are {form.subject}, as the words {lacks!r} would"
    words = f"these are {form.subject}"
    words = f"{plain(titles[place])}: {words}" if titles else words
    fix = f"if they are, vouch for it in your own words, as --subject {shlex.quote(words)}"
    return Problem(frame.grid.file, place, what, fix)


def _row_of(frame: Frame, at: int, text: str) -> int:
    """Return the first row in which a column says a text."""
    rows = range(frame.first, len(frame.grid.rows))
    return next((row for row in rows if plain(frame.cell(row, at)) == text), frame.first)


def _heads(frame: Frame, at: int) -> Iterator[tuple[str, str]]:
    """Yield the heads of a column, each with its cell: its own, or one that it is spread from."""
    for text in frame.stacks.get(at, ()):
        cells = [(row, column) for column in range(at, -1, -1) for row in range(frame.first)
                 if frame.grid.text(row, column) == text]  # fmt: skip
        yield frame.grid.place(*next(iter(cells), (frame.lowest, at))), text


def _unknown(text: str, vocabulary: Vocabulary) -> str:
    """Return the words of a title that are not known; numbers of tables and sheets do not count."""
    return " ".join(word for word in vocabulary.read(text).unknown if not word.isdigit())
