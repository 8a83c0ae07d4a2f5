"""The most that any outcome is worth where combinations add to the sum: an integer program."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.formats.imports.domain import Extra

SECONDS = 5.0
MOST_ENTRIES = 1_000_000
"""Larger programs are not begun."""

ROUNDING = 1e-6
"""What the solver may be off by, as a share of the answer."""


def largest_utility(gains: Sequence[Sequence[float]], extras: Sequence[Extra]) -> float:
    """Return an upper bound on what any outcome is worth, tight but for rounding.

    One binary variable for each option and one for each combination; a combination that adds
    holds only if one of its options is chosen on every issue, one that takes holds if they are.
    Where time runs out the bound is what was proven by then; infinite if nothing was.

    Parameters
    ----------
    gains
        For each issue weight × value of each option.
    extras
        What combinations add.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  slow to import
    from scipy.sparse import coo_array  # noqa: PLC0415

    starts = np.cumsum([0, *map(len, gains)])
    n, m = int(starts[-1]), len(extras)
    rows: list[tuple[dict[int, float], float, float]] = []  # entries, least, most
    rows += [(dict.fromkeys(range(*ends), 1.0), 1.0, 1.0) for ends in pairwise(starts.tolist())]
    for place, extra in enumerate(extras, start=n):
        boxes = [[int(starts[i]) + k for k in chosen] for i, chosen in extra.when.items()]
        if extra.add > 0:
            rows += [({place: 1.0, **dict.fromkeys(box, -1.0)}, -math.inf, 0.0) for box in boxes]
        else:
            inside = dict.fromkeys((k for box in boxes for k in box), -1.0)
            rows.append(({place: 1.0, **inside}, 1.0 - len(boxes), math.inf))
    if sum(len(entries) for entries, _, _ in rows) > MOST_ENTRIES:
        return math.inf
    at = [
        (row, k, value) for row, (entries, _, _) in enumerate(rows) for k, value in entries.items()
    ]
    i, j, values = zip(*at, strict=True)
    _, least, most = zip(*rows, strict=True)
    matrix = coo_array((values, (i, j)), shape=(len(rows), n + m)).tocsr()
    answer = milp(
        -np.array([*(v for each in gains for v in each), *(extra.add for extra in extras)]),
        constraints=LinearConstraint(matrix, least, most),
        integrality=np.ones(n + m, dtype=int),
        bounds=Bounds(0, 1),
        options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
    )
    bound = getattr(answer, "mip_dual_bound", None)
    return math.inf if bound is None else float(-bound)
