"""An outcome with its gaps: some cases have no answer, and no analysis may take that for a zero.

A solution has no utilities where the zone is empty; a surplus has no value where nothing is
feasible. Such cases are undefined. Every analysis says how many there were and what was done
about them, and where too many are missing it declines. "Defined or not" is an outcome of its
own, and usually the first one to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.problem import TOLERANCE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_DROPPED = 0.1
"""Share of the comparisons that may be dropped before an index says nothing about the whole."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """One number for each case, and which cases have one.

    Attributes
    ----------
    values
        Shape ``(n_cases,)``; finite where defined. Elsewhere it is 0 and never looked at.
    defined
        Shape ``(n_cases,)``.
    name
        What it is called in tables and sentences.
    """

    values: Floats
    defined: Bools
    name: str = "outcome"

    @classmethod
    def of(cls, column: Any, name: str = "outcome") -> Outcome:
        """Take a column as it comes: of numbers, or of yes and no.

        Parameters
        ----------
        column
            Shape ``(n_cases,)``. Undefined is a masked entry, ``None`` or NaN.

        Raises
        ------
        InputError
            If the column holds words or infinite numbers, or has no cases.

        Examples
        --------
        >>> surplus = Outcome.of([0.1, None, 0.3], "surplus")
        >>> surplus.defined.tolist(), surplus.undefined
        ([True, False, True], 1)
        """
        mask = np.ma.getmaskarray(column) if np.ma.isMaskedArray(column) else False
        try:
            values = np.array(np.ma.getdata(column), dtype=float)
        except (TypeError, ValueError):
            raise InputError(f"{name}: not a column of numbers, or of yes and no") from None
        if values.ndim != 1 or not len(values):
            raise InputError(f"{name}: give one number for each case, and at least one case")
        defined = ~(np.isnan(values) | mask)
        if np.isinf(values[defined]).any():
            number = int(np.flatnonzero(defined & np.isinf(values))[0])
            raise InputError(f"{name}: case {number} is infinite; leave it undefined, or mend it")
        return cls(np.where(defined, values, 0.0), defined, name)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def undefined(self) -> int:
        """How many cases have no value."""
        return int((~self.defined).sum())

    @property
    def known(self) -> Floats:
        """Return the values of the cases that have one."""
        return self.values[self.defined]

    def whether_defined(self) -> Outcome:
        """Return another outcome, defined everywhere: 1 where this one has a value, else 0."""
        everywhere = np.ones(len(self), dtype=bool)
        return Outcome(self.defined.astype(float), everywhere, f"{self.name} is defined")

    def mean_of_repeats(self, repeats: int) -> Outcome:
        """Return the mean over the repeats of each point, which stand one behind the other.

        It is undefined where any repeat is: a mean over the others would be of other draws.

        >>> Outcome.of([1, 3, 2, None]).mean_of_repeats(2).defined.tolist()
        [True, False]
        """
        if len(self) % repeats:
            raise InputError(f"{self.name}: {len(self)} cases are not {repeats} repeats of each")
        values, known = self.values.reshape(-1, repeats), self.defined.reshape(-1, repeats)
        every = np.logical_and.reduce(known, axis=1)
        return Outcome(np.where(every, values.mean(axis=1), 0.0), every, self.name)

    def where(self, *, above: float | None = None, below: float | None = None) -> Outcome:
        """Turn a number into yes (1) and no (0); undefined stays undefined.

        Parameters
        ----------
        above, below
            Yes at or above, at or below, to within 1e-9 as everywhere where something is accepted;
            without either, a number other than 0 is a yes.

        Examples
        --------
        >>> Outcome.of([0.1, 0.3], "surplus").where(above=0.2).values
        array([0., 1.])
        """
        yes = np.ones(len(self), dtype=bool)
        words: list[str] = []
        if above is None and below is None:
            yes = self.values != 0
        if above is not None:
            yes &= self.values >= above - TOLERANCE
            words.append(f"≥ {above:g}")
        if below is not None:
            yes &= self.values <= below + TOLERANCE
            words.append(f"≤ {below:g}")
        name = " ".join([self.name, " and ".join(words)]).strip()
        return Outcome(np.where(self.defined, yes, False).astype(float), self.defined, name)


@dataclass(frozen=True)
class Account:
    """How many cases an analysis was given, how many had no value, and what was done.

    Attributes
    ----------
    cases, undefined
        Counted over all that was given.
    done
        What was done about the undefined ones, as a sentence; empty where there were none.
    """

    cases: int
    undefined: int
    done: str = ""

    def __str__(self) -> str:
        if not self.undefined:
            return f"defined in all {self.cases} cases"
        return f"undefined in {self.undefined} of {self.cases} cases: {self.done}"


@dataclass(frozen=True)
class Unanswered:
    """An analysis that has no answer, and why. It is never a row of zeros.

    Attributes
    ----------
    account
        Of the cases it was given.
    why
        A sentence.
    """

    account: Account
    why: str

    def __str__(self) -> str:
        return f"no answer: {self.why} ({self.account})"


def account(outcome: Outcome, done: str) -> Account:
    """Count the cases of an outcome, and say what was done about those without a value."""
    return Account(len(outcome), outcome.undefined, done if outcome.undefined else "")


def is_constant(values: Floats) -> bool:
    """Tell whether nothing varies beyond what rounding makes of one number.

    >>> is_constant(np.array([0.3, 0.1 + 0.2]))
    True
    """
    if not len(values):
        return True
    return bool(np.ptp(values) <= 1e-12 * max(float(np.abs(values).max()), 1e-300))


def nothing_varies(outcome: Outcome, counted: Account) -> Unanswered | None:
    """Decline where there is nothing to explain: no case is defined, or all are alike."""
    known = outcome.known
    if not len(known):
        return Unanswered(counted, f"{outcome.name} is undefined in every case")
    if is_constant(known):
        why = f"{outcome.name} is {known[0]:g} in every case where it is defined"
        return Unanswered(counted, f"{why}, so there is nothing that inputs could explain")
    return None
