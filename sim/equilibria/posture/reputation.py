"""Reputations on a scenario: either side may be of a kind that never gives in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.equilibria.bimatrix.strategic import pair_of
from sim.equilibria.posture.pair import Pair, pair
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.games.bimatrix import Floats
from sim.games.reputation import Reputation, reputation
from sim.problem import TOLERANCE
from sim.words import percent, plain

TITLE = "Reputations for never giving in"
PRIOR = 0.1
LEFT = 0.5
"""What a demand leaves the other, as a share of what the Nash package would gain it."""


@dataclass(frozen=True)
class Demands:
    """What each insists on and what giving in to the other gains; shapes ``(2,)``.

    Attributes
    ----------
    places
        Where the two packages stand in the list.
    holding, yielding
        Gains over no deal if the other gives in, and by giving in.
    impatience
        Discount rates: -ln of the discount factor for a round, of which the chance that talks
        break down takes its part: what is lost then is lost as by waiting for ever.
    """

    places: tuple[int, int]
    holding: Floats
    yielding: Floats
    impatience: Floats


def reputations(setting: Setting) -> Prediction:
    """Each insists on its demand; whoever could give in pretends that it cannot, and wears thin.

    References
    ----------
    Abreu & Gul (2000), "Bargaining and Reputation", Econometrica 68 (1), 85-117.
    """
    two = pair(setting)
    start = Prediction("reputation", TITLE, "either side may never give in.")
    if isinstance(two, str):
        return start.because(two)
    start = replace(start, assumptions=_assumptions(two), parties=two.parties)
    asked = _demands(two)
    if isinstance(asked, str):
        return start.because(asked)
    found = reputation(
        _two(asked.yielding), _two(asked.holding), _two(asked.impatience), (PRIOR, PRIOR)
    )
    gains = np.array(found.expected)
    return replace(
        start,
        says=_says(two, found),
        utilities=two.by_party(two.disagreement + gains),
        hinges=tuple(_hinges(two, asked, found)),
        exact=two.certificate.exact,
        bound=two.certificate.bound,
        details={
            "packages_insisted_on": {
                p: two.package(k) for p, k in zip(two.parties, asked.places, strict=True)
            },
            "chance_of_never_giving_in": dict.fromkeys(two.parties, PRIOR),
            "rate_of_giving_in": two.by_party(np.array(found.rates)),
            "rounds_alone": two.by_party(np.array(found.alone)),
            "gives_in_at_once": two.by_party(np.array(found.at_once)),
            "ends": found.ends,
            "never": found.never,
            "expected_rounds": found.delay,
            "gain_lost": two.by_party(_lost(two, gains)),
        },
    )


def _two(values: Floats) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _assumptions(two: Pair) -> str:
    return (
        f"each insists on its best package that leaves the other {percent(LEFT)} of what the Nash "
        f"package gains it, and never gives in with chance {percent(PRIOR)} (both by default); "
        f"offers can come at any time; {two.pace}; {two.floors}."
    )


def _demands(two: Pair) -> Demands | str:
    """Choose what both insist on; say why that is no contest."""
    gains = two.utilities - two.disagreement
    share = LEFT * gains[two.compromise]
    first = int(np.flatnonzero(gains[:, 1] >= share[1] - TOLERANCE)[0])
    second = int(np.flatnonzero(gains[:, 0] >= share[0] - TOLERANCE)[-1])
    holding = np.array([gains[first, 0], gains[second, 1]])
    yielding = np.array([gains[second, 0], gains[first, 1]])
    kept = two.conduct.patience[:2] * (1 - two.conduct.rules.breakdown[0])
    impatience = -np.log(np.maximum(kept, 1e-300))
    if (holding - yielding <= TOLERANCE).any():
        return "both would insist on the same package, so there is nothing to hold out for"
    if (yielding <= TOLERANCE).any():
        return "giving in would gain one of the two nothing, so it never would"
    if (impatience <= 0).any():
        return "who has endless patience never gives in: give the two a patience below 1"
    return Demands((first, second), holding, yielding, impatience)


def _lost(two: Pair, gains: Floats) -> Floats:
    """Return by how much each falls short of what the Nash package would gain it."""
    short: Floats = two.gains(two.compromise) - gains
    return short


def _says(two: Pair, found: Reputation) -> str:
    unit = two.conduct.unit
    at_once = found.at_once
    later = (
        f"otherwise both give in little by little, {two.names[0]} at a rate of "
        f"{plain(found.rates[0])} a {unit} and {two.names[1]} at {plain(found.rates[1])}, for at "
        f"most {plain(found.ends, 1)} {unit}s; neither ever does with chance {percent(found.never)}"
    )
    if max(at_once) <= TOLERANCE:
        start = "Neither gives in at the start; "
    else:
        weak = int(at_once[1] > at_once[0])
        start = (
            f"{two.names[weak]} gives in at the very start with chance {percent(at_once[weak])}; "
        )
    gained = two.disagreement + np.array(found.expected)
    return (
        f"{start}{later}. A side that can give in expects {pair_of(_two(gained))}, the Nash "
        f"package would give {pair_of(_two(two.utilities[two.compromise]))}."
    )


def _hinges(two: Pair, asked: Demands, found: Reputation) -> Iterator[Hinge]:
    """Say where the side that gives in at the start changes: both would take equally long."""
    weak = int(found.alone[1] > found.alone[0])
    then = f"{two.names[1 - weak]} gives in at the start instead of {two.names[weak]}"
    for k, name in enumerate(two.names):
        # -ln z / rate is equal for both
        same = PRIOR ** (found.rates[k] / found.rates[1 - k])
        yield Hinge(f"chance that {name} never gives in", PRIOR, float(same), then)
    for k in range(2):
        # with equal priors both take equally long where the rates are equal; the rate of the
        # other is what keeps this one waiting
        needed = found.rates[k] * (asked.holding[k] - asked.yielding[k]) / asked.yielding[k]
        lasts = 1 - float(two.conduct.rules.breakdown[0])
        now, flips = float(two.conduct.patience[k]), float(np.exp(-needed)) / lasts
        inside = flips <= 1
        yield Hinge(
            two.conduct.patience_of(k),
            now,
            flips if inside else None,
            then if inside else "from 0 to 1",
        )
