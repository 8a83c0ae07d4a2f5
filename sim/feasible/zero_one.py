"""Choosing with zeros and ones: the integer programme behind the search for conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def zero_one(cost: Floats, rows: Sequence[tuple[Floats, Any, Any]], most: Floats) -> Bools | None:
    """Minimise a sum over zeros and ones to the end; ``None`` where no choice meets the rows.

    Parameters
    ----------
    cost
        Of each one, shape ``(n,)``.
    rows
        Matrices with the least and the most that each of their rows may come to.
    most
        1, or 0 for what must stay zero, shape ``(n,)``.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  slow to import

    limits = [LinearConstraint(matrix, low, high) for matrix, low, high in rows]
    whole = np.ones(len(cost), dtype=np.intp)
    result = milp(cost, integrality=whole, bounds=Bounds(0, most), constraints=limits,
                  options={"mip_rel_gap": 0.0})  # fmt: skip
    return None if result.x is None else result.x > 0.5
