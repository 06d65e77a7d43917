"""Documents that authors add: text, HTML, Word and PDF files, read into parts with headings."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import docx
import pandas as pd
import pypdf
from bs4 import BeautifulSoup, NavigableString, Tag, XMLParsedAsHTMLWarning
from bs4.dammit import EncodingDetector
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

INDEX = "index.csv"
"""The file of a folder that says what each document is."""

COLUMNS = ("file", "region", "language", "title", "year", "address", "terms")
"""The columns of the index: `terms` are the terms of use, `address` is where the document is."""

LANGUAGES = ("ru", "en")
"""The languages that are read, ISO 639-1."""

_LETTERS = {"ru": re.compile("[А-яЁё]"), "en": re.compile("[A-Za-z]")}
_NO_DOCUMENT = (INDEX, "README.md")
_TABLE = str.maketrans(
    {
        **{"\u00ad": "", "\u200b": "", "\ufeff": "", "\u00a0": " ", "\u202f": " ", "\u2009": " "},
        **{"\u2010": "-", "\u2011": "-", "\r": "\n", "\f": "\n\n", "\v": "\n", "\t": " "},
        **{"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"},
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document: its heading ("" if none), its text with that heading at the start.

    Paragraphs of the text stand apart by an empty line; a single line end is one of the file. A
    PDF's part is a page: its heading is `page 3`, which is not in the text.
    """

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its file name and parts, and what the index says of it (see `load`)."""

    file: str
    parts: tuple[Part, ...]
    region: str = ""
    language: str = ""
    title: str = ""
    year: int = 0
    address: str = ""
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which file, where in it, and how to mend it.

    >>> print(Fault("a.pdf", "3 pages", "there is no text layer", "run OCR"))
    a.pdf, 3 pages: there is no text layer; run OCR
    """

    file: str
    place: str
    what: str
    mend: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        return f"{', '.join(filter(None, (self.file, self.place)))}: {self.what}; {self.mend}"


class DocumentError(ValueError):
    """Documents or their index cannot be read; `faults` and the message list every fault."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        lines = [str(fault) for fault in faults]
        many = f"{len(lines)} faults in the documents:"
        super().__init__(lines[0] if len(lines) == 1 else "\n- ".join([many, *lines]))


def load(folder: Path, regions: Collection[str]) -> tuple[Document, ...]:
    """Return every document that the index of `folder` names, in its order, with what it says.

    Raises DocumentError with every fault of the index (see `load_index`), else with every file
    that cannot be read or whose letters are mostly not those of its language.
    """
    index = load_index(folder, regions)
    files = _files(folder)
    documents, faults = [], []
    for row in index.to_dict("records"):
        described = {str(field): value for field, value in row.items()}
        path = files[described["file"]]
        try:
            document = replace(read(path), **described)
        except DocumentError as error:
            faults += error.faults
        else:
            faults += _foreign(document, path)
            documents.append(document)
    if faults:
        raise DocumentError(*faults)
    return tuple(documents)


def load_index(folder: Path, regions: Collection[str]) -> pd.DataFrame:
    """Return the index of `folder`: one row per document, `COLUMNS`, the year an integer.

    An index with a header and no row gives no row. Raises DocumentError with every fault (file,
    row, field, value, rule; the header is row 1): a value against its field's rule, a region that
    is not in `regions`, a file named twice or missing, a file that no row names.
    """
    path = folder / INDEX
    files = _files(folder)
    rows, faults = _index_rows(path)
    named: dict[str, int] = {}
    for number, row in rows:
        for field, value in row.items():
            rule = _broken_rule(field, value, regions)
            if not rule and field == "file" and value in named:
                rule = f"is named in row {named[value]} already; keep one row for each file"
            elif not rule and field == "file" and value not in files:
                rule = "there is no such file; add it to the folder or take the row away"
            if rule:
                what, mend = rule.split("; ")
                faults.append(
                    Fault(path.as_posix(), f"row {number}, {field}", f"{value!r}: {what}", mend)
                )
        named.setdefault(row["file"], number)
    faults += [
        Fault(files[name].as_posix(), "", f"no row of {INDEX} names this file", "add a row for it")
        for name in sorted(set(files) - set(named))
    ]
    if faults:
        raise DocumentError(*faults)
    frame = pd.DataFrame([row for _, row in rows], columns=list(COLUMNS)).astype("str")
    return frame.astype({"year": "int64"})


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
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(_READERS)
        raise _error(path, "", f"no reader for {path.suffix or 'a name without extension'!r}",
                     f"save it as one of {known}")  # fmt: skip
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _error(path, "", f"cannot be opened ({error.strerror})", "check its name") from None
    if not content.strip():
        raise _error(path, "", "the file is empty", "save it again with its text")
    parts = reader(content, path)
    if not any(letter.isalpha() for part in parts for letter in part.text):
        raise _error(path, "", "there is no text in it", "save it again with its text")
    return Document(unicodedata.normalize("NFC", path.name), parts)


def _error(path: Path, place: str, what: str, mend: str) -> DocumentError:
    return DocumentError(Fault(path.as_posix(), place, what, mend))


# The index


def _files(folder: Path) -> dict[str, Path]:
    # Some systems store й as two characters: names are compared in their composed form.
    found = {
        unicodedata.normalize("NFC", path.relative_to(folder).as_posix()): path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "~$"))
    }
    return {name: path for name, path in found.items() if name not in _NO_DOCUMENT}


def _index_rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    if not path.is_file():
        mend = f"write one with the header {','.join(COLUMNS)}"
        raise _error(path, "", "there is no such file", mend)
    text = io.StringIO(_decode(path.read_bytes(), path), newline="")
    try:
        header, *records = [list(map(str.strip, row)) for row in csv.reader(text, strict=True)] or [
            []
        ]
    except csv.Error as error:
        raise _error(path, "", f"is no CSV file ({error})", "close every quotation mark") from None
    if tuple(header) != COLUMNS:
        mend = f"write {','.join(COLUMNS)}, with commas"
        raise _error(path, "row 1", f"the header is {','.join(header)!r}", mend)
    rows, faults = [], []
    for number, values in enumerate(records, start=2):
        if not any(values):
            continue
        if len(values) != len(COLUMNS):
            what = f"there are {len(values)} values for {len(COLUMNS)} columns"
            mend = "put a value with a comma into double quotes"
            faults.append(Fault(path.as_posix(), f"row {number}", what, mend))
        # A row with too few or too many values still names its file.
        row = dict(zip(COLUMNS, values, strict=False))
        row["file"] = unicodedata.normalize("NFC", row["file"])
        rows.append((number, row))
    return rows, faults


def _broken_rule(field: str, value: str, regions: Collection[str]) -> str:
    """Return what `value` breaks and how to mend it, apart by "; ", or "" for a good value."""
    if not value:
        return f"is empty; every document needs its {field}"
    match field:
        case "file" if "/" in value or "\\" in value:
            return "is not in the folder itself; put it beside the index"
        case "file" if Path(value).suffix.lower() not in _READERS:
            return f"has no reader; save it as one of {', '.join(_READERS)}"
        case "region" if value not in regions:
            return "is no region code; use an ISO 3166-2 code of the edition, such as RU-ORE"
        case "language" if value not in LANGUAGES:
            return f"is no language that is read; use {' or '.join(LANGUAGES)}"
        case "year" if not re.fullmatch(r"(19|20)[0-9]{2}", value):
            return "is no year; write four digits from 1900 to 2099"
        case "address" if not re.fullmatch(r"https?://\S+", value):
            return "is no web address; begin it with https:// or http://"
    return ""


def _foreign(document: Document, path: Path) -> list[Fault]:
    text = "".join(part.text for part in document.parts)
    letters = sum(map(str.isalpha, text))
    share = len(_LETTERS[document.language].findall(text)) / letters
    if share >= 0.5:
        return []
    what = f"only {share:.0%} of its letters are those of {document.language!r}"
    mend = "correct the language in the index, or save the text anew if it shows as gibberish"
    return [Fault(path.as_posix(), "", what, mend)]


# The formats


def _text(content: bytes, path: Path) -> tuple[Part, ...]:
    return (Part("", _clean(_decode(content, path))),)


def _html(content: bytes, path: Path) -> tuple[Part, ...]:
    declared = EncodingDetector.find_declared_encoding(content, is_html=True) or ""
    with warnings.catch_warnings():
        # XHTML begins like XML; as a page it reads the same.
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(_decode(content, path, declared), "html.parser")
    for tag in soup(["script", "style", "template", "noscript", "title"]):
        tag.decompose()
    return _parts(_html_blocks(soup))


_HEADING = re.compile("h[1-6]")
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp"
    " small span strike strong sub sup time tt u var wbr".split()
)


def _html_blocks(soup: BeautifulSoup) -> Iterator[tuple[bool, str]]:
    """Yield each run of text that shares its block: whether it is a heading, and the text."""
    block, text = None, ""
    for node in soup.descendants:
        if isinstance(node, Tag):
            text += "\n" if node.name == "br" else ""
        elif type(node) is NavigableString:  # its subclasses are comments, doctypes and the like
            parents = list(node.parents)
            own = next((tag for tag in parents if _HEADING.fullmatch(tag.name)), None)
            own = own or next(tag for tag in parents if tag.name not in _INLINE)
            if own is not block and block is not None:
                yield bool(_HEADING.fullmatch(block.name)), text
                text = ""
            block = own
            text += re.sub(r"\s+", " ", node)
    if block is not None:
        yield bool(_HEADING.fullmatch(block.name)), text


def _docx(content: bytes, path: Path) -> tuple[Part, ...]:
    try:
        package = docx.Document(io.BytesIO(content))
        return _parts(_docx_blocks(package.element.body.iter(qn("w:p")), package))
    except Exception as error:  # a damaged file may raise anything inside the parser
        what = f"is no Word document of 2007 or later ({type(error).__name__})"
        mend = "open it in Word or LibreOffice and save it as .docx without a password"
        raise _error(path, "", what, mend) from error


def _docx_blocks(
    paragraphs: Iterable[object], package: docx.document.Document
) -> Iterator[tuple[bool, str]]:
    """Yield each paragraph wherever it stands, tables and text boxes too, in document order."""
    for element in paragraphs:
        paragraph = Paragraph(element, package._body)  # type: ignore[arg-type]
        names = []
        style = paragraph.style
        while style is not None:
            names.append((style.name or "").lower())
            style = style.base_style  # type: ignore[assignment]
        if not any(name.startswith("toc ") for name in names):
            yield any(name.startswith("heading") for name in names), _docx_text(paragraph)


_DOCX_CHARACTERS = {
    **{qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"},
}


def _docx_text(paragraph: Paragraph) -> str:
    """Return the paragraph's own text; Paragraph.text would leave out tracked insertions."""
    pieces = []
    for node in paragraph._p.iter(qn("w:t"), *_DOCX_CHARACTERS):
        owner = next(node.iterancestors(qn("w:p")))
        # A text box stands twice in the file, once for older programs.
        old = next(node.iterancestors("{*}Fallback"), None)
        if owner is paragraph._p and old is None and node.getparent().tag == qn("w:r"):
            pieces.append(_DOCX_CHARACTERS.get(node.tag, node.text or ""))
    return "".join(pieces)


def _pdf(content: bytes, path: Path) -> tuple[Part, ...]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _error(path, "", "is protected by a password", "save it without one")
        texts = [page.extract_text() for page in reader.pages]
    except DocumentError:
        raise
    except pypdf.errors.DependencyError:
        mend = "print it into a new PDF, which has no protection"
        raise _error(path, "", "is encrypted in a way that is not read", mend) from None
    except Exception as error:  # a damaged file may raise anything inside the parser
        what = f"is no PDF file that can be read ({type(error).__name__})"
        raise _error(path, "", what, "fetch it again or print it into a new PDF") from error
    # Empty lines of a PDF come from its layout, not from its paragraphs.
    pages = [re.sub(r"\n\s*\n", "\n", _clean(text)) for text in texts]
    if not any(letter.isalpha() for page in pages for letter in page):
        what = "there is no text layer: its pages are pictures"
        mend = "run optical character recognition (OCR), such as ocrmypdf -l rus+eng"
        raise _error(path, f"{len(pages)} pages", what, mend)
    return tuple(Part(f"page {number}", page) for number, page in enumerate(pages, start=1))


_READERS: dict[str, Callable[[bytes, Path], tuple[Part, ...]]] = {
    **{".txt": _text, ".html": _html, ".htm": _html, ".docx": _docx, ".pdf": _pdf},
}


# Characters


def _parts(blocks: Iterable[tuple[bool, str]]) -> tuple[Part, ...]:
    parts: list[tuple[str, list[str]]] = [("", [])]
    for is_heading, text in blocks:
        cleaned = _clean(text)
        if is_heading and cleaned:
            parts.append((" ".join(cleaned.split()), []))
        if cleaned:
            parts[-1][1].append(cleaned)
    return tuple(Part(heading, "\n\n".join(texts)) for heading, texts in parts if texts)


def _clean(text: str) -> str:
    """Return composed characters, plain spaces and hyphens, one kind of line end."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_TABLE))
    return "\n".join(" ".join(line.split(" ")).strip() for line in plain.split("\n")).strip()


def _decode(content: bytes, path: Path, declared: str = "") -> str:
    """Return UTF-8 text, or text in the encoding that the file itself declares."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start
    else:
        start = next((at for at, letter in enumerate(text) if letter in "\0\ufffd"), -1)
        if start < 0:
            return text
        place = f"line {text.count(chr(10), 0, start) + 1}"
        what = f"U+{ord(text[start]):04X} stands there: the text was damaged or is no text"
        raise _error(path, place, what, "save it again as text in UTF-8")
    try:
        return content.decode(declared or "utf-8")
    except (LookupError, UnicodeDecodeError):
        place = f"line {content.count(10, 0, start) + 1}, byte {start + 1}"
        guess = _guess(content)
        mend = f"convert it, as with iconv -f {guess} -t UTF-8 {path.name} > new{path.suffix}"
        raise _error(path, place, f"is not UTF-8, {guess} perhaps", mend) from None


def _guess(content: bytes) -> str:
    """Return the encoding in which most characters are frequent Russian letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    frequent = set("оеаинтсрвлк")
    return max(
        ("WINDOWS-1251", "KOI8-R", "CP866"),
        key=lambda name: sum(letter in frequent for letter in content.decode(name, "replace")),
    )
