"""The real book, for tests: its folder, its pages, and the models of its sections."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from borderbook.claims import ledger
from borderbook.claims.ledger import Finding
from borderbook.parameters.derive import model_of
from borderbook.publishing import contents

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = list(contents.pages(contents.read(ROOT)))
"""The pages of the contents, at any depth."""
PAGES = [f"{page}.html" for page in (*WRITTEN, "search", "genindex")]
MANUAL = {f"{page}.html" for page in contents.manual(ROOT)}
"""The pages of the author's manual, which editions and the PDF leave out."""
Introduction = model_of("introduction")
GrossProduct = model_of("gross-product")
ForeignTrade = model_of("foreign-trade")
SmallEnterprises = model_of("small-enterprises")
Discussion = model_of("discussion")
Claims = model_of("claims")
Data = model_of("data")


@lru_cache(maxsize=1)
def findings() -> dict[str, Finding]:
    """Return what settles each statement under the default parameters, by its identifier."""
    return {each.claim.id: each for each in ledger.evaluate(Claims())}
