"""Documents in four formats, two languages, whole and broken, and the index that names them."""

import io
import re
from pathlib import Path

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from borderbook.corpus import index as documents
from borderbook.corpus.index import COLUMNS, DocumentError, Part, load, load_index, read

REGIONS = {"RU-ORE", "RU-KGN"}
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(pages: list[str]) -> bytes:
    """A PDF of text pages, lines apart by line ends, whose font maps UTF-16 codes to characters."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap /CMapName /U def /CMapType 2 def "
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
    )
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /U /Encoding /Identity-H /ToUnicode 4 0 R "
        b"/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /U /DW 500 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>",
        stream(cmap),
    ]
    for at, page in enumerate(pages):
        shown = "".join(
            f"1 0 0 1 50 {700 - 20 * line} Tm <{text.encode('utf-16-be').hex()}> Tj "
            for line, text in enumerate(page.split("\n"))
            if text
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources "
            b"<< /Font << /F 3 0 R >> >> /Contents %d 0 R >>" % (6 + 2 * at)
        )
        objects.append(stream(f"0 0 9 9 re f BT /F 12 Tf {shown}ET".encode()))
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def index(folder: Path, *rows: str) -> None:
    write(folder, "index.csv", "\n".join([",".join(COLUMNS), *rows, ""]))


def row(file: str, region: str = "RU-ORE", language: str = "ru", year: str = "2016") -> str:
    return f"{file},{region},{language},Стратегия,{year},https://example.org/a,public domain"


def fault(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        read(path)
    return str(caught.value)


# Whole documents


def test_text_is_one_part_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    plain = read(write(tmp_path, "a.txt", "Граница.\r\n\r\nСосед."))
    marked = read(write(tmp_path, "b.txt", b"\xef\xbb\xbf" + "Граница.\n\nСосед.".encode()))
    assert plain.parts == marked.parts == (Part("", "Граница.\n\nСосед."),)


def test_characters_of_typesetting_become_plain_ones(tmp_path: Path) -> None:
    text = "при\u00adграничный\u00a0рай\u0438\u0306 cross\u2011border \ufb01eld  x"
    found = read(write(tmp_path, "a.txt", text)).parts[0].text
    assert found == "приграничный рай\u0439 cross-border field x"


def test_html_headings_make_parts_and_scripts_are_dropped(tmp_path: Path) -> None:
    page = """<!DOCTYPE html><html><head><title>T</title><style>p {}</style></head><body>
    <p>Before</p><script>var border;</script><!-- border --><template><b>border</b></template>
    <noscript>border</noscript>
    <div><h2>Trade <b>now</b></h2><p>One<br>two</p>tail</div>
    <table><tr><td>cell</td><td>next</td></tr></table><h6>Last</h6></body></html>"""
    assert read(write(tmp_path, "a.html", page)).parts == (
        Part("", "Before"),
        Part("Trade now", "Trade now\n\nOne\ntwo\n\ntail\n\ncell\n\nnext"),
        Part("Last", "Last"),
    )


def test_html_is_read_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    page = '<meta charset="windows-1251"><p>Граница Российской Федерации</p>'
    assert read(write(tmp_path, "a.htm", page.encode("cp1251"))).parts == (
        Part("", "Граница Российской Федерации"),
    )
    assert read(write(tmp_path, "b.htm", page)).parts[0].text == "Граница Российской Федерации"


def test_xhtml_is_read_as_a_page_without_a_warning(tmp_path: Path) -> None:
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p>Border</p></html>'
    assert read(write(tmp_path, "a.html", page)).parts == (Part("", "Border"),)


def word(path: Path) -> Path:
    package = docx.Document()
    package.add_paragraph("Before")
    package.add_heading("Граница", level=2)
    package.add_paragraph("text")
    table = package.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "merged"
    table.cell(0, 2).text = "cell"
    package.add_paragraph("tail").add_run("\tend")
    package.save(str(path))
    return path


def test_word_headings_make_parts_and_a_merged_cell_counts_once(tmp_path: Path) -> None:
    assert read(word(tmp_path / "a.docx")).parts == (
        Part("", "Before"),
        Part("Граница", "Граница\n\ntext\n\nmerged\n\ncell\n\ntail end"),
    )


def test_word_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    package = docx.Document()
    inserted = f'<w:ins {W} w:id="1" w:author="a"><w:r><w:t>new</w:t></w:r></w:ins>'
    deleted = f'<w:del {W} w:id="2" w:author="a"><w:r><w:delText>old</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom {W} w:id="3" w:author="a"><w:r><w:t>gone</w:t></w:r></w:moveFrom>'
    paragraph = package.add_paragraph("kept ")
    for change in (inserted, deleted, moved):
        paragraph._p.append(parse_xml(change))
    package.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").parts == (Part("", "kept new"),)


def test_word_table_of_contents_is_left_out(tmp_path: Path) -> None:
    package = docx.Document()
    style = package.styles.add_style("toc 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    assert style.element.find(qn("w:name")) is not None
    package.add_paragraph("Border 3", style=style)
    package.add_heading("Border")
    package.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").parts == (Part("Border", "Border"),)


def test_pdf_has_a_part_for_each_page_an_empty_one_too(tmp_path: Path) -> None:
    content = pdf(["Граница\nс соседом", "", "The border"])
    assert read(write(tmp_path, "a.pdf", content)).parts == (
        Part("page 1", "Граница\nс соседом"),
        Part("page 2", ""),
        Part("page 3", "The border"),
    )


# Broken documents


def test_scanned_pdf_asks_for_text_recognition(tmp_path: Path) -> None:
    message = fault(write(tmp_path, "scan.pdf", pdf(["", ""])))
    assert "scan.pdf, 2 pages: there is no text layer" in message
    assert "OCR" in message


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "cp866", "utf-16"])
def test_other_encoding_names_place_and_remedy(tmp_path: Path, codec: str) -> None:
    text = "In ASCII.\nприграничное сотрудничество с соседними странами"
    message = fault(write(tmp_path, "old.txt", text.encode(codec)))
    place = "line 1, byte 1" if codec == "utf-16" else "line 2, byte 11"
    name = {"cp1251": "WINDOWS-1251"}.get(codec, codec.upper())
    assert f"old.txt, {place}: is not UTF-8, {name} perhaps" in message
    assert f"iconv -f {name} -t UTF-8 old.txt" in message


@pytest.mark.parametrize("letter", ["\0", "\ufffd"])
def test_damaged_text_names_the_line(tmp_path: Path, letter: str) -> None:
    message = fault(write(tmp_path, "a.txt", f"one\ntwo {letter}"))
    assert f"line 2: U+{ord(letter):04X}" in message


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.docx", "a.pdf"])
@pytest.mark.parametrize("content", ["", " \n"])
def test_empty_file_is_called_empty(tmp_path: Path, name: str, content: str) -> None:
    assert f"{name}: the file is empty" in fault(write(tmp_path, name, content))


@pytest.mark.parametrize(("name", "content"), [("a.txt", "12 %"), ("a.html", "<p>1<script>x")])
def test_file_without_words_is_refused(tmp_path: Path, name: str, content: str) -> None:
    assert "there is no text in it" in fault(write(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.docx", "is no Word document"),
        ("a.pdf", "is no PDF file"),
        ("a.odt", "no reader for '.odt'"),
    ],
)
def test_file_of_another_kind_is_refused(tmp_path: Path, name: str, what: str) -> None:
    message = fault(write(tmp_path, name, "not what its name says"))
    assert what in message
    assert "save it as" in message or "print it" in message


def test_protected_pdf_is_refused(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(["Border"])))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "a.pdf")
    assert re.search("is protected by a password|is encrypted", fault(tmp_path / "a.pdf"))


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert "none.txt: cannot be opened" in fault(tmp_path / "none.txt")


# The index


def test_index_of_the_project_names_every_file() -> None:
    folder = Path(__file__).parents[3] / "data" / "documents"
    regions = set(pd.read_csv(folder / "index.csv")["region"])
    assert len(load_index(folder, regions, "region")) == len([*folder.glob("*.txt")])


def test_index_may_have_more_columns_and_blank_years(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "Граница.")
    header = ",".join(COLUMNS) + ",level\n"
    write(tmp_path, "index.csv", header + row("a.txt", year="") + ",regional\n")
    [document] = load(tmp_path, REGIONS)
    assert (document.year, document.title) == (None, "Стратегия")


def test_header_alone_is_an_index_of_no_document(tmp_path: Path) -> None:
    index(tmp_path)
    frame = load_index(tmp_path, REGIONS)
    assert (frame.shape, list(frame), str(frame["year"].dtype)) == ((0, 7), list(COLUMNS), "Int64")
    assert load(tmp_path, REGIONS) == ()


def test_documents_carry_what_the_index_says(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "Граница.")
    write(tmp_path, "README.md", "how to")
    index(tmp_path, row("a.txt"))
    assert load(tmp_path, REGIONS) == (
        documents.Document(
            "a.txt",
            (Part("", "Граница."),),
            "RU-ORE",
            "ru",
            "Стратегия",
            2016,
            "https://example.org/a",
            "public domain",
        ),
    )


def test_index_saved_with_a_byte_order_mark_and_quotes_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "Граница.")
    line = row("a.txt").replace("Стратегия", '"Стратегия, план"')
    write(tmp_path, "index.csv", "\ufeff" + ",".join(COLUMNS) + "\r\n" + line + "\r\n\r\n")
    assert load_index(tmp_path, REGIONS)["title"].tolist() == ["Стратегия, план"]


def test_every_fault_of_the_index_stands_in_one_error(tmp_path: Path) -> None:
    for name in ("a.txt", "stray.txt", "b.odt"):
        write(tmp_path, name, "Граница.")
    (tmp_path / "deep").mkdir()
    write(tmp_path, "deep/c.txt", "Граница.")
    index(
        tmp_path,
        row("a.txt", region="RU-XXX", language="kk", year="16"),
        row("gone.txt"),
        row("a.txt"),
        row("b.odt"),
        row("deep/c.txt"),
        "x.txt,RU-ORE,ru,,2016,example.org,free",
        "x.txt,RU-ORE",
    )
    with pytest.raises(DocumentError) as caught:
        load_index(tmp_path, REGIONS)
    found = {(item.place, item.what) for item in caught.value.problems}
    assert found == {
        ("row 2, subject", "'RU-XXX': is none here"),
        ("row 2, language", "'kk': is not read"),
        ("row 2, year", "'16': is no year"),
        ("row 3, file", "'gone.txt': there is no such file"),
        ("row 4, file", "'a.txt': is named in row 2 already"),
        ("row 5, file", "'b.odt': has no reader"),
        ("row 6, file", "'deep/c.txt': is not in the folder itself"),
        ("row 7, file", "'x.txt': there is no such file"),
        ("row 7, title", "'': is empty"),
        ("row 7, address", "'example.org': is no web address"),
        ("row 8", "there are 2 values for 7 columns"),
        ("row 8, file", "'x.txt': there is no such file"),
        ("", "no row of index.csv names this file"),
    }
    assert str(caught.value).count("\n- ") == len(caught.value.problems) == 13
    assert "stray.txt: no row of index.csv names this file; add a row for it" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "the header is ''"),
        ("file;region\n", "the header is 'file;region'"),
        (",".join(COLUMNS).encode("utf-16"), "is not UTF-8"),
    ],
)
def test_index_of_another_shape_says_what_to_write(
    tmp_path: Path, content: str | bytes, what: str
) -> None:
    write(tmp_path, "index.csv", content)
    with pytest.raises(DocumentError, match=re.escape(what)):
        load_index(tmp_path, REGIONS)


def test_folder_without_index_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"index\.csv: there is no such file; write one"):
        load_index(tmp_path, REGIONS)


def test_every_unreadable_document_stands_in_one_error(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "")
    write(tmp_path, "b.pdf", pdf([""]))
    write(tmp_path, "c.txt", "Written in English")
    write(tmp_path, "d.txt", "приграничное сотрудничество".encode("cp1251").decode("cp1252"))
    index(tmp_path, *map(row, ["a.txt", "b.pdf", "c.txt", "d.txt"]))
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, REGIONS)
    assert [Path(item.file).name for item in caught.value.problems] == [
        *("a.txt", "b.pdf", "c.txt", "d.txt")
    ]
    assert "only 0% of its letters are those of 'ru'" in str(caught.value)


def test_file_names_are_compared_in_their_composed_form(tmp_path: Path) -> None:
    write(tmp_path, "рай\u0438\u0306он.txt", "Граница.")
    index(tmp_path, row("рай\u0439он.txt"))
    assert load(tmp_path, REGIONS)[0].file == "рай\u0439он.txt"
