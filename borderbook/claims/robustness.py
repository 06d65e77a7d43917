"""Robustness: how many defensible choices leave a verdict as it is.

A choice is a set of parameters, or a neighbouring reading of the statement. It bears on a statement
if the evidence is another one under it; the others say nothing about how firm the verdict is. A
statement that is checked against other figures under a choice is not compared: a difference
could then lie in the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from borderbook.claims import ledger
from borderbook.claims.ledger import Finding
from borderbook.claims.model import Verdict
from borderbook.parameters.model import Parameters

READING = "another reading"
"""The label under which the readings of all statements are counted as one choice."""


class Choice(NamedTuple):
    """One defensible choice: words for it, the parameters that make it, and its kind.

    `open` settles what the text leaves open; `left out` takes away a part that the text counts in,
    to see whether it decides. `names` are what readings of statements call the same choice.
    """

    label: str
    parameters: Mapping[str, Any]
    kind: Literal["open", "left out"] = "open"
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Robustness:
    """A finding beside the verdicts under the choices and readings that bear on it, by label."""

    finding: Finding
    of_choices: Mapping[str, Verdict]
    left_out: Mapping[str, Verdict]
    chosen: frozenset[str] = frozenset()
    """What the readings that are one of the choices are called."""

    @property
    def others(self) -> dict[str, Verdict]:
        """The verdicts under every choice and reading that bears on the statement."""
        return {**self.of_choices, **self.readings}

    @property
    def readings(self) -> dict[str, Verdict]:
        """The verdicts under other readings, but for those that are a choice of all statements."""
        return {
            reading: verdict
            for reading, verdict in self.finding.readings.items()
            if _label(reading) not in self.chosen
        }

    @property
    def turned(self) -> list[str]:
        """The choices, readings and parts left out under which the verdict is another one."""
        both = {**self.others, **self.left_out}
        return [label for label, verdict in both.items() if self._turns(verdict)]

    @property
    def same(self) -> int:
        """Under how many of `others` the verdict is the same."""
        return sum(not self._turns(verdict) for verdict in self.others.values())

    @property
    def same_left_out(self) -> int:
        """With how many of the parts that can be left out the verdict is the same."""
        return sum(not self._turns(verdict) for verdict in self.left_out.values())

    @property
    def by_reading(self) -> bool | None:
        """Whether a reading gives another verdict; None if there is no other reading."""
        readings = self.readings.values()
        return any(map(self._turns, readings)) if readings else None

    @property
    def is_firm(self) -> bool:
        """Whether choices and readings bear on the verdict, and none turns it."""
        return bool(self.others) and self.same == len(self.others)

    def turns(self, label: str) -> bool | None:
        """Return whether a choice gives another verdict; None if it does not bear on it."""
        if label == READING:
            return self.by_reading
        verdict = {**self.of_choices, **self.left_out}.get(label)
        return None if verdict is None else self._turns(verdict)

    def _turns(self, verdict: Verdict) -> bool:
        return ledger.side(verdict) != ledger.side(self.finding.verdict)


def weigh(parameters: Parameters, choices: Sequence[Choice]) -> list[Robustness]:
    """Return the robustness of every finding that could be checked, in the order of the text.

    A reading of the statement that is one of the choices counts as that choice.
    """
    base = [f for f in ledger.evaluate(parameters) if f.verdict != "not-checkable"]
    ids = [finding.claim.id for finding in base]
    under: dict[str, dict[str, Verdict]] = {finding.claim.id: {} for finding in base}
    for choice in choices:
        chosen = type(parameters).model_validate({**parameters.model_dump(), **choice.parameters})
        others = {finding.claim.id: finding for finding in ledger.evaluate(chosen, ids=ids)}
        for finding in base:
            other = others[finding.claim.id]
            if (given := _reading(choice, finding)) is not None:
                under[finding.claim.id][choice.label] = given
            elif _is_another(finding, other):
                under[finding.claim.id][choice.label] = other.verdict
    are_open = {choice.label for choice in choices if choice.kind == "open"}
    names = frozenset(name for choice in choices for name in (choice.label, *choice.names))
    return [
        Robustness(
            finding,
            {label: v for label, v in under[finding.claim.id].items() if label in are_open},
            {label: v for label, v in under[finding.claim.id].items() if label not in are_open},
            names,
        )
        for finding in base
    ]


def _is_another(finding: Finding, other: Finding) -> bool:
    """Return whether the evidence is another one, of the same kind of figures."""
    return other.checked_against == finding.checked_against and (other.computed, other.inputs) != (
        finding.computed,
        finding.inputs,
    )


def _reading(choice: Choice, finding: Finding) -> Verdict | None:
    """Return the verdict under the reading that is the choice; None if none is."""
    names = (choice.label, *choice.names)
    return next((v for reading, v in finding.readings.items() if _label(reading) in names), None)


def _label(reading: str) -> str:
    """Return the words of a reading without the value that it gives."""
    return reading.partition(":")[0]
