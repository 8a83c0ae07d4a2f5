"""Coalitions in a scenario: whose yielding opens a zone, or who could claim how much of it.

Where the parties' demands leave no package, the question is who would have to yield: a coalition
*opens* talks if some package meets all that the others insist on. Where there is a zone, it
is how the joint gain could be divided: a coalition can *claim* the most that its members gain
together at any package in the zone, the others held to their thresholds. Both are exact: one
search for each of the 2ⁿ coalitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from sim.division.coalition_game import CoalitionGame, members_of, minimal_winning
from sim.division.core import core_vertices
from sim.division.nucleolus import nucleolus
from sim.division.shapley import banzhaf, shapley
from sim.equilibria.coalitions.models import MOST_CORNERS, Sharing
from sim.equilibria.exact_numbers import for_json, said
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.feasible.demands import Demand, compatible, demands_of, problem_under
from sim.feasible.extremes import highest
from sim.problem import Floats, Problem
from sim.words import capital, listed, plain, together

TITLE = "Coalitions"
MODEL = "coalitions"
MOST_PARTIES = 10
"""Parties up to which every coalition is asked: a thousand searches."""

CLAIMED_TO = 10**6
"""Claims are kept to a millionth of a unit of utility; beyond, the game is exact fractions."""

YIELDING = (
    "whoever yields drops its threshold and its red lines; all others keep theirs, and parties "
    "yield one by one, every order as likely"
)
CLAIMING = (
    "utility can be transferred one for one on the file's common scale; a coalition claims the "
    "most that it gains in the zone and is left what the others' claims leave"
)


def coalitions(setting: Setting) -> Prediction:
    """Say whose yielding opens a zone; where there is one, how its gain may be divided."""
    blank = Prediction(MODEL, TITLE, YIELDING, parties=setting.parties)
    n = len(setting.parties)
    if not 2 <= n <= MOST_PARTIES:
        return blank.because(
            f"coalitions are asked for two to {MOST_PARTIES} parties, and there are {n}: name some "
            "with --parties"
        )
    demands = demands_of(setting.one, red_lines=setting.red_lines, columns=setting.columns)
    zone = compatible(setting.one, demands, time_limit=setting.time_limit)
    if zone is None:
        return blank.because("whether there is a zone was not settled in the time; allow it more")
    return claims(setting) if zone else yielding(setting, demands)


def yielding(setting: Setting, demands: Sequence[Demand]) -> Prediction:
    """Return whose yielding opens a zone: the coalitions, and how pivotal each party is."""
    blank = Prediction(
        MODEL, f"{TITLE}: whose yielding opens a zone", YIELDING, parties=setting.parties
    )
    opens = _opening(setting, demands)
    if opens is None:
        return blank.because("not every coalition was settled in the time; allow it more")
    if not opens.worths[-1]:
        return blank.because(
            "constraints, or red lines of others, leave no package even if all of these parties "
            "yield"
        )
    index, groups = shapley(opens), minimal_winning(opens)
    ways = [together([setting.names[k] for k in group]) for group in groups]
    yields = [f"if {way} yield{'s' if len(g) == 1 else ''}"
              for way, g in zip(ways, groups, strict=True)]  # fmt: skip
    weights = listed(f"{name} {said(x)}" for name, x in zip(setting.names, index, strict=True) if x)
    return Prediction(
        blank.model,
        blank.title,
        blank.assumptions,
        says=(
            f"No package meets every demand. One does {listed(yields, 'or')}. Of all orders of "
            f"yielding, the one that opens a zone is made by: {weights}."
        ),
        parties=setting.parties,
        hinges=_openings(setting, demands),
        details={
            "question": "whose yielding opens a zone",
            "zone": False,
            "opens": [[setting.parties[k] for k in group] for group in groups],
            "needed": [setting.parties[k] for k in range(len(index))
                       if all(k in group for group in groups)],
            "shapley": _by_party(setting, index),
            "banzhaf": _by_party(setting, banzhaf(opens)),
        },
    )  # fmt: skip


def _opening(setting: Setting, demands: Sequence[Demand]) -> CoalitionGame | None:
    """Ask of every coalition whether a zone opens when it yields; a larger one never does worse."""
    n = len(setting.parties)
    opens = np.zeros(2**n, dtype=np.int64)
    for coalition in range(1, 2**n):
        members = members_of(coalition)
        if any(opens[coalition ^ (1 << k)] for k in members):
            opens[coalition] = 1
            continue
        kept = _without(setting, demands, members)
        found = compatible(setting.one, kept, time_limit=setting.time_limit)
        if found is None:
            return None
        opens[coalition] = int(found)
    return CoalitionGame(opens, 1)


def _without(
    setting: Setting, demands: Sequence[Demand], members: Sequence[int], *, lines: bool = True
) -> list[Demand]:
    """Return the demands that are left when some yield: thresholds, and red lines too if asked."""
    columns = {setting.columns[k] for k in members}
    return [d for d in demands
            if d.column not in columns or (not lines and d.kind == "red_line")]  # fmt: skip


def _openings(setting: Setting, demands: Sequence[Demand]) -> tuple[Hinge, ...]:
    """Say how low each threshold alone would have to be for a zone to open, if it can."""
    found = []
    for k, name in enumerate(setting.names):
        now = next(d for d in demands if d.kind == "threshold" and d.column == setting.columns[k])
        assert now.level is not None  # a threshold has one
        best = _best_left(setting, demands, k)
        then = "a zone opens"
        if best is None:
            then = "however low: red lines, or what others insist on, stand"
        found.append(Hinge(f"threshold of {name}", now.level, best, then))
    return tuple(found)


def _best_left(setting: Setting, demands: Sequence[Demand], k: int) -> float | None:
    """Return the most that one party can have where all other demands hold, its red lines too."""
    own = setting.columns[k]
    low = float(sum(term[0, :, own].min() for term in setting.one.terms)) - 1e6
    free = [
        Demand("threshold", d.party, d.column, low)
        if d.kind == "threshold" and d.column == own
        else d
        for d in demands
    ]
    problem = problem_under(setting.one, free)
    weights = np.arange(len(setting.parties)) == k
    best = highest(problem, weights.astype(float), time_limit=setting.time_limit)
    if not best.reached or not best.certificate.exact:
        return None
    return float(best.utilities[k])


def claims(setting: Setting) -> Prediction:
    """Return how the largest joint gain may be divided, given what each coalition can claim."""
    blank = Prediction(
        MODEL, f"{TITLE}: dividing the joint gain", CLAIMING, parties=setting.parties
    )
    worked_out = _claimed(setting)
    if worked_out is None:
        return blank.because("not every claim was settled in the time; allow it more")
    most, package, gains = worked_out
    left = CoalitionGame(most[-1] - most[::-1], CLAIMED_TO)
    index, even = shapley(left), nucleolus(left).shares
    transfers = [float(x) - g for x, g in zip(index, gains.tolist(), strict=True)]
    n = len(setting.parties)
    corners = core_vertices(left) if n <= MOST_CORNERS else None
    shares = {"Shapley value": index, "Nucleolus": even}
    return Prediction(
        blank.model,
        blank.title,
        blank.assumptions,
        says=_shared_in_words(setting, left, index, even, transfers),
        parties=setting.parties,
        outcome=package,
        utilities=setting.by_party(
            setting.problem.thresholds + np.array([float(x) for x in index])
        ),
        hinges=_closings(setting, most),
        bound=1 / CLAIMED_TO,
        details={
            "question": "how the joint gain is divided",
            "zone": True,
            "joint_gain": float(left.total),
            "gains_at_package": setting.by_party(gains),
            "claims": _by_coalition(setting, CoalitionGame(most, CLAIMED_TO)),
            "left_by_others": _by_coalition(setting, left),
            "shapley": _by_party(setting, index),
            "nucleolus": _by_party(setting, even),
            "transfers_to_shapley": setting.by_party(np.array(transfers)),
            "core_vertices": None
            if corners is None
            else [_by_party(setting, corner) for corner in corners],
        },
        picture=Sharing(
            f"{capital(setting.scenario.title)}: the joint gain over all thresholds",
            setting.names, left.total, shares, None if corners is None else tuple(corners),
        ),
    )  # fmt: skip


def _claimed(setting: Setting) -> tuple[Any, dict[str, str] | None, Floats] | None:
    """Find for every coalition the most that it gains over its thresholds in the zone.

    Returns
    -------
    claims, package, gains or None
        In millionths, by number of the coalition; the package with the largest joint gain and
        each party's gain there. ``None`` where a search did not end in the time.
    """
    problem: Problem = setting.problem
    n = problem.n_parties
    most = np.zeros(2**n, dtype=np.int64)
    package, gains = None, np.zeros(n)
    for coalition in range(1, 2**n):
        weights = np.array([coalition >> k & 1 for k in range(n)], dtype=float)
        best = highest(problem, weights, time_limit=setting.time_limit)
        if best.outcome is None or not best.certificate.exact:
            return None
        gains = best.utilities - problem.thresholds
        most[coalition] = round(float(weights @ gains) * CLAIMED_TO)
        package = setting.package(best.outcome)
    return most, package, gains  # those of the last coalition, which is all


def _shared_in_words(
    setting: Setting,
    left: CoalitionGame,
    index: Sequence[Fraction],
    even: Sequence[Fraction],
    transfers: Sequence[float],
) -> str:
    """Say what there is to share, and who would have to make it good to whom."""
    names = setting.names
    each = listed(f"{name} {plain(float(x))}" for name, x in zip(names, index, strict=True))
    other = listed(f"{name} {plain(float(x))}" for name, x in zip(names, even, strict=True))
    pay = [f"{name} would pay {plain(-t)}" for name, t in zip(names, transfers, strict=True)
           if t < -0.005]  # fmt: skip
    get = [f"{name} would receive {plain(t)}" for name, t in zip(names, transfers, strict=True)
           if t > 0.005]  # fmt: skip
    made_good = f" At the package that gains most, {listed([*pay, *get])}." if pay else ""
    return (
        f"The zone's largest joint gain over all thresholds is {plain(float(left.total))}. By the "
        f"Shapley value: {each}; by the nucleolus: {other}.{made_good}"
    )


def _closings(setting: Setting, most: Any) -> tuple[Hinge, ...]:
    """Say how high each threshold could rise before the zone closes."""
    return tuple(
        Hinge(
            f"threshold of {name}",
            float(level),
            float(level) + int(most[1 << k]) / CLAIMED_TO,
            "there is no zone",
        )
        for k, (name, level) in enumerate(
            zip(setting.names, setting.problem.thresholds.tolist(), strict=True)
        )
    )


def _by_party(setting: Setting, values: Sequence[Fraction]) -> dict[str, Any]:
    return {party: for_json(x) for party, x in zip(setting.parties, values, strict=True)}


def _by_coalition(setting: Setting, game: CoalitionGame) -> list[dict[str, Any]]:
    return [
        {"coalition": [setting.parties[k] for k in members_of(s)], "worth": float(game.at(s))}
        for s in range(1, len(game.worths))
    ]
