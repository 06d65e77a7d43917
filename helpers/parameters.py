"""What parameters of the book mean: the border group, and the years.

A section whose cell declares all fields of one of these classes has that class as a base: see
`borderbook.parameters.derive`.
"""

from __future__ import annotations

from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from borderbook.parameters.model import Parameters
from helpers.regions import Group, GroupError, neighbours, subjects


class Years(Parameters):
    """First and last year of a series, both included."""

    first_year: int
    last_year: int

    @property
    def years(self) -> range:
        """The years of the series."""
        return range(self.first_year, self.last_year + 1)

    @property
    def years_in_words(self) -> str:
        """The years of the series: the first and the last, or the only one."""
        first, last = self.first_year, self.last_year
        return str(first) if first == last else f"{first}–{last}"


class Border(Parameters):
    """The border group that a section is about."""

    neighbour: str = "KZ"
    exclude: list[str] = Field([])
    with_okrugs: bool = False

    @classmethod
    def choices(cls, name: str) -> list[str]:
        """Return the neighbours, and the regions that border any of them.

        >>> Border.choices("exclude")[:2]
        ['RU-AL', 'RU-ALT']
        """
        match name:
            case "neighbour":
                return list(neighbours())
            case "exclude":
                touching = subjects()["neighbours"]
                return sorted(touching.index[touching != ""])
            case _:
                return super().choices(name)

    @model_validator(mode="after")
    def _can_be_formed(self) -> Self:
        try:
            _ = self.group
        except GroupError as error:
            raise ValueError(str(error)) from None
        return self

    @cached_property
    def group(self) -> Group:
        """The group of regions."""
        return Group(self.neighbour, tuple(dict.fromkeys(self.exclude)), self.with_okrugs)


class BorderYears(Years, Border):
    """A border group over years."""


MODELS = (BorderYears, Border, Years)
"""The bases of sections, those with more fields first."""
