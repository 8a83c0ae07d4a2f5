"""How large a win-set is, and how much of a zone is ratified: counted, or drawn with an error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.assembly import assemble
from sim.blocks import n_outcomes
from sim.equilibria.ratification.packages import Listed
from sim.equilibria.ratification.ratifiers import House
from sim.equilibria.ratification.search import Node, Searched
from sim.feasible.count import ZoneSize, count_acceptable, tilted_prices
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.draws import drawn_rows, log_mean
from sim.search.stack import Stack, rational, stacked

Bools = NDArray[np.bool_]

COUNTED = 300_000
"""Up to so many packages are looked at one by one."""

DRAWN = 20_000
"""Packages drawn where there are more."""


@dataclass(frozen=True)
class Share:
    """A share of packages.

    Attributes
    ----------
    share
        Of the whole.
    error
        Its standard error; 0 where it was counted.
    packages
        How many there are, where they were counted.
    """

    share: float
    error: float
    packages: int | None


@dataclass(frozen=True)
class Sizes:
    """How much ratifiers leave.

    Attributes
    ----------
    all_packages
        Packages that the constraints allow.
    signed
        The negotiators' zone.
    ratified
        What all bodies let pass of that zone; ``None`` where nothing could be drawn from it.
    by_body
        For each body what it alone lets pass of the zone.
    win_sets
        For each body its win-set as a share of all packages.
    """

    all_packages: int
    signed: ZoneSize
    ratified: Share | None
    by_body: tuple[Share, ...] | None
    win_sets: tuple[Share, ...]


def sizes(packages: Listed | Searched, *, seed: int) -> Sizes:
    """Count what can be counted, and draw from the rest."""
    rng = np.random.default_rng(seed)
    joint = packages.house.joint
    blocks = assemble(joint, [0], joint.structure.constraints)
    everything = n_outcomes(blocks)
    whole = Problem(blocks, np.zeros(1), np.zeros(1))
    win_sets = _win_sets(packages.house, whole, everything, rng)
    if isinstance(packages, Listed):
        n = len(packages.choices)
        share = n / everything if everything else 0.0
        signed = ZoneSize(n, share, (share, share), True, "counting", at_least=n)
        passed = packages.ratified()
        all_, each = _counted(_by_all(passed)), tuple(_counted(c) for c in passed.T)
        return Sizes(everything, signed, all_ if n else None, each if n else None, win_sets)
    problem = packages.problem(Node())
    signed = count_acceptable(problem, rng=rng, of=everything, time_limit=packages.seconds)
    drawn = _drawn_from_zone(packages, problem, rng)
    if drawn is None:
        return Sizes(everything, signed, None, None, win_sets)
    passed, weights = drawn
    each = tuple(_weighted(column, weights) for column in passed.T)
    return Sizes(everything, signed, _weighted(_by_all(passed), weights), each, win_sets)


def _by_all(passed: Bools) -> Bools:
    every: Bools = np.logical_and.reduce(passed, axis=1)
    return every


def _counted(passed: Bools) -> Share:
    return Share(float(passed.mean()) if len(passed) else 0.0, 0.0, int(passed.sum()))


def _weighted(passed: Bools, weights: Floats) -> Share:
    """Return a ratio of two weighted sums, and its standard error by the delta method."""
    total = float(weights.sum())
    share = float((weights * passed).sum()) / total
    error = float(np.sqrt((weights**2 * (passed - share) ** 2).sum())) / total
    return Share(share, error, None)


def _win_sets(
    house: House, whole: Problem, everything: int, rng: np.random.Generator
) -> tuple[Share, ...]:
    if everything == 0:
        return tuple(Share(0.0, 0.0, 0) for _ in house.chambers)
    if everything <= COUNTED:
        choices, _ = whole.enumerate()
        return tuple(_counted(column) for column in house.ratifies(choices).T)
    stack = stacked(whole)
    assert stack is not None  # there are packages
    choices = _packages(whole, stack, np.zeros(1), rng)[0]
    equal = np.ones(len(choices))
    return tuple(_weighted(column, equal) for column in house.ratifies(choices).T)


def _drawn_from_zone(
    packages: Searched, problem: Problem, rng: np.random.Generator
) -> tuple[Bools, Floats] | None:
    """Draw packages tilted towards the zone, and weigh them back; ``None`` where none is hit."""
    if problem.loose:
        return None
    stack = rational(stacked(problem.at_thresholds()))
    if stack is None:
        return None
    prices = tilted_prices(stack)
    choices, gains = _packages(problem, stack, prices, rng)
    weights = np.exp(log_mean(stack, prices) - gains @ prices)
    inside = (gains >= -TOLERANCE).all(axis=1)
    if not inside.any():
        return None
    return packages.house.ratifies(choices[inside]), weights[inside]


def _packages(
    problem: Problem, stack: Stack, prices: Floats, rng: np.random.Generator
) -> tuple[Indices, Floats]:
    places = drawn_rows(stack, prices, DRAWN, rng)
    choices = np.zeros((len(places), problem.n_issues), dtype=np.intp)
    for block, rows in zip(problem.blocks, stack.row[places].T, strict=True):
        choices[:, list(block.issues)] = block.choices[rows]
    gains: Floats = stack.origin + stack.gains[places].sum(axis=1)
    return choices, gains
