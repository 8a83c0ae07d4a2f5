"""What models of two sides that hold out say in numbers."""

from __future__ import annotations

from collections.abc import Mapping

from sim.experiment.computations.model_numbers import GETS, ONE_PACKAGE, Number, Told
from sim.experiment.computations.prediction_details import (
    equilibria_listed,
    in_a_dilemma,
)

CONTESTS: Mapping[str, Told] = {
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
