"""zopa: exact negotiation analysis.

The walk from a file to an answer::

    scenario file ── formats ──► Scenario          words: issues, parties, plans, sources
                                    │
                     sampling  ──► Ensemble        numbers: one reading or many draws
                                    │
              ┌─────────────────────┴───────────────┐
          comparison                             Problem = sum of blocks
     plans × parties × draws                        │
              │              frontier ── solutions ── feasible
              │                                     │
              │           settlement · diagnosis · amendments · levers · equilibria
              └──────────┬──────────────────────────┘
          experiment ── plots ── report ── cli

Names leave at `Ensemble` and `Problem` and come back in tables and pictures. What is imported
here is loaded when it is first used, so that ``import sim`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.agreement import Agreement, Certificate, Frontier, Lottery
    from sim.amendments import Amendments, amend
    from sim.blocks import Block
    from sim.comparison import Comparison, compare
    from sim.diagnosis import Diagnosis, diagnose
    from sim.ensemble import Ensemble
    from sim.equilibria import MODELS, Prediction
    from sim.equilibria.side_by_side import predict
    from sim.errors import InputError, ScenarioError
    from sim.feasible.count import count_acceptable
    from sim.feasible.zone import find_acceptable
    from sim.formats import read_scenario
    from sim.formats.results import Results, read_results
    from sim.frontier import pareto_frontier
    from sim.levers import LeverStudy, study_levers
    from sim.problem import Problem
    from sim.sampling import central, sample
    from sim.scenario import Scenario
    from sim.settlement import Settlement, solve
    from sim.solutions import SOLUTIONS
    from sim.solutions.lotteries import LOTTERIES

__all__ = [
    "LOTTERIES",
    "MODELS",
    "SOLUTIONS",
    "Agreement",
    "Amendments",
    "Block",
    "Certificate",
    "Comparison",
    "Diagnosis",
    "Ensemble",
    "Frontier",
    "InputError",
    "LeverStudy",
    "Lottery",
    "Prediction",
    "Problem",
    "Results",
    "Scenario",
    "ScenarioError",
    "Settlement",
    "amend",
    "central",
    "compare",
    "count_acceptable",
    "diagnose",
    "find_acceptable",
    "pareto_frontier",
    "predict",
    "read_results",
    "read_scenario",
    "sample",
    "solve",
    "study_levers",
]

_HOME = {
    "LOTTERIES": "sim.solutions.lotteries",
    "MODELS": "sim.equilibria",
    "SOLUTIONS": "sim.solutions",
    "Agreement": "sim.agreement",
    "Amendments": "sim.amendments",
    "Block": "sim.problem",
    "Certificate": "sim.agreement",
    "Comparison": "sim.comparison",
    "Diagnosis": "sim.diagnosis",
    "Ensemble": "sim.ensemble",
    "Frontier": "sim.agreement",
    "InputError": "sim.errors",
    "LeverStudy": "sim.levers",
    "Lottery": "sim.agreement",
    "Prediction": "sim.equilibria",
    "Problem": "sim.problem",
    "Results": "sim.formats.results",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.errors",
    "Settlement": "sim.settlement",
    "amend": "sim.amendments",
    "central": "sim.sampling",
    "compare": "sim.comparison",
    "count_acceptable": "sim.feasible.count",
    "diagnose": "sim.diagnosis",
    "find_acceptable": "sim.feasible.zone",
    "pareto_frontier": "sim.frontier",
    "predict": "sim.equilibria.side_by_side",
    "read_results": "sim.formats.results",
    "read_scenario": "sim.formats",
    "sample": "sim.sampling",
    "solve": "sim.settlement",
    "study_levers": "sim.levers",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return list(__all__)
