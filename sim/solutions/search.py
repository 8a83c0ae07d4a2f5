"""From a rule to its outcome: list what is small, search what is large, and say how sure it is.

Up to some twenty thousand outcomes, and any enumerated game, the definition itself is computed.
Beyond, branch and bound finds every outcome that ties for the best. Should too many tie, as when
a party that cares about little is the one that holds the rest back, the next score is searched
among them; and where sums coincide without end, the efficient packages among the ties are built
by Minkowski sum.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from sim.agreement import PROVEN_EMPTY, Agreement, Certificate
from sim.clock import deadline_in, late
from sim.frontier import OutOfReach, efficient
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.branch import Found, feasible, maximise
from sim.search.criteria import LEAST, SUM, Criterion
from sim.search.packages import listed
from sim.search.pairing import paired
from sim.search.programme import efficient_packages
from sim.search.relaxation import Ceiling, ceiling
from sim.search.stack import Numbering, Stack, lowest, numbering, rational, stacked, undominated
from sim.solutions.choice import Rule
from sim.solutions.programmed import lowest as lowest_loose
from sim.solutions.programmed import settled, some_package

LISTED = 20_000
"""Up to so many outcomes are listed, which takes a few milliseconds."""

ROUNDS = ((300_000, 5_000), (6_000_000, 20_000), (100_000_000, 200_000))
"""Steps of the depth-first search, some thirty million a second, and partial packages to keep
when that is not enough and sums may coincide: first a little of both, then more."""

FOREVER = 2**60


@dataclass(frozen=True, eq=False)
class Field:
    """A problem made ready: the rows that can be in an agreement, and one agreement at least.

    Attributes
    ----------
    listed
        Rows and gains of every feasible outcome, where the problem is small.
    known
        Rows of a feasible outcome; ``None`` where none was found within the time.
    deadline
        On ``time.monotonic``; ``None`` for as long as it takes.
    how
        Where the outcomes listed come from.
    shown
        Where interactions are loose and nothing is listed: options of a feasible outcome, or
        ``None``. The stack then holds the blocks alone.
    listed_from
        Where interactions are loose, the problem whose efficient outcomes are listed.
    """

    problem: Problem
    stack: Stack
    names: Numbering
    floor: Floats
    listed: tuple[Indices, Floats] | None
    known: Indices | None
    deadline: float | None
    how: str = "enumeration"
    shown: Indices | None = None
    listed_from: Problem | None = None

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return len(self.stack.origin)

    def late(self) -> bool:
        """Whether the time is up."""
        return late(self.deadline)


def field(
    problem: Problem, *, time_limit: float | None = None, rational_only: bool = True
) -> Field | None:
    """Make a problem ready to be searched; ``None`` proves that no outcome is feasible."""
    deadline = deadline_in(time_limit)
    floor = problem.least - problem.disagreement
    if not rational_only:
        floor = np.full(problem.n_parties, -np.inf)
    whole, how = None, "enumeration"
    if problem.loose:
        whole = problem
        problem, how = listed_efficient(problem, deadline)
        if problem.loose:
            return _apart(problem, floor, deadline)
    stack = rational(stacked(problem), floor)
    if stack is None:
        return None
    if stack.n_blocks > 1:
        stack = undominated(stack)
    names = numbering(problem, stack)
    if stack.n_blocks <= 1 or stack.n_outcomes <= LISTED:
        rows, gains = stack.listed()
        able = (gains >= floor - TOLERANCE).all(axis=1)
        if not able.any():
            return None
        feasible_ones = (rows[able], gains[able])
        return Field(
            problem, stack, names, floor, feasible_ones, None, deadline, how, listed_from=whole
        )
    start = feasible(stack, names.codes, floor, deadline=deadline)
    if start.ceiling < -TOLERANCE:
        return None
    known = start.rows[0] if start.best >= -TOLERANCE else None
    return Field(problem, stack, names, floor, None, known, deadline)


def listed_efficient(problem: Problem, deadline: float | None) -> tuple[Problem, str]:
    """List all outcomes, or the efficient ones of two parties, where interactions are loose.

    Returns the problem as it is where neither can be done exactly; and where the list comes from.
    """
    small = listed(problem)
    if small is not None:
        return small, "enumeration"
    if problem.n_parties == 2:
        half = None if deadline is None else (time.monotonic() + deadline) / 2
        found, walk = efficient_packages(problem, half, exact_only=True)
        if walk.done and walk.exact:
            return found, "integer programme"
    return problem, "integer programme"


def _apart(problem: Problem, floor: Floats, deadline: float | None) -> Field | None:
    """Make a problem with loose interactions ready; ``None`` proves that nothing is feasible."""
    blocks = replace(problem, loose=())
    stack = stacked(blocks)
    if stack is None:
        return None
    shown, known = some_package(problem, floor, deadline)
    if shown is None and known:
        return None
    names = numbering(blocks, stack)
    return Field(problem, stack, names, floor, None, None, deadline, how="", shown=shown)


def no_deal(problem: Problem) -> Agreement:
    """Answer that no outcome gives every party its disagreement value."""
    return Agreement(None, problem.disagreement.copy(), PROVEN_EMPTY)


def unknown(problem: Problem) -> Agreement:
    """Answer that no feasible outcome was found in the time, nor that there is none."""
    return Agreement(None, problem.disagreement.copy(), Certificate(False, np.inf, "time limit"))


def agreed(space: Field, rows: Indices, certificate: Certificate) -> Agreement:
    """Turn rows of the stack into an agreement."""
    chosen = space.stack.row[rows]
    utilities = np.zeros(space.n_parties)
    for block, row in zip(space.problem.blocks, chosen, strict=True):
        utilities += block.utilities[row]
    return Agreement(space.problem.outcome(chosen), utilities, certificate)


def settle(space: Field, rule: Rule) -> Agreement:
    """Find the outcome that a rule puts first, with its certificate."""
    floor = np.maximum(rule.criterion.floor, space.floor)
    rule = replace(rule, criterion=replace(rule.criterion, floor=floor))
    if space.listed is not None:
        return _of_list(space, rule, *space.listed)
    if space.shown is not None:
        best = settled(space.problem, rule, floor, space.deadline)
        return unknown(space.problem) if best is None else best
    if space.known is None:
        return unknown(space.problem)
    found = searched(space, rule)
    return _among(space, rule, found.rows, found.gains, _certificate(space, rule, found))


def searched(space: Field, rule: Rule, *, ties: bool = True) -> Found:
    """Search; where that does not end, merge what gives the same; then search on.

    Without ``ties`` only the highest score is wanted, whichever outcome reaches it.
    """
    known = None
    for turn, (nodes, points) in enumerate(ROUNDS):
        found = _best(space, rule.criterion, nodes, known=known, ties=ties)
        if found.complete or (found.proven and not ties):
            return found
        if found.proven:
            found = _untied(space, rule, found, nodes)
            if found.complete:
                return found
        merged = _by_sums(space, rule, found, points)
        if merged is not None:
            return merged
        if found.proven or space.late():
            return found
        known = found.rows[0]
        bound = ceiling(space.stack, rule.criterion, coolest=1e-9)
        if turn and space.n_parties == 2:
            known = paired(space.stack, rule.criterion, bound, known)
            settled = _at_the_ceiling(space, rule, bound, known)
            if settled is not None:
                return settled
    found = _best(space, rule.criterion, FOREVER, known=known, ties=ties)
    return replace(found, ceiling=max(found.best, min(found.ceiling, bound.value)))


def _at_the_ceiling(space: Field, rule: Rule, bound: Ceiling, rows: Indices) -> Found | None:
    """Return an outcome as proven where nothing tells it apart from the ceiling.

    No party's gain can then exceed what it has by more than the tolerance without another's
    falling, so the scores after the first are settled as well.
    """
    gains = (space.stack.origin + space.stack.gains[rows].sum(axis=0))[None, :]
    best = float(rule.criterion.score(gains)[0])
    short = (bound.value - best) * bound.slope
    share = bound.prices * rule.criterion.coef if rule.criterion.kind == LEAST else bound.slope
    if np.any(short > TOLERANCE * share):
        return None
    return Found(best, best, rows[None, :], gains, complete=False)


def _among(
    space: Field, rule: Rule, rows: Indices, gains: Floats, certificate: Certificate
) -> Agreement:
    """Apply the definition to a list of outcomes."""
    tied = rule.winners(gains)
    codes = space.names.codes[rows[tied]].sum(axis=1)
    return agreed(space, rows[tied[lowest(codes)]], certificate)


def _of_list(space: Field, rule: Rule, rows: Indices, gains: Floats) -> Agreement:
    """Apply the definition to all outcomes, or to one for every efficient point."""
    found = _among(space, rule, rows, gains, Certificate(True, 0.0, space.how))
    problem = space.listed_from
    if problem is None or space.how == "enumeration":
        return found
    tied = rows[rule.winners(gains)]
    choices = np.array([space.problem.outcome(space.stack.row[own]) for own in tied])
    utilities = np.array([space.problem.utility(own) for own in choices])
    outcome, first = lowest_loose(problem, choices, utilities, space.deadline)
    method = space.how if first else f"{space.how}, ties open"
    certificate = replace(found.certificate, method=method)
    return Agreement(outcome, problem.utility(outcome), certificate)


def _certificate(space: Field, rule: Rule, found: Found) -> Certificate:
    """Say what was proven: the first score, and whether all that tie for it were compared."""
    if not found.proven:
        return Certificate(False, found.ceiling - found.best, "time limit")
    if found.complete:
        return Certificate(True, 0.0, "branch and bound")
    settled = rule.criterion.kind != LEAST
    if not settled:
        bound = ceiling(space.stack, rule.criterion, coolest=1e-9)
        settled = _at_the_ceiling(space, rule, bound, found.rows[0]) is not None
    return Certificate(settled, 0.0, "branch and bound, ties open")


def _best(
    space: Field,
    criterion: Criterion,
    max_nodes: int,
    *,
    known: Indices | None = None,
    ties: bool = True,
    beat: float = -np.inf,
) -> Found:
    return maximise(
        space.stack, space.names.codes, criterion, ties=ties, beat=beat, max_nodes=max_nodes,
        known=space.known if known is None else known, deadline=space.deadline,
    )  # fmt: skip


def _untied(space: Field, rule: Rule, found: Found, nodes: int) -> Found:
    """Break ties that were too many to collect, by searching for the next score among them."""
    if rule.criterion.kind == LEAST:
        return _leximin(space, rule.criterion.coef, found, nodes)
    if rule.criterion.kind == SUM:
        return _fairest_of_sum(space, rule.criterion, found, nodes)
    return found


def _leximin(space: Field, scale: Floats, found: Found, nodes: int) -> Found:
    """Raise the second smallest ratio while the smallest stays, then the third, and so on.

    The k-th smallest ratio is the least of the others once k - 1 parties are set aside; which
    ones is not known, so every choice is bounded, and searched where it can be better.
    """
    parties = np.flatnonzero(scale > 0)
    rungs = [found.best]
    for aside in range(1, len(parties)):
        reached = np.maximum(rungs[0] * scale, space.floor)
        floor = np.where(scale > 0, reached, space.floor)
        pool: list[Found] = []
        highest, complete = -np.inf, True
        for others in combinations(parties, len(parties) - aside):
            coef = np.zeros(len(scale))
            coef[list(others)] = scale[list(others)]
            rung = Criterion(LEAST, coef, floor, np.array(rungs), scale)
            here = _best(space, rung, nodes, known=found.rows[0], beat=highest)
            complete &= here.complete
            if not here.proven and here.ceiling > highest + TOLERANCE:
                return found
            if len(here.rows):
                highest = max(highest, here.best)
                pool.append(here)
        if not pool:
            return found
        rows = np.concatenate([here.rows for here in pool])
        gains = np.concatenate([here.gains for here in pool])
        next_rung = np.sort(gains[:, parties] / scale[parties], axis=1)[:, aside]
        top = next_rung >= highest - TOLERANCE
        found = Found(found.best, found.best, rows[top], gains[top], complete)
        if complete:
            return found
        rungs.append(highest)
    return found


def _fairest_of_sum(space: Field, criterion: Criterion, found: Found, nodes: int) -> Found:
    """Take the leximin of gains among the outcomes of highest sum.

    The sum joins the parties as one more column, with what was reached as its floor.
    """
    stack, n = space.stack, space.n_parties
    sums = stack.gains @ criterion.coef
    origin = np.append(stack.origin, stack.origin @ criterion.coef - found.best)
    wider = replace(stack, gains=np.column_stack([stack.gains, sums]), origin=origin)
    among = replace(space, stack=wider, floor=np.append(space.floor, 0.0), known=found.rows[0])
    scale = np.append(np.ones(n), 0.0)
    fairest = _best(among, Criterion(LEAST, scale, among.floor), nodes)
    if fairest.proven and not fairest.complete and len(fairest.rows):
        fairest = _leximin(among, scale, fairest, nodes)
    return replace(fairest, best=found.best, ceiling=found.best, gains=fairest.gains[:, :n])


def _by_sums(space: Field, rule: Rule, found: Found, max_points: int) -> Found | None:
    """List the efficient packages that score as high as the best known, if they are not too many.

    Outcomes that give the same are one point here, which is what a depth-first search misses.
    """
    criterion, best = rule.criterion, found.best
    floor = np.maximum(space.floor, criterion.floor)
    bound = ceiling(space.stack, criterion)
    worth = bound.slope * (best - TOLERANCE) + bound.base
    cuts = [(bound.prices, worth)] if np.isfinite(worth) else []
    if criterion.kind == LEAST and len(found.rows):
        floor = np.where(criterion.coef > 0, np.maximum(floor, best * criterion.coef), floor)
    left = None if space.deadline is None else max(space.deadline - time.monotonic(), 0.0)
    merged = efficient(
        space.stack, space.names, floor=floor, cuts=cuts, time_limit=left, max_points=max_points
    )
    if isinstance(merged, OutOfReach) or not len(merged):
        return None
    rows = rows_of(space, space.names.choices(merged.codes))
    scores = criterion.score(merged.gains)
    return Found(float(scores.max()), float(scores.max()), rows, merged.gains, True)


def rows_of(space: Field, choices: Indices) -> Indices:
    """Find the rows of the stack that hold some choices, ``(n, n_issues)``."""
    columns = []
    for b, block in enumerate(space.problem.blocks):
        first, end = space.stack.start[b : b + 2]
        held = block.choices[space.stack.row[first:end]]
        wanted = choices[:, list(block.issues)]
        columns.append(first + (held[None, :, :] == wanted[:, None, :]).all(axis=2).argmax(axis=1))
    return np.column_stack(columns)
