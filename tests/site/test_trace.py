"""From a number of the site to its cell, its rows and their source, in two clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import nbformat
import pytest

from borderbook import notebooks
from borderbook.claims import ledger as claims
from borderbook.datapackage import resources
from borderbook.site import page_context
from tests import real_book
from tests.real_book import ROOT

DATA = "book/data.html"


def text(element: Element) -> str:
    return "".join(element.itertext())


def classed(tree: Element, tag: str, name: str) -> list[Element]:
    return [e for e in tree.iter(tag) if name in e.get("class", "").split()]


def follow(pages: dict[str, Element], page: str, address: str) -> tuple[str, Element]:
    """Return the page that a link leads to and the element there."""
    target = urlsplit(urljoin(page, address))
    found = [e for e in pages[target.path].iter() if e.get("id") == target.fragment]
    assert len(found) == 1, f"{page}: {address} leads to {len(found)} elements"
    return target.path, found[0]


def sourced(pages: dict[str, Element], page: str, address: str) -> bool:
    """Return whether a link leads to an entry of the Data page that names its source."""
    where, entry = follow(pages, page, address)
    named = [text(p) for p in classed(entry, "p", "source")]
    return where == DATA and any(re.match(r"Source: .{10,}\. File: data/", line) for line in named)


def prose(root: Path) -> Iterator[tuple[str, str]]:
    """Return each inline value that the prose of the book asks for, headings left out."""
    for path in sorted((root / "book").iterdir()):
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            source = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        elif path.suffix == ".md":
            source = path.read_text("utf-8")
        else:
            continue
        for line in source.splitlines():
            if not line.startswith("#"):
                for found in re.findall(r"\{glue:text\}`([^`]+)`", line):
                    yield f"book/{path.stem}.html", found


def test_a_number_in_prose_leads_to_its_cell_and_from_there_to_the_source(
    pages: dict[str, Element],
) -> None:
    asked = [page for page, _ in prose(ROOT)]
    assert len(asked) > 100
    assert "book/index.html" in asked
    for page in dict.fromkeys(asked):
        links = classed(pages[page], "a", "value")
        assert len(links) == asked.count(page), f"{page}: a value is no link"
        for link in links:
            assert text(link).strip(), page
            where, code = follow(pages, page, link.get("href", ""))
            assert code.get("id", "").startswith("code-"), page
            assert list(code.iter("pre")), f"{page}: no code at {link.get('href')}"
            used = [a.get("href", "") for p in classed(code, "p", "used") for a in p.iter("a")]
            assert used, f"{where}: {code.get('id')} does not say which rows it used"
            assert all(sourced(pages, where, address) for address in used), where


def test_a_table_or_chart_leads_to_its_cell_and_to_its_source(pages: dict[str, Element]) -> None:
    seen = 0
    for page, tree in pages.items():
        for figure in classed(tree, "figure", "exhibit"):
            links = {text(a): a.get("href", "") for a in figure.iter("a")}
            _, code = follow(pages, page, links["How it was computed"])
            assert list(code.iter("pre")), f"{page}: {figure.get('id')}"
            named = [a.get("href", "") for p in classed(figure, "p", "source") for a in p.iter("a")]
            about_itself = page == DATA or figure.get("id") == "sources-registry"
            assert named or about_itself, f"{page}: {figure.get('id')} names no source"
            assert all(sourced(pages, page, address) for address in named)
            seen += 1
    assert seen > 25


def test_a_number_of_the_ledger_leads_to_its_inputs_and_their_source(
    pages: dict[str, Element],
) -> None:
    ledger = "book/claims.html"
    rows = {e.get("id"): e for e in pages[ledger].iter("tr") if e.get("id")}
    for finding in claims.evaluate(real_book.Claims()):
        row = rows[f"ledger-{finding.claim.id}"]
        address = next(row.iter("a")).get("href", "")
        page, evidence = follow(pages, ledger, address)
        assert page == f"book/{finding.claim.page}.html"
        links = [a.get("href", "") for a in evidence.iter("a")]
        assert f"claims.html#ledger-{finding.claim.id}" in links, "and back"
        inputs = [link for link in links if link.startswith("data.html#")]
        assert len(inputs) == len(finding.inputs), finding.claim.id
        assert all(sourced(pages, page, link) for link in inputs), finding.claim.id


def test_a_count_in_a_strip_leads_to_the_first_statement_of_that_verdict(
    pages: dict[str, Element],
) -> None:
    seen = 0
    for page, tree in pages.items():
        for strip in classed(tree, "div", "strip"):
            for link in strip.iter("a"):
                _, claim = follow(pages, page, link.get("href", ""))
                assert link.get("class") == claim.find("./summary/span").get("class")  # type: ignore[union-attr]
                seen += 1
    assert seen > 10


# The foot of each page


def foot(tree: Element) -> dict[str, str]:
    found = classed(tree, "dl", "edition")
    assert len(found) == 1
    return {
        text(dt).strip(): " ".join(text(dd).split())
        for dt, dd in zip(found[0].iter("dt"), found[0].iter("dd"), strict=True)
    }


def test_the_foot_of_each_page_tells_edition_figures_and_version(
    pages: dict[str, Element],
) -> None:
    made = str(resources.package()["created"])[:10]
    for name, tree in pages.items():
        if name == "index.html":
            continue  # leads on to the landing page
        told = foot(tree)
        assert told["Edition"] == "as published", name
        assert told["Figures"] == f"{made}, digest {resources.digest()}", name
        assert re.fullmatch(r"\d+\.\d+\.\d+", told["Version"]), name


def notebook(folder: Path, *cells: tuple[str, list[str]]) -> Path:
    made = [nbformat.v4.new_code_cell(source, metadata={"tags": tags}) for source, tags in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made), folder / "claims.ipynb")
    return folder / "claims.ipynb"


@pytest.mark.parametrize(
    ("injected", "told"),
    [
        ('# Parameters\nneighbour = "CN"\nlast_year = 2020\n', "neighbour = CN, last_year = 2020"),
        ('# Parameters\nneighbour = "KZ"\n', "as published"),
        ('exclude = ["RU-CHE"]', "exclude = RU-CHE"),
    ],
)
def test_the_edition_is_read_from_the_executed_notebook(
    tmp_path: Path, injected: str, told: str
) -> None:
    plain = ('neighbour: str = "KZ"', ["parameters"])
    path = notebook(tmp_path, plain, (injected, ["injected-parameters"]))
    found = page_context.in_words("claims", notebooks.injected(path))
    assert set(found.split(", ")) == set(told.split(", "))


def test_a_notebook_without_other_parameters_is_as_published(tmp_path: Path) -> None:
    path = notebook(tmp_path, ('neighbour: str = "KZ"', ["parameters"]))
    found: dict[str, Any] = notebooks.injected(path)
    assert (found, page_context.in_words("claims", found)) == ({}, "as published")
