"""From executed notebooks to the site: a Sphinx extension for their MIME bundles."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData
from myst_nb.ext.glue.domain import NbGlueDomain
from pybtex.plugin import register_plugin
from pybtex.style.formatting import unsrt
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from borderbook import book, mime, notebooks
from borderbook.figures import downloads, plain, tables
from borderbook.figures.citations import Citation
from borderbook.parameters import model
from borderbook.site import (
    assets,
    content_security,
    figure_html,
    formulas,
    glossary,
    page_context,
    robustness,
    search_text,
    social_cards,
    unshown,
    value_links,
    vega,
)
from borderbook.site.interchange import archive, linked_data, nanopublications, reports, terms

_EXHIBITS = (*mime.CHARTS, mime.TABLE)
_SCHEMA = Path(__file__).parent / "static" / "claims.schema.json"
"""What the fields of a claim's record are; those required are the columns of claims.csv."""
_OF_THE_BOOK = ("version", "date", "digest", "arguments")
_NESTED = ("inputs", "parameters")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension: exhibits, folded code, formulas as MathML, our style."""
    NbGlueDomain.roles = NbGlueDomain.roles | value_links.ROLES
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_block_formula, None))
    app.add_directive("exhibit", Exhibit)
    for node, visitors in (NODES | glossary.NODES | page_context.NODES).items():
        app.add_node(node, override=True, html=visitors)
    app.add_config_value("comments_config", {}, "env")  # Jupyter Book sets it in any case
    app.add_config_value("pictures", "", "")  # a folder that keeps drawn charts
    for name, default in page_context.SETTINGS.items():
        app.add_config_value(name, default, "html")
    app.add_css_file(assets.PALETTE)
    app.add_css_file("borderbook.css")
    app.add_css_file("print.css", media="print", priority=900)
    for event, *how in (
        *EVENTS,
        *archive.EVENTS,
        *linked_data.EVENTS,
        *reports.EVENTS,
        *assets.EVENTS,
        *social_cards.EVENTS,
        *page_context.EVENTS,
        *glossary.EVENTS,
        *vega.EVENTS,
        *content_security.EVENTS,
        *search_text.EVENTS,
        *value_links.EVENTS,
        *robustness.EVENTS,
        *unshown.EVENTS,
    ):
        app.connect(event, *how)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


class BundleRenderer:
    """Renders tables, charts and claims from their MIME bundles; see MyST-NB's mime renderers."""

    mime_priority_overrides: ClassVar[list[tuple[str, str, int | None]]] = [
        *(("*", kind, number) for number, kind in enumerate(_EXHIBITS, start=1)),
        ("*", mime.CLAIM, None),
    ]

    @staticmethod
    def handle_mime(renderer: Any, data: MimeData, inline: bool) -> list[nodes.Node] | None:
        """Return the nodes of a bundle of ours; None leaves it to MyST-NB."""
        if data.mime_type == mime.CLAIM:
            return []
        if data.mime_type not in _EXHIBITS or inline:
            return None
        env = renderer.renderer.sphinx_env
        page = env.docname
        cells, index = notebooks.cells(Path(env.doc2path(page))), data.cell_index or 0
        content = plain.exhibit(cells, index, data.content)
        return _exhibit(content, env, page, cells[index]["id"])


class Exhibit(SphinxDirective):
    """`{exhibit} notebook::name` shows a table or chart of another page of the book."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the exhibit; an error if the notebook has none of that name."""
        file, _, name = self.arguments[0].partition("::")
        _, path = self.env.relfn2path(file)
        self.env.note_dependency(path)
        cells = notebooks.cells(Path(path))
        for index, cell in enumerate(cells):
            for content in plain.exhibits(cells, index):
                if downloads.name(content) == name:
                    page = self.env.path2doc(path) or self.env.docname
                    return _exhibit(content, self.env, page, cell["id"])
        raise self.error(f"{file} has no table or chart named {name!r}")


class Cited(nodes.General, nodes.Element):  # type: ignore[misc]
    """The place of an exhibit's citation: the `name` and `title` of the exhibit, and its `page`."""


class TextOrder(BaseSortingStyle):  # type: ignore[misc]
    """The order of the text's own list: the field `refnumber`."""

    def sorting_key(self, entry: Any) -> int:
        """Return the number of the text."""
        return int(entry.fields["refnumber"])


class TextNumbers(BaseLabelStyle):  # type: ignore[misc]
    """The numbers of the text's own list: the field `refnumber`."""

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """Return the numbers of the text."""
        return (str(entry.fields["refnumber"]) for entry in sorted_entries)


class PaperStyle(unsrt.Style):  # type: ignore[misc]
    """References in the order and with the numbers of the text.

    A style takes both from styles of their own: methods of its class would never be called.
    """

    default_sorting_style = TextOrder
    default_label_style = TextNumbers


register_plugin("pybtex.style.formatting", "paper", PaperStyle)


def _exhibit(
    content: Mapping[str, Any], env: BuildEnvironment, page: str, cell: str
) -> list[nodes.Node]:
    """Return a table or chart as nodes, and write its files into the site's downloads."""
    section, cache_dir = page.rpartition("/")[2], social_cards.pictures(env.app)
    offered = downloads.write(content, Path(env.app.outdir) / "downloads" / section, cache_dir)
    before, after = figure_html.html(content, offered, section, cell, cache_dir)
    cited = Cited(page=page, name=downloads.name(content), title=downloads.title(content))
    return [_raw(before), cited, _raw(after)]


def _cite(translator: Any, node: Cited) -> None:
    """Write the citation of an exhibit into its page and into the downloads.

    This is done whenever the page is written, for it tells the state of all figures.
    """
    page, name = node["page"], node["name"]
    config, section = translator.builder.config, page.rpartition("/")[2]
    edition = config.edition["pages"].get(page, config.edition["book"])
    place, book = archive.edition(config), archive.address(config)
    citation = Citation(
        key="-".join(("borderbook", *place.split("/")[1:-1], section, name)),
        title=node["title"],
        book=config.html_title,
        makers=config.author,
        version=config.edition["version"],
        date=config.edition["date"],
        digest=config.edition["digest"],
        edition="" if edition == model.in_words({}) else edition,
        address=f"{book}{page}.html#{name}" if book else "",
    )
    downloads.write_citation(
        citation, Path(translator.builder.outdir) / "downloads" / section / name
    )
    translator.body.append(f'<p class="cite">{escape(citation.text)}</p>')
    raise nodes.SkipNode


def _publish(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Publish the ledger with the page that shows it, whenever that is written."""
    path = Path(app.env.doc2path(page)) if page in app.env.found_docs else Path(page)
    if path.suffix == ".ipynb":
        for _cell, bundle in notebooks.bundles(path):
            if bundle.get(mime.CLAIM, {}).get("name") == "claims":
                _write_ledger(app, bundle[mime.CLAIM]["data"])


def _write_ledger(app: Sphinx, ledger: Sequence[Mapping[str, Any]]) -> None:
    """Write the ledger into the root of the site: JSON with its schema, CSV, nanopublications.

    Each record has how firm its verdict is, where the book tries that.
    """
    folder, firm, config = Path(app.outdir), robustness.rows(app), app.config
    records = [
        {**record, "robustness": robustness.words(firm[record["id"]])}
        if record["id"] in firm
        else record
        for record in ledger
    ]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_SCHEMA, folder / _SCHEMA.name)
    text = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
    (folder / "claims.json").write_text(text + "\n", "utf-8")
    rows = [
        [
            json.dumps(record[name], ensure_ascii=False) if name in _NESTED else record[name]
            for name in _columns()
        ]
        for record in ledger
    ]
    facts = {"makers": config.author, "licence": terms.of_code().get("path", "")}
    facts |= {name: config.edition[name] for name in _OF_THE_BOOK}
    trig = nanopublications.trig(ledger, archive.address(config), facts)
    (folder / "claims.trig").write_text(trig, "utf-8")
    (folder / "claims.csv").write_text(tables.csv_text([_columns(), *rows]), "utf-8")


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


@cache
def _columns() -> list[str]:
    """Return the columns of claims.csv: all that a record must have but for its readings."""
    required = json.loads(_SCHEMA.read_text("utf-8"))["items"]["required"]
    return [name for name in required if name != "readings"]


def _configure(app: Sphinx, config: Any) -> None:
    """Set what every rendering of this book needs, so that _config.yml stays short."""
    if numbering := app.extensions.get("sphinx_multitoc_numbering"):
        numbering.parallel_read_safe = True  # Jupyter Book adds it; it numbers what was read
    config.html_static_path.append(str(Path(__file__).parent / "static"))
    config.html_math_renderer_name = "mathml"
    config.copyright = f"{config.copyright} {config.author}"


def _add_filters(app: Sphinx) -> None:
    environment = getattr(getattr(app.builder, "templates", None), "environment", None)
    if environment is not None:  # a builder without pages has none
        environment.filters |= content_security.FILTERS | page_context.FILTERS


def _take_back(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    """Remove the files of a page that is read anew or gone: it may not write them again."""
    shutil.rmtree(Path(app.outdir) / "downloads" / page.rpartition("/")[2], ignore_errors=True)


def _follow(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages to write again because others changed.

    Every page shows the titles of all, and of each the headings beside its first one; the list of
    references shows what all of them cite.
    """
    titles = {page: [title.astext(), *_heads(env, page)] for page, title in env.titles.items()}
    known, env.titles_shown = getattr(env, "titles_shown", None), titles  # type: ignore[attr-defined]
    if titles != known:
        return list(env.found_docs)
    cited: Any = env.domains.get("cite")  # a book without references has none
    return [key.docname for key in cited.bibliographies] if cited else []


def _heads(env: BuildEnvironment, page: str) -> list[tuple[str, str]]:
    """Return the headings of the first level of a page: text and anchor."""
    entries = (item for item in env.tocs[page].children if isinstance(item, nodes.list_item))
    references = (ref for item in entries for ref in item.children[0].findall(nodes.reference))
    return [(ref.astext(), ref["anchorname"]) for ref in references]


def _fold_code(app: Sphinx, doctree: nodes.document) -> None:
    """Fold the code of each cell away, below what it shows; each has an anchor."""
    if not app.env.docname or not str(app.env.doc2path(app.env.docname)).endswith(".ipynb"):
        return
    path = Path(app.env.doc2path(app.env.docname))
    cells = notebooks.cells(path)
    for cell in list(doctree.findall(_is_code_cell)):
        parts = {child["nb_element"]: child for child in cell.children if "nb_element" in child}
        code, output = parts.get("cell_code_source"), parts.get("cell_code_output")
        cell_id = cells[cell["cell_index"]]["id"]
        name = escape(cell_id)
        title = f"Code: {name.replace('-', ' ')}"
        head = (
            f'<details class="code"><summary>{title}</summary><div id="code-{name}">'
            f"{_rows_used(value_links.used(path, cell_id))}"
        )
        folded = [_raw(head), code, _raw("</div></details>")] if code is not None else []
        cell.children = []
        if output is None:
            cell["classes"].append("silent")
        cell.extend([*([output] if output is not None else []), *folded])


def _rows_used(names: Iterable[str]) -> str:
    """Return links to the resources that a cell names as used; names alone without a dictionary."""
    page = book.setting("pages", {}).get("data")
    links = " ".join(
        f'<a href="{page}.html#{name}">{name}</a>' if page else f"<code>{name}</code>"
        for name in map(escape, names)
    )
    return f'<p class="used">Rows used: {links}</p>' if links else ""


def _is_code_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _inline_formula(translator: Any, node: nodes.math) -> None:
    translator.body.append(_formula(node))
    raise nodes.SkipNode


def _block_formula(translator: Any, node: nodes.math_block) -> None:
    formula = _formula(node, "block")
    translator.body.append(
        f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{formula}</div>'
    )
    raise nodes.SkipNode


def _formula(node: nodes.Element, display: str = "inline") -> str:
    """Return a formula as MathML; as TeX where it cannot be, of which the build was told."""
    try:
        return formulas.mathml(node.astext(), display)
    except formulas.FormulaError:
        return escape(node.astext())


EVENTS = (
    ("config-inited", _configure),
    ("builder-inited", _add_filters),
    ("env-purge-doc", _take_back),
    ("env-updated", _follow),
    ("doctree-read", _fold_code),
    ("html-page-context", _publish),
)
NODES = {Cited: (_cite, None)}
