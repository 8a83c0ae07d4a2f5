"""Random negotiations small enough to list, and the answers read off the full list.

Made to be awkward: ties, equal and duplicated options, zero sums, indifferent parties, sums that
agree only up to rounding, issues tied together with combinations ruled out, floors that nobody
or everybody meets, one party or four.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from sim.problem import Block, Floats, Indices, Problem

NEAR = 1e-9
STYLES = (
    "random", "points", "thirds", "zero sum", "all equal", "one indifferent", "rounding",
    "duplicated",
)  # fmt: skip


def small_problem(seed: int, *, n_parties: int | None = None) -> Problem:
    """Draw a problem of at most a few hundred outcomes; the same seed gives the same problem."""
    rng = np.random.default_rng(seed)
    n = n_parties or int(rng.choice([1, 2, 2, 3, 3, 4]))
    style = STYLES[rng.integers(len(STYLES))]
    n_issues = int(rng.integers(1, 6))
    blocks = []
    for issues in _groups(n_issues, rng):
        sizes = rng.integers(1, 4, len(issues))
        choices = np.indices(tuple(sizes)).reshape(len(issues), -1).T
        if len(choices) > 2 and rng.random() < 0.5:  # a constraint or a red line
            choices = np.delete(choices, rng.integers(len(choices)), axis=0)
        blocks.append(
            Block(issues, choices, utilities_in_style(style, len(choices), n, n_issues, rng))
        )
    empty = Problem(tuple(blocks), np.zeros(n), np.zeros(n))
    low, high = empty.worst(), empty.best()
    d = low + (high - low) * rng.choice([0, 0, 0.2, 0.4, 0.6, 0.9], n)
    d = d - 0.5 * (rng.random() < 0.3)
    r = d + (high - d) * rng.choice([0, 0, 0.1, 0.3], n)
    return Problem(tuple(blocks), d, np.maximum(r, d))


def _groups(n_issues: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Split the issues into groups, in no order, a few of more than one issue."""
    left = rng.permutation(n_issues).tolist()
    groups = []
    while left:
        size = int(rng.integers(1, 4)) if rng.random() < 0.3 else 1
        groups.append(tuple(sorted(left[:size])))
        left = left[size:]
    return groups


def utilities_in_style(
    style: str, rows: int, n: int, n_issues: int, rng: np.random.Generator
) -> Floats:
    values = rng.random((rows, n)) / n_issues
    if style == "points":
        return rng.integers(0, 4, (rows, n)).astype(float)
    if style == "thirds":
        return rng.integers(0, 3, (rows, n)) / (3 * n_issues)
    if style == "zero sum":
        return np.hstack([values[:, :1]] + [1 / n_issues - values[:, :1]] * (n - 1))
    if style == "all equal":
        return np.full((rows, n), 1 / (3 * n_issues))
    if style == "one indifferent":
        values[:, 0] = 0.1 / n_issues
    if style == "rounding":
        return rng.integers(0, 2, (rows, n)) * rng.choice([0.1, 0.2, 0.3, 1 / 7, 1 / 3], (1, n))
    if style == "duplicated":
        values = values[rng.integers(0, rows, rows)]
    return values


def problems(**wishes: int) -> st.SearchStrategy[Problem]:
    """Draw small problems for laws that hold for all."""
    return st.integers(0, 2**32 - 1).map(lambda seed: small_problem(seed, **wishes))


def feasible_outcomes(problem: Problem) -> tuple[Indices, Floats]:
    """List the outcomes that give everyone at least no deal, by outcome number."""
    choices, utilities = problem.enumerate()
    able = (utilities >= problem.least - NEAR).all(axis=1)
    return choices[able], utilities[able]


def solution_by_definition(problem: Problem, name: str) -> Indices | None:
    """Return what a solution is, by looking at every outcome in order."""
    choices, utilities = (
        problem.enumerate() if name == "utilitarian_unconstrained" else feasible_outcomes(problem)
    )
    if not len(choices):
        return None
    gains = utilities - problem.disagreement
    ideal = gains.max(axis=0)
    able = ideal > NEAR
    own = gains[:, able]
    first: list[Floats] = []
    if name == "nash" and able.any():
        first = [np.where(own < NEAR, 0, own).prod(axis=1) ** (1 / able.sum())]
    if name == "kalai_smorodinsky":
        first = list(np.sort(own / ideal[able], axis=1).T)
    if name.startswith("utilitarian"):
        first = [utilities.sum(axis=1)]
    left = np.arange(len(gains))
    for score in [*first, *np.sort(gains, axis=1).T]:
        left = left[score[left] >= score[left].max() - NEAR]
    return choices[left[0]]


def frontier_by_definition(problem: Problem) -> tuple[Indices, Floats]:
    """Return the outcomes that none betters; of those that give the same, the first."""
    choices, utilities = feasible_outcomes(problem)
    kept = []
    for place, own in enumerate(utilities):
        covers = (utilities >= own - NEAR).all(axis=1)
        betters = covers & (utilities > own + NEAR).any(axis=1)
        if not betters.any() and covers.argmax() == place:
            kept.append(place)
    return choices[kept], utilities[kept]
