"""The ledger of claims: badges, statements with their evidence, counts by section and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from borderbook import book, formatting, mime, notebooks
from borderbook.claims import ledger as claims
from borderbook.claims import model
from borderbook.claims.ledger import Finding
from borderbook.claims.model import VERDICTS, Claim
from borderbook.claims.rules import scope_of
from borderbook.datapackage import resources
from borderbook.figures.tables import Column, Table, rounded
from borderbook.parameters.model import Parameters

_ALONE = "its own numbers alone"
_OWN_NUMBERS = ": its own printed numbers, not published figures"


@dataclass(frozen=True)
class Statements:
    """Findings as a reader meets them: a badge with a word, opening to the evidence."""

    findings: Sequence[Finding]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            mime.CLAIM: {"name": "statements", "data": _records(self.findings)},
            "text/html": "".join(map(_card, self.findings)) or "<p>No statement stands here.</p>",
            "text/plain": "\n".join(f"{VERDICTS[f.verdict]}: {f.statement}" for f in self.findings)
            or "No statement stands here.",
        }


@dataclass(frozen=True)
class Strip:
    """How many of a section's statements have each standing; each count leads to the first."""

    findings: Sequence[Finding]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        items, plain = [], []
        for standing, wording in claims.STANDINGS.items():
            matches = [finding for finding in self.findings if finding.standing == standing]
            if not matches:
                continue
            plain.append(f"{len(matches)} {wording}")
            items.append(
                f'<li><a class="verdict verdict-{claims.side(matches[0].verdict)}" '
                f'href="#claim-{escape(matches[0].claim.id)}">{plain[-1]}</a></li>'
            )
        many = len(self.findings)
        start = "There is one statement here"
        if many > 1:
            start = f"Of {formatting.count(many)} statements here"
        return {
            "text/html": f'<div class="strip"><p>{start}:</p><ul>{"".join(items)}</ul></div>',
            "text/plain": f"{start}: {', '.join(plain)}",
        }


def strip(p: Parameters, page: str) -> Strip:
    """Return the verdict strip of a page."""
    return Strip(claims.evaluate(p, page))


def statements(p: Parameters, page: str, cells: bool = False) -> Statements:
    """Return the statements of a page; `cells` chooses the cells of its table or all others."""
    return Statements([f for f in claims.evaluate(p, page) if claims.is_cell(f) == cells])


def counts(p: Parameters) -> Table:
    """Return how many statements have each standing, by section of the book."""
    findings = claims.evaluate(p)
    rows = claims.summary(findings).reset_index()
    rows["all"] = rows[[*claims.STANDINGS]].sum(axis=1)
    rows["address"] = [f"{page}.html" for page in rows["page"]]
    rows["page"] = [notebooks.title_of(page) for page in rows["page"]]
    whole = {"page": "All", "address": "", **rows[[*claims.STANDINGS, "all"]].sum().to_dict()}
    rows = pd.concat([rows, pd.DataFrame([whole])], ignore_index=True)
    return Table(
        "verdicts",
        f"Published figures support {whole['supported']} of the {whole['all']} statements and "
        f"contradict {whole['contradicted']}; {whole['open']} are not decided",
        rows,
        [
            Column("page", "Section", link="address"),
            *(Column(s, words.capitalize(), digits=0) for s, words in claims.STANDINGS.items()),
            Column("all", "All", digits=0),
        ],
        f"Checkable statements of {book.work()} by section and what their verdict is worth, number",
        (
            f"Parameters: {p.words}. Each printed cell of {book.work()}'s tables is a statement "
            "too." + _tests_note(findings),
            *scope_of(p).notes,
        ),
        resources.sources(*resources.marked("printed")),
    )


@dataclass(frozen=True)
class Ledger:
    """All findings: a table for readers, and the records that the site publishes for machines."""

    findings: Sequence[Finding]
    table: Table

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        records = {"name": "claims", "data": _records(self.findings)}
        return {mime.CLAIM: records, **self.table._repr_mimebundle_()}


def ledger(p: Parameters) -> Ledger:
    """Return every statement with its printed and computed value and its verdict."""
    findings = claims.evaluate(p)
    return Ledger(findings, _ledger_table(p, findings))


def _ledger_table(p: Parameters, findings: Sequence[Finding]) -> Table:
    rows = pd.DataFrame(
        [
            {
                "id": f.claim.id,
                "statement": f.statement,
                "address": f"{f.claim.page}.html#why-{f.claim.id}",
                "section": notebooks.title_of(f.claim.page),
                "kind": f.claim.kind,
                "printed": f.printed,
                "computed": _computed(f),
                "unit": f.claim.unit,
                "verdict": VERDICTS[f.verdict],
                "against": f.checked_against,
                "readings": _agreement(f),
            }
            for f in findings
        ]
    )
    return Table(
        "ledger",
        f"The ledger: all {len(rows)} statements, each linked to its evidence",
        rows,
        [
            Column("statement", "Statement, in our words", link="address"),
            Column("verdict", "Verdict"),
            Column("printed", "Printed", role="printed"),
            Column("computed", "Computed"),
            Column("unit", "Unit"),
            Column("against", "Checked against"),
            Column("readings", "Other readings"),
            Column("section", "Section"),
            Column("kind", "Kind"),
        ],
        f"Checkable statements of {book.work()}, in its order",
        (
            f"Parameters: {p.words}.",
            f"Checked against {claims.itself()}: against its own printed numbers. A statement "
            "that holds there is consistent with them; no published figure confirms it.",
            "Other readings: of words that leave room, such as “about” or “almost unchanged”, and "
            "of choices that the statement leaves open.",
            *scope_of(p).notes,
        ),
        resources.sources(*resources.marked("printed")),
        anchor="id",
        filters=["section", "kind", "verdict", "against"],
    )


def facts(p: Parameters) -> dict[str, str]:
    """Return counts of the whole ledger as inline values, name -> text."""
    findings = claims.evaluate(p)
    no_cells = [f for f in findings if not claims.is_cell(f)]
    in_sentences = [f for f in no_cells if not _is_a_test(f)]
    stand = [f for f in in_sentences if claims.side(f.verdict) == "holds"]
    by_verdict, of_sentences = (
        {verdict: sum(f.verdict == verdict for f in some) for verdict in VERDICTS}
        for some in (findings, in_sentences)
    )
    return {
        "statements": str(len(findings)),
        "statements-cells": str(len(findings) - len(no_cells)),
        "statements-tests": str(len(no_cells) - len(in_sentences)),
        "statements-said": str(len(in_sentences)),
        "sentences": str(len({_place(f.claim) for f in in_sentences})),
        **{v: str(count) for v, count in by_verdict.items()},
        **{s: str(sum(f.standing == s for f in findings)) for s in claims.STANDINGS},
        **{f"said-{s}": str(sum(f.standing == s for f in in_sentences)) for s in claims.STANDINGS},
        **{
            f"{s}-by-reading": str(sum(f.standing == s and f.other_verdicts > 0 for f in findings))
            for s in claims.STANDINGS
        },
        **{f"said-{v}": str(count) for v, count in of_sentences.items()},
        "edition": scope_of(p).summary(sum(bool(f.asked_of) for f in findings)),
        "checkable": str(len(findings) - by_verdict["not-checkable"]),
        "held": str(by_verdict["holds"] + by_verdict["holds-rounded"]),
        "said-by-reading": str(sum(f.other_verdicts > 0 for f in stand)),
    }


def _place(claim: Claim) -> tuple[str, int | None, int | None]:
    return claim.section, claim.paragraph, claim.sentence


def chosen(p: Parameters, verdict: str) -> Statements:
    """Return the statements with one verdict, table cells left out."""
    return Statements(
        [f for f in claims.evaluate(p) if f.verdict == verdict and not claims.is_cell(f)]
    )


def thresholds() -> Table:
    """Return every threshold that a statement was read with: its meaning, and for which it is."""
    rows = pd.DataFrame(
        [
            {"reading": c.reading, "threshold": c.threshold, "statement": c.in_paper, "id": c.id,
             "address": f"{c.page}.html#why-{c.id}"}
            for c in model.claims().values()
            if c.threshold is not None and c.reading
        ]
    )  # fmt: skip
    alike = rows.groupby(["reading", "threshold"], sort=False)
    table = alike.agg(
        statement=("statement", "first"), address=("address", "first"), many=("id", "size")
    ).reset_index()
    return Table(
        "thresholds",
        f"{formatting.counted(len(table), 'reading needs', 'readings need').capitalize()} a "
        "threshold",
        table,
        [
            Column("reading", "Read as"),
            Column("threshold", "Threshold", digits=1),
            Column("many", "Statements", digits=0),
            Column("statement", "The first of them", link="address"),
        ],
        f"Thresholds of the statements of {book.work()}",
        "Neighbouring thresholds are tried with each statement.",
        resources.sources("claims"),
    )


def _records(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [rounded(finding.record()) for finding in findings]


def _is_a_test(finding: Finding) -> bool:
    """Return whether a statement is a test of ours: do printed numbers agree with each other?"""
    return finding.claim.kind == "consistency"


def _tests_note(findings: Sequence[Finding]) -> str:
    many = sum(map(_is_a_test, findings))
    if not many:
        return ""
    tests = formatting.counted(many, "is a test of ours", "are tests of ours")
    return (
        f" {tests.capitalize()}: do its numbers agree with each other, or with a published total?"
    )


def _link(page: str, anchor: str, text: str) -> str | None:
    """Return a link to the page of the book that the setting `pages` names; None without one."""
    name = book.setting("pages", {}).get(page)
    return f'<a href="{name}.html#{escape(anchor)}">{escape(text)}</a>' if name else None


def _agreement(finding: Finding) -> str:
    """Return how many neighbouring readings agree; blank where none was tried."""
    many, other = len(finding.readings), finding.other_verdicts
    if finding.verdict == "not-checkable" or not many:
        return ""
    if not other:
        return "the same" if many == 1 else f"all {many} the same"
    return f"{other} of {many} {formatting.plural(other, 'differs', 'differ')}"


def _dependence(finding: Finding) -> str:
    """Return a sentence on readings that give another verdict; blank if none does."""
    many, other = len(finding.readings), finding.other_verdicts
    if not other:
        return ""
    if many == 1:
        return "Depends on the reading: the one other reading gives another verdict."
    give = formatting.plural(other, "gives", "give")
    return f"Depends on the reading: {other} of {many} other readings {give} another verdict."


def _computed(finding: Finding) -> str:
    value = finding.computed
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    digits = len(finding.printed.partition(".")[2]) if finding.printed else 2
    whole = float(value).is_integer() and (not digits or not finding.printed)
    line = finding.claim.threshold
    digits = 0 if whole else max(digits, 1)
    return (
        formatting.number(value, digits) if line is None else formatting.apart(value, line, digits)
    )


def _card(finding: Finding) -> str:
    claim, work = finding.claim, formatting.capitalized(book.work())
    unit = f" {claim.unit}" if claim.unit else ""
    computed, against = _computed(finding), finding.checked_against
    internal = against == claims.itself()
    gives = "Its own printed numbers give" if internal else "The data give"
    other_group = finding.asked_of and finding.statement != claim.in_paper
    details = {
        "Asked of": finding.asked_of if other_group else "",
        f"{work} says of its own group": claim.in_paper if other_group else "",
        f"{work} prints": f"{finding.printed}{unit}" if finding.printed else "",
        gives: f"{computed}{unit}" if computed else "",
        "Why": finding.reason,
        "Checked against": against + _OWN_NUMBERS * internal,
        "Read as": claim.reading,
        "How firm": _dependence(finding),
        "Computed as": finding.formula,
        "Other readings": "; ".join(
            f"{reading}: {VERDICTS[verdict]}" for reading, verdict in finding.readings.items()
        ),
        "What the data imply": finding.implies,
    }
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in details.items() if text
    )
    if finding.inputs:
        inputs = "; ".join(
            f"{_link('data', each.resource, each.resource) or escape(each.resource)}: "
            f"{escape(each.rows)}"
            for each in finding.inputs
        )
        rows += f"<dt>Inputs</dt><dd>{inputs}</dd>"
    anchor = escape(claim.id)
    notes = [_ALONE] if finding.standing == "consistent" else []
    notes += ["depends on the reading"] if finding.other_verdicts else []
    hinge = "".join(f' <span class="hinge">{note}</span>' for note in notes)
    place = {"paragraph": claim.paragraph, "sentence": claim.sentence}
    where = [claim.section, *(f"{what} {number}" for what, number in place.items() if number)]
    if any(where):
        rows += f"<dt>In {book.work()}</dt><dd>{escape(', '.join(filter(None, where)))}</dd>"
    if in_ledger := _link("ledger", f"ledger-{claim.id}", "In the ledger"):
        rows += f"<dt>For machines</dt><dd>{in_ledger}</dd>"
    return (
        f'<details class="claim" id="claim-{anchor}"><summary>'
        f'<span class="verdict verdict-{finding.verdict}">{VERDICTS[finding.verdict]}</span> '
        f"{escape(finding.statement)}{hinge}</summary>"
        f'<dl id="why-{anchor}">{rows}</dl></details>'
    )
