"""What a reader takes away of a table or chart: its files, under `downloads/<section>/`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from borderbook import inputs
from borderbook.errors import UserError
from borderbook.figures import chart_data, images, tables
from borderbook.figures.citations import Citation

KINDS = {
    ".csv": "Data (CSV)",
    ".json": "Data (JSON)",
    ".svg": "Picture (SVG)",
    ".png": "Picture (PNG)",
    ".vl.json": "Drawing (Vega-Lite)",
    ".bib": "Citation (BibTeX)",
    ".txt": "Citation (text)",
}
"""What a file is, by how its name ends, in the order in which a reader is offered it."""
CITED = (".bib", ".txt")
"""Endings of the files that `write_citation` writes, for every table and chart."""

_OF_A_FIELD = ("name", "title", "type", "unit", "group", "role")


class FigureNameError(UserError, ValueError):
    """A table or chart whose name cannot be that of its files."""


def name(content: Mapping[str, Any]) -> str:
    """Return the name of a table resource or of a Vega-Lite spec, which its files have too.

    Raises FigureNameError for one that would be another folder's, or no name on some system.
    """
    named = str(content.get("usermeta", content)["name"])
    if not inputs.is_name(named):
        raise FigureNameError(
            f"a table or chart is named {named!r}: a name has letters, digits, hyphens and "
            "underscores; give its cell another id, or the figure another name"
        )
    return named


def title(content: Mapping[str, Any]) -> str:
    """Return the title of a table resource or of a Vega-Lite spec."""
    return str(content.get("usermeta", content)["title"])


def write(content: Mapping[str, Any], folder: Path, cache_dir: Path | None) -> list[str]:
    """Write data and pictures of a table resource or Vega-Lite spec; return the files' endings.

    `cache_dir` holds the pictures drawn before, see `images`.
    """
    made: dict[str, bytes] = {}
    resource: Mapping[str, Any] | None = content
    if "usermeta" in content:
        resource = chart_data.resource(content)
        made[".svg"] = images.svg(content, cache_dir=cache_dir).encode()
        made[".png"] = images.png(content, cache_dir=cache_dir)
        made[".vl.json"] = _json(content)
    if resource:
        made[".csv"] = tables.to_csv(resource).encode()
        made[".json"] = _json(document(resource))
    folder.mkdir(parents=True, exist_ok=True)
    for ending, data in made.items():
        (folder / f"{name(content)}{ending}").write_bytes(data)
    return [ending for ending in KINDS if ending in made]


def write_citation(citation: Citation, stem: Path) -> None:
    """Write a citation as BibTeX and as text; `stem` is the path of both without an ending."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    for ending, text in zip(CITED, (citation.bibtex, f"{citation.text}\n"), strict=True):
        stem.with_name(stem.name + ending).write_text(text, "utf-8")


def document(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table resource as a Frictionless data resource: rows, schema, notes, sources.

    What serves the page only (links, anchors, digits) is left out.
    """
    fields = [
        {key: field[key] for key in _OF_A_FIELD if field.get(key)}
        for field in resource["schema"]["fields"]
    ]
    names = [field["name"] for field in fields]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
        "name": resource["name"],
        "type": "table",
        **{key: resource[key] for key in ("title", "description", "notes", "sources")},
        "schema": {"fields": fields},
        "data": [{name: row[name] for name in names} for row in resource["data"]],
    }


def _json(content: Any) -> bytes:
    return f"{json.dumps(content, ensure_ascii=False, separators=(',', ':'))}\n".encode()
