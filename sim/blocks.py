"""Groups of issues as arrays, and how the rows of groups that overlap fit together.

A block lists the joint choices on a few issues. A block that shares issues with an earlier one, its
parent, hangs on it: what the two hold on the shared issues must agree. So every row of the parent
puts the child in one *state*, the choices on what they share, and the rows of the child that
answer to that state stand together. What holds below a state is worked out once for all the rows
that lead there, from the last block back to the first: the dynamic programme on a tree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

NONE, DEAD = -1, -2
"""Where a row leads to no further block; where no row of the next block answers to it."""


@dataclass(frozen=True, eq=False)
class Block:
    """Issues that must be settled together, with every joint choice that is allowed.

    Attributes
    ----------
    issues
        Places of the block's issues in an outcome, ascending.
    choices
        Option indices, shape ``(n_rows, n_block_issues)``, in lexicographic order.
    utilities
        What each joint choice adds to each party's utility, shape ``(n_rows, n_parties)``.
    shared
        Those of the issues that blocks before this one hold too; one of these, the parent,
        holds them all. An outcome takes the same options of them in both. What depends on
        shared issues alone is counted in the parent.
    """

    issues: tuple[int, ...]
    choices: Indices
    utilities: Floats
    shared: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.utilities)

    @property
    def own(self) -> tuple[int, ...]:
        """The issues that no earlier block holds."""
        return tuple(i for i in self.issues if i not in self.shared)

    def take(self, rows: ArrayLike) -> Block:
        """Keep only some rows, given as indices or as a mask."""
        kept = np.asarray(rows)
        return Block(self.issues, self.choices[kept], self.utilities[kept], self.shared)

    def on(self, issues: Sequence[int]) -> Indices:
        """Return the choices on some of the block's issues, ``(n_rows, len(issues))``."""
        return self.choices[:, [self.issues.index(i) for i in issues]]


@dataclass(frozen=True, eq=False)
class Ties:
    """How the rows of blocks, one below another and sorted by state, fit together.

    States are numbered block by block. A block without a parent has one state.

    Attributes
    ----------
    first
        The first row of each state and the end, shape ``(n_states + 1,)``.
    link
        The state that each row leads to in each child of its block, ``(n_rows, most_children)``;
        `NONE` beyond the block's children, `DEAD` where no row of the child answers.
    home
        The block of each state, shape ``(n_states,)``.
    parent
        The parent of each block, or `NONE`, shape ``(n_blocks,)``.
    """

    first: Indices
    link: Indices
    home: Indices
    parent: Indices

    @property
    def state(self) -> Indices:
        """The state that each row answers to, shape ``(n_rows,)``."""
        return np.repeat(np.arange(len(self.home)), np.diff(self.first))

    @property
    def root(self) -> NDArray[np.bool_]:
        """Which states are of blocks that hang on no other, shape ``(n_states,)``."""
        return np.asarray(self.parent[self.home] == NONE)

    @property
    def start(self) -> Indices:
        """The first row of each block and the end, shape ``(n_blocks + 1,)``."""
        places = np.searchsorted(self.home, np.arange(len(self.parent) + 1))
        begins: Indices = self.first[places]
        return begins


def parents(blocks: Sequence[Block]) -> list[int]:
    """Return for each block the earlier one that holds all it shares; `NONE` without any."""
    found = []
    for place, block in enumerate(blocks):
        wanted = set(block.shared)
        holders = (k for k in range(place) if wanted <= set(blocks[k].issues))
        found.append(next(holders, NONE) if wanted else NONE)
        if wanted and found[-1] == NONE:
            raise ValueError(f"no block before {place} holds all the issues {block.shared}")
    return found


def fitting(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Strike the rows that fit no row of a block they hang together with.

    Then every row is part of an outcome of its tree, and blocks without rows say that no outcome
    is left.
    """
    left, parent = list(blocks), parents(blocks)
    for place in range(len(left) - 1, -1, -1):
        up = parent[place]
        if up != NONE:
            mine, theirs = _overlap(left[place], left[up])
            left[up] = left[up].take(np.isin(theirs, mine))
    for place, up in enumerate(parent):
        if up != NONE:
            mine, theirs = _overlap(left[place], left[up])
            left[place] = left[place].take(np.isin(mine, theirs))
    return tuple(left)


def _overlap(block: Block, parent: Block) -> tuple[Indices, Indices]:
    return coded(block.on(block.shared), parent.on(block.shared))


def fitted(blocks: Sequence[Block]) -> tuple[Indices, Ties]:
    """Sort the rows of every block by state, and link them to the states of the children.

    Returns
    -------
    row, ties
        The place of each row in its block, shape ``(n_rows,)``, and how the rows fit together.
    """
    parent = parents(blocks)
    links: list[list[Indices]] = [[] for _ in blocks]
    orders: list[Indices] = []
    sizes: list[Indices] = []
    home: list[int] = []
    for place, (block, up) in enumerate(zip(blocks, parent, strict=True)):
        if up == NONE:
            orders.append(np.arange(len(block)))
            sizes.append(np.array([len(block)]))
            home.append(place)
            continue
        mine, theirs = _overlap(block, blocks[up])
        order = np.argsort(mine, kind="stable")
        mine = mine[order]
        begins = np.flatnonzero(np.concatenate(([True], mine[1:] != mine[:-1]))[: len(mine)])
        states = mine[begins]
        at = np.searchsorted(states, theirs)
        answered = np.append(states, -1)[at] == theirs
        links[up].append(np.where(answered, len(home) + at, DEAD))
        orders.append(order)
        sizes.append(np.diff(begins, append=len(mine)))
        home += [place] * len(states)
    first = np.concatenate(([0], np.cumsum(np.concatenate([*sizes, np.zeros(0, dtype=np.intp)]))))
    link = np.full((sum(map(len, blocks)), max(map(len, links), default=0)), NONE, dtype=np.intp)
    row = np.concatenate([*orders, np.zeros(0, dtype=np.intp)])
    begin = 0
    for order, own in zip(orders, links, strict=True):
        for child, leads in enumerate(own):
            link[begin : begin + len(order), child] = leads[order]
        begin += len(order)
    ties = Ties(
        first.astype(np.intp),
        link,
        np.array(home, dtype=np.intp),
        np.array(parent, dtype=np.intp),
    )
    return row.astype(np.intp), ties


def coded(mine: Indices, theirs: Indices) -> tuple[Indices, Indices]:
    """Number joint choices in lexicographic order, equal ones alike."""
    sizes = [1 + max(m, t) for m, t in zip(_most(mine), _most(theirs), strict=True)]
    if math.prod(sizes) < 2**62:
        strides = np.cumprod([1, *sizes[:0:-1]])[::-1]
        return mine @ strides, theirs @ strides
    _, code = np.unique(np.concatenate([mine, theirs]), axis=0, return_inverse=True)
    code = code.reshape(-1).astype(np.intp)
    return code[: len(mine)], code[len(mine) :]


def _most(choices: Indices) -> list[int]:
    most: list[int] = choices.max(axis=0, initial=0).tolist()
    return most


Fold = Callable[..., Any]


def gathered(
    ties: Ties, values: NDArray[Any], merge: Fold, fold: np.ufunc, empty: float, dead: float
) -> NDArray[Any]:
    """Work out what lies below each state, from the last block back to the first.

    Parameters
    ----------
    values
        What each row holds, ``(n_rows, …)``.
    merge, fold
        How a row and what it leads to are put together; and the rows that answer to one state.
    empty, dead
        What a row holds below it where no child is; and where no row of the child answers.

    Returns
    -------
    ndarray
        ``(n_states, …)``.
    """
    below = np.empty((len(ties.home) + 2, *values.shape[1:]), dtype=values.dtype)
    below[NONE], below[DEAD] = empty, dead
    start = ties.start
    states = np.searchsorted(ties.home, np.arange(len(ties.parent) + 1))
    for block in range(len(ties.parent) - 1, -1, -1):
        begin, end = start[block], start[block + 1]
        total = values[begin:end]
        for child in ties.link[begin:end].T:
            total = merge(total, below[child])
        here = slice(states[block], states[block + 1])
        below[here] = fold.reduceat(total, ties.first[here] - begin, axis=0)
    return below[:-2]


def n_outcomes(blocks: Sequence[Block]) -> int:
    """Count the outcomes that blocks hold, as an exact integer of any length."""
    if not all(map(len, blocks)):
        return 0
    if not any(block.shared for block in blocks):
        return math.prod(map(len, blocks))
    _, ties = fitted(blocks)
    one = np.ones(len(ties.link), dtype=object)
    below = gathered(ties, one, np.multiply, np.add, 1, 0)
    return math.prod(int(below[s]) for s in np.flatnonzero(ties.root))


def extremes(blocks: Sequence[Block], fold: np.ufunc, nothing: float) -> Floats:
    """Return what outcomes give each party at most (``np.maximum``) or at least.

    ``nothing`` is returned for everyone where no outcome is left.
    """
    if not any(block.shared for block in blocks):
        each = [fold.reduce(b.utilities, axis=0, initial=nothing) for b in blocks]
        whole: Floats = np.sum(each, axis=0)
        return whole
    if not all(map(len, blocks)):
        return np.full(blocks[0].utilities.shape[1], nothing)
    row, ties = fitted(blocks)
    values = stacked_utilities(blocks, row, ties)
    below = gathered(ties, values, np.add, fold, 0.0, nothing)
    total: Floats = below[ties.root].sum(axis=0)
    return total


def stacked_utilities(blocks: Sequence[Block], row: Indices, ties: Ties) -> Floats:
    """Put the utilities of the blocks one below another, in the order that fits them."""
    pairs = zip(blocks, np.split(row, ties.start[1:-1]), strict=True)
    return np.concatenate([block.utilities[own] for block, own in pairs])


def joined(ties: Ties) -> Indices:
    """List every outcome as the rows it takes, ``(n_outcomes, n_blocks)``; for few only."""
    places = np.zeros((1, 0), dtype=np.intp)
    taken = [0] * len(ties.parent)
    lone = iter(np.flatnonzero(ties.root))
    for up in ties.parent:
        if up == NONE:
            state = np.full(len(places), next(lone))
        else:
            state = ties.link[places[:, up], taken[up]]
            taken[up] += 1
        begin = np.where(state == DEAD, 0, ties.first[state])
        count = np.where(state == DEAD, 0, ties.first[state + 1] - begin)
        before = np.repeat(np.arange(len(places)), count)
        within = np.arange(len(before)) - np.repeat(np.cumsum(count) - count, count)
        places = np.column_stack([places[before], begin[before] + within])
    return places
