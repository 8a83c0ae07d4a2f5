"""Random negotiations small enough to list in which issues are tied to each other every which way.

Each comes twice: as a tree of blocks that overlap, and as one list for every group of issues that
hang together. Both are the same negotiation, so every answer must be the same.
"""

from __future__ import annotations

import numpy as np

from benchmarks.instances import blocks_of
from sim.condition import Condition
from sim.problem import Floats, Problem
from tests.small_problems import STYLES, utilities_in_style


def tied_problems(seed: int, *, n_parties: int | None = None) -> tuple[Problem, Problem]:
    """Draw a problem as a tree of overlapping blocks, and the same problem listed."""
    rng = np.random.default_rng(seed)
    n = n_parties or int(rng.choice([1, 2, 2, 3, 3, 4]))
    style = STYLES[rng.integers(len(STYLES))]
    n_issues = int(rng.integers(3, 7))
    sizes = tuple(rng.integers(1 + (rng.random(n_issues) < 0.9), 4).tolist())
    terms: dict[tuple[int, ...], Floats] = {}
    for _ in range(int(rng.integers(2, n_issues + 3))):
        width = int(rng.choice([1, 2, 2, 2, 3]))
        tie = tuple(sorted(rng.choice(n_issues, width, replace=False).tolist()))
        shape = tuple(sizes[i] for i in tie)
        cells = utilities_in_style(style, int(np.prod(shape)), n, n_issues, rng)
        terms[tie] = cells.reshape(*shape, n)
    excluded = [_forbidden(sizes, rng) for _ in range(int(rng.choice([0, 0, 1, 2, 4])))]
    tree = blocks_of(sizes, terms, merged=1, excluded=excluded)
    listed = blocks_of(sizes, terms, merged=10**6, excluded=excluded)
    low, high = _range(listed, n)
    d = low + (high - low) * rng.choice([0, 0, 0.2, 0.4, 0.6, 0.9], n)
    d = d - 0.5 * (rng.random() < 0.3)
    r = np.maximum(d + (high - d) * rng.choice([0, 0, 0.1, 0.3], n), d)
    return Problem(tree, d, r), Problem(listed, d, r)


def _range(blocks, n: int) -> tuple[Floats, Floats]:
    whole = Problem(blocks, np.zeros(n), np.zeros(n))
    if not whole.n_outcomes:
        return np.zeros(n), np.ones(n)
    return whole.worst(), whole.best()


def _forbidden(sizes: tuple[int, ...], rng: np.random.Generator) -> Condition:
    """Rule out some options of one issue together with some of another."""
    tie = sorted(rng.choice(len(sizes), 2, replace=False).tolist())
    masks = tuple(rng.random(sizes[i]) < 0.5 for i in tie)
    return Condition(tuple(tie), masks, "forbidden")
