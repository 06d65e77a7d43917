"""What a workbook's own XML says of a sheet and calamine does not.

Cells that show an error, formulas without a stored value, percentages, hidden rows and columns.
"""

from __future__ import annotations

import functools
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

# What is read in place of a formula that has no stored value.
NO_VALUE = "= without a value"

# So many rows or columns alike are the rest of a sheet.
_END = 10_000
_PERCENT_FORMATS = ("9", "10")
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(frozen=True)
class Remarks:
    """Cells by row and column, counted from 0: texts in place of values, percentages, hidden."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    percentages: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


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


def remarks(content: bytes, sheet: str) -> Remarks:
    """Return what the XML of an xlsx or ods workbook says of a sheet; nothing of other files."""
    if not content.startswith(b"PK"):
        return Remarks()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "content.xml" in names:
            return _open_document(ElementTree.fromstring(archive.read("content.xml")), sheet)
        path = _path(archive, sheet) if "xl/workbook.xml" in names else None
        if path not in names:
            return Remarks()
        styles = _percent_styles(archive) if "xl/styles.xml" in names else frozenset()
        with archive.open(str(path)) as file:
            return _sheet(ElementTree.iterparse(file), styles)


def _sheet(
    events: Iterator[tuple[str, ElementTree.Element]], percent_styles: frozenset[str]
) -> Remarks:
    texts: dict[tuple[int, int], str] = {}
    percentages: set[tuple[int, int]] = set()
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    row = -1
    for _, element in events:
        tag = _local(element.tag)
        if tag == "col" and element.get("hidden") in ("1", "true"):
            columns = range(int(element.get("min", "1")) - 1, int(element.get("max", "1")))
            hidden_columns.update(columns)
        elif tag == "row":
            row = int(element.get("r", row + 2)) - 1
            if element.get("hidden") in ("1", "true"):
                hidden_rows.add(row)
            for place, cell, text, percent in _cells(element, row, percent_styles):
                if text is not None:
                    texts[place] = text
                elif percent and cell.get("t", "n") == "n":
                    percentages.add(place)
            element.clear()
    return Remarks(texts, frozenset(percentages), frozenset(hidden_rows), frozenset(hidden_columns))


def _cells(
    cells: ElementTree.Element, row: int, percent_styles: frozenset[str]
) -> Iterator[tuple[tuple[int, int], ElementTree.Element, str | None, bool]]:
    """Yield place, cell, the text to read in place of its value, if any, and if it is per cent."""
    at = -1
    for cell in cells:
        if _REFERENCE.fullmatch(reference := cell.get("r", "")):
            at, row = position(reference)
        else:
            at += 1
        parts = {_local(part.tag): part.text for part in cell}
        text = None
        if cell.get("t") == "e":
            text = parts.get("v") or "#ERROR"
        elif "f" in parts and not parts.get("v") and cell.get("t") != "str":
            text = NO_VALUE
        yield (row, at), cell, text, cell.get("s") in percent_styles


def _open_document(root: ElementTree.Element, sheet: str) -> Remarks:
    """Return what an OpenDocument spreadsheet says of a sheet; it shows errors as texts."""
    texts: dict[tuple[int, int], str] = {}
    percentages: set[tuple[int, int]] = set()
    hidden: dict[str, set[int]] = {"table-row": set(), "table-column": set()}
    at = dict.fromkeys(hidden, 0)
    tables = (e for e in root.iter() if _local(e.tag) == "table" and _attribute(e, "name") == sheet)
    for element in next(tables, root).iter():
        if (kind := _local(element.tag)) not in hidden:
            continue
        count, column = int(_attribute(element, f"number-{kind[6:]}s-repeated") or 1), 0
        for cell in element:
            repeated = int(_attribute(cell, "number-columns-repeated") or 1)
            value = _attribute(cell, "value-type")
            if value == "percentage":
                percentages |= {(at[kind], c) for c in range(column, column + repeated)}
            elif value is None and _attribute(cell, "formula"):
                texts[at[kind], column] = NO_VALUE
            column += repeated
        # Empty rows and columns at the end are repeated to the end of the sheet.
        if _attribute(element, "visibility") in ("collapse", "filter") and count < _END:
            hidden[kind] |= set(range(at[kind], at[kind] + count))
        at[kind] += count
    rows, columns = map(frozenset, hidden.values())
    return Remarks(texts, frozenset(percentages), rows, columns)


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    """Return an attribute by its name alone, whatever its namespace."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), None)


def _path(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return where the XML of a sheet is in the workbook."""
    links = {}
    for link in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        links[link.get("Id")] = link.get("Target", "")
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _local(element.tag) == "sheet" and element.get("name") == sheet:
            keys = [key for key in element.attrib if key.endswith("}id")]
            target = links.get(element.get(keys[0]) if keys else None)
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else None
    return None


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """Return the styles of cells that show a number as a percentage, by their numbers."""
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    codes = {e.get("numFmtId"): e.get("formatCode", "") for e in root.iter()
             if _local(e.tag) == "numFmt"}  # fmt: skip
    shown = {key for key, code in codes.items() if "%" in re.sub(r'"[^"]*"|\\.', "", code)}
    formats = [f for cells in root if _local(cells.tag) == "cellXfs" for f in cells]
    return frozenset(str(at) for at, style in enumerate(formats)
                     if style.get("numFmtId") in shown | {*_PERCENT_FORMATS})  # fmt: skip


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
