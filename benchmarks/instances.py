"""Synthetic negotiations of any size: what the claims about speed are measured on.

Weights are Dirichlet(1) for every party. Option values are scaled so that each issue's worst is
0 and its best 1. *opposed*: monotone values, the first party up, the second down, every further
one on a random side of each issue. *mixed*: each issue is opposed with probability 0.6, aligned
(all want the same end) with 0.2, independent with 0.2. *random*: independent uniform values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.condition import Condition
from sim.partition import MERGED, allowed_choices, tied_groups
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


def with_interactions(
    n_parties: int,
    rng: np.random.Generator,
    *,
    n_pairs: int = 28,
    n_issues: int = 28,
    n_options: int = 4,
    disagreement: float = 0.3,
    merged: int = MERGED,
) -> Problem:
    """Draw a negotiation in which random pairs of issues interact.

    Issues and pairs have Dirichlet(1) weights together; each has a random value between 0 and 1
    for every option or pair of options, for every party.
    """
    every = [(a, b) for a in range(n_issues) for b in range(a)]
    pairs = [every[k] for k in rng.choice(len(every), n_pairs, replace=False)]
    weights = rng.dirichlet(np.ones(n_issues + n_pairs), n_parties)
    terms = {(k,): rng.random((n_options, n_parties)) * weights[:, k] for k in range(n_issues)}
    for k, (a, b) in enumerate(pairs, start=n_issues):
        terms[b, a] = rng.random((n_options, n_options, n_parties)) * weights[:, k]
    level = np.full(n_parties, disagreement)
    return Problem(blocks_of((n_options,) * n_issues, terms, merged=merged), level, level)


def blocks_of(
    sizes: tuple[int, ...],
    terms: Mapping[tuple[int, ...], Floats],
    *,
    merged: int = MERGED,
    excluded: Sequence[Condition] = (),
) -> tuple[Block, ...]:
    """Turn tables over a few issues each into blocks.

    Parameters
    ----------
    sizes
        Number of options of each issue.
    terms
        Issues, ascending -> what their options add, ``(n_options, …, n_parties)``.
    merged
        As for `sim.partition.tied_groups`.
    excluded
        Conditions that no outcome may meet.
    """
    n_parties = next(iter(terms.values())).shape[-1]
    ties = tuple(dict.fromkeys([*terms, *(c.issues for c in excluded)]))
    blocks = []
    for issues, shared in tied_groups(sizes, ties, merged):
        choices = allowed_choices(issues, [np.arange(n) for n in sizes], excluded)
        utilities = np.zeros((len(choices), n_parties))
        for tie, table in terms.items():
            if set(tie) <= set(issues) and not set(tie) <= set(shared):
                utilities += table[tuple(choices[:, issues.index(i)] for i in tie)]
        blocks.append(Block(issues, choices, utilities, shared))
    return tuple(blocks)
