"""The numbers of each equilibrium model that a sweep may follow, under names that do not change."""

from __future__ import annotations

from collections.abc import Mapping

from sim.experiment.computations.model_numbers import Told
from sim.experiment.computations.numbers_of_agreement import AGREEMENT
from sim.experiment.computations.numbers_of_contests import CONTESTS
from sim.experiment.computations.numbers_of_war import WAR

TOLD: Mapping[str, Told] = {**AGREEMENT, **WAR, **CONTESTS}
"""Model -> what it says in numbers."""
