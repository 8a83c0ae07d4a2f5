"""Two groups of blocks played off against each other, for when two parties only divide.

Where what one party wins the other loses, every package is efficient and a depth-first search
finds nothing to leave out. But then good packages abound: among the sums of one half of the
issues and of the other, sorted, a pair that balances the parties almost exactly is found at once,
close enough to the ceiling that nothing can be better by more than the tolerance.
"""

from __future__ import annotations

import numpy as np

from sim.blocks import NONE
from sim.problem import Floats, Indices
from sim.search.criteria import LEAST, PRODUCT, Criterion
from sim.search.relaxation import Ceiling
from sim.search.stack import Stack

HALF = 150_000
"""Sums that are listed of each group."""


def paired(stack: Stack, criterion: Criterion, bound: Ceiling, rows: Indices) -> Indices:
    """Improve an outcome of a two-party problem by changing many blocks at once.

    Parameters
    ----------
    rows
        The outcome to start from, as places in the stack, ``(n_blocks,)``.

    Returns
    -------
    Indices
        The best outcome met, at least as good as the one given.
    """
    line, level = _balance(criterion, bound)
    groups = _groups(stack)
    fixed = np.setdiff1d(np.arange(stack.n_blocks), np.concatenate(groups))
    base = stack.origin + stack.gains[rows[fixed]].sum(axis=0)
    first, second = (_sums(stack, group) for group in groups)
    first = base + first
    order = np.argsort(second @ line)
    second = second[order]
    near = np.searchsorted(second @ line, level - first @ line)
    best, chosen = -np.inf, None
    for shift in (-1, 0, 1):
        other = np.clip(near + shift, 0, len(second) - 1)
        gains = first + second[other]
        score = np.where(criterion.allows(gains), criterion.score(gains), -np.inf)
        place = int(score.argmax())
        if score[place] > best:
            best, chosen = float(score[place]), (place, int(order[other[place]]))
    if chosen is None or best <= _score(stack, criterion, rows):
        return rows
    improved = rows.copy()
    for group, place in zip(groups, chosen, strict=True):
        digits = np.unravel_index(place, tuple(stack.sizes[group]))
        improved[group] = stack.start[group] + np.array(digits, dtype=np.intp)
    return improved


def _score(stack: Stack, criterion: Criterion, rows: Indices) -> float:
    gains = (stack.origin + stack.gains[rows].sum(axis=0))[None, :]
    return float(criterion.score(gains)[0]) if criterion.allows(gains)[0] else -np.inf


def _balance(criterion: Criterion, bound: Ceiling) -> tuple[Floats, float]:
    """Return the line on which the best outcomes lie: ``line · gains = level``."""
    counted = criterion.coef > 0
    if counted.all() and criterion.kind == LEAST:
        return np.array([1.0, -1.0]) / criterion.coef, 0.0
    if counted.all() and criterion.kind == PRODUCT:
        return np.array([1.0, -1.0]) * bound.prices / criterion.coef, 0.0
    other = int(counted.argmax()) ^ 1  # it gets its floor, and the one that counts the rest
    return np.eye(2)[other], float(np.nan_to_num(criterion.floor[other]))


def _groups(stack: Stack) -> tuple[Indices, Indices]:
    """Deal the blocks that matter most out to two groups, as long as their sums can be listed.

    Blocks that overlap with others stay as they are.
    """
    groups: tuple[list[int], list[int]] = ([], [])
    sizes = [1, 1]
    span = (stack.best() - stack.worst()).sum(axis=1)
    parent = stack.ties.parent
    alone = (parent == NONE) & ~np.isin(np.arange(stack.n_blocks), parent)
    for block in np.argsort(-span, kind="stable"):
        side = int(sizes[1] < sizes[0])
        rows = int(stack.sizes[block])
        if alone[block] and rows > 1 and sizes[side] * rows <= HALF:
            groups[side].append(int(block))
            sizes[side] *= rows
    return np.array(groups[0], dtype=np.intp), np.array(groups[1], dtype=np.intp)


def _sums(stack: Stack, group: Indices) -> Floats:
    """List what a group of blocks can give, last block fastest."""
    total = np.zeros((1, 2))
    for block in group:
        rows = stack.gains[stack.start[block] : stack.start[block + 1]]
        total = (total[:, None, :] + rows[None, :, :]).reshape(-1, 2)
    return total
