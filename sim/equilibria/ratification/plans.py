"""Every plan version before every body: is it ratified, by how much, on whom does that hang."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.assembly import assemble
from sim.blocks import n_outcomes
from sim.equilibria.ratification.ratifiers import House
from sim.equilibria.ratification.votes import Votes, chance
from sim.equilibria.ratification.win_set import NEAR
from sim.plans import PlanReading
from sim.problem import TOLERANCE, Floats, Indices

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Repair:
    """One clause written otherwise, after which a body ratifies.

    Attributes
    ----------
    issue, option
        By name.
    cost
        The most that a negotiator on another side loses by it; below 0 where none loses.
    """

    issue: str
    option: str
    cost: float


@dataclass(frozen=True)
class BodyVerdict:
    """One plan version before one body, at the central reading.

    Attributes
    ----------
    asked
        Share of the readings of the text in which the body has to vote.
    ratified
        It says yes, or would if it were asked.
    yes_share
        Share of the votes for it: the quota at which the verdict flips.
    margin
        Gain of the pivotal ratifier: by how much everybody could ask for more, or would have to
        ask for less, until the verdict flips. Minus infinity where a red line is in the way.
    pivotal
        Place of the pivotal ratifier.
    repair
        The cheapest single change after which it is ratified; ``None`` where none does it.
    chance, error
        Probability that it says yes if asked, and the standard error.
    """

    asked: float
    ratified: bool
    yes_share: float
    margin: float
    pivotal: int
    repair: Repair | None
    chance: float
    error: float


@dataclass(frozen=True)
class PlanVerdict:
    """One plan version before all bodies.

    Attributes
    ----------
    plan, title
        Identifier and name.
    signed
        All negotiators accept it at the central reading.
    bodies
        In file order.
    ratified
        Every body that may be asked says yes.
    signing, passing, both, defection
        Probabilities, each with its standard error: that it is signed; that all bodies asked
        ratify it; both; that it is signed and refused at home.
    """

    plan: str
    title: str
    signed: bool
    bodies: tuple[BodyVerdict, ...]
    ratified: bool
    signing: tuple[float, float]
    passing: tuple[float, float]
    both: tuple[float, float]
    defection: tuple[float, float]

    @property
    def defects(self) -> bool:
        """Negotiators accept and ratifiers refuse: involuntary defection."""
        return self.signed and not self.ratified


def judge_plans(
    house: House,
    plans: Sequence[PlanReading],
    titles: Sequence[str],
    players: tuple[int, ...],
    level: Floats,
    votes: Votes,
) -> tuple[PlanVerdict, ...]:
    """Put plan versions to negotiators and bodies at the central reading, and add the chances.

    Parameters
    ----------
    players, level
        Columns of the negotiators, and what each signs for.
    votes
        Draws of the same plans.
    """
    found = []
    for k, (plan, title) in enumerate(zip(plans, titles, strict=True)):
        signed, passed = votes.signed[:, k], votes.passed[:, k]
        bodies = tuple(
            _before(house, b, plan, players, chance(votes.ratified[:, k, b]))
            for b in range(len(house.chambers))
        )
        found.append(
            PlanVerdict(
                plan.name, title, _is_signed(house, plan, players, level), bodies,
                all(verdict.ratified or verdict.asked == 0 for verdict in bodies),
                chance(signed), chance(passed), chance(signed & passed), chance(signed & ~passed),
            )
        )  # fmt: skip
    return tuple(found)


def _before(
    house: House, b: int, plan: PlanReading, players: tuple[int, ...], drawn: tuple[float, float]
) -> BodyVerdict:
    chamber = house.chambers[b]
    gains = house.expected_gains(b, plan.central)
    ratified = bool(chamber.rule.ratified(gains))
    repair = None if ratified else _repair(house, b, plan, players)
    return BodyVerdict(
        asked=_asked_share(house, b, plan.central),
        ratified=ratified,
        yes_share=float(chamber.rule.yes_share(gains)),
        margin=float(chamber.rule.level(gains)),
        pivotal=int(chamber.rule.pivotal(gains)),
        repair=repair,
        chance=drawn[0],
        error=drawn[1],
    )


def _asked_share(house: House, b: int, options: Sequence[Indices]) -> float:
    """Share of the packages drawn from option sets that a body has to vote on."""
    conditions = house.chambers[b].asked
    if not conditions:
        return 1.0
    issues = sorted({issue for where in conditions for issue in where.issues})
    sizes = [len(options[issue]) for issue in issues]
    rows = np.indices(sizes).reshape(len(issues), -1)
    width = max(issues) + 1
    choices = np.zeros((rows.shape[1], width), dtype=np.intp)
    for issue, places in zip(issues, rows, strict=True):
        choices[:, issue] = options[issue][places]
    return float(house.chambers[b].is_asked(choices).mean())


def _is_signed(house: House, plan: PlanReading, players: tuple[int, ...], level: Floats) -> bool:
    """Tell whether all negotiators accept: level, own red lines, constraints."""
    structure, one = house.joint.structure, house.joint
    worth = one.expected_utility(plan.central)[0, list(players)]
    lines = [k for k in structure.binding(house.red_lines, players) if one.binds[0, k]]
    crossed = any(structure.lines[k].condition.share(plan.central) == 1 for k in lines)
    possible = n_outcomes(assemble(one, [], structure.constraints, plan.central)) > 0
    return bool((worth >= level - TOLERANCE).all()) and not crossed and possible


def _repair(house: House, b: int, plan: PlanReading, players: tuple[int, ...]) -> Repair | None:
    """Find the single change that wins the body and costs the other negotiators least."""
    chamber, one, space = house.chambers[b], house.joint, house.scenario.space
    others = [c for c in players if one.structure.parties[c] != chamber.side]
    before = one.expected_utility(plan.central)[0]
    best: Repair | None = None
    for place, issue in enumerate(space.issues):
        for k, option in enumerate(space.options[issue]):
            now = plan.central[place]
            if len(now) == 1 and now[0] == k:
                continue
            changed = [*plan.central]
            changed[place] = np.array([k])
            if float(chamber.rule.level(house.expected_gains(b, changed))) < -NEAR:
                continue
            if not n_outcomes(assemble(one, [], one.structure.constraints, changed)):
                continue
            after = one.expected_utility(changed)[0]
            cost = float((before - after)[others].max()) if others else 0.0
            if best is None or cost < best.cost - TOLERANCE:
                best = Repair(issue, option, cost)
    return best
