"""The numbers of each equilibrium model that a sweep may follow, under names that do not change.

A name such as ``{party}.range`` stands for one column for each party (plan, body that ratifies, end
of the war). Whether a column has a value in a case is another matter: what a model does not say is
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.experiment.computations.prediction_details import (
    Details,
    agreed_by_lot,
    agreed_in_time,
    at_the_front,
    counted_shifts,
    distinct_equilibria,
    equilibria_by_lot,
    equilibria_listed,
    holds_in_some_sense,
    in_a_dilemma,
    is_open,
    most_in_war,
    most_left,
    not_refused,
    of_wait,
    open_in_draws,
    preventive_gain,
    range_in_war,
    range_open,
    rounds_before,
    senses_held,
    shapley_value,
    some_coalition,
)
from sim.experiment.shape import Cell, Column, Kind


@dataclass(frozen=True)
class Number:
    """One number of a model.

    Attributes
    ----------
    kind, about
        As in a column; ``{party}`` is the one that it is about.
    read
        Where it stands in `Prediction.details`: steps with points between them, or a function of
        the details and of whom it is about.
    """

    kind: Kind
    about: str
    read: str | Callable[..., Cell]

    def of(self, details: Details, whom: Mapping[str, str]) -> Cell:
        """Return the number; ``None`` where the details do not have it."""
        if not isinstance(self.read, str):
            return self.read(details, **whom)
        here: Any = details
        for step in self.read.split("."):
            here = here.get(step.format(**whom)) if isinstance(here, Mapping) else None
        return here if isinstance(here, bool | int | float) else None

    def column(self, model: str, whom: Mapping[str, str]) -> Column:
        """Describe the column of one party, plan, body or end."""
        return Column(self.kind, f"{model}: {self.about.format(**whom)}")


@dataclass(frozen=True)
class Told:
    """What a model says in numbers.

    Attributes
    ----------
    numbers
        Name -> number, in order.
    utilities
        What the utility of a party is there; empty where the model gives none.
    pair
        It is played by the first two players only.
    agreement
        What it means that something is agreed; empty where the model does not say.
    agreed
        Whether it is by the details, where no single package is predicted.
    """

    numbers: Mapping[str, Number]
    utilities: str = ""
    pair: bool = False
    agreement: str = ""
    agreed: Callable[[Details], bool] | None = None


GETS = "utility that {party} gets or expects"
ONE_PACKAGE = "one package is predicted, not no deal"
OPENING = Number("number", "what proposing first is worth to {party}",
                 "value_of_proposing_first.{party}")  # fmt: skip
DELAY = Number("number", "what one round of delay costs {party}", "cost_of_one_round.{party}")

TOLD: Mapping[str, Told] = {
    "alternating_offers": Told(
        {
            "equilibria": Number(
                "whole", "equilibria found, packages drawn by lot", equilibria_by_lot
            ),
            "packages": Number(
                "whole", "packages found that can last without lots", "without_lotteries.count"
            ),
            "{party}.opening": OPENING,
            "{party}.delay": DELAY,
        },
        utilities=GETS,
        agreement="something is agreed, a package or a draw between some",
        agreed=agreed_by_lot,
    ),
    "last_round": Told(
        {
            "delay": Number("whole", "rounds that pass before anything is agreed", rounds_before),
            "{party}.opening": OPENING,
            "{party}.delay": DELAY,
        },
        utilities=GETS,
        agreement="something is agreed before the talks end",
        agreed=agreed_in_time,
    ),
    "majority": Told(
        {
            "equilibria": Number("whole", "stationary equilibria found", distinct_equilibria),
            "candidates": Number("whole", "packages that some coalition may propose", "candidates"),
            "{party}.on_a_pie": Number(
                "number", "share of {party} if they divided one pie", "one_pie.expects.{party}"
            ),
        },
        utilities="utility that {party} expects; missing where there are several equilibria",
        agreement="some coalition agrees on something",
        agreed=some_coalition,
    ),
    "ultimatum": Told(
        {
            "probability": Number("number", "chance that the offer is accepted", "offer.chance"),
            "demand": Number("number", "what the offer leaves the proposer", "offer.own_utility"),
            "room": Number(
                "number",
                "share of draws in which some offer would be accepted, at most",
                "share_of_draws_with_an_acceptable_offer_at_most",
            ),
            "proven": Number("truth", "no other offer is worth more, proven", "payoff_proven"),
        },
        utilities=GETS,
        agreement=ONE_PACKAGE,
    ),
    "private_cost": Told(
        {
            "probability": Number("number", "chance that the demand is accepted", not_refused),
            "demand": Number("number", "share of the pie that is demanded", "demand"),
            "payoff": Number("number", "share that the first side expects", "payoff"),
            "no_deal": Number("number", "share that no deal is worth to it", "no_deal_share"),
            "information": Number(
                "number", "what knowing the other's threshold is worth", "information_worth"
            ),
            "room": Number(
                "number",
                "share of draws in which there is room for a deal",
                "share_of_draws_with_room_for_a_deal",
            ),
            "{party}.share": Number(
                "number", "share of the pie that {party} expects", "expected_shares.{party}"
            ),
        },
        pair=True,
    ),
    "double_auction": Told(
        {
            "probability": Number("number", "chance that the terms meet", "sealed_terms.chance"),
            "gains": Number("number", "expected joint gain", "sealed_terms.expected_gains"),
            "best_rule": Number("number", "chance of a deal by the best rule", "best_rule.chance"),
            "room": Number(
                "number", "chance that a deal would suit both", "known_thresholds.chance"
            ),
        },
        pair=True,
    ),
    "adjusted_winner": Told(
        {
            "points": Number("number", "points that both end with", "points_each.value"),
            "equitable": Number("truth", "both end with as many points", "equitable"),
            "envy_free": Number("truth", "neither would change places", "envy_free"),
        },
        utilities=GETS,
        pair=True,
    ),
    "coalitions": Told(
        {
            "zone": Number("truth", "some package meets every demand", "zone"),
            "joint_gain": Number("number", "largest joint gain over all thresholds", "joint_gain"),
            "{party}.claim": Number(
                "number", "{party}'s part of the joint gain (Shapley)", shapley_value(True)
            ),
            "{party}.pivot": Number(
                "number",
                "share of orders of yielding in which {party} opens a zone, where there is none",
                shapley_value(False),
            ),
        },
        utilities="utility of {party} at its threshold and its part of the joint gain",
        agreement=ONE_PACKAGE,
    ),
    "ratification": Told(
        {
            "signed": Number(
                "number", "share of all packages that the negotiators sign", "packages.signed.share"
            ),
            "ratified": Number(
                "number",
                "share of these that every body asked ratifies",
                "packages.ratified_of_signed.share",
            ),
            "{body}.win_set": Number(
                "number",
                "share of all packages that {body} ratifies",
                "bodies.{body}.win_set.share",
            ),
            "{body}.of_signed": Number(
                "number",
                "share of those signed that {body} ratifies",
                "bodies.{body}.of_signed.share",
            ),
            "{body}.closes_at": Number(
                "number",
                "utility beyond no deal that {body} can ask for until nothing is left",
                "bodies.{body}.closes_when_asking_for",
            ),
            "{plan}.ratified": Number(
                "truth", "{plan} passes every body asked", "plans.{plan}.ratified"
            ),
            "{plan}.probability": Number(
                "number",
                "share of draws in which {plan} passes every body asked",
                "plans.{plan}.probabilities.ratified.share",
            ),
            "{plan}.signed_and_ratified": Number(
                "number",
                "share of draws in which {plan} is signed and passes",
                "plans.{plan}.probabilities.signed_and_ratified.share",
            ),
            "{plan}.{body}.probability": Number(
                "number",
                "share of draws in which {body} ratifies {plan}",
                "plans.{plan}.bodies.{body}.probability",
            ),
        },
        utilities=GETS,
        agreement=ONE_PACKAGE,
    ),
    "stability": Told(
        {
            "{plan}.holds": Number(
                "truth", "{plan} is an equilibrium in some sense", holds_in_some_sense
            ),
            "{plan}.senses": Number(
                "whole", "in how many of the four senses {plan} is an equilibrium", senses_held
            ),
        }
    ),
    "war": Told(
        {
            "open": Number("truth", "some package is better for all than fighting on", "open"),
            "slack": Number(
                "number",
                "how far all no-deal values could rise until no package suits all; below 0 none",
                at_the_front("slack"),
            ),
            "probability": Number(
                "number",
                "share of draws in which there is such a package",
                at_the_front("open_in_draws"),
            ),
            "rounds": Number("number", "rounds that the fighting lasts", "rounds_expected"),
            "opens": Number(
                "number", "chance that there is such a package before the end", "opens.ever"
            ),
            "ripe": Number(
                "truth", "all lose by another round, and there is a way out", "ripe.ripe"
            ),
            "{end}.chance": Number("number", "chance that the war ends so: {end}", "ends.{end}"),
            "{party}.most": Number(
                "number",
                "the most {party} can get while the others get what war is worth",
                most_in_war,
            ),
            "{party}.range": Number(
                "number", "that most, less what war is worth to {party}", range_in_war
            ),
        },
        utilities="utility that {party} expects from fighting on",
    ),
    "commitment": Told(
        {
            "shifts": Number("whole", "shifts of power looked at", counted_shifts()),
            "preventive": Number(
                "whole",
                "shifts before which no deal is better if the rising side makes all offers",
                counted_shifts("no_deal_if_the_rising_side_makes_all_offers"),
            ),
            "unavoidable": Number(
                "whole",
                "shifts before which no promise by anyone is enough",
                counted_shifts("no_deal_whoever_makes_offers"),
            ),
            "gap": Number(
                "number",
                "no deal now less the best promise, where that is most: above 0 none is enough",
                preventive_gain,
            ),
        }
    ),
    "optimism": Told(
        {
            "open": Number("truth", "some package suits all, seen alike", "open_as_all_see_it"),
            "open_as_believed": Number(
                "truth", "some package suits all, with the beliefs of the file", "open_as_believed"
            ),
            "{party}.certainty": Number(
                "number",
                "what {party} would gain in no deal were it sure of the best end",
                "no_deal_gained_by_certainty.{party}",
            ),
        }
    ),
    "waiting": Told(
        {
            "open": Number("truth", "some package is better for both than no deal", is_open),
            "probability": Number(
                "number", "share of draws in which some package is", open_in_draws
            ),
            "{party}.most": Number(
                "number",
                "upper end of the bargaining range: the most {party} can get while the other gets "
                "what no deal is worth to it",
                most_left,
            ),
            "{party}.range": Number(
                "number",
                "width of the bargaining range: the most {party} can get, less what no deal is "
                "worth to it; below 0 where none is open",
                range_open,
            ),
            "{party}.pays_from": Number(
                "number",
                "no-deal value from which waiting a round pays {party}",
                of_wait("from_no_deal_value", longest=False),
            ),
            "{party}.pays_in_draws": Number(
                "number",
                "share of draws in which waiting a round pays {party}",
                of_wait("share_of_drawn_pairs", longest=False),
            ),
            "{party}.long_pays_from": Number(
                "number",
                "no-deal value from which the longest wait looked at pays {party}",
                of_wait("from_no_deal_value", longest=True),
            ),
            "{party}.long_pays_in_draws": Number(
                "number",
                "share of draws in which the longest wait looked at pays {party}",
                of_wait("share_of_drawn_pairs", longest=True),
            ),
        },
        pair=True,
    ),
    "posture": Told(
        {
            "equilibria": Number(
                "whole", "equilibria of holding out and compromise", equilibria_listed
            ),
            "{party}.dilemma": Number(
                "truth", "it is a prisoner's dilemma for {party}", in_a_dilemma
            ),
            "{party}.compromise": Number(
                "number",
                "utility of {party} if both compromise",
                "payoffs.compromise.compromise.{party}",
            ),
            "{party}.hold_out": Number(
                "number",
                "utility of {party} if both hold out",
                "payoffs.hold_out.hold_out.{party}",
            ),
        },
        utilities="utility of {party} in the one equilibrium; missing where there are several",
        pair=True,
    ),
    "demand_game": Told(
        {
            "equilibria": Number("whole", "equilibria, families counted once", "families"),
            "deals": Number("whole", "pure equilibria with a deal", "pure_equilibria_with_a_deal"),
        },
        utilities="utility of {party} where doubt about what fits vanishes",
        pair=True,
        agreement=ONE_PACKAGE,
    ),
    "attrition": Told(
        {
            "rounds": Number("number", "rounds that both wait", "expected_rounds"),
            "breakdown": Number(
                "number", "chance that the talks break down first", "chance_of_breakdown_first"
            ),
            "{party}.gives_in": Number(
                "number", "chance that {party} gives in first", "chance_of_giving_in_first.{party}"
            ),
            "{party}.prize": Number("number", "what {party} holds out for", "prize.{party}"),
            "{party}.cost": Number(
                "number", "what a round costs {party}", "cost_per_round.{party}"
            ),
        },
        utilities=GETS,
        pair=True,
    ),
    "reputation": Told(
        {
            "rounds": Number("number", "rounds until one gives in", "expected_rounds"),
            "never": Number("number", "chance that neither ever gives in", "never"),
            "{party}.gives_in_at_once": Number(
                "number", "chance that {party} gives in at the start", "gives_in_at_once.{party}"
            ),
            "{party}.rate": Number(
                "number", "rate of giving in of {party} a round", "rate_of_giving_in.{party}"
            ),
        },
        utilities=GETS,
        pair=True,
    ),
}
"""Model -> what it says in numbers."""
