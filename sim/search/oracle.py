"""The package worth most at some prices of the parties' gains, and what any other gives up.

Without ties between blocks it is the best row of every block; with ties it is found along the tree
from the last block back to the first, at the cost of one look at every row.
"""

from __future__ import annotations

import numpy as np

from sim.problem import Floats, Indices
from sim.search.stack import Stack
from sim.search.tied import given_up, lost_through


def at_prices(stack: Stack, prices: Floats) -> tuple[float, Floats]:
    """Value the best package, and price what choosing each row gives up.

    Returns
    -------
    worth, cost
        The most that an outcome is worth; and what each row falls short of the best that answers
        to its state, ``(n_rows,)``. An outcome is worth so much less as its rows cost together.
    """
    value = stack.gains @ prices
    if stack.tied is None:
        top = np.maximum.reduceat(value, stack.start[:-1])
        cost = np.repeat(top, stack.sizes) - value
        return float(stack.origin @ prices + top.sum()), cost
    cost = given_up(stack.tied, value[:, None])[:, 0]
    best = stack.origin + stack.gains[cheapest(stack, cost)].sum(axis=0)
    return float(best @ prices), cost


def cheapest(stack: Stack, cost: Floats) -> Indices:
    """Return the outcome that takes the cheapest row of every state it meets, ``(n_blocks,)``."""
    if stack.tied is None:
        order = np.lexsort((cost, stack.block))
        return order[stack.start[:-1]].astype(np.intp)
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    t = stack.tied
    rows: Indices = kernels.cheapest(cost, t.first, t.link, t.home, t.root, stack.n_blocks)
    return rows


def best_package(stack: Stack, prices: Floats) -> Indices:
    """Return the outcome worth most at some prices, as one row from every block.

    Parameters
    ----------
    prices
        Of each party's gain, shape ``(n_parties,)``, of any sign.
    """
    return cheapest(stack, at_prices(stack, prices)[1])


def lost_with(stack: Stack, cost: Floats) -> Floats:
    """Return the least that an outcome through each row gives up in all its rows, ``(n_rows,)``."""
    return cost if stack.tied is None else lost_through(stack.tied, cost[:, None])[:, 0]
