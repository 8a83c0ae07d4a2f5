"""What models of bargaining, coalitions and ratification say in numbers."""

from __future__ import annotations

from collections.abc import Mapping

from sim.experiment.computations.model_numbers import (
    DELAY,
    GETS,
    ONE_PACKAGE,
    OPENING,
    Number,
    Told,
)
from sim.experiment.computations.prediction_details import (
    agreed_by_lot,
    agreed_in_time,
    distinct_equilibria,
    equilibria_by_lot,
    holds_in_some_sense,
    not_refused,
    rounds_before,
    senses_held,
    shapley_value,
    some_coalition,
)

AGREEMENT: Mapping[str, Told] = {
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
}
"""Model -> what it says in numbers."""
