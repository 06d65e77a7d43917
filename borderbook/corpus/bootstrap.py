"""Uncertainty of a rate, by drawing documents again and again from those that there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# So that the same documents always give the same interval.
_SEED = 20181
_DRAWS = 2000


def interval(
    counts: Sequence[int], lengths: Sequence[int], per: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the percentile interval of `per` × sum of counts / sum of lengths over documents.

    Documents are drawn with replacement, as many as there are (Efron and Tibshirani 1993, 13.3).
    With one document nothing can be drawn: both ends are then its rate. NaN without a document.

    >>> interval([0, 2], [10, 10], 100)
    (0.0, 20.0)
    """
    if not len(counts):
        return float("nan"), float("nan")
    drawn = np.random.default_rng(_SEED).integers(0, len(counts), (_DRAWS, len(counts)))
    rates = per * np.asarray(counts)[drawn].sum(axis=1) / np.asarray(lengths)[drawn].sum(axis=1)
    low, high = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def proportion(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 per cent interval of a proportion after Wilson (1927).

    >>> [round(end, 3) for end in proportion(9, 10)]
    [0.596, 0.982]
    """
    z, share = 1.959964, successes / trials
    centre = share + z * z / (2 * trials)
    half = z * float(np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)))
    scale = 1 + z * z / trials
    return (centre - half) / scale, (centre + half) / scale
