"""Talks without a last round where packages may be drawn by lot: every mix can be proposed.

What can be agreed is then convex, and stationary equilibria exist: between two parties there is
one (Rubinstein 1982). Each proposer solves a small linear programme: the most for itself that
gives the others what waiting does. Which packages it mixes and whose demands bind say how its
proposal moves with the others'; solving these linear equations together, and looking again at
who mixes what, ends after a few steps. The answer is checked against the programmes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.equilibria.offers.backward_induction import NEAR, Floats, Rules
from sim.equilibria.offers.changed_rules import power, worst_case
from sim.equilibria.offers.stationary import after, turns_of

STEPS, PIVOTS = 400, 200
CLOSE, SLIGHT, PIVOT, LEAST = 1e-11, 1e-13, 1e-10, 1e-3
TIE = 1e-8
"""Weight of the others' utilities beside the proposer's own, which decides between mixes that
are as good for the proposer."""


@dataclass(frozen=True, eq=False)
class Mixed:
    """What is always proposed where mixes can be, all of it accepted at once.

    Attributes
    ----------
    turns
        The party that proposes in each turn, ``(n_turns,)``.
    chances
        With which chance each point is drawn under each proposal, ``(n_turns, n_points)``.
    values
        Expected utilities in each turn, ``(n_turns, n_parties)``.
    """

    turns: tuple[int, ...]
    chances: Floats
    values: Floats

    def expected(self, drawn: Floats | None) -> Floats:
        """What each party expects before the talks open, shape ``(n_parties,)``."""
        if drawn is None:
            return self.values[0]
        mean: Floats = drawn[list(self.turns)] @ self.values
        return mean


class Mixes:
    """Everything that can be drawn by lot: the corners of what a list of points spans.

    What proposers worked out for one game is kept, since for a game with other patience, risk or
    no-deal values it is a good beginning.

    Attributes
    ----------
    table, corners
        The points, shape ``(n_points, n_parties)``, and which of them are corners.
    """

    def __init__(self, points: ArrayLike) -> None:
        self.table = np.atleast_2d(np.asarray(points, dtype=float))
        self.corners = corners_of(self.table)
        self._kept: dict[tuple[int, int], _Programme] = {}

    def programme(self, turn: int, who: int) -> _Programme:
        """Return what a party does when it proposes in a turn."""
        if (turn, who) not in self._kept:
            self._kept[turn, who] = _Programme.of(self.table[self.corners], who)
        return self._kept[turn, who]

    def middle(self, rules: Rules, turns: int) -> Floats:
        """Return a point that suits all, for each turn: where quick offers about lead."""
        points = self.table[self.corners]
        least = worst_case(rules)
        gains = points - np.where(np.isfinite(least), least, rules.no_deal(0))
        logs = np.log(np.maximum(gains / np.maximum(np.ptp(points, axis=0), 1e-12), 1e-9))
        best = points[int((logs @ power(rules)).argmax())]
        return np.tile(best, (turns, 1))

    def some(self, least: Floats) -> bool:
        """Tell whether some mix gives every party at least so much."""
        from scipy.optimize import linprog  # noqa: PLC0415

        hull = self.table[self.corners]
        found = linprog(
            np.zeros(len(hull)), A_ub=-hull.T, b_ub=-least, A_eq=np.ones((1, len(hull))), b_eq=[1]
        )
        return bool(found.status == 0)

    def chances(self, programmes: list[_Programme]) -> Floats:
        """Return the chances of all points under each proposal, ``(n_turns, n_points)``."""
        found = np.zeros((len(programmes), len(self.table)))
        found[:, self.corners] = [programme.chances() for programme in programmes]
        return found


def stationary_mix(
    points: ArrayLike | Mixes, rules: Rules, *, start: Mixed | None = None, steps: int = STEPS
) -> Mixed | None:
    """Find a stationary equilibrium by unanimity over all mixes of the points.

    Parameters
    ----------
    points
        Utilities of what can be drawn, shape ``(n_points, n_parties)``, or the mixes of them.
    start
        An equilibrium of nearly the same game, from which the answer is found sooner; by default
        the search starts from the point with the largest weighted product of gains.
    steps
        After so many the search ends.

    Returns
    -------
    Mixed or None
        Verified: every proposal is the best for its proposer among those that give the others
        at least what waiting, or their outside options, do. ``None`` where none was found, as
        where outside options leave nothing, or nobody is in a hurry.

    Examples
    --------
    A pie is a mix of all for the one and all for the other.

    >>> stationary_mix([[1.0, 0.0], [0.0, 1.0]], Rules.of([0.9, 0.8], [0.0, 0.0])).values.round(4)
    array([[0.7143, 0.2857],
           [0.6429, 0.3571]])

    References
    ----------
    Rubinstein (1982), Econometrica 50 (1), 97-109; Osborne & Rubinstein (1990), "Bargaining and
    Markets", section 3.8; for more parties Britz, Herings & Predtetchinski (2010), Journal of
    Economic Theory 145 (5), 1951-1967.
    """
    mixes = points if isinstance(points, Mixes) else Mixes(points)
    if not len(mixes.table):
        return None
    programmes = [mixes.programme(k, who) for k, who in enumerate(turns_of(rules))]
    values = mixes.middle(rules, len(programmes)) if start is None else start.values
    found = _replies(programmes, values, rules)
    step = 1.0
    for _ in range(steps):
        if found is None:
            return None
        off = float(np.abs(found - values).max())
        if off < CLOSE:
            return _checked(programmes, found, mixes, rules)
        leap = _leap(programmes, found, values, rules)
        step = min(2 * step, 1.0)
        while step > LEAST:
            trial = values + step * (leap - values)
            answer = _replies(programmes, trial, rules)
            if answer is not None and np.abs(answer - trial).max() < (1 - 0.1 * step) * off:
                values, found = trial, answer
                break
            step /= 4
        else:  # one round at a time, which always can be answered
            values, step = found, 0.1
            found = _replies(programmes, values, rules)
    return None


def corners_of(table: Floats) -> NDArray[np.intp]:
    """Return the points that are corners of the convex hull, as far as that is cheap to tell."""
    n = table.shape[1]
    if len(table) <= 4 * n:
        return np.arange(len(table))
    from scipy.spatial import ConvexHull, QhullError  # noqa: PLC0415

    try:
        return np.sort(ConvexHull(table).vertices).astype(np.intp)
    except QhullError:  # flat: all points on a line or a plane
        return np.arange(len(table))


@dataclass(eq=False)
class _Programme:
    """What a proposer does: the best mix for itself that meets the others' demands.

    A small linear programme in standard form, kept at its best basis: when only the demands
    change, that basis stays dual feasible, and a few dual simplex steps lead to the next.

    Attributes
    ----------
    who
        The proposer.
    hull
        Points to mix, shape ``(n_points, n_parties)``.
    columns
        One for each point and one for what each other party gets beyond its demand; the rows are
        that chances add up to 1, and the demands.
    goal
        What each column is worth to the proposer.
    basis
        The columns in use, ``(n_parties,)``.
    amounts
        How much of each of them.
    """

    who: int
    hull: Floats
    columns: Floats
    goal: Floats
    basis: NDArray[np.intp]
    amounts: Floats

    @classmethod
    def of(cls, hull: Floats, who: int) -> _Programme:
        """Begin with the best point for the proposer, whatever the others ask."""
        m, n = hull.shape
        others = np.delete(hull, who, axis=1).T
        slack = np.vstack([np.zeros(n - 1), -np.eye(n - 1)])
        columns = np.hstack([np.vstack([np.ones(m), others]), slack])
        goal = np.concatenate([hull[:, who] + TIE * hull.sum(axis=1), np.zeros(n - 1)])
        basis = np.concatenate([[int(goal[:m].argmax())], m + np.arange(n - 1)])
        return cls(who, hull, columns, goal, basis, np.zeros(n))

    def solve(self, demands: Floats) -> Floats | None:
        """Return what all get from the best mix; ``None`` where none meets the demands."""
        right = np.concatenate([[1.0], np.delete(demands, self.who)])
        for _ in range(PIVOTS):
            inverse = np.linalg.inv(self.columns[:, self.basis])
            self.amounts = inverse @ right
            leaves = int(self.amounts.argmin())
            if self.amounts[leaves] >= -SLIGHT:
                return self.chances() @ self.hull
            row = inverse[leaves] @ self.columns
            row[self.basis] = 0.0
            able = np.flatnonzero(row < -PIVOT)
            if not len(able):
                return None
            prices = self.goal[self.basis] @ inverse
            reduced = np.maximum(prices @ self.columns[:, able] - self.goal[able], 0.0)
            self.basis[leaves] = able[int((reduced / -row[able]).argmin())]
        return None

    def chances(self) -> Floats:
        """Return the chance of each point in the mix, shape ``(n_points,)``."""
        mix = np.zeros(len(self.hull))
        points = self.basis < len(self.hull)
        mix[self.basis[points]] = np.clip(self.amounts[points], 0, None)
        return mix / mix.sum()

    def moves(self) -> tuple[Floats, Floats]:
        """Say how what all get moves with the demands while the basis stays: slope and start."""
        n = self.hull.shape[1]
        points = self.basis < len(self.hull)
        amounts = np.linalg.inv(self.columns[:, self.basis])[points]
        effect = self.hull[self.basis[points]].T @ amounts
        slope = np.zeros((n, n))
        slope[:, np.arange(n) != self.who] = effect[:, 1:]
        return slope, effect[:, 0]


def _replies(programmes: list[_Programme], values: Floats, rules: Rules) -> Floats | None:
    """Return what all get when each proposer answers these values of the turns as it best can."""
    demands = np.maximum(rules.waiting(0, after(values, rules)), rules.outside)
    found = []
    for programme, asked in zip(programmes, demands, strict=True):
        got = programme.solve(asked)
        if got is None:
            return None
        found.append(got)
    return np.array(found)


def _leap(programmes: list[_Programme], found: Floats, values: Floats, rules: Rules) -> Floats:
    """Solve for the values of all turns at once, as if no proposer changed what it mixes."""
    k, n = values.shape
    wait = rules.waiting(0, after(values, rules))
    follows = _follows(k, rules)
    stay = rules.patience * (1 - rules.breakdown[0])
    base = rules.waiting(0, np.zeros(n))  # waiting(0, v) is base + stay * v, whatever v is
    system, right = np.eye(k * n), np.zeros((k, n))
    for turn, programme in enumerate(programmes):
        slope, start = programme.moves()
        asks = wait[turn] >= rules.outside  # else the outside option speaks
        right[turn] = start + slope @ np.where(asks, base, rules.outside)
        rows = slice(turn * n, (turn + 1) * n)
        for other in np.flatnonzero(follows[turn]):
            effect = slope * np.where(asks, stay, 0.0) * follows[turn, other]
            system[rows, other * n : (other + 1) * n] -= effect
    try:
        solved = np.asarray(np.linalg.solve(system, right.ravel())).reshape(k, n)
    except np.linalg.LinAlgError:
        return found
    return solved if np.isfinite(solved).all() else found


def _follows(n_turns: int, rules: Rules) -> Floats:
    """Return with which chance each turn follows each."""
    if rules.chances is not None:
        return np.broadcast_to(rules.chances, (n_turns, n_turns))
    return np.roll(np.eye(n_turns), 1, axis=1)


def mixed_rounds(points: ArrayLike | Mixes, rules: Rules, rounds: int, end: Mixed) -> list[Mixed]:
    """Go backwards from a stationary equilibrium through rounds in which the front still moves.

    Returns
    -------
    list of Mixed
        One for each round, the first first; its turns are those who may propose then. A round
        that passes, because no mix is worth proposing, has no chances, and values of waiting.
    """
    mixes = points if isinstance(points, Mixes) else Mixes(points)
    later = end.values[rounds % len(end.turns)]
    if rules.chances is not None:
        later = end.expected(rules.chances)
    found: list[Mixed] = []
    for t in range(rounds - 1, -1, -1):
        wait = rules.waiting(t, later)
        demands = np.maximum(wait, rules.outside)
        turns = tuple(who for who, _ in rules.proposers(t))
        chances = np.zeros((len(turns), len(mixes.table)))
        values = np.tile(wait, (len(turns), 1))
        for k, who in enumerate(turns):
            programme = mixes.programme(k, who)
            got = programme.solve(demands)
            if got is not None and got[who] >= wait[who] - NEAR:
                chances[k] = mixes.chances([programme])[0]
                values[k] = got
        later = np.array([p for _, p in rules.proposers(t)]) @ values
        found.append(Mixed(turns, chances, values))
    return found[::-1]


def _checked(
    programmes: list[_Programme], values: Floats, mixes: Mixes, rules: Rules
) -> Mixed | None:
    """Return the answer, unless some proposer would rather let a round pass."""
    wait = rules.waiting(0, after(values, rules))
    turns = turns_of(rules)
    if any(values[k, who] < wait[k, who] - NEAR for k, who in enumerate(turns)):
        return None
    return Mixed(turns, mixes.chances(programmes), values)
