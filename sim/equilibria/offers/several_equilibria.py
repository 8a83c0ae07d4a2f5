"""On what it hinges how many equilibria stand beside each other, or that nothing is agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from sim.equilibria.conduct import Conduct
from sim.equilibria.hinging import CHANCE, PATIENCE, Scale, nearest_flip
from sim.equilibria.offers.backward_induction import Floats, Rules
from sim.equilibria.offers.changed_rules import patient, worst_case
from sim.equilibria.offers.lotteries import Mixed, stationary_mix
from sim.equilibria.offers.stationary import turns_of
from sim.equilibria.offers.talks_without_end import APART, NEAR_BY, EndlessTalks
from sim.equilibria.prediction import Hinge
from sim.equilibria.setting import Setting
from sim.feasible.extremes import highest
from sim.problem import Problem

GRID, COARSE = 10, 6
"""Values looked at on each side of the present one; where lots are drawn each takes longer."""

NO_PACKAGE = "however low: the red lines and constraints leave no package"
OTHERS_STAND = "however low: what the others insist on stands"

Count = Callable[[Rules], int]


def number_hinges(
    count: Count, conduct: Conduct, rules: Rules, *, grid: int = GRID
) -> Iterator[Hinge]:
    """Yield where only one equilibrium is left of several, or else where their number changes.

    Parameters
    ----------
    count
        Finds under given rules how many equilibria there are.
    rules
        The present ones, with one chance of breakdown for every round.
    """
    for k, now in enumerate(rules.patience.tolist()):

        def at_patience(delta: float, k: int = k) -> int:
            return count(patient(rules, k, delta))

        where = "from 0.5 to 0.9999"
        yield _number_hinge(conduct.patience_of(k), now, at_patience, (PATIENCE, where), grid)
    yield _number_hinge(
        "chance of breakdown",
        float(rules.breakdown[0]),
        lambda risk: count(replace(rules, breakdown=np.array([risk]))),
        (CHANCE, "from 0 to 1"),
        grid,
    )


def _number_hinge(
    parameter: str, now: float, count: Callable[[float], int], on: tuple[Scale, str], grid: int
) -> Hinge:
    """Look for the value at which one is left; where there is none, at which the number changes."""
    known = cache(count)
    scale, where = on
    flip = nearest_flip(lambda x: min(known(x), 2), now, scale, grid=grid)
    flip = flip or nearest_flip(known, now, scale, grid=grid)
    if flip is None:
        several = f"at least {known(now)} equilibria stand beside each other {where}"
        return Hinge(parameter, now, None, several)
    return Hinge(parameter, now, flip[0], _left(flip[1]))


def _left(number: object) -> str:
    if number == 0:
        return "no equilibrium is found"
    if number == 1:
        return "only one equilibrium is found"
    return f"{number} equilibria stand beside each other"


def endless_hinges(game: EndlessTalks) -> Iterator[Hinge]:
    """Yield on what it hinges that talks without a last round have several equilibria.

    Under other rules they are looked for in short searches from those of the present rules and
    from what each party likes best, until two are found.
    """
    turns = turns_of(game.lasting)
    best = [game.points[place] for place in game.points.argmax(axis=0)]
    starts = [one.values for one in (game.end, *game.others) if one is not None]
    starts += [np.tile(point, (len(turns), 1)) for point in best]

    def count(rules: Rules) -> int:
        first: Floats | None = None
        for values in starts:
            start = Mixed(turns, np.zeros((len(values), 0)), values)
            mix = stationary_mix(game.mixes, rules, start=start, steps=NEAR_BY)
            if mix is None:
                continue
            if first is None:
                first = mix.values
            elif np.abs(mix.values - first).max() > APART:
                return 2
        return 0 if first is None else 1

    return number_hinges(count, game.conduct, game.lasting, grid=COARSE)


def agreement_hinges(game: EndlessTalks) -> Iterator[Hinge]:
    """Yield how low no-deal values would have to be for some draw of packages to suit everybody."""
    rules, points = game.lasting, game.points
    worst = worst_case(rules)
    still = "" if not game.conduct.drifting.steady_from else ", once it has come to rest"
    for k, name in enumerate(game.conduct.setting.names):
        now, low = float(rules.disagreement[k]), float(points[:, k].min())

        def agreed(value: float, k: int = k, now: float = now) -> bool:
            least = worst.copy()
            least[k] += value - now
            return game.mixes.some(least)

        scale = Scale(min(low, now), now)
        flip = nearest_flip(cache(agreed), now, scale, grid=COARSE)
        parameter = f"no-deal value of {name}{still}"
        if flip is None:
            yield Hinge(parameter, now, None, OTHERS_STAND)
        else:
            yield Hinge(parameter, now, flip[0], "something is agreed")


def opening_hinges(
    setting: Setting, problems: Sequence[tuple[tuple[int, ...], Problem]], least: Floats, then: str
) -> Iterator[Hinge]:
    """Yield how low no-deal values would have to be for some coalition to find a package.

    Parameters
    ----------
    problems
        Coalitions that can decide, and what each can choose from: utilities of its members.
    least
        What every player asks for at least, which may be less than no deal where delay costs.
    then
        What happens then.
    """
    d = setting.problem.disagreement
    for k, name in enumerate(setting.names):
        most = [
            _most(problem, members.index(k), least[list(members)], setting.time_limit)
            for members, problem in problems
            if k in members
        ]
        parameter, now = f"no-deal value of {name}", float(d[k])
        known = [best for best in most if best is not None]
        if known and np.isfinite(least[k]):
            # what it asks for moves with its no-deal value
            yield Hinge(parameter, now, max(known) + now - float(least[k]), then)
        else:
            empty = not any(problem.n_outcomes for _, problem in problems)
            yield Hinge(parameter, now, None, NO_PACKAGE if empty else OTHERS_STAND)


def _most(problem: Problem, who: int, least: Floats, time_limit: float) -> float | None:
    """Return the most that one party can have where the others get what they ask for."""
    if not problem.n_outcomes:
        return None
    worst = problem.worst()
    floor = np.maximum(least, worst)
    floor[who] = worst[who]
    weights = (np.arange(problem.n_parties) == who).astype(float)
    asked = replace(problem, disagreement=floor, thresholds=floor, floor=None)
    best = highest(asked, weights, time_limit=time_limit)
    return float(best.utilities[who]) if best.reached and best.certificate.exact else None
