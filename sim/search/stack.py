"""The blocks of a problem stacked into one table, and the rows that no agreement can hold.

A row goes when even the best of the rest leaves some party below its floor, or when another row
of its block is at least as good for everyone. What remains is usually small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.blocks import Block, Ties, fitted, gathered, joined, stacked_utilities
from sim.errors import InputError
from sim.loose import REFUSAL
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.tied import alike, best_beyond, given_up, lost_through, restricted, untied

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORD = 2**62
"""Outcome numbers are held in as many machine words below this as they need."""


CROWD = 5000
"""With more points than this a coarse filter goes ahead of the exact one."""


@dataclass(frozen=True, eq=False)
class Stack:
    """Blocks one below another, with gains counted from the disagreement point.

    An outcome takes one row between each ``start`` and the next; each party's gain is its
    ``origin`` plus the sum of those rows.

    Attributes
    ----------
    gains
        Shape ``(n_rows, n_parties)``.
    start
        First row of each block and the end, shape ``(n_blocks + 1,)``.
    origin
        Shape ``(n_parties,)``.
    row
        The place of each row in the block that it comes from, shape ``(n_rows,)``.
    tied
        How the rows fit together, where blocks overlap; ``None`` where any row of a block goes
        with any of another.
    """

    gains: Floats
    start: Indices
    origin: Floats
    row: Indices
    tied: Ties | None = None

    @cached_property
    def ties(self) -> Ties:
        """How the rows fit together."""
        return untied(self.start) if self.tied is None else self.tied

    @property
    def n_blocks(self) -> int:
        """Number of blocks, none of them empty."""
        return len(self.start) - 1

    @property
    def sizes(self) -> Indices:
        """Number of rows of each block."""
        return np.diff(self.start)

    @property
    def block(self) -> Indices:
        """The block that each row belongs to, shape ``(n_rows,)``."""
        return np.repeat(np.arange(self.n_blocks), self.sizes)

    @property
    def n_outcomes(self) -> float:
        """How many outcomes are left; a float, for it may be beyond any integer type."""
        if self.tied is None:
            return float(np.prod(self.sizes.astype(float)))
        below = gathered(self.tied, np.ones(len(self.gains)), np.multiply, np.add, 1.0, 0.0)
        return float(np.prod(below[self.tied.root]))

    @cached_property
    def highest(self) -> Floats:
        """The most that an outcome can give each party, shape ``(n_parties,)``."""
        most = self.best()
        if self.tied is not None:
            most = best_beyond(self.tied, self.gains)[0][self.tied.root]
        total: Floats = self.origin + most.sum(axis=0)
        return total

    @cached_property
    def lowest(self) -> Floats:
        """The least that an outcome can give each party, shape ``(n_parties,)``."""
        least = self.worst()
        if self.tied is not None:
            least = -best_beyond(self.tied, -self.gains)[0][self.tied.root]
        total: Floats = self.origin + least.sum(axis=0)
        return total

    def best(self) -> Floats:
        """Return the most that each block can give each party, ``(n_blocks, n_parties)``."""
        return _by_block(np.maximum, self.gains, self.start)

    def worst(self) -> Floats:
        """Return the least that each block can give each party, ``(n_blocks, n_parties)``."""
        return _by_block(np.minimum, self.gains, self.start)

    def take(self, keep: NDArray[np.bool_]) -> Stack | None:
        """Keep the rows marked; ``None`` where a block would be left without any."""
        if keep.all():
            return self
        if self.tied is not None:
            return self.fitting(keep, self.tied)
        left = np.add.reduceat(keep, self.start[:-1], dtype=np.intp)
        if not left.all():
            return None
        start = np.concatenate(([0], np.cumsum(left)))
        return Stack(self.gains[keep], start, self.origin, self.row[keep])

    def fitting(self, keep: NDArray[np.bool_], tied: Ties) -> Stack | None:
        """Keep the rows marked as far as they still fit an outcome; ``None`` without any."""
        left = restricted(tied, keep)
        if left is None:
            return None
        ties, keep = left
        return Stack(self.gains[keep], ties.start, self.origin, self.row[keep], ties)

    def listed(self) -> tuple[Indices, Floats]:
        """List every outcome: the rows it takes and each party's gain. For small stacks only.

        Returns
        -------
        rows, gains
            Shapes ``(n_outcomes, n_blocks)``, as places in this stack, and
            ``(n_outcomes, n_parties)``.
        """
        if self.tied is not None:
            places = joined(self.tied)
            return places, self.origin + self.gains[places].sum(axis=1)
        gains = self.origin[None, :]
        for first, end in zip(self.start[:-1], self.start[1:], strict=True):
            added = gains[:, None, :] + self.gains[None, first:end, :]
            gains = added.reshape(-1, gains.shape[1])
        places = np.indices(tuple(self.sizes)).reshape(self.n_blocks, -1).T
        return places + self.start[:-1], gains


def _by_block(fold: np.ufunc, gains: Floats, start: Indices) -> Floats:
    folded: Floats = fold.reduceat(gains, start[:-1], axis=0)
    return folded


def stacked(problem: Problem) -> Stack | None:
    """Stack the blocks of a problem; ``None`` where a block has no row, so nothing is left.

    Raises
    ------
    InputError
        If interactions tie too many issues for blocks to hold them.
    """
    if problem.loose:
        raise InputError(REFUSAL)
    sizes = [len(block) for block in problem.blocks]
    if not all(sizes):
        return None
    if any(block.shared for block in problem.blocks):
        row, ties = fitted(problem.blocks)
        gains = np.ascontiguousarray(stacked_utilities(problem.blocks, row, ties), dtype=float)
        whole = Stack(gains, ties.start, -problem.disagreement, row, ties)
        return whole.fitting(np.ones(len(row), dtype=bool), ties)
    parts = [block.utilities for block in problem.blocks]
    gains = np.concatenate(parts) if parts else np.zeros((0, problem.n_parties))
    start = np.zeros(len(sizes) + 1, dtype=np.intp)
    np.cumsum(sizes, out=start[1:])
    row = np.arange(len(gains)) - np.repeat(start[:-1], sizes)
    return Stack(np.ascontiguousarray(gains, dtype=float), start, -problem.disagreement, row)


def rational(stack: Stack | None, floor: Floats | float = 0.0) -> Stack | None:
    """Strike rows that leave some party below its floor even with the best of the rest.

    Returns
    -------
    Stack or None
        ``None`` proves that no outcome gives every party its floor.
    """
    while stack is not None and stack.n_blocks:
        if stack.tied is not None:
            spare = stack.highest - floor + TOLERANCE
            if (spare < 0).any():
                return None
            lost = lost_through(stack.tied, given_up(stack.tied, stack.gains))
            kept = stack.take(np.all(lost <= spare, axis=1))
            if kept is stack:
                break
            stack = kept
            continue
        best = stack.best()
        spare = stack.origin + best.sum(axis=0) - floor + TOLERANCE
        if (spare < 0).any():
            return None
        short = np.repeat(best, stack.sizes, axis=0) - stack.gains
        kept = stack.take((short <= spare).all(axis=1))
        if kept is stack:
            break
        stack = kept
    if stack is not None and not stack.n_blocks and (stack.origin < floor - TOLERANCE).any():
        return None
    return stack


def cell(stack: Stack) -> float:
    """Return the resolution at which sums are compared while they are being built.

    A small part of the tolerance, so that what is lost over all blocks stays within it, and
    far above the noise of floating point, so that 0.1 + 0.2 equals 0.3.
    """
    size = np.abs(stack.gains).max(initial=0.0) * max(stack.n_blocks, 1)
    return max(TOLERANCE / max(128, 2 * stack.n_blocks), float(size) * 2.0**-44)


def undominated(stack: Stack) -> Stack:
    """Strike rows that another row of the block makes needless; of equal rows keep the first.

    Only rows can stand for each other that fit the same rows of other blocks.
    """
    if not stack.n_blocks:
        return stack
    if stack.tied is not None:
        order, start = alike(stack.tied)
        if len(start) == len(order) + 1:
            return stack
        from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

        keep = np.empty(len(order), dtype=bool)
        keep[order] = kernels.uncovered(np.rint(stack.gains / cell(stack))[order], start)
        kept = stack.take(keep)
        assert kept is not None  # the best of each set fits what the others fitted
        return kept
    keys = np.rint(stack.gains / cell(stack))
    widest = int(stack.sizes.max())
    if widest <= 16:
        keep = _undominated_padded(keys, stack, widest)
    else:
        pairs = zip(stack.start[:-1], stack.start[1:], strict=True)
        keep = np.concatenate([nondominated(keys[first:end]) for first, end in pairs])
    kept = stack.take(keep)
    assert kept is not None  # the best row of a block is never struck
    return kept


def _undominated_padded(keys: Floats, stack: Stack, widest: int) -> NDArray[np.bool_]:
    """Compare all blocks at once, padded to the widest with rows that lose to every other."""
    block = stack.block
    place = np.arange(len(keys)) - stack.start[block]
    grid = np.full((stack.n_blocks, widest, keys.shape[1]), -np.inf)
    grid[block, place] = keys
    above: NDArray[np.bool_] = np.all(grid[:, :, None, :] >= grid[:, None, :, :], axis=3)
    first = np.tri(widest, dtype=bool, k=-1).T  # s stands before r
    needless = (above & (~above.transpose(0, 2, 1) | first)).any(axis=1)  # above: [b, s, r]
    return np.asarray(~needless[block, place])


def nondominated(keys: Floats) -> NDArray[np.bool_]:
    """Mark the points that no other point covers; of equal points, the first.

    Parameters
    ----------
    keys
        Shape ``(n_points, n_parties)``, more is better; whole numbers, so that equal is equal.
    """
    if len(keys) <= 48:
        above: NDArray[np.bool_] = np.all(keys[:, None, :] >= keys[None, :, :], axis=2)
        first = np.tri(len(keys), dtype=bool, k=-1).T
        return np.asarray(~(above & (~above.T | first)).any(axis=0))
    if keys.shape[1] == 1:
        mark = np.zeros(len(keys), dtype=bool)
        mark[np.argmax(keys[:, 0])] = True
        return mark
    import moocore  # noqa: PLC0415 - takes a tenth of a second to load

    mark = np.ones(len(keys), dtype=bool)
    if len(keys) > CROWD:
        mark = ~_deep_below(keys)
    mark[mark] = moocore.is_nondominated(keys[mark], maximise=True, keep_weakly=False)
    return mark


def _deep_below(keys: Floats) -> NDArray[np.bool_]:
    """Mark points that some point covers whose square on a coarse grid is higher in every way.

    Finds most of what is covered at the cost of a few passes, ahead of the exact filter.
    """
    n_axes = keys.shape[1] - 1
    cells = max(int(len(keys) ** (1 / n_axes)), 2)
    place = tuple(
        ((axis - axis.min()) * (cells / (np.ptp(axis) + 1.0))).astype(np.intp)
        for axis in keys.T[:n_axes]
    )
    highest = np.full((cells + 1,) * n_axes, -np.inf)
    np.maximum.at(highest, place, keys[:, -1])
    for axis in range(n_axes):
        backwards = np.flip(highest, axis)
        np.maximum.accumulate(backwards, axis=axis, out=backwards)
    return np.asarray(highest[tuple(k + 1 for k in place)] >= keys[:, -1])


@dataclass(frozen=True, eq=False)
class Numbering:
    """Outcome numbers as sums of one number per row, in words of 62 bits.

    Because a package's number is a sum over blocks just as its utilities are, partial packages
    carry their number along, and the choices are read back from it at the end.

    Attributes
    ----------
    codes
        What each row of a stack adds, shape ``(n_rows, n_words)``, first word most significant.
    word, size
        The word that holds each issue, and the issue's number of options, ``(n_issues,)``.
    """

    codes: NDArray[np.int64]
    word: Indices
    size: NDArray[np.int64]

    def choices(self, codes: NDArray[np.int64]) -> Indices:
        """Read option indices, shape ``(n, n_issues)``, from numbers, ``(n, n_words)``."""
        chosen = np.empty((len(self.size), len(codes)), dtype=np.intp)
        left = codes.T.copy()
        for issue in range(len(self.size) - 1, -1, -1):  # the last issue turns fastest
            digits = left[self.word[issue]]
            whole = digits // self.size[issue]
            chosen[issue] = digits - whole * self.size[issue]
            left[self.word[issue]] = whole
        return np.ascontiguousarray(chosen.T)


def numbering(problem: Problem, stack: Stack) -> Numbering:
    """Number the rows of a stack so that sums compare as outcome numbers do."""
    size = np.ones(problem.n_issues, dtype=np.int64)
    for block in problem.blocks:
        if len(block.issues) == 1:
            size[block.issues[0]] = block.choices.max() + 1
        else:
            widest = block.choices.max(axis=0) + 1
            size[list(block.issues)] = np.maximum(size[list(block.issues)], widest)
    word, stride, filled, n_words = [], [], 1, 1
    for options in size[::-1].tolist():  # the last issue turns fastest
        if filled * options > WORD:
            filled, n_words = 1, n_words + 1
        word.append(n_words)
        stride.append(filled)
        filled *= options
    places = n_words - np.array(word[::-1], dtype=np.intp)
    strides = np.array(stride[::-1], dtype=np.int64)
    worth = np.zeros((len(size), n_words), dtype=np.int64)
    worth[np.arange(len(size)), places] = strides
    added = (_counted(block, worth) for block in problem.blocks)
    pairs = zip(problem.blocks, added, strict=True)
    codes = np.concatenate([block.choices @ numbers for block, numbers in pairs])
    first = np.cumsum([0, *map(len, problem.blocks)])[:-1]
    kept = stack.row + np.repeat(first, stack.sizes)
    return Numbering(codes[kept], places, size)


def _counted(block: Block, worth: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what the issues of a block add; an issue is counted in the first that holds it."""
    numbers = worth[list(block.issues)]
    if block.shared:
        numbers[[block.issues.index(issue) for issue in block.shared]] = 0
    return numbers


def lowest(codes: NDArray[np.int64]) -> int:
    """Return which of several numbers, ``(n, n_words)``, is the lowest."""
    return int(np.lexsort(codes.T[::-1])[0])
