"""The zone of possible agreement in every case: whether there is one, how surely, how large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.assembly import assemble
from sim.blocks import n_outcomes
from sim.experiment.case_group import CaseGroup
from sim.experiment.computations.sizes import cells, listing_seconds, too_many_to_list
from sim.experiment.design import Experiment
from sim.experiment.outcomes import Computation, Found, Rowwise, of_cases
from sim.experiment.shape import Column, TableShape
from sim.feasible.chance import zone_by_draw
from sim.feasible.count import ZoneSize, count_acceptable
from sim.feasible.robust import most_robust
from sim.problem import Problem
from sim.scenario import Scenario
from sim.search.many import NO, YES
from sim.settlement import clash_of

Whole = NDArray[np.int64]

ZONE = of_cases(
    "The zone of possible agreement in one case.",
    {
        "parties": Column("text", "whose zone it is"),
        "outcomes": Column(
            "text", "packages that the constraints leave, before red lines (as text: exact)"
        ),
        "left_by_red_lines": Column(
            "text", "packages that the red lines leave as well (as text: exact)"
        ),
        "empty": Column("truth", "no package is acceptable to all of them; proven"),
        "acceptable": Column(
            "text", "how many are (as text: exact); missing where they were estimated"
        ),
        "share": Column(
            "number", "acceptable packages as a share of all that the constraints leave"
        ),
        "share_low": Column(
            "number", "lower end of its 95 % interval; the share itself where it is exact"
        ),
        "share_high": Column("number", "upper end of that interval"),
        "draws": Column("whole", "draws in which it was asked whether a zone exists"),
        "exists": Column("whole", "draws in which one does; shown"),
        "proven_empty": Column("whole", "draws in which there is none; proven"),
        "clash": Column(
            "text",
            "where nothing is left: a smallest set of clauses that cannot stand together",
        ),
    },
)


@dataclass(frozen=True)
class ZoneInEveryCase:
    """Whether a zone exists at the central reading, in how many draws, and how large it is.

    Attributes
    ----------
    draws
        In how many draws of what is uncertain to ask; 0 for none.
    size
        Whether to count the zone and to find the package nearest to it, case by case.
    """

    draws: int
    size: bool = True

    def outcomes(self, scenario: Scenario) -> Mapping[str, Column]:
        """Name what there is to say of a zone."""
        columns = {
            "zone.exists": Column("truth", "some package is acceptable to all; proven either way")
        }
        if self.draws:
            columns["zone.probability"] = Column(
                "number", "share of draws in which a zone was shown to exist"
            )
        if self.size:
            columns["zone.share"] = Column(
                "number", "acceptable packages as a share of all that the constraints leave"
            )
            columns["zone.surplus"] = Column(
                "number",
                "utility less threshold of the party worst off, in the package where that is "
                "highest; below 0 the distance to a zone; missing where no package is allowed",
            )
        return columns

    def tables(self, scenario: Scenario) -> Mapping[str, TableShape]:
        """One row a case, where the zone is counted."""
        return {"zone": ZONE} if self.size else {}

    def seconds(self, scenario: Scenario) -> float:
        """Reckon with a search a draw; a large zone is counted for a while, then estimated."""
        counting = 1.5e-4 if too_many_to_list(scenario) else 1.5e-5
        each = 4e-7 * (1 + self.draws) + (counting if self.size else 0.0)
        return cells(scenario) * each + listing_seconds(scenario)

    def compute(self, group: CaseGroup) -> Found:
        """Ask in all cases of a group at once; then count, case by case, if it was asked for."""
        n = len(group)
        centre = zone_by_draw(group.central, red_lines=group.red_lines)[:n]
        outcomes: dict[str, NDArray[np.generic]] = {
            "zone.exists": np.ma.masked_array(centre == YES, (centre != YES) & (centre != NO))
        }
        chances = None
        if self.draws:
            chances = self._chances(group)
            outcomes["zone.probability"] = chances[0] / self.draws
        if not self.size:
            return Found(outcomes)
        table = Rowwise(ZONE)
        allowed = n_outcomes(assemble(group.central, [], group.central.structure.constraints))
        shares, surpluses = np.empty((2, n))
        for k in range(n):
            problem = Problem.from_draw(group.central, k, red_lines=group.red_lines)
            rng = np.random.default_rng(int(group.seeds[k]))
            size = count_acceptable(problem, of=allowed, rng=rng)
            robust = most_robust(problem, rational=False)
            least = (robust.utilities - problem.thresholds).min()
            shares[k] = size.share
            surpluses[k] = np.nan if robust.outcome is None else least
            found = None if chances is None else chances[:, k]
            empty = None if centre[k] not in (YES, NO) else bool(centre[k] == NO)
            self._row(table, group, k, problem, allowed, size, empty, found)
        outcomes |= {"zone.share": shares, "zone.surplus": surpluses}
        return Found(outcomes, {"zone": table.columns()} if group.detailed else {})

    def _chances(self, group: CaseGroup) -> Whole:
        """Count draws in which a zone exists, and in which there is none, ``(2, n_cases)``."""
        counts = np.zeros((2, len(group)), dtype=np.int64)
        n = self.draws if group.uncertain else 1
        for places, seeds in group.by_seed():
            for part in group.sample(places, n, seeds):
                answer = zone_by_draw(part.ensemble, red_lines=group.red_lines)
                answer = answer.reshape(part.cases.stop - part.cases.start, -1)
                rows = places[part.cases]
                counts[0, rows] += (answer == YES).sum(axis=1)
                counts[1, rows] += (answer == NO).sum(axis=1)
        return counts * (self.draws // n)

    def _row(
        self,
        table: Rowwise,
        group: CaseGroup,
        k: int,
        problem: Problem,
        allowed: int,
        size: ZoneSize,
        empty: bool | None,
        found: Whole | None,
    ) -> None:
        structure = group.central.structure
        clash = clash_of(group.central.draw(k), group.red_lines) if problem.n_outcomes == 0 else ()
        table.add(
            int(group.cases[k]),
            "; ".join(structure.parties[c] for c in structure.columns()),
            str(allowed),
            str(problem.n_outcomes),
            empty,
            None if size.outcomes is None else str(size.outcomes),
            float(size.share),
            *map(float, size.share_interval),
            *((None,) * 3 if found is None else (self.draws, *map(int, found))),
            "; ".join(clause.text for clause in clash),
        )


def zone(experiment: Experiment) -> Computation:
    """Ask for a zone as an experiment does."""
    asked = experiment.asked.zone
    return ZoneInEveryCase(experiment.zone_draws, size=asked is None or asked.size)
