"""Grids of cells: every format and encoding in which offices publish gives the same cells."""

from __future__ import annotations

import os
import resource
import struct
import time
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderbook.ingest import numbers, spreadsheets, workbook
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.spreadsheets import FigureError

Writer = Callable[[Path, list[list[str | float | None]]], Path]

ROWS = [["Регион", "2016", "2017"], ["Омская область", "1,5", "2"], ["г. Москва", None, "..."]]


def ods(path: Path, rows: list[list[str | float | None]]) -> Path:
    """Write an OpenDocument spreadsheet by hand: no library of the lock does."""

    def cell(value: str | float | None) -> str:
        if value is None:
            return "<table:table-cell/>"
        kind = "float" if isinstance(value, float | int) else "string"
        number = f' office:value="{value}"' if kind == "float" else ""
        return (
            f'<table:table-cell office:value-type="{kind}"{number}>'
            f"<text:p>{value}</text:p></table:table-cell>"
        )

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    oasis = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{oasis}:office:1.0" '
        f'xmlns:table="{oasis}:table:1.0" xmlns:text="{oasis}:text:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Лист1">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def compound(path: Path, streams: dict[str, bytes]) -> Path:
    """Write a compound file (the container of .xls and of encrypted .xlsx) with these streams."""
    size, free, end, fat_mark = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    padded = {n: c.ljust(max(4096, -(-len(c) // size) * size), b"\0") for n, c in streams.items()}
    starts, fat, at = {}, [fat_mark], 1
    for name, content in padded.items():
        count = len(content) // size
        starts[name] = at
        fat += [*range(at + 1, at + count), end]
        at += count
    fat.append(end)  # the directory
    fat += [free] * (128 - len(fat))

    def entry(name: str, kind: int, links: tuple[int, ...], start: int, length: int) -> bytes:
        wide = name.encode("utf-16-le")
        head = wide.ljust(64, b"\0") + (len(wide) + 2).to_bytes(2, "little") + bytes([kind, 1])
        linked = b"".join(n.to_bytes(4, "little") for n in links)
        return (
            head + linked + bytes(36) + start.to_bytes(4, "little") + length.to_bytes(8, "little")
        )

    names = sorted(padded, key=lambda name: (len(name), name.upper()))
    entries = [entry("Root Entry", 5, (free, free, 1), end, 0)]
    for n, name in enumerate(names, start=1):
        right = n + 1 if n < len(names) else free
        entries.append(entry(name, 2, (free, right, free), starts[name], len(padded[name])))
    directory = b"".join(entries).ljust(size, b"\0")
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    header += bytes.fromhex("3E000300FEFF09000600") + bytes(6)
    for number in (0, 1, at, 0, 4096, end, 0, end, 0, 0):
        header += number.to_bytes(4, "little")
    header += free.to_bytes(4, "little") * 108
    body = b"".join(number.to_bytes(4, "little") for number in fat)
    path.write_bytes(header + body + b"".join(padded.values()) + directory)
    return path


def old_record(kind: int, content: bytes = b"") -> bytes:
    """Return a record of an .xls file."""
    return struct.pack("<HH", kind, len(content)) + content


def xls(
    path: Path, rows: list[list[str | float | None]], hidden: bytes = b"", styles: bytes = b""
) -> Path:
    """Write an Excel 97 workbook by hand: text as LABEL records, numbers as NUMBER records."""
    record = old_record
    bof = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    name = "Лист1"
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value == "#N/A":
                sheet += record(0x205, struct.pack("<HHHBB", r, c, 0, 0x2A, 1))
            elif isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                sheet += record(0x204, struct.pack("<HHH", r, c, 0) + text)
            elif value is not None:
                sheet += record(0x203, struct.pack("<HHHd", r, c, 0, value))
    sheet += hidden + record(0x0A)
    codepage = record(0x42, struct.pack("<H", 1200)) + styles
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    offset = len(bof) + len(codepage) + 4 + 6 + len(title) + 4
    bound = record(0x85, struct.pack("<IH", offset, 0) + title)
    book = bof + codepage + bound + record(0x0A) + sheet
    return compound(path, {"Workbook": book})


def csv(rows: list[list[str | None]], delimiter: str) -> str:
    def quoted(text: str) -> str:
        return f'"{text}"' if delimiter in text or "\n" in text else text

    return "".join(f"{delimiter.join(quoted(c or '') for c in row)}\r\n" for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "utf-16"])
@pytest.mark.parametrize(("suffix", "delimiter"), [(".csv", ";"), (".csv", ","), (".tsv", "\t")])
def test_separated_text_is_read_in_any_encoding(
    tmp_path: Path, encoding: str, suffix: str, delimiter: str
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(csv(ROWS, delimiter).encode(encoding))

    (grid,) = spreadsheets.read(path)

    assert [list(row) for row in grid.rows] == ROWS
    said = {"cp1251": "WINDOWS-1251", "utf-8-sig": "UTF-8"}.get(encoding, encoding.upper())
    assert grid.how.startswith(said)


def test_a_cell_keeps_its_line_break_and_its_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv([["Ханты-\nМансийский", "1,5", "a,b"]], ","), "utf-8")

    (grid,) = spreadsheets.read(path)

    assert grid.rows == (("Ханты-\nМансийский", "1,5", "a,b"),)


@pytest.mark.parametrize("write", [xls, ods])
def test_old_and_open_spreadsheets_give_text_and_numbers(tmp_path: Path, write: Writer) -> None:
    rows = [["Регион", 2016.0], ["Омская область", 0.1 + 0.2]]
    path = write(tmp_path / f"a.{write.__name__}", rows)

    (grid,) = spreadsheets.read(path)

    assert grid.rows == (("Регион", Decimal(2016)), ("Омская область", Decimal("0.3")))
    assert grid.sheet == "Лист1"
    assert grid.text(0, 1) == "2016"


def test_merged_areas_and_hidden_sheets_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Данные"
    book.active.append([None, "Годы"])
    book.active.merge_cells("B1:D1")
    book.create_sheet("Пусто")
    hidden = book.create_sheet("Черновик")
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")

    grids = spreadsheets.read(tmp_path / "a.xlsx")

    assert [grid.sheet for grid in grids] == ["Данные"]
    assert grids[0].merged == ((0, 1, 0, 3),)
    assert spreadsheets.read(tmp_path / "a.xlsx", "Черновик")[0].rows == (("x",),)


BROKEN = {
    "no file": ("a.csv", None, "", "", "cannot be opened"),
    "no reader": ("a.pdf", b"x", "", "", "no reader for '.pdf'"),
    "empty": ("a.csv", b" \n", "", "", "the file is empty"),
    "only separators": ("a.csv", b";;\n;;\n", "", "", "no cell with anything"),
    "corrupt": ("a.xlsx", b"PK\3\4 and no more", "", "", "no spreadsheet that can be read"),
    "text in disguise": ("a.xls", "Регион;2016".encode(), "", "", "no spreadsheet that can"),
    "wrong encoding": ("a.csv", "Омск".encode("cp1251"), "", "utf-8", "WINDOWS-1251 perhaps"),
    "no such encoding": ("a.csv", b"x", "", "cp9999", "no encoding 'cp9999'"),
    "damaged text": ("a.csv", "Ом\ufffdск;1".encode(), "", "", "U+FFFD"),
    "sheet of a csv": ("a.csv", b"x;y", "2016", "", "has no sheets"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_cannot_be_read_is_told_with_a_way_out(tmp_path: Path, case: str) -> None:
    name, content, sheet, encoding, said = BROKEN[case]
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(FigureError) as caught:
        spreadsheets.read(tmp_path / name, sheet, encoding)

    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert said in message
    assert "; " in message


def test_a_workbook_with_a_password_is_told(tmp_path: Path) -> None:
    path = compound(tmp_path / "a.xlsx", {"EncryptedPackage": b"x", "EncryptionInfo": b"x"})

    with pytest.raises(FigureError, match=r"a\.xlsx: is protected by a password; save it without"):
        spreadsheets.read(path)


def test_a_sheet_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "2016"
    book.save(tmp_path / "a.xlsx")

    with pytest.raises(FigureError, match="there is no sheet '2017'; there are '2016'"):
        spreadsheets.read(tmp_path / "a.xlsx", "2017")


# Numbers

SPACES = [" ", "\u00a0", "\u202f", "\u2009", "\u2007"]


@given(
    value=st.decimals(-(10**12), 10**12, places=3, allow_nan=False, allow_infinity=False),
    mark=st.sampled_from([",", "."]),
    space=st.sampled_from(["", *SPACES]),
    minus=st.sampled_from(["-", "\u2212"]),
    note=st.sampled_from(["", "*", " 1)", "¹", "²⁾", "\n2)"]),
)
def test_a_number_is_read_however_it_is_written(
    value: Decimal, mark: str, space: str, minus: str, note: str
) -> None:
    written = f"{value:,.3f}".replace(".", "!").replace(",", space).replace("!", mark)

    read = numbers.read(written.replace("-", minus) + note, mark)

    assert read.value == value


@pytest.mark.parametrize("text", ["…", "...", "..", "н/д", "", None, "х", "…1)", "... 2)"])
def test_marks_for_no_figure(text: str | None) -> None:
    assert numbers.read(text) == numbers.Numeral(None, "missing")


@pytest.mark.parametrize("text", ["-", "–", "—", "−", "-1)", "– *"])
def test_a_dash_is_told_from_no_figure(text: str) -> None:
    assert numbers.read(text) == numbers.Numeral(None, "dash")


@pytest.mark.parametrize(
    "text", ["12 34", "1 2345", "1,2,3", "12a", "1.5", "(5)", "12,31)", "5-6", "1,", "٣", "1 234.5"]
)
def test_what_may_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(NumeralError):
        numbers.read(text, ",")


def test_the_mark_before_decimals_is_found_or_asked_for() -> None:
    assert numbers.decimal_mark(["1,234", "5,5"]) == ","
    assert numbers.decimal_mark(["1,234", "5.5"]) == "."
    assert numbers.decimal_mark(["1,234,567"]) == "."
    assert numbers.decimal_mark(["0,123"]) == ","
    assert numbers.decimal_mark(["1 234,567"]) == ","
    with pytest.raises(NumeralError, match="may have decimals or thousands"):
        numbers.decimal_mark(["1,234", "12"])
    with pytest.raises(NumeralError, match="has a decimal comma"):
        numbers.decimal_mark(["1,5", "1.5"])


ODS_ROWS = """
<table:table-column/><table:table-column table:visibility="collapse"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.125"><text:p>12,5%</text:p>
</table:table-cell></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell table:formula="of:=1+1"/>
<table:table-cell office:value-type="string"><text:p>#DIV/0!</text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048000" table:visibility="collapse"/>
""".replace("\n", "")


def test_an_open_spreadsheet_tells_per_cents_formulas_and_what_it_hides(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", [])
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml", content.replace("</table:table>", f"{ODS_ROWS}</table:table>")
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")

    (grid,) = spreadsheets.read(path)

    assert grid.rows == (("a", "12.500%"), ("= without a value", "#DIV/0!"))
    assert grid.hidden == ({1}, {1})


HIDDEN_ROW = struct.pack("<HHHHHHHHI", 0x208, 16, 3, 0, 2, 255, 0, 0, 0x0120)
HIDDEN_COLUMN = struct.pack("<HHHHHHHH", 0x7D, 12, 2, 2, 2000, 15, 1, 0)
SHOWN = struct.pack("<HHHHHHHHI", 0x208, 16, 3, 0, 2, 255, 0, 0, 0x0100)


@pytest.mark.parametrize(
    ("cell", "hidden", "said"),
    [("#N/A", b"", "B2 shows an error"), (5, HIDDEN_ROW, "A4 is hidden"),
     (5, HIDDEN_COLUMN, "column C is hidden")],
)  # fmt: skip
def test_an_old_spreadsheet_with_what_it_does_not_tell_is_refused(
    cell: str | float, hidden: bytes, said: str, tmp_path: Path
) -> None:
    path = xls(tmp_path / "a.xls", [["Регион", 2016], ["Омская область", cell]], hidden)

    with pytest.raises(
        FigureError, match=f"{said}, which an .xls file does not tell in full; open"
    ):
        spreadsheets.read(path)

    path = xls(tmp_path / "a.xls", [["Регион", 2016], ["Омская область", 5]], SHOWN)
    assert len(spreadsheets.read(path)[0].rows) == 2


# Three styles: as it is, a format that is built in, and one that the file has.
STYLES = old_record(0x41E, struct.pack("<HHB", 164, 4, 1) + "0.0%".encode("utf-16-le"))
STYLES += old_record(0x41E, struct.pack("<HHB", 165, 1, 1) + "Х".encode("utf-16-le"))
STYLES += b"".join(old_record(0xE0, struct.pack("<HH16x", 0, at)) for at in (165, 10, 164))
RK = 1250 << 2 | 3  # 12.5
PER_CENT = {
    "a number": old_record(0x203, struct.pack("<HHHd", 1, 1, 2, 0.125)),
    "a short number": old_record(0x27E, struct.pack("<HHHI", 1, 1, 1, RK)),
    "several numbers": old_record(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, RK, 1, RK, 1)),
    "a formula": old_record(0x06, struct.pack("<HHHdHIH", 1, 1, 2, 0.125, 0, 0, 0)),
}


@pytest.mark.parametrize("kind", PER_CENT)
def test_an_old_spreadsheet_with_per_cents_is_refused(kind: str, tmp_path: Path) -> None:
    path = xls(tmp_path / "a.xls", [["Регион", 2016]], PER_CENT[kind], STYLES)
    with pytest.raises(FigureError, match=r"B2 is shown as a percentage, which an \.xls file does"):
        spreadsheets.read(path)

    path = xls(path, [["Регион", 2016]], PER_CENT[kind], STYLES.replace(b"%", b"0"))
    if kind in ("a number", "a formula"):
        assert spreadsheets.read(path)[0].rows[1][1] == Decimal("0.125")


def record(kind: int, data: bytes = b"") -> bytes:
    """Return a record of an .xlsb file."""

    def seven_bits(number: int) -> bytes:
        low, high = number & 0x7F, number >> 7
        return bytes([low | 0x80]) + seven_bits(high) if high else bytes([low])

    return seven_bits(kind) + seven_bits(len(data)) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(path: Path, cell: bytes, row: int = 0, before: bytes = b"") -> Path:
    """Write an Excel binary workbook by hand: a text in A1, a cell in B2, flags of its row."""
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Data")
    book = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    rows = [record(0, struct.pack("<IIHBBBI", at, 0, 300, 0, flags, 0, 0))
            for at, flags in ((0, 0), (1, row))]  # fmt: skip
    text = record(6, struct.pack("<II", 0, 0) + wide("a"))
    dimension = record(148, struct.pack("<IIII", 0, 1, 0, 1))
    sheet = record(129) + dimension + before + record(145) + rows[0] + text + rows[1] + cell
    formats = [struct.pack("<HHHHHHH", 0, number, 0, 0, 0, 0, 0) for number in (0, 164)]
    styles = record(615, struct.pack("<I", 1)) + record(44, struct.pack("<H", 164) + wide("0.0%"))
    styles += record(616) + record(617, struct.pack("<I", 2))
    styles += b"".join(record(47, each) for each in formats) + record(618)
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.bin" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", link)
        archive.writestr("xl/styles.bin", styles)
        archive.writestr("xl/worksheets/sheet1.bin", sheet + record(146) + record(130))
    return path


NUMBER = record(5, struct.pack("<IId", 1, 0, 0.125))


@pytest.mark.parametrize(
    ("cell", "row", "before", "said"),
    [
        (record(3, struct.pack("<IIB", 1, 0, 0x2A)), 0, b"", "B2 shows an error"),
        (record(11, struct.pack("<IIBHI", 1, 0, 0x2A, 0, 0)), 0, b"", "B2 shows an error"),
        (record(5, struct.pack("<IId", 1, 1, 0.125)), 0, b"", "B2 is shown as a percentage"),
        (NUMBER, 0x10, b"", "A2 is hidden"),
        (
            *(NUMBER, 0, record(60, struct.pack("<IIIIH", 1, 1, 2000, 0, 1))),
            "column B is hidden",
        ),
    ],
)
def test_a_binary_workbook_with_what_it_does_not_tell_is_refused(
    cell: bytes, row: int, before: bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(
        FigureError, match=rf"{said}, which an .xlsb file does not tell in full; op"
    ):
        spreadsheets.read(xlsb(tmp_path / "a.xlsb", cell, row, before))
    shown = record(60, struct.pack("<IIIIH", 1, 1, 2000, 0, 0))
    (grid,) = spreadsheets.read(xlsb(tmp_path / "a.xlsb", NUMBER, 0, shown))
    assert grid.rows == (("a", None), (None, Decimal("0.125")))


# Files made to fill the memory or never to end

LAUGHS = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY i SYSTEM "file:///etc/hostname">'
CELL = '<c r="A1" t="inlineStr"><is><t>%s</t></is></c>'
FAR = '<c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c>'
COUNT = "table:number-columns-repeated"
NO_VALUE = '<c r="B20000000"><f>A1+1</f></c>'
REPEATED = (
    '<table:table-row table:number-rows-repeated="1000000">'
    f'<table:table-cell {COUNT}="16000" office:value-type="float" office:value="1"/>'
    "</table:table-row>"
)


def replaced(path: Path, part: str, text: str) -> Path:
    """Write a part of a workbook in place of the one that it has."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | {part: text.encode()}).items():
            archive.writestr(name, content)
    return path


def workbook_of(path: Path, row: str, head: str = "", times: int = 1) -> Path:
    """Write an .xlsx file whose one sheet has a row, so many times."""
    openpyxl.Workbook().save(path)
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = f"<row>{row}</row>" * times
    sheet = f'{head}<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>'
    return replaced(path, "xl/worksheets/sheet1.xml", sheet)


def open_document(path: Path, row: str, head: str = "") -> Path:
    """Write an .ods file whose one sheet has a row."""
    with zipfile.ZipFile(ods(path, [])) as archive:
        content = archive.read("content.xml").decode()
    content = content.replace('<?xml version="1.0"?>', head)
    return replaced(path, "content.xml", content.replace("</table:table>", f"{row}</table:table>"))


TEXT = "<table:table-row><table:table-cell><text:p>%s</text:p></table:table-cell></table:table-row>"
MADE_TO_HURT: dict[str, Callable[[Path], Path]] = {
    "laughs.xlsx": lambda path: workbook_of(path, CELL % "&i;", f"{LAUGHS}]>"),
    "outside.xlsx": lambda path: workbook_of(path, CELL % "&i;", f"{OUTSIDE}]>"),
    "far.xlsx": lambda path: workbook_of(path, FAR),
    "formula.xlsx": lambda path: workbook_of(path, CELL % "x" + NO_VALUE),
    "wide.xlsx": lambda path: workbook_of(path, CELL % "x" + '<c r="XFD2000"><v>1</v></c>', "", 1),
    "laughs.ods": lambda path: open_document(path, TEXT % "&i;", f"{LAUGHS}]>"),
    "outside.ods": lambda path: open_document(path, TEXT % "&i;", f"{OUTSIDE}]>"),
    "repeated.ods": lambda path: open_document(path, REPEATED),
    "wide.csv": lambda path: (path.write_text(f"a{';' * 10_000}b\n" + "a\n" * 10_000), path)[1],
    "huge.csv": lambda path: (path.touch(), os.truncate(path, spreadsheets.LARGEST + 1), path)[2],
    "folder.csv": lambda path: (path.mkdir(), path)[1],
    "device.csv": lambda path: (path.symlink_to("/dev/zero"), path)[1],
}


@pytest.mark.parametrize("name", MADE_TO_HURT)
def test_a_file_made_to_fill_the_memory_or_never_to_end_is_told_soon(
    name: str, tmp_path: Path
) -> None:
    path = MADE_TO_HURT[name](tmp_path / name)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(FigureError, match=rf"^{name}: .*; ") as caught:
        spreadsheets.read(path)
    assert Path("/etc/hostname").read_text().strip() not in str(caught.value)
    assert time.monotonic() - began < workbook.SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kilobytes"


@pytest.mark.soak
def test_a_workbook_that_unpacks_to_gigabytes_is_told(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "a.xlsx", CELL % "aaaaaaa", "", 20_000_000)
    with pytest.raises(FigureError, match=r"takes (more than 2 GB|longer than 60 s).*save the"):
        spreadsheets.read(path)


def test_the_reading_of_a_workbook_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SECONDS", 0.01)
    path = workbook_of(tmp_path / "a.xlsx", CELL % "a")
    with pytest.raises(FigureError, match=r"a\.xlsx: takes longer than 0\.01 s to read; save the"):
        spreadsheets.read(path)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("raise MemoryError", "takes more than 2 GB of memory to read"),
        ("import os; os.kill(os.getpid(), 9)", "takes more than 2 GB of memory to read"),
        ("import os; os.kill(os.getpid(), 11)", "the process that reads it ended with signal 11"),
        (
            "raise ImportError('no parser')",
            "the process that reads it ended with ImportError: no parser",
        ),
    ],
)
def test_why_the_reading_failed_is_told(
    end: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads workbooks is taken from a folder where it fails."""
    (tmp_path / "python_calamine.py").write_text(end)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    path = workbook_of(tmp_path / "a.xlsx", CELL % "a")
    with pytest.raises(FigureError, match=rf"a\.xlsx: .*{said}; save the table alone as \.csv"):
        spreadsheets.read(path)


def test_what_is_hidden_or_merged_far_from_the_table_does_not_fill_the_memory(
    tmp_path: Path,
) -> None:
    path = workbook_of(tmp_path / "a.xlsx", CELL % "a")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    far = '<cols><col min="2" max="5000000" hidden="1"/></cols><sheetData>'
    merged = '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    sheet = sheet.replace("<sheetData>", far).replace("</sheetData>", merged)
    (grid,) = spreadsheets.read(replaced(path, "xl/worksheets/sheet1.xml", sheet))
    assert (grid.hidden, grid.area(0, 0)) == ((frozenset(), frozenset()), (0, 0, 16383))
