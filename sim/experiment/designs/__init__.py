"""Designs: which cases an experiment looks at.

Every design is ``(factors, size, seed) -> Points``; the keys are the names used in files.
"""

from collections.abc import Callable, Sequence

from sim.experiment.designs.full import full
from sim.experiment.designs.morris import morris
from sim.experiment.designs.one_at_a_time import one_at_a_time
from sim.experiment.designs.points import Points
from sim.experiment.designs.sampled import halton, lhs
from sim.experiment.designs.sobol import sobol
from sim.experiment.designs.table import table
from sim.experiment.factors import Factor

__all__ = ["DESIGNS", "Points"]

DESIGNS: dict[str, Callable[[Sequence[Factor], int, int], Points]] = {
    "full": full,
    "lhs": lhs,
    "sobol": sobol,
    "halton": halton,
    "morris": morris,
    "one_at_a_time": one_at_a_time,
    "table": table,
}
