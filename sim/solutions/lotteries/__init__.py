"""Bargaining solutions over lotteries: the outcome is drawn, and each counts what it expects.

Every one is ``(Problem, *, time_limit=…) -> Lottery``. Each package that may be drawn obeys the
constraints and the red lines; no deal, or the threshold within the zone, holds in expectation.
Ideal points are taken over lotteries too.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.agreement import Lottery
from sim.solutions.lotteries.egalitarian import egalitarian
from sim.solutions.lotteries.kalai_smorodinsky import kalai_smorodinsky
from sim.solutions.lotteries.nash import nash
from sim.solutions.lotteries.proportional import proportional
from sim.solutions.lotteries.raiffa import raiffa
from sim.solutions.lotteries.utilitarian import utilitarian, utilitarian_unconstrained

LOTTERIES: dict[str, Callable[..., Lottery]] = {
    "nash": nash,
    "kalai_smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
    "utilitarian_unconstrained": utilitarian_unconstrained,
    "proportional": proportional,
    "raiffa": raiffa,
}

__all__ = [
    "LOTTERIES",
    "egalitarian",
    "kalai_smorodinsky",
    "nash",
    "proportional",
    "raiffa",
    "utilitarian",
    "utilitarian_unconstrained",
]
