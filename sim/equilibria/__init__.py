"""What equilibrium analysis predicts: each game with its assumptions, on a scenario or alone."""

from __future__ import annotations

from collections.abc import Callable

from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting

__all__ = ["MODELS", "Hinge", "Model", "Prediction", "Setting"]

Model = Callable[[Setting], Prediction]

MODELS: dict[str, Model] = {}
"""The models of a scenario by the names used in files, on the command line and in answers."""
