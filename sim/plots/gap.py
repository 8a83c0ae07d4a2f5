"""How far those whose consent is required are from a package that all of them accept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.plots.caption import party_names
from sim.problem import TOLERANCE
from sim.settlement import Settlement
from sim.solutions import egalitarian
from sim.words import decimals_for

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gap:
    """How far the parties whose consent is required are from a package that all of them accept.

    Attributes
    ----------
    names, columns
        Who they are, and their places among the scenario's parties.
    thresholds, disagreement
        What they insist on, and what no deal gives them, shape ``(n_parties,)``.
    best
        The most that each could get from any allowed package.
    nearest
        What they get from the package whose worst-off party is best placed; ``None`` where no
        package is allowed.
    surplus
        Utility over threshold there, shape ``(n_parties,)``.
    exact
        Proven that no package does better by its worst-off party.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    thresholds: Floats
    disagreement: Floats
    worst: Floats
    best: Floats
    nearest: Floats | None
    exact: bool

    @classmethod
    def of(cls, settlement: Settlement) -> Gap:
        """Measure it."""
        problem, zone = settlement.zone_problem, settlement.zone
        columns = tuple(settlement.structure.columns(settlement.signatories))
        names = tuple(party_names(settlement.structure, columns))
        if problem.n_outcomes == 0:
            none = np.full(problem.n_parties, np.nan)
            r, d = problem.thresholds, problem.disagreement
            return cls(names, columns, r, d, none, none, None, True)
        nearest, exact = zone.utilities, zone.surplus >= zone.ceiling - TOLERANCE
        if zone.empty is False:  # any acceptable package was shown: look for the safest
            safest = egalitarian(problem.at_thresholds())
            nearest, exact = safest.utilities, safest.certificate.exact
        return cls(
            names, columns, problem.thresholds, problem.disagreement,
            problem.worst(), problem.best(), nearest, exact,
        )  # fmt: skip

    @property
    def surplus(self) -> Floats:
        """Utility over threshold at the nearest package, shape ``(n_parties,)``."""
        assert self.nearest is not None  # asked only where a package is allowed
        surplus: Floats = self.nearest - self.thresholds
        return surplus

    @property
    def decimals(self) -> int:
        """As many decimals as tell the gap from nothing."""
        usual = decimals_for(self.thresholds)
        least = float(np.abs(self.surplus).min()) if self.nearest is not None else 1.0
        return usual + 1 if least < 0.5 * 10.0**-usual * 10 else usual
