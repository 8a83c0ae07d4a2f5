"""One factor after the other, the rest as they are: the bars of a tornado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.analysis.columns import Column, columns_of
from sim.experiment.analysis.defined import Account, Outcome, account
from sim.problem import TOLERANCE

Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Bar:
    """What one factor alone does to the outcome.

    Attributes
    ----------
    factor
        Its name, or that of its group.
    low, high
        The outcome at its lowest and highest, the base case included; ``None`` where no case of
        the factor is defined.
    at_low, at_high
        The setting there, in words.
    undefined
        Settings that leave the outcome undefined, in words.
    flips
        The outcome is on one side of the threshold in some cases and on the other in others;
        ``None`` without a threshold.
    """

    factor: str
    low: float | None
    high: float | None
    at_low: str
    at_high: str
    undefined: tuple[str, ...]
    flips: bool | None

    @property
    def swing(self) -> float:
        """How far the factor alone moves the outcome, as far as it is defined."""
        return 0.0 if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True)
class Tornado:
    """A bar for every factor, the longest first.

    Attributes
    ----------
    base
        The outcome where nothing is moved; ``None`` where it is undefined there.
    threshold
        A line to draw: on which side of it is the outcome?
    bars
        Longest first; bars as long as each other in the order of the settings.
    account
        What was undefined, and what was done about it.
    """

    base: float | None
    threshold: float | None
    bars: tuple[Bar, ...]
    account: Account


def tornado(
    settings: Mapping[str, Any],
    outcome: Outcome,
    *,
    base: int = 0,
    threshold: float | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Tornado:
    """Find what each factor alone does to an outcome, the others staying at the base case.

    What factors do together does not show; nor does how likely a setting is.

    Parameters
    ----------
    settings
        Factor -> its values, shape ``(n_cases,)``. Cases that move several factors are left out,
        so a full factorial will do.
    outcome
        Undefined cases are named with the bar they belong to.
    base
        The case from which factors are moved.
    threshold
        Where the verdict turns; the outcome on it, to within 1e-9, counts as above.
    groups
        Name -> factors that move together, such as the weights of a party.

    Returns
    -------
    Tornado

    Raises
    ------
    InputError
        If a group names a factor that does not vary, or no case moves one factor alone.

    References
    ----------
    Howard (1988), "Decision Analysis: Practice and Promise", Management Science 34 (6), 679-695.

    Examples
    --------
    >>> found = tornado(
    ...     {"threshold": [0.5, 0.4, 0.6, 0.5], "reading": ["none", "none", "none", "stated"]},
    ...     Outcome.of([0.1, 0.2, 0.0, -0.2], "surplus"), threshold=0.05,
    ... )
    >>> [(bar.factor, bar.low, bar.at_low, bar.high, bar.flips) for bar in found.bars]
    [('reading', -0.2, 'stated', 0.1, True), ('threshold', 0.0, '0.6', 0.2, True)]
    """
    columns = {column.name: column for column in columns_of(settings, len(outcome))}
    if not 0 <= base < len(outcome):
        raise InputError(f"base: there is no case {base} among {len(outcome)}")
    families = _families(list(columns), groups or {})
    moved = np.stack([c.moved_from(base) for c in columns.values()], axis=1)
    places = {name: [list(columns).index(m) for m in members] for name, members in families.items()}
    by_family = np.stack([moved[:, place].any(axis=1) for place in places.values()], axis=1)
    alone = by_family.sum(axis=1) == 1
    if len(outcome) > 1 and not alone.any() and by_family.any():
        raise InputError(f"{outcome.name}: no case differs from case {base} in one factor alone")
    bars = [
        _bar(name, [columns[m] for m in families[name]], cases, outcome, base, threshold)
        for name, cases in zip(
            families, (np.flatnonzero(alone & at) for at in by_family.T), strict=True
        )
    ]
    used = alone | (np.arange(len(outcome)) == base)
    done = "they are named with their factors; the bars span the cases that are defined"
    seen = Outcome(outcome.values[used], outcome.defined[used], outcome.name)
    middle = float(outcome.values[base]) if outcome.defined[base] else None
    longest = sorted(bars, key=lambda bar: -bar.swing)
    return Tornado(middle, threshold, tuple(longest), account(seen, done))


def _families(
    factors: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """Put factors that move together under one name, in the order of the settings."""
    unknown = [m for members in groups.values() for m in members if m not in factors]
    if unknown:
        raise InputError(
            f"groups: {', '.join(unknown)} does not vary (known: {', '.join(factors)})"
        )
    owner = {member: name for name, members in groups.items() for member in members}
    return {
        name: groups.get(name, (name,))
        for name in dict.fromkeys(owner.get(factor, factor) for factor in factors)
    }


def _bar(
    name: str,
    columns: Sequence[Column],
    moved: Indices,
    outcome: Outcome,
    base: int,
    threshold: float | None,
) -> Bar:
    cases = np.append(base, moved)
    undefined = tuple(_setting(columns, k, base) for k in cases if not outcome.defined[k])
    cases = cases[outcome.defined[cases]]
    if not len(cases):
        flips = None if threshold is None else False
        return Bar(name, None, None, "", "", undefined, flips)
    values = outcome.values[cases]
    lowest, highest = cases[values.argmin()], cases[values.argmax()]
    above = None if threshold is None else values >= threshold - TOLERANCE
    return Bar(
        name,
        float(values.min()),
        float(values.max()),
        _setting(columns, lowest, base),
        _setting(columns, highest, base),
        undefined,
        None if above is None else bool(above.any() and not above.all()),
    )


def _setting(columns: Sequence[Column], case: int, base: int) -> str:
    """Write the setting of a factor; of a group those members that moved."""
    if len(columns) == 1:
        return columns[0].shown(columns[0].values[case])
    moved = [c for c in columns if c.moved_from(base)[case]]
    return ", ".join(f"{c.name} = {c.shown(c.values[case])}" for c in moved) or "as at the base"
