"""What equilibrium analysis predicts: each game with its assumptions, on a scenario or alone."""

from __future__ import annotations

from collections.abc import Callable

from sim.equilibria.attrition import attrition
from sim.equilibria.coalitions import coalitions
from sim.equilibria.commitment import commitment
from sim.equilibria.demand_game import demands
from sim.equilibria.divided_scenario import divide_scenario
from sim.equilibria.offers_by_majority import majority
from sim.equilibria.offers_with_a_last_round import last_round
from sim.equilibria.offers_without_end import alternating_offers
from sim.equilibria.on_a_pie import double_auction, private_cost
from sim.equilibria.optimism import optimism
from sim.equilibria.posture import posture
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.ratification import ratification
from sim.equilibria.reputation import reputations
from sim.equilibria.setting import Setting
from sim.equilibria.stability import stability
from sim.equilibria.ultimatum import ultimatum
from sim.equilibria.waiting import waiting
from sim.equilibria.war import war

__all__ = ["MODELS", "Hinge", "Model", "Prediction", "Setting"]

Model = Callable[[Setting], Prediction]

MODELS: dict[str, Model] = {
    "alternating_offers": alternating_offers,
    "last_round": last_round,
    "majority": majority,
    "ultimatum": ultimatum,
    "private_cost": private_cost,
    "double_auction": double_auction,
    "adjusted_winner": divide_scenario,
    "coalitions": coalitions,
    "ratification": ratification,
    "stability": stability,
    "war": war,
    "commitment": commitment,
    "optimism": optimism,
    "waiting": waiting,
    "posture": posture,
    "demand_game": demands,
    "attrition": attrition,
    "reputation": reputations,
}
"""The models of a scenario by the names used in files, on the command line and in answers."""
