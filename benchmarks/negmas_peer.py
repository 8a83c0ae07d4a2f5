"""Against NegMAS, on a thousand to ten million outcomes, for two to four parties.

NegMAS (Mohammad et al.) is the field's best-known negotiation library. It is under the AGPL and no
dependency of ours: this benchmark runs it in a process of its own, from whichever environment has
it, and says how to make one where none has. Same utilities on both sides, no deal worth nothing,
so that frontier and Nash point must agree; they are checked.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.instances import instance
from benchmarks.table import Row, in_words, times_faster
from sim.agreement import Agreement, Frontier
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import Problem
from sim.solutions import nash

WHERE = "ZOPA_NEGMAS_PYTHON"
ADVICE = (
    "not installed: python3 -m venv .venv-negmas && .venv-negmas/bin/pip install negmas "
    f"(or set {WHERE} to a Python that has it)"
)
N_OPTIONS = 10


def negmas(*, limit: float = 30.0, largest: int = 7) -> Iterator[Row]:
    """Compare, from 10³ outcomes up; after giving up on a size larger ones are not tried."""
    python = interpreter()
    if python is None:
        yield Row("NegMAS, frontier and nash", math.nan, math.nan, "", "NegMAS", ADVICE)
        return
    for n in (2, 3, 4):
        gave_up = 0
        for digits in range(3, largest + 1):
            rng = np.random.default_rng(digits)
            problem = instance(
                "mixed", n, rng, n_issues=digits, n_options=N_OPTIONS, disagreement=0.0
            )
            theirs = {} if gave_up else run(python, problem, limit)
            yield from compared(
                problem, theirs, f"{n} parties, 10^{digits} outcomes", limit, gave_up
            )
            if len(theirs) < 2 and not gave_up:
                gave_up = digits


def compared(
    problem: Problem, theirs: dict[str, dict[str, Any]], what: str, limit: float, gave_up: int
) -> Iterator[Row]:
    """Hold both questions against NegMAS's answers, where it came to any."""
    for question, solve in (("frontier", pareto_frontier), ("nash", nash)):
        answer, times = solve(problem), []
        for _ in range(5):
            began = time.perf_counter()
            solve(problem)
            times.append(time.perf_counter() - began)
        ours = float(np.median(times))
        peer = theirs.get(question)
        if gave_up:
            held, verdict = "NegMAS: not tried", f"it gave up on 10^{gave_up}"
        elif peer is None:
            held = f"NegMAS: gave up after {limit:g} s"
            verdict = f"more than {times_faster(limit, ours)}"
        else:
            held = f"NegMAS: {in_words(peer['seconds'])}"
            verdict = times_faster(peer["seconds"], ours)
            own = result(answer)
            assert math.isclose(own, peer["result"], rel_tol=1e-6), (question, own, peer)
        yield Row(f"{question}, {what}", ours, max(times), "1/1", held, verdict)


def result(answer: Frontier | Agreement | OutOfReach) -> float:
    """Say in one number what must agree: points of the frontier, or the product of utilities."""
    if isinstance(answer, Agreement):
        return float(answer.utilities.prod())
    return float(len(answer)) if isinstance(answer, Frontier) else math.nan


def interpreter() -> str | None:
    """Find a Python that has NegMAS: the one that is named, the one next to us, or this one."""
    named = os.environ.get(WHERE)
    if named:
        return named
    beside = Path(".venv-negmas/bin/python")
    if beside.exists():
        return str(beside)
    return sys.executable if importlib.util.find_spec("negmas") else None


def run(python: str, problem: Problem, limit: float) -> dict[str, dict[str, Any]]:
    """Let NegMAS answer in a process of its own; what it has said by the limit counts."""
    values = [
        [block.utilities[:, party].tolist() for block in problem.blocks]
        for party in range(problem.n_parties)
    ]
    worker = Path(__file__).with_name("negmas_worker.py")
    with subprocess.Popen(
        [python, "-W", "ignore", str(worker)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            said, _ = process.communicate(json.dumps({"values": values}), timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    answers = (json.loads(line) for line in said.splitlines())
    return {answer["question"]: answer for answer in answers}
