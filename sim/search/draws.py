"""Drawing outcomes at random, all alike or tilted towards what is worth more at some prices.

An outcome is drawn block by block from the first on, each row with its share of what it and all
that hangs on it weigh; so draws are exact, however blocks overlap.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.blocks import NONE, Floats, Indices, Ties
from sim.search.stack import Stack


def log_mean(stack: Stack, prices: Floats) -> float:
    """Logarithm of the mean of ``exp(prices · gains)`` over all outcomes."""
    log_sum = log_sums(stack.ties, stack.gains @ prices)[0][stack.ties.root].sum()
    return float(stack.origin @ prices + log_sum) - log_count(stack.ties)


def log_count(ties: Ties) -> float:
    """Logarithm of the number of outcomes."""
    return float(log_sums(ties, np.zeros(len(ties.link)))[0][ties.root].sum())


def log_sums(ties: Ties, value: Floats) -> tuple[Floats, Floats]:
    """Logarithm of the sum of ``exp(value)`` from each state on; and each row's share of it."""
    below = np.zeros(len(ties.home) + 1)  # beyond the last child there is nothing to add
    share, start = np.empty(len(value)), ties.start
    states = np.searchsorted(ties.home, np.arange(len(ties.parent) + 1))
    for block in range(len(ties.parent) - 1, -1, -1):
        rows, here = slice(*start[block : block + 2]), slice(*states[block : block + 2])
        worth = value[rows] + below[ties.link[rows]].sum(axis=1)
        first = ties.first[here] - start[block]
        sizes = np.diff(ties.first[here.start : here.stop + 1])
        top = np.maximum.reduceat(worth, first)
        weight = np.exp(worth - np.repeat(top, sizes))
        total = np.add.reduceat(weight, first)
        below[here] = top + np.log(total)
        share[rows] = weight / np.repeat(total, sizes)
    return below[:-1], share


def drawn_rows(stack: Stack, prices: Floats, samples: int, rng: np.random.Generator) -> Indices:
    """Draw outcomes tilted by prices, as one row from every block, ``(samples, n_blocks)``."""
    ties = stack.ties
    _, share = log_sums(ties, stack.gains @ prices)
    at = np.zeros((stack.n_blocks, samples), dtype=np.intp)
    at[ties.home[ties.root]] = np.flatnonzero(ties.root)[:, None]
    places = np.empty((stack.n_blocks, samples), dtype=np.intp)
    begins = np.searchsorted(ties.home, np.arange(stack.n_blocks))
    for block, (begin, end) in enumerate(pairwise(stack.start)):
        steps = np.cumsum(share[begin:end])  # of every state the shares sum to one
        lot = rng.random(samples)
        if ties.parent[block] == NONE:
            places[block] = begin + np.searchsorted(steps[:-1], lot * steps[-1], side="right")
        else:
            state = at[block]
            chosen = begin + np.searchsorted(steps, state - begins[block] + lot, side="right")
            places[block] = np.clip(chosen, ties.first[state], ties.first[state + 1] - 1)
        if (ties.parent == block).any():
            for leads in ties.link[places[block]].T:
                if leads[0] != NONE:
                    at[ties.home[leads[0]]] = leads
    return places.T
