"""What the outcomes of all cases say together: sensitivity, discovery, robustness.

Everything here works on plain arrays: the settings of all cases, a column for each factor, and
one scalar outcome with its gaps (`Outcome`). Nothing here runs a case or touches the disk. An
analysis that has no answer returns `Unanswered` with its reason, never a row of zeros.
`asked.Analyst` runs what an experiment file asks for and writes it as tables.

============================  ======================  ===================================
question                      analysis                design
============================  ======================  ===================================
what shares of the variance   `sobol_indices`         Saltelli
which inputs matter at all    `morris_effects`        Morris
what moves the distribution   `pawn_indices`          any that spreads its cases
what each factor does alone   `tornado`               one at a time, or full
where does it hold            `prim`, `decision_tree` any that spreads its cases
what flips the verdict        `break_even`            bisection, or a swept table
which version is robust       `robustness`            draws or cases, common to all versions
============================  ======================  ===================================
"""

from sim.experiment.analysis.boxes import Box, Restriction
from sim.experiment.analysis.break_even import (
    BreakEven,
    Flip,
    break_even,
    break_even_in_table,
    break_even_of_factors,
)
from sim.experiment.analysis.defined import Account, Outcome, Unanswered
from sim.experiment.analysis.morris import MorrisEffects, morris_effects
from sim.experiment.analysis.one_at_a_time import Bar, Tornado, tornado
from sim.experiment.analysis.pawn import PawnIndices, pawn_indices
from sim.experiment.analysis.prim import FoundBox, Reproduced, choose, prim
from sim.experiment.analysis.robustness import Robustness, robustness
from sim.experiment.analysis.sobol import SobolIndices, sobol_indices
from sim.experiment.analysis.tree import Rule, Tree, decision_tree

__all__ = [
    "Account",
    "Bar",
    "Box",
    "BreakEven",
    "Flip",
    "FoundBox",
    "MorrisEffects",
    "Outcome",
    "PawnIndices",
    "Reproduced",
    "Restriction",
    "Robustness",
    "Rule",
    "SobolIndices",
    "Tornado",
    "Tree",
    "Unanswered",
    "break_even",
    "break_even_in_table",
    "break_even_of_factors",
    "choose",
    "decision_tree",
    "morris_effects",
    "pawn_indices",
    "prim",
    "robustness",
    "sobol_indices",
    "tornado",
]
