"""The site put together from rendered books, and put in the old one's place in one step.

The default book is the root; each edition lies whole under `editions/<name>/`, with the static
files of the root. What leads from a page to the same page of another edition is put in here: so a
change of the list of editions has no page rendered anew.
"""

from __future__ import annotations

import filecmp
import posixpath
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from borderbook import outputs, scratch
from borderbook.errors import UserError
from borderbook.site import urls

MARK = "<!-- editions -->"
"""Where the template of a page leaves room for what leads to the other editions."""
COMMIT = "<!-- commit -->"
"""Where it leaves room for the commit: so a commit has no page rendered anew."""
UP = "../../"
"""From the root of an edition to the root of the site."""

_STATIC = re.compile(r'(="(?:\.\./)*)(?:\./)?_static/')
_ANCHOR = re.compile(r'<a href="#([^"]*)">(.*?)</a>', re.DOTALL)
_OURS = shutil.ignore_patterns(".buildinfo", "*.bak")


class SiteError(UserError, RuntimeError):
    """The site could not be rendered; the message ends with that of Jupyter Book."""


@dataclass(frozen=True)
class Part:
    """A rendered book: its folder, name and title.

    `differences` are blocks of HTML for some of its pages: what differs from the default book.
    """

    html: Path
    name: str
    title: str
    differences: Mapping[str, str]

    @property
    def place(self) -> str:
        """Where the book lies below the root of the site."""
        return f"editions/{self.name}/" if self.name else ""


def publish(
    parts: Sequence[Part], output: Path, date: str, commit: str | None = None
) -> outputs.Stamp:
    """Put the site of these books, the default first, in the old one's place; return its stamp.

    `date` is the one of the data (YYYY-MM-DD); blank for a book without. `commit` is the one that
    the book was built at, if it lies in a repository.
    """
    with scratch.folder(output) as work:
        site = work / "site"
        for part in parts:
            folder = site / part.place
            shutil.copytree(part.html, folder, ignore=_OURS)
            if part.name:
                _share(folder / "_static", site / "_static", part.name)
            for path in sorted(folder.rglob("*.html")) if parts[1:] or commit else ():
                page = path.relative_to(folder).as_posix()
                html = path.read_text("utf-8").replace(COMMIT, _foot(commit))
                path.write_text(_page(html, page, part, parts), "utf-8")
        urls.write(site, date)
        return outputs.swap(site, output)


def _foot(commit: str | None) -> str:
    """Return the line of a page's foot that names a commit; blank if there is none.

    >>> _foot("8554f37c0ffee+")
    '<div><dt>Commit</dt><dd><code>8554f37c0ffe</code>, changed since</dd></div>'
    """
    if commit is None:
        return ""
    since = ", changed since" if commit.endswith("+") else ""
    return f"<div><dt>Commit</dt><dd><code>{commit.rstrip('+')[:12]}</code>{since}</dd></div>"


def _page(html: str, page: str, part: Part, parts: Sequence[Part]) -> str:
    """Return a page as it stands in the site."""
    if part.name:
        html = _STATIC.sub(rf"\1{UP}_static/", html)
        html = html.replace("</title>", f" ({escape(part.title)})</title>", 1)
    if MARK not in html:
        return html
    block = part.differences.get(page.removesuffix(".html"), "")
    alike = [other for other in parts if (other.html / page).is_file()]
    links = switcher(page, part, alike) if alike[1:] else ""
    return html.replace(MARK, links + _anchored(block, html), 1)


def switcher(page: str, part: Part, parts: Sequence[Part]) -> str:
    """Return the list of editions as HTML, each with the address of the same page.

    >>> books = [Part(Path("html"), "", "Default", {}), Part(Path("dry"), "dry", "Dry", {})]
    >>> print(switcher("book/one.html", books[1], books))  # doctest: +NORMALIZE_WHITESPACE
    <nav class="editions" aria-label="Editions"><details><summary>Edition: Dry</summary><ul><li><a
    href="../../../book/one.html">Default</a></li><li><a href="one.html"
    aria-current="true">Dry</a></li></ul></details></nav>
    """
    here = posixpath.dirname(part.place + page)
    entries = []
    for other in parts:
        address = posixpath.relpath(other.place + page, here)
        current = ' aria-current="true"' if other is part else ""
        entries.append(f'<li><a href="{address}"{current}>{escape(other.title)}</a></li>')
    return (
        f'<nav class="editions" aria-label="Editions"><details><summary>Edition: '
        f"{escape(part.title)}</summary><ul>{''.join(entries)}</ul></details></nav>"
    )


def _anchored(block: str, html: str) -> str:
    """Return a block with links to what is on its page: a statement, or its row of the ledger."""
    known = set(re.findall(r'\bid="([^"]*)"', html)) if block else set()

    def link(match: re.Match[str]) -> str:
        for name in (match[1], re.sub("^claim-", "ledger-", match[1])):
            if name in known:
                return f'<a href="#{name}">{match[2]}</a>'
        return match[2]

    return _ANCHOR.sub(link, block)


def _share(static: Path, root: Path, name: str) -> None:
    """Remove the static files of an edition, which are those of the root."""
    for path in sorted(path for path in static.rglob("*") if path.is_file()):
        shared = root / path.relative_to(static)
        if not shared.exists():
            shared.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, shared)
        elif not filecmp.cmp(path, shared, shallow=False):
            place = path.relative_to(static).as_posix()
            raise SiteError(f"edition {name} has another _static/{place} than the default book")
    shutil.rmtree(static)
