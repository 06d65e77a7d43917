"""The whole book as one tagged PDF of the built site, printed by Chromium.

The pages of the site become chapters of one document, in their order; links between them lead
within it. It is printed twice: only the first print tells on which page each heading stands.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import jinja2
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup

from borderbook import book, files
from borderbook.errors import UserError
from borderbook.publishing import contents
from borderbook.site import urls

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Names under which Chromium may be installed; else Playwright may have its own."""
BEGINNING, SIGN = b"%PDF", b"/Creator (borderbook)"
"""How a PDF begins, and what tells one that we made."""
_HOST = "http://borderbook.invalid"
_PLACE = "/book/paper.html"
_LEFT_OUT = (
    "script, form, noscript, a.headerlink, details.code, p.take, details.words, div.cell.silent, "
    "div.drawing.narrow, span.meaning, nav.editions, .differing"
)
"""What paper has no use for: controls, code, the chart for small screens, other editions."""
_NAMING = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls")
_KINDS = {"exhibit-table": "Table", "exhibit-chart": "Figure"}


class PdfError(UserError, RuntimeError):
    """The book could not be printed; the message says what is missing."""


@dataclass(frozen=True)
class Place:
    """Something that the contents lead to: an anchor and its title; `label` numbers an exhibit."""

    id: str
    title: str
    label: str = ""


@dataclass
class Chapter:
    """A page of the site as a chapter: its anchor, title, content and sections."""

    id: str
    title: str
    body: Tag
    sections: list[Place] = field(default_factory=list)

    @property
    def page(self) -> str:
        """The name of its sheets in the style."""
        return f"sheet-{self.id}"


def write(site: Path, output: Path, date: str | None) -> int:
    """Print the site in folder `site` into the PDF `output`; return its number of pages.

    The PDF is dated `date` (YYYY-MM-DD) or has no date, so that the same site gives the same bytes.
    Raises PdfError if there is no site or no Chromium.
    """
    if not (site / "book" / "index.html").is_file():
        raise PdfError(f"{site} holds no site: run borderbook build first")
    document = compose(site)
    first = _print(site, document({}))
    pages = _pages(first)
    printed = _print(site, document(pages))
    if _pages(printed) != pages:
        raise PdfError("the page numbers of the contents do not hold: their lines moved pages")
    finished, count = _finish(printed, date)
    files.write(output, finished)
    return count


def chromium(playwright: Playwright) -> str:
    """Return the path of an installed Chromium, else of the one that Playwright has brought.

    Raises PdfError if there is neither.
    """
    program = next(filter(None, map(shutil.which, CHROMIUM)), playwright.chromium.executable_path)
    if not Path(program).exists():
        raise PdfError(
            "no Chromium on this machine: playwright install chromium, or what your system has; "
            "on Debian: apt-get update && apt-get install chromium"
        )
    return program


def compose(site: Path) -> Callable[[Mapping[str, int]], str]:
    """Return what makes the book in HTML: from the page of each anchor, blank where unknown."""
    first_page = _parsed((site / "book" / "index.html").read_text("utf-8"))
    manual = {Path(page).name for page in contents.manual(book.root())}
    names = [name for name in _order(first_page) if name not in manual]
    chapters = [_chapter(site, name) for name in names]
    lists = _number(chapters)
    known = {str(tag["id"]) for chapter in chapters for tag in chapter.body.find_all(id=True)}
    known |= {chapter.id for chapter in chapters}
    for chapter in chapters:
        _relink(chapter, known, site)
    for link in first_page.select("dl.edition a"):
        link.unwrap()
    state = first_page.select_one("dl.edition")
    rights = first_page.select_one(".copyright")
    title = chapters[0].title
    chapters[0].title = "In short"
    heading = chapters[0].body.find("h1")
    if isinstance(heading, Tag):
        heading.string = chapters[0].title
    for line in state.find_all("div") if state else []:
        if line.get_text().startswith("Reading time"):
            line.decompose()
    folder = book.ENGINE / "site" / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["quoted"] = _quoted
    template = environment.get_template("paper.html")
    root = first_page.find("html")

    def composed(pages: Mapping[str, int]) -> str:
        return template.render(
            title=title,
            language=root.get("lang", "en") if isinstance(root, Tag) else "en",
            state=str(state or ""),
            rights=" ".join(rights.get_text().split()) if rights else "",
            chapters=chapters,
            lists=lists,
            note=book.setting("pdf-note"),
            at=lambda anchor: pages.get(anchor, "000"),
        )

    return composed


def _parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def _order(first_page: Tag) -> list[str]:
    """Return the names of the pages in the order of the site's contents, the first page first."""
    links = [str(link["href"]) for link in first_page.select(".sidebar-tree a[href]")]
    return list(
        dict.fromkeys(["index", *(Path(urlsplit(a).path).stem for a in links if a[0] != "#")])
    )


def _chapter(site: Path, name: str) -> Chapter:
    """Return a page as a chapter, with anchors that no other chapter has."""
    html = (site / "book" / f"{name}.html").read_text("utf-8")
    article = re.search(r"<article[^>]*>(.*)</article>", html, re.DOTALL)
    body = _parsed(article[1] if article else "")
    for tag in body.select(_LEFT_OUT):
        tag.decompose()
    for tag in body.find_all(True):
        for attribute, value in tag.attrs.items():
            if attribute == "id":
                tag["id"] = f"{name}--{value}"
            elif attribute in _NAMING:
                tokens = value if isinstance(value, list) else str(value).split()
                tag[attribute] = " ".join(f"{name}--{token}" for token in tokens)
            elif isinstance(value, str) and "url(#" in value:
                tag[attribute] = value.replace("url(#", f"url(#{name}--")
    heading = body.find("h1")
    chapter = Chapter(name, _text(heading), body)
    chapter.sections = [
        Place(str(title.parent["id"]), _text(title))
        for title in body.find_all("h2")
        if title.parent is not None and title.parent.get("id")
    ]
    return chapter


def _number(chapters: Sequence[Chapter]) -> dict[str, list[Place]]:
    """Number tables and figures through the book, in place; return both lists."""
    lists: dict[str, list[Place]] = {kind: [] for kind in _KINDS.values()}
    for chapter in chapters:
        for figure in chapter.body.select("figure.exhibit"):
            kind = next(_KINDS[name] for name in figure["class"] if name in _KINDS)
            headline = figure.select_one(".headline")
            if headline is None:
                continue
            title, label = _text(headline), f"{kind} {len(lists[kind]) + 1}"
            lists[kind].append(Place(str(figure["id"]), title, label))
            headline.insert(
                0, BeautifulSoup(f'<span class="ordinal">{label}. </span>', "html.parser")
            )
    return lists


def _relink(chapter: Chapter, known: set[str], site: Path) -> None:
    """Let links lead within the book, or to the published site; others become plain text."""
    address = urls.canonical(site / "book" / f"{chapter.id}.html")
    for link in chapter.body.select("a[href]"):
        parts = urlsplit(str(link["href"]))
        if parts.scheme:
            continue
        page = Path(parts.path).stem if parts.path else chapter.id
        anchor = f"{page}--{unquote(parts.fragment)}" if parts.fragment else page
        if anchor in known:
            link["href"] = f"#{anchor}"
        elif address and parts.path and not parts.path.endswith(".html"):
            link["href"] = urljoin(address, str(link["href"]))
        else:
            link.unwrap()


def _text(tag: object) -> str:
    return " ".join(tag.get_text().split()) if isinstance(tag, Tag) else ""


def _quoted(text: str) -> Markup:
    r"""Return a text as a string of CSS.

    >>> print(_quoted('Say "a"'))
    "Say \"a\""
    """
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return Markup(f'"{escaped}"')


def _print(site: Path, html: str) -> bytes:
    """Return the PDF that Chromium prints of a page among those of the site."""
    from playwright.sync_api import Route, sync_playwright  # noqa: PLC0415

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        file = site / path.lstrip("/")
        if path == _PLACE:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif file.is_file():
            route.fulfill(path=file)
        else:
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(playwright))
        page = browser.new_context(java_script_enabled=False).new_page()
        page.route("**/*", serve)
        page.goto(f"{_HOST}{_PLACE}")
        printed = page.pdf(tagged=True, outline=True, prefer_css_page_size=True)
        browser.close()
    return printed


def _pages(printed: bytes) -> dict[str, int]:
    """Return the page, counted from one, of each anchor that a link of the PDF leads to."""
    from pypdf import PdfReader  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(printed))
    return {
        unquote(name.removeprefix("/")): number + 1
        for name, place in reader.named_destinations.items()
        if (number := reader.get_destination_page_number(place)) is not None
    }


def _finish(printed: bytes, date: str | None) -> tuple[bytes, int]:
    """Return the PDF with the date given and its title on the window; and its number of pages."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415
    from pypdf.generic import BooleanObject, NameObject  # noqa: PLC0415

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed)))
    day = f"D:{date.replace('-', '')}000000Z" if date else ""
    writer.add_metadata({"/CreationDate": day, "/ModDate": day, "/Creator": "borderbook"})
    preferences = writer.create_viewer_preferences()
    preferences[NameObject("/DisplayDocTitle")] = BooleanObject(True)
    writer.page_mode = "/UseOutlines"
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue(), len(writer.pages)
