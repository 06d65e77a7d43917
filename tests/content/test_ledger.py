"""The ledger as a reader and a machine meet it: cards, rows, records that fit their schema."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from bs4 import BeautifulSoup, Tag

from borderbook.claims import display
from borderbook.claims import ledger as claims
from borderbook.claims.model import claims as all_claims
from borderbook.execution import runs
from borderbook.parameters import derive, model, values
from borderbook.publishing import build
from tests.real_book import ROOT, Claims

SCHEMA = json.loads((ROOT / "borderbook/site/static/claims.schema.json").read_text("utf-8"))
GROUPS: list[dict[str, Any]] = [
    {"neighbour": "CN"},
    {"with_okrugs": True},
    {"exclude": ["RU-CHE"]},
]


def card(p: Claims, name: str) -> Tag:
    shown = display.Statements(claims.evaluate(p, ids=[name]))
    found = BeautifulSoup(shown._repr_mimebundle_()["text/html"], "html.parser").details
    assert found is not None
    return found


def details(found: Tag) -> dict[str, str]:
    names = [dt.get_text() for dt in found.find_all("dt")]
    return dict(zip(names, [dd.get_text() for dd in found.find_all("dd")], strict=True))


def row(p: Claims, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in display.ledger(p).table.resource()["data"]
                                 if r["id"] == name)  # fmt: skip
    return found


# Words that leave room


def test_a_card_says_that_its_verdict_depends_on_the_reading() -> None:
    found = card(Claims(), "employees-unchanged")
    assert found.summary is not None
    assert found.summary.get_text().endswith("depends on the reading")
    told = details(found)
    assert told["How firm"] == (
        "Depends on the reading: 1 of 6 other readings gives another verdict."
    )
    assert told["Other readings"].count("holds") == 5


def test_a_card_says_nothing_of_it_where_all_readings_agree() -> None:
    found = card(Claims(), "investment-fall-significant")
    assert "depends on the reading" not in found.get_text().lower()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("employees-unchanged", "1 of 6 differs"),
        ("employees-comparable-number", "1 of 2 differs"),
        ("investment-fall-significant", "all 2 the same"),
        ("table-2-turnover-2017", "3 of 3 differ"),
        ("leaders-three", None),
        ("manufacturing-unchanged", None),
    ],
)
def test_the_ledger_says_how_many_readings_agree(name: str, told: str | None) -> None:
    assert (row(Claims(), name)["readings"] or None) == told


# What a statement was checked against


def test_card_and_ledger_say_what_the_statement_was_checked_against() -> None:
    assert details(card(Claims(), "employees-unchanged"))["Checked against"] == (
        "the paper itself: its own printed numbers, not published figures"
    )
    assert details(card(Claims(), "region-count"))["Checked against"] == "a definition"
    assert "Checked against" not in details(card(Claims(), "oil-companies"))
    assert row(Claims(), "employees-unchanged")["against"] == "the paper itself"


def test_the_conclusion_tells_consistent_statements_from_confirmed_ones() -> None:
    """Of what the text says: neither cells of its tables nor tests of ours."""
    printed = {"claims", "paper_table_1", "paper_table_2"}
    facts = display.facts(Claims())
    said = [
        f
        for f in claims.evaluate(Claims())
        if f.claim.kind != "consistency"
        and (not f.claim.id.startswith("table-") or "-sum-" in f.claim.id)
    ]
    assert int(facts["said-holds"]) == sum(f.verdict == "holds" for f in said)
    good = [f for f in said if f.verdict in ("holds", "holds-rounded")]
    own = [f for f in good if {i.resource for i in f.inputs} <= printed]
    assert int(facts["said-consistent"]) == len(own) > 10
    parts = [int(facts[f"said-{standing}"]) for standing in claims.STANDINGS]
    assert sum(parts) == int(facts["statements-said"]) == len(said)


# Other groups


def test_a_card_says_of_which_group_it_was_asked() -> None:
    told = details(card(Claims(neighbour="CN"), "creating-jobs"))
    assert told["Asked of"] == "the six Russian regions that border China"
    assert told["The paper says of its own group"] == (
        "Small enterprises in the border regions are actively creating jobs."
    )
    assert "Asked of" not in details(card(Claims(), "creating-jobs"))
    assert "Asked of" not in details(card(Claims(neighbour="CN"), "trade-total"))


@pytest.mark.parametrize("chosen", GROUPS, ids=str)
def test_the_tables_note_the_group(chosen: dict[str, Any]) -> None:
    p = Claims(**chosen)
    for notes in (display.counts(p).notes, display.ledger(p).table.notes):
        assert any(p.group.label in note for note in notes)
        about_kazakhstan = any("on Kazakhstan alone make no sense" in note for note in notes)
        assert about_kazakhstan == (p.group.neighbour != "KZ")
    assert not any("asked of" in note for note in display.counts(Claims()).notes)


# For machines


@pytest.mark.parametrize("chosen", [{}, *GROUPS, {"neighbour": "KP"}], ids=str)
def test_records_fit_the_schema(chosen: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    records = [f.record() for f in claims.evaluate(Claims(**chosen))]
    jsonschema.validate(json.loads(json.dumps(records)), SCHEMA)


def test_the_schema_describes_every_field_and_refuses_others() -> None:
    record = claims.evaluate(Claims(), ids=["trade-total"])[0].record()
    assert set(record) | {"robustness"} == set(SCHEMA["items"]["properties"])
    for broken in (record | {"mood": "good"}, record | {"depends_on_reading": "yes"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([broken], SCHEMA)


def test_the_site_publishes_every_record_as_json_and_csv(built: Path) -> None:
    records = json.loads((built / "claims.json").read_text("utf-8"))
    published = json.loads((built / "claims.schema.json").read_text("utf-8"))
    jsonschema.validate(records, published)
    assert [r["id"] for r in records] == list(all_claims())
    with (built / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for line, record in zip(rows, records, strict=True):
        for name in ("id", "statement", "in_paper", "asked_of", "verdict", "checked_against"):
            assert line[name] == record[name]
        assert line["depends_on_reading"] == str(record["depends_on_reading"])


# Whole editions


@pytest.mark.soak
@pytest.mark.parametrize("chosen", GROUPS, ids=str)
def test_an_edition_of_another_group_is_a_whole_site(
    chosen: dict[str, Any], tmp_path: Path
) -> None:
    planned = [runs.Run(path, values.of_section(path.stem, chosen)) for path in runs.sections(ROOT)]
    output = tmp_path / "html"
    assert build.render(ROOT, runs.execute(planned, ROOT), output) is True

    p = Claims(**chosen)
    found = claims.evaluate(p)
    records = json.loads((output / "claims.json").read_text("utf-8"))
    assert [(r["id"], r["verdict"], r["statement"]) for r in records] == [
        (f.claim.id, f.verdict, f.statement) for f in found
    ]
    pages = {
        path.stem: BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in (output / "book").glob("*.html")
    }
    facts = display.facts(p)
    lead = pages["conclusion"].find("article").p.get_text()  # type: ignore[union-attr]
    for name in ("statements", *claims.STANDINGS):
        assert facts[name] in lead, name
    for name, page in pages.items():
        foot = page.select("dl.edition div")
        [told] = [d.dd.get_text() for d in foot if d.dt.get_text() == "Edition"]  # type: ignore[union-attr]
        own = derive.model_of(name) if name in derive.sections() else None
        groups = own is None or "neighbour" in own.model_fields
        assert told == (model.in_words(chosen) if groups else "as published"), name
    landing = " ".join(pages["index"].get_text().split())
    assert p.group.label in landing
