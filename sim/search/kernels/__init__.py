"""The loops that must be compiled. Importing this package loads numba, which takes 0.4 s.

Arrays are those of `sim.search.stack`: ``gains (n_rows, n_parties)``, ``start (n_blocks + 1,)``,
``origin (n_parties,)``. A criterion is a ``kind`` with one coefficient for every party and a
``floor`` that every party must get, see `sim.search.criteria`.
"""

from sim.search.kernels.climbing import climb
from sim.search.kernels.compiled import MARGIN
from sim.search.kernels.counting import count_above, list_above
from sim.search.kernels.depth_first import depth_first
from sim.search.kernels.merging import merge_three
from sim.search.kernels.prices import find_prices

__all__ = [
    "MARGIN",
    "climb",
    "count_above",
    "depth_first",
    "find_prices",
    "list_above",
    "merge_three",
]
