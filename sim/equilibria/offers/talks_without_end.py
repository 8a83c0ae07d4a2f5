"""A scenario's talks without a last round, worked out: proposals, openers, the limit, patience."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.agreement import Frontier
from sim.equilibria.conduct import Conduct
from sim.equilibria.hinging import PATIENCE
from sim.equilibria.offers.backward_induction import Floats, Rules
from sim.equilibria.offers.changed_rules import patient, power, shorter, worst_case
from sim.equilibria.offers.lotteries import Mixed, Mixes, mixed_rounds, stationary_mix
from sim.equilibria.offers.nash_limit import weighted_nash
from sim.equilibria.offers.stationary import turns_of

LENGTHS = (1.0, 0.5, 0.25, 0.125, 1 / 16, 1 / 32, 1 / 64)
"""How long a round is, in units of the present one, on the way to offers in quick succession."""

NEAR_BY, AFRESH = 15, 100
"""Steps after which a search that starts from another game's answer starts afresh, and ends."""

LONGER = (64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.5, 1.2, 1.0)
"""The same on the way to patience that is hard to search for at once."""

CURVE = 17
"""Discount factors for which each party's curve is worked out."""

APART = 1e-6


@dataclass(frozen=True, eq=False)
class EndlessTalks:
    """Talks without a last round over the mixes of a scenario's efficient packages.

    Attributes
    ----------
    conduct
        Who proposes when, what ends the talks and what waiting costs.
    frontier
        What can be proposed.
    """

    conduct: Conduct
    frontier: Frontier

    @property
    def points(self) -> Floats:
        """Utilities of what can be proposed, ``(n_points, n_parties)``."""
        return self.frontier.utilities

    @cached_property
    def mixes(self) -> Mixes:
        """What can be drawn by lot."""
        return Mixes(self.points)

    @cached_property
    def lasting(self) -> Rules:
        """The rules once no-deal values have come to rest."""
        return self.at_rest(self.conduct.drifting)

    def at_rest(self, rules: Rules) -> Rules:
        """Return the rules with no-deal values as they stay in the end."""
        return replace(rules, disagreement=np.atleast_2d(rules.disagreement)[-1])

    @cached_property
    def end(self) -> Mixed | None:
        """What is always proposed once nothing moves any more."""
        return self._found(self.lasting)

    @cached_property
    def others(self) -> list[Mixed]:
        """Further equilibria, where searches from elsewhere come to rest elsewhere."""
        found: list[Mixed] = []
        for who in range(self.points.shape[1]):
            best = self.points[self.points[:, who].argmax()]
            start = self._from(np.tile(best, (len(turns_of(self.lasting)), 1)))
            mix = stationary_mix(self.mixes, self.lasting, start=start)
            known = [one for one in (self.end, *found) if one is not None]
            if mix is not None and all(np.abs(mix.values - o.values).max() > APART for o in known):
                found.append(mix)
        return found

    def _found(self, rules: Rules) -> Mixed | None:
        """Search afresh, then by way of longer rounds, where parties are less patient."""
        mix = stationary_mix(self.mixes, rules)
        if mix is not None:
            return mix
        for length in LONGER:
            mix = stationary_mix(self.mixes, shorter(rules, length), start=mix)
        return mix or self._never(rules)

    def _never(self, rules: Rules) -> Mixed | None:
        """Return what it means that nothing is ever agreed, where no mix suits everybody."""
        values = worst_case(rules)
        if np.isfinite(rules.outside).any() or not np.isfinite(values).all():
            return None
        if self.mixes.some(values):
            return None
        turns = turns_of(rules)
        nothing = np.zeros((len(turns), len(self.points)))
        return Mixed(turns, nothing, np.tile(values, (len(turns), 1)))

    def _from(self, values: Floats) -> Mixed:
        return Mixed(turns_of(self.lasting), np.zeros((len(values), 0)), values)

    def play(self, rules: Rules, turned: int = 0) -> tuple[Mixed, ...]:
        """Solve the talks under rules much like these: round by round until nothing moves.

        ``turned`` says by how many turns the order has been moved on.
        """
        near = None if self.end is None else self._from(np.roll(self.end.values, -turned, axis=0))
        end = stationary_mix(self.mixes, self.at_rest(rules), start=near, steps=NEAR_BY)
        end = end or stationary_mix(self.mixes, self.at_rest(rules), steps=AFRESH)
        end = end or self._never(self.at_rest(rules))
        if end is None:
            return ()
        moving = rules.steady_from
        return (*mixed_rounds(self.mixes, rules, moving, end), end)

    def opening(self, rules: Rules) -> Floats | None:
        """Return what each party expects as the talks open."""
        course = self.play(rules)
        return course[0].expected(rules.chances) if course else None

    def nearest(self, rules: Rules) -> int:
        """Return the package nearest to what the parties expect at the opening; -1 for none.

        Each party's distance is counted in its own range; the largest of them counts.
        """
        course = self.play(rules)
        if not course or not course[0].chances.any():
            return -1
        unit = np.maximum(np.ptp(self.points, axis=0), 1e-12)
        far = np.abs(self.points - course[0].expected(rules.chances)) / unit
        return int(np.rint(far.max(axis=1) / 1e-7).argmin())

    @cached_property
    def course(self) -> tuple[Mixed, ...]:
        """What is proposed round by round; the last lasts."""
        return self.play(self.conduct.drifting)

    @cached_property
    def opens(self) -> Floats:
        """What all get by who opens the talks: row = who does."""
        return self.by_opener(self.conduct.drifting)

    @cached_property
    def limit(self) -> tuple[Floats, float] | None:
        """The weighted Nash solution where the talks come to rest."""
        rules = self.lasting
        floor = rules.outside if np.isfinite(rules.outside).any() else None
        corners = self.points[self.mixes.corners]
        return weighted_nash(corners, worst_case(rules), power(rules), floor)

    @cached_property
    def quick(self) -> Floats:
        """What all get by who opens, for rounds ever shorter, once nothing moves any more."""
        return np.array([self.by_opener(shorter(self.lasting, length)) for length in LENGTHS])

    @cached_property
    def curves(self) -> tuple[Floats, ...]:
        """What each party gets by its own patience: for each rows of patience and utility.

        Values of patience for which the search found nothing are left out.
        """
        low, high = PATIENCE.forth(0.5), PATIENCE.forth(0.999)
        grid = [PATIENCE.back(low + (high - low) * k / (CURVE - 1)) for k in range(CURVE)]
        rules = self.conduct.drifting
        curves = []
        for who in range(rules.n_parties):
            rows = [(delta, self.opening(patient(rules, who, delta))) for delta in grid]
            known = [(delta, float(got[who])) for delta, got in rows if got is not None]
            curves.append(np.array(known).reshape(-1, 2))
        return tuple(curves)

    def by_opener(self, rules: Rules) -> Floats:
        """Return what all get by who opens the talks: row = who does.

        Where parties take turns, the order is the same but begins with the one that opens.
        """
        anyway = self.opening(rules)  # for those who never open
        if anyway is None:
            return np.tile(self.at_rest(rules).disagreement, (rules.n_parties, 1))
        rows = np.tile(anyway, (rules.n_parties, 1))
        if rules.chances is not None or not rules.steady_from:
            course = self.play(rules)
            for turn, row in reversed(list(zip(course[0].turns, course[0].values, strict=True))):
                rows[turn] = row
            return rows
        for who in set(rules.order):
            start = rules.order.index(who)
            course = self.play(
                replace(rules, order=(*rules.order[start:], *rules.order[:start])), start
            )
            rows[who] = course[0].values[0]
        return rows
