"""What a data package holds, for readers: resources, fields, sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources as data
from borderbook.figures.tables import Column, Table


def facts() -> dict[str, str]:
    """Return inline values on the data package, name -> text."""
    resources = [data.descriptor(name) for name in data.names()]
    tables = [r for r in resources if "schema" in r]
    return {
        "resources": formatting.count(len(resources)),
        "fields": str(sum(len(r["schema"]["fields"]) for r in tables)),
        "rows": formatting.number(sum(len(data.load(r["name"])) for r in tables)),
        "sources": formatting.count(len(data.load("sources"))),
        "digest": data.digest(),
        "created": str(data.package()["created"])[:10],
    }


def resources() -> Table:
    """Return every resource of the data package with its size and licence."""
    rows = pd.DataFrame(
        [
            {
                "title": described["title"],
                "address": f"#{described['name']}",
                "file": described["path"],
                "rows": len(data.load(described["name"])) if "schema" in described else None,
                "licence": described["licenses"][0].get("title", described["licenses"][0]["name"]),
            }
            for described in map(data.descriptor, data.names())
        ]
    )
    return Table(
        "resources",
        "Every figure of the book comes from these files",
        rows,
        [
            Column("title", "Resource", link="address"),
            Column("file", "File in data/"),
            Column("rows", "Rows", digits=0),
            Column("licence", "Terms"),
        ],
        "Resources of the data package",
    )


def sources() -> Table:
    """Return the registry of sources with where each was read."""
    rows = data.load("sources")
    checked = rows["checked_against_original"].eq("yes").sum()
    return Table(
        "sources-registry",
        f"{formatting.count(int(checked)).capitalize()} of the "
        f"{formatting.count(len(rows))} sources "
        f"{'was' if checked == 1 else 'were'} checked against the original; each row says where "
        "its source was read",
        rows,
        [
            Column("publisher", "Publisher"),
            Column("title", "Title"),
            Column("edition", "Edition"),
            Column("read_from", "Read from"),
            Column("terms", "Terms"),
            Column("checked_against_original", "Checked against the original"),
        ],
        "Sources of the figures",
    )


@dataclass(frozen=True)
class Dictionary:
    """The data dictionary: every resource with its fields, units, sources and first `rows`."""

    rows: int

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        parts = [_resource(data.descriptor(name), self.rows) for name in data.names()]
        plain = "\n".join(f"{d['name']}: {d['title']}" for d in map(data.descriptor, data.names()))
        return {"text/html": "".join(parts), "text/plain": plain}


def _shown(value: object) -> str:
    """Return a value as the file has it: a date without a time, blank for what is missing."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _resource(described: dict[str, Any], count: int) -> str:
    """Return one resource as HTML: what it is, its fields, its sources and its first rows."""
    name = str(described["name"])
    sources = "; ".join(escape(source.title) for source in data.sources(name))
    files = [str(described["path"])]
    files += [path for each in described.get("sources", ()) for path in each.get("recipes", ())]
    paths = ", added by ".join(f"<code>data/{escape(path)}</code>" for path in files)
    head = (
        f'<section class="resource" id="{escape(name)}"><h3>{escape(str(described["title"]))}</h3>'
        f"<p>{escape(str(described.get('description', '')))}</p>"
        f'<p class="source">Source: {sources}. File: {paths}</p>'
    )
    schema = described.get("schema")
    if not isinstance(schema, dict):
        return f"{head}</section>"
    fields = "".join(
        f'<tr><th scope="row">{escape(field["name"])}</th><td>{escape(field["type"])}</td>'
        f"<td>{escape(field.get('unit', ''))}</td>"
        f"<td>{escape(field.get('description', ''))}</td></tr>"
        for field in schema["fields"]
    )
    table = data.load(name)
    first = table.head(count).map(_shown)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in row)}</tr>"
        for row in first.itertuples(index=False)
    )
    described_fields = _scrolled(f"Fields of {name}", ("Field", "Type", "Unit", "Meaning"), fields)
    first_rows = _scrolled(f"First rows of {name}", first.columns, rows)
    return (
        f'{head}<div class="exhibit">{described_fields}<details><summary>First rows of '
        f"{len(table)}</summary>{first_rows}</details></div></section>"
    )


def _scrolled(label: str, heads: Iterable[str], rows: str) -> str:
    """Return a table with its heads, in a box that scrolls."""
    cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}"><table>'
        f"<thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
