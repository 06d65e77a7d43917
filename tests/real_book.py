"""The real book, for tests: its folder, and the models of its sections."""

from __future__ import annotations

from pathlib import Path

from borderbook.parameters.derive import model_of

ROOT = Path(__file__).resolve().parents[1]
Introduction = model_of("introduction")
GrossProduct = model_of("gross-product")
ForeignTrade = model_of("foreign-trade")
SmallEnterprises = model_of("small-enterprises")
Discussion = model_of("discussion")
Claims = model_of("claims")
Data = model_of("data")
