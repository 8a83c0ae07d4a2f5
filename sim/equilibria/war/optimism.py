"""Mutual optimism: each side believes too much in its own victory, and no package suits both.

A side that is optimistic by λ takes the end it likes best for sure with chance λ, and otherwise
sees the war as all do. Its no-deal value rises in a straight line, so the limits are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from sim.equilibria.bargaining_range import most, slack, whole_frontier
from sim.equilibria.hinging import CHANCE, Scale, nearest_flip
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.equilibria.war.course import WarCourse, war_course
from sim.equilibria.war.war import NO_WAR
from sim.frontier import OutOfReach
from sim.problem import TOLERANCE, Floats
from sim.words import listed, percent

TITLE = "Mutual optimism"
MESH = np.linspace(0.0, 1.0, 21)


def optimism(setting: Setting) -> Prediction:
    """Say how much optimism the range of packages that all prefer to war can bear.

    References
    ----------
    Fearon (1995), "Rationalist Explanations for War", International Organization 49 (3), 379-414;
    Wagner (2000), "Bargaining and War", American Journal of Political Science 44 (3), 469-484.
    """
    found = Prediction(
        "optimism",
        TITLE,
        "Each side knows its own belief and holds to it, and no talk changes it. Optimism by x % "
        "means: with chance x % the war ends as that side likes best, otherwise as all expect.",
        parties=setting.parties,
    )
    if setting.scenario.war is None:
        return found.because(NO_WAR)
    course = war_course(setting)
    moved = [k for k, own in enumerate(course.believed) if own is not None]
    if len(moved) < 2:
        return found.because(
            "fewer than two players have a no-deal value that follows from the war: write "
            "`disagreement: {war: common}` for both sides"
        )
    frontier = whole_frontier(setting.problem, time_limit=setting.time_limit)
    if isinstance(frontier, OutOfReach):
        cure = "name two parties with --parties, or allow more time"
        return found.because(f"the efficient packages were not found: {frontier.why}; {cure}")
    points = frontier.utilities
    common = course.in_common().outset()[0]
    believed = replace(course, believed=_all_believe(course)).outset()[0]
    sure = optimistic(course, 1.0)
    rises = np.where([own is not None for own in course.believed], sure - common, 0.0)
    details = _details(setting, points, common, believed, rises, moved)
    return replace(
        found,
        says=_says(setting, points, common, believed, rises, moved),
        hinges=setting.hinged(_hinges(setting, points, common, believed, rises, moved)),
        exact=frontier.certificate.exact,
        bound=frontier.certificate.bound,
        details=details,
    )


def optimistic(course: WarCourse, share: float) -> Floats:
    """Return no-deal values before the war when every player is optimistic by a share.

    Returns
    -------
    ndarray
        Shape ``(n_players,)``.
    """
    war = course.fought
    best = war.prizes.max(axis=1, keepdims=True)
    hoped = replace(war, prizes=(1 - share) * war.prizes + share * best)
    return np.asarray(replace(course.in_common(), fought=hoped).outset()[0])


def _all_believe(course: WarCourse) -> tuple[bool | None, ...]:
    return tuple(None if own is None else True for own in course.believed)


def closes_at(points: Floats, common: Floats, rises: Floats, who: list[int]) -> float | None:
    """Return the common optimism of some players at which nothing suits everyone any more.

    ``None`` where the range bears any amount; 0 where there is none even without optimism.
    """
    hopes = np.isin(np.arange(len(common)), who)

    def leaves_room(share: float) -> bool:
        return bool(slack(points, common + share * hopes * rises) >= -TOLERANCE)

    if not leaves_room(0.0):
        return 0.0
    flip = nearest_flip(leaves_room, 0.0, CHANCE)
    return None if flip is None else flip[0]


def _says(
    setting: Setting,
    points: Floats,
    common: Floats,
    believed: Floats,
    rises: Floats,
    moved: list[int],
) -> str:
    sides = listed([setting.names[k] for k in moved])
    if slack(points, common) < -TOLERANCE:
        return (
            f"No package is better than war for {sides} even when all see the war alike: optimism "
            "is not what stands in the way."
        )
    together = closes_at(points, common, rises, moved)
    text = (
        "With the beliefs of the file some package is better than war for all."
        if slack(points, believed) >= -TOLERANCE
        else "Seen alike some package is better than war for all, and with the beliefs of the file "
        "none is: optimism closes the range."
    )
    if together is None:
        return f"{text} No equal optimism of {sides} closes the range."
    return f"{text} {sides} may each be optimistic by {percent(together)} before the range closes."


def _hinges(
    setting: Setting,
    points: Floats,
    common: Floats,
    believed: Floats,
    rises: Floats,
    moved: list[int],
) -> Iterator[Hinge]:
    """Find the optimism of each side, of all, and the weight of the file's beliefs that matter."""
    for who in ([k] for k in moved):
        name = setting.names[who[0]]
        yield _hinge(f"optimism of {name} alone", closes_at(points, common, rises, who))
    yield _hinge(
        f"equal optimism of {listed([setting.names[k] for k in moved])}",
        closes_at(points, common, rises, moved),
    )
    if np.abs(believed - common).max() > TOLERANCE:

        def leaves_room(weight: float) -> bool:
            return bool(slack(points, common + weight * (believed - common)) >= -TOLERANCE)

        flip = nearest_flip(leaves_room, 1.0, Scale(0.0, 5.0))
        then = "the range opens or closes" if flip else "the same from 0 to 5"
        flips = flip[0] if flip else None
        yield Hinge("distance of the file's beliefs from what all see", 1.0, flips, then)


def _hinge(parameter: str, flips: float | None) -> Hinge:
    then = "the same up to certainty" if flips is None else "nothing is better for all than war"
    return Hinge(parameter, 0.0, flips, then)


def _details(
    setting: Setting,
    points: Floats,
    common: Floats,
    believed: Floats,
    rises: Floats,
    moved: list[int],
) -> dict[str, Any]:
    first, second = moved[:2]
    return {
        "no_deal_as_all_see_it": setting.by_party(common),
        "no_deal_as_believed": setting.by_party(believed),
        "no_deal_gained_by_certainty": setting.by_party(rises),
        "open_as_all_see_it": bool(slack(points, common) >= -TOLERANCE),
        "open_as_believed": bool(slack(points, believed) >= -TOLERANCE),
        "map": {
            "first": setting.parties[first],
            "second": setting.parties[second],
            "first_optimism": MESH.tolist(),
            "second_may_go_up_to": _border(points, common, rises, first, second),
        },
    }


def _border(
    points: Floats, common: Floats, rises: Floats, first: int, second: int
) -> list[float | None]:
    """Return how far the second may hope beside each hope of the first; none where not at all."""
    values = common + MESH[:, None] * np.where(np.arange(len(common)) == first, rises, 0.0)
    room = most(points, values)
    border: list[float | None] = []
    for best, own in zip(room[:, second], values[:, second], strict=True):
        if best < own - TOLERANCE:
            border.append(None)
        elif rises[second] <= TOLERANCE:
            border.append(1.0)
        else:
            border.append(float(min((best - own) / rises[second], 1.0)))
    return border
