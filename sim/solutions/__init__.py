"""Bargaining solutions: what each theory of fairness or of bargaining picks.

Every solution is ``(Problem, *, time_limit=…) -> Agreement``; the keys are the names used in
files, on the command line and in tables.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.agreement import Agreement
from sim.solutions.egalitarian import egalitarian
from sim.solutions.kalai_smorodinsky import kalai_smorodinsky
from sim.solutions.nash import nash
from sim.solutions.utilitarian import utilitarian, utilitarian_unconstrained

SOLUTIONS: dict[str, Callable[..., Agreement]] = {
    "nash": nash,
    "kalai_smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
    "utilitarian_unconstrained": utilitarian_unconstrained,
}

__all__ = [
    "SOLUTIONS",
    "egalitarian",
    "kalai_smorodinsky",
    "nash",
    "utilitarian",
    "utilitarian_unconstrained",
]
