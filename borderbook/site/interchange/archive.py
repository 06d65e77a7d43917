"""Everything to take away in one file, `downloads/all.zip`: a reproduction package of the book."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from borderbook import book
from borderbook.datapackage import resources as data
from borderbook.site.interchange import reproduction

PLACE = "downloads/all.zip"
"""Where the archive is in the site."""
LIST = f"downloads/{reproduction.LIST}"
"""Where the list of exhibits is in the site: see `reproduction.listed`."""

_TOP = "borderbook"
"""The folder that the archive unpacks to."""
_LEDGER = {
    "claims.csv": "the statements that were checked, each with its verdict",
    "claims.json": "the same, with inputs and readings",
    "claims.trig": "the same as nanopublications",
    "claims.schema.json": "what the fields of claims.json are",
}
_PRESSED = ".png"
"""Files that do not get smaller."""
_TIME = (1980, 1, 1, 0, 0, 0)


def edition(config: Any) -> str:
    """Return where a book lies below the root of the site: blank for the default book.

    >>> from types import SimpleNamespace
    >>> edition(SimpleNamespace(edition_name="hill"))
    'editions/hill/'
    """
    name = config.edition_name
    return f"editions/{name}/" if name else ""


def address(config: Any) -> str:
    """Return the address of a book, ending with a slash; blank where the site has none.

    >>> from types import SimpleNamespace
    >>> address(SimpleNamespace(edition_name="hill", html_baseurl="https://a.example"))
    'https://a.example/editions/hill/'
    >>> address(SimpleNamespace(edition_name="hill", html_baseurl=""))
    ''
    """
    return posixpath.join(config.html_baseurl, edition(config)) if config.html_baseurl else ""


def write(site: Path, figures: Path, executed: list[Path], facts: Mapping[str, str]) -> None:
    """Write the list of exhibits and the archive of a finished site.

    The archive has the site's downloads and ledger, and what the book is built from, its data
    package with it, which lies in `figures`. `executed` are the notebooks of the site; `facts` are
    `book`, `makers`, `edition`, `arguments`, `version`, `date` and `digest`. The same files make
    the same bytes.
    """
    rows = reproduction.exhibits(executed, site)
    (site / LIST).parent.mkdir(parents=True, exist_ok=True)
    (site / LIST).write_text(reproduction.listed(rows), "utf-8")
    taken = sorted(path for path in (site / "downloads").glob("*/*") if path.is_file())
    packed: dict[str, bytes | Path] = {path.relative_to(site).as_posix(): path for path in taken}
    packed |= book.package()
    ledger = {name: words for name, words in _LEDGER.items() if (site / name).exists()}
    packed |= {name: site / name for name in ledger}
    packed[reproduction.LIST] = site / LIST
    packed[reproduction.README] = reproduction.readme(rows, figures, ledger, facts).encode()
    packed[reproduction.CODECHECK] = reproduction.codecheck(rows, figures).encode()
    titles = ledger | {each.file: each.title for each in rows if each.file}
    packed[reproduction.CRATE] = reproduction.crate(packed, titles, figures, facts).encode()
    with zipfile.ZipFile(site / PLACE, "w") as archive:
        for name, content in sorted(packed.items()):
            _add(archive, name, content if isinstance(content, bytes) else content.read_bytes())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(f"{_TOP}/{name}", _TIME)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(_PRESSED) else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write the archive of the default book if it has a data dictionary, which offers it."""
    state = app.config.edition
    offered = state["dictionary"] in app.env.found_docs and state["digest"]
    if error is None and offered and not edition(app.config):
        facts = {key: state[key] for key in ("version", "date", "digest", "arguments")}
        facts |= {"book": app.config.html_title, "makers": app.config.author}
        laid_out = sorted(Path(app.srcdir).glob("book/*.ipynb"))
        executed = [path for path in laid_out if f"book/{path.stem}" in app.env.found_docs]
        write(Path(app.outdir), data.folder(), executed, facts | {"edition": state["book"]})


def _lead(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Lead from the pages of an edition to the archive of the default book."""
    if place := edition(app.config):
        up = "../" * place.count("/")
        links = context.get("body", "").replace(f'"../{PLACE}"', f'"../{up}{PLACE}"')
        context["body"] = links


EVENTS = (("build-finished", _finish), ("html-page-context", _lead))
