"""War as the outcome without a deal: what it is worth, and when talks have something to find.

The fighting is a Markov chain, so what no deal is worth differs from place to place of the front,
and with it the range of packages that everyone prefers. All of them are read off one frontier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agreement import Frontier
from sim.clock import deadline_in
from sim.ensemble import Ensemble
from sim.equilibria.bargaining_range import most, nash_point, preferred, slack, whole_frontier
from sim.equilibria.prediction import Prediction
from sim.equilibria.setting import Setting
from sim.equilibria.war.course import WarCourse, war_course
from sim.equilibria.war.hinges import Titles, war_hinges
from sim.feasible.chance import zone_by_draw
from sim.frontier import OutOfReach
from sim.preferences.readers import Reader
from sim.problem import TOLERANCE, Floats
from sim.sampling import readers
from sim.words import capital, listed, name_of, percent, plain

TITLE = "War as the outcome without a deal"
LONGEST, SHORTEST = 120, 12
"""Rounds that are looked ahead: until few wars go on, within these bounds."""

GOES_ON = 0.02

NO_WAR = (
    "the scenario has no `war` block: add one with the ends of the fighting, their chances and its "
    "costs (see docs/equilibria/war.md), or look at a scenario that has one, such as border-war"
)


@dataclass(frozen=True, eq=False)
class RangeOverTime:
    """The range of packages that all prefer to fighting on, by state of the front and by round.

    Attributes
    ----------
    names
        The players.
    places
        Their columns in the scenario, which choose their colours.
    states
        Titles of the states of the front, in order.
    start
        Place of the present one.
    no_deal
        What no deal is worth in each state, shape ``(n_states, n_players)``.
    most
        The most that each player can get while the others get what no deal gives them, same
        shape; minus infinity where the others can get that in no package.
    slack
        How far all no-deal values could rise before nothing suits everyone; below 0 where
        nothing does. Shape ``(n_states,)``.
    open_in_draws
        Share of draws in which there is a range, shape ``(n_states,)``; empty without draws, and
        where not every draw was settled within the time.
    goes_on
        Chance that the fighting goes on after each round from now on, shape ``(n_rounds + 1,)``.
    open_by_round
        Chance of a range after each round, given that it goes on.
    expected
        What no deal is worth after each round on average, given that it goes on, shape
        ``(n_rounds + 1, n_players)``.
    rounds
        What a round is called.
    title
        Of the scenario.
    """

    names: tuple[str, ...]
    places: tuple[int, ...]
    states: tuple[str, ...]
    start: int
    no_deal: Floats
    most: Floats
    slack: Floats
    open_in_draws: Floats
    goes_on: Floats
    open_by_round: Floats
    expected: Floats
    rounds: str
    title: str

    @property
    def is_open(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """In which states there is a range, shape ``(n_states,)``."""
        return np.asarray(self.slack >= -TOLERANCE)


def war(setting: Setting) -> Prediction:
    """Say where something is better for all than fighting on, and how that changes with the front.

    References
    ----------
    Fearon (1995), "Rationalist Explanations for War", International Organization 49 (3), 379-414;
    Slantchev (2003), "The Principle of Convergence in Wartime Negotiations", American Political
    Science Review 97 (4), 621-632; Smith & Stam (2004), "Bargaining and the Nature of War",
    Journal of Conflict Resolution 48 (6), 783-813.
    """
    found = Prediction("war", TITLE, _assumptions(setting), parties=setting.parties)
    if setting.scenario.war is None:
        return found.because(NO_WAR)
    course = war_course(setting)
    frontier = whole_frontier(setting.problem, time_limit=setting.time_limit)
    if isinstance(frontier, OutOfReach):
        cure = "name two parties with --parties, or allow more time"
        return found.because(f"the efficient packages were not found: {frontier.why}; {cure}")
    picture = _over_time(setting, course, frontier)
    ends = tuple(end.title or name for name, end in setting.scenario.war.ends.items())
    titles = Titles(setting.names, picture.states, ends)
    hinges = war_hinges(course, frontier.utilities, titles, picture.rounds)
    outset = course.outset()[0]
    return replace(
        found,
        says=_says(picture, course, frontier, outset),
        utilities=setting.by_party(outset),
        hinges=setting.hinged(hinges),
        exact=frontier.certificate.exact,
        bound=frontier.certificate.bound,
        details=_details(setting, course, frontier, picture, outset),
        picture=picture,
        table=_table(picture),
    )


def _table(picture: RangeOverTime) -> tuple[tuple[str, ...], ...]:
    """Set side by side, for each place of the front, no deal and the most that a deal can give."""
    heading = ["Front", *(f"{name}: no deal, at most" for name in picture.names), "Range"]
    rows = [tuple(heading)]
    for k, state in enumerate(picture.states):
        pairs = zip(picture.no_deal[k], picture.most[k], strict=True)
        cells = [f"{plain(d)}, {plain(m) if np.isfinite(m) else 'none'}" for d, m in pairs]
        now = " (now)" if k == picture.start else ""
        rows.append((f"{state}{now}", *cells, "yes" if picture.is_open[k] else "no"))
    return tuple(rows)


def _assumptions(setting: Setting) -> str:
    rounds = round_name(setting)
    return (
        "No deal means fighting on to an end, with the chances, costs and patience of the file, "
        f"which all know; values are averages over {rounds}s; a deal can be struck in any {rounds} "
        "and then holds."
    )


def round_name(setting: Setting) -> str:
    """Return what a round of a scenario is called."""
    return setting.scenario.round or "round"


def _over_time(setting: Setting, course: WarCourse, frontier: Frontier) -> RangeOverTime:
    """Read the range off the frontier for every state, and walk the front from its start."""
    values, points = course.by_state()[0], frontier.utilities
    fought, chain = course.fought, course.fought.common
    here = chain.forecast(fought.start, LONGEST)[:, 0]
    goes_on = here.sum(axis=1)
    rounds = int(np.clip(np.count_nonzero(goes_on >= GOES_ON), SHORTEST, LONGEST))
    here, goes_on = here[: rounds + 1], goes_on[: rounds + 1]
    some = goes_on > TOLERANCE
    given = here / np.where(some, goes_on, 1.0)[:, None]
    room = slack(points, values)
    front = setting.scenario.war.front if setting.scenario.war else None
    titles = [spec.title or state for state, spec in front.states.items()] if front else []
    return RangeOverTime(
        names=setting.names,
        places=setting.columns,
        states=tuple(titles) or ("while it is fought",),
        start=fought.start,
        no_deal=values,
        most=most(points, values),
        slack=room,
        open_in_draws=_in_draws(setting),
        goes_on=goes_on,
        open_by_round=given @ (room >= -TOLERANCE),
        expected=given @ values,
        rounds=round_name(setting),
        title=name_of(setting.scenario.title),
    )


def _in_draws(setting: Setting) -> Floats:
    """Return for each state in what share of the draws there is a range."""
    ensembles, deadline = setting.drawn, deadline_in(setting.time_limit)
    reading = zip(ensembles, readers(setting.scenario, ensembles, seed=setting.seed), strict=True)
    found = [_open_by_draw(setting, drawn, read, deadline) for drawn, read in reading]
    answers = np.concatenate(found) if found else np.zeros((0, 0))
    settled = len(answers) > 0 and bool((answers >= 0).all())
    return (answers == 1).mean(axis=0) if settled else np.zeros(0)


def _open_by_draw(
    setting: Setting, drawn: Ensemble, read: Reader, deadline: float | None
) -> NDArray[np.int8]:
    """Say for each draw and state whether there is a range, shape ``(n_draws, n_states)``.

    1 where there is, 0 where there is none, -1 where that was not settled in time.
    """
    values = war_course(setting, drawn, read).by_state()
    found = []
    for state in range(values.shape[1]):
        levels = drawn.disagreement.copy()
        levels[:, setting.columns] = values[:, state]
        asked = replace(drawn, disagreement=levels, thresholds=levels)
        found.append(
            zone_by_draw(
                asked, red_lines=setting.red_lines, parties=setting.parties, deadline=deadline
            )
        )
    return np.stack(found, axis=1)


def _says(picture: RangeOverTime, course: WarCourse, frontier: Frontier, outset: Floats) -> str:
    """Say whether there is a range now, where else, and how likely it is to come or go."""
    is_open, start = picture.is_open, picture.start
    now = bool(slack(frontier.utilities, outset) >= -TOLERANCE)
    none = "" if now else "no "
    text = f"As things stand {none}package is better than war for {listed(picture.names)}"
    text = text.replace("stand package is", "stand some package is")
    if len(picture.states) == 1:
        length = float(course.fought.common.rounds_left()[0, 0])
        if course.fought.timed:
            text += f"; the fighting lasts {plain(length, 1)} {picture.rounds}s on average"
        return f"{text}. What no deal is worth does not change while it goes on."
    other = np.flatnonzero(is_open != is_open[start])
    if not len(other):
        return f"{text}, and so it is wherever the front stands."
    where = listed([f"“{picture.states[k]}”" for k in other], "or")
    turns = "none is" if is_open[start] else "some is"
    into = is_open != is_open[start]
    chance = float(course.fought.common.ever_visits(into)[0, start])
    verb = "close" if is_open[start] else "open"
    return (
        f"{text}; {turns} with the front {where}. The range {verb}s before the fighting "
        f"ends with a chance of {percent(chance)}."
    )


def _details(
    setting: Setting,
    course: WarCourse,
    frontier: Frontier,
    picture: RangeOverTime,
    outset: Floats,
) -> dict[str, Any]:
    chain, start = course.fought.common, course.fought.start
    into = picture.is_open
    ends = course.fought.ends
    return {
        "follows_the_war": [
            party
            for party, believed in zip(setting.parties, course.believed, strict=True)
            if believed is not None
        ],
        "start": course.fought.states[start],
        "open": bool(slack(frontier.utilities, outset) >= -TOLERANCE),
        "states": [
            _state(setting, course, frontier, picture, k) for k in range(len(picture.states))
        ],
        "ends": dict(zip(ends, chain.chances_of_ends()[0, start].tolist(), strict=True)),
        "rounds_expected": float(chain.rounds_left()[0, start]),
        "path": [
            {
                "round": t,
                "goes_on": float(picture.goes_on[t]),
                "open": float(picture.open_by_round[t]),
                "no_deal": setting.by_party(picture.expected[t]),
            }
            for t in range(len(picture.goes_on))
        ],
        "opens": {
            "ever": float(chain.ever_visits(into)[0, start]),
            "by_round": chain.first_visits(start, into, len(picture.goes_on) - 1)[:, 0].tolist(),
        },
        "ripe": _ripe(picture),
    }


def _state(
    setting: Setting, course: WarCourse, frontier: Frontier, picture: RangeOverTime, k: int
) -> dict[str, Any]:
    """Describe one state of the front."""
    points, values = frontier.utilities, picture.no_deal[k]
    place = nash_point(points, values)
    most_of = picture.most[k]
    return {
        "state": course.fought.states[k],
        "title": picture.states[k],
        "no_deal": setting.by_party(values),
        "most": {
            party: float(best) if np.isfinite(best) else None
            for party, best in zip(setting.parties, most_of, strict=True)
        },
        "open": bool(picture.is_open[k]),
        "slack": float(picture.slack[k]) if np.isfinite(picture.slack[k]) else None,
        "efficient_packages": int(preferred(points, values).sum()),
        "nash": None if place is None else setting.package(frontier.choices[place]),
        "nash_utilities": None if place is None else setting.by_party(points[place]),
        "open_in_draws": float(picture.open_in_draws[k]) if len(picture.open_in_draws) else None,
        "rounds_left": float(course.fought.common.rounds_left()[0, k]),
    }


def _ripe(picture: RangeOverTime) -> dict[str, Any]:
    """Say whether all lose by another round, and whether there is a way out; a heuristic."""
    later = picture.expected[1] if picture.goes_on[1] > TOLERANCE else picture.expected[0]
    loses = later < picture.expected[0] - TOLERANCE
    way_out = bool(picture.is_open[picture.start])
    names = [name for name, worse in zip(picture.names, loses, strict=True) if worse]
    text = f"{listed(names)} would have less in no deal after another {picture.rounds} of fighting"
    return {
        "heuristic": "a mutually hurting stalemate and a way out (Zartman)",
        "ripe": bool(loses.all()) and way_out,
        "way_out": way_out,
        "why": capital(text if names else "nobody expects to have less by fighting on"),
    }
