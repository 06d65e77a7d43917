"""Units in words, as they follow a number in a sentence."""

from __future__ import annotations

UNITS = {
    "trillion RUB": "trillion roubles",
    "billion USD": "billion US dollars",
    "million USD": "million US dollars",
}
"""Units of the claims that are no words themselves."""
