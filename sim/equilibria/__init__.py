"""What equilibrium analysis predicts: each game with its assumptions, on a scenario or alone.

Every folder is a family of models with its closed forms; what all of them share stands beside
the folders. `sim.equilibria.models` says where each model is.
"""

from __future__ import annotations

from sim.equilibria.models import MODELS, Model
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting

__all__ = ["MODELS", "Hinge", "Model", "Prediction", "Setting"]
