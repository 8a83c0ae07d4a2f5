"""Why nothing can be agreed: the minimal sets of demands that no package respects together.

In each such set somebody has to give way. They are found smallest first by implicit hitting sets:
a package shows which demands can stand together; what it leaves aside must be touched by every
conflict; a least set that touches all of these is tried next, until no package respects it. Every
set that comes out this way is a conflict without a needless member, and when nothing is left to
try there are no others.

References
----------
Reiter (1987), "A Theory of Diagnosis from First Principles", Artificial Intelligence 32 (1),
57-95; Moreno-Centeno & Karp (2013), "The Implicit Hitting Set Approach", Operations Research
61 (2), 453-468; Liffiton, Previti, Malik & Marques-Silva (2016), "Fast, Flexible MUS
Enumeration", Constraints 21 (2), 223-250.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.clock import deadline_in, late, seconds_left
from sim.ensemble import Ensemble
from sim.feasible.demands import Demand
from sim.feasible.standing import Standing
from sim.feasible.zero_one import zero_one
from sim.problem import Indices

Places = frozenset[int]


@dataclass(frozen=True, eq=False)
class Conflicts:
    """Minimal sets of demands that cannot stand together.

    Attributes
    ----------
    sets
        Those that rest on wishes alone first, then those that need a constraint; smaller ones
        first.
    complete
        There are no others.
    why
        Why the list may not be complete: ``number`` or ``time``; ``None`` where it is.
    """

    sets: tuple[tuple[Demand, ...], ...]
    complete: bool
    why: str | None

    def __len__(self) -> int:
        return len(self.sets)


def smallest_conflict(
    one: Ensemble,
    demands: Sequence[Demand],
    *,
    options: Sequence[Indices] | None = None,
    time_limit: float | None = None,
) -> tuple[Demand, ...] | None:
    """Find a smallest set of demands that no package respects together.

    Parameters
    ----------
    one
        An ensemble of one draw, such as the central reading.
    demands
        What is insisted on, see `demands_of`.
    options
        For each issue the option indices that are open; all of them by default.
    time_limit
        Seconds after which to give up.

    Returns
    -------
    tuple or None
        Of the smallest sets one that needs fewest constraints, in the order of ``demands``;
        ``None`` where some package respects all demands, or where the time was up.
    """
    search = _Search(one, demands, options, deadline_in(time_limit))
    first = next(search.conflicts(), None)
    return None if first is None else search.named(first)


def minimal_conflicts(
    one: Ensemble,
    demands: Sequence[Demand],
    *,
    options: Sequence[Indices] | None = None,
    most: int = 100,
    time_limit: float | None = 10.0,
) -> Conflicts:
    """Find all minimal sets of demands that no package respects together, smallest first.

    A set is minimal when some package respects what is left of it whichever demand is dropped.
    There can be exponentially many, hence the limits.

    Parameters
    ----------
    one, demands, options
        As for `smallest_conflict`.
    most
        How many to list.
    time_limit
        Seconds after which the list is cut short.
    """
    search = _Search(one, demands, options, deadline_in(time_limit))
    found: list[Places] = []
    crowd = False
    for conflict in search.conflicts():
        if len(found) == most:
            crowd = True
            break
        found.append(conflict)
    found.sort(key=lambda c: (search.facts(c) > 0, len(c), search.facts(c)))
    why = "number" if crowd else None if search.finished else "time"
    return Conflicts(tuple(search.named(c) for c in found), why is None, why)


class _Search:
    """One enumeration: what stands together so far, and which conflicts are known."""

    def __init__(
        self,
        one: Ensemble,
        demands: Sequence[Demand],
        options: Sequence[Indices] | None,
        deadline: float | None,
    ) -> None:
        self.demands = tuple(demands)
        self.standing = Standing(one, self.demands, options)
        self.deadline = deadline
        self.finished = False
        self.settled = True
        self.stand: list[Places] = []  # sets that some package respects
        self.clash: list[Places] = []  # conflicts, and what could not be settled in time

    def named(self, places: Places) -> tuple[Demand, ...]:
        return tuple(self.demands[k] for k in sorted(places))

    def facts(self, places: Places) -> int:
        return sum(self.demands[k].kind == "constraint" for k in places)

    def conflicts(self) -> Iterator[Places]:
        """Yield a smallest conflict, then the others; ``finished`` tells whether these are all."""
        first = self._smallest()
        if first is not None:
            yield first
        while first is not None and not late(self.deadline):
            tried = self._picked(most=True)
            if tried is None:
                self.finished = self.settled
                return
            able, _ = self._respected(tried)
            if able is False:
                conflict = self._shrunk(tried)
                if conflict is None:
                    return
                self.clash.append(conflict)
                yield conflict
            else:  # as large as it can be, so nothing can be added
                self.stand.append(tried)
                self.settled &= able is True

    def _smallest(self) -> Places | None:
        """Try ever larger sets that touch all that some package leaves aside."""
        while not late(self.deadline):
            tried = self._picked(most=False)
            if tried is None:
                self.finished = self.settled
                return None
            able, respected = self._respected(tried)
            if able:
                self.stand.append(self._grown(respected))
                continue
            self.clash.append(tried)
            if able is False:
                return tried
            self.settled = False
        return None

    def _picked(self, *, most: bool) -> Places | None:
        """Pick fewest demands, or as many as can be added, of which nothing is known yet.

        They hold no known conflict, and touch what each known package leaves aside. ``None``
        where there is no such set.
        """
        n = len(self.demands)
        if any(len(stand) == n for stand in self.stand) or frozenset() in self.clash:
            return None
        cost = np.array([1.0 + (d.kind == "constraint") / (n + 1) for d in self.demands])
        aside, ends = 1.0 - _mark(self.stand, n), [len(clash) - 1.0 for clash in self.clash]
        rows = [(aside, 1.0, np.inf), (_mark(self.clash, n), -np.inf, np.array(ends))]
        known = [row for row in rows if len(row[0])]
        picked = zero_one(0 * cost if most else cost, known, np.ones(n))
        if picked is None:
            return None
        chosen = set(np.flatnonzero(picked).tolist())
        for k in range(n) if most else ():
            if not any(k in clash and clash <= chosen | {k} for clash in self.clash):
                chosen.add(k)
        return frozenset(chosen)

    def _respected(self, places: Places) -> tuple[bool | None, Places]:
        """Tell whether a package respects some demands, and all that it respects if so."""
        if any(clash <= places for clash in self.clash):
            return False, frozenset()
        return self.standing.respected(places, time_limit=seconds_left(self.deadline))

    def _shrunk(self, clash: Places) -> Places | None:
        """Leave out demands as long as no package respects the rest; ``None`` if time runs out."""
        needed: set[int] = set()
        left = sorted(clash, key=lambda k: self.demands[k].kind != "constraint")
        while left:
            rest = needed | set(left[1:])
            able = any(rest <= stand for stand in self.stand)
            if not able:
                known, respected = self._respected(frozenset(rest))
                if late(self.deadline) or known is None:
                    self.settled = False
                    return None
                able = known
                if able:
                    self.stand.append(respected)
            if able:
                needed.add(left[0])
            left = left[1:]
        return frozenset(needed)

    def _grown(self, stand: Places) -> Places:
        """Add demands as long as some package respects them all; halves first, then one by one."""
        parts = [sorted(set(range(len(self.demands))) - stand)]
        while parts and not late(self.deadline):
            part = [k for k in parts.pop() if k not in stand]
            if not part:
                continue
            able, more = self._respected(stand | set(part))
            if able:
                stand = more
            elif len(part) > 1:
                parts += [part[len(part) // 2 :], part[: len(part) // 2]]
        return stand


def _mark(sets: Sequence[Places], n: int) -> NDArray[np.float64]:
    marks = np.zeros((len(sets), n))
    for row, places in zip(marks, sets, strict=True):
        row[list(places)] = 1.0
    return marks
