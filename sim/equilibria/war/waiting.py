"""What no deal must be worth for waiting to be rational: a map, not a claim.

Every pair of no-deal values of two parties is a point. A staircase, exact over all packages, parts
those at which some package is better for both than no deal from those at which none is. Where
no-deal values drift, waiting can pay on this side of it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from sim.clock import deadline_in
from sim.equilibria.bargaining_range import staircase, whole_frontier
from sim.equilibria.conduct import Conduct
from sim.equilibria.hinging import PATIENCE, Scale, nearest_flip
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.equilibria.war.course import war_course
from sim.equilibria.war.waiting_map import AHEAD, Waiter, WaitingMap, best_given
from sim.equilibria.war.war import round_name
from sim.feasible.chance import zone_by_draw
from sim.feasible.extremes import highest
from sim.frontier import OutOfReach
from sim.problem import TOLERANCE, Floats
from sim.scenario import Fighting, RedLines
from sim.words import listed, name_of, percent, plain

TITLE = "When waiting is rational: a map of no-deal values"
NO_DRIFT = "no-deal values do not drift, since the file gives no `talks: {drift: …}` and no front"


def waiting(setting: Setting) -> Prediction:
    """Draw the boundary between no-deal values that leave room for a deal and those that do not.

    References
    ----------
    Fearon (1995), "Rationalist Explanations for War", International Organization 49 (3), 379-414;
    Powell (2004), "The Inefficient Use of Power", American Political Science Review 98 (2),
    231-241.
    """
    rounds = round_name(setting)
    found = Prediction(
        "waiting",
        TITLE,
        f"Two parties can agree on any package that the others and the red lines allow. Waiting "
        f"brings its no-deal value {rounds} by {rounds}, and then the better of no deal and of the "
        "best package that the other would still take.",
        parties=setting.parties,
    )
    if len(setting.parties) < 2:
        return found.because("the map needs two parties: name them with --parties")
    stairs = _boundaries(setting)
    if isinstance(stairs, OutOfReach):
        cure = "name two parties with --parties, or allow more time"
        return found.because(f"the boundary was not found: {stairs.why}; {cure}")
    corners, bound = stairs
    picture = _map(setting, corners)
    return replace(
        found,
        says=_says(picture),
        hinges=setting.hinged(_hinges(setting, picture)),
        exact=bound == 0.0,
        bound=bound,
        details=_details(setting, picture),
        picture=picture,
    )


def _boundaries(setting: Setting) -> tuple[dict[RedLines, Floats], float] | OutOfReach:
    """Find the boundary under the reading asked for, and under stated and implied lines.

    A reading under which the same lines bind as under one before it is left out.
    """
    stairs: dict[RedLines, Floats] = {}
    bound = 0.0
    readings: list[RedLines] = [setting.red_lines, "stated", "implied"]
    binding = {reading: tuple(setting.structure.binding(reading)) for reading in readings}
    first = {lines: reading for reading, lines in reversed(list(binding.items()))}
    for reading in dict.fromkeys(first[binding[reading]] for reading in readings):
        problem = replace(setting, red_lines=reading).problem
        demands = np.array([-np.inf, -np.inf, *problem.disagreement[2:]])
        found = whole_frontier(problem, demands=demands, time_limit=setting.time_limit)
        if isinstance(found, OutOfReach):
            return found
        stairs[reading] = staircase(found.utilities)
        bound = max(bound, found.certificate.bound)
    return stairs, bound


def _map(setting: Setting, stairs: dict[RedLines, Floats]) -> WaitingMap:
    columns = list(setting.columns[:2])
    growth = _growth(setting)
    patience = Conduct.of(setting).patience.tolist()
    drawn = [ensemble.disagreement[:, columns] for ensemble in setting.drawn]
    return WaitingMap(
        names=(setting.names[0], setting.names[1]),
        places=(columns[0], columns[1]),
        stairs=stairs,
        nothing={reading: _why(setting, reading) for reading, s in stairs.items() if not len(s)},
        reading=setting.red_lines,
        now=setting.problem.disagreement[:2],
        drawn=np.concatenate(drawn) if drawn else np.zeros((0, 2)),
        others=dict(zip(setting.names[2:], setting.problem.disagreement[2:].tolist(), strict=True)),
        waiters=(Waiter(patience[0], growth[0]), Waiter(patience[1], growth[1])),
        own=_own(setting),
        rounds=round_name(setting),
        title=name_of(setting.scenario.title),
    )


def _why(setting: Setting, reading: RedLines) -> str:
    """Say why nothing is left under a reading of the red lines."""
    if not replace(setting, red_lines=reading).problem.n_outcomes:
        return "no package is allowed"
    others = listed(setting.names[2:], "or")
    return f"no package that is allowed gives {others} what no deal gives it"


def _growth(setting: Setting) -> list[tuple[float, ...]]:
    """Return by what factor each no-deal value changes over the rounds of `AHEAD`.

    By the drift of the talks; else, where it follows from a front, as that moves on average while
    the fighting goes on.
    """
    talks = setting.scenario.talks
    if talks is not None and talks.drift:
        drifting = np.atleast_2d(Conduct.of(setting).drifting.disagreement)
        first = np.where(np.abs(drifting[0]) > TOLERANCE, drifting[0], 1.0)
        grown = drifting[[min(t, len(drifting) - 1) for t in AHEAD]] / first
        return [tuple(factors) for factors in grown.T.tolist()]
    levels = [setting.scenario.parties[p].disagreement for p in setting.parties]
    if not any(isinstance(level, Fighting) for level in levels):
        return [(1.0,) * len(AHEAD)] * len(levels)
    course = war_course(setting)
    here = course.fought.common.forecast(course.fought.start, max(AHEAD))[:, 0]
    goes_on = np.maximum(here.sum(axis=1, keepdims=True), TOLERANCE)
    expected = (here / goes_on) @ course.by_state()[0]
    first = np.where(expected[0] > TOLERANCE, expected[0], 1.0)
    return [tuple((expected[t, k] / first[k]).item() for t in AHEAD) for k in range(len(levels))]


def _own(setting: Setting) -> float | None:
    """Return the share of draws in which some package is better for all than no deal.

    ``None`` without draws, and where not every draw was settled within the time.
    """
    deadline = deadline_in(setting.time_limit)
    shown = [
        zone_by_draw(
            replace(drawn, thresholds=drawn.disagreement),
            red_lines=setting.red_lines,
            parties=setting.parties,
            deadline=deadline,
        )
        for drawn in setting.drawn
    ]
    answers = np.concatenate(shown) if shown else np.zeros(0)
    settled = len(answers) > 0 and bool((answers >= 0).all())
    return float((answers == 1).mean()) if settled else None


def _says(picture: WaitingMap) -> str:
    first, second = picture.names
    given = "".join(f", with {name} held to {plain(d)}" for name, d in picture.others.items())
    stairs = picture.stairs[picture.reading]
    if not len(stairs):
        return (
            f"Under these red lines {picture.nothing[picture.reading]}, so that waiting "
            f"would be rational whatever no deal is worth to {first} and {second}."
        )
    x, y = picture.now
    limits = best_given(stairs, 0, picture.now[1:])[0], best_given(stairs, 1, picture.now[:1])[0]
    at = f"at the central no-deal values ({first} {plain(x)}, {second} {plain(y)})"
    is_open = bool(picture.open_at(picture.now[None])[0])
    some = "some package is" if is_open else "no package is"
    text = f"{at[0].upper()}{at[1:]} {some} better for both than no deal{given}."
    if np.isfinite(limits).all():
        turn = "none would be left from" if is_open else "some would be up to"
        text += (
            f" With the other's value as it is, {turn} {plain(limits[1])} for {second}, or "
            f"{plain(limits[0])} for {first}."
        )
    if len(picture.drawn):
        share = float(picture.open_at(picture.drawn).mean())
        text += f" None is at {percent(1 - share)} of the pairs of no-deal values that were drawn."
    for reading, why in picture.nothing.items():
        text += f" If {reading} red lines bind as well, {why}, whatever no deal is worth."
    return text


def _hinges(setting: Setting, picture: WaitingMap) -> Iterator[Hinge]:
    """Find the values at which the pair of no-deal values crosses the boundary."""
    is_open = bool(picture.open_at(picture.now[None])[0])
    then = "no package is better for both" if is_open else "some package is better for both"
    stairs = picture.stairs[picture.reading]
    for party, name in enumerate(picture.names):
        limit = best_given(stairs, party, picture.now[[1 - party]])[0]
        yield Hinge(
            f"no-deal value of {name}", float(picture.now[party]),
            float(limit) if np.isfinite(limit) else None,
            then if np.isfinite(limit) else "at no value is any package good for both",
        )  # fmt: skip
    for place, (name, demand) in enumerate(picture.others.items(), start=2):
        yield _other(setting, place, name, demand, then)
    if is_open:
        for party in (0, 1):
            yield from _moving(picture, party)


def _other(setting: Setting, place: int, name: str, demand: float, then: str) -> Hinge:
    """Find the most that another signatory could ask for while both still get no deal's worth."""
    problem = setting.problem
    asked = problem.disagreement.copy()
    asked[place] = min(float(problem.worst()[place]), demand)
    free = replace(problem, disagreement=asked, thresholds=asked, floor=None)
    found = highest(free, np.eye(len(asked))[place], time_limit=setting.time_limit)
    if found.outcome is None or not found.certificate.exact:
        return Hinge(f"no-deal value of {name}", demand, None, "at no value, as far as was found")
    limit = float(found.utilities[place])
    return Hinge(f"no-deal value of {name}", demand, limit, then)


def _moving(picture: WaitingMap, party: int) -> Iterator[Hinge]:
    """Find the drift from which each length of waiting pays, and the patience for one round."""
    name, waiter, rounds = picture.names[party], picture.waiters[party], picture.rounds
    for ahead, many in enumerate(AHEAD):

        def drifting(rate: float, ahead: int = ahead) -> bool:
            grown = tuple((1 + rate) ** t for t in AHEAD)
            return _pays(picture, party, replace(waiter, growth=grown), ahead)

        now = waiter.growth[ahead] ** (1 / many) - 1
        flip = nearest_flip(drifting, now, Scale(-0.5, 1.0))
        length = f"a {rounds}" if many == 1 else f"{many} {rounds}s"
        pays = "does not pay" if drifting(now) else "pays"
        yield Hinge(
            f"drift of {name}'s no-deal value in a {rounds}, for {length}", now,
            flip[0] if flip else None,
            f"waiting {length} {pays} for {name}" if flip else "the same from −0.5 to 1",
        )  # fmt: skip
    patience = nearest_flip(
        lambda factor: _pays(picture, party, replace(waiter, patience=factor), 0),
        waiter.patience,
        PATIENCE,
    )
    pays = "does not pay" if _pays(picture, party, waiter, 0) else "pays"
    said = f"waiting a {rounds} {pays} for {name}" if patience else "the same from 0.5 to 0.9999"
    yield Hinge(f"patience of {name}", waiter.patience, patience[0] if patience else None, said)


def _pays(picture: WaitingMap, party: int, waiter: Waiter, ahead: int) -> bool:
    """Tell whether waiting pays at the central values for a party that waits in a given way."""
    first, second = picture.waiters
    both = (waiter, second) if party == 0 else (first, waiter)
    changed = replace(picture, waiters=both)
    return bool(changed.pays(party, picture.now[None], ahead)[0])


def _details(setting: Setting, picture: WaitingMap) -> dict[str, Any]:
    first, second = setting.parties[:2]
    drawn = picture.drawn
    return {
        "axes": [first, second],
        "no_deal": {first: float(picture.now[0]), second: float(picture.now[1])},
        "others": dict(
            zip(setting.parties[2:], setting.problem.disagreement[2:].tolist(), strict=True)
        ),
        "boundary": {reading: stairs.tolist() for reading, stairs in picture.stairs.items()},
        "open": {
            reading: bool(picture.open_at(picture.now[None], reading)[0])
            for reading in picture.stairs
        },
        "share_of_drawn_pairs_with_none_better": {
            reading: float(1 - picture.open_at(drawn, reading).mean()) if len(drawn) else None
            for reading in picture.stairs
        },
        "share_of_draws_with_none_better": None if picture.own is None else 1 - picture.own,
        "drift": _drift_note(setting),
        "waiting_pays": [
            {
                "party": party,
                "rounds": AHEAD[ahead],
                "growth": picture.waiters[k].growth[ahead],
                "patience": picture.waiters[k].patience,
                "from_no_deal_value": _finite(picture.pays_from(k, picture.now[[1 - k]], ahead)[0]),
                "even_if_the_wait_brings_nothing_from": _finite(_bare(picture, k, ahead)),
                "share_of_drawn_pairs": (
                    float(picture.pays(k, drawn, ahead).mean()) if len(drawn) else None
                ),
            }
            for k, party in enumerate((first, second))
            for ahead in range(len(AHEAD))
        ],
    }


def _drift_note(setting: Setting) -> str:
    talks = setting.scenario.talks
    if talks is not None and talks.drift:
        return f"of the talks, for {listed(talks.drift)}, at central values"
    levels = [setting.scenario.parties[p].disagreement for p in setting.parties]
    follows = any(isinstance(level, Fighting) for level in levels)
    return "of the front, on average while the fighting goes on" if follows else NO_DRIFT


def _bare(picture: WaitingMap, party: int, ahead: int) -> float:
    """Return from where the later no-deal value alone, discounted, beats the best now."""
    waiter = picture.waiters[party]
    factor = waiter.patience ** AHEAD[ahead] * waiter.growth[ahead]
    now = best_given(picture.stairs[picture.reading], party, picture.now[[1 - party]])[0]
    return float(now / factor) if factor > TOLERANCE else np.inf


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
