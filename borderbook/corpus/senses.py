"""Senses: a term counts if the words near it say that it is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sense:
    """In which sense a term counts: by words that stand near it in its sentence.

    One of the phrases `marks`, if there are any, stands among the `before` words before it or the
    `after` words after it, and none of the words `refused` directly before it.
    """

    marks: frozenset[tuple[str, ...]]
    refused: frozenset[str] = frozenset()
    before: int = 4
    after: int = 8

    def is_meant(
        self, words: Sequence[str | None], tokens: Sequence[str], first: int, last: int
    ) -> bool:
        """Return whether the term from word `first` to `last` of a sentence counts.

        >>> sense = Sense(frozenset({("tree",)}), frozenset({"no"}), before=2, after=1)
        >>> [sense.is_meant(t, t, 1, 1) for t in (["no", "leaf", "tree"], ["tree", "leaf"])]
        [False, True]
        """
        if first and tokens[first - 1] in self.refused:
            return False
        if not self.marks:
            return True
        is_word = [at for at, word in enumerate(words) if word is not None]
        sides = (
            [words[at] for at in is_word if at < first][-self.before :],
            [words[at] for at in is_word if at > last][: self.after],
        )
        return any(
            tuple(near[at : at + len(mark)]) == mark
            for near in sides
            for mark in self.marks
            for at in range(len(near))
        )


# The senses of one language by the lemma of a term.
Senses = Mapping[str, Sense]
