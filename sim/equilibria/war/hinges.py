"""On what hinges whether anything is better for all than war: costs, patience, length, chances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.equilibria.bargaining_range import most, slack
from sim.equilibria.hinging import CHANCE, PATIENCE, Scale, nearest_flip
from sim.equilibria.prediction import Hinge
from sim.equilibria.war.course import WarCourse
from sim.fighting import Chain
from sim.problem import TOLERANCE, Floats


@dataclass(frozen=True)
class Titles:
    """What players, states of the front and ends are called."""

    players: tuple[str, ...]
    states: tuple[str, ...]
    ends: tuple[str, ...]


def war_hinges(course: WarCourse, points: Floats, titles: Titles, rounds: str) -> Iterator[Hinge]:
    """Yield the parameters at which the range opens or closes before the war, one at a time.

    Parameters
    ----------
    course
        The central reading.
    points
        Utilities of all efficient packages, shape ``(n_points, n_players)``.
    titles
        The names of players, states and ends.
    rounds
        What a round is called.
    """
    d = course.outset()[0]
    is_open = bool(slack(points, d) >= -TOLERANCE)
    then = "nothing is better for all than war" if is_open else "something is better for all"
    best = most(points, d)
    for player, name in enumerate(titles.players):
        if course.believed[player] is None:
            continue
        yield from _costs(course, player, name, float(best[player] - d[player]), rounds, then)
        if course.fought.timed:
            yield _patience(course, player, name, float(best[player]), then)
    if len(course.fought.states) == 1 and course.fought.timed:
        yield _ending(course, points, rounds, then)
    yield from _chances(course, points, titles, then)


def _costs(
    course: WarCourse, player: int, name: str, room: float, rounds: str, then: str
) -> Iterator[Hinge]:
    """Find the cost at which a party's no-deal value meets the most that it could get.

    No-deal values fall in a straight line as a cost rises, so the value is exact.
    """
    war, column = course.fought, course.columns[player]
    once = float(war.once[0, column])
    if once or not war.timed:
        yield _cost(f"{name}'s cost of going to war", once, room, 1.0, then)
    if war.timed:
        none, one = np.zeros((1, len(war.ends))), np.ones((1, len(war.states)))
        chain = course.course(player)
        weight = float(chain.worth(none, one, war.patience[:, column])[0, war.start])
        now = float(war.per_round[0, column])
        yield _cost(f"{name}'s cost of a {rounds} of fighting", now, room, weight, then)


def _cost(parameter: str, now: float, room: float, weight: float, then: str) -> Hinge:
    flips = now - room / weight if weight > TOLERANCE and np.isfinite(room) else None
    if flips is None or flips < 0:
        return Hinge(parameter, now, None, "the same at any cost from 0 up")
    return Hinge(parameter, now, flips, then)


def _patience(course: WarCourse, player: int, name: str, best: float, then: str) -> Hinge:
    war, column = course.fought, course.columns[player]
    flow = war.flow[:, :, column] - war.per_round[:, [column]]
    chain, prizes, once = course.course(player), war.prizes[:, :, column], war.once[0, column]

    def leaves_room(patience: float) -> bool:
        worth = chain.worth(prizes, flow, patience)[0, war.start] - once
        return bool(worth <= best + TOLERANCE)

    now = float(war.patience[0, column])
    return _searched(f"patience of {name}", now, leaves_room, PATIENCE, then)


def _searched(
    parameter: str, now: float, leaves_room: Callable[[float], bool], scale: Scale, then: str
) -> Hinge:
    flip = nearest_flip(leaves_room, now, scale)
    if flip is None:
        return Hinge(parameter, now, None, f"the same from {scale.low:g} to {scale.high:g}")
    return Hinge(parameter, now, flip[0], then)


def _room(course: WarCourse, points: Floats, change: Callable[[Chain], Chain]) -> bool:
    """Tell whether there is a range when everyone's course of the war is changed."""
    war = course.fought
    believed = {column: change(chain) for column, chain in war.believed.items()}
    other = replace(war, common=change(war.common), believed=believed)
    return bool(slack(points, replace(course, fought=other).outset()[0]) >= -TOLERANCE)


def _ending(course: WarCourse, points: Floats, rounds: str, then: str) -> Hinge:
    def leaves_room(ending: float) -> bool:
        def change(chain: Chain) -> Chain:
            shares = chain.ends / chain.ends.sum(axis=2, keepdims=True)
            return Chain(np.full_like(chain.moves, 1 - ending), ending * shares)

        return _room(course, points, change)

    now = float(course.fought.common.ends[0, 0].sum())
    parameter = f"chance that the fighting ends in a {rounds}"
    return _searched(parameter, now, leaves_room, Scale(0.001, 1.0), then)


def _chances(course: WarCourse, points: Floats, titles: Titles, then: str) -> Iterator[Hinge]:
    """Vary the chance of each way on from the start, as all see it; the others keep their shares.

    Of a war without a front these are the chances of its ends.
    """
    war, start = course.fought, course.fought.start
    row = np.concatenate([war.common.moves[0, start], war.common.ends[0, start]])
    n_states = len(war.states)
    single = n_states == 1
    goes_on = row[start] if single else 0.0
    for place in np.flatnonzero(row > 0).tolist():
        now = float(row[place] / (1 - goes_on))
        if place == start or now > 1 - TOLERANCE:
            continue

        def leaves_room(chance: float, place: int = place) -> bool:
            rest = row.copy()
            rest[place] = 0.0
            rest[start] -= goes_on
            ways = (1 - goes_on) * (1 - chance) * rest / rest.sum()
            ways[place] = (1 - goes_on) * chance
            ways[start] += goes_on
            moves, ends = war.common.moves.copy(), war.common.ends.copy()
            moves[0, start], ends[0, start] = ways[:n_states], ways[n_states:]
            other = replace(war, common=Chain(moves, ends))
            return bool(slack(points, replace(course, fought=other).outset()[0]) >= -TOLERANCE)

        way = titles.states[place] if place < n_states else titles.ends[place - n_states]
        what = "chance of" if single else f"chance to go on from “{titles.states[start]}” to"
        scale = CHANCE if single else Scale(0.0, 0.999)
        yield _searched(f"{what} “{way}”", now, leaves_room, scale, then)
