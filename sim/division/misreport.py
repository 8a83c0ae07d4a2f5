"""What a party could gain under Adjusted Winner by not telling the truth about its points.

The other is truthful and known, and points are handed out one by one, so that there are finitely
many reports: 4·10¹² of a hundred points over ten issues. They are not tried one by one. Whatever is
reported, the issues fall into those won, those lost, and at most one that is split; given the
split issue and the points reported for it, what remains is a choice of the issues to win, at
the least report that still wins each. That is a small integer programme, and a bound worked out
for all of them at once leaves few to be solved. The report found is run through the procedure in
exact fractions, which is where its gain comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm

import numpy as np
from numpy.typing import NDArray

from sim.division.adjusted_winner import adjusted_winner

Floats = NDArray[np.float64]

NEAR = 1e-7


@dataclass(frozen=True)
class Misreport:
    """The best false report of one party when the other tells the truth.

    Attributes
    ----------
    party
        0 for the first, 1 for the second.
    report
        Points that it claims for each issue; the truth where nothing is gained.
    honest, gets
        Its true points, of 100, when it tells the truth and when it reports this.
    """

    party: int
    report: tuple[Fraction, ...]
    honest: Fraction
    gets: Fraction

    @property
    def gain(self) -> Fraction:
        """What lying adds, never negative."""
        return self.gets - self.honest


def best_misreport(
    own: Sequence[Fraction | int],
    other: Sequence[Fraction | int],
    *,
    party: int = 0,
    grid: int = 100,
) -> Misreport:
    """Return the report of whole points that serves a party best when the other is truthful.

    Parameters
    ----------
    own, other
        What the party and the other truly give to each issue, as for `adjusted_winner`.
    party
        Whether it is the first or the second, which decides ties.
    grid
        Whole points to be handed out.

    Examples
    --------
    Whoever knows the other's points can claim to want what the other wants, only a little less.

    >>> lie = best_misreport([70, 30], [40, 60])
    >>> [int(p) for p in lie.report], round(float(lie.honest), 1), round(float(lie.gets), 1)
    ([41, 59], 63.6, 74.8)

    References
    ----------
    Brams & Taylor (1996), "Fair Division", chapter 4; Aziz, Brânzei, Filos-Ratsikas &
    Frederiksen (2015), "The Adjusted Winner Procedure: Characterizations and Equilibria", IJCAI.
    """
    honest = _worth(own, own, other, party)
    truth = [Fraction(value) * grid / sum(map(Fraction, own)) for value in own]
    case = _Case.of(truth, other, party, grid)
    best, report = honest, tuple(value * 100 / grid for value in truth)
    for bound, ask in case.asked():
        if bound * 100 / grid <= float(best) + NEAR:
            break
        found = ask(float(best) * grid / 100)
        if found is None:
            continue
        worth = _worth(own, found, other, party)
        if worth > best:
            best, report = worth, tuple(Fraction(100 * p, grid) for p in found)
    return Misreport(party, report, honest, best)


def _worth(
    own: Sequence[Fraction | int],
    report: Sequence[Fraction | int],
    other: Sequence[Fraction | int],
    party: int,
) -> Fraction:
    """Return what a party truly gets, of 100 points, for a report."""
    pair = (report, other) if party == 0 else (other, report)
    shares = adjusted_winner(*pair).shares
    mine = shares if party == 0 else [1 - share for share in shares]
    got = sum((Fraction(a) * x for a, x in zip(own, mine, strict=True)), Fraction(0))
    return got * 100 / sum(map(Fraction, own))


class _Case:
    """The choice of a report, given the truth of both in units of the grid."""

    def __init__(self, own: list[Fraction], other: list[Fraction], party: int, grid: int) -> None:
        self.own, self.other, self.party, self.grid = own, other, party, grid
        self.a = np.array([float(value) for value in own])
        self.b = np.array([float(value) for value in other])
        self.step = 1.0 / lcm(*(value.denominator for value in other))

    @classmethod
    def of(
        cls, own: list[Fraction], other: Sequence[Fraction | int], party: int, grid: int
    ) -> _Case:
        whole = sum(map(Fraction, other))
        return cls(own, [Fraction(value) * grid / whole for value in other], party, grid)

    def asked(self) -> list[tuple[float, _Ask]]:
        """List the programmes with a bound on each, the most promising first."""
        asks = [_Ask(self, s, p) for s in range(len(self.own)) if self.other[s] > 0
                for p in range(1, self.grid + 1)]  # fmt: skip
        bounds = self._bounds(asks).tolist()
        ties = [
            _Ask(self, s, int(value), rich)
            for s, value in enumerate(self.other)
            if value > 0 and value.denominator == 1
            for rich in (True, False)
        ]
        everything = float(self.a.sum())
        free = [(everything, _Ask(self, None, 0))] if 0 in self.other else []
        listed = [*free, *zip(bounds, asks, strict=True), *((everything, tie) for tie in ties)]
        return sorted(listed, key=lambda pair: -pair[0])

    def _bounds(self, asks: list[_Ask]) -> Floats:
        """Bound what each programme can give, by prices for the limits it has to keep.

        With a price on what both are worth together, and one on which of the two lower limits
        of the winning reports binds, the issues can be chosen one by one.
        """
        low = np.array([ask.least for ask in asks], dtype=float)
        high = np.array([ask.most for ask in asks], dtype=float)
        places = np.array([ask.split for ask in asks])
        given = np.array([ask.points for ask in asks], dtype=float)
        both = given + self.b[places]
        rate = self.a[places] / both
        loose = self.grid - given - high.sum(axis=1)
        each = np.arange(len(self.a)) != places[:, None]
        ratios = self.a[self.b > 0] / (2 * self.b[self.b > 0])
        best = np.full(len(asks), np.inf)
        for price in np.unique(ratios):
            for tilt in (0.0, 0.5, 1.0):
                needs = self.b + tilt * low + (1 - tilt) * high
                chosen = (np.maximum(self.a - price * needs, 0) * each).sum(axis=1)
                total = chosen + price * (self.grid - (1 - tilt) * loose)
                best = np.minimum(best, total + np.maximum(rate - price, 0) * both)
        return best


class _Ask:
    """One programme: the split issue, the points reported for it, and how ties fall."""

    def __init__(
        self, case: _Case, split: int | None, points: int, rich: bool | None = None
    ) -> None:
        self.case, self.split, self.points, self.rich = case, split, points, rich
        ends = [self._ends(k) for k in range(len(case.own))]
        self.least = [end[0] for end in ends]
        self.most = [end[1] for end in ends]

    @property
    def keeps_late(self) -> bool:
        """Whether of issues in the same ratio as the split one those later in the list are kept.

        The leader hands over the first in the list first. The party leads where its ratio at the
        split issue is above 1; at 1 exactly it leads if all tied issues went to it.
        """
        assert self.split is not None
        if self.rich is not None:
            return self.rich
        return self.points > self.case.other[self.split]

    def _ends(self, k: int) -> tuple[int, int]:
        """Return the least report that wins an issue and the most that loses it."""
        case, s = self.case, self.split
        value = case.other[k]
        if value == 0:  # an issue to which neither gives anything stays with the first party
            return (0, 0) if case.party == 0 else (1, 0)
        if s is None or k == s:
            return (case.grid + 1, 0)
        cut = self.points * value / case.other[s]
        wins, loses = ceil(cut), floor(cut)
        if wins == loses and self.rich is not None:
            return wins + 1, loses - 1
        if wins == loses and (k > s) != self.keeps_late:
            wins += 1
        elif wins == loses:
            loses -= 1
        return wins, loses

    def __call__(self, known: float) -> list[int] | None:
        """Return the best report of this kind; ``None`` where there is none above ``known``."""
        if self.split is None:
            return self._free()
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

        goal, rows, lower, upper, ends = self._programme()
        answer = milp(
            -goal,
            constraints=LinearConstraint(rows, lower, upper),
            bounds=Bounds(np.zeros(len(goal)), ends),
            integrality=np.append(np.ones(len(goal) - 1), 0.0),
            options={"mip_rel_gap": 0.0},
        )
        if answer.x is None or -answer.fun <= known + NEAR:
            return None
        return self._report(answer.x)

    def _programme(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Write the choice down: won, tied (each issue), total reported to win, share split."""
        case, s = self.case, self.split
        assert s is not None
        m, grid = len(case.own), case.grid
        able, tied, kept = self._states()
        a, b, both = case.a, case.b, self.points + case.b[s]
        low, high = np.array(self.least, float) * able, np.array(self.most, float)
        high[s] = 0.0
        other = b * (np.arange(m) != s)
        none = np.zeros(m)
        goal = np.concatenate([a * able, a * kept, [0.0, a[s]]])
        rows = [
            np.concatenate([b * able, 2 * b * kept, [1.0, both]]),  # both get equally much
            np.concatenate([-low, none, [1.0, 0.0]]),  # enough to win what is won
            np.concatenate([-high, b - high, [1.0, 0.0]]),  # the rest fits into what is lost
            np.concatenate([none, b, [1.0, 0.0]]),  # no more than there is
            np.concatenate([-grid * able, none, [1.0, 0.0]]),  # won by reports only
            *np.hstack([np.eye(m), np.eye(m), np.zeros((m, 2))]),  # won, tied or lost
            np.concatenate([other, other, [1.0, 0.0]]),  # who is ahead before ties
        ]
        left = grid - self.points
        lower = [grid, 0.0, left - high.sum(), -np.inf, -np.inf, *none, -np.inf]
        upper = [grid, np.inf, np.inf, left, 0.0, *np.ones(m), np.inf]
        if not self.least or not (low[able > 0] > 0).all():
            upper[4] = np.inf  # an issue won for nothing
        if self.rich is not None:
            strict = case.step if self.rich == (case.party == 1) else 0.0
            if self.rich:
                upper[-1] = other.sum() - strict
            else:
                lower[-1] = other.sum() + strict
        ends = np.concatenate([able, tied, [grid, 1.0]])
        must = able * (b == 0) if case.party == 0 else none
        for k in np.flatnonzero(must):
            lower[5 + k] = 1.0
        return goal, np.array(rows), np.array(lower), np.array(upper), ends

    def _states(self) -> tuple[Floats, Floats, Floats]:
        """Say which issues can be won, which can tie, and which of those are then kept."""
        case, s = self.case, self.split
        assert s is not None
        places = np.arange(len(case.own))
        able = (places != s).astype(float)
        whole = np.array([value.denominator == 1 and value > 0 for value in case.other])
        tied = able * whole if self.rich is not None else np.zeros(len(places))
        kept = tied * ((places > s) == self.keeps_late)
        return able, tied, kept

    def _report(self, solution: Floats) -> list[int] | None:
        """Turn the choice into a report: surplus to one that is won, the rest over those lost."""
        case, s = self.case, self.split
        m = len(case.own)
        won, tied = solution[:m] > 0.5, solution[m : 2 * m] > 0.5
        report = [0] * m
        for k in range(m):
            if k == s:
                report[k] = self.points
            elif tied[k]:
                report[k] = int(case.other[k])
            elif won[k]:
                report[k] = self.least[k]
        surplus = round(float(solution[2 * m])) - sum(self.least[k] for k in range(m) if won[k])
        winners = np.flatnonzero(won)
        if surplus and not len(winners):
            return None
        if surplus:
            report[int(winners[0])] += surplus
        left = case.grid - sum(report)
        for k in range(m):
            if k != s and not won[k] and not tied[k]:
                report[k] = min(left, self.most[k])
                left -= report[k]
        return report if left == 0 else None

    def _free(self) -> list[int] | None:
        """Ask for nothing but the issues that the other does not care about."""
        case = self.case
        free = [k for k, value in enumerate(case.other) if value == 0]
        if len(free) > case.grid:
            return None
        report = [1 if k in free else 0 for k in range(len(case.own))]
        report[free[0]] += case.grid - len(free)
        return report
