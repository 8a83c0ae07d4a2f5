"""Shares, spreads and intervals of many cases, in words."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis.defined import is_constant
from sim.problem import TOLERANCE
from sim.words import counted, decimals_for, percent

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Kind = Literal["number", "whole", "share"]

NINETY_FIVE = "95\N{NO-BREAK SPACE}%: "


def in_cases(n: int, of: int) -> str:
    r"""Say in how many of the cases something holds.

    >>> in_cases(0, 64), in_cases(64, 64), in_cases(1, 1)
    ('in none of the 64 cases', 'in all 64 cases', 'in the only case')
    >>> in_cases(24, 64).replace("\N{NO-BREAK SPACE}", " ")
    'in 38 % of the cases (24 of 64)'
    """
    if of == 1:
        return "in the only case" if n else "in no case"
    if of == 2 and n != 1:
        return "in both cases" if n else "in neither case"
    if n in (0, of):
        return f"in {'all' if n else 'none of the'} {of:,} cases"
    return f"in {percent(n / of)} of the cases ({n:,} of {of:,})"


def number(value: float, kind: Kind = "number", *, like: Floats | None = None) -> str:
    r"""Write a value of an outcome.

    Parameters
    ----------
    value
        The number.
    kind
        A share of draws, a whole number, or any number.
    like
        Numbers that it stands among, which say how many decimals there are.

    >>> number(-0.0042), number(0.301), number(2.0, "whole"), number(1.5, "whole")
    ('−0.0042', '0.30', '2', '1.5')
    """
    if kind == "share":
        return percent(value)
    if kind == "whole":
        return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    decimals = _decimals(np.array([value]) if like is None else like)
    size = f"{abs(value):,.{decimals}f}"
    return f"−{size}" if value < 0 and float(size.replace(",", "")) else size


def _decimals(values: Floats) -> int:
    """Return how many decimals tell numbers of this size apart, two digits of small ones."""
    largest = float(np.abs(values).max(initial=0.0))
    if TOLERANCE < largest < 0.0995:  # it would be written as 0.10
        return min(1 - math.floor(math.log10(largest)), 9)
    return decimals_for(values)


def spread(values: Floats, kind: Kind = "number") -> str:
    r"""Say how numbers are spread: the median, the least and the greatest.

    >>> spread(np.array([0.1, 0.2, 0.6]))
    'median 0.20, from 0.10 to 0.60'
    >>> spread(np.array([0.5, 0.5]), "share").replace("\N{NO-BREAK SPACE}", " ")
    '50 % in every case'
    """
    ends = [number(float(end), kind, like=values) for end in (values.min(), values.max())]
    if len(values) == 1:
        return ends[0]
    if is_constant(values):
        return f"{ends[0]} in every case"
    middle = number(float(np.median(values)), kind, like=values)
    return f"median {middle}, from {ends[0]} to {ends[1]}"


def middle_and_range(values: Floats, kind: Kind = "number", *, like: Floats | None = None) -> str:
    """Write the median and the 5–95 % range in a cell of a table.

    Parameters
    ----------
    values, kind
        Numbers of the same kind.
    like
        Those of the whole table, which say how many decimals there are.

    >>> middle_and_range(np.linspace(-0.5, 0.5, 101))
    '0.00 (−0.45 to 0.45)'
    """
    if not len(values):
        return "–"
    low, middle, high = (
        number(float(x), kind, like=values if like is None else like)
        for x in np.quantile(values, [0.05, 0.5, 0.95])
    )
    return middle if low == high else f"{middle} ({low} to {high})"


def with_interval(value: float, low: float | None, high: float | None, *, said: str = "") -> str:
    """Write an estimate, and its 95 % interval in brackets.

    Parameters
    ----------
    value, low, high
        The estimate and its interval; ``None`` where none was made.
    said
        What the interval is called, where no heading says it.

    >>> with_interval(0.5, 0.4, 0.6), with_interval(0.5, None, 0.6)
    ('0.50 (0.40 to 0.60)', '0.50')
    """
    if low is None or high is None:
        return number(value)
    like = np.array([value, low, high])
    shown, *ends = (number(x, like=like) for x in like.tolist())
    return f"{shown} ({said}{' to '.join(ends)})"


def without_value(n: int, of: int) -> str:
    """Say how many cases have no value; nothing where all have.

    >>> without_value(1, 8), without_value(0, 8)
    (' (1 of 8 cases has no value)', '')
    """
    if not n:
        return ""
    verb = "has" if n == 1 else "have"
    return f" ({n:,} of {counted(of, 'case')} {verb} no value)"
