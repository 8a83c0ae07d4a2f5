"""Bargaining solutions: what each theory of fairness or of bargaining picks.

Every solution is ``(Problem, *, time_limit=…) -> Agreement``; the keys are the names used in
files, on the command line and in tables. Those in `BY_POWER` also take the parties' bargaining
power. The same over lotteries: `sim.solutions.lotteries`.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.agreement import Agreement
from sim.solutions.egalitarian import egalitarian
from sim.solutions.kalai_smorodinsky import kalai_smorodinsky
from sim.solutions.median import median
from sim.solutions.nash import nash
from sim.solutions.proportional import proportional
from sim.solutions.raiffa import raiffa
from sim.solutions.utilitarian import utilitarian, utilitarian_unconstrained

SOLUTIONS: dict[str, Callable[..., Agreement]] = {
    "nash": nash,
    "kalai_smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
    "utilitarian_unconstrained": utilitarian_unconstrained,
    "proportional": proportional,
    "raiffa": raiffa,
    "median": median,
}

USUAL = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "utilitarian_unconstrained")
"""What is computed where nothing is named."""

BY_POWER = ("nash", "proportional")
"""Which solutions count the parties by their bargaining power."""

ON_ONE_SCALE = frozenset(
    {"egalitarian", "proportional", "utilitarian", "utilitarian_unconstrained"}
)
"""Which solutions compare one party's utility with another's."""

MOST_PARTIES = {"median": 2}
"""For how many parties at most a solution is defined, where not for any number."""

__all__ = [
    "BY_POWER",
    "MOST_PARTIES",
    "ON_ONE_SCALE",
    "SOLUTIONS",
    "USUAL",
    "egalitarian",
    "kalai_smorodinsky",
    "median",
    "nash",
    "proportional",
    "raiffa",
    "utilitarian",
    "utilitarian_unconstrained",
]
