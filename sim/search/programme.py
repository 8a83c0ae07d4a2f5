"""The integer programme of a negotiation whose interactions tie too many issues to be listed.

One zero-one variable for every option of every issue; one for every row of a block of several
issues; one for every interaction, which is met when all its issues take one of its options.
Between two parties the efficient packages are walked one by one: the best for the first, among
these the best for the second, then the best for the first that gives the second more, and so on
(Haimes, Lasdon & Wismer 1971, the ε-constraint method). Every package is re-evaluated, for a
solver's word is good to about 1e-6.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.blocks import Block
from sim.clock import interrupted, late
from sim.loose import Loose
from sim.problem import TOLERANCE, Floats, Indices, Problem

FINE = 2e-6
"""Two efficient packages that differ by less than this, in parts of a party's range, may pass for
one, unless all numbers are multiples of something larger."""

WHOLE = 1_000_000
"""Numbers are looked at as multiples of up to so small a part of the largest."""


NOISE = 2e-6
"""What the word of the solver is good to, in parts of the largest number or of 1."""

FORMS = ((True, 1.0), (False, 1.0), (True, 1000.0), (False, 1000.0))
"""Whether the programme is simplified first, and how its goal is scaled: where HiGHS fails, which
it does at times, mostly where there is no continuous variable, it is asked in another form."""


@dataclass(frozen=True, eq=False)
class Wish:
    """What is to be raised and what must be met, in the parties' utilities and free numbers.

    Attributes
    ----------
    goal
        Weights of the utilities and of at least one free number, ``(n_parties + n_free,)``.
    views, least
        Each weighted sum must come to at least so much: ``(n_views, n_parties + n_free)`` and
        ``(n_views,)``; minus infinity asks for nothing.
    """

    goal: Floats
    views: Floats
    least: Floats


@dataclass(frozen=True, eq=False)
class Programme:
    """Linear constraints that hold for the packages, and what each variable gives the parties.

    Attributes
    ----------
    utilities
        Shape ``(n_parties, n_variables)``.
    rows, low, high
        Of the constraints, ``(n_constraints, n_variables)`` and their ends.
    first
        The first variable of each issue and the end of them, shape ``(n_issues + 1,)``.
    """

    utilities: Floats
    rows: Floats
    low: Floats
    high: Floats
    first: Indices

    def best(
        self, weights: Floats, floors: Floats, *, least: bool = False, deadline: float | None = None
    ) -> tuple[Indices | None, float]:
        """Find the package of highest weighted utility, or whose smallest surplus is highest.

        Parameters
        ----------
        floors
            What each party must get; with ``least`` what its surplus is counted from instead.

        Returns
        -------
        outcome, ceiling
            As `solved` returns them.
        """
        n = len(self.utilities)
        wish = Wish(np.append(weights, 0.0), np.column_stack([np.eye(n), np.zeros(n)]), floors)
        if least:
            views = np.column_stack([np.eye(n), -np.ones(n)])
            wish = Wish(np.append(np.zeros(n), 1.0), views, floors)
        return self.solved(wish, deadline=deadline)

    def solved(
        self, wish: Wish, *, barred: Sequence[Indices] = (), deadline: float | None = None
    ) -> tuple[Indices | None, float]:
        """Find the package that a wish puts first, other than those that are barred.

        Returns
        -------
        outcome, ceiling
            Option indices, or ``None`` where none was found; no package reaches more. The
            ceiling is minus infinity where there is none at all. Both are good to `NOISE`.
        """
        if interrupted():
            return None, np.inf
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to load
        from scipy.sparse import csr_array  # noqa: PLC0415

        c, n = self.utilities.shape
        kept = np.isfinite(wish.least)
        views, least = wish.views[kept], wish.least[kept]
        goal = np.concatenate([wish.goal[:c] @ self.utilities, wish.goal[c:]])
        limits = np.column_stack([views[:, :c] @ self.utilities, views[:, c:]])
        bars = np.zeros((len(barred), len(goal)))
        for bar, outcome in zip(bars, barred, strict=True):
            bar[self.first[:-1] + outcome] = 1.0
        table = np.column_stack([self.rows, np.zeros((len(self.rows), len(goal) - n))])
        wide = float(np.abs(limits[:, :n]).sum(axis=1).max(initial=0.0) + np.abs(least).sum())
        free = np.abs(views[:, c:])
        beyond = np.full(len(goal) - n, max(wide, 100.0) / free[free > 0].min(initial=1.0))
        constraints = [
            LinearConstraint(csr_array(table), self.low, self.high),
            LinearConstraint(csr_array(limits), least, np.inf),
            LinearConstraint(csr_array(bars), -np.inf, len(self.first) - 2.0),
        ]
        for presolve, size in FORMS:
            left = np.inf if deadline is None else max(deadline - time.monotonic(), 0.01)
            with _hushed():
                result = milp(
                    -size * goal,
                    integrality=np.append(np.ones(n), np.zeros(len(beyond))),
                    bounds=Bounds(np.append(np.zeros(n), -beyond), np.append(np.ones(n), beyond)),
                    constraints=constraints,
                    options={
                        "mip_rel_gap": 0.0,
                        "time_limit": min(left, 1e6),
                        "presolve": presolve,
                    },
                )
            if result.status in {0, 1, 2}:
                break
        else:
            return None, np.inf
        if result.status == 2:
            return None, -np.inf
        bound = result.mip_dual_bound
        ceiling = np.inf if bound is None else -float(bound) / size
        if result.x is None:
            return None, ceiling
        pairs = zip(self.first[:-1], self.first[1:], strict=True)
        return np.array([result.x[a:b].argmax() for a, b in pairs], dtype=np.intp), ceiling


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep off the standard output what HiGHS prints unasked: an answer in JSON may go there."""
    import ctypes  # noqa: PLC0415 - seldom needed

    try:
        flush = ctypes.CDLL(None).fflush
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    except (OSError, TypeError, AttributeError):  # not a system on which that can be done
        yield
        return
    flush(None)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        flush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


@lru_cache(maxsize=8)
def programme(blocks: tuple[Block, ...], loose: tuple[Loose, ...]) -> Programme:
    """Write the programme down."""
    n_issues = sum(len(block.own) for block in blocks)
    sizes = np.ones(n_issues, dtype=np.intp)
    for term in loose:
        for issue, mask in zip(term.issues, term.options, strict=True):
            sizes[issue] = max(sizes[issue], len(mask))
    for block in blocks:
        for place, issue in enumerate(block.issues):
            sizes[issue] = max(sizes[issue], block.choices[:, place].max() + 1)
    first = np.concatenate(([0], np.cumsum(sizes))).astype(np.intp)
    n = int(first[-1]) + sum(len(block) for block in blocks) + len(loose)
    utilities = np.zeros((blocks[0].utilities.shape[1], n))
    rows: list[tuple[Floats, float, float]] = []
    at = int(first[-1])
    for block in blocks:
        own = np.arange(at, at + len(block))
        utilities[:, own] = block.utilities.T
        rows.append(_row(n, (own, 1.0), low=1.0, high=1.0))
        for place, issue in enumerate(block.issues):
            for option in range(sizes[issue]):
                taking = own[block.choices[:, place] == option]
                variable = np.array([first[issue] + option])
                rows.append(_row(n, (taking, 1.0), (variable, -1.0), low=0.0, high=0.0))
        at += len(block)
    for k, term in enumerate(loose, start=at):
        variable = np.array([k])
        utilities[:, k] = term.adds
        inside = [
            first[i] + np.flatnonzero(m) for i, m in zip(term.issues, term.options, strict=True)
        ]
        rows += [_row(n, (variable, 1.0), (some, -1.0), low=-np.inf, high=0.0) for some in inside]
        every = np.concatenate(inside)
        rows.append(_row(n, (variable, 1.0), (every, -1.0), low=1.0 - len(inside), high=np.inf))
    table, low, high = (np.array(part) for part in zip(*rows, strict=True))
    return Programme(utilities, table, low, high, first)


def _row(
    n: int, *parts: tuple[Indices, float], low: float, high: float
) -> tuple[Floats, float, float]:
    row = np.zeros(n)
    for places, value in parts:
        row[places] = value
    return row, low, high


@dataclass(eq=False)
class Walk:
    """The efficient packages of two parties, found one by one; can be gone on with.

    Attributes
    ----------
    step
        Packages that give the second party less than this more than another may be missed.
    exact
        None can be: all numbers are multiples of more than that.
    found
        Option indices of the packages found so far.
    done
        There are no others.
    """

    blocks: tuple[Block, ...]
    loose: tuple[Loose, ...]
    step: Floats
    exact: bool
    found: list[Indices] = field(default_factory=list)
    asked: float = -np.inf
    done: bool = False

    def go_on(self, deadline: float | None) -> None:
        """Walk on to the end, or until it is late."""
        rules = programme(self.blocks, self.loose)
        while not self.done and not late(deadline):
            floors = np.array([-np.inf, self.asked])
            outcome, ceiling = rules.best(np.array([1.0, 0.0]), floors, deadline=deadline)
            if outcome is None:
                self.done = ceiling == -np.inf
                if not self.done:
                    return
                continue
            reached = self._utility(outcome)
            if reached[0] < ceiling - self.step[0]:
                return  # stopped by the clock
            floors = np.array([reached[0] - self.step[0] / 4, self.asked])
            better, _ = rules.best(np.array([0.0, 1.0]), floors, deadline=deadline)
            if better is not None and self._utility(better)[1] >= reached[1]:
                outcome = better
            self.found.append(outcome)
            self.asked = max(self.asked, self._utility(outcome)[1]) + self.step[1] / 2

    def _utility(self, outcome: Indices) -> Floats:
        nothing = np.zeros(2)
        return Problem(self.blocks, nothing, nothing, loose=self.loose).utility(outcome)


@lru_cache(maxsize=8)
def _walk(blocks: tuple[Block, ...], loose: tuple[Loose, ...]) -> Walk:
    numbers = np.vstack([*(block.utilities for block in blocks), *(term.adds for term in loose)])
    range_ = np.abs(numbers).sum(axis=0)
    parts = [multiple_of(column) for column in numbers.T]
    fine = np.maximum(FINE * range_, FINE)
    exact = all(part > 2 * small for part, small in zip(parts, fine, strict=True))
    return Walk(blocks, loose, np.array(parts) if exact else fine, exact)


def multiple_of(numbers: NDArray[np.float64]) -> float:
    """Return a number that all are whole multiples of; 0 where none is found."""
    left = np.unique(np.abs(numbers[np.abs(numbers) > TOLERANCE]))
    if not len(left):
        return 1.0
    smallest = left[0]
    for parts in range(1, 1000):
        unit = smallest / parts
        if unit < left[-1] / WHOLE:
            return 0.0
        if (np.abs(left / unit - np.rint(left / unit)) < 1e-7).all():
            return float(unit)
    return 0.0


def efficient_packages(
    problem: Problem, deadline: float | None, *, exact_only: bool = False
) -> tuple[Problem, Walk]:
    """Return the problem that has the efficient packages alone, listed, and how they were found.

    Efficient over all packages, whoever would refuse them: whatever only asks for the best by a
    score that rises with everyone's utility has the same answer on them. With ``exact_only`` the
    walk is not begun where it could miss some.
    """
    walk = _walk(problem.blocks, problem.loose)
    if walk.exact or not exact_only:
        walk.go_on(deadline)
    choices = np.array(walk.found, dtype=np.intp).reshape(-1, problem.n_issues)
    choices = choices[np.lexsort(choices.T[::-1])]
    utilities = np.array([problem.utility(own) for own in choices])
    utilities = utilities.reshape(-1, problem.n_parties)
    block = Block(tuple(range(problem.n_issues)), choices, utilities)
    levels = problem.disagreement, problem.thresholds, problem.floor
    return Problem((block,), *levels), walk
