"""Formats of documents: the bytes of text, HTML, Word and PDF files become parts with headings."""

from __future__ import annotations

import contextlib
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import pypdf
from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from borderbook import files
from borderbook.corpus import bounds
from borderbook.errors import Problem, ProblemsError

_TABLE = str.maketrans(
    {
        **{"\u00ad": "", "\u200b": "", "\ufeff": "", "\u00a0": " ", "\u202f": " ", "\u2009": " "},
        **{"\u2010": "-", "\u2011": "-", "\r": "\n", "\f": "\n\n", "\v": "\n", "\t": " "},
        **{"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"},
    }
)


# The languages that are read, ISO 639-1.
LANGUAGES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document: its heading ("" if none), its text with that heading at the start.

    Paragraphs of the text stand apart by an empty line; a single line end is one of the file. A
    PDF's part is a page: its heading is `page 3`, which is not in the text.
    """

    heading: str
    text: str


class DocumentError(ProblemsError):
    """Documents or their index cannot be read."""

    heading = "problems of the documents:"


def error(path: Path, place: str, what: str, fix: str) -> DocumentError:
    """Return the error of one problem."""
    return DocumentError(Problem(path.as_posix(), place, what, fix))


# The formats


def _text(content: bytes, path: Path) -> tuple[Part, ...]:
    return (Part("", _clean(decode(content, path))),)


def _html(content: bytes, path: Path) -> tuple[Part, ...]:
    declared = EncodingDetector.find_declared_encoding(content, is_html=True) or ""
    with warnings.catch_warnings():
        # XHTML begins like XML; as a page it reads the same.
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(decode(content, path, declared), "html.parser")
    for tag in soup(["noscript", "title"]):
        tag.decompose()
    return _parts(_html_blocks(soup))


_HEADING = re.compile("h[1-6]")
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s"
        " samp small span strike strong sub sup time tt u var wbr",
    )
)


def _html_blocks(soup: BeautifulSoup) -> Iterator[tuple[bool, str]]:
    """Yield each run of text that shares its block: whether it is a heading, and the text."""
    block, text = None, ""
    for node in soup.descendants:
        if isinstance(node, Tag):
            text += "\n" if node.name == "br" else ""
        elif type(node) is NavigableString:  # not a comment, script or style
            parents = list(node.parents)
            nearest = next((tag for tag in parents if _HEADING.fullmatch(tag.name)), None)
            nearest = nearest or next(tag for tag in parents if tag.name not in _INLINE)
            if nearest is not block and block is not None:
                yield bool(_HEADING.fullmatch(block.name)), text
                text = ""
            block = nearest
            text += re.sub(r"\s+", " ", node)
    if block is not None:
        yield bool(_HEADING.fullmatch(block.name)), text


def _docx(content: bytes, path: Path) -> tuple[Part, ...]:
    if zipfile.is_zipfile(io.BytesIO(content)) and bounds.unpacked(content) > bounds.LARGEST:
        what = f"unpacks to more than {bounds.LARGEST // 10**6} MB"
        raise error(path, "", what, "save its text alone, as .txt")
    try:
        package = docx.Document(io.BytesIO(content))
        return _parts(_docx_blocks(package.element.body.iter(qn("w:p")), package))
    except Exception as failure:  # a damaged file may raise anything inside the parser
        what = f"is no Word document of 2007 or later ({type(failure).__name__})"
        fix = "open it in Word or LibreOffice and save it as .docx without a password"
        raise error(path, "", what, fix) from failure


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
            style = style.base_style
        if not any(name.startswith("toc ") for name in names):
            yield any(name.startswith("heading") for name in names), _docx_text(paragraph)


_DOCX_CHARACTERS = {qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"} | dict.fromkeys(
    (qn("w:br"), qn("w:cr")), "\n"
)


def _docx_text(paragraph: Paragraph) -> str:
    """Return the paragraph's own text; Paragraph.text would leave out tracked insertions."""
    pieces = []
    for node in paragraph._p.iter(qn("w:t"), *_DOCX_CHARACTERS):
        owner = next(node.iterancestors(qn("w:p")))
        # A text box stands twice in the file, once for older programs; moved text where it was too.
        old = next(node.iterancestors("{*}Fallback", qn("w:moveFrom")), None)
        if owner is paragraph._p and old is None and node.getparent().tag == qn("w:r"):
            pieces.append(_DOCX_CHARACTERS.get(node.tag, node.text or ""))
    return "".join(pieces)


def _pdf(content: bytes, path: Path) -> tuple[Part, ...]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise error(path, "", "is protected by a password", "save it without one")
        texts = [page.extract_text() for page in reader.pages]
    except DocumentError:
        raise
    except pypdf.errors.DependencyError:
        fix = "print it into a new PDF, which has no protection"
        raise error(path, "", "is encrypted in a way that is not read", fix) from None
    except Exception as failure:  # a damaged file may raise anything inside the parser
        what = f"is no PDF file that can be read ({type(failure).__name__})"
        raise error(path, "", what, "fetch it again or print it into a new PDF") from failure
    # Empty lines of a PDF come from its layout, not from its paragraphs.
    pages = [re.sub(r"\n\s*\n", "\n", _clean(text)) for text in texts]
    if not any(letter.isalpha() for page in pages for letter in page):
        what = "there is no text layer: its pages are pictures"
        fix = "run optical character recognition (OCR), such as ocrmypdf -l rus+eng"
        raise error(path, f"{len(pages)} pages", what, fix)
    return tuple(Part(f"page {number}", page) for number, page in enumerate(pages, start=1))


# The reader of each extension.
READERS: dict[str, Callable[[bytes, Path], tuple[Part, ...]]] = {
    ".txt": _text,
    ".html": _html,
    ".htm": _html,
    ".docx": _docx,
    ".pdf": _pdf,
}

SAVE = f"save it as one of {', '.join(READERS)}"


# Characters


def _parts(blocks: Iterable[tuple[bool, str]]) -> tuple[Part, ...]:
    parts: list[tuple[str, list[str]]] = [("", [])]
    for is_heading, text in blocks:
        if not (cleaned := _clean(text)):
            continue
        if is_heading:
            parts.append((" ".join(cleaned.split()), []))
        parts[-1][1].append(cleaned)
    return tuple(Part(heading, "\n\n".join(texts)) for heading, texts in parts if texts)


def _clean(text: str) -> str:
    """Return composed characters, plain spaces and hyphens, one kind of line end."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_TABLE))
    return "\n".join(" ".join(line.split()) for line in plain.split("\n")).strip()


def decode(content: bytes, path: Path, declared: str = "") -> str:
    """Return UTF-8 text, or text in the encoding that the file itself declares."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            return content.decode(declared or "utf-8")
        place = f"line {content.count(10, 0, failure.start) + 1}, byte {failure.start + 1}"
        likely = files.likely_encoding(content)
        fix = f"convert it, as with iconv -f {likely} -t UTF-8 {path.name} > new{path.suffix}"
        raise error(path, place, f"is not UTF-8, {likely} perhaps", fix) from None
    if damaged := re.search("[\0\ufffd]", text):
        place = f"line {text.count(chr(10), 0, damaged.start()) + 1}"
        what = f"U+{ord(damaged[0]):04X} stands there: the text was damaged or is no text"
        raise error(path, place, what, "save it again as text in UTF-8")
    return text
