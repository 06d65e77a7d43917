"""Workbooks read in a process of its own: they may be made to fill the memory or never to end.

The parser is native code that nothing can stop from within. So this module is a program too:
`python -m borderbook.ingest.workbook FILE SHEET` writes the sheets as JSON, and ends itself at its
bounds.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from borderbook import book
from borderbook.ingest import sheet_xml
from borderbook.ingest.sheet_xml import letters

CELLS = 2_000_000
"""The most cells of one table, empty ones between others too."""
SECONDS = 60
"""How long the reading of one file may take."""
MEMORY = 2_000_000_000
"""Bytes of memory that it may take."""

# Kinds of records of an .xls file, and of cells with a number alone.
_XLS_NUMBER, _XLS_MANY, _XLS_RK, _XLS_FORMULA, _XLS_TRUTH = 0x203, 0xBD, 0x27E, 0x06, 0x205
_XLS_ROW, _XLS_COLUMNS, _XLS_FORMAT, _XLS_STYLE = 0x208, 0x7D, 0x41E, 0xE0
# The formats of both that are built in and show a number as a percentage.
_PERCENT = {9, 10}
# Kinds of records of an .xlsb file, and of cells with an error or a number.
_ROW, _COLUMNS, _FORMAT, _STYLE, _STYLES = 0, 60, 44, 47, 617
_ERRORS, _NUMBERS = (3, 11), (2, 5, 9)
_SAVE = "open it in a spreadsheet program and save it as .xlsx"
_AGAIN = "open and save it again in a spreadsheet program"


class WorkbookError(ValueError):
    """A workbook that cannot be read: `what` is wrong, and the `fix`."""

    def __init__(self, what: str, fix: str) -> None:
        self.what, self.fix = what, fix
        super().__init__(f"{what}; {fix}")


def read(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Return the sheet of a name, or all visible ones, as `sheets` does, within the bounds.

    Raises WorkbookError.
    """
    words = [sys.executable, "-P", "-m", "borderbook.ingest.workbook", str(path.absolute()), sheet]
    paths = filter(None, (str(book.ENGINE.parent), os.environ.get("PYTHONPATH")))
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONOPTIMIZE": ""}
    save = "save the table alone as .csv"
    try:
        ended = subprocess.run(words, env=around, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise WorkbookError(f"takes longer than {SECONDS} s to read", save) from None
    if ended.returncode:
        raise WorkbookError(_failure(ended.returncode, ended.stderr.decode(errors="replace")), save)
    answer = json.loads(ended.stdout)
    if isinstance(answer, dict):
        raise WorkbookError(answer["what"], answer["fix"])
    made: list[dict[str, Any]] = answer
    return made


def _failure(status: int, errors: str) -> str:
    """Return why a process ended without an answer, by its status and what it said at its end."""
    if status == -9 or re.search("MemoryError|memory allocation", errors):
        return f"takes more than {MEMORY / 10**9:g} GB of memory to read"
    end = f"signal {-status}" if status < 0 else f"status {status}"
    last = errors.strip().rpartition("\n")[2] or end
    return f"cannot be read: the process that reads it ended with {last}"


def too_large(place: str, height: int, width: int) -> tuple[str, str]:
    """Return what is wrong with a table of so many rows and columns, and the fix."""
    what = f"{place} has {height:,} rows and {width:,} columns, more than can be read"
    return what, "delete the cells far from the table, or save the table alone"


def sheets(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Return each sheet as JSON has it: its name, rows, merged areas, and `sheet_xml.Remarks`."""
    import python_calamine as calamine  # noqa: PLC0415  (the process that asks does without)

    content = path.read_bytes()
    try:
        try:
            opened = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        except calamine.CalamineError:
            # A failure is told by the extension, as that of a file with a password.
            opened = calamine.CalamineWorkbook.from_path(str(path))
        _refuse_untold(content)
        worksheet, visible = calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible
        listed = [each for each in opened.sheets_metadata if each.typ == worksheet]
        names = [each.name for each in listed if each.visible == visible]
        if sheet and sheet not in [each.name for each in listed]:
            there = ", ".join(map(repr, opened.sheet_names))
            raise WorkbookError(f"there is no sheet {sheet!r}", f"there are {there}")
        return [_sheet(opened, name, content) for name in ([sheet] if sheet else names)]
    except (WorkbookError, MemoryError):
        raise
    except calamine.PasswordError:
        raise WorkbookError("is protected by a password", "save it without one") from None
    except Exception as failure:  # a damaged file may raise anything inside the parser
        what = f"is no spreadsheet that can be read ({failure or type(failure).__name__})"
        raise WorkbookError(what, _AGAIN) from failure


def _sheet(book: Any, name: str, content: bytes) -> dict[str, Any]:
    sheet, remarks = book.get_sheet_by_name(name), sheet_xml.remarks(content, name)
    # Of a formula without a value only the remarks know.
    last = [*remarks.texts, sheet.end or (-1, -1)]
    height, width = (max(cell[at] for cell in last) + 1 for at in (0, 1))
    if height * width > CELLS:
        raise WorkbookError(*too_large(f"sheet {name!r}", height, width))
    return {
        "sheet": name,
        "rows": [list(map(_value, row)) for row in sheet.to_python(skip_empty_area=False)],
        "merged": sheet.merged_cell_ranges or (),
        "percentages": sorted(c for c in remarks.percentages if c[0] < height and c[1] < width),
        "texts": [(*cell, text) for cell, text in remarks.texts.items()],
        "hidden_rows": sorted(row for row in remarks.hidden_rows if row < height),
        "hidden_columns": sorted(each for each in remarks.hidden_columns if each < width),
    }


def _value(value: object) -> str | float | None:
    if isinstance(value, bool):
        return str(value).upper()
    if value is None or isinstance(value, int | float | str):
        return value
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _refuse_untold(content: bytes) -> None:
    """Raise WorkbookError for a binary workbook with cells whose state only its records tell."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        kind, untold = ".xls", _of_xls(content)
    elif content.startswith(b"PK"):
        kind, untold = ".xlsb", _of_xlsb(content)
    else:
        return
    for row, column, state in untold:
        cell = letters(column) + str(row + 1) if row is not None else f"column {letters(column)}"
        what = f"{cell} {state}, which an {kind} file does not tell in full"
        raise WorkbookError(what, _SAVE)


def _of_xls(content: bytes) -> Iterator[tuple[int | None, int, str]]:
    """Return row, column and state of what the records of an .xls file tell."""
    records = list(_xls_records(content))
    shown = set(_PERCENT)
    for kind, data in records:
        if kind == _XLS_FORMAT:
            number, length = struct.unpack("<HH", data[:4])
            if (b"%\0" if len(data) == 5 + 2 * length else b"%") in data[3:]:
                shown.add(number)
    formats = [data[2:4] for kind, data in records if kind == _XLS_STYLE]
    percent = {at for at, each in enumerate(formats) if int.from_bytes(each, "little") in shown}
    for kind, data in records:
        if kind == _XLS_ROW and data[12] & 0x20:
            yield int.from_bytes(data[:2], "little"), 0, "is hidden"
        elif kind == _XLS_COLUMNS and data[8] & 1:
            yield None, int.from_bytes(data[:2], "little"), "is hidden"
        elif kind in (_XLS_NUMBER, _XLS_RK, _XLS_MANY, _XLS_FORMULA, _XLS_TRUTH):
            row, first, style = struct.unpack("<HHH", data[:6])
            # Several numbers stand in one record, each with its style; a formula's value is a
            # number unless its last bytes say else.
            styles = [style]
            if kind == _XLS_MANY:
                styles = [style for style, _ in struct.iter_unpack("<HI", data[4:-2])]
            no_number = kind == _XLS_FORMULA and data[12:14] == b"\xff\xff"
            if (kind == _XLS_TRUTH and data[7] == 1) or (no_number and data[6] == 2):
                yield row, first, "shows an error"
            elif kind != _XLS_TRUTH and not no_number:
                for column, style in enumerate(styles, first):
                    if style in percent:
                        yield row, column, "is shown as a percentage"


def _xls_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Return kind and content of each record of an .xls file."""
    stream, at = _xls_stream(content), 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack("<HH", stream[at : at + 4])
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _xls_stream(content: bytes) -> bytes:
    """Return the workbook within a compound file; a small one is in sectors of 64 bytes."""
    size = 1 << int.from_bytes(content[30:32], "little")
    sectors = [content[at : at + size] for at in range(size, len(content), size)]
    folder, _, _, small, _, more = _integers(content[48:72])
    # The table of what follows each sector is in sectors that the header names, then a chain.
    listed = [*_integers(content[76:512])]
    while more < len(sectors) and len(listed) < len(sectors) + size:
        *names, more = _integers(sectors[more])
        listed += names
    follows = [n for at in listed if at < len(sectors) for n in _integers(sectors[at])]
    folders = _chain(sectors, follows, folder)
    entries = {
        entry[:64].decode("utf-16-le").partition("\0")[0].lower(): _integers(entry[116:124])
        for entry in (folders[at : at + 128] for at in range(0, len(folders), 128))
    }
    start, length = entries.get("workbook") or entries["book"]
    if length < _integers(content[56:60])[0]:
        of_small = _chain(sectors, follows, entries["root entry"][0])
        follows = [*_integers(_chain(sectors, follows, small))]
        sectors = [of_small[at : at + 64] for at in range(0, len(of_small), 64)]
    return _chain(sectors, follows, start)[:length]


def _chain(sectors: Sequence[bytes], follows: Sequence[int], at: int) -> bytes:
    """Return the sectors that follow one from another, each once: they may lead in a circle."""
    chained: dict[int, bytes] = {}
    while at < min(len(sectors), len(follows)) and at not in chained:
        chained[at] = sectors[at]
        at = follows[at]
    return b"".join(chained.values())


def _integers(part: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])


def _of_xlsb(content: bytes) -> Iterator[tuple[int | None, int, str]]:
    """Return row, column and state of what the records of an .xlsb file tell."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()
                 if re.fullmatch(r"xl/(worksheets/[^/]+|styles)\.bin", name)}  # fmt: skip
    percent = _percent_styles(parts.pop("xl/styles.bin", b""))
    for part in parts.values():
        row = 0
        for kind, data in _records(part):
            first = int.from_bytes(data[:4], "little")
            if kind == _ROW:
                row = first
                if data[11] & 0x10:
                    yield row, 0, "is hidden"
            elif kind == _COLUMNS and data[16] & 1:
                yield None, first, "is hidden"
            elif kind in _ERRORS:
                yield row, first, "shows an error"
            elif kind in _NUMBERS and int.from_bytes(data[4:7], "little") in percent:
                yield row, first, "is shown as a percentage"


def _percent_styles(styles: bytes) -> set[int]:
    """Return the styles of an .xlsb file's cells that show a number as a percentage."""
    shown, formats, is_cell = {*_PERCENT}, [], False
    for kind, data in _records(styles):
        number = int.from_bytes(data[:2], "little")
        if kind == _FORMAT and b"%\0" in data[6:]:
            shown.add(number)
        elif kind in (_STYLES, _STYLES + 1):
            is_cell = kind == _STYLES
        elif kind == _STYLE and is_cell:
            formats.append(int.from_bytes(data[2:4], "little"))
    return {at for at, number in enumerate(formats) if number in shown}


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Return kind and content of each record; both kind and length are of seven bits a byte."""
    at = 0
    while at < len(part):
        numbers = []
        for longest in (2, 4):
            value = 0
            for place in range(longest):
                byte = part[at]
                at += 1
                value |= (byte & 0x7F) << 7 * place
                if byte < 0x80:
                    break
            numbers.append(value)
        kind, length = numbers
        yield kind, part[at : at + length]
        at += length


def _answer(path: str, sheet: str) -> object:
    """Return what this process says of a workbook, within the memory that it may take."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  (not on every system)

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return sheets(Path(path), sheet)
    except WorkbookError as error:
        return {"what": error.what, "fix": error.fix}


if __name__ == "__main__":
    json.dump(_answer(*sys.argv[1:]), sys.stdout)
