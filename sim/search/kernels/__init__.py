"""The loops that must be compiled. Importing this package loads numba, which takes 0.4 s.

Arrays are those of `sim.search.stack`: ``gains (n_rows, n_parties)``, ``start (n_blocks + 1,)``,
``origin (n_parties,)``. A criterion is a ``kind`` with one coefficient for every party and a
``floor`` that every party must get, see `sim.search.criteria`.
"""

from sim.search.kernels.climbing import climb
from sim.search.kernels.compiled import MARGIN
from sim.search.kernels.counting import count_above, list_above, weigh_draws
from sim.search.kernels.depth_first import depth_first, depth_first_tied
from sim.search.kernels.many import nash_by_draw, zones_by_draw
from sim.search.kernels.merging import merge_three
from sim.search.kernels.prices import find_prices, find_prices_tied
from sim.search.kernels.stairs import merge_stairs
from sim.search.kernels.tied import (
    best_below,
    cheapest,
    climb_tied,
    least_lost,
    still_fitting,
    uncovered,
)

__all__ = [
    "MARGIN",
    "best_below",
    "cheapest",
    "climb",
    "climb_tied",
    "count_above",
    "depth_first",
    "depth_first_tied",
    "find_prices",
    "find_prices_tied",
    "least_lost",
    "list_above",
    "merge_stairs",
    "merge_three",
    "nash_by_draw",
    "still_fitting",
    "uncovered",
    "weigh_draws",
    "zones_by_draw",
]
