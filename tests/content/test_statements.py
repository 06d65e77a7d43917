"""How a statement is put to the figures: its readings, what it is checked against, its group."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from borderbook.claims import declared, ledger, rules
from borderbook.claims.ledger import DEFINITION, FIGURES, Finding, itself
from borderbook.claims.model import claims
from helpers.scope import PAPERS
from tests import real_book


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return {f.claim.id: f for f in ledger.evaluate(real_book.Claims())}


# Words that leave room

VAGUE = (
    r"\b(about|almost|practically|steadily|significant(ly)?|noticeably|most|comparable|high(ly)?|"
    r"actively|mainly|large part|prevail|focused|hardly|similar|fewer|many|speciali[sz]es?|"
    r"exceeded)\b"
)


def test_every_vague_word_is_found_with_two_neighbouring_readings_or_cannot_be_checked(
    findings: dict[str, Finding],
) -> None:
    vague = [f for f in findings.values() if re.search(VAGUE, f.claim.in_paper)]
    assert len(vague) > 30
    for finding in vague:
        if finding.verdict == "not-checkable":
            assert finding.reason.startswith("Missing: "), finding.claim.id
        else:
            assert finding.claim.reading, f"{finding.claim.id} does not say how it was read"
            assert len(set(finding.readings)) >= 2, finding.claim.id


@pytest.mark.parametrize(
    ("name", "other", "many"),
    [
        ("employees-unchanged", 1, 6),  # 7.3 per cent of the mean: above 5
        ("employees-comparable-number", 1, 2),
        ("employees-level", 3, 3),  # 16.49 is above 16; published 16.51 rounds to 17
        ("investment-fall-significant", 0, 2),  # 30.86 per cent
        ("leaders-three", 0, 3),  # cannot be checked
        (
            "grp-total-2017",
            3,
            12,
        ),  # a lower bound, 2016 and, before the revision, 2017 without Tyumen
        ("border-share", 1, 3),
        ("table-2-turnover-2017", 3, 3),  # other definitions of Tyumen, the same 83 regions
        ("turnover-2017", 3, 3),  # the same number
        ("investment-activity-most", 0, 1),  # cannot be checked, whatever the reading
        ("structure-three-prevail", 1, 2),  # two thirds; the other reading cannot be checked
    ],
)
def test_a_verdict_says_how_many_readings_give_another(
    findings: dict[str, Finding], name: str, other: int, many: int
) -> None:
    finding = findings[name]
    assert (finding.other_verdicts, len(finding.readings)) == (other, many)
    assert finding.record()["depends_on_reading"] == (other > 0)


def test_a_verdict_but_for_rounding_is_not_another_verdict(findings: dict[str, Finding]) -> None:
    finding = findings["border-share"]
    rounded = replace(finding, verdict="holds-rounded")
    assert rounded.other_verdicts == finding.other_verdicts


def test_what_a_statement_was_checked_against(findings: dict[str, Finding]) -> None:
    for name in ("border-share", "top-ten", "employees-unchanged", "export-order"):
        assert findings[name].checked_against == itself(), name
    for name in (
        "trade-total",
        "turnover-2017",
        "table-2-turnover-2017",
        "grp-share-2017",
        "kazakhstan-share",
    ):
        assert findings[name].checked_against == FIGURES, name
    assert findings["region-count"].checked_against == DEFINITION
    for finding in findings.values():
        assert (finding.checked_against == "") == (finding.verdict == "not-checkable")


# The group that it is asked of

OTHER_GROUPS: list[dict[str, Any]] = [
    {"neighbour": "CN"},
    {"neighbour": "KP"},
    {"with_okrugs": True},
    {"exclude": ["RU-CHE"]},
]


def test_braces_are_around_the_paper_s_name_of_its_group() -> None:
    for claim in claims().values():
        named = re.findall(r"\{([^{}]*)\}", claim.statement)
        assert len(named) <= 1, claim.id
        assert set(named) <= {"the twelve regions", "the border regions"}, claim.id
        assert not re.search("[{}]", claim.in_paper), claim.id
        assert (claim.of_group(PAPERS) != claim.in_paper) == bool(named)


def test_the_paper_s_own_group_keeps_its_name(findings: dict[str, Finding]) -> None:
    for finding in findings.values():
        assert finding.statement == finding.claim.in_paper
        assert finding.asked_of in ("", PAPERS.label)
    assert findings["creating-jobs"].asked_of == PAPERS.label
    assert findings["trade-total"].asked_of == ""


@pytest.mark.parametrize("chosen", OTHER_GROUPS, ids=str)
def test_a_statement_names_the_group_that_it_was_asked_of(chosen: dict[str, Any]) -> None:
    model = real_book.Claims(**chosen)
    asked = 0
    for finding in ledger.evaluate(model):
        if not finding.asked_of:
            assert finding.statement == finding.claim.of_group(PAPERS)
            assert "the border regions" not in finding.statement, finding.claim.id
            continue
        asked += 1
        assert finding.asked_of == model.group.label, finding.claim.id
        assert model.group.called in finding.statement, finding.claim.id
        rest = finding.statement.replace(model.group.called, "")
        assert not re.search(r"twelve|border regions|Kazakhstan|[{}]", rest), finding.statement
    assert asked > 15


@pytest.mark.parametrize("chosen", OTHER_GROUPS, ids=str)
def test_a_statement_whose_evidence_follows_the_group_is_worded_for_it(
    chosen: dict[str, Any], findings: dict[str, Finding]
) -> None:
    """Else a sentence on the paper's regions would carry the verdict of others."""
    model = real_book.Claims(**chosen)
    for finding in ledger.evaluate(model):
        first = declared.first(finding.claim)
        rule = rules.of_page(first.page).get(first.id)
        if rules.scope_of(model).objection(first, **(rule.terms if rule else {})):
            assert finding.verdict == "not-checkable"
            assert finding.asked_of == ""
            continue
        before = findings[finding.claim.id]
        if (finding.computed, finding.inputs) != (before.computed, before.inputs):
            assert finding.asked_of, finding.claim.id


@pytest.mark.parametrize("neighbour", ["KP", "LV", "NO"])
def test_a_group_of_one_region_is_spoken_of_as_one(neighbour: str) -> None:
    model = real_book.Claims(neighbour=neighbour)
    for finding in ledger.evaluate(model):
        told = " ".join([finding.statement, finding.reason, finding.implies, finding.asked_of])
        told += " ".join(reading for reading in finding.readings)
        stiff = (
            r"one (Russian )?regions|region that border\b|one of one|none of one|[Mm]ost of (?!the)"
        )
        assert not re.search(stiff, told), finding.claim.id
    for name in ("industry-most-regions", "business-activity-most", "investment-activity-most"):
        found = ledger.evaluate(model, ids=[name])[0]
        assert found.reason.endswith("needs two of them or more; the group has one.")


def test_three_leaders_need_a_group_of_six() -> None:
    kept = {"RU-NVS", "RU-SAM", "RU-CHE", "RU-OMS", "RU-AST"}
    model = real_book.Claims(exclude=[code for code in PAPERS.codes if code not in kept])
    found = ledger.evaluate(model, ids=["leaders-three"])[0]
    assert found.verdict == "not-checkable"
    assert found.reason.endswith("needs six of them or more; the group has five.")
