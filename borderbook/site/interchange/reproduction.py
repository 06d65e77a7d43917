"""What makes the archive a reproduction package: README, list of exhibits, and what machines read.

The README follows the template of the Social Science Data Editors, `codecheck.yml` version 2.0 of
CODECHECK's configuration, `ro-crate-metadata.json` RO-Crate 1.1. Nothing is stated that the book
does not know: who wrote the work, and what it is called, stand in the descriptor or nowhere.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, FileSystemLoader

from borderbook import book, notebooks
from borderbook.datapackage import descriptor
from borderbook.figures import downloads, plain
from borderbook.site.interchange import terms

README, LIST, CODECHECK, CRATE = (
    *("README.md", "exhibits.csv", "codecheck.yml", "ro-crate-metadata.json"),
)
_SPECIFICATION = "https://codecheck.org.uk/spec/config/2.0/"
_REQUIRED = re.compile(r"(?m)^([A-Za-z][\w.-]*)")
_TYPES = {".ipynb": "application/x-ipynb+json", ".md": "text/markdown", ".yml": "text/yaml"}


class Exhibit(NamedTuple):
    """A table, a chart or a number in the text: the cell that shows it, and what it shows.

    `result` is the SHA-256 of `file`, of a number in the text the text itself.
    """

    section: str
    kind: str
    name: str
    title: str
    notebook: str
    cell: str
    file: str
    result: str


def exhibits(executed: Iterable[Path], site: Path) -> list[Exhibit]:
    """Return what executed notebooks show, in their order, each as the site's downloads have it."""
    return [each for path in executed for each in _of_notebook(path, site)]


def _of_notebook(path: Path, site: Path) -> Iterator[Exhibit]:
    section, place = path.stem, f"book/{path.name}"
    cells = notebooks.cells(path)
    for index, cell in enumerate(cells):
        for content in plain.exhibits(cells, index):
            kind, ending = ("chart", ".vl.json") if "usermeta" in content else ("table", ".csv")
            name = downloads.name(content)
            file = f"downloads/{section}/{name}{ending}"
            result = hashlib.sha256((site / file).read_bytes()).hexdigest()
            title = downloads.title(content)
            yield Exhibit(section, kind, name, title, place, str(cell["id"]), file, result)
    for name, by_cell in notebooks.values(path).items():
        if name != notebooks.USED:
            cell_id, value = list(by_cell.items())[-1]
            yield Exhibit(section, "number in the text", name, "", place, cell_id, "", str(value))


def listed(rows: Sequence[Exhibit]) -> str:
    """Return the list of exhibits as CSV: the same results make the same text.

    >>> listed([Exhibit("loaves", "number in the text", "rye", "", "book/loaves.ipynb", "c", "",
    ...                 "91.5")]).splitlines()[1]
    'loaves,number in the text,rye,,book/loaves.ipynb,c,,91.5'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([Exhibit._fields, *rows])
    return text.getvalue()


def readme(
    rows: Sequence[Exhibit],
    figures: Path,
    ledger: Mapping[str, str],
    facts: Mapping[str, str],
) -> str:
    """Return the README: `facts` are those of `archive.write`, `ledger` its files with meanings."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["cell"] = _cell
    root = book.root()
    resources = descriptor.whole(figures)["resources"]
    content = book.setting("content", [])
    return templates.get_template(README).render(
        **facts,
        work=book.work(),
        described=descriptor.work(figures),
        exhibits=[each for each in rows if each.file],
        values=sum(not each.file for each in rows),
        kinds=downloads.KINDS,
        ledger=ledger,
        resources=resources,
        provenances=_provenances(resources),
        machine=book.setting("reproduction", {}),
        times=book.setting("run-times", {}),
        locked=(root / "requirements.txt").is_file(),
        packages=_packages(root),
        whole=(root / book.ENGINE.name).is_dir(),
        content=[content] if isinstance(content, str) else content,
        licence=terms.of_code(),
        has_licence=(root / "LICENSE").is_file(),
        indices=sorted(set(terms.of_documents(resources, figures).values())),
    )


def _cell(text: object) -> str:
    """Return text for a cell of a table in Markdown."""
    return " ".join(str(text).split()).replace("|", r"\|")


def _provenances(resources: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each source once, with the resources read from it."""
    by_title: dict[str, dict[str, Any]] = {}
    for resource in resources:
        for source in resource["sources"]:
            one = by_title.setdefault(source["title"], {**source, "resources": []})
            one["resources"].append(resource)
    return list(by_title.values())


def _packages(root: Path) -> dict[str, str]:
    """Return the packages that the book asks for, with the versions of its lock."""
    if not (root / "requirements.txt").is_file() or not (root / "requirements.in").is_file():
        return {}
    lock = (root / "requirements.txt").read_text("utf-8")
    versions = dict(re.findall(r"(?m)^([\w.-]+)==([\w.+-]+)", lock))
    wanted = _REQUIRED.findall((root / "requirements.in").read_text("utf-8"))
    return {name: versions[name] for name in sorted(wanted) if name in versions}


def codecheck(rows: Sequence[Exhibit], figures: Path) -> str:
    """Return `codecheck.yml`: what can be checked, and of the work what the descriptor knows.

    Who checked it, the certificate and its report are for the codechecker to add.
    """
    known = descriptor.work(figures)
    paper = {
        "title": known.get("title"),
        "authors": [
            {key: value for key, value in (("name", each["name"]), ("ORCID", each.get("orcid")))
             if value}
            for each in known.get("authors", [])
        ],
        "reference": known.get("url"),
    }  # fmt: skip
    document: dict[str, Any] = {
        "version": _SPECIFICATION,
        "paper": {key: value for key, value in paper.items() if value},
        "repository": descriptor.repository(figures),
        "manifest": [
            {"file": each.file, "comment": f"{each.title} ({each.notebook}, cell {each.cell})"}
            for each in rows
            if each.file
        ],
    }
    stated = {key: value for key, value in document.items() if value}
    return yaml.safe_dump(stated, explicit_start=True, sort_keys=False, allow_unicode=True)


def crate(
    packed: Mapping[str, bytes | Path],
    titles: Mapping[str, str],
    figures: Path,
    facts: Mapping[str, str],
) -> str:
    """Return `ro-crate-metadata.json` of the files `packed`; `titles` are those of some of them."""
    described = descriptor.whole(figures)["resources"]
    resources = {f"data/{each['path']}": each for each in described}
    indices = terms.of_documents(described, figures)
    code = [_of_terms(stated)] if (stated := terms.of_code()) else []
    licences, files = [*code], []
    for name, content in sorted(packed.items()):
        resource, index = resources.get(name), indices.get(name.removeprefix("data/"))
        file: dict[str, Any] = {
            "@id": name,
            "@type": "File",
            "name": resource["title"] if resource else titles.get(name, name.rpartition("/")[2]),
            "encodingFormat": _type(name),
            "contentSize": str(_size(content)),
        }
        under = code if name.endswith(".py") else []
        if resource:
            file["description"] = str(resource.get("description") or resource["title"])
            under = [_of_terms(each) for each in resource["licenses"]]
        elif index:
            under = [_of_terms({"name": f"as stated for each file in data/{index}"})]
        if under:
            file["license"] = [{"@id": each["@id"]} for each in under]
        licences += under
        files.append(file)
    maker = {"@id": "#maker", "@type": "Organization", "name": facts["makers"]}
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{facts['book']}: reproduction package",
        "description": f"Code, figures and results of the executable edition of {book.work()}: "
        f"{facts['edition']}; figures of {facts['date']}, digest {facts['digest']}.",
        "datePublished": facts["date"],
        "version": facts["version"],
        "license": {"@id": "#terms"},
        "creator": {"@id": "#maker"},
        "publisher": {"@id": "#maker"},
        "hasPart": [{"@id": each["@id"]} for each in files],
    }
    mixed = {
        "@id": "#terms",
        "@type": "CreativeWork",
        "name": "Terms by file",
        "description": "Each file is under the terms that are named with it, as far as they are "
        f"known; see {README}.",
    }
    about = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    known = {each["@id"]: each for each in licences}
    graph = [about, root, maker, mixed, *known.values(), *files]
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _of_terms(licence: Mapping[str, Any]) -> dict[str, Any]:
    """Return a licence of a descriptor as a crate has it."""
    title = str(licence.get("title", licence["name"]))
    slug = re.sub(r"\W+", "-", title.lower()).strip("-")
    address = str(licence.get("path") or f"#terms-{slug}")
    return {"@id": address, "@type": "CreativeWork", "name": title, "description": title}


def _type(name: str) -> str:
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(f"x{suffix}")[0] or "text/plain"


def _size(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size
