"""Documents that authors add: files, and an index that says of what subject each one is.

A subject is what the documents of a book are compared by: a place, a firm, an author. The index of
a book may call that column otherwise (`field`).
"""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from borderbook.corpus import bounds
from borderbook.corpus.counting import Counted, Counter, alone
from borderbook.corpus.readers import (
    LANGUAGES,
    READERS,
    SAVE,
    DocumentError,
    Part,
    decode,
    error,
)
from borderbook.errors import Problem

__all__ = ["Document", "DocumentError", "Part"]

# The file of a folder that says what each document is.
INDEX = "index.csv"
# The columns of an index, which may have more of the book's own behind them: `terms` are the terms
# of use, `address` is where the document is. A year may be blank.
COLUMNS = ("file", "subject", "language", "title", "year", "address", "terms")

_LETTERS = {"ru": re.compile("[А-яЁё]"), "en": re.compile("[A-Za-z]")}
_NO_DOCUMENT = (INDEX, "README.md")


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its file name and parts, and what the index says of it (see `load`).

    `counted` has the counts of its parts; then `parts` are not read.
    """

    file: str
    parts: tuple[Part, ...]
    subject: str = ""
    language: str = ""
    title: str = ""
    year: int | None = None
    address: str = ""
    terms: str = ""
    counted: Sequence[Counted] | None = None


def load(
    folder: Path,
    subjects: Collection[str],
    field: str = "subject",
    counter: Counter | None = None,
    store: Path | None = None,
) -> tuple[Document, ...]:
    """Return every document that the index of `folder` names, in its order, with what it says.

    `subjects` are those that a document may be of; `field` is what the index calls that column.
    With a `counter` the documents come counted, and `store` keeps the counts. Raises DocumentError
    with every problem of the index (see `load_index`), else with every file that cannot be read or
    whose letters are mostly not those of its language.
    """
    files = _files(folder)
    documents: list[Document] = []
    problems: list[Problem] = []
    rows = load_index(folder, subjects, field).to_dict("records")
    with alone(store) if store else contextlib.nullcontext():
        for row in rows:
            described = {str(name): value for name, value in row.items()}
            described["year"] = None if pd.isna(described["year"]) else int(described["year"])
            path = files[described["file"]]
            document = Document(parts=(), **described)
            try:
                if counter is None or store is None:
                    document = replace(document, parts=_checked(path, document.language))
                else:
                    read_parts = functools.partial(_checked, path, document.language)
                    counted = counter.counts(path, document.language, store, read_parts)
                    document = replace(document, counted=counted)
            except DocumentError as failure:
                problems += failure.problems
            documents.append(document)
    if problems:
        raise DocumentError(*problems)
    return tuple(documents)


def _checked(path: Path, language: str) -> tuple[Part, ...]:
    """Return the parts of a document; DocumentError if they are not in its language."""
    parts = read(path).parts
    if problem := _foreign(parts, language, path):
        raise DocumentError(problem)
    return parts


def load_index(folder: Path, subjects: Collection[str], field: str = "subject") -> pd.DataFrame:
    """Return the index of `folder`: one row per document, `COLUMNS`, the year an integer or none.

    An index with a header and no row gives no row. Raises DocumentError with every problem
    (file, row, column, value, rule; the header is row 1): a value against its column's rule, a
    subject that is not in `subjects`, a file named twice or missing, a file that no row names.
    """
    path = folder / INDEX
    files = _files(folder)
    rules = _rules(files, subjects)
    rows, problems = _index_rows(path, field)
    named: dict[str, int] = {}
    for number, row in rows:
        for name, value in row.items():
            column = field if name == "subject" else name
            broken = [(what, fix) for holds, what, fix in rules.get(name, ()) if not holds(value)]
            if not value and name == "year":
                broken = []
            elif not value:
                broken = [("is empty", f"every document needs its {column}")]
            elif not broken and name == "file" and value in named:
                broken = [(f"is named in row {named[value]} already", "keep one row for each file")]
            for what, fix in broken[:1]:
                place = f"row {number}, {column}"
                problems.append(Problem(path.as_posix(), place, f"{value!r}: {what}", fix))
        named.setdefault(row["file"], number)
    what = f"no row of {INDEX} names this file"
    stray = sorted(files.keys() - named)
    problems += [Problem(files[name].as_posix(), "", what, "add a row for it") for name in stray]
    if problems:
        raise DocumentError(*problems)
    frame = pd.DataFrame([row for _, row in rows], columns=list(COLUMNS)).astype("str")
    return frame.assign(year=pd.to_numeric(frame["year"]).astype("Int64"))


def read(path: Path) -> Document:
    """Return the document at `path`: its file name and its parts, whose words are all its words.

    `.txt` is one part (UTF-8, with or without a byte order mark). `.html` and `.htm` have a part
    per heading h1 to h6 (UTF-8, or what the page declares), without scripts and styles. `.docx`
    has a part per heading style; the text of tables, text boxes and tracked insertions is in,
    notes, headers, footers and the table of contents are not. `.pdf` has a part per page, each
    one paragraph.

    Raises DocumentError if there is no such file, no reader for its extension, no text in it, or
    if it is damaged, protected or in another encoding.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise error(path, "", f"there is no reader for {path.suffix or path.name!r}", SAVE)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as failure:
        raise error(
            path,
            "",
            f"cannot be opened ({getattr(failure, 'strerror', failure)})",
            "check its name",
        ) from None
    if not content.strip():
        raise error(path, "", "the file is empty", "save it again with its text")
    if len(content) > bounds.LARGEST:
        what = f"has more than {bounds.LARGEST // 10**6} MB"
        raise error(path, "", what, "save its text alone, without pictures")
    try:
        parts = bounds.within(lambda: reader(content, path))
    except bounds.BoundError as bound:
        raise error(path, "", str(bound), "save its text alone, as .txt") from None
    if not any(letter.isalpha() for part in parts for letter in part.text):
        raise error(path, "", "there is no text in it", "save it again with its text")
    return Document(unicodedata.normalize("NFC", path.name), parts)


# The index


def _files(folder: Path) -> dict[str, Path]:
    # Some systems store й as two characters: names are compared in their composed form.
    paths = {
        unicodedata.normalize("NFC", path.relative_to(folder).as_posix()): path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "~$"))
    }
    return {name: path for name, path in paths.items() if name not in _NO_DOCUMENT}


def _index_rows(path: Path, field: str) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    columns = ",".join(field if name == "subject" else name for name in COLUMNS)
    if not path.is_file():
        raise error(path, "", "there is no such file", f"write one with the header {columns}")
    text = io.StringIO(decode(path.read_bytes(), path), newline="")
    try:
        header, *records = [[value.strip() for value in row] for row in csv.reader(text)] or [[]]
    except csv.Error as failure:
        raise error(path, "", f"is no CSV file ({failure})", "close every quotation mark") from None
    if ",".join(header[: len(COLUMNS)]) != columns:
        fix = f"begin it with {columns}, with commas"
        raise error(path, "row 1", f"the header is {','.join(header)!r}", fix)
    rows, problems = [], []
    for number, values in enumerate(records, start=2):
        if not any(values):
            continue
        if len(values) != len(header):
            what = f"there are {len(values)} values for {len(header)} columns"
            fix = "put a value with a comma into double quotes"
            problems.append(Problem(path.as_posix(), f"row {number}", what, fix))
        # A row with too few or too many values still names its file.
        row = dict(zip(COLUMNS, values, strict=False))
        row["file"] = unicodedata.normalize("NFC", row["file"])
        rows.append((number, row))
    return rows, problems


def _rules(
    files: Collection[str], subjects: Collection[str]
) -> dict[str, list[tuple[Callable[[str], object], str, str]]]:
    """Return for each column what must hold of a value, what is wrong if not, how to fix it."""
    here, year, web = map(re.compile, (r"[^/\\]+", "(19|20)[0-9]{2}", r"https?://\S+"))
    shown = sorted(subjects)[:10]
    some = ", ".join(shown) + (" ..." if len(subjects) > len(shown) else "")
    return {
        "file": [
            (here.fullmatch, "is not in the folder itself", "put it there"),
            (lambda name: Path(name).suffix.lower() in READERS, "has no reader", SAVE),
            (files.__contains__, "there is no such file", "add it or take the row away"),
        ],
        "subject": [(subjects.__contains__, "is none here", f"use one of {some}")],
        "language": [(LANGUAGES.__contains__, "is not read", f"use {' or '.join(LANGUAGES)}")],
        "year": [(year.fullmatch, "is no year", "write four digits, 1900-2099")],
        "address": [(web.fullmatch, "is no web address", "begin it with https://")],
    }


def _foreign(parts: Sequence[Part], language: str, path: Path) -> Problem | None:
    text = "".join(part.text for part in parts)
    letters = sum(map(str.isalpha, text))
    share = len(_LETTERS[language].findall(text)) / letters
    if share >= 0.5:
        return None
    what = f"only {share:.0%} of its letters are those of {language!r}"
    fix = "correct the language in the index, or save the text anew if it shows as gibberish"
    return Problem(path.as_posix(), "", what, fix)
