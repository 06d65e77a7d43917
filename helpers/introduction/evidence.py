"""Evidence on the abstract's and the introduction's statements: the border and its regions."""

from __future__ import annotations

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.intervals import Printed
from borderbook.claims.model import Claim, Evidence, Input, Verdict
from borderbook.claims.rules import Rules
from borderbook.parameters.model import Parameters
from helpers import regions
from helpers.scope import PAPERS

RULES = Rules()

_LISTED = (
    *("RU-VGG", "RU-AST", "RU-SAR", "RU-SAM", "RU-ORE", "RU-CHE", "RU-KGN", "RU-TYU"),
    *("RU-OMS", "RU-NVS", "RU-ALT", "RU-AL"),
)
"""The regions that the paper lists, in its order."""


@RULES.settles("abstract-twelve-regions", "region-count")
def count(claim: Claim, _: Parameters) -> Evidence:
    """Compare the printed count with the regions that have a land border."""
    return _counted(c.judge(Printed(claim.printed), len(PAPERS.bordering)))


@RULES.settles("common-border")
def common_border(claim: Claim, _: Parameters) -> Evidence:
    """Check that some region has a land border."""
    return _counted(c.at_most(claim.line, len(PAPERS.bordering)))


@RULES.settles("region-list")
def region_list(_: Claim, __: Parameters) -> Evidence:
    """Compare the regions listed with those that have a land border."""
    absent = [regions.name(code) for code in PAPERS.bordering if code not in _LISTED]
    extra = [regions.name(code) for code in _LISTED if code not in PAPERS.bordering]
    differences = [
        f"{formatting.listing(names)} {what}"
        for names, what in ((absent, "border it too"), (extra, "do not border it"))
        if names
    ]
    alike = f"All {formatting.count(len(_LISTED))} listed regions border {PAPERS.country}, no other"
    return Evidence(
        c.true(not differences),
        ("; ".join(differences) or alike) + ".",
        computed=formatting.listing([regions.name(code) for code in PAPERS.bordering]),
        formula="regions with the country among their neighbours, compared with the list",
        inputs=(_border(),),
    )


def _counted(verdict: Verdict) -> Evidence:
    number = len(PAPERS.bordering)
    return Evidence(
        verdict,
        f"{formatting.count(number).capitalize()} regions have a land border with "
        f"{PAPERS.country}.",
        computed=number,
        formula="number of regions with the country among their neighbours",
        inputs=(_border(),),
    )


def _border() -> Input:
    rows = f"country RU, neighbours hold {PAPERS.neighbour}"
    return c.basis("regions", rows, {code: regions.name(code) for code in PAPERS.bordering})
