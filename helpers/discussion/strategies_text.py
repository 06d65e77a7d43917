"""What the regions' strategies and programmes say to the paper, in sentences."""

from __future__ import annotations

import pandas as pd

from borderbook import formatting
from borderbook.claims import ledger
from borderbook.claims.model import claims
from borderbook.formatting import counted, plural
from helpers.discussion import documents as corpus
from helpers.discussion.documents import BORDER
from helpers.parameters import BorderYears


def documents(p: BorderYears) -> str:
    """Return which documents there are, in some sentences."""
    rows = corpus.documents_of(p.group.codes)
    if rows.empty:
        return (
            f"No such document of {p.group.label} is in the data, so nothing can be computed, and "
            "the statement is neither confirmed nor put in doubt here."
        )
    there, regional = rows["region"].nunique(), rows["level"] == "regional"
    where = f"{counted(there, 'region')} of {formatting.count(len(p.group.codes))}"
    everywhere = there == len(p.group.codes)
    small = int((rows["kind"] == "programme for small enterprises").sum())
    strategies = int((regional & (rows["kind"] == "strategy")).sum())
    municipal = int((~regional).sum())
    return (
        f"Here {counted(len(rows), 'document comes', 'documents come')} from "
        f"{'every region' if everywhere else f'{where}: {corpus.regions_with(rows)}'}. "
        f"{_are(small, 'programme')} for small enterprises. "
        f"{_are(strategies, 'strategy', 'strategies')} of a region, and "
        f"{_none(municipal)} {plural(max(municipal, 1), 'comes', 'come')} from municipalities."
    )


def _none(value: int) -> str:
    return formatting.count(value) if value else "none"


def _are(value: int, one: str, many: str | None = None) -> str:
    """Return the beginning of a sentence: how many documents are of a kind."""
    what = f"are {plural(value, one, many)}" if value > 1 else f"is a {one}"
    return (
        f"{formatting.capitalized(formatting.count(value)) if value else 'Not one'} of them {what}"
    )


def threshold() -> float:
    """Return the rate of border terms below which a document hardly reflects the border."""
    return float(claims()["documents-border"].line)


def against(p: BorderYears, rate: str) -> list[str]:
    """Return clauses on the documents that the paper speaks of, and on others, beside a rate."""
    line = threshold()
    named, others = corpus.compared(p.group)
    below, below_of_others = (int((rows["rate"] < line).sum()) for rows in (named, others))
    if named.empty:
        clauses = ["no document is a strategy or a programme for small enterprises of a region"]
    elif len(named) == 1:
        (kind,), (value,) = named["kind"].str.lower(), named["rate"]
        side = "is below" if below else "reaches"
        clauses = [f"the one {kind} of a region {side} {rate} ({formatting.apart(value, line, 2)})"]
    else:
        clauses = [
            f"of {formatting.count(len(named))} strategies and programmes for small enterprises "
            f"of regions {_none(below)} {plural(max(below, 1), 'is', 'are')} below {rate}"
        ]
    if len(others):
        whole = counted(len(others), "other document")
        some = f"of {whole} {_none(below_of_others)}"
        if below_of_others == len(others):
            some = f"the {whole}"
        verb = plural(max(below_of_others, 1), "is", "are")
        clauses.append(f"{some} {verb} below {rate if named.empty else 'it'}")
    return clauses


def reflection(p: BorderYears) -> str:
    """Return what the documents say to the paper's statement, in some sentences."""
    if corpus.documents_of(p.group.codes).empty:
        return "The statement cannot be checked until a document is added."
    _, others = corpus.compared(p.group)
    clauses = against(p, "this rate")
    if len(others):
        clauses[-1] += "; the statement is not about these"
    if missing := len(corpus.without(p.group.codes)):
        clauses.append(
            f"the statement stays open for {counted(missing, 'region')}, of which the data hold "
            "neither a strategy nor a programme for small enterprises"
        )
    else:
        verdict = ledger.evaluate(p, ids=["documents-border"])[0].verdict
        what = {"holds": ", so the statement holds", "differs": ", so the statement does not hold"}
        clauses[0] += what.get(verdict, "")
    return " ".join(f"{formatting.capitalized(clause)}." for clause in clauses)


def together(p: BorderYears) -> str:
    """Return whether sentences speak of border and small enterprise at once."""
    if corpus.documents_of(p.group.codes).empty:
        return "No sentence can be looked at until then."
    rows = corpus.measured(p.group)
    border = rows.loc[rows["group"] == BORDER, ["sentences", "others", "both"]].sum()
    return (
        f"Of {counted(int(border['sentences']), 'sentence')} that "
        f"{plural(int(border['sentences']), 'speaks', 'speak')} of the border, "
        f"{formatting.count(int(border['both']))} "
        f"{plural(int(border['both']), 'speaks', 'speak')} of small enterprise, too."
    )


def silent(rows: pd.DataFrame) -> str:
    """Return in how many of some documents no border term was found, and how many are in part."""
    extents = rows.loc[rows["count"] == 0, "extent"]
    if extents.empty:
        return "A border term was found in every document from the border"
    parts = int((extents != "whole").sum())
    share = "all" if parts == len(extents) else "most" if 2 * parts > len(extents) else "some"
    note = f", {share} of them held in part," if parts else ""
    return (
        f"In {formatting.count(len(extents))} of {counted(len(rows), 'document')} from the border"
        f"{note} no border term was found"
    )
