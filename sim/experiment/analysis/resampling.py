"""Intervals from resampling: what the answer would have been with other draws of the same design.

Percentile intervals (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95
"""How sure an interval is meant to be."""

AT_A_TIME = 4_000_000
"""Counts held in memory at a time."""


def resampled_counts(n: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Draw ``n`` of ``n`` with replacement, many times over.

    Yields
    ------
    ndarray
        Shape ``(some_resamples, n)``: how often each was drawn.
    """
    rng = np.random.default_rng(seed)
    step = max(1, AT_A_TIME // n)
    for first in range(0, resamples, step):
        rows = min(step, resamples - first)
        drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(float)


def percentile_interval(resampled: Floats) -> tuple[Floats, Floats]:
    """Return the middle 95 % of resampled answers, column by column; without any, everything."""
    if not len(resampled):
        return np.full(resampled.shape[1], -np.inf), np.full(resampled.shape[1], np.inf)
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high
