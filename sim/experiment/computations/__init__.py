"""What an experiment may compute for every case, by the name that it has in the file.

Each entry is a function that takes the settings from an experiment and returns a `Computation`.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.experiment.computations.amendments import amendments
from sim.experiment.computations.comparison import comparison
from sim.experiment.computations.equilibria import equilibria
from sim.experiment.computations.solutions import solutions
from sim.experiment.computations.zone import zone
from sim.experiment.design import Experiment
from sim.experiment.outcomes import Computation

__all__ = ["ALSO", "COMPUTATIONS"]

COMPUTATIONS: dict[str, Callable[[Experiment], Computation]] = {
    "compare": comparison,
    "zone": zone,
    "solve": solutions,
    "amend": amendments,
    "equilibria": equilibria,
}

ALSO = {"solve": ("zone",)}
"""What else is computed wherever something is asked for, as `zopa solve` does."""
