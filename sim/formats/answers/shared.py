"""What all answers have in common."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

CONDITION = "conditional on these inputs; not a forecast"


def numbers(values: Any) -> list[float | None]:
    """Turn an array of one axis into a list without infinities."""
    return [finite(value) for value in np.asarray(values, dtype=float).tolist()]


def finite(value: float) -> float | None:
    """JSON has no infinity: nothing is known, so nothing is said."""
    return float(value) if math.isfinite(value) else None
