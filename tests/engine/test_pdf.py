"""The book as one PDF: printed once from the site, then read back as a viewer would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from borderbook.publishing import pdf
from tests.real_book import MANUAL

DATE = "2026-01-31"


def printed(site: Path, output: Path) -> int:
    """Print in a thread of its own: the browser of the other tests keeps this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(pdf.write, site, output, DATE).result()


@pytest.fixture(scope="module")
def file(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("paper") / "book.pdf"
    assert printed(built, output) > 20
    return output


@pytest.fixture(scope="module")
def book(file: Path) -> PdfReader:
    return PdfReader(file)


@pytest.fixture(scope="module")
def words(book: PdfReader) -> list[str]:
    """Return the text of each page, spaces made one."""
    return [" ".join(page.extract_text().split()) for page in book.pages]


def outline(entries: Any, depth: int = 0) -> Iterator[tuple[int, Any]]:
    """Return the bookmarks with their depth."""
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry, depth + 1)
        else:
            yield depth, entry


def resources(book: PdfReader, kind: str) -> list[DictionaryObject]:
    found = []
    for page in book.pages:
        own = page["/Resources"].get_object()
        found += [value.get_object() for value in own[kind].values()] if kind in own else []
    return found


def plain(text: str) -> str:
    return "".join(text.split())


def test_it_is_tagged_in_its_language_with_its_title_and_date(book: PdfReader) -> None:
    root = book.root_object
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  (a PDF's own boolean)
    assert root["/StructTreeRoot"].get_object()["/K"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert book.metadata is not None
    assert book.metadata.title == "Industry and enterprise on Russia’s border with Kazakhstan"
    assert str(book.metadata["/CreationDate"]).startswith(f"D:{DATE.replace('-', '')}")


def test_every_section_has_its_bookmark(book: PdfReader, pages: dict[str, Element]) -> None:
    marks = [plain(str(entry.title)) for _, entry in outline(book.outline)]
    for name, tree in pages.items():
        if not name.startswith("book/") or name in MANUAL:
            continue
        headings = [e for tag in ("h1", "h2", "h3") for e in tree.iter(tag)]
        for heading in headings:
            if name == "book/index.html" and heading.tag == "h1":
                continue  # the title of the book stands on its cover
            assert plain("".join(heading.itertext()).removesuffix("¶")) in marks, name


def test_the_contents_name_the_pages_on_which_sections_stand(
    book: PdfReader, words: list[str]
) -> None:
    start = next(n for n, text in enumerate(words) if "Contents" in text)
    contents = plain("".join(words[start : start + 4]))
    for depth, entry in outline(book.outline):
        title = plain(str(entry.title))
        if depth > 1 or title in ("Contents", "Tables", "Figures"):
            continue
        number = book.get_destination_page_number(entry)
        assert number is not None
        assert f"{title}{number + 1}" in contents, f"{entry.title}: page {number + 1}"


def test_tables_and_figures_are_numbered_through(
    words: list[str], pages: dict[str, Element]
) -> None:
    listed = " ".join(words)
    for kind, name in (("Table", "exhibit-table"), ("Figure", "exhibit-chart")):
        many = sum(
            name in e.get("class", "").split()
            for page, tree in pages.items()
            if page.startswith("book/")
            for e in tree.iter("figure")
        )
        assert many > 5
        numbers = Counter(int(n) for n in re.findall(rf"{kind} (\d+)\. ", listed))
        assert sorted(numbers) == [*range(1, many + 1)]
        assert min(numbers.values()) == 2, "in the list and in place"


def test_fonts_are_embedded_and_pictures_are_vectors(book: PdfReader) -> None:
    pictures = resources(book, "/XObject")
    assert [each for each in pictures if each["/Subtype"] == "/Image"] == []
    fonts = resources(book, "/Font")
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        if font["/Subtype"] == "/Type3":
            continue  # its glyphs are drawn in the file itself
        described = inner["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]


def test_charts_are_drawn_with_lines_and_curves(book: PdfReader, words: list[str]) -> None:
    drawn = [n for n, text in enumerate(words) if re.search(r"Figure \d+\. ", text)][2:]
    strokes = [
        len(re.findall(rb"\b(?:l|c|re)\b", book.pages[n].get_contents().get_data())) for n in drawn
    ]  # type: ignore[union-attr]
    assert min(strokes) > 20


def test_links_within_the_book_lead_somewhere(book: PdfReader) -> None:
    known = set(book.named_destinations)
    inner = 0
    for page in book.pages:
        for note in page.get("/Annots", []):
            link = note.get_object()
            target = link.get("/Dest") or link.get("/A", {}).get("/D")
            if isinstance(target, str):
                assert target in known, target
                inner += 1
            else:
                address = link.get("/A", {}).get("/URI", "")
                assert "borderbook.invalid" not in address
    assert inner > 100


@pytest.mark.soak
def test_the_same_site_gives_the_same_bytes(built: Path, file: Path, tmp_path: Path) -> None:
    printed(built, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == file.read_bytes()


def test_a_folder_without_a_site_or_a_machine_without_a_browser_is_told(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(pdf.PdfError, match="borderbook build"):
        pdf.write(tmp_path, tmp_path / "book.pdf", DATE)
    monkeypatch.setattr(pdf, "CHROMIUM", ())
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(pdf.PdfError, match="Chromium"):
        printed(built, tmp_path / "book.pdf")
    assert not (tmp_path / "book.pdf").exists()
