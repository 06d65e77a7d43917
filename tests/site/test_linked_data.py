"""What the site says of itself to machines: citations, schema.org, nanopublications."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from borderbook.claims.model import VERDICTS
from borderbook.datapackage import resources
from borderbook.site import extension
from borderbook.site.interchange import linked_data

THING = {"name", "description", "url", "identifier"}
WORK = THING | {
    *("headline", "abstract", "author", "creator", "publisher", "datePublished", "version"),
    *("inLanguage", "isBasedOn", "isPartOf", "license"),
}
# The properties of each type that schema.org defines for it, of those that we use.
PROPERTIES = {
    "ScholarlyArticle": WORK | {"pagination"},
    "PublicationVolume": WORK | {"volumeNumber", "pagination"},
    "Periodical": WORK,
    "Dataset": WORK | {"distribution", "variableMeasured"},
    "DataDownload": WORK | {"contentUrl", "encodingFormat"},
    "PropertyValue": THING | {"unitText"},
    "ClaimReview": WORK | {"claimReviewed", "reviewRating", "itemReviewed"},
    "Claim": WORK | {"appearance"},
    "Rating": THING
    | {"alternateName", "ratingExplanation", "ratingValue", "bestRating", "worstRating"},
    "Organization": THING,
    "Person": THING,
}


def documents(page: Element) -> list[dict[str, Any]]:
    scripts = [s for s in page.iter("script") if s.get("type") == "application/ld+json"]
    return [json.loads(script.text or "") for script in scripts]


def metas(page: Element) -> dict[str, str]:
    listed = {m.get("name", ""): m.get("content", "") for m in page.iter("meta")}
    return {name: text for name, text in listed.items() if name.startswith("citation_")}


def check(node: Any) -> None:
    """Assert that every part of a document has the properties of its type, and values."""
    if isinstance(node, list):
        for each in node:
            check(each)
    elif isinstance(node, dict):
        names = set(node) - {"@context", "@type"}
        assert names <= PROPERTIES[node["@type"]], (node["@type"], names)
        for value in node.values():
            assert value not in ("", None, [], {}), node
            check(value)


def test_every_document_has_the_properties_of_its_type(all_pages: dict[str, Element]) -> None:
    listed = [each for page in all_pages.values() for each in documents(page)]
    for each in listed:
        assert each["@context"] == "https://schema.org"
        check(each)
    kinds = {each["@type"] for each in listed}
    assert kinds == {"ScholarlyArticle", "Dataset", "ClaimReview"}


def test_the_first_page_is_an_article_on_the_one_that_is_checked(
    pages: dict[str, Element],
) -> None:
    [article] = [d for d in documents(pages["book/index.html"]) if d["@type"] == "ScholarlyArticle"]
    assert article["isBasedOn"]["isPartOf"]["volumeNumber"] == "364"
    assert "headline" not in article["isBasedOn"], "its title is not known here"
    assert "author" not in article["isBasedOn"], "nor who wrote it"


def test_the_data_dictionary_has_a_dataset_for_each_resource(pages: dict[str, Element]) -> None:
    listed = [d for d in documents(pages["book/data.html"]) if d["@type"] == "Dataset"]
    assert [each["identifier"] for each in listed] == resources.names()
    for each in listed:
        fields = resources.descriptor(each["identifier"]).get("schema", {}).get("fields", [])
        variables = each.get("variableMeasured", [])
        assert [(v["name"], v.get("unitText")) for v in variables] == [
            (field["name"], field.get("unit") or None) for field in fields
        ]
        assert each["license"]


def test_each_statement_is_reviewed_once_on_the_page_that_shows_it(
    pages: dict[str, Element], built: Path
) -> None:
    ledger = {r["id"]: r for r in json.loads((built / "claims.json").read_text("utf-8"))}
    reviewed = {}
    for name, page in pages.items():
        anchors = {each.get("id") for each in page.iter("details")}
        for each in documents(page):
            if each["@type"] == "ClaimReview":
                address, _, anchor = each["url"].partition("#")
                claim = anchor.removeprefix("claim-")
                assert address.endswith(f"/{name}")
                assert anchor in anchors
                assert claim not in reviewed
                reviewed[claim] = each
    assert set(reviewed) == set(ledger)
    for claim, each in reviewed.items():
        record, rating = ledger[claim], each["reviewRating"]
        assert each["claimReviewed"] == record["statement"]
        assert rating["alternateName"] == VERDICTS[record["verdict"]]
        assert ("ratingValue" in rating) == (record["verdict"] != "not-checkable")


def test_pages_with_a_source_carry_a_citation(pages: dict[str, Element]) -> None:
    first = metas(pages["book/index.html"])
    assert first["citation_author"] == "Developers of borderbook"
    assert re.fullmatch(r"\d{4}/\d\d/\d\d", first["citation_publication_date"])
    data = metas(pages["book/data.html"])
    assert data["citation_inbook_title"] == first["citation_title"]
    assert data["citation_title"] != first["citation_title"]
    assert data["citation_public_url"].endswith("/book/data.html")
    assert metas(pages["search.html"]) == {}


@pytest.mark.parametrize("name", ["title", "authors", "journal", "publisher"])
def test_what_is_known_of_the_work_is_said(name: str) -> None:
    known: dict[str, Any] = {
        "title": "On rye",
        "authors": [{"name": "A. Miller", "orcid": "0000-0002-1825-0097"}],
        "journal": "Loaves",
        "publisher": "The mill",
    }
    document = linked_data.work({name: known[name]})
    check(document)
    said = json.dumps(document)
    assert (known[name][0]["name"] if name == "authors" else known[name]) in said
    assert len(document) == 2


TERM = r'(?:<[^<>"\s]+>|[a-z]+:\w+|a|"(?:[^"\\]|\\.)*"(?:\^\^\w+:\w+)?)'
BLANK = rf"\[ {TERM} {TERM}(?: ;\s+{TERM} {TERM})* \]"
OBJECT = rf"(?:{BLANK}|{TERM})"
STATEMENT = rf"\s+{TERM} {TERM} {OBJECT}(?: ;\s+{TERM} {OBJECT})* \."
GRAPH = re.compile(rf"\n<(\S+)\.(Head|assertion|provenance|pubinfo)> {{((?:{STATEMENT})+)\s*}}")


def test_the_ledger_is_published_as_nanopublications(built: Path) -> None:
    text = (built / "claims.trig").read_text("utf-8")
    records = json.loads((built / "claims.json").read_text("utf-8"))
    start = text.index("\n<")
    prefixes = set(re.findall(r"@prefix (\w+): <[^>]+> \.\n", text[:start]))
    graphs = list(GRAPH.finditer(text, start))

    assert not GRAPH.sub("", text[start:]).strip(), "every byte of it is TriG"
    parts = ["Head", "assertion", "provenance", "pubinfo"]
    assert [each[2] for each in graphs] == parts * len(records)
    used = re.findall(
        r"(?<![\w/<\"#])([a-z]+):[a-zA-Z]\w*",
        re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", text[start:]),
    )
    assert set(used) <= prefixes
    for record, graph in zip(records, graphs[1::4], strict=True):
        assert graph[1].endswith(f"claims.trig#{record['id']}")
        assert json.dumps(record["statement"], ensure_ascii=False) in graph[3]
        assert f'"{VERDICTS[record["verdict"]]}"' in graph[3]


def test_without_an_address_the_statements_of_an_edition_are_named_by_its_figures_and_parameters(
    tmp_path: Path, built: Path
) -> None:
    facts = {"version": "1", "date": "2026-01-31", "digest": "4d30", "arguments": " -p a=b"}
    config: Any = SimpleNamespace(
        html_baseurl="", edition_name="hill", author="Us", edition=facts | {"book": "a = b"}
    )
    app: Any = SimpleNamespace(outdir=tmp_path, srcdir=tmp_path, config=config)
    records = json.loads((built / "claims.json").read_text("utf-8"))
    extension._write_ledger(app, records)

    graphs = list(GRAPH.finditer((tmp_path / "claims.trig").read_text("utf-8")))
    assert len(graphs) == 4 * len(records)
    assert {each[1].rpartition(":")[0] for each in graphs} == {"urn:borderbook:4d30%20-p%20a%3Db"}
    assert "schema:url" not in (tmp_path / "claims.trig").read_text("utf-8")
