"""The real book, for tests: its folder, its pages, and the models of its sections."""

from __future__ import annotations

from pathlib import Path

import yaml

from borderbook.parameters.derive import model_of

ROOT = Path(__file__).resolve().parents[1]
_CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [
    f"{page}.html"
    for page in (
        *(_CONTENTS["root"], *(chapter["file"] for chapter in _CONTENTS["chapters"])),
        *("search", "genindex"),
    )
]
Introduction = model_of("introduction")
GrossProduct = model_of("gross-product")
ForeignTrade = model_of("foreign-trade")
SmallEnterprises = model_of("small-enterprises")
Discussion = model_of("discussion")
Claims = model_of("claims")
Data = model_of("data")
