"""What a stack of blocks that overlap needs beyond one whose blocks share nothing.

See `sim.blocks` for how rows answer to states and lead to others. What is best, what is lost and
what still fits is worked out along the tree; so is the order in which a search goes through it,
in which a block comes after the one that it hangs on.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.blocks import NONE, Floats, Indices, Ties

Bools = NDArray[np.bool_]


def untied(start: Indices) -> Ties:
    """Return the ties of blocks that share nothing."""
    n_blocks = len(start) - 1
    link = np.empty((start[-1], 0), dtype=np.intp)
    return Ties(start, link, np.arange(n_blocks), np.full(n_blocks, NONE, dtype=np.intp))


def best_beyond(ties: Ties, values: Floats) -> tuple[Floats, Floats]:
    """Find the most that can still come, column by column of what the rows bring.

    Returns
    -------
    below, beyond
        From each state on, ``(n_states, n_columns)``, and from where each row leads,
        ``(n_rows, n_columns)``.
    """
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    values = np.ascontiguousarray(values, dtype=float)
    below, beyond = kernels.best_below(values, ties.first, ties.link)
    return below, beyond


def given_up(ties: Ties, values: Floats) -> Floats:
    """Return what each row falls short of the best that answers to its state, by column.

    What an outcome falls short of the best of all is the sum over its rows.
    """
    below, beyond = best_beyond(ties, values)
    short: Floats = below[ties.state] - values - beyond
    return short


def lost_through(ties: Ties, short: Floats) -> Floats:
    """Return the least that an outcome through each row gives up in all its rows, by column."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    through: Floats = kernels.least_lost(short, ties.first, ties.link)
    return through


def restricted(ties: Ties, keep: Bools) -> tuple[Ties, Bools] | None:
    """Keep the rows marked, as far as they still fit an outcome; ``None`` where none is left."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    keep = keep.copy()
    kernels.still_fitting(keep, ties.first, ties.link, ties.root)
    sizes = np.add.reduceat(keep, ties.first[:-1], dtype=np.intp)
    left = sizes > 0
    if not left[ties.root].all():
        return None
    number = np.append(np.cumsum(left) - 1, NONE)
    link = number[ties.link[keep]]
    first = np.concatenate(([0], np.cumsum(sizes[left])))
    return Ties(first, link, ties.home[left], ties.parent), keep


def alike(ties: Ties) -> tuple[Indices, Indices]:
    """Put rows together that answer to one state and lead to the same ones.

    Returns
    -------
    order, start
        Rows so that those alike stand together, and in the order they had; and where each set of
        them begins, and the end.
    """
    order = np.lexsort((*ties.link.T[::-1], ties.state))
    answers = np.column_stack([ties.state, ties.link])[order]
    change = np.flatnonzero((answers[1:] != answers[:-1]).any(axis=1)) + 1
    return order, np.concatenate(([0], change, [len(order)])).astype(np.intp)


@dataclass(frozen=True, eq=False)
class Path:
    """An order of a stack's blocks and rows for a search, each block after the one it hangs on.

    Attributes
    ----------
    order, places
        The blocks in the order of the search, and the rows, as places in the stack.
    ties
        How the rows, so ordered, fit together.
    at
        The state that each block is in at the start, as far as it is known, ``(n_blocks,)``.
    """

    order: Indices
    places: Indices
    ties: Ties
    at: Indices

    @property
    def rank(self) -> Indices:
        """When each block of the stack comes in the search."""
        return np.argsort(self.order)


def path(ties: Ties, span: Floats, cost: Floats | None = None) -> Path:
    """Go through blocks by falling span, through the rows of a state by rising cost."""
    order = _order(ties.parent, span)
    rank = np.argsort(order)
    if not ties.link.shape[1]:
        sizes = np.diff(ties.first)
        block = np.repeat(rank, sizes)
        keys = (block,) if cost is None else (cost, block)
        first = np.zeros(len(ties.first), dtype=np.intp)
        np.cumsum(sizes[order], out=first[1:])
        return Path(order, np.lexsort(keys), untied(first), np.arange(len(order)))
    sequence = np.argsort(rank[ties.home], kind="stable")  # states in the order of the search
    number = np.append(np.argsort(sequence), NONE)
    state = number[ties.state]
    places = np.argsort(state, kind="stable") if cost is None else np.lexsort((cost, state))
    first = np.concatenate(([0], np.cumsum(np.diff(ties.first)[sequence])))
    home = rank[ties.home][sequence]
    parent = np.append(rank, NONE)[ties.parent[order]]
    moved = Ties(first, number[ties.link[places]], home, parent)
    at = np.searchsorted(home, np.arange(len(order)))
    return Path(order, places, moved, at)


def _order(parent: Indices, span: Floats) -> Indices:
    """Sort blocks by falling span, but never before the one that they hang on."""
    by_span: Indices = np.argsort(-span, kind="stable")
    if (parent == NONE).all():
        return by_span
    children: dict[int, list[int]] = {}
    for block, up in enumerate(parent.tolist()):
        children.setdefault(up, []).append(block)
    ready = [(-span[block], block) for block in children[NONE]]
    heapq.heapify(ready)
    order = []
    while ready:
        _, block = heapq.heappop(ready)
        order.append(block)
        for child in children.get(block, ()):
            heapq.heappush(ready, (-span[child], child))
    return np.array(order, dtype=np.intp)
