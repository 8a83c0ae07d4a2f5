"""Thousands of problems at once: the draws of one ensemble, which share their rows.

Building a problem for every draw costs more than solving it. Here the blocks are laid out once
for all draws, the utilities of their rows are gathered by array, and compiled loops go from draw
to draw. Red lines that hold in some draws only strike rows there. What the loops cannot settle
within their steps is left to whoever asked, to be solved as one problem; so answers are those
of the solvers for one problem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.blocks import Block
from sim.clock import late
from sim.condition import Condition
from sim.ensemble import Bonus, Ensemble, TableTerm
from sim.partition import allowed_choices, groups, meets
from sim.problem import Floats, Indices, Problem
from sim.scenario import RedLines
from sim.search.stack import numbering, stacked

Bools = NDArray[np.bool_]
Progress = Callable[[int], object]

YES, NO, UNKNOWN = 1, 0, -1

MAX_ROWS = 20_000
"""With more rows than this, in all blocks together, draws are taken one by one."""

AT_A_TIME = 2_000_000
"""Numbers gathered at a time, so that they stay in the processor's cache or near it."""

MOST_AT_A_TIME = 256
"""Draws between two looks at the clock."""

STEPS = 100_000
"""Steps of a search in one draw, a few milliseconds, before it is left over."""

REMEMBERED = 12
"""Packages and prices that are tried on the next draws."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Blocks that serve every draw of an ensemble.

    Attributes
    ----------
    groups, choices
        The issues of each block and its joint choices, as in `sim.problem.Block`.
    start
        First row of each block and the end, shape ``(n_blocks + 1,)``.
    codes
        What each row adds to the number of an outcome, ``(n_rows, n_words)``.
    at_times
        Red lines that hold in some draws only, by their place in the structure, and the rows
        that cross them, ``(n_rows,)``.
    """

    groups: tuple[tuple[int, ...], ...]
    choices: tuple[Indices, ...]
    start: Indices
    codes: NDArray[np.int64]
    at_times: dict[int, Bools]

    def outcomes(self, rows: Indices) -> Indices:
        """Return the options, ``(n, n_issues)``, of rows of every block, ``(n, n_blocks)``."""
        chosen = np.empty((len(rows), sum(map(len, self.groups))), dtype=np.intp)
        for b, (issues, choices) in enumerate(zip(self.groups, self.choices, strict=True)):
            chosen[:, list(issues)] = choices[rows[:, b] - self.start[b]]
        return chosen


@dataclass(frozen=True, eq=False)
class Many:
    """Some draws of an ensemble, ready for the compiled loops.

    Attributes
    ----------
    draws
        Which draws of the ensemble.
    utilities, allowed
        Of every row, shapes ``(n_draws, n_rows, n_parties)`` and ``(n_draws, n_rows)``.
    disagreement, thresholds
        Shape ``(n_draws, n_parties)``.
    """

    layout: Layout
    draws: slice
    utilities: Floats
    allowed: Bools
    disagreement: Floats
    thresholds: Floats


def layout_of(
    ensemble: Ensemble,
    columns: Sequence[int],
    red_lines: RedLines,
    options: Sequence[Indices] | None = None,
    *,
    most: int = MAX_ROWS,
) -> Layout | None:
    """Lay out the blocks for all draws; ``None`` where ties make for more rows than ``most``."""
    structure, sizes = ensemble.structure, ensemble.structure.space.sizes
    binding = structure.binding(red_lines)
    always = [structure.lines[k].condition for k in binding if ensemble.binds[:, k].all()]
    some = {k for k in binding if ensemble.binds[:, k].any() and not ensemble.binds[:, k].all()}
    at_times = {k: structure.lines[k].condition for k in binding if k in some}
    excluded = [*structure.constraints, *always]
    tied = groups(len(sizes), _ties(ensemble, columns, [*excluded, *at_times.values()]))
    if sum(math.prod(sizes[i] for i in issues) for issues in tied) > most:
        return None
    opened = [np.arange(size) for size in sizes] if options is None else options
    choices = tuple(allowed_choices(issues, opened, excluded) for issues in tied)
    start = np.concatenate(([0], np.cumsum([len(rows) for rows in choices]))).astype(np.intp)
    codes = _codes(tied, choices)
    crossed = {k: _crossing(condition, tied, choices) for k, condition in at_times.items()}
    return Layout(tuple(tied), choices, start, codes, crossed)


def _ties(
    ensemble: Ensemble, columns: Sequence[int], clauses: Sequence[Condition]
) -> Iterator[tuple[int, ...]]:
    """List the groups of issues that a clause, an interaction or a table ties together."""
    yield from (clause.issues for clause in clauses)
    yield from (b.condition.issues for b in ensemble.bonuses if b.party in columns)
    yield from (t.issues for t in ensemble.tables if t.party in columns)
    if ensemble.structure.averaged[list(columns)].any():
        yield tuple(range(len(ensemble.terms)))


def _codes(tied: Sequence[tuple[int, ...]], choices: Sequence[Indices]) -> NDArray[np.int64]:
    nothing = (np.zeros((len(rows), 1)) for rows in choices)
    blocks = tuple(map(Block, tied, choices, nothing))
    problem = Problem(blocks, np.zeros(1), np.zeros(1))
    stack = stacked(problem)
    return np.zeros((0, 1), dtype=np.int64) if stack is None else numbering(problem, stack).codes


def _crossing(
    condition: Condition, tied: Sequence[tuple[int, ...]], choices: Sequence[Indices]
) -> Bools:
    """Mark the rows, of all blocks, that meet a condition."""
    marks = []
    for issues, rows in zip(tied, choices, strict=True):
        inside = set(condition.issues) <= set(issues)
        marks.append(meets(condition, issues, rows) if inside else np.zeros(len(rows), dtype=bool))
    return np.concatenate(marks)


def gathered(
    ensemble: Ensemble,
    columns: Sequence[int],
    red_lines: RedLines,
    options: Sequence[Indices] | None = None,
) -> Iterator[Many]:
    """Gather the utilities of all rows, some draws at a time; nothing where it is too much."""
    layout = layout_of(ensemble, columns, red_lines, options)
    if layout is None:
        return
    wanted, n_rows = list(columns), int(layout.start[-1])
    step = max(1, min(MOST_AT_A_TIME, AT_A_TIME // max(1, n_rows * len(wanted))))
    for first in range(0, ensemble.n_draws, step):
        draws = slice(first, min(first + step, ensemble.n_draws))
        some = _slice(ensemble, draws)
        utilities = np.empty((some.n_draws, n_rows, len(wanted)))
        allowed = np.ones((some.n_draws, n_rows), dtype=bool)
        for b, (issues, choices) in enumerate(zip(layout.groups, layout.choices, strict=True)):
            rows = slice(layout.start[b], layout.start[b + 1])
            utilities[:, rows] = some.row_utilities(issues, choices, wanted)
        for line, crossing in layout.at_times.items():
            allowed[np.ix_(some.binds[:, line], crossing)] = False
        d, r = (
            np.ascontiguousarray(level[:, wanted]) for level in (some.disagreement, some.thresholds)
        )
        yield Many(layout, draws, utilities, allowed, d, r)


def together(problems: Sequence[Problem]) -> Many:
    """Take problems that have the same blocks, but for the numbers in them, as draws of one.

    Blocks must not overlap, and each must have a row.
    """
    first = problems[0]
    stack = stacked(first)
    assert stack is not None
    layout = Layout(
        tuple(block.issues for block in first.blocks),
        tuple(block.choices for block in first.blocks),
        stack.start,
        numbering(first, stack).codes,
        {},
    )
    utilities = np.array([np.concatenate([b.utilities for b in p.blocks]) for p in problems])
    return Many(
        layout,
        slice(0, len(problems)),
        utilities,
        np.ones(utilities.shape[:2], dtype=bool),
        np.array([p.disagreement for p in problems]),
        np.array([p.thresholds for p in problems]),
    )


def highest_product_alone(problem: Problem) -> tuple[int, Indices, Floats]:
    """Find the Nash outcome of one problem: a third of a millisecond on 28 issues.

    Blocks must not overlap, and each must have a row.

    Returns
    -------
    answer, outcome, utilities
        ``YES``, ``NO`` (no outcome is feasible) or ``UNKNOWN``. Option indices and what each
        party gets, which mean something after a yes.
    """
    some, least = together([problem]), problem.least[None, :]
    memory = Memory.empty(len(problem.blocks), problem.n_parties)
    answer, shown = reached(some, least, memory)
    rows = highest_product(some, least, answer, shown)
    if answer[0] != YES:
        return int(answer[0]), np.full(problem.n_issues, -1), problem.disagreement.copy()
    return YES, some.layout.outcomes(rows)[0], some.utilities[0, rows[0]].sum(axis=0)


def _slice(ensemble: Ensemble, some: slice) -> Ensemble:
    """Return some draws as an ensemble of their own."""
    return replace(
        ensemble,
        terms=tuple(term[some] for term in ensemble.terms),
        bonuses=tuple(Bonus(b.party, b.condition, b.amount[some]) for b in ensemble.bonuses),
        tables=tuple(TableTerm(t.party, t.issues, t.utilities[some]) for t in ensemble.tables),
        disagreement=ensemble.disagreement[some],
        thresholds=ensemble.thresholds[some],
        binds=ensemble.binds[some],
    )


@dataclass
class Memory:
    """What showed a zone, or ruled one out, in the draws before; newest first."""

    shown: Indices
    ruling: Floats
    held: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, dtype=np.int64))

    @classmethod
    def empty(cls, n_blocks: int, n_parties: int) -> Memory:
        """Remember nothing yet."""
        none = np.full((REMEMBERED, n_blocks), -1, dtype=np.intp)
        return cls(none, np.zeros((REMEMBERED, n_parties)))


def zones(
    ensemble: Ensemble,
    columns: Sequence[int],
    red_lines: RedLines,
    *,
    options: Sequence[Indices] | None = None,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> NDArray[np.int8]:
    """Ask in every draw whether some outcome gives every party its threshold.

    Parameters
    ----------
    options
        For each issue the option indices that are open; all of them by default.
    deadline
        On ``time.monotonic``; draws not looked at by then stay unknown.
    progress
        Told how many draws were looked at, every time some were.

    Returns
    -------
    ndarray
        ``YES``, ``NO`` or ``UNKNOWN``, shape ``(n_draws,)``.
    """
    answer = np.full(ensemble.n_draws, UNKNOWN, dtype=np.int8)
    memory = None
    for many in gathered(ensemble, columns, red_lines, options):
        if late(deadline):
            break
        memory = memory or Memory.empty(len(many.layout.groups), len(columns))
        answer[many.draws] = reached(many, many.thresholds, memory)[0]
        if progress is not None:
            progress(len(many.utilities))
    return answer


def products(
    ensemble: Ensemble,
    columns: Sequence[int],
    red_lines: RedLines,
    *,
    within_zone: bool = False,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int8], Indices]:
    """Find in every draw the outcome of highest product of gains, ties broken.

    Parameters
    ----------
    within_zone
        Whether an outcome must give every party its threshold, not only its disagreement value.
    deadline, progress
        As for `zones`.

    Returns
    -------
    answer, outcomes
        ``YES``, ``NO`` (no outcome is feasible) or ``UNKNOWN``, shape ``(n_draws,)``; option
        indices, shape ``(n_draws, n_issues)``, -1 where there is no outcome.
    """
    answer = np.full(ensemble.n_draws, UNKNOWN, dtype=np.int8)
    outcomes = np.full((ensemble.n_draws, len(ensemble.terms)), -1, dtype=np.intp)
    memory = None
    for many in gathered(ensemble, columns, red_lines):
        if late(deadline):
            break
        memory = memory or Memory.empty(len(many.layout.groups), len(columns))
        least = many.thresholds if within_zone else many.disagreement
        here, shown = reached(many, least, memory)
        rows = highest_product(many, least, here, shown)
        answer[many.draws] = here
        found = np.flatnonzero(here == YES)
        outcomes[many.draws.start + found] = many.layout.outcomes(rows[found])
        if progress is not None:
            progress(len(many.utilities))
    return answer, outcomes


def reached(many: Many, asked: Floats, memory: Memory) -> tuple[NDArray[np.int8], Indices]:
    """Look in every draw for an outcome that gives what is asked, and remember what showed it."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    layout = many.layout
    answer = np.full(len(asked), UNKNOWN, dtype=np.int8)
    shown = np.full((len(asked), len(layout.groups)), -1, dtype=np.intp)
    kernels.zones_by_draw(
        many.utilities, many.allowed, layout.start, layout.codes, asked, memory.shown,
        memory.ruling, memory.held, STEPS, answer, shown,
    )  # fmt: skip
    return answer, shown


def highest_product(many: Many, least: Floats, answer: NDArray[np.int8], shown: Indices) -> Indices:
    """Find the Nash outcome where one is feasible; answers and outcomes (rows) are filled in."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    rows = np.zeros_like(shown)
    kernels.nash_by_draw(
        many.utilities, many.allowed, many.layout.start, many.layout.codes, -many.disagreement,
        least - many.disagreement, shown, STEPS, answer, rows,
    )  # fmt: skip
    return rows
