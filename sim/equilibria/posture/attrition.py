"""The war of attrition on a scenario: each waits for the other to accept its best package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.equilibria.posture.pair import Pair, pair
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.games.attrition import Attrition, in_rounds
from sim.games.bimatrix import Floats
from sim.problem import TOLERANCE
from sim.words import listed, percent, plain

TITLE = "War of attrition"


@dataclass(frozen=True)
class Stakes:
    """What each holds out for and what waiting costs it; shapes ``(2,)``.

    Attributes
    ----------
    own, others
        What each has in its best package, and in the other's.
    patience
        Discount factors for a round.
    breakdown
        Chance that talks break down for good in a round without agreement.
    talking
        What a round of talks costs besides.
    disagreement
        What each has while there is no deal.
    """

    own: Floats
    others: Floats
    patience: Floats
    breakdown: float
    talking: Floats
    disagreement: Floats

    @property
    def prizes(self) -> Floats:
        """What each gains over giving in if the other does."""
        gained: Floats = self.own - self.others
        return gained

    @property
    def costs(self) -> Floats:
        """What a round in which both hold on costs each: giving in now, against a round later."""
        kept = self.patience * (1 - self.breakdown)
        lost = (1 - kept) * (self.others - self.disagreement)
        return np.maximum(lost, 0.0) + self.talking


def attrition(setting: Setting) -> Prediction:
    """Each holds out for the best package that the other accepts, until one gives in.

    References
    ----------
    Maynard Smith (1974), Journal of Theoretical Biology 47 (1), 209-221; Fudenberg & Tirole
    (1991), "Game Theory", section 4.5.2.
    """
    two = pair(setting)
    start = Prediction("attrition", TITLE, "each waits for the other to give in.")
    if isinstance(two, str):
        return start.because(two)
    start = replace(start, assumptions=_assumptions(two), parties=two.parties)
    if len(two.utilities) == 1:
        return start.because("there is one efficient package, so nobody has anything to hold for")
    stakes = _stakes(two)
    idle = [name for name, cost in zip(two.names, stakes.costs, strict=True) if cost <= TOLERANCE]
    if len(idle) == 2:
        return start.because(
            f"waiting costs neither {listed(two.names, 'nor')} anything, as what the other offers "
            "is worth no more than no deal: give costs of talks, or thresholds above no deal"
        )
    if idle:
        return _one_waits_free(start, two, stakes, idle[0])
    prize, cost = (tuple(map(float, each)) for each in (stakes.prizes, stakes.costs))
    found = in_rounds(*prize, *cost, breakdown=stakes.breakdown)
    return replace(
        start,
        says=_says(two, found),
        utilities=two.by_party(stakes.others),
        hinges=tuple(_hinges(two, stakes)),
        exact=two.certificate.exact,
        bound=two.certificate.bound,
        details=_details(two, stakes, found),
    )


def _assumptions(two: Pair) -> str:
    unit = two.conduct.unit
    return (
        f"each {unit} both decide at once whether to give in and take the other's best package, or "
        f"to wait; {two.pace}; {two.floors}."
    )


def _stakes(two: Pair) -> Stakes:
    points, rules = two.utilities, two.conduct.rules
    return Stakes(
        np.array([points[0, 0], points[-1, 1]]), np.array([points[-1, 0], points[0, 1]]),
        np.asarray(rules.patience[:2]), float(rules.breakdown[0]), np.asarray(rules.cost[:2]),
        two.disagreement,
    )  # fmt: skip


def _one_waits_free(start: Prediction, two: Pair, stakes: Stakes, who: str) -> Prediction:
    """Predict that the one whom waiting costs something gives in at once."""
    winner = two.names.index(who)
    loser = two.names[1 - winner]
    place = 0 if winner == 0 else len(two.utilities) - 1
    return replace(
        start,
        says=(
            f"Waiting costs {who} nothing and {loser} something, so {loser} gives in at once: what "
            f"the other offers {who} is worth no more to it than no deal."
        ),
        outcome=two.package(place),
        utilities=two.by_party(two.utilities[place]),
        hinges=(
            Hinge(f"cost of a round to {who}", 0.0, 0.0, "above it either may give in"),
        ),
        details=_numbers(two, stakes),
    )  # fmt: skip


def _says(two: Pair, found: Attrition) -> str:
    unit = two.conduct.unit
    sooner = 0 if found.first_gives_in >= found.second_gives_in else 1
    chance = max(found.first_gives_in, found.second_gives_in)
    breaks = f", and talks break down first with {percent(found.breaks)}" if found.breaks else ""
    return (
        f"In the mixed equilibrium {two.names[0]} gives in with chance {plain(found.first, 3)} a "
        f"{unit} and {two.names[1]} with {plain(found.second, 3)}, so that both wait "
        f"{plain(found.delay, 1)} {unit}s on average and gain nothing over giving in at once; "
        f"there, {two.names[sooner]} is the one who gives in with chance {percent(chance)}"
        f"{breaks}. These "
        "chances are what leaves the other indifferent, and no measure of resolve. That either "
        "gives in at once is an equilibrium too."
    )


def _hinges(two: Pair, stakes: Stakes) -> Iterator[Hinge]:
    """Say at which patience of each the other one becomes likelier to give in."""
    ratio = stakes.costs / stakes.prizes
    sooner = int(ratio[0] >= ratio[1])  # who is kept waiting at the higher price is conceded to
    yield _breakdown_hinge(two, stakes, sooner)
    for k in range(2):
        level, target = float(stakes.others[k] - stakes.disagreement[k]), float(ratio[1 - k])
        talking, gap = float(stakes.talking[k]), float(stakes.prizes[k])
        lost = (target * gap - talking) / level if level > TOLERANCE else np.inf
        flips = (1 - lost) / (1 - stakes.breakdown) if stakes.breakdown < 1 else -np.inf
        inside = 0 < flips <= 1
        yield Hinge(
            two.conduct.patience_of(k), float(stakes.patience[k]), flips if inside else None,
            f"{two.names[1 - sooner]} is likelier to give in than {two.names[sooner]}"
            if inside else "from 0 to 1",
        )  # fmt: skip


def _breakdown_hinge(two: Pair, stakes: Stakes, sooner: int) -> Hinge:
    """Say at which chance of breakdown the other becomes likelier to give in: two lines cross."""
    level = np.maximum(stakes.others - stakes.disagreement, 0.0)
    still = ((1 - stakes.patience) * level + stakes.talking) / stakes.prizes
    rise = stakes.patience * level / stakes.prizes
    apart = float(rise[0] - rise[1])
    at = float(still[1] - still[0]) / apart if abs(apart) > TOLERANCE else -1.0
    inside = 0 < at < 1
    then = f"{two.names[1 - sooner]} is likelier to give in than {two.names[sooner]}"
    return Hinge(
        "chance of breakdown", stakes.breakdown, at if inside else None,
        then if inside else "from 0 to 1",
    )  # fmt: skip


def _numbers(two: Pair, stakes: Stakes) -> dict[str, Any]:
    return {
        "prize": two.by_party(stakes.prizes),
        "cost_per_round": two.by_party(stakes.costs),
        "own_best": two.by_party(stakes.own),
        "others_best": two.by_party(stakes.others),
        "packages": {p: two.package(k) for p, k in zip(two.parties, (0, -1), strict=True)},
    }


def _details(two: Pair, stakes: Stakes, found: Attrition) -> dict[str, Any]:
    return {
        **_numbers(two, stakes),
        "chance_of_giving_in_per_round": two.by_party(np.array([found.first, found.second])),
        "chance_of_giving_in_first": two.by_party(
            np.array([found.first_gives_in, found.second_gives_in])
        ),
        "expected_rounds": found.delay,
        "chance_of_breakdown_first": found.breaks,
    }
