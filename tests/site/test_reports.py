"""What readers say to a verdict: a report written for them, and the answers that came in."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest

from borderbook.datapackage import resources
from tests.bakery import Bakery

SCHEMA = {
    "fields": [
        {"name": "claim", "type": "string"},
        {"name": "date", "type": "date"},
        {"name": "author", "type": "string"},
        {"name": "response", "type": "string"},
        {"name": "address", "type": "string"},
    ]
}


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "bakery")


def describe(bakery: Bakery, **more: object) -> None:
    file = bakery.root / "data" / "datapackage.json"
    package = json.loads(file.read_text("utf-8"))
    package["resources"] += more.pop("resources", [])  # type: ignore[operator]
    file.write_text(json.dumps(package | more), "utf-8")
    assert bakery.run_apart("seal").status == 0


def card(bakery: Bakery) -> Element:
    ended = bakery.run_apart("build", "--editions", "none")
    assert ended.status == 0, ended.err
    tree = html5lib.parse(bakery.read("_build/html/book/loaves.html"), namespaceHTMLElements=False)
    [found] = [each for each in tree.iter("details") if each.get("id") == "claim-week"]
    return found


def test_a_response_stands_beside_its_verdict(bakery: Bakery) -> None:
    text = (
        'week,2026-11-20,The miller,"Only <three> days, I count.",https://example.org/a?b=1&c=2\n'
    )
    (bakery.root / "data" / "answers.csv").write_text(
        f"claim,date,author,response,address\n{text}other,2026-11-21,Nobody,Else,\n", "utf-8"
    )
    resource = {
        "name": "answers", "responses": True, "path": "answers.csv", "title": "Answers",
        "type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "schema": SCHEMA, "sources": [{"title": "Us"}], "licenses": [{"name": "CC0-1.0"}],
    }  # fmt: skip
    describe(bakery, resources=[resource])

    shown = card(bakery)
    [term] = [each for each in shown.iter("dt") if each.get("class") == "response"]
    assert term.text == "Response of The miller, 2026-11-20"
    assert "Only <three> days, I count." in "".join(shown.itertext())
    assert "https://example.org/a?b=1&c=2" in [each.get("href") for each in shown.iter("a")]
    assert "Nobody" not in "".join(shown.itertext())


def test_a_report_is_a_text_to_copy_where_no_repository_is_known(bakery: Bakery) -> None:
    [text] = card(bakery).iter("pre")
    lines = (text.text or "").splitlines()
    assert lines[:3] == ["Statement: week", "Verdict: holds", "Edition: as published"]
    assert lines[3] == f"Figures: digest {digest(bakery)}"


def test_a_report_is_a_new_issue_where_the_descriptor_names_a_repository(bakery: Bakery) -> None:
    describe(bakery, repository="https://example.org/baker/book")
    shown = card(bakery)
    [address] = [a.get("href", "") for a in shown.iter("a") if a.text == "Report it"]
    filled = parse_qs(urlsplit(address).query)
    assert address.startswith("https://example.org/baker/book/issues/new?")
    assert filled["title"] == ["Verdict on week"]
    assert f"digest {digest(bakery)}" in filled["body"][0]
    assert not list(shown.iter("pre"))


def digest(bakery: Bakery) -> str:
    return resources.digest(bakery.root / "data")


def test_each_statement_of_the_book_has_a_report_and_none_an_answer_yet(
    pages: dict[str, Element],
) -> None:
    statements = [
        each
        for page in pages.values()
        for each in page.iter("details")
        if each.get("class") == "claim"
    ]
    assert len(statements) >= len(resources.load("claims"))
    for each in statements:
        terms = ["".join(term.itertext()) for term in each.iter("dt")]
        assert terms.count("Do you disagree?") == 1
    assert resources.marked("responses") == ["responses"]
    assert resources.load("responses").empty
