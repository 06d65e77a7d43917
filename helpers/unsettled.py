"""Statements on which the data package holds nothing at all: what would settle them."""

from __future__ import annotations

from borderbook.claims.checks import Claim, Evidence, not_checkable
from borderbook.claims.rules import settles
from borderbook.parameters.model import Parameters

_MISSING = {
    "similar-conditions": "a measure by which conditions are to be compared; the regional figures "
    "of the two countries are in two currencies",
    "government-attention": "a measure of attention, such as programmes or spending by year",
    "integration-organisations": "a list of international organisations and their members",
    "studies-less-common": "a count of studies by the border that they treat",
    "oil-companies": "a register of companies with their branch and region",
    "border-trade-structure": "trade of a Russian region with Kazakhstan by product",
    "foreign-investment-decline": "foreign direct investment in Russian industry by year",
}


@settles(*_MISSING)
def missing(claim: Claim, _: Parameters) -> Evidence:
    """Return what is missing."""
    return not_checkable(_MISSING[claim.id])
