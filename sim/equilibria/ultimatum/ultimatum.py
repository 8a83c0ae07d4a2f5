"""Take it or leave it: the best offer of a party that does not know when the others refuse.

One party proposes one package, the others accept or refuse, and refusal is final. The proposer
weighs what the package gives it against the chance that it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.equilibria.prediction import Prediction
from sim.equilibria.setting import Setting
from sim.equilibria.ultimatum.hinges import by_no_deal, hinges
from sim.equilibria.ultimatum.information import after_refusal, worth_of_knowing
from sim.equilibria.ultimatum.offers import NOTHING, offers_of
from sim.equilibria.ultimatum.risk_return import RiskReturn, risk_return
from sim.equilibria.ultimatum.tested_offers import TestedOffers, most_likely
from sim.errors import InputError, did_you_mean
from sim.plans import read_plan
from sim.problem import Floats
from sim.words import counted, decimals_for, listed, percent, plain

MODEL, TITLE = "ultimatum", "Take it or leave it, thresholds unknown"

TOLD = 40
"""Points of the curve that are told."""

FIRST, SECOND, OTHERS = 0.5, 0.1, 0.25
"""Of the time: for the proposer's curve, an offer after a refusal, each other proposer."""


@dataclass(frozen=True, eq=False)
class RiskReturnPicture:
    """What the picture of risk and return is drawn from.

    Attributes
    ----------
    setting
        Whose scenario it is.
    proposer, others
        Names.
    chance, own, payoff
        Of each offer on the curve: share of the fresh draws in which it is accepted, what it
        gives the proposer if so, and what the proposer expects.
    searched, at_most
        Share of the draws of the search in which it is accepted, and what no offer that is as
        good for the proposer exceeds there.
    best
        Place of the chosen offer; ``None`` where none is ever accepted.
    no_deal
        Of the proposer.
    plans
        Title, chance and own utility of every plan version.
    draws, fresh
        How many draws the offers were picked on, and how many they were looked at again on.
    proven
        Whether no offer has a higher expected payoff on the draws of the search.
    certain
        Nothing about the others is uncertain: an offer is accepted or not.
    """

    setting: Setting
    proposer: str
    others: tuple[str, ...]
    chance: Floats
    own: Floats
    payoff: Floats
    searched: Floats
    at_most: Floats
    best: int | None
    no_deal: float
    plans: tuple[tuple[str, float, float], ...]
    draws: int
    fresh: int
    proven: bool
    certain: bool


def ultimatum(setting: Setting, *, proposer: str | None = None) -> Prediction:
    """Predict the offer of a party that proposes once, and whether it is accepted.

    Parameters
    ----------
    proposer
        Identifier of a player; the first one by default. All are reported in the details.

    Raises
    ------
    InputError
        If the proposer is none of the players.
    """
    named = setting.parties[0] if proposer is None else proposer
    if named not in setting.parties:
        raise InputError(
            f"no player is called '{named}'{did_you_mean(named, setting.parties)} "
            f"(players: {', '.join(setting.parties)})"
        )
    who = setting.parties.index(named)
    blank = Prediction(MODEL, TITLE, _assumptions(setting, who), parties=setting.parties)
    if len(setting.parties) < 2:
        return blank.because("an offer needs somebody to accept it: name two parties or more")
    offers = offers_of(setting, who)
    if offers == NOTHING:
        levels = setting.one.disagreement[0, list(setting.columns)]
        says = f"There is nothing to offer: {NOTHING}, so no deal is what remains."
        return replace(blank, says=says, utilities=setting.by_party(levels))
    if isinstance(offers, str):
        return blank.because(offers)
    found = risk_return(offers, time_limit=FIRST * setting.time_limit)
    return _predicted(blank, TestedOffers(setting, who, found))


def _assumptions(setting: Setting, who: int) -> str:
    names = setting.names
    others = listed([name for k, name in enumerate(names) if k != who])
    return (
        f"{names[who]} proposes one package and refusal is final; it knows its own numbers (the "
        f"central reading), believes of {others} what the scenario's draws say, proposes only "
        "what it would sign itself, and whoever is indifferent accepts."
    )


def _predicted(blank: Prediction, tested: TestedOffers) -> Prediction:
    """Put everything into words and numbers."""
    found, best, setting = tested.found, tested.best, tested.setting
    whole = replace(
        blank,
        exact=found.exact,
        bound=found.gap,
        details=_details(tested),
        picture=_picture(tested),
    )
    if best is None:
        levels = setting.one.disagreement[0, list(setting.columns)]
        return replace(whole, says=_refused(tested), utilities=setting.by_party(levels))
    return replace(
        whole,
        says=_says(tested, best),
        outcome=setting.package(tested.packages[best]),
        utilities=setting.by_party(tested.expected(best)),
        hinges=tuple(hinges(found, setting.names[tested.who])),
    )


def _refused(tested: TestedOffers) -> str:
    names, found = tested.setting.names, tested.found
    others = listed([names[k] for k in tested.others])
    where = "" if tested.certain else f" in any of {counted(found.n_draws, 'draw')}"
    if found.possible == 0:
        return (
            f"No package that {names[tested.who]} would sign itself is accepted by "
            f"{others}{where}: any offer is refused."
        )
    return f"No package was found that {others} would accept{where}."


def _says(tested: TestedOffers, best: int) -> str:
    found, names = tested.found, tested.setting.names
    digits = decimals_for([*found.own, found.offers.no_deal])
    yes = "the others accept it"
    if len(tested.others) == 1:
        yes = f"{names[tested.others[0]]} accepts it"
    text = (
        f"{names[tested.who]}'s best offer gives it {plain(found.own[best], digits)} if accepted, "
        f"against {plain(found.offers.no_deal, digits)} without a deal; {yes}"
    )
    if tested.certain:
        return f"{text}, as nothing about them is uncertain."
    chance = float(tested.chances[best])
    error = f" (± {100 * tested.standard_error(best):.1f} points)" if 0 < chance < 1 else ""
    text += f" in {percent(chance)} of {tested.n_fresh:,} draws{error}."
    if best < len(found.own) - 1:
        text += (
            f" The offer accepted most often, in {percent(float(tested.chances[-1]))}, gives it "
            f"{plain(found.own[-1], digits)}."
        )
    if not found.exact:
        text += (
            " On the draws it was picked on it is worth "
            f"{plain(found.payoffs[best], digits + 1)} in expectation, and no offer more than "
            f"{plain(found.payoff_at_most, digits + 1)}."
        )
    return text


# Details -----------------------------------------------------------------------------------------


def _details(tested: TestedOffers) -> dict[str, Any]:
    """Return all numbers, ready for JSON."""
    found, offers = tested.found, tested.found.offers
    told: dict[str, Any] = {
        "proposer": tested.setting.parties[tested.who],
        "no_deal": offers.no_deal,
        "insists_on": offers.floor,
        "draws": found.n_draws * offers.repeats,
        "fresh_draws": tested.n_fresh,
        "share_of_draws_with_an_acceptable_offer_at_most": found.possible / found.n_draws,
        "offer": None if tested.best is None else _point(tested, tested.best),
        "payoff_at_most": found.payoff_at_most,
        "payoff_proven": found.exact,
        "curve_proven": found.curve_exact,
        "curve": [_point(tested, k) for k in _thinned(tested)],
        "by_no_deal_value": [
            {
                "from": None if np.isinf(reign.since) else reign.since,
                "own_utility": float(found.own[reign.point]),
                "chance_on_search_draws": float(found.chances[reign.point]),
            }
            for reign in by_no_deal(found)
        ],
        "perfect_information": _perfect(tested),
    }
    if tested.best is not None:
        told["knowing_a_threshold"] = _knowing(tested)
        told["after_refusal"] = _after(tested, tested.best)
    told["other_proposers"] = {
        tested.setting.parties[k]: _proposed_by(tested.setting, k) for k in tested.others
    }
    return told


def _point(tested: TestedOffers, k: int) -> dict[str, Any]:
    found = tested.found
    return {
        "own_utility": float(found.own[k]),
        "own_utility_at_most": float(found.at_most[found.counts[k]]),
        "chance_on_search_draws": float(found.chances[k]),
        "payoff_on_search_draws": float(found.payoffs[k]),
        "chance": float(tested.chances[k]),
        "interval": list(tested.interval(k)),
        "standard_error": tested.standard_error(k),
        "payoff": float(tested.payoffs[k]),
        "outcome": tested.setting.package(tested.packages[k]),
    }


def _thinned(tested: TestedOffers) -> list[int]:
    """Return which points of the curve are told: evenly spread, the chosen one among them."""
    n = len(tested.found.counts)
    spread = np.linspace(0, n - 1, min(n, TOLD)).round().astype(int).tolist()
    return sorted({*spread, *([] if tested.best is None else [tested.best])})


def _perfect(tested: TestedOffers) -> dict[str, float]:
    """Return what the proposer gains by knowing each draw before it offers."""
    found = tested.found
    low, high = found.informed
    reached = found.offers.no_deal if tested.best is None else float(found.payoffs[tested.best])
    at_least, at_most = max(low - reached, 0.0), max(high - reached, 0.0)
    return {
        "payoff_at_least": low, "payoff_at_most": high,
        "worth_at_least": round(at_least, 12), "worth_at_most": round(at_most, 12),
    }  # fmt: skip


def _knowing(tested: TestedOffers) -> dict[str, float]:
    """Return what knowing each other party's threshold roughly would gain, at least."""
    found, worth = tested.found, {}
    own = found.own - found.offers.no_deal
    accepts = np.array([found.offers.accepted(rows) for rows in found.rows])
    for place, k in enumerate(tested.others):
        column = tested.setting.columns[k]
        fresh = np.concatenate([drawn.thresholds[:, column] for drawn in tested.fresh])
        worth[tested.setting.parties[k]] = (
            0.0
            if tested.certain
            else worth_of_knowing(found.offers.asked[:, place], own, accepts, fresh, tested.accepts)
        )
    return worth


def _after(tested: TestedOffers, best: int) -> dict[str, Any] | None:
    """Return what a refusal of the best offer teaches, and the best second offer then."""
    setting, found = tested.setting, tested.found
    taught = after_refusal(found.offers, found.rows[best], time_limit=SECOND * setting.time_limit)
    if taught.again is None:
        return None
    return {
        "chance": taught.chance,
        "parties": {
            setting.parties[k]: {
                "offer_too_little": float(taught.too_little[place]),
                "red_line_crossed": float(taught.crossed[place]),
                "mean_threshold_before": float(taught.asked_before[place]),
                "mean_threshold_after": float(taught.asked_after[place]),
            }
            for place, k in enumerate(tested.others)
        },
        "best_second_offer": _best_of(setting, taught.again),
    }


def _proposed_by(setting: Setting, k: int) -> dict[str, Any]:
    """Return the best offer of another player, were it the one to propose."""
    offers = offers_of(setting, k)
    if isinstance(offers, str):
        return {"not_computed": offers}
    found = risk_return(offers, time_limit=OTHERS * setting.time_limit, whole=False)
    return {
        "no_deal": offers.no_deal,
        "offer": _best_of(setting, found),
        "payoff_at_most": found.payoff_at_most,
        "payoff_proven": found.exact,
    }


def _best_of(setting: Setting, found: RiskReturn) -> dict[str, Any] | None:
    """Return the best offer on a curve; ``None`` where none is ever accepted."""
    if not len(found.counts):
        return None
    best = found.best
    return {
        "own_utility": float(found.own[best]),
        "chance_on_search_draws": float(found.chances[best]),
        "payoff_on_search_draws": float(found.payoffs[best]),
        "outcome": setting.package(found.offers.outcome(found.rows[best])),
    }


# Picture -----------------------------------------------------------------------------------------


def _picture(tested: TestedOffers) -> RiskReturnPicture:
    """Return what the picture is drawn from."""
    found, setting = tested.found, tested.setting
    plans = setting.scenario.plans
    return RiskReturnPicture(
        setting=setting,
        proposer=setting.names[tested.who],
        others=tuple(setting.names[k] for k in tested.others),
        chance=tested.chances,
        own=found.own,
        payoff=tested.payoffs,
        searched=found.chances,
        at_most=most_likely(found),
        best=tested.best,
        no_deal=found.offers.no_deal,
        plans=tuple(
            (plan.title, *tested.plan(read_plan(setting.scenario, name)))
            for name, plan in plans.items()
        ),
        draws=found.n_draws * found.offers.repeats,
        fresh=tested.n_fresh,
        proven=found.exact,
        certain=tested.certain,
    )
