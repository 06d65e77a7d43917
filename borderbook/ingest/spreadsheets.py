"""Grids of cells from CSV files and spreadsheets of every kind, with where each cell stands."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from borderbook import files
from borderbook.datapackage.resources import DataError
from borderbook.errors import Problem, ProblemsError
from borderbook.ingest import workbook
from borderbook.ingest.sheet_xml import letters

# What a cell holds: text, a number as the spreadsheet shows it, or nothing.
Cell = str | Decimal | None

SEPARATED = (".csv", ".tsv", ".txt")
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

LARGEST = 100_000_000
"""Bytes of a file that is read at all."""

_DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas"}


class FigureError(ProblemsError, DataError):
    """Figures that cannot be taken as they are."""

    heading = "things to settle first:"


@dataclass(frozen=True)
class Grid:
    """One table of cells.

    `sheet` is blank for a CSV file. `rows` are all of one length; an empty cell is None. `merged`
    are the merged areas: first row, first column, last row, last column, counted from 0. `how`
    says how the file was read. `hidden`: rows, and columns, that a spreadsheet program hides.
    """

    file: str
    sheet: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    how: str = ""
    hidden: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())

    def place(self, row: int | None = None, column: int | None = None) -> str:
        """Return where a cell stands, as a spreadsheet program counts.

        >>> Grid("a.xlsx", "2016", ()).place(4, 27)
        "sheet '2016', row 5, column AB"
        """
        parts = [f"sheet {self.sheet!r}"] if self.sheet else []
        parts += [f"row {row + 1}"] if row is not None else []
        parts += [f"column {letters(column)}"] if column is not None else []
        return ", ".join(parts)

    def problem(self, row: int | None, column: int | None, what: str, fix: str) -> Problem:
        """Return what is wrong with a cell, row, column or the whole grid."""
        return Problem(self.file, self.place(row, column), what, fix)

    def text(self, row: int, column: int) -> str:
        """Return a cell as text: a whole number without a point, nothing as blank.

        >>> Grid("a.csv", "", ((Decimal("2016.0"),),)).text(0, 0)
        '2016'
        """
        cell = self.rows[row][column]
        return f"{cell.normalize():f}" if isinstance(cell, Decimal) else cell or ""

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def area(self, row: int, column: int) -> tuple[int, int, int]:
        """Return the first row, first and last column of the merged area of a cell, or its own.

        The text of a merged area stands in its first cell.
        """
        return self._areas.get((row, column), (row, column, column))

    def without(self, rows: Collection[int]) -> Grid:
        """Return the grid with nothing in these rows; all others keep their places."""
        empty = (None,) * self.width
        cells = (empty if at in rows else row for at, row in enumerate(self.rows))
        return replace(self, rows=tuple(cells))

    def hides(self, row: int, column: int) -> bool:
        """Return whether a spreadsheet program hides a cell."""
        return row in self.hidden[0] or column in self.hidden[1]

    @functools.cached_property
    def _areas(self) -> dict[tuple[int, int], tuple[int, int, int]]:
        return {
            (row, column): (top, left, right)
            for top, left, bottom, right in self.merged
            for row in range(top, min(bottom + 1, len(self.rows)))
            for column in range(left, min(right + 1, self.width))
        }


def read(path: Path, sheet: str = "", encoding: str = "") -> list[Grid]:
    """Return the grids of a file that hold anything: one for CSV, one per visible sheet else.

    `.csv`, `.tsv`, `.txt`: UTF-8 (with or without a byte order mark) or, if the bytes are not
    that, the Cyrillic encoding that fits best; `Grid.how` says which, `encoding` settles it. Cells
    are parted by tabs, semicolons or commas. `.xlsx`, `.xlsm`, `.xlsb`, `.xls`, `.ods`: `sheet`
    takes one sheet by its name, hidden ones too.

    Raises FigureError if there is no such file or sheet, no reader for its extension, nothing in
    it, or if it is damaged, protected by a password or in another encoding.
    """
    suffix = path.suffix.lower()
    if suffix not in SEPARATED + SPREADSHEETS:
        known = ", ".join(SEPARATED + SPREADSHEETS)
        raise _error(path, f"there is no reader for {suffix or path.name!r}", f"save it as {known}")
    try:
        if path.exists() and not path.is_file():
            raise _error(path, "is no file", "name the file that has the table")
        if path.stat().st_size > LARGEST:
            what = f"has more than {LARGEST // 10**6} MB"
            raise _error(path, what, "save the table alone, without pictures and other sheets")
        content = path.read_bytes()
    except OSError as failure:
        raise _error(path, f"cannot be opened ({failure.strerror})", "check its name") from None
    if not content.strip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"):
        raise _error(path, "the file is empty", "fetch or save it again")
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|meta|table)\b", content[:1000], re.I):
        fix = "open it in a spreadsheet program and save it as .xlsx"
        raise _error(path, f"is an HTML page under the name of a {suffix} file", fix)
    if suffix in SEPARATED:
        grids = [_separated(content, path, encoding)]
        if sheet:
            raise _error(path, f"has no sheets, so no {sheet!r}", "leave out --sheet")
    else:
        grids = _workbook(path, sheet)
    filled = [grid for grid in grids if grid.rows]
    if not filled:
        where = f"sheet {sheet!r}" if sheet else "the file"
        raise _error(path, f"{where} holds no cell with anything in it", "check it in its program")
    return filled


def _separated(content: bytes, path: Path, encoding: str) -> Grid:
    decoded, codec = _decode(content, path, encoding)
    delimiter = _delimiter(decoded)
    try:
        records = list(csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter))
    except csv.Error as failure:
        fix = "open and save it in a spreadsheet program"
        raise _error(path, f"is no proper CSV ({failure})", fix) from None
    rows: list[list[Cell]] = [
        [field.strip("\ufeff \t") or None for field in record] for record in records
    ]
    return Grid(
        path.name, "", _even(rows, path), (), f"{codec}, parted by {_DELIMITERS[delimiter]}"
    )


def _decode(content: bytes, path: Path, encoding: str) -> tuple[str, str]:
    """Return the text and the name of its encoding."""
    fix = "save it as UTF-8 in the program that made it"
    if encoding:
        fix = f"leave out --set encoding={encoding}, or name another"
    wrong: list[str] = []
    for named in [encoding] if encoding else ["UTF-8-SIG", ""]:
        codec = named or files.likely_encoding(content)
        try:
            decoded = content.decode(codec)
            break
        except LookupError:
            raise _error(path, f"there is no encoding {encoding!r}", fix) from None
        except UnicodeDecodeError as failure:
            line = content.count(10, 0, failure.start) + 1
            likely = files.likely_encoding(content)
            wrong.append(f"line {line} is not {codec.removesuffix('-SIG')}, {likely} perhaps")
    else:
        raise _error(path, wrong[0], fix)
    if damaged := re.search("[\0\ufffd]", decoded):
        line = decoded.count("\n", 0, damaged.start()) + 1
        raise _error(path, f"line {line} holds U+{ord(damaged[0]):04X}: the text is damaged", fix)
    return decoded, codec.removesuffix("-SIG")


def _delimiter(decoded: str) -> str:
    """Return the first of tab, semicolon and comma that parts most lines with anything in them.

    Else the one that parts most. In this order, since a comma stands in numbers and heads too.
    """
    lines = [line for line in decoded.splitlines() if line.strip()]
    shares = {mark: sum(mark in line for line in lines) / len(lines) for mark in _DELIMITERS}
    most = max(shares, key=lambda mark: shares[mark])
    return next((mark for mark, share in shares.items() if share > 0.5), most)


def _workbook(path: Path, sheet: str) -> list[Grid]:
    try:
        sheets = workbook.read(path, sheet)
    except workbook.WorkbookError as failure:
        raise _error(path, failure.what, failure.fix) from None
    grids = []
    for each in sheets:
        rows = [list(map(_cell, row)) for row in each["rows"]]
        for row, column in each["percentages"]:
            if row < len(rows) and column < len(rows[row]):
                value = rows[row][column]
                rows[row][column] = f"{100 * value:f}%" if isinstance(value, Decimal) else value
        for row, column, text in each["texts"]:
            rows += [[] for _ in range(row + 1 - len(rows))]
            rows[row] += [None] * (column + 1 - len(rows[row]))
            rows[row][column] = text
        merged = tuple((*first, *last) for first, last in each["merged"])
        hidden = frozenset(each["hidden_rows"]), frozenset(each["hidden_columns"])
        how = path.suffix.lower().strip(".")
        grids.append(Grid(path.name, each["sheet"], _even(rows, path), merged, how, hidden))
    return grids


def _cell(value: str | float | None) -> Cell:
    """Return what a spreadsheet's cell shows: 15 digits, as the programs themselves keep."""
    if isinstance(value, int | float):
        return Decimal(f"{value:.15g}")
    return (value and value.strip()) or None


def _even(rows: Sequence[list[Cell]], path: Path) -> tuple[tuple[Cell, ...], ...]:
    """Return rows of one length, without empty rows and columns at the ends.

    Raises FigureError for more cells than can be read.
    """
    lengths = [max((at for at, cell in enumerate(row, 1) if cell is not None), default=0)
               for row in rows]  # fmt: skip
    height = max((at for at, length in enumerate(lengths, 1) if length), default=0)
    width = max(lengths, default=0)
    if height * width > workbook.CELLS:
        raise _error(path, *workbook.too_large("the table", height, width))
    return tuple(tuple((row + [None] * width)[:width]) for row in rows[:height])


def _error(path: Path, what: str, fix: str) -> FigureError:
    return FigureError(Problem(path.name, "", what, fix))
