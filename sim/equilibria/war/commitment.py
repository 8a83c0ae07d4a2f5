"""Commitment problems: when a shift of power makes a side refuse a deal that it would sign else.

Whoever grows stronger cannot promise not to use it. So a deal today is worth to the side that
declines at most all of today's round, and from tomorrow what the other's later strength leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.equilibria.bargaining_range import whole_frontier
from sim.equilibria.conduct import Conduct
from sim.equilibria.hinging import PATIENCE, Scale, nearest_flip
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.equilibria.war.course import WarCourse, war_course
from sim.equilibria.war.war import NO_WAR, round_name
from sim.frontier import OutOfReach
from sim.problem import TOLERANCE, Floats
from sim.words import counted, listed, plain

TITLE = "Commitment problems: no deal before power shifts"


@dataclass(frozen=True, eq=False)
class Shift:
    """A shift of power within one round, and what it does to the side that declines.

    Attributes
    ----------
    what
        Where the power shifts: ``At the bridge → In the villages``.
    declining
        Place of the player that loses by it.
    now, later
        No-deal values before and after, shape ``(n_players,)``.
    offer_of_rising
        The most that the declining side can be promised where the rising side makes all offers:
        all of this round, and later its own no-deal value (Fearon).
    offer_of_all
        The most where bargaining power may be its own: all of this round, and later all but what
        the others can lock in (Powell).
    """

    what: str
    declining: int
    now: Floats
    later: Floats
    offer_of_rising: float
    offer_of_all: float

    @property
    def preventive(self) -> bool:
        """Whether it prefers no deal now, where the rising side makes all offers."""
        return bool(self.now[self.declining] > self.offer_of_rising + TOLERANCE)

    @property
    def unavoidable(self) -> bool:
        """Whether it prefers no deal now, whoever makes offers."""
        return bool(self.now[self.declining] > self.offer_of_all + TOLERANCE)


def shift_of_power(
    points: Floats,
    now: Floats,
    later: Floats,
    declining: int,
    patience: float,
    *,
    what: str = "",
) -> Shift:
    r"""Work out the most that a declining side can be promised.

    With values as averages over rounds and M the most that the side can get later, round by round,
    while the others get what they can then lock in:

    .. math:: (1-\delta) \max u + \delta\, d' \quad\text{or}\quad (1-\delta)\max u + \delta M(d')

    On a single pie these are the conditions of Fearon, δp₂ - p₁ > c(1 - δ)², and Powell,
    M₁(t) + δM₂(t + 1) > B.

    Parameters
    ----------
    points
        Utilities of all efficient packages, shape ``(n_points, n_players)``.
    now, later
        No-deal values before and after the shift, shape ``(n_players,)``.
    declining
        Which player declines.
    patience
        Its discount factor.

    References
    ----------
    Fearon (1995), "Rationalist Explanations for War", International Organization 49 (3), 379-414;
    Powell (2006), "War as a Commitment Problem", International Organization 60 (1), 169-203.
    """
    own = points[:, declining]
    best = float(own.max()) if len(own) else -np.inf
    fallback = float(later[declining])
    later_deal = most_in_turn(points, later, declining)
    return Shift(
        what,
        declining,
        now,
        later,
        (1 - patience) * best + patience * fallback,
        (1 - patience) * best + patience * later_deal,
    )


def most_in_turn(points: Floats, disagreement: Floats, player: int) -> float:
    """Return the most that a party can average over rounds in which packages may change.

    The others get on average what no deal gives them. With few packages that is more than any
    one of them gives: two that each favour a side can take turns. No deal itself is one way to
    spend rounds, so there is always an answer.
    """
    from scipy.optimize import linprog  # noqa: PLC0415  slow to import, seldom needed

    ways = np.vstack([points, disagreement])
    others = [k for k in range(ways.shape[1]) if k != player]
    found = linprog(
        -ways[:, player],
        A_ub=-ways[:, others].T,
        b_ub=TOLERANCE - disagreement[others],
        A_eq=np.ones((1, len(ways))),
        b_eq=[1.0],
        method="highs",
    )
    return max(-float(found.fun or 0.0), float(disagreement[player]))


def commitment(setting: Setting) -> Prediction:
    """Look for shifts of power after which today's deal would not be honoured."""
    rounds = round_name(setting)
    found = Prediction(
        "commitment",
        TITLE,
        f"A deal can be reopened every {rounds}, and nobody can promise not to use strength that "
        "comes later; each shift is looked at as if it were sure to come without fighting. Two "
        "conditions: the rising side makes all offers (Fearon); anyone may (Powell, sufficient).",
        parties=setting.parties,
    )
    drift = setting.scenario.talks.drift if setting.scenario.talks else {}
    if setting.scenario.war is None and not drift:
        return found.because(NO_WAR.replace("such as", "or say in `talks: {drift: …}` how no-deal "
                                            "values change; an example is"))  # fmt: skip
    frontier = whole_frontier(setting.problem, time_limit=setting.time_limit)
    if isinstance(frontier, OutOfReach):
        cure = "name two parties with --parties, or allow more time"
        return found.because(f"the efficient packages were not found: {frontier.why}; {cure}")
    points = frontier.utilities
    if not len(points):
        return found.because(
            "no package is allowed under these red lines, so that nothing could be promised: "
            "try --red-lines none"
        )
    shifts = list(_shifts(setting, points))
    return replace(
        found,
        says=_says(setting, shifts, rounds),
        hinges=setting.hinged(_hinges(setting, points, shifts)),
        exact=frontier.certificate.exact,
        bound=frontier.certificate.bound,
        table=_table(setting, shifts),
        details={"shifts": [_told(setting, shift) for shift in shifts], "why_they_differ": WHY},
    )


def _table(setting: Setting, shifts: list[Shift]) -> tuple[tuple[str, ...], ...]:
    """Set side by side what no deal is worth to the side that declines and what it is promised."""
    heading = ("Shift", "Grows weaker", "No deal now", "Rising side's promise", "Anyone's promise")
    rows = [
        (
            shift.what,
            setting.names[shift.declining],
            plain(float(shift.now[shift.declining])),
            f"{plain(shift.offer_of_rising)}{'' if shift.preventive else ' enough'}",
            f"{plain(shift.offer_of_all)}{'' if shift.unavoidable else ' enough'}",
        )
        for shift in shifts
    ]
    return (heading, *rows) if rows else ()


WHY = (
    "After the shift Fearon's declining side is held to its no-deal value, since the other makes "
    "all offers; Powell's may get all that the other cannot lock in. So the first can hold where "
    "the second does not: what differs is who has the bargaining power."
)


def _shifts(setting: Setting, points: Floats) -> Iterator[Shift]:
    """Yield every move of the front, or one round of drift, with each side that loses by it."""
    for what, now, later in _moves(setting):
        for player in range(len(now)):
            others = np.delete(later - now, player)
            if later[player] < now[player] - TOLERANCE and (others > TOLERANCE).any():
                patience = _patience(setting, player)
                yield shift_of_power(points, now, later, player, patience, what=what)


def _moves(setting: Setting) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield pairs of no-deal values, one round apart."""
    if setting.scenario.war is None:
        drifting = np.atleast_2d(Conduct.of(setting).drifting.disagreement)
        if len(drifting) == 1:  # a drift of nothing
            return
        yield f"one {round_name(setting)} of drift", drifting[0], drifting[1]
        return
    course = war_course(setting)
    values, chain = course.by_state()[0], course.fought.common
    titles = _titles(setting, course)
    for here, there in np.argwhere(chain.moves[0] > TOLERANCE).tolist():
        if here != there:
            yield f"{titles[here]} → {titles[there]}", values[here], values[there]


def _titles(setting: Setting, course: WarCourse) -> list[str]:
    war = setting.scenario.war
    states = war.front.states if war and war.front else {}
    return [states[s].title or s if s in states else s for s in course.fought.states]


def _patience(setting: Setting, player: int) -> float:
    return float(Conduct.of(setting).patience[player])


def _says(setting: Setting, shifts: list[Shift], rounds: str) -> str:
    if not shifts:
        return (
            f"No shift of power within a {rounds} makes one side stronger and another weaker, so "
            "that nothing undoes a deal in this way."
        )
    caught = [s for s in shifts if s.preventive]
    certain = [s for s in caught if s.unavoidable]
    names = setting.names
    if not caught:
        return (
            f"In no case of the {len(shifts)} looked at would the side that grows weaker rather "
            f"have no deal now than its best package for one {rounds} and its no-deal value "
            "afterwards: the shift is too small, or no deal too costly."
        )
    first = max(caught, key=lambda s: float(s.now[s.declining] - s.offer_of_rising))
    text = (
        f"In {len(caught)} of {counted(len(shifts), 'case')} the side that grows weaker prefers "
        f"no deal now if the other makes all offers; most clearly {names[first.declining]} before "
        f"“{first.what}”, where no deal is worth {plain(float(first.now[first.declining]))} and "
        f"the best promise {plain(first.offer_of_rising)}."
    )
    if certain:
        whose = listed(dict.fromkeys(names[s.declining] for s in certain))
        return f"{text} In {len(certain)} of them no promise by anyone is enough for {whose}."
    return f"{text} In each of them some promise by someone else would be enough."


def _hinges(setting: Setting, points: Floats, shifts: list[Shift]) -> Iterator[Hinge]:
    """Find where the shift nearest to flipping does so: its size, and the loser's patience."""
    if not shifts:
        none = "of no size do they make one side stronger and another weaker"
        yield Hinge("size of all shifts of power, beside the file's", 1.0, None, none)
        return
    nearest = min(shifts, key=lambda s: abs(float(s.now[s.declining] - s.offer_of_rising)))
    who, name = nearest.declining, setting.names[nearest.declining]
    patience = _patience(setting, who)
    then = f"{name} {'signs' if nearest.preventive else 'prefers no deal'} before “{nearest.what}”"

    def signs(size: float, factor: float) -> bool:
        later = nearest.now[who] + size * (nearest.later[who] - nearest.now[who])
        best = float(points[:, who].max())
        return bool((1 - factor) * best + factor * later >= nearest.now[who] - TOLERANCE)

    size = nearest_flip(lambda x: signs(x, patience), 1.0, Scale(0.0, 10.0))
    factor = nearest_flip(lambda x: signs(1.0, x), patience, PATIENCE)
    yield Hinge(
        f"size of the shift “{nearest.what}”, beside the file's", 1.0, size[0] if size else None,
        then if size else "the same from none to ten times as large",
    )  # fmt: skip
    yield Hinge(
        f"patience of {name}", patience, factor[0] if factor else None,
        then if factor else "the same from 0.5 to 0.9999",
    )  # fmt: skip


def _told(setting: Setting, shift: Shift) -> dict[str, Any]:
    who = setting.parties[shift.declining]
    return {
        "shift": shift.what,
        "declining": who,
        "no_deal_now": setting.by_party(shift.now),
        "no_deal_later": setting.by_party(shift.later),
        "best_promise_of_the_rising_side": shift.offer_of_rising,
        "best_promise_of_anyone": shift.offer_of_all,
        "no_deal_if_the_rising_side_makes_all_offers": shift.preventive,
        "no_deal_whoever_makes_offers": shift.unavoidable,
    }
