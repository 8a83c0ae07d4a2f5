"""The efficient packages of blocks that overlap, built from the last block back to the first.

For every state of a block, which is what the block before it may leave on the issues they share,
the efficient ways to settle all that hangs on it are listed once. A row of the block before takes
the list of the state that it leads to as it is; rows that answer to one state are merged, and
what is covered is dropped. So the work grows with the joint choices in the overlaps and not with
those of all that is tied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.problem import TOLERANCE, Floats, Indices
from sim.search.stack import Stack, nondominated
from sim.search.tied import best_beyond, given_up, lost_through

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lists:
    """Efficient ways to settle a part of the issues, one list for each state or other case.

    Attributes
    ----------
    gains, codes
        The lists one below another, shapes ``(n_points, n_parties)`` and ``(n_points, n_words)``.
    begin
        First point of each list and the end, shape ``(n_lists + 1,)``.
    bound
        Each efficient way is within this of one that is listed, for every party.
    """

    gains: Floats
    codes: Codes
    begin: Indices
    bound: float = 0.0

    def __len__(self) -> int:
        return len(self.gains)

    @property
    def sizes(self) -> Indices:
        """The length of each list."""
        return np.diff(self.begin)


MAX_SUMS = 20_000_000
"""More sums than this are not held at one time."""


class TooLateError(Exception):
    """The limits that were set are reached; says which."""


class Elimination:
    """One walk along the tree, from its last block to its first.

    Parameters
    ----------
    codes
        Outcome numbers by row.
    views, needed
        What counts, as sums of the parties' gains, ``(n_parties, n_views)``, the gains first; and
        how much of each an outcome must give, ``(n_views,)``.
    step
        Gains within the same multiple of this count as equal.
    max_points
        Lists of two parties that hold more together are thinned.
    too_late
        Told how many blocks are done, how many points are held and how many sums come next, it
        says why to stop, if so.
    """

    def __init__(
        self, stack: Stack, codes: Codes, views: Floats, needed: Floats, step: float,
        max_points: int, too_late: Callable[[int, int, int], str],
    ) -> None:  # fmt: skip
        self.stack, self.ties, self.codes = stack, stack.ties, codes
        self.views, self.step, self.max_points = views, step, max_points
        self.too_late, self.done = too_late, 0
        self.held: dict[int, Lists] = {}
        self.seen = stack.gains @ views
        self.below, _ = best_beyond(self.ties, self.seen)
        short = given_up(self.ties, self.seen)
        before = (lost_through(self.ties, short) - short)[self.ties.first[:-1]]
        self.needed = needed - TOLERANCE
        top = stack.origin @ views + self.below[self.ties.root].sum(axis=0)
        self.enough = self.needed - top + before + self.below  # from each state on
        self.states = np.searchsorted(self.ties.home, np.arange(stack.n_blocks + 1))

    def run(self) -> Lists:
        """Go back to the first block; then add up the trees, which share nothing.

        Raises
        ------
        TooLateError
            Where a limit is reached.
        """
        ties, held = self.ties, self.held
        for block in range(self.stack.n_blocks - 1, -1, -1):
            children = np.flatnonzero(ties.parent == block)
            rows = slice(*ties.start[block : block + 2])
            lists, which = self._together(rows, children, [held.pop(int(k)) for k in children])
            here = slice(*self.states[block : block + 2])
            first = ties.first[here.start : here.stop + 1] - rows.start
            gains, codes = self.stack.gains[rows], self.codes[rows]
            held[block] = self._merged(first, gains, codes, which, lists, self.enough[here])
            self.done += 1
        return self._sum_of_all(held)

    def _nothing(self) -> Lists:
        """One way to settle no issue at all."""
        none = np.zeros((1, self.stack.gains.shape[1]))
        return Lists(none, self.codes[:1] * 0, np.array([0, 1], dtype=np.intp))

    def _together(
        self, rows: slice, children: Indices, lists: list[Lists]
    ) -> tuple[Lists, Indices]:
        """Add up, for each row of a block, the lists of the states that it leads to.

        Returns
        -------
        lists, which
            The sums, one list for each combination of states, and the one of each row.
        """
        links = self.ties.link[rows, : len(children)]
        if not len(children):
            return self._nothing(), np.zeros(len(links), dtype=np.intp)
        which = links - self.states[children]
        order = sorted(range(len(children)), key=lambda k: len(lists[k]))
        floor = self.enough[self.ties.state[rows]] - self.seen[rows]
        together, at = lists[order[0]], which[:, order[0]]
        for done, k in enumerate(order[1:], start=2):
            least = floor - self.below[links[:, order[done:]]].sum(axis=1)
            together, at = self._pairs(together, at, lists[k], which[:, k], least)
        return together, at

    def _pairs(
        self, few: Lists, at: Indices, many: Lists, which: Indices, floor: Floats
    ) -> tuple[Lists, Indices]:
        """Add two lists for each pair of them that some row leads to."""
        if len(few) > len(many):
            few, at, many, which = many, which, few, at
        pairs, case = np.unique(np.column_stack([at, which]), axis=0, return_inverse=True)
        case = case.reshape(-1)
        enough = np.full((len(pairs), floor.shape[1]), np.inf)
        np.minimum.at(enough, case, floor)
        sizes = few.sizes[pairs[:, 0]]
        first = np.concatenate(([0], np.cumsum(sizes)))
        points = np.arange(first[-1]) + np.repeat(few.begin[pairs[:, 0]] - first[:-1], sizes)
        lists = self._merged(
            first, few.gains[points], few.codes[points], np.repeat(pairs[:, 1], sizes), many, enough
        )
        return replace(lists, bound=lists.bound + few.bound), case

    def _merged(
        self, first: Indices, gains: Floats, codes: Codes, which: Indices, lists: Lists,
        enough: Floats,
    ) -> Lists:  # fmt: skip
        """Sum rows and lists, and keep in each set of rows what nothing covers."""
        held = len(lists) + sum(map(len, self.held.values()))
        reason = self.too_late(self.done, held, int(lists.sizes[which].sum()))
        if reason:
            raise TooLateError(reason)
        if self.views.shape == (2, 2):
            from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

            stairs, codes, begin = kernels.merge_stairs(
                first, gains, codes, which, lists.gains, lists.codes, lists.begin, enough, self.step
            )
            return self._thinned(Lists(stairs, codes, begin, lists.bound))
        parts = [
            self._covering(gains[a:b], codes[a:b], which[a:b], lists, least)
            for a, b, least in zip(first[:-1], first[1:], enough, strict=True)
        ]
        points, numbers = (np.concatenate(column) for column in zip(*parts, strict=True))
        begin = np.concatenate(([0], np.cumsum([len(own) for own, _ in parts]))).astype(np.intp)
        return Lists(points, numbers, begin, lists.bound)

    def _covering(
        self, gains: Floats, codes: Codes, which: Indices, lists: Lists, enough: Floats
    ) -> tuple[Floats, Codes]:
        """Do so for one set of rows among any number of parties."""
        sizes = lists.sizes[which]
        if sizes.sum() > MAX_SUMS and len(gains) > 1:
            half = len(gains) // 2
            parts = [
                self._covering(gains[cut], codes[cut], which[cut], lists, enough)
                for cut in (slice(half), slice(half, None))
            ]
            return self._uncovered(*(np.concatenate(both) for both in zip(*parts, strict=True)))
        ends = np.cumsum(sizes)
        point = np.arange(sizes.sum()) + np.repeat(lists.begin[which] - ends + sizes, sizes)
        row = np.repeat(np.arange(len(gains)), sizes)
        total, number = gains[row] + lists.gains[point], codes[row] + lists.codes[point]
        able = (total @ self.views >= enough).all(axis=1)
        return self._uncovered(total[able], number[able])

    def _uncovered(self, total: Floats, number: Codes) -> tuple[Floats, Codes]:
        """Drop what another point covers; of equal ones keep the lowest number."""
        order = np.lexsort(number.T[::-1])
        total, number = total[order], number[order]
        keep = nondominated(np.rint(total / self.step))
        return total[keep], number[keep]

    def _thinned(self, lists: Lists) -> Lists:
        """Keep both ends of small squares of long staircases, and account for the loss."""
        if len(lists) <= self.max_points:
            return lists
        keep, loss = [], 0.0
        for begin, end in zip(lists.begin[:-1], lists.begin[1:], strict=True):
            gains = lists.gains[begin:end]
            room = max(self.max_points * len(gains) // len(lists), 16)
            if not len(gains):
                continue
            side = max(float(np.ptp(gains, axis=0).max()) / (room // 4), self.step)
            squares = np.floor((gains - gains.min(axis=0)) / side)
            change = (squares[1:] != squares[:-1]).any(axis=1)
            keep.append(np.concatenate(([True], change)) | np.concatenate((change, [True])))
            loss = max(loss, side)
        mask = np.concatenate(keep)
        begin = np.concatenate(([0], np.cumsum(mask)))[lists.begin]
        return Lists(lists.gains[mask], lists.codes[mask], begin, lists.bound + loss)

    def _sum_of_all(self, held: dict[int, Lists]) -> Lists:
        """Add up what hangs on the blocks that hang on none, and where gains are counted from."""
        one = np.zeros(1, dtype=np.intp)
        best = dict(zip(self.ties.home[self.ties.root], self.below[self.ties.root], strict=True))
        rest = np.sum(list(best.values()), axis=0)
        total = replace(self._nothing(), gains=self.stack.origin[None, :])
        for block in sorted(held, key=lambda block: -len(held[block])):
            rest = rest - best[block]
            enough = (self.needed - rest)[None, :]
            total, _ = self._pairs(total, one, held[block], one, enough)
        return total
