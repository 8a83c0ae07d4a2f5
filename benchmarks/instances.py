"""Synthetic negotiations of any size: what the claims about speed are measured on.

Weights are Dirichlet(1) for every party. Option values are scaled so that each issue's worst is
0 and its best 1. *opposed*: monotone values, the first party up, the second down, every further
one on a random side of each issue. *mixed*: each issue is opposed with probability 0.6, aligned
(all want the same end) with 0.2, independent with 0.2. *random*: independent uniform values.
"""

from __future__ import annotations

import numpy as np

from sim.problem import Block, Floats, Problem

KINDS = ("opposed", "mixed", "random")


def instance(
    kind: str,
    n_parties: int,
    rng: np.random.Generator,
    *,
    n_issues: int = 28,
    n_options: int = 4,
    disagreement: float = 0.3,
) -> Problem:
    """Draw one negotiation; every party walks away with ``disagreement`` of its 0-1 scale."""
    weights = rng.dirichlet(np.ones(n_issues), n_parties)
    blocks = []
    for issue in range(n_issues):
        values = _values(_nature(kind, rng), n_parties, n_options, rng)
        blocks.append(Block((issue,), np.arange(n_options)[:, None], values * weights[:, issue]))
    level = np.full(n_parties, disagreement)
    return Problem(tuple(blocks), level, level)


def _nature(kind: str, rng: np.random.Generator) -> str:
    if kind != "mixed":
        return kind
    return str(rng.choice(["opposed", "aligned", "random"], p=[0.6, 0.2, 0.2]))


def _values(nature: str, n_parties: int, n_options: int, rng: np.random.Generator) -> Floats:
    """Return values of the options of one issue, shape ``(n_options, n_parties)``."""
    values = rng.random((n_options, n_parties))
    if nature != "random":
        values = np.sort(values, axis=0)
        sides = rng.random(n_parties) < 0.5
        sides[:2] = [False, True]
        if nature == "aligned":
            sides[:] = rng.random() < 0.5
        values = np.where(sides, values[::-1], values)
    low, high = values.min(axis=0), values.max(axis=0)
    scaled: Floats = (values - low) / (high - low)
    return scaled
