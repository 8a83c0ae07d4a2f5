"""Posture: compromise or hold out, with payoffs from the scenario's own solver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.equilibria.bimatrix.strategic import Strategic, listing, numbers, pair_of, solved
from sim.equilibria.hinging import Scale, nearest_flip
from sim.equilibria.posture.pair import Pair, pair
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.games.bimatrix import Bimatrix, Floats
from sim.games.correlated import correlated_equilibrium
from sim.games.posture import posture_game
from sim.games.risk_dominance import risk_dominance
from sim.games.two_by_two import CHICKEN, DEADLOCK, PRISONERS, situations
from sim.preferences.uncertain import central
from sim.problem import TOLERANCE
from sim.words import plain

TITLE = "Compromise or hold out"
IDS = ("compromise", "hold_out")
LABELS = ("compromises", "holds out")
STANDS = {
    PRISONERS: "holding out is best whatever the other does, though both would rather compromise",
    CHICKEN: "holding out is best if the other gives way, and giving way if the other holds out",
    DEADLOCK: "holding out is best, and no deal is better than the compromise",
}


@dataclass(frozen=True)
class Terms:
    """What both have where both hold out, besides the packages.

    Attributes
    ----------
    resume
        Chance that talks go on after such a round, and both compromise in the next.
    patience, cost
        Of the two, ``(2,)``.
    """

    resume: float
    patience: Floats
    cost: Floats

    def standoff(self, disagreement: Floats, compromise: Floats) -> Floats:
        """Return what both have where both hold out."""
        again = self.resume * (compromise - disagreement)
        worth: Floats = disagreement + self.patience * again - self.cost
        return worth


def posture(setting: Setting) -> Prediction:
    """Both choose at once whether to compromise or to hold out for the best the other accepts.

    References
    ----------
    Rapoport & Guyer (1966), "A Taxonomy of 2x2 Games", General Systems 11, 203-214; Snyder &
    Diesing (1977), "Conflict among Nations".
    """
    two = pair(setting)
    start = Prediction("posture", TITLE, _rules(""))
    if isinstance(two, str):
        return start.because(two)
    terms = _terms(two)
    start = replace(start, assumptions=_assumptions(two, terms), parties=two.parties)
    game = _game(two, two.disagreement, terms)
    if len(two.utilities) == 1:
        return start.because(
            f"there is one efficient package, {pair_of(_both(two.utilities[0]))}: compromising "
            "and holding out come to the same"
        )
    table = solved(TITLE, two.names, (IDS, IDS), game, labels=(LABELS, LABELS))
    single = table.some[0] if len(table.some) == 1 else None
    package = _package(two, single.pure) if single is not None else None
    return replace(
        start,
        says=_says(two, table, terms),
        outcome=package,
        utilities=None if single is None else two.by_party(np.array(single.payoffs)),
        hinges=tuple(_hinges(two, terms)),
        exact=two.certificate.exact,
        bound=two.certificate.bound,
        details=_details(two, table),
        picture=table,
    )


def _both(values: Floats) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _terms(two: Pair) -> Terms:
    """Read what follows a standoff: the talks of the file, or no deal where it has none."""
    if two.setting.scenario.talks is None:
        return Terms(0.0, np.ones(2), np.zeros(2))
    rules = two.conduct.rules
    return Terms(1 - central(two.conduct.talks.breakdown), rules.patience[:2], rules.cost[:2])


def _rules(after: str) -> str:
    return (
        "both choose at once; two who compromise take the Nash package, who holds out alone the "
        f"best that the other accepts, and if both hold out {after or 'there is no deal'}"
    )


def _assumptions(two: Pair, terms: Terms) -> str:
    if two.setting.scenario.talks is None:
        return f"{_rules('')} (by default: the file has no talks); {two.floors}."
    after = f"talks go on with chance {plain(terms.resume)} and they compromise a round later"
    return f"{_rules(after)}; {two.floors}."


def _game(two: Pair, disagreement: Floats, terms: Terms, *, by: str = "nash") -> Bimatrix:
    points = two.utilities
    if (disagreement == two.disagreement).all():
        both = points[two.solution(by)]
    else:
        points = points[(points >= disagreement - TOLERANCE).all(axis=1)]
        both = points[np.maximum(points - disagreement, 0).prod(axis=1).argmax()]
    return posture_game(both, points[0], points[-1], terms.standoff(disagreement, both))


def _package(two: Pair, chosen: tuple[int, int] | None) -> dict[str, str] | None:
    """Return the package that a pair of postures leads to."""
    places = {(0, 0): two.compromise, (1, 0): 0, (0, 1): len(two.utilities) - 1}
    return two.package(places[chosen]) if chosen in places else None


def _says(two: Pair, table: Strategic, terms: Terms) -> str:
    kinds = situations(table.game)
    if kinds[0] == kinds[1]:
        meaning = STANDS.get(kinds[0])
        said = f"For both this is {_a(kinds[0])}" + (f": {meaning}. " if meaning else ". ")
    else:
        said = f"For {two.names[0]} this is {_a(kinds[0])}, for {two.names[1]} {_a(kinds[1])}. "
    pure = [p for p in table.some if p.pure is not None]
    ways = "; or ".join(f"{table.sentence(p)}, which gives {pair_of(p.payoffs)}" for p in pure)
    if len(table.some) == 1:
        said += f"One equilibrium: {ways or table.sentence(table.some[0])}."
        if pure and pure[0].pure == (1, 1) and terms.resume > 0:
            lasting = pair_of(_both(two.disagreement))
            said += f" Were they to hold out in every round, there would be no deal: {lasting}."
        return said
    said += f"Equilibria: {ways}"
    mixed = [p for p in table.some if p.pure is None]
    if len(mixed) == 1 and not _family(table):
        clash = float(mixed[0].x[1] * mixed[0].y[1])
        said += f"; or both mix, and with chance {plain(clash)} both hold out"
    return said + (". Some mixtures of the two are equilibria as well." if _family(table) else ".")


def _family(table: Strategic) -> bool:
    return table.found is not None and any(len(f) > 1 for f in table.found.families)


def _a(kind: str) -> str:
    return kind if kind in (CHICKEN, DEADLOCK, "harmony") or kind.startswith("on") else f"a {kind}"


def _hinges(two: Pair, terms: Terms) -> Iterator[Hinge]:
    """Say where giving way to a hold-out stops being better than holding out too."""
    game = _game(two, two.disagreement, terms)
    alone = np.array([game.row[0, 1], game.column[1, 0]])
    d, both = two.disagreement, two.utilities[two.compromise]
    for k, name in enumerate(two.names):
        span = float(terms.patience[k] * (both[k] - d[k]))
        holds = terms.standoff(d, both)[k] > alone[k]
        then = f"{name} does better by {'giving way' if holds else 'holding out too'} if the other"
        needed = float(alone[k] - d[k] + terms.cost[k]) / span if span > TOLERANCE else np.inf
        flips = needed if 0 <= needed < 1 - TOLERANCE else None
        yield Hinge(
            f"chance that talks go on after both hold out, as {name} sees it", terms.resume, flips,
            f"{then} holds out" if flips is not None else "from 0 to 1",
        )  # fmt: skip
        yield _of_no_deal(two, terms, k, f"{then} holds out")


def _of_no_deal(two: Pair, terms: Terms, k: int, then: str) -> Hinge:
    """Find the no-deal value at which a player's answer to a hold-out changes."""

    def holds(value: float) -> bool:
        d = two.disagreement.copy()
        d[k] = value
        game = _game(two, d, terms)
        own = game.row if k == 0 else game.column.T
        return bool(own[1, 1] > own[0, 1] + TOLERANCE)

    own = np.sort(two.utilities[:, k])
    low, high, now = float(own[0]), float(own[-2]), float(two.disagreement[k])
    bottom, top = min(now, low) - float(np.ptp(own)), max(high, now)  # two packages must be left
    found = nearest_flip(holds, now, Scale(bottom, top))
    if found is None:
        then = f"from {plain(bottom)} to {plain(top)}"
    return Hinge(f"no-deal value of {two.names[k]}", now, None if found is None else found[0], then)


def _details(two: Pair, table: Strategic) -> dict[str, Any]:
    safer = risk_dominance(table.game)
    other = _game(two, two.disagreement, _terms(two), by="kalai_smorodinsky")
    advice = correlated_equilibrium(table.game)
    ways = [two.compromise, 0, len(two.utilities) - 1]
    names = ["both_compromise", f"{two.parties[0]}_holds_out", f"{two.parties[1]}_holds_out"]
    return {
        "situations": dict(zip(two.parties, situations(table.game), strict=True)),
        "situations_with_kalai_smorodinsky": dict(
            zip(two.parties, situations(other), strict=True)
        ),
        "payoffs": numbers(table.game, table.ids, two.parties),
        "packages": {name: two.package(k) for name, k in zip(names, ways, strict=True)},
        "equilibria": listing(table, two.parties),
        "risk_dominant": None if safer is None or safer.dominant is None else {
            p: IDS[s] for p, s in zip(two.parties, safer.dominant, strict=True)
        },
        "best_correlated": dict(zip(two.parties, advice.payoffs, strict=True)),
    }  # fmt: skip
