"""What NegMAS does, in a process and an environment of its own: no import of ours, nor of NumPy's.

Reads on standard input one JSON object, ``values`` (party -> issue -> utilities of its options);
prints one JSON line for each question as soon as it is answered.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from negmas import LinearAdditiveUtilityFunction, make_issue, make_os
from negmas.preferences.ops import nash_points, pareto_frontier
from negmas.preferences.value_fun import TableFun


def main() -> None:
    """Answer, and say how long each answer took."""
    values = json.load(sys.stdin)["values"]
    solve([[row[:2] for row in party[:2]] for party in values])  # what it compiles is warm then
    solve(values, say=True)


def solve(values: list[list[list[float]]], *, say: bool = False) -> None:
    """Find the frontier, and the Nash point with it, which NegMAS takes from the frontier."""
    names = [f"issue_{k}" for k in range(len(values[0]))]
    sizes = [len(row) for row in values[0]]
    issues = [
        make_issue([f"o{j}" for j in range(n)], name) for name, n in zip(names, sizes, strict=True)
    ]
    space = make_os(issues)
    functions = [
        LinearAdditiveUtilityFunction(
            values={
                name: TableFun({f"o{j}": u for j, u in enumerate(row)})
                for name, row in zip(names, party, strict=True)
            },
            weights=dict.fromkeys(names, 1.0),
            outcome_space=space,
            reserved_value=0.0,
        )
        for party in values
    ]
    began = time.perf_counter()
    frontier, _ = pareto_frontier(functions, issues=issues)
    seconds = time.perf_counter() - began
    if say:
        answer("frontier", seconds, len(frontier))
    began = time.perf_counter()
    points = nash_points(functions, frontier, outcome_space=space)
    seconds += time.perf_counter() - began
    if say:
        product = 1.0
        for utility in points[0][0]:
            product *= float(utility)
        answer("nash", seconds, product)


def answer(question: str, seconds: float, result: Any) -> None:
    """Print one answer."""
    print(json.dumps({"question": question, "seconds": seconds, "result": result}), flush=True)


if __name__ == "__main__":
    main()
