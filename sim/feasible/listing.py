"""The acceptable outcomes themselves, where there are few enough to read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.clock import deadline_in, late
from sim.feasible.count import LISTED, opening, priced
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.packages import Packages, listed, valued
from sim.search.stack import Stack, rational, stacked
from sim.search.tied import path

SLICE = 500_000
"""Steps of the search between two looks at the clock."""


@dataclass(frozen=True, eq=False)
class Listing:
    """Acceptable outcomes, by outcome number.

    Attributes
    ----------
    choices, utilities
        Shapes ``(n_found, n_issues)`` and ``(n_found, n_parties)``.
    complete
        There are no others.
    """

    choices: Indices
    utilities: Floats
    complete: bool

    def __len__(self) -> int:
        return len(self.choices)


def list_acceptable(
    problem: Problem, *, most: int = 1000, time_limit: float | None = 10.0
) -> Listing:
    """List the outcomes that give every party its threshold.

    Parameters
    ----------
    most
        How many to list at most. Which ones are listed where there are more is not defined, but
        it is the same ones every time.
    time_limit
        Seconds after which the list is cut short.

    Examples
    --------
    >>> coins = np.arange(11.0)
    >>> split = Problem.enumerated(np.column_stack([coins, 10 - coins]), [0, 0], [3, 5])
    >>> list_acceptable(split).utilities.tolist()
    [[3.0, 7.0], [4.0, 6.0], [5.0, 5.0]]
    """
    if problem.loose:
        return _by_programme(problem, most, deadline_in(time_limit))
    stack = rational(stacked(problem.at_thresholds()))
    if stack is None:
        return _named(problem, stack, np.zeros((0, len(problem.blocks)), dtype=np.intp), True)
    if stack.n_blocks <= 1 or stack.n_outcomes <= LISTED:
        places, gains = stack.listed()
        able = places[(gains >= -TOLERANCE).all(axis=1)]
        return _named(problem, stack, able[:most], len(able) <= most)
    return _named(problem, *_search(stack, most, deadline_in(time_limit)))


def _by_programme(problem: Problem, most: int, deadline: float | None) -> Listing:
    """List them by integer programmes, where interactions tie too many issues."""
    small = listed(problem)
    if small is not None:
        return list_acceptable(small, most=most)
    choices, complete = Packages(problem, problem.thresholds, deadline).every(most)
    choices = choices[np.lexsort(choices.T[::-1])]
    return Listing(choices, valued(problem, choices)[1], complete)


def _named(problem: Problem, stack: Stack | None, places: Indices, complete: bool) -> Listing:
    """Turn rows of the stack into outcomes, in the order of their numbers."""
    choices = np.zeros((len(places), problem.n_issues), dtype=np.intp)
    utilities = np.zeros((len(places), problem.n_parties))
    if stack is not None:
        rows = stack.row[places]
        for block, own in zip(problem.blocks, rows.T, strict=True):
            choices[:, list(block.issues)] = block.choices[own]
            utilities += block.utilities[own]
    order = np.lexsort(choices.T[::-1]) if problem.n_issues else np.arange(len(places))
    return Listing(choices[order], utilities[order], complete)


def _search(stack: Stack, most: int, deadline: float | None) -> tuple[Stack, Indices, bool]:
    """Go through the blocks depth first, widest first, leaving what starves somebody."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    wider = priced(stack)
    way = path(wider.ties, (wider.best() - wider.worst()).max(axis=1))
    ties, at = way.ties, way.at.copy()
    gains = wider.gains[way.places]
    opened, best = opening(ties, gains)
    total = np.zeros((wider.n_blocks + 1, len(wider.origin)))
    total[0] = wider.origin
    cursor = np.zeros(wider.n_blocks + 1, dtype=np.intp)
    found = np.zeros((most + 1, wider.n_blocks), dtype=np.intp)
    depth, n_found = 0, 0
    while depth >= 0 and n_found <= most and not late(deadline):
        depth, n_found, _ = kernels.list_above(
            gains, ties.first, ties.link, ties.home, at, opened, best, total, cursor, depth,
            found, n_found, SLICE,
        )  # fmt: skip
    rows = way.places[found[: min(n_found, most)]][:, way.rank]
    return wider, rows, depth < 0 and n_found <= most
