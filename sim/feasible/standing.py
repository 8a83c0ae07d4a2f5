"""Which demands can stand together: a package that respects some of them, and all it respects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.assembly import summed
from sim.ensemble import Ensemble
from sim.feasible.demands import Demand
from sim.feasible.zone import find_acceptable
from sim.problem import TOLERANCE, Floats, Indices, Problem

Places = frozenset[int]


class Standing:
    """Demands of one reading, asked about again and again in different selections.

    What is costly to put together, the joint choices of issues that clauses tie, is kept from one
    question to the next.

    Parameters
    ----------
    one
        An ensemble of one draw.
    demands
        What is insisted on; questions name them by their places in this list.
    options
        For each issue the option indices that are open; all of them by default.
    """

    def __init__(
        self,
        one: Ensemble,
        demands: Sequence[Demand],
        options: Sequence[Indices] | None = None,
    ) -> None:
        sizes = one.structure.space.sizes
        self.one = one
        self.demands = tuple(demands)
        self.options = [np.arange(n) for n in sizes] if options is None else list(options)
        thresholds = [k for k, d in enumerate(self.demands) if d.kind == "threshold"]
        self._column = {k: place for place, k in enumerate(thresholds)}
        self._levels = np.array([self.demands[k].level for k in thresholds], dtype=float)
        self._parties = [c for k in thresholds if (c := self.demands[k].column) is not None]
        self._bases: dict[Places, Problem] = {}

    def problem(self, places: Places) -> Problem:
        """Build the problem in which some demands hold.

        Its columns are the parties whose thresholds are among them; where there are none, somebody
        who asks for nothing.
        """
        tying: set[int] = set()
        options = list(self.options)
        for k in places:
            condition = self.demands[k].condition
            if condition is None:
                continue
            if len(condition.issues) > 1:
                tying.add(k)
            else:
                issue, refused = condition.issues[0], condition.options[0]
                options[issue] = options[issue][~refused[options[issue]]]
        problem = self._base(frozenset(tying))
        for issue, (left, before) in enumerate(zip(options, self.options, strict=True)):
            if len(left) < len(before):
                problem = problem.only(issue, left)
        held = [place for k, place in self._column.items() if k in places]
        if held:
            return problem.for_parties(held)
        nothing = np.where(np.isfinite(problem.worst()), problem.worst(), 0.0) - 1.0
        return replace(problem, disagreement=nothing, thresholds=nothing)

    def _base(self, tying: Places) -> Problem:
        """Build the problem in which all thresholds count, and those clauses that tie issues."""
        if tying not in self._bases:
            excluded = [c for k in sorted(tying) if (c := self.demands[k].condition) is not None]
            columns = self._parties or [0]
            blocks, loose = summed(self.one, columns, excluded, self.options)
            levels = self._levels if self._parties else self.one.disagreement[0, columns]
            d = np.minimum(self.one.disagreement[0, columns], levels)
            self._bases[tying] = Problem(blocks, d, levels, loose=loose)
        return self._bases[tying]

    def respected(
        self, places: Places, *, time_limit: float | None = None
    ) -> tuple[bool | None, Places]:
        """Tell whether a package respects some demands, and all that the package shown respects.

        Returns
        -------
        bool or None, frozenset
            ``None`` where it was not settled in the time. Nothing is shown unless the answer is
            yes.
        """
        zone = find_acceptable(self.problem(places), time_limit=time_limit)
        if zone.empty is not False or zone.outcome is None:
            return (None if zone.empty is None else False), frozenset()
        return True, self.kept(zone.outcome) | places

    def kept(self, outcome: Indices) -> Places:
        """Return the places of the demands that a package respects."""
        utilities = self.one.utility(outcome.tolist())[0]
        return frozenset(
            k for k, demand in enumerate(self.demands) if _keeps(demand, outcome, utilities)
        )


def _keeps(demand: Demand, outcome: Indices, utilities: Floats) -> bool:
    if demand.condition is not None:
        return not demand.condition.holds(outcome)
    assert demand.level is not None  # of a threshold
    assert demand.column is not None
    return bool(utilities[demand.column] >= demand.level - TOLERANCE)
