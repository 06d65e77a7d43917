"""A section with other parameters: its folder, with a page that opens from disk.

`runs/<section>/<name>/` holds the executed notebook, its page with what changed on top, tables,
charts and claims; it appears whole or not at all. Sphinx renders the page with the settings of the
book. What leads to other pages of the book leads to the built site, or is plain text where there is
none.
"""

from __future__ import annotations

import hashlib
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

from borderbook import notebooks, outputs, scratch
from borderbook.execution.runs import Run
from borderbook.parameters.model import written
from borderbook.publishing import single_page
from borderbook.publishing.assemble import SiteError
from borderbook.publishing.sphinx_process import Renderer
from borderbook.results import diff, diff_tables, extract
from borderbook.results.diff import Changes
from borderbook.results.diff_tables import folded

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
# Characters from which on a value is shortened in a name.
_LONG = 24


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
    def changes(self) -> Changes:
        """What changed against the default run."""
        return diff.between(extract.read(self.default), extract.read(self.executed))


def slug(parameters: Mapping[str, Any]) -> str:
    """Return a name for a set of parameters: readable, and another one for every other set.

    A long value is shortened; then a hash of the whole set makes the name its own.

    >>> slug({"station": "hill", "last_year": 2016})
    'station-hill_last-year-2016'
    >>> slug({"left_out": ["harbour", "hill", "marsh", "meadow"]})
    'left-out-harbour+3-more_4a76d2a6'
    >>> slug({})
    'default'
    """
    parts, exact = [], True
    for name, value in parameters.items():
        items = [written(item) for item in (value if isinstance(value, list) else [value])]
        text = "+".join(items)
        short = text if len(text) <= _LONG else items[0][:_LONG]
        if short != text and len(items) > 1:
            short += f"+{len(items) - 1}-more"
        plain = re.sub(r"[^A-Za-z0-9.+-]", "-", short) if short else "none"
        exact &= plain == text and not any("+" in item for item in items)
        parts.append(f"{name.replace('_', '-')}-{plain}")
    if not exact:
        content = json.dumps(dict(parameters), sort_keys=True)
        parts.append(hashlib.sha256(content.encode()).hexdigest()[:8])
    return "_".join(parts) or "default"


def place(root: Path, run: Run) -> Path:
    """Return the folder of a run."""
    return root / "runs" / run.section / slug(run.parameters)


def others(notebook: Path) -> list[str]:
    """Return the other sections whose values or figures a notebook shows."""
    text = "\n".join(text for _, text in notebooks.prose(notebook))
    return [name for name in notebooks.shown_sections(text) if name != notebook.stem]


def write(page: Page, renderer: Renderer) -> None:
    """Write the folder of a run, in one step.

    Raises SiteError if the page has an error; then what was there stays.
    """
    folder = page.folder
    with scratch.folder(folder) as work:
        _stage(page, work / "source")
        try:
            renderer.render(work / "source", work, page.root / ".cache" / "pictures")
        except SiteError as error:
            raise SiteError(f"the page of {page.run.section}, {folder.name}: {error}") from None
        _finish(page, work / "html", work / "folder")
        outputs.swap(work / "folder", folder)


def _stage(page: Page, source: Path) -> None:
    """Lay out a book of one page, and the list of references if the page cites any."""
    document = json.loads(page.executed.read_text("utf-8"))
    prose = [cell for cell in document["cells"] if cell["cell_type"] == "markdown"]
    values = {name: extract.read(path).values for name, path in page.shown.items()}
    for cell in prose:
        cell["source"] = _self_contained(notebooks.source(cell), values)
    document["cells"][1:1] = _what_changed(page.run, page.changes)
    texts: dict[str, str] = {}
    if any("{cite" in cell["source"] for cell in prose):
        written_pages = [(p.name, p.read_text("utf-8")) for p in (page.root / "book").glob("*.md")]
        texts = {name: text for name, text in written_pages if "{bibliography}" in text}
    single_page.stage(source, "book/index", document, page.root, shown=page.shown, texts=texts)


def _finish(page: Page, built: Path, target: Path) -> None:
    """Make of the rendered book the folder `target`, with what a run leaves beside its page."""
    finish(
        built,
        target,
        folder=page.folder,
        section=page.run.section,
        changes=page.changes,
        root=page.root,
    )
    shutil.copyfile(page.executed, target / f"{page.run.section}.ipynb")
    records = list(extract.read(page.executed).claims.values())
    text = json.dumps(records, ensure_ascii=False, indent=1)
    (target / "claims.json").write_text(f"{text}\n", "utf-8")


def finish(
    built: Path, target: Path, *, folder: Path, section: str, changes: Changes, root: Path
) -> None:
    """Make of a rendered book of one page the folder `target`, with addresses as in `folder`.

    The page is that of `section`, if of any, in the book in `root`; it shows `changes`.
    """
    target.mkdir()
    html = _folded((built / "book" / "index.html").read_text("utf-8"), changes)
    html = relinked(html, section, root / "_build" / "html" / "book", folder)
    if 'data-content_root="./"' not in html:
        raise SiteError("Sphinx no longer writes data-content_root: see run_page.relinked")
    (target / "index.html").write_text(html, "utf-8")
    for path in sorted((built / "downloads").glob("*/*.*")):
        _copy(path, target / _download(path.parent.name, path.name))
    for name in _assets(html, built):
        _copy(built / name, target / name)


def relinked(html: str, section: str, site: Path, folder: Path) -> str:
    """Return the page of a section with its addresses as they are in `folder`.

    `site` is the folder of the book's pages: what leads to one of them leads there if it exists,
    and is plain text otherwise.
    """
    anchors = set(re.findall(r'\bid="([^"]+)"', html))
    elsewhere: dict[Path, set[str]] = {}

    def link(match: re.Match[str]) -> str:
        before, address, after, inner = match.groups()
        path, _, fragment = unescape(address).partition("#")
        if "sidebar-brand" in before + after:
            path, fragment = "index.html", ""
        elif re.match(r"\w+:", path):
            return match[0]
        elif path in ("", "index.html", f"{section}.html"):
            known = not fragment or unquote(fragment) in anchors
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

    >>> _self_contained("[See](claims.ipynb#ledger), {glue:text}`claims.ipynb::many:s` hold.",
    ...                 {"claims": {"many": "12"}})
    '<a href="claims.html#ledger">See</a>, 12 hold.'
    """
    text = _GLUED.sub(lambda m: format(values[m[1]][m[2]], m[3] or ""), text)
    return _LINK.sub(lambda m: f'<a href="{m[2]}.html{m[3] or ""}">{m[1]}</a>', text)


def _what_changed(run: Run, changes: Changes) -> list[dict[str, Any]]:
    """Return the cells that say which run this is, and what changed against the default run."""
    chosen = run.parameters
    if not chosen:
        return []
    named = ", ".join(
        f"`{name}` = {notebooks.literal(written(value))}" for name, value in chosen.items()
    )
    options = " ".join(f"-p {name}={written(value)}" for name, value in chosen.items())
    text = (
        f"## What changed against the default run\n\n"
        f"This run: {named}. Against the default run: {changes.summary}."
    )
    words = {"cell_type": "markdown", "id": "changes-text", "metadata": {}, "source": text}
    return [words, cell(changes, f"# borderbook run {run.section} {options}")]


def cell(changes: Changes, source: str, *names: str) -> dict[str, Any]:
    """Return a cell that shows tables of changes; `names` are what the two states are called."""
    bundles = [table._repr_mimebundle_() for table in diff_tables.tables(changes, *names)]
    outputs = [{"output_type": "display_data", "metadata": {}, "data": data} for data in bundles]
    return {
        "cell_type": "code",
        "id": "changes",
        "metadata": {},
        "execution_count": None,
        "source": source,
        "outputs": outputs,
    }


def _folded(html: str, changes: Changes) -> str:
    """Return the page with each table of changes under its headline, long ones folded away.

    Raises SiteError if one of them is not on the page as the site shows tables.
    """
    for table in diff_tables.tables(changes):
        start = html.find(f'<figure class="exhibit exhibit-table" id="{table.name}">')
        if start < 0:
            raise SiteError(f"the table {table.name} is not on the page of the run as a figure")
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
    assets = dict.fromkeys(re.findall(r'"(_(?:static|images)/[^"?#]+)', html))
    for name in [name for name in assets if name.endswith(".css")]:
        for address in _addresses((built / name).read_text("utf-8")):
            assets[os.path.normpath(f"{Path(name).parent.as_posix()}/{address}")] = None
    return [name for name in assets if (built / name).is_file()]


def _addresses(style: str) -> Sequence[str]:
    return re.findall(r"""url\(["']?(?!data:|#)([^"')?#]+)""", style)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
