"""How surely each party accepts each plan version, given that the numbers are uncertain.

All plan versions and all parties meet the same draws. Joint acceptance is counted draw by draw:
the parties' chances are never multiplied, because what is uncertain is shared between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble
from sim.plans import PlanReading
from sim.preferences.streams import ManyStreams, Streams
from sim.problem import TOLERANCE
from sim.sampling import sample
from sim.scenario import RedLines, Scenario
from sim.structure import Structure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Acceptance:
    """Every draw of every plan version.

    Attributes
    ----------
    utility
        Shape ``(n_draws, n_plans, n_parties)``.
    threshold
        Shape ``(n_draws, n_parties)``.
    accepts
        Shape ``(n_draws, n_plans, n_parties)``.
    by_all
        Every party whose consent is required accepts, shape ``(n_draws, n_plans)``.
    """

    utility: Floats
    threshold: Floats
    accepts: Bools
    by_all: Bools

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.by_all)


def acceptance(
    scenario: Scenario,
    plans: Sequence[PlanReading],
    n_draws: int,
    *,
    seed: int = 0,
    red_lines: RedLines = "stated",
) -> Acceptance:
    """Draw what is uncertain and ask every party about every plan version.

    Parameters
    ----------
    scenario, plans
        Whose plan versions, read.
    n_draws
        How many draws; each takes one option for every issue that a plan leaves open, the same
        for all parties, and as far as possible the same for all plans.
    seed
        Any non-negative integer.
    red_lines
        Which red lines may bind; each does so with its own chance.
    """
    structure = Structure(scenario)
    shape = (len(plans), len(structure.parties))
    utility = np.empty((n_draws, *shape), order="F")
    threshold = np.empty((n_draws, len(structure.parties)), order="F")
    accepts = np.empty((n_draws, *shape), dtype=bool, order="F")
    by_all = np.empty((n_draws, len(plans)), dtype=bool, order="F")
    fillings = Streams(seed)
    start = 0
    for block in sample(scenario, n_draws, seed=seed, red_lines=red_lines):
        rows = slice(start, start + block.n_draws)
        threshold[rows] = block.thresholds
        luck = thrown(structure, plans, block.n_draws, fillings)
        for k, plan in enumerate(plans):
            utility[rows, k], accepts[rows, k], by_all[rows, k] = answers(
                block, chosen(plan, luck), red_lines
            )
        start += block.n_draws
    return Acceptance(utility, threshold, accepts, by_all)


def answers(
    block: Ensemble,
    choices: Sequence[int | Indices],
    red_lines: RedLines,
    known: Mapping[int, Floats] | None = None,
) -> tuple[Floats, Bools, Bools]:
    """Ask every party about one plan version in every draw.

    Parameters
    ----------
    block
        The draws.
    choices
        What the plan version comes to, as `chosen` gives it.
    red_lines
        Which red lines may bind.
    known
        Column of a party -> its utility, shape ``(n_draws,)``, where that is known already.

    Returns
    -------
    utility, accepts, by_all
        Shapes ``(n_draws, n_parties)`` twice, and ``(n_draws,)``.
    """
    known = known or {}
    worth = block.utility(choices, [k for k in range(block.n_parties) if k not in known])
    for column, utility in known.items():
        worth[:, column] = utility
    possible = ~_impossible(block, choices)
    enough = worth >= block.thresholds - TOLERANCE
    willing = enough & ~_crossed(block, choices, red_lines) & possible[:, None]
    return worth, willing, willing[:, block.structure.required].all(axis=1) & possible


def chosen(plan: PlanReading, luck: Mapping[int, Floats]) -> list[int | Indices]:
    """Return the option of every issue: one, or one for each draw.

    What `thrown` gives settles the issues that the plan leaves open.
    """
    return [_choose(plan, issue, luck) for issue in range(len(plan.open))]


def thrown(
    structure: Structure, plans: Sequence[PlanReading], n: int, streams: Streams | ManyStreams
) -> dict[int, Floats]:
    """Throw one uniform for each option of each issue that some plan leaves open."""
    names = structure.space.options
    return {
        k: np.stack([streams.uniform(f"open.{issue}.{option}", n) for option in names[issue]])
        for k, issue in enumerate(structure.space.issues)
        if any(k in plan.unsettled for plan in plans)
    }


def _choose(plan: PlanReading, issue: int, luck: Mapping[int, Floats]) -> int | Indices:
    """Return the option of one issue: what the plan says, or one of those it leaves open.

    Of these the luckiest: each is equally likely, in whatever order they are listed, and two
    plans that leave different options open take the same one as often as can be.
    """
    options = plan.open[issue]
    if len(options) == 1:
        return int(options[0])
    pick, least = options[0], luck[issue][options[0]]
    for option in options[1:]:
        pick = np.where(luck[issue][option] < least, option, pick)
        least = np.minimum(luck[issue][option], least)
    return pick


def _crossed(block: Ensemble, choices: Sequence[int | Indices], red_lines: RedLines) -> Bools:
    """Tell who sees a red line of its own crossed, shape ``(n_draws, n_parties)``."""
    structure = block.structure
    crossed = np.zeros((block.n_draws, block.n_parties), dtype=bool, order="F")
    for k in structure.binding(red_lines, range(block.n_parties)):
        line = structure.lines[k]
        met = line.condition.met(choices)
        if np.any(met):
            crossed[:, line.party] |= block.binds[:, k] & met
    return crossed


def _impossible(block: Ensemble, choices: Sequence[int | Indices]) -> Bools:
    """Tell in which draws a constraint is broken, shape ``(n_draws,)``."""
    broken = np.zeros(block.n_draws, dtype=bool)
    for constraint in block.structure.constraints:
        broken |= constraint.met(choices)
    return broken
