"""How surely is there a zone of possible agreement, given that the numbers are uncertain?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.ensemble import Ensemble
from sim.feasible.zone import find_acceptable
from sim.problem import Problem
from sim.sampling import sample
from sim.scenario import RedLines, Scenario


@dataclass(frozen=True)
class ZoneChance:
    """In how many draws a zone exists, each of them settled exactly.

    Attributes
    ----------
    exists, empty
        Draws in which an acceptable outcome was shown; in which it was proven that there is none.
    draws
        How many there were; what is left over could not be settled within the time.
    """

    exists: int
    empty: int
    draws: int

    @property
    def share(self) -> float:
        """Share of the draws in which a zone exists."""
        return self.exists / self.draws


def zone_chance(
    scenario: Scenario,
    draws: int,
    *,
    seed: int = 0,
    red_lines: RedLines = "stated",
    parties: Sequence[str] | None = None,
    time_limit: float = 1.0,
) -> ZoneChance:
    """Draw what is uncertain, and ask in every draw whether a zone exists.

    Parameters
    ----------
    scenario
        A valid scenario.
    draws, seed
        How many draws, and from which seed; about 3 ms each on 27 issues.
    red_lines
        Which red lines may bind; in a draw each does so with its own chance.
    parties
        Whose zone; the signatories' by default.
    time_limit
        Seconds for one draw.
    """
    exists = empty = 0
    for ensemble in sample(scenario, draws, seed=seed, red_lines=red_lines):
        alike = ensemble.n_draws if _all_alike(ensemble) else 1
        for k in range(0, ensemble.n_draws, alike):
            problem = Problem.from_draw(ensemble, k, red_lines=red_lines, parties=parties)
            answer = find_acceptable(problem, time_limit=time_limit).empty
            exists += alike * (answer is False)
            empty += alike * (answer is True)
    return ZoneChance(exists, empty, draws)


def _all_alike(ensemble: Ensemble) -> bool:
    """Tell whether nothing was uncertain, so that one draw speaks for all."""
    numbers = [*ensemble.terms, ensemble.disagreement, ensemble.thresholds, ensemble.binds]
    numbers += [bonus.amount for bonus in ensemble.bonuses]
    numbers += [table.utilities for table in ensemble.tables]
    return all(bool((drawn == drawn[:1]).all()) for drawn in numbers)
