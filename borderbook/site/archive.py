"""Everything to take away in one file, `downloads/all.zip`, with a text of sources and terms."""

from __future__ import annotations

import json
import textwrap
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sphinx.application import Sphinx

from borderbook import book
from borderbook.datapackage import descriptor
from borderbook.datapackage import resources as data
from borderbook.datapackage.descriptor import FILE
from borderbook.figures import downloads

PLACE = "downloads/all.zip"
"""Where the archive is in the site."""

_TOP = "borderbook"
"""The folder that the archive unpacks to."""
_README = "README.txt"
_LEDGER = {
    "claims.csv": "the statements that were checked, each with its verdict",
    "claims.json": "the same, with inputs and readings",
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


def write(site: Path, figures: Path, facts: Mapping[str, str]) -> None:
    """Write the archive of a finished site: its downloads, the data package, the ledger.

    `figures` is the folder of the data package; `facts` are `book`, `edition`, `version`, `date`
    and `digest`. The same files make the same bytes.
    """
    taken = sorted(path for path in (site / "downloads").glob("*/*") if path.is_file())
    packed = {path.relative_to(site).as_posix(): path for path in taken}
    packed |= {f"data/{name}": figures / name for name in _package(figures)}
    packed |= {name: site / name for name in _LEDGER if (site / name).exists()}
    (site / PLACE).parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(site / PLACE, "w") as archive:
        _add(archive, _README, _readme(packed, figures, facts).encode())
        for name, path in sorted(packed.items()):
            _add(archive, name, path.read_bytes())


def _readme(packed: Mapping[str, Path], figures: Path, facts: Mapping[str, str]) -> str:
    """Return what the archive says of itself: its files, their sources and terms."""
    exhibits: dict[str, dict[str, str]] = {}
    for place, path in packed.items():
        if place.startswith("downloads/") and path.suffix == ".json":
            content = json.loads(path.read_text("utf-8"))
            exhibits.setdefault(path.parent.name, {})[downloads.name(content)] = downloads.title(
                content
            )
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["lines"] = _lines
    return templates.get_template(_README).render(
        kinds=downloads.KINDS,
        ledger={name: words for name, words in _LEDGER.items() if name in packed},
        exhibits=exhibits,
        resources=descriptor.whole(figures)["resources"],
        work=book.work(),
        **facts,
    )


def _lines(text: str) -> str:
    """Return a text as lines of a list."""
    return textwrap.fill(
        text,
        88,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _package(folder: Path) -> list[str]:
    """Return the files of a data package: descriptor, resources, texts of licences."""
    resources = [resource["path"] for resource in descriptor.whole(folder)["resources"]]
    return [FILE, *resources, *(path.name for path in folder.glob("*.LICENSE"))]


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
        facts = {key: state[key] for key in ("version", "date", "digest")}
        facts |= {"book": app.config.html_title, "edition": state["book"]}
        write(Path(app.outdir), data.folder(), facts)


def _lead(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Lead from the pages of an edition to the archive of the default book."""
    if place := edition(app.config):
        up = "../" * place.count("/")
        links = context.get("body", "").replace(f'"../{PLACE}"', f'"../{up}{PLACE}"')
        context["body"] = links


EVENTS = (("build-finished", _finish), ("html-page-context", _lead))
