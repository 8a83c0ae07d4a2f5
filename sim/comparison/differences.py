"""Two plan versions against each other, draw by draw under common random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.comparison.acceptance import Acceptance

Floats = NDArray[np.float64]

Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


@dataclass(frozen=True, eq=False)
class Difference:
    """What changes from one plan version to another.

    Attributes
    ----------
    first, second
        Places of the two versions.
    utility, interval
        Mean of second less first for each party, shape ``(n_parties,)``, with its 95 % Monte
        Carlo interval, shape ``(2, n_parties)``.
    better, worse
        Share of draws in which the party gets more, or less, from the second.
    joint, joint_interval
        Second less first in the probability that everyone needed accepts, with its interval.
    """

    first: int
    second: int
    utility: Floats
    interval: Floats
    better: Floats
    worse: Floats
    joint: float
    joint_interval: Floats


def differences(drawn: Acceptance) -> list[Difference]:
    """Compare every pair of plan versions, earlier first.

    The intervals are for the mean over draws (paired, normal approximation): they shrink with
    the number of draws and say nothing of how far the inputs may be wrong.
    """
    n_plans = drawn.by_all.shape[1]
    return [_difference(drawn, a, b) for a, b in combinations(range(n_plans), 2)]


def _difference(drawn: Acceptance, first: int, second: int) -> Difference:
    gap = drawn.utility[:, second] - drawn.utility[:, first]
    mean, interval = _mean_interval(gap)
    change = drawn.by_all[:, second].astype(float) - drawn.by_all[:, first]
    joint, joint_interval = _mean_interval(change)
    return Difference(
        first,
        second,
        mean,
        interval,
        (gap > 1e-9).mean(axis=0),
        (gap < -1e-9).mean(axis=0),
        float(joint),
        joint_interval,
    )


def _mean_interval(sample: Floats) -> tuple[Floats, Floats]:
    """Return the mean over draws and its 95 % interval, low and high."""
    mean = sample.mean(axis=0)
    if len(sample) < 2:
        return mean, np.array([mean, mean]) + np.array([-np.inf, np.inf]).reshape(
            (2,) + (1,) * np.ndim(mean)
        )
    half = Z95 * sample.std(axis=0, ddof=1) / np.sqrt(len(sample))
    return mean, np.array([mean - half, mean + half])


def wilson(share: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the 95 % interval of a share counted over ``n`` draws (Wilson 1927).

    >>> low, high = wilson(np.array([0.0, 0.5]), 100)
    >>> low.round(3), high.round(3)
    (array([0.   , 0.404]), array([0.037, 0.596]))
    """
    z2 = Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
