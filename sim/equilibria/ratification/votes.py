"""How surely a text is signed and ratified: votes drawn with shocks that bodies share.

Every draw has its own reading of the scenario's numbers, its own shock to each body, correlated
between bodies, and its own votes. Whether all bodies ratify is seen draw by draw; chances are
never multiplied, since what sways one body sways the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble
from sim.equilibria.ratification.ratifiers import Chamber, House, Voter, drawn_reader
from sim.equilibria.ratification.win_set import NEAR
from sim.plans import PlanReading
from sim.preferences.readers import Reader
from sim.preferences.streams import Streams
from sim.problem import TOLERANCE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Votes:
    """Every draw of every plan version.

    Attributes
    ----------
    signed
        All negotiators accept, shape ``(n_draws, n_plans)``.
    asked
        The body has to vote, shape ``(n_draws, n_plans, n_bodies)``.
    ratified
        It says yes, or would if it were asked, same shape.
    """

    signed: Bools
    asked: Bools
    ratified: Bools

    @property
    def passed(self) -> Bools:
        """Every body that has to vote says yes, shape ``(n_draws, n_plans)``."""
        all_: Bools = np.logical_and.reduce(self.ratified | ~self.asked, axis=2)
        return all_


def chance(happens: Bools) -> tuple[float, float]:
    """Return the share of draws in which something happens, and its standard error."""
    share = float(happens.mean())
    return share, float(np.sqrt(share * (1 - share) / len(happens)))


def yes_chance(gain: Floats, steepness: float) -> Floats:
    r"""Return the chance of a yes, :math:`1/(1+e^{-kg})`.

    >>> yes_chance(np.array([-np.inf, 0.0, 0.1]), 30.0).round(3).tolist()
    [0.0, 0.5, 0.953]
    """
    chances: Floats = 0.5 * (1.0 + np.tanh(0.5 * steepness * gain))
    return chances


def draw_votes(
    house: House,
    plans: Sequence[PlanReading],
    drawn: Sequence[Ensemble],
    players: Sequence[int],
    *,
    seed: int,
) -> Votes:
    """Put every plan version to every negotiator and every ratifier, draw by draw.

    Parameters
    ----------
    drawn
        Draws of the scenario, one ensemble after another.
    players
        Columns of the negotiators.
    seed
        That of the draws.
    """
    n = sum(block.n_draws for block in drawn)
    choices = [_filled(house, plan, n, seed) for plan in plans]
    shape = (n, len(plans), len(house.chambers))
    asked, ratified = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    read = drawn_reader(seed, n)
    shocks = _shocks(house, n, seed, read)
    for b, chamber in enumerate(house.chambers):
        votes = chamber.votes(read, house.scenario.tiers)
        luck = np.column_stack([
            Streams(seed).uniform(f"ratification.votes.{chamber.key}.{r}", n)
            for r in range(len(chamber.voters))
        ])  # fmt: skip
        gains = [_gains(house, voter, choices, n, seed, read) for voter in chamber.voters]
        for k, picks in enumerate(choices):
            swayed = np.column_stack([gain[:, k] for gain in gains]) + shocks[:, b, None]
            asked[:, k, b] = chamber.is_asked(picks)
            ratified[:, k, b] = _ratified(chamber, swayed, votes, luck)
    return Votes(_signed(house, choices, drawn, players), asked, ratified)


def _ratified(chamber: Chamber, swayed: Floats, votes: Floats, luck: Floats) -> Bools:
    """Count the votes: each ratifier for itself, or split by its chance of a yes."""
    chances = yes_chance(swayed, chamber.steepness)
    yes = chances >= 0.5 if chamber.split else luck < chances
    share = ((chances if chamber.split else yes) * votes).sum(axis=1)
    won: Bools = (share >= chamber.rule.quota - NEAR) & (yes | ~chamber.rule.vetoes).all(axis=1)
    return won


def _shocks(house: House, n: int, seed: int, read: Reader) -> Floats:
    """Draw one shock for each body, shape ``(n_draws, n_bodies)``; all pairs correlate alike."""
    rho = read.number(house.block.correlation, "ratification.correlation", 0.0, 1.0)[:, None]
    normal = Streams(seed).of("ratification.shocks").standard_normal((n, 1 + len(house.chambers)))
    shared = np.sqrt(rho) * normal[:, :1] + np.sqrt(1 - rho) * normal[:, 1:]
    shocks: Floats = shared * np.array([chamber.shock for chamber in house.chambers])
    return shocks


def _gains(
    house: House, voter: Voter, choices: Sequence[Indices], n: int, seed: int, read: Reader
) -> Floats:
    """Return what each plan gives a ratifier over what it asks for, ``(n_draws, n_plans)``."""
    gains = np.empty((n, len(choices)))
    start = 0
    for block in voter.drawn(n, seed, house.red_lines):
        rows = slice(start, start + block.n_draws)
        for k, picks in enumerate(choices):
            worth = block.utility(list(picks[rows].T))[:, voter.column]
            gains[rows, k] = worth - block.thresholds[:, voter.column]
        start += block.n_draws
    for where, holds in voter.refuses(read):
        for k, picks in enumerate(choices):
            gains[holds & where.holds(picks), k] = -np.inf
    return gains


def _filled(house: House, plan: PlanReading, n: int, seed: int) -> Indices:
    """Settle what a plan leaves open, one option for each issue and draw, ``(n_draws, n_issues)``.

    Each option has a lot of its own, and the smallest wins, so that plans that leave the same
    options open take the same one, as where plans are compared.
    """
    space = house.scenario.space
    picks = np.empty((n, len(space.issues)), dtype=np.intp)
    for place, (issue, options) in enumerate(zip(space.issues, plan.open, strict=True)):
        if len(options) == 1:
            picks[:, place] = options[0]
            continue
        names = space.options[issue]
        lots = np.stack([
            Streams(seed).uniform(f"open.{issue}.{names[k]}", n) for k in options
        ])  # fmt: skip
        picks[:, place] = options[lots.argmin(axis=0)]
    return picks


def _signed(
    house: House, choices: Sequence[Indices], drawn: Sequence[Ensemble], players: Sequence[int]
) -> Bools:
    """Tell in which draws all negotiators accept each plan, ``(n_draws, n_plans)``."""
    structure = drawn[0].structure
    parties = list(players)
    lines = structure.binding(house.red_lines, parties)
    signed = np.ones((sum(block.n_draws for block in drawn), len(choices)), dtype=bool)
    start = 0
    for block in drawn:
        rows = slice(start, start + block.n_draws)
        own = house.block.negotiators_accept == "no_deal"
        level = (block.disagreement if own else block.thresholds)[:, parties]
        for k, picks in enumerate(choices):
            here = picks[rows]
            worth = block.utility(list(here.T))[:, parties]
            able = (worth >= level - TOLERANCE).all(axis=1)
            for place in lines:
                able &= ~(block.binds[:, place] & structure.lines[place].condition.holds(here))
            for constraint in structure.constraints:
                able &= ~constraint.holds(here)
            signed[rows, k] = able
        start += block.n_draws
    return signed
