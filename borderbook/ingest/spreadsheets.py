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

import python_calamine as calamine

from borderbook import files
from borderbook.datapackage.resources import DataError
from borderbook.errors import Problem, ProblemsError
from borderbook.ingest import sheet_xml

# What a cell holds: text, a number as the spreadsheet shows it, or nothing.
Cell = str | Decimal | None

SEPARATED = (".csv", ".tsv", ".txt")
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

# Records of an .xls file that calamine does not tell: a cell with an error, a formula that gave
# one, a row and a column that are hidden. The groups are the row and the column.
_UNTOLD = {
    rb"\x05\x02\x08\0(..)(..)..[\0\x07\x0f\x17\x1d\x24\x2a]\x01": "shows an error",
    rb"\x06\0..(..)(..)..\x02.[\0\x07\x0f\x17\x1d\x24\x2a]...\xff\xff": "shows an error",
    rb"\x08\x02\x10\0(..)(..).{8}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]\x01": "is hidden",
    rb"\x7d\0\x0c\0()(..).{6}[\x01\x03\x05\x07].": "is hidden",
}
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
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
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
        grids = _workbook(content, path, sheet)
    filled = [grid for grid in grids if grid.rows]
    if not filled:
        where = f"sheet {sheet!r}" if sheet else "the file"
        raise _error(path, f"{where} holds no cell with anything in it", "check it in its program")
    return filled


def letters(column: int) -> str:
    """Return the name of a column counted from 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(65 + last)


def position(name: str) -> tuple[int, int]:
    """Return column and row of a cell, counted from 0; row -1 for the name of a column.

    >>> position("AB5"), position("A")
    ((27, 4), (0, -1))
    """
    column = name.rstrip("0123456789")
    at = functools.reduce(lambda before, letter: before * 26 + ord(letter) - 64, column, 0)
    return at - 1, int(name.removeprefix(column) or 0) - 1


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
    return Grid(path.name, "", _even(rows), (), f"{codec}, parted by {_DELIMITERS[delimiter]}")


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


def _workbook(content: bytes, path: Path, sheet: str) -> list[Grid]:
    try:
        try:
            book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        except calamine.CalamineError:
            # A failure is told by the extension, as that of a file with a password.
            book = calamine.CalamineWorkbook.from_path(str(path))
        _refuse_untold(content, path)
        worksheet, visible = calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible
        listed = [each for each in book.sheets_metadata if each.typ == worksheet]
        names = [each.name for each in listed if each.visible == visible]
        if sheet and sheet not in [each.name for each in listed]:
            sheets = ", ".join(map(repr, book.sheet_names))
            raise _error(path, f"there is no sheet {sheet!r}", f"there are {sheets}")
        return [_sheet(book, name, path, content) for name in ([sheet] if sheet else names)]
    except FigureError:
        raise
    except calamine.PasswordError:
        raise _error(path, "is protected by a password", "save it without one") from None
    except Exception as failure:  # a damaged file may raise anything inside the parser
        what = f"is no spreadsheet that can be read ({failure or type(failure).__name__})"
        raise _error(path, what, "open and save it again in a spreadsheet program") from failure


def _refuse_untold(content: bytes, path: Path) -> None:
    """Raise FigureError for an .xls file with cells whose state only its records tell."""
    if not content.startswith(b"\xd0\xcf\x11\xe0"):
        return
    for pattern, state in _UNTOLD.items():
        if record := re.search(pattern, content, re.DOTALL):
            row, column = (int.from_bytes(part, "little") for part in record.groups())
            cell = f"{letters(column)}{row + 1}" if record[1] else f"column {letters(column)}"
            what = f"{cell} {state}, which an .xls file does not tell in full"
            fix = "open it in a spreadsheet program and save it as .xlsx"
            raise _error(path, what, fix)


def _sheet(book: calamine.CalamineWorkbook, name: str, path: Path, content: bytes) -> Grid:
    sheet = book.get_sheet_by_name(name)
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
    remarks = sheet_xml.remarks(content, name)
    for row, column in remarks.percentages:
        if row < len(rows) and column < len(rows[row]):
            value = rows[row][column]
            rows[row][column] = f"{100 * value:f}%" if isinstance(value, Decimal) else value
    for (row, column), text in remarks.texts.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = text
    hidden = remarks.hidden_rows, remarks.hidden_columns
    return Grid(path.name, name, _even(rows), merged, path.suffix.lower().strip("."), hidden)


def _cell(value: object) -> Cell:
    """Return what a spreadsheet's cell shows: 15 digits, as the programs themselves keep."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return Decimal(f"{value:.15g}")
    if isinstance(value, str):
        return value.strip() or None
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _even(rows: Sequence[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Return rows of one length, without empty rows and columns at the ends."""
    lengths = [max((at for at, cell in enumerate(row, 1) if cell is not None), default=0)
               for row in rows]  # fmt: skip
    height = max((at for at, length in enumerate(lengths, 1) if length), default=0)
    width = max(lengths, default=0)
    return tuple(tuple((row + [None] * width)[:width]) for row in rows[:height])


def _error(path: Path, what: str, fix: str) -> FigureError:
    return FigureError(Problem(path.name, "", what, fix))
