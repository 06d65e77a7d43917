"""From executed notebooks to the site: a Sphinx extension for their MIME bundles, and the build."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar

import vl_convert
import yaml
from docutils import nodes
from latex2mathml.converter import convert as mathml
from myst_nb.core.render import MimeData
from pybtex.plugin import register_plugin
from pybtex.style.formatting import unsrt
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from helpers import tables, tracing

VEGALITE = "application/vnd.vegalite.v6+json"
_LABORATORY = "application/vnd.vegalite.v5+json"
_CLAIM = "application/vnd.borderbook.claim+json"
_VEGALITE_VERSION = "6.4"
_CSV = (
    *("id", "section", "paragraph", "statement", "kind", "printed", "computed", "unit"),
    *("verdict", "reason", "inputs", "page", "parameters", "in_paper", "asked_of"),
    *("depends_on_reading", "checked_against"),
)
"""The columns of claims.csv; inputs and parameters hold JSON."""
_EPOCH = "1767225600"
# What Sphinx writes where it would write the time of the build: the same in every build.


class SiteError(RuntimeError):
    """The site could not be rendered; the message ends with what Jupyter Book said."""


def render(root: Path, executed: Mapping[str, Path], output: Path) -> bool:
    """Render the book with the executed notebooks into `output`; return whether anything changed.

    The new site takes the old one's place in one step, and only if no page has a fault. Raises
    SiteError otherwise, and the old site stays.
    """
    work = output.parent / ".rendering"
    source = work / "source"
    shutil.rmtree(work, ignore_errors=True)
    _stage(root, executed, source)
    state = _state(root, source)
    marker = root / ".cache" / "sites" / hashlib.sha256(str(output.resolve()).encode()).hexdigest()
    if marker.exists() and marker.read_text("utf-8") == state and (output / "index.html").exists():
        shutil.rmtree(work)
        return False
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(source)]
    done = subprocess.run(
        [*command, "--path-output", str(work), "--warningiserror", "--keep-going", "--quiet"],
        env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    fresh = work / "_build" / "html"
    if done.returncode or not (fresh / "index.html").exists():
        raise SiteError(f"Jupyter Book did not render the site:\n{_tail(done.stdout, done.stderr)}")
    old = work / "old"
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists():
        output.rename(old)
    fresh.rename(output)
    shutil.rmtree(work)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text(state, "utf-8")
    return True


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension: exhibits, folded code, formulas as MathML, our style."""
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_block_formula, None))
    app.add_directive("exhibit", Exhibit)
    app.connect("config-inited", _configure)
    app.connect("doctree-read", _fold_code)
    app.connect("html-page-context", _own_scripts_only)
    app.add_config_value("comments_config", {}, "env")  # Jupyter Book sets it in any case
    app.add_css_file("borderbook.css")
    app.setup_extension("helpers.frame")
    app.setup_extension("helpers.tracing")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


class BundleRenderer:
    """Renders tables, charts and claims from their MIME bundles; see MyST-NB's mime renderers."""

    mime_priority_overrides: ClassVar[list[tuple[str, str, int | None]]] = [
        ("*", VEGALITE, 1),
        ("*", tables.RESOURCE, 2),
        ("*", _LABORATORY, None),
        ("*", _CLAIM, None),
    ]

    @staticmethod
    def handle_mime(renderer: Any, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Return the nodes of a bundle of ours; None leaves it to MyST-NB."""
        if data.mime_type == _CLAIM:
            _publish(data.content, Path(renderer.renderer.sphinx_env.app.outdir))
            return []
        if data.mime_type == _LABORATORY:
            return []
        if data.mime_type not in (VEGALITE, tables.RESOURCE) or inline:
            return None
        env = renderer.renderer.sphinx_env
        page = env.docname
        cell = _cell_ids(env.doc2path(page))[data.cell_index or 0]
        content: Any = data.content
        return [_raw(_exhibit(content, data.mime_type, Path(env.app.outdir), page, cell))]


class Exhibit(SphinxDirective):
    """`{exhibit} notebook::name` shows a table or chart of another page of the book."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the exhibit; an error if the notebook has none of that name."""
        file, _, name = self.arguments[0].partition("::")
        _, path = self.env.relfn2path(file)
        self.env.note_dependency(path)
        for cell in json.loads(Path(path).read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                for mime, content in output.get("data", {}).items():
                    if mime in (VEGALITE, tables.RESOURCE) and _name(content) == name:
                        page = self.env.path2doc(path) or self.env.docname
                        folder = Path(self.env.app.outdir)
                        return [_raw(_exhibit(content, mime, folder, page, cell["id"]))]
        raise self.error(f"{file} has no table or chart named {name!r}")


class PaperStyle(unsrt.Style):  # type: ignore[misc]
    """References in the order and with the numbers of the paper: the field `refnumber`."""

    def sort(self, entries: Iterable[Any]) -> list[Any]:
        """Return the entries in the paper's order."""
        return sorted(entries, key=lambda entry: int(entry.fields["refnumber"]))

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """Return the paper's numbers."""
        return (str(entry.fields["refnumber"]) for entry in sorted_entries)


register_plugin("pybtex.style.formatting", "paper", PaperStyle)


def svg(spec: Mapping[str, Any], *, narrow: bool = False, bare: bool = False) -> str:
    """Return a chart as SVG: as it is, or for a narrow screen; `bare` leaves its title out."""
    document = {key: value for key, value in spec.items() if not (bare and key == "title")}
    if narrow:
        document = merged(document, spec["usermeta"]["narrow"])
    drawn: str = vl_convert.vegalite_to_svg(document, vl_version=_VEGALITE_VERSION)
    drawn = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", drawn)  # the figure says what it is
    variant = f"{spec['usermeta']['name']}-{'narrow' if narrow else 'wide'}"
    found = dict.fromkeys(re.findall(r"clip\d+", drawn))  # numbered across the whole process
    clips = {name: f"clip{number}" for number, name in enumerate(found)}
    drawn = re.sub(r"clip\d+", lambda clip: clips[clip[0]], drawn)
    drawn = re.sub(r' d="[^"]+"', lambda path: re.sub(r"(\.\d)\d+", r"\1", path[0]), drawn)
    drawn = re.sub(r'id="([a-z]+\d+)"', rf'id="{variant}-\1"', drawn)
    return re.sub(r"url\(#([a-z]+\d+)\)", rf"url(#{variant}-\1)", drawn)


def merged(document: Any, patch: Any) -> Any:
    """Return `document` with a JSON merge patch (RFC 7396) applied; both stay as they are.

    >>> merged({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": None, "e": 4}})
    {'a': 1, 'b': {'d': 3, 'e': 4}}
    """
    if not isinstance(patch, Mapping):
        return patch
    result = dict(document) if isinstance(document, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _exhibit(content: Mapping[str, Any], mime: str, folder: Path, page: str, cell: str) -> str:
    """Return a table or chart as HTML, and write its files into the site's downloads."""
    name = _name(content)
    section = page.rpartition("/")[2]
    target = folder / "downloads" / section
    target.mkdir(parents=True, exist_ok=True)
    address = f"../downloads/{section}/{name}"
    code = f'<a href="{section}.html#code-{cell}">How it was computed</a>'
    if mime == tables.RESOURCE:
        (target / f"{name}.csv").write_text(tables.to_csv(content), "utf-8")
        take = f'<p class="take"><a href="{address}.csv" download>Data (CSV)</a> {code}</p>'
        return tables.html(content).replace("</figure>", f"{take}</figure>")
    (target / f"{name}.svg").write_text(svg(content), "utf-8")
    (target / f"{name}.vl.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    meta = content["usermeta"]
    described = escape(meta["description"])
    drawings = "".join(
        f'<div class="drawing {kind}" role="img" aria-label="{escape(meta["title"])}" '
        f'aria-describedby="{name}-words">{svg(content, narrow=kind == "narrow", bare=True)}</div>'
        for kind in ("wide", "narrow")
    )
    return (
        f'<figure class="exhibit exhibit-chart" id="{name}"><figcaption>'
        f'<span class="headline">{escape(meta["title"])}</span>'
        f'<span class="subtitle">{escape(meta["subtitle"])}</span></figcaption>{drawings}'
        f'<details class="words"><summary>This picture in words and numbers</summary>'
        f'<p id="{name}-words">{described}</p></details>'
        f"{tables.foot(meta['notes'], meta['sources'])}"
        f'<p class="take"><a href="{address}.svg" download>Picture (SVG)</a> '
        f'<a href="{address}.vl.json" download>Data and drawing (Vega-Lite)</a> {code}</p></figure>'
    )


def _publish(content: Any, folder: Path) -> None:
    """Write the ledger's records into the root of the site: JSON with its schema, and CSV."""
    if content["name"] != "claims":
        return
    folder.mkdir(parents=True, exist_ok=True)
    schema = Path(__file__).parent / "static" / "claims.schema.json"
    shutil.copyfile(schema, folder / schema.name)
    text = json.dumps(content["data"], ensure_ascii=False, indent=1)
    (folder / "claims.json").write_text(text + "\n", "utf-8")
    stream = io.StringIO()
    writer = csv.DictWriter(stream, _CSV, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for record in content["data"]:
        nested = {
            key: json.dumps(record[key], ensure_ascii=False) for key in ("inputs", "parameters")
        }
        writer.writerow(record | nested)
    (folder / "claims.csv").write_text(stream.getvalue(), "utf-8")


def _name(content: Mapping[str, Any]) -> str:
    return str(content["usermeta"]["name"] if "usermeta" in content else content["name"])


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


@lru_cache(maxsize=64)
def _cell_ids(path: str) -> list[str]:
    """Return the ids of a notebook's cells, in order."""
    return [cell["id"] for cell in json.loads(Path(path).read_text("utf-8"))["cells"]]


def _configure(app: Sphinx, config: Any) -> None:
    """Set what every rendering of this book needs, so that _config.yml stays short."""
    config.html_static_path.append(str(Path(__file__).parent / "static"))
    config.html_math_renderer_name = "mathml"
    config.copyright = f"{config.copyright} {config.author}"


def _fold_code(app: Sphinx, doctree: nodes.document) -> None:
    """Fold the code of each cell away, below what it shows; each has an anchor."""
    if not app.env.docname or not str(app.env.doc2path(app.env.docname)).endswith(".ipynb"):
        return
    path = str(app.env.doc2path(app.env.docname))
    ids = _cell_ids(path)
    for cell in list(doctree.findall(_is_code_cell)):
        parts = {child["nb_element"]: child for child in cell.children if "nb_element" in child}
        code, output = parts.get("cell_code_source"), parts.get("cell_code_output")
        name = ids[cell["cell_index"]]
        title = f"Code: {name.replace('-', ' ')}"
        head = (
            f'<details class="code"><summary>{title}</summary><div id="code-{name}">'
            f"{_figures(tracing.used(path, name))}"
        )
        folded = [_raw(head), code, _raw("</div></details>")] if code is not None else []
        cell.children = []
        if output is None:
            cell["classes"].append("silent")
        cell.extend([*([output] if output is not None else []), *folded])


def _figures(names: Iterable[str]) -> str:
    """Return links to the resources that a cell says it used."""
    links = " ".join(f'<a href="data.html#{name}">{name}</a>' for name in names)
    return f'<p class="used">Rows used: {links}</p>' if links else ""


def _is_code_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _own_scripts_only(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Keep scripts and styles of this site only: nothing is asked of another host."""
    if "data-filters" in context.get("body", ""):
        app.add_js_file("choose.js", defer="defer")
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context[kind] if "://" not in str(file)]


def _inline_formula(translator: Any, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block_formula(translator: Any, node: nodes.math_block) -> None:
    formula = mathml(node.astext(), display="block")
    translator.body.append(
        f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{formula}</div>'
    )
    raise nodes.SkipNode


def _stage(root: Path, executed: Mapping[str, Path], source: Path) -> None:
    """Lay out what Jupyter Book reads: its settings, the pages, the executed notebooks."""
    (source / "book").mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(root / name, source / name)
    for path in (root / "book").iterdir():
        if path.suffix in (".md", ".bib", ".png", ".svg"):
            shutil.copyfile(path, source / "book" / path.name)
    for section, path in executed.items():
        shutil.copyfile(path, source / "book" / f"{section}.ipynb")
    listed = yaml.safe_load((source / "_toc.yml").read_text("utf-8"))
    for page in re.findall(r"'(?:file|root)': '([^']+)'", str(listed)):
        if not any((source / f"{page}{kind}").exists() for kind in (".md", ".ipynb")):
            raise SiteError(f"_toc.yml names {page}, but there is no such page")


def _state(root: Path, source: Path) -> str:
    """Return a digest of all that the rendered site depends on."""
    digest = hashlib.sha256()
    own = [root / "requirements.txt", *sorted((root / "helpers").rglob("*.*"))]
    for path in [*own, *sorted(source.rglob("*.*"))]:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _tail(*outputs: str) -> str:
    lines = [line for text in outputs for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "WARNING" in line or "ERROR" in line or "rror:" in line]
    return "\n".join([*dict.fromkeys(telling), *lines[-5:]])
