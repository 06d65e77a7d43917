"""Terms that what a site hands on is under."""

from __future__ import annotations

CODE_TERMS = "https://spdx.org/licenses/MIT"
"""The terms of the engine, of a book's code, and of what both make."""
