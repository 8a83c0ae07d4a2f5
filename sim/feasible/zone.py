"""Is there an outcome that everyone accepts? One is shown, or it is proven that there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.agreement import Certificate
from sim.clock import deadline_in
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.packages import Packages, listed
from sim.search.programme import programme
from sim.search.stack import Stack, numbering, stacked

SLACK = 2e-6
"""What the word of an integer programme is good to."""

LISTED = 20_000
"""Up to so many outcomes are listed."""


@dataclass(frozen=True, eq=False)
class Zone:
    """Whether a zone of possible agreement exists, and the outcome that shows it.

    Attributes
    ----------
    empty
        Proven to be empty, proven not to be, or ``None``: not known within the time.
    outcome
        An outcome in the zone. Where there is none, or none was found, the outcome that comes
        nearest: whose party worst off misses its threshold by least, as far as is known.
        ``None`` only where the problem has no outcome at all.
    utilities
        What it gives, shape ``(n_parties,)``; the disagreement point where it is ``None``.
    surplus
        Utility over threshold of the party worst off there.
    ceiling
        No outcome has a higher surplus, as far as was proven.
    certificate
        Exact when ``empty`` is known.
    """

    empty: bool | None
    outcome: Indices | None
    utilities: Floats
    surplus: float
    ceiling: float
    certificate: Certificate


def find_acceptable(problem: Problem, *, time_limit: float | None = 10.0) -> Zone:
    """Find an outcome that gives every party its threshold, or prove that there is none.

    The proof is a set of prices for the parties' utilities at which even the best outcome is
    worth less than the thresholds, or a search of what those prices leave open.

    Examples
    --------
    A pie in tenths: one side must have six of them and the other five.

    >>> slices = np.arange(11) / 10
    >>> pie = np.column_stack([slices, 1 - slices])
    >>> zone = find_acceptable(Problem.enumerated(pie, [0, 0], thresholds=[0.6, 0.5]))
    >>> zone.empty, round(zone.surplus, 3)
    (True, -0.1)
    >>> find_acceptable(Problem.enumerated(pie, [0, 0], thresholds=[0.6, 0.4])).utilities
    array([0.6, 0.4])
    """
    if problem.loose:
        return _programmed(problem, deadline_in(time_limit))
    stack = stacked(problem.at_thresholds())
    if stack is None:
        proof = Certificate(True, 0.0, "no outcome is allowed")
        return Zone(True, None, problem.disagreement.copy(), -np.inf, -np.inf, proof)
    if stack.n_blocks <= 1 or stack.n_outcomes <= LISTED:
        return _listed(problem, stack)
    return _searched(problem, stack, time_limit)


def _listed(problem: Problem, stack: Stack) -> Zone:
    rows, gains = stack.listed()
    surplus = gains.min(axis=1)
    best = int(surplus.argmax())
    proof = Certificate(True, 0.0, "enumeration")
    return _zone(problem, stack, rows[best], float(surplus[best]), float(surplus[best]), proof)


def _zone(
    problem: Problem, stack: Stack, rows: Indices, surplus: float, ceiling: float,
    certificate: Certificate,
) -> Zone:  # fmt: skip
    empty = False if surplus >= -TOLERANCE else True if ceiling < -TOLERANCE else None
    outcome = problem.outcome(stack.row[rows])
    utilities = problem.utility(outcome)
    return Zone(empty, outcome, utilities, surplus, ceiling, certificate)


def _searched(problem: Problem, stack: Stack, time_limit: float | None) -> Zone:
    """Raise the surplus of the party worst off until nobody misses its threshold, or for good."""
    from sim.search.branch import feasible  # noqa: PLC0415 - loads the compiled kernels

    deadline = deadline_in(time_limit)
    codes = numbering(problem, stack).codes
    found = feasible(stack, codes, np.zeros(problem.n_parties), deadline=deadline)
    known = found.best >= -TOLERANCE or found.ceiling < -TOLERANCE
    gap = 0.0 if known else found.ceiling - found.best
    method = "an outcome" if found.best >= -TOLERANCE else "branch and bound"
    certificate = Certificate(known, gap, method)
    return _zone(problem, stack, found.rows[0], found.best, found.ceiling, certificate)


def _programmed(problem: Problem, deadline: float | None) -> Zone:
    """Raise the surplus of the party worst off by an integer programme."""
    small = listed(problem)
    if small is not None:
        return find_acceptable(small)
    rules = programme(problem.blocks, problem.loose)
    weights = np.zeros(problem.n_parties)
    outcome, ceiling = rules.best(weights, problem.thresholds, least=True, deadline=deadline)
    if outcome is None:
        known = ceiling == -np.inf
        certificate = Certificate(known, 0.0 if known else np.inf, "integer programme")
        empty = True if known else None
        d = problem.disagreement.copy()
        return Zone(empty, None, d, -np.inf, ceiling, certificate)
    utilities = problem.utility(outcome)
    surplus = float((utilities - problem.thresholds).min())
    ceiling = max(ceiling + SLACK * max(1.0, abs(ceiling)), surplus)
    shown, ruled_out = surplus >= -TOLERANCE, ceiling < -TOLERANCE
    if not shown and not ruled_out:  # too near to tell by the programme's word alone
        nearer, most = Packages(problem, problem.thresholds, deadline).any()
        ruled_out = nearer is None and most == -np.inf
        if nearer is not None:
            outcome, utilities = nearer, problem.utility(nearer)
            surplus = float((utilities - problem.thresholds).min())
            ceiling, shown = max(ceiling, surplus), True
    gap = 0.0 if shown or ruled_out else ceiling - surplus
    certificate = Certificate(shown or ruled_out, gap, "integer programme")
    empty = False if shown else True if ruled_out else None
    return Zone(empty, outcome, utilities, surplus, ceiling, certificate)
