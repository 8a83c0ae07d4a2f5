"""What somebody insists on: a threshold, a red line, or a constraint that binds all.

A zone of possible agreement is what all demands leave. Explaining an empty one, or a plan that
cannot be amended, means dropping demands one by one and looking again; this is where a set of
them becomes a problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.assembly import summed
from sim.condition import Condition
from sim.ensemble import Ensemble
from sim.feasible.zone import find_acceptable
from sim.problem import TOLERANCE, Problem
from sim.scenario import RedLines

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Demand:
    """One thing that an agreement must respect.

    Attributes
    ----------
    kind
        ``threshold``: the party must get at least ``level``. ``red_line`` and ``constraint``: no
        package may meet ``condition``.
    party
        Whose demand it is; ``None`` for a constraint.
    column
        The party's place in the scenario; ``None`` for a constraint.
    level
        Of a threshold, in units of utility.
    condition
        Of a red line or a constraint.
    basis
        Of a red line: ``stated`` or ``implied``.
    """

    kind: Literal["threshold", "red_line", "constraint"]
    party: str | None = None
    column: int | None = None
    level: float | None = None
    condition: Condition | None = None
    basis: str | None = None

    @property
    def text(self) -> str:
        """The demand with the file's identifiers."""
        if self.kind == "threshold":
            assert self.level is not None  # a threshold has one
            level = self.level if abs(self.level) > TOLERANCE else 0.0
            return f"{self.party} wants at least {level:.4g}"
        assert self.condition is not None  # red lines and constraints have one
        if self.kind == "constraint":
            return f"constraint: never {self.condition.text}"
        return f"{self.party} refuses {self.condition.text} ({self.basis})"


def demands_of(one: Ensemble, *, red_lines: RedLines, columns: Sequence[int]) -> list[Demand]:
    """List what an agreement among some parties must respect.

    Parameters
    ----------
    one
        An ensemble of one draw, such as the central reading. A red line that does not hold in
        it is left out.
    red_lines
        Which red lines of the signatories bind.
    columns
        Whose thresholds count.

    Returns
    -------
    list
        Thresholds in the order of ``columns``, then red lines, then constraints, in file order.
    """
    structure = one.structure
    found = [
        Demand("threshold", structure.parties[c], c, float(one.thresholds[0, c])) for c in columns
    ]
    for k in structure.binding(red_lines):
        line = structure.lines[k]
        if one.binds[0, k]:
            owner = structure.parties[line.party]
            found.append(
                Demand("red_line", owner, line.party, condition=line.condition, basis=line.kind)
            )
    found += [Demand("constraint", condition=c) for c in structure.constraints]
    return found


def problem_under(
    one: Ensemble, demands: Sequence[Demand], *, options: Sequence[Indices] | None = None
) -> Problem:
    """Build the problem in which only some demands hold.

    Its columns are the parties whose thresholds are among the demands, in that order; there may
    be none.

    Parameters
    ----------
    options
        For each issue the option indices that are open; all of them by default.
    """
    columns = [d.column for d in demands if d.kind == "threshold" and d.column is not None]
    levels = np.array([d.level for d in demands if d.kind == "threshold"], dtype=float)
    excluded = [d.condition for d in demands if d.condition is not None]
    blocks, loose = summed(one, columns, excluded, options)
    disagreement = np.minimum(one.disagreement[0, columns], levels)
    return Problem(blocks, disagreement, levels, loose=loose)


def compatible(
    one: Ensemble,
    demands: Sequence[Demand],
    *,
    options: Sequence[Indices] | None = None,
    time_limit: float | None = None,
) -> bool | None:
    """Tell whether some package respects all of these demands; ``None`` if not known in time."""
    problem = problem_under(one, demands, options=options)
    if not problem.n_parties:
        return problem.n_outcomes > 0
    empty = find_acceptable(problem, time_limit=time_limit).empty
    return None if empty is None else not empty
