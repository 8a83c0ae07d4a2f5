"""What an acceptable package may still hold: on each issue, the options that survive.

An option survives when some package has it and is acceptable to everyone. Every package found
speaks for one option of every issue, so that few searches settle most of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.agreement import Agreement
from sim.clock import deadline_in, late, seconds_left
from sim.feasible.extremes import highest
from sim.feasible.zone import find_acceptable
from sim.problem import Indices, Problem

State = Literal["settled", "open", "ruled out", "unknown"]


@dataclass(frozen=True, eq=False)
class Survival:
    """Which options survive.

    Attributes
    ----------
    options
        For each issue, option by option: some acceptable package has it, none has, or ``None``:
        not known within the time.
    refused
        For each issue, option by option: constraints and red lines alone leave no package that
        has it, whatever the thresholds.
    """

    options: tuple[tuple[bool | None, ...], ...]
    refused: tuple[tuple[bool, ...], ...]

    @property
    def exact(self) -> bool:
        """Whether nothing was left unknown."""
        return all(answer is not None for issue in self.options for answer in issue)

    def state(self, issue: int) -> State:
        """Say where an issue stands: ``settled`` where all acceptable packages have one option.

        ``ruled out`` is said of an issue none of whose options survives, which is when there is
        no zone; ``unknown`` where open searches could turn the answer.
        """
        answers = self.options[issue]
        alive = sum(answer is True for answer in answers)
        if alive > 1:
            return "open"
        if None in answers:
            return "unknown"
        return "settled" if alive else "ruled out"


def surviving_options(
    problem: Problem,
    sizes: Sequence[int],
    *,
    known: Iterable[Indices] = (),
    time_limit: float | None = 10.0,
) -> Survival:
    """Find which options of every issue some acceptable package has.

    Parameters
    ----------
    problem
        With its thresholds.
    sizes
        How many options each issue has; the problem may hold fewer.
    known
        Acceptable packages that are known already.
    time_limit
        Seconds for all of it; what is not settled by then is ``None``.

    Examples
    --------
    >>> import numpy as np
    >>> slices = np.arange(5) / 4
    >>> pie = Problem.enumerated(np.column_stack([slices, 1 - slices]), [0, 0], [0.5, 0.25])
    >>> surviving_options(pie, [5]).options
    ((False, False, True, True, False),)
    """
    deadline = deadline_in(time_limit)
    answers: list[list[bool | None]] = [[None] * size for size in sizes]
    refused = [[False] * size for size in sizes]
    for package in known:
        _mark(answers, package)
    nobody = not problem.n_outcomes or find_acceptable(problem, time_limit=time_limit).empty
    for issue, size in enumerate(sizes):
        for option in range(size):
            if answers[issue][option] is not None:
                continue
            narrowed = problem.only(issue, [option])
            if not narrowed.n_outcomes:
                refused[issue][option] = True
                answers[issue][option] = False
            elif nobody:
                answers[issue][option] = False
            elif not late(deadline):
                zone = find_acceptable(narrowed, time_limit=seconds_left(deadline))
                if zone.empty is False and zone.outcome is not None:
                    _mark(answers, zone.outcome)
                elif zone.empty:
                    answers[issue][option] = False
    return Survival(tuple(map(tuple, answers)), tuple(map(tuple, refused)))


def _mark(answers: list[list[bool | None]], package: Indices) -> None:
    for issue, option in enumerate(package.tolist()):
        answers[issue][option] = True


@dataclass(frozen=True, eq=False)
class Reach:
    """The least and the most that a party gets from acceptable packages, each with a package."""

    worst: Agreement
    best: Agreement


def reach_inside(
    problem: Problem, *, enough: float = 0.0, time_limit: float | None = 10.0
) -> tuple[Reach, ...]:
    """Find each party's best and worst utility inside the zone.

    Parameters
    ----------
    enough
        An end known to within this is known well enough, see `highest`.
    time_limit
        Seconds for all parties; what is not proven by then says so in its certificate.

    Returns
    -------
    tuple of Reach
        One for each party; without outcomes where the zone is empty.
    """
    deadline = deadline_in(time_limit)
    found = []
    for party in range(problem.n_parties):
        ends = []
        for sign in (-1.0, 1.0):
            weights = [0.0] * problem.n_parties
            weights[party] = sign
            ends.append(highest(problem, weights, enough=enough, time_limit=seconds_left(deadline)))
        found.append(Reach(*ends))
    return tuple(found)
