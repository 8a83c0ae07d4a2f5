"""The models that sweeps are timed with, in a module that workers of every library can import."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    import mesa
except ImportError:  # a development-only peer
    mesa = None

Floats = NDArray[np.float64]


def product(x: Floats, y: Floats) -> dict[str, Floats]:
    """Multiply: nothing to compute, so that all the time is the runner's."""
    return {"z": x * y}


def product_of_one(x: float = 0.0, y: float = 0.0) -> dict[str, float]:
    """Multiply for one case, as EMA workbench asks for it."""
    return {"z": x * y}


def heavier(x: Floats, y: Floats) -> dict[str, Floats]:
    """Iterate a map two thousand times: some twenty microseconds of array work a case."""
    z = x.copy()
    for _ in range(2000):
        z = 3.7 * z * (1 - z) * y + 0.1 * np.sin(z)
    return {"z": z}


if mesa is not None:

    class ProductOfOne(mesa.Model):  # type: ignore[misc, unused-ignore]
        """Multiply for one case, as Mesa asks for it: a model without agents that steps once."""

        def __init__(self, x: float = 0.0, y: float = 0.0, **others: Any) -> None:
            super().__init__(**others)
            self.z = x * y
            self.datacollector = mesa.DataCollector(model_reporters={"z": "z"})
            self.running = True

        def step(self) -> None:
            """Collect what there is, and end."""
            self.datacollector.collect(self)
            self.running = False
