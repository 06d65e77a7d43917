"""Where the site stands: the list of its pages for search engines, and links that hold anywhere.

The setting `html_baseurl` of the book is the address under which the site is published. Sphinx
makes of it the canonical address on each page, and all else here is read from the pages.
"""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from borderbook.site.content_security import META, ThemeError

LOST = "404.html"
"""What a server shows for an address that it does not have, at any depth."""
_REDIRECT = """<!doctype html>
<html lang="en">
<head>{policy}<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">
<meta http-equiv="refresh" content="0; url={page}"><link rel="canonical" href="{address}"></head>
<body><main><h1>{title}</h1><p><a href="{page}">To the first page</a></p></main></body>
</html>
"""
_LEADS = re.compile(r'http-equiv="refresh" content="0; ?url=([^"]+)"', re.IGNORECASE)
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)"')
_RELATIVE = re.compile(r'\b(href|src|action|data-content_root)="(?!#|/|[a-z]+:)([^"]*)"')


def canonical(page: Path) -> str:
    """Return the address that a page gives as its own; blank if it gives none."""
    link = _CANONICAL.search(page.read_text("utf-8"))
    return unescape(link[1]) if link else ""


def write(site: Path, date: str) -> None:
    """Write what leads into a site: redirects to first pages, 404.html, sitemap.xml, robots.txt.

    The site has a book at its root, and may have editions of it in folders below; `date` is the one
    of the data (YYYY-MM-DD), or blank. The sitemap has every page of a folder `book` whose
    canonical address is its own. Without canonical addresses there is neither sitemap nor
    robots.txt: both need them.
    """
    redirect = _LEADS.search((site / "index.html").read_text("utf-8"))
    first = redirect[1] if redirect else "index.html"
    address = canonical(site / first)
    base = address.removesuffix(first)
    for page in sorted(site.rglob(first)) if redirect else ():
        root = page.parents[first.count("/")]
        (root / "index.html").write_text(_redirect(page, first), "utf-8")
        if root != site:
            (root / LOST).unlink(missing_ok=True)  # a server shows the one at the root
    lost = site / LOST
    lost.write_text(rooted(lost.read_text("utf-8"), urlsplit(base).path or "/"), "utf-8")
    if not base:
        return
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("book/*.html"))
    addresses = [base + page for page in pages if canonical(site / page) == base + page]
    (site / "sitemap.xml").write_text(sitemap(addresses, date), "utf-8")
    robots = f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n"
    (site / "robots.txt").write_text(robots, "utf-8")


def _redirect(page: Path, first: str) -> str:
    """Return a page that leads on to the first page of a book.

    Its icon is an empty one: a browser that leaves at once would break off what it still loads.
    """
    title = re.search(r"<title>(.*?)</title>", page.read_text("utf-8"), re.DOTALL)
    return _REDIRECT.format(
        policy=META,
        title=title[1] if title else "",
        page=first,
        address=escape(canonical(page) or first),
    )


def sitemap(addresses: list[str], date: str) -> str:
    """Return a list of pages for search engines, each as new as the data if these have a date.

    >>> print(sitemap(["https://a.example/b.html"], "2026-01-31"))
    <?xml version="1.0" encoding="UTF-8"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc>https://a.example/b.html</loc><lastmod>2026-01-31</lastmod></url>
    </urlset>
    <BLANKLINE>
    """
    state = f"<lastmod>{date}</lastmod>" if date else ""
    lines = [f"<url><loc>{escape(address)}</loc>{state}</url>" for address in addresses]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return "\n".join([head, f'<urlset xmlns="{space}">', *lines, "</urlset>", ""])


def rooted(html: str, root: str) -> str:
    """Return a page of the site's root with links that hold at any depth, from path `root` on.

    Raises ThemeError if it has none.

    >>> rooted('<a href="book/a.html">, <a href="#b">, <img src="_static/c.svg">', "/d/")
    '<a href="/d/book/a.html">, <a href="#b">, <img src="/d/_static/c.svg">'
    """
    html, count = _RELATIVE.subn(lambda link: f'{link[1]}="{urljoin(root, link[2])}"', html)
    if not count:
        raise ThemeError(f"{LOST} has no link that _RELATIVE of borderbook/site/urls.py matches")
    return html
