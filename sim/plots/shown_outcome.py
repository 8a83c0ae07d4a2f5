"""One outcome of a study as pictures show it: its words, how its numbers are written, its turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.analysis import Outcome
from sim.experiment.design import Discovery
from sim.experiment.labels import outcome_label
from sim.experiment.study import Study
from sim.plots.answers import FIRST, is_share, is_truth
from sim.plots.factor_values import number_in
from sim.words import decimals_for, percent, plain, signed

Bools = NDArray[np.bool_]

UPPER = 0.75
"""Cases of a number with no turning value are of interest from this quantile on."""


@dataclass(frozen=True, eq=False)
class ShownOutcome:
    """An outcome in all cases.

    Attributes
    ----------
    outcome
        Its numbers; yes is 1.
    label
        What it is, in words.
    truth, share, difference
        Whether it is a yes or no, a share of something, a number whose sign matters.
    turns
        The value at which the verdict turns, if there is one.
    """

    outcome: Outcome
    label: str
    truth: bool
    share: bool
    difference: bool
    turns: float | None

    @property
    def what(self) -> str:
        """What the mean over some cases is, in words."""
        return f"share of cases in which {said(self.label)}" if self.truth else self.label

    def write(self, value: float) -> str:
        """Write one of its numbers, or a mean of some."""
        if self.truth or self.share:
            return percent(value)
        decimals = decimals_for(self.outcome.known)
        return signed(value, decimals) if self.difference else plain(value, decimals)


def shown_outcome(study: Study, name: str | None) -> ShownOutcome:
    """Read an outcome.

    Parameters
    ----------
    study
        What was run.
    name
        A column of the table of outcomes; left out, the chance of a zone, or else the joint
        acceptance of the plan for which it varies most, or else the first that varies.

    Raises
    ------
    InputError
        If there is none of this name, or it has no value in any case.
    """
    name = default_outcome(study) if name is None else name
    outcome = study.outcome(name)
    if not outcome.defined.any():
        raise InputError(f"{name}: it has no value in any case, so there is nothing to show")
    truth = is_truth(study, name)
    chance = name.endswith(".probability")
    surplus = name.endswith(".surplus")
    return ShownOutcome(
        outcome, outcome_label(study, name), truth, is_share(name), surplus,
        0.0 if surplus else 0.5 if truth or chance else None,
    )  # fmt: skip


def default_outcome(study: Study) -> str:
    """Return the outcome that a picture shows if it is not told.

    Raises
    ------
    InputError
        If no outcome is a number, or yes and no.
    """
    there = study.outcome_names
    joint = [name for name in there if name.endswith(".all.probability")]
    spread = {name: float(np.std(study.outcome(name).known)) for name in joint}
    by_spread = sorted(spread, key=lambda name: -spread[name])
    for name in [*(name for name in FIRST if name in there), *by_spread, *there]:
        known = study.outcome(name).known
        if len(known) and np.ptp(known) > 0:
            return name
    if not there:
        raise InputError("this experiment has no outcomes: compute compare, zone or solve")
    return next(name for name in [*FIRST, *there] if name in there)


@dataclass(frozen=True, eq=False)
class Interest:
    """Which cases are of interest.

    Attributes
    ----------
    cases
        Shape ``(n_cases,)``; an undefined case never is.
    words
        A clause that is true of them, such as "a zone exists".
    """

    cases: Bools
    words: str


def interest_in(study: Study, name: str, shown: ShownOutcome) -> Interest:
    """Say which cases are of interest: as the experiment asks, else where the verdict is yes."""
    asked = next((q for q in study.experiment.discovery or [] if q.outcome == name), None)
    if shown.truth:
        return Interest(shown.outcome.where().values > 0, said(shown.label))
    question = asked or Discovery(outcome=name, above=_turn(shown))
    cases = shown.outcome.where(above=question.above, below=question.below).values > 0
    bounds = [
        f"{sign} {percent(bound) if shown.share else number_in(bound, 1.0)}"
        for sign, bound in (("≥", question.above), ("≤", question.below))
        if bound is not None
    ]
    return Interest(cases, f"{shown.label} {' and '.join(bounds) or '≠ 0'}")


def _turn(shown: ShownOutcome) -> float:
    if shown.turns is not None:
        return shown.turns
    return float(np.quantile(shown.outcome.known, UPPER))


def said(label: str) -> str:
    """Turn the name of a yes or no into a clause.

    >>> said("whether a zone exists")
    'a zone exists'
    """
    return label.removeprefix("whether ")


def default_question(study: Study) -> str:
    """Return the outcome that the experiment asks about, or else `default_outcome`."""
    asked = (question.outcome for question in study.experiment.discovery or [])
    return next((name for name in asked if name in study.outcome_names), "") or default_outcome(
        study
    )
