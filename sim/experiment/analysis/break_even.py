"""Break-even: which value of one number flips the verdict, all else as it is?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.experiment.analysis.columns import columns_of
from sim.experiment.analysis.defined import Account, Outcome, Unanswered, account
from sim.problem import TOLERANCE

PROBES = 17
"""Places at which a verdict is asked for before bisecting, so that a second flip is not missed."""


@dataclass(frozen=True)
class Flip:
    """One place where the verdict turns.

    Attributes
    ----------
    value
        Where it turns: found by bisection to within the tolerance, or by interpolation; ``None``
        where no line is to be drawn between the two, because the outcome jumps there.
    between
        Two values that were looked at, with the one verdict at the first and the other at the
        second; the truth lies between them.
    holds
        On which side the verdict is yes: ``below`` or ``above``.
    interpolated
        Whether the value is read off a straight line between the two.
    """

    value: float | None
    between: tuple[float, float]
    holds: str
    interpolated: bool

    def __str__(self) -> str:
        low, high = self.between
        if self.value is None:
            yes, no = ("yes", "no") if self.holds == "below" else ("no", "yes")
            return f"{yes} at {low:.4g}, {no} at {high:.4g} and above"
        about = "about " if self.interpolated else ""
        return f"{about}{self.value:.4g} (between {low:.4g} and {high:.4g}); yes {self.holds} it"


@dataclass(frozen=True)
class BreakEven:
    """Where one number flips the verdict.

    Attributes
    ----------
    flips
        From the lowest value to the highest; empty where the verdict is the same throughout.
    always
        The verdict where nothing flips it; ``None`` otherwise.
    low, high
        The range that was looked at.
    gaps
        Pairs of neighbouring values between which the outcome turns from defined to undefined or
        back: the verdict is lost there, not flipped.
    account
        What was undefined, and what was done about it.
    """

    flips: tuple[Flip, ...]
    always: bool | None
    low: float
    high: float
    gaps: tuple[tuple[float, float], ...]
    account: Account

    def __str__(self) -> str:
        if not self.flips:
            answer = "yes" if self.always else "no"
            return f"nothing from {self.low:.4g} to {self.high:.4g} flips it: {answer} throughout"
        return "; ".join(map(str, self.flips))


def break_even(
    verdict: Callable[[float], bool | None],
    low: float,
    high: float,
    *,
    tolerance: float = 1e-6,
    probes: int = PROBES,
) -> BreakEven | Unanswered:
    """Find where a verdict turns between two values, by bisection.

    Parameters
    ----------
    verdict
        Yes, no, or ``None`` where the question has no answer. It is asked ``probes`` times, and
        then about ``log2((high - low) / (probes * tolerance))`` times for each flip.
    low, high
        The range.
    tolerance
        How near to the flip to come.
    probes
        Evenly spaced values to look at first. Two flips between neighbours go unseen.

    Returns
    -------
    BreakEven or Unanswered

    Raises
    ------
    InputError
        If the range is empty or the tolerance is not above 0.

    Examples
    --------
    >>> found = break_even(lambda threshold: 0.7 - threshold >= 0.25, 0.0, 1.0)
    >>> print(found)
    0.45 (between 0.45 and 0.45); yes below it
    """
    if not (np.isfinite([low, high]).all() and low < high and tolerance > 0 and probes >= 2):
        raise InputError(f"break-even: no range from {low} to {high} to look at so closely")
    values = np.linspace(low, high, probes)
    answers = [verdict(float(value)) for value in values]
    column = np.ma.array([bool(a) for a in answers], mask=[a is None for a in answers])
    found = break_even_in_table(values, Outcome.of(column, "the verdict"), threshold=0.5)
    if isinstance(found, Unanswered):
        return found
    flips, lost = [], list(found.gaps)
    for flip in found.flips:
        nearer = _bisected(verdict, flip, tolerance)
        if isinstance(nearer, Flip):
            flips.append(nearer)
        else:
            lost.append(nearer)
    return BreakEven(tuple(flips), found.always, low, high, tuple(sorted(lost)), found.account)


def _bisected(
    verdict: Callable[[float], bool | None], flip: Flip, tolerance: float
) -> Flip | tuple[float, float]:
    """Halve the bracket until it is narrow; return it as it is where the verdict is lost inside."""
    low, high = flip.between
    while high - low > tolerance:
        middle = (low + high) / 2
        if not low < middle < high:
            break  # as near as numbers come
        answer = verdict(middle)
        if answer is None:
            return low, high
        if answer == (flip.holds == "below"):
            low = middle
        else:
            high = middle
    return Flip((low + high) / 2, (low, high), flip.holds, interpolated=False)


def break_even_in_table(
    values: Sequence[float] | Any, outcome: Outcome, *, threshold: float = 0.0
) -> BreakEven | Unanswered:
    """Read off a swept table where an outcome crosses a threshold.

    Parameters
    ----------
    values
        Of the one number that was swept, each once, in any order; shape ``(n_cases,)``.
    outcome
        Yes at or above the threshold (to within 1e-9). Between two neighbours on either side of
        it the crossing is put on the straight line; of a yes and a no (1 and 0, threshold 0.5)
        halfway.
    threshold
        Where the verdict turns.

    Returns
    -------
    BreakEven or Unanswered
        No crossing is read across an undefined case.

    Raises
    ------
    InputError
        If a value stands twice, or there are fewer than two.

    Examples
    --------
    >>> print(break_even_in_table([0.4, 0.5, 0.6], Outcome.of([0.2, 0.1, -0.1], "surplus")))
    about 0.55 (between 0.5 and 0.6); yes below it
    """
    swept = np.asarray(values, dtype=float)
    if swept.shape != (len(outcome),) or len(swept) < 2 or not np.isfinite(swept).all():
        raise InputError("break-even: give a value for each case, and at least two")
    order = np.argsort(swept, kind="stable")
    at, y, known = swept[order], outcome.values[order], outcome.defined[order]
    if (np.diff(at) == 0).any():
        raise InputError("break-even: a value stands twice, so more than one number varies here")
    counted = account(outcome, "no crossing was read across them")
    if not known.any():
        return Unanswered(counted, f"{outcome.name} is undefined at every value")
    yes = y >= threshold - TOLERANCE
    pairs = np.flatnonzero(known[1:] & known[:-1] & (yes[1:] != yes[:-1]))
    gaps = np.flatnonzero(known[1:] != known[:-1])
    flips = []
    for k in pairs.tolist():
        share = min(max((threshold - y[k]) / (y[k + 1] - y[k]), 0.0), 1.0)
        value = float(at[k] + share * (at[k + 1] - at[k]))
        holds = "below" if yes[k] else "above"
        flips.append(Flip(value, (float(at[k]), float(at[k + 1])), holds, interpolated=True))
    same = bool(yes[known].all() or not yes[known].any())
    return BreakEven(
        tuple(flips),
        bool(yes[known][0]) if same else None,
        float(at[0]),
        float(at[-1]),
        tuple((float(at[k]), float(at[k + 1])) for k in gaps.tolist()),
        counted,
    )


def break_even_of_factors(
    settings: Mapping[str, Any],
    outcome: Outcome,
    *,
    threshold: float = 0.0,
    base: int = 0,
    jumping: Collection[str] = (),
) -> dict[str, BreakEven | Unanswered]:
    """Read off for every factor that is a number where it flips the verdict by itself.

    Parameters
    ----------
    settings
        Factor -> its values, shape ``(n_cases,)``. For each factor those cases are read that
        differ from the base case in nothing else.
    outcome, threshold
        As in `break_even_in_table`.
    base
        The case from which factors are moved.
    jumping
        Factors along which the outcome jumps from one value looked at to the next, so that none
        is read off between them: at the central reading a red line holds for any chance above 0.

    Returns
    -------
    dict
        Factor -> answer; without factors that are categories, or that never move alone.

    Examples
    --------
    >>> settings = {"threshold": [0.5, 0.4, 0.6, 0.5], "patience": [0.9, 0.9, 0.9, 1.0]}
    >>> surplus = Outcome.of([0.1, 0.2, -0.1, 0.3], "surplus")
    >>> for factor, found in break_even_of_factors(settings, surplus).items():
    ...     print(factor, "-", found)
    threshold - about 0.55 (between 0.5 and 0.6); yes below it
    patience - nothing from 0.9 to 1 flips it: yes throughout
    >>> zone = Outcome.of([False, True, False], "a zone exists")
    >>> chance = {"line.binds": [0.75, 0.0, 1.0]}
    >>> alone = break_even_of_factors(chance, zone, threshold=0.5, jumping=chance)
    >>> print(alone["line.binds"])
    yes at 0, no at 0.75 and above
    """
    columns = columns_of(settings, len(outcome))
    moved = np.stack([column.moved_from(base) for column in columns], axis=1)
    found: dict[str, BreakEven | Unanswered] = {}
    for k, column in enumerate(columns):
        alone = np.flatnonzero(moved[:, k] & ~np.delete(moved, k, axis=1).any(axis=1))
        if column.numeric and len(alone):
            values, first = np.unique(column.values[alone], return_index=True)
            cases, values = np.append(base, alone[first]), np.append(column.values[base], values)
            swept = Outcome(outcome.values[cases], outcome.defined[cases], outcome.name)
            read = break_even_in_table(values, swept, threshold=threshold)
            if column.name in jumping and isinstance(read, BreakEven):
                jumps = (replace(f, value=None, interpolated=False) for f in read.flips)
                read = replace(read, flips=tuple(jumps))
            found[column.name] = read
    return found
