"""The page of one run, which opens from disk: the executed notebook with what changed on top.

Sphinx renders it with the settings of the book. What leads to other pages of the book leads to the
built site, or is plain text where there is none.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from borderbook.execution.runs import Run
from borderbook.parameters.model import written
from borderbook.results import diff, extract
from borderbook.results.diff import Changes
from borderbook.results.diff_html import folded

_GLUED = re.compile(r"\{glue:(?:text)?\}`([\w-]+)\.ipynb::([\w-]+)(?::([^`]*))?`")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!\w+:)([\w./-]+)\.(?:ipynb|md)(#[^)\s]*)?\)")
_ANCHOR = re.compile(r'<a\b([^>]*?)\bhref="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_TAKEN = r"\.\./downloads/([^/\"]+)/([^/\"]+)"
_KINDS = {
    **dict.fromkeys((".csv", ".json"), "tables"),
    **dict.fromkeys((".svg", ".png", ".vl.json"), "charts"),
    **dict.fromkeys((".bib", ".txt"), "citations"),
}
"""Folders for the files to take away, by how their names end."""
_QUIET = ("myst.xref_missing", "ref.doc", "toc.not_included")
"""Warnings of pages that are not there: only one is."""


@dataclass(frozen=True)
class Page:
    """What a page is made of: the executed notebooks of its run and of the default run.

    `shown` are those of the other sections that it shows something of; `folder` is where it goes.
    """

    root: Path
    run: Run
    folder: Path
    executed: Path
    default: Path
    shown: Mapping[str, Path] = field(default_factory=dict)

    @cached_property
    def differing(self) -> Changes:
        """What changed against the default run."""
        return diff.between(extract.read(self.default), extract.read(self.executed))


def stage(page: Page, source: Path) -> None:
    """Lay out a book of one page, and the list of references if the page cites any."""
    book = source / "book"
    book.mkdir(parents=True)
    for path in (page.root / "book").iterdir():
        if path.suffix in (".bib", ".png", ".svg"):
            shutil.copyfile(path, book / path.name)
    for section, path in page.shown.items():
        shutil.copyfile(path, book / f"{section}.ipynb")
    document = json.loads(page.executed.read_text("utf-8"))
    prose = [cell for cell in document["cells"] if cell["cell_type"] == "markdown"]
    values = {name: extract.read(path).values for name, path in page.shown.items()}
    for cell in prose:
        cell["source"] = _self_contained("".join(cell["source"]), values)
    if any("{cite" in cell["source"] for cell in prose):
        for path in (page.root / "book").glob("*.md"):
            text = path.read_text("utf-8")
            if "{bibliography}" in text:
                (book / path.name).write_text(f"---\norphan: true\n---\n{text}", "utf-8")
    document["cells"][1:1] = _told(page.run, page.differing)
    (book / "index.ipynb").write_text(json.dumps(document), "utf-8")
    settings = yaml.safe_load((page.root / "_config.yml").read_text("utf-8"))
    settings["only_build_toc_files"] = False
    hidden = [f"book/{section}.ipynb" for section in page.shown]
    settings["exclude_patterns"] = [*settings.get("exclude_patterns", []), *hidden]
    config = settings["sphinx"]["config"]
    config["suppress_warnings"] = [*config.get("suppress_warnings", []), *_QUIET]
    config["html_sidebars"] = {"**": ["sidebar/brand.html"]}
    config["html_baseurl"] = ""  # the page is no page of the site
    (source / "_config.yml").write_text(yaml.safe_dump(settings), "utf-8")
    (source / "_toc.yml").write_text("format: jb-book\nroot: book/index\n", "utf-8")


def finish(page: Page, built: Path, target: Path) -> None:
    """Make of the rendered book the folder `target`, with the addresses of the page's own."""
    target.mkdir()
    html = _folded((built / "book" / "index.html").read_text("utf-8"), page.differing)
    html = relinked(html, page.run.section, page.root / "_build" / "html" / "book", page.folder)
    (target / "index.html").write_text(html, "utf-8")
    shutil.copyfile(page.executed, target / f"{page.run.section}.ipynb")
    records = list(extract.read(page.executed).claims.values())
    text = json.dumps(records, ensure_ascii=False, indent=1)
    (target / "claims.json").write_text(f"{text}\n", "utf-8")
    for path in sorted((built / "downloads").glob("*/*.*")):
        _copy(path, target / _download(path.parent.name, path.name))
    for name in _assets(html, built):
        _copy(built / name, target / name)


def relinked(html: str, section: str, site: Path, folder: Path) -> str:
    """Return the page of a section with its addresses as they are in `folder`.

    `site` is the folder of the book's pages: what leads to one of them leads there if it exists,
    and is plain text otherwise.
    """
    own = set(re.findall(r'\bid="([^"]+)"', html))
    elsewhere: dict[Path, set[str]] = {}

    def link(match: re.Match[str]) -> str:
        before, address, after, inner = match.groups()
        path, _, fragment = unescape(address).partition("#")
        if "sidebar-brand" in before + after:
            path, fragment = "index.html", ""
        elif re.match(r"\w+:", path):
            return match[0]
        elif path in ("", "index.html", f"{section}.html"):
            known = not fragment or unquote(fragment) in own
            return f'<a{before}href="#{fragment}"{after}>{inner}</a>' if known else inner
        elif taken := re.fullmatch(_TAKEN, path):
            new = _download(*taken.groups())
            return f'<a{before}href="{new}"{after}>{inner}</a>'
        target = site / path
        if not target.is_file():
            return f"<span{before.rstrip()}>{inner}</span>" if "class=" in before else inner
        if fragment and target not in elsewhere:
            elsewhere[target] = set(re.findall(r'\bid="([^"]+)"', target.read_text("utf-8")))
        new = Path(os.path.relpath(target, folder)).as_posix()
        new += f"#{fragment}" if fragment and unquote(fragment) in elsewhere[target] else ""
        return f'<a{before}href="{new}"{after}>{inner}</a>'

    html = _ANCHOR.sub(link, html)
    html = re.sub(r'<link rel="(?:index|search|next|prev)"[^>]*>', "", html)
    html = re.sub(r' data-spec="[^"]*"', "", html)  # from disk the pictures stay
    html = html.replace('data-content_root="../"', 'data-content_root="./"')
    return re.sub(r'"\.\./(_static|_images)/', r'"\1/', html)


def _self_contained(text: str, values: Mapping[str, Mapping[str, str]]) -> str:
    """Return Markdown that asks nothing of other pages: their values, and links in HTML.

    >>> _self_contained("[See](claims.ipynb#ledger), {glue:text}`claims.ipynb::held:s` hold.",
    ...                 {"claims": {"held": "12"}})
    '<a href="claims.html#ledger">See</a>, 12 hold.'
    """
    text = _GLUED.sub(lambda m: format(values[m[1]][m[2]], m[3] or ""), text)
    return _LINK.sub(lambda m: f'<a href="{m[2]}.html{m[3] or ""}">{m[1]}</a>', text)


def _told(run: Run, differing: Changes) -> list[dict[str, Any]]:
    """Return the cells that say which run this is, and what changed against the default run."""
    chosen = run.parameters
    if not chosen:
        return []
    named = ", ".join(f"`{name}` = `{written(value)}`" for name, value in chosen.items())
    options = " ".join(f"-p {name}={written(value)}" for name, value in chosen.items())
    text = (
        f"## What changed against the default run\n\n"
        f"This run: {named}. Against the default run: {differing.summary}."
    )
    bundles = [table._repr_mimebundle_() for table in diff.exhibits(differing)]
    outputs = [{"output_type": "display_data", "metadata": {}, "data": data} for data in bundles]
    code: dict[str, Any] = {
        "cell_type": "code",
        "id": "changes",
        "metadata": {},
        "execution_count": None,
        "source": f"# borderbook run {run.section} {options}",
        "outputs": outputs,
    }
    told = {"cell_type": "markdown", "id": "changes-text", "metadata": {}, "source": text}
    return [told, code]


def _folded(html: str, differing: Changes) -> str:
    """Return the page with each table of changes under its headline, long ones folded away."""
    for table in diff.exhibits(differing):
        start = html.index(f'<figure class="exhibit exhibit-table" id="{table.name}">')
        end = html.index("</figure>", start) + len("</figure>")
        html = f"{html[:start]}{folded(table, html[start:end])}{html[end:]}"
    return html


def _download(section: str, name: str) -> str:
    """Return where a file for download is in the folder of a run.

    >>> _download("index", "table-2.csv"), _download("claims", "shares.vl.json")
    ('tables/table-2.csv', 'charts/claims/shares.vl.json')
    """
    kind = _KINDS["".join(Path(name).suffixes)]
    if name.startswith("changes-"):
        return f"changes/{name.removeprefix('changes-')}"
    return f"{kind}/{name}" if section == "index" else f"{kind}/{section}/{name}"


def _assets(html: str, built: Path) -> list[str]:
    """Return the files that a page asks for, and those that its styles ask for."""
    found = dict.fromkeys(re.findall(r'"(_(?:static|images)/[^"?#]+)', html))
    for name in [name for name in found if name.endswith(".css")]:
        for address in _addresses((built / name).read_text("utf-8")):
            found[os.path.normpath(f"{Path(name).parent.as_posix()}/{address}")] = None
    return [name for name in found if (built / name).is_file()]


def _addresses(style: str) -> Sequence[str]:
    return re.findall(r"""url\(["']?(?!data:|#)([^"')?#]+)""", style)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
