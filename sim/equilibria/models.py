"""The models of bargaining by name, as files, the command line and answers call them."""

from __future__ import annotations

from collections.abc import Callable

from sim.equilibria.coalitions.coalitions import coalitions
from sim.equilibria.division.divided_scenario import divide_scenario
from sim.equilibria.graph.stability import stability
from sim.equilibria.offers.alternating_offers import alternating_offers
from sim.equilibria.offers.last_round import last_round
from sim.equilibria.offers.majority import majority
from sim.equilibria.posture.attrition import attrition
from sim.equilibria.posture.demand_game import demands
from sim.equilibria.posture.posture import posture
from sim.equilibria.posture.reputation import reputations
from sim.equilibria.prediction import Prediction
from sim.equilibria.ratification.ratification import ratification
from sim.equilibria.secret_thresholds.on_a_pie import double_auction, private_cost
from sim.equilibria.setting import Setting
from sim.equilibria.ultimatum.ultimatum import ultimatum
from sim.equilibria.war.commitment import commitment
from sim.equilibria.war.optimism import optimism
from sim.equilibria.war.waiting import waiting
from sim.equilibria.war.war import war

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
