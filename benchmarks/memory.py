"""The frontier among four parties: hundreds of thousands of points, and the memory they take.

Each runs in a process of its own, whose peak of memory is the frontier's and the library's. To run
one: ``python -m benchmarks.memory opposed 0``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.instances import KINDS, instance
from benchmarks.table import Row
from benchmarks.timing import is_proven
from sim.agreement import Frontier
from sim.frontier import pareto_frontier

SECONDS, GIGABYTES = 30.0, 1.0


def four_parties(each: int = 1) -> Iterator[Row]:
    """List the frontier among four, ``each`` seeds of each kind."""
    for kind in KINDS:
        runs = []
        for seed in range(each):
            command = [sys.executable, "-m", "benchmarks.memory", kind, str(seed)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs.append(json.loads(done.stdout))
        seconds = [run["seconds"] for run in runs]
        most = max(run["gigabytes"] for run in runs)
        exact = sum(run["exact"] for run in runs)
        met = np.median(seconds) <= SECONDS and most < GIGABYTES and exact == each
        yield Row(
            f"frontier, 4 parties, {kind}",
            float(np.median(seconds)),
            max(seconds),
            f"{exact}/{each}",
            f"target {SECONDS:.0f} s, {GIGABYTES:.0f} GB; peak {most:.2f} GB",
            f"{'met' if met else 'NOT MET'}; {runs[0]['points']:,} points",
        )


def main() -> None:
    """Solve one, and print its time and its peak of memory as JSON."""
    kind, seed = sys.argv[1], int(sys.argv[2])
    pareto_frontier(instance("mixed", 4, np.random.default_rng(0), n_issues=8))
    problem = instance(kind, 4, np.random.default_rng(seed))
    began = time.process_time()
    frontier = pareto_frontier(problem)
    seconds = time.process_time() - began
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    answer = {
        "seconds": seconds,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9,
        "points": len(frontier) if isinstance(frontier, Frontier) else 0,
        "exact": is_proven(frontier),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
