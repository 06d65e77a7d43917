"""Ready citations of a table or chart: a line of text, and an entry for BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass

from borderbook.formatting import MINUS, THIN_SPACE

_TEX = {
    "\\": r"\textbackslash{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    THIN_SPACE: r"\,",
    MINUS: "$-$",
    "–": "--",
}
"""Characters that mean something to TeX, and those that its older fonts do not have."""


@dataclass(frozen=True)
class Citation:
    """What is cited, in which state of the book; `edition` and `address` may be blank.

    `key` names the entry in BibTeX; `date` is that of the figures (ISO 8601), `digest` names their
    state.
    """

    key: str
    title: str
    book: str
    makers: str
    version: str
    date: str
    digest: str
    edition: str = ""
    address: str = ""

    @property
    def text(self) -> str:
        """Return the citation as a line of text."""
        edition = f", {self.edition}" if self.edition else ""
        address = f" {self.address}" if self.address else ""
        return (
            f"{self.makers} ({self._year}): “{self.title}”. In: {self.book}, executable edition, "
            f"version {self.version}{edition}. {self._figures}.{address}"
        )

    @property
    def bibtex(self) -> str:
        """Return the citation as an entry for BibTeX."""
        edition = f", {self.edition}" if self.edition else ""
        fields = {
            "author": f"{{{_tex(self.makers)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "booktitle": f"{{{_tex(f'{self.book}, executable edition')}}}",
            "publisher": f"{{{_tex(self.makers)}}}",
            "year": self._year,
            "edition": _tex(f"version {self.version}{edition}"),
            "note": _tex(self._figures),
            **({"url": self.address} if self.address else {}),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
        return "\n".join([f"@incollection{{{self.key},", *lines, "}", ""])

    @property
    def _year(self) -> str:
        return self.date[:4]

    @property
    def _figures(self) -> str:
        return f"Figures of {self.date}, digest {self.digest}"


def _tex(text: str) -> str:
    """Return text as TeX reads it.

    >>> _tex("7 % of R&D")
    '7 \\\\% of R\\\\&D'
    """
    return re.sub("|".join(map(re.escape, _TEX)), lambda match: _TEX[match[0]], text)
