"""Numeric issues: the numbers from one to another in equal steps, each of which is an option."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from sim.issues.names import LARGEST, Frozen, numeral

MOST_POINTS = 10_000
"""Points that a grid may have: each of them is an option, with a value for every party."""

_Real = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
_Step = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]


def exact(number: float) -> Fraction:
    """Return a number as it is written, not as the machine holds it.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    return Fraction(Decimal(repr(float(number))))


class Grid(Frozen):
    """Numbers at which an issue may be settled: from one to another, in equal steps.

    Attributes
    ----------
    from_, to
        The ends, both included.
    step
        What lies between one number and the next; it divides the way between the ends.
    unit
        What is counted, such as `%` or `EUR`.

    Examples
    --------
    >>> tax = Grid(**{"from": 0, "to": 10, "step": 2.5, "unit": "%"})
    >>> tax.points
    ('0', '2.5', '5', '7.5', '10')
    >>> tax.text
    '0 to 10 % in steps of 2.5'
    >>> tax.nearest(6.1)
    ['5', '7.5']
    """

    from_: Annotated[_Real, Field(alias="from")]
    to: _Real
    step: _Step
    unit: Annotated[str, StringConstraints(min_length=1)] | None = None

    @model_validator(mode="after")
    def _comes_out_even(self) -> Grid:
        start, end, step = exact(self.from_), exact(self.to), exact(self.step)
        if start >= end:
            raise ValueError(_backwards(self))
        steps = (end - start) / step
        if steps < 1:
            way = _number(end - start)
            raise ValueError(f"the grid is {way} long, less than its step: take {way} or less")
        if steps >= MOST_POINTS:
            raise ValueError(_too_many(self, steps))
        if steps.denominator != 1:
            raise ValueError(_uneven(self, steps))
        return self

    @cached_property
    def points(self) -> tuple[str, ...]:
        """The numbers as texts, rising: what the options are called."""
        start, step = Decimal(repr(self.from_)), Decimal(repr(self.step))
        places = max(0, -int(start.as_tuple().exponent), -int(step.as_tuple().exponent))
        first, by = int(start.scaleb(places)), int(step.scaleb(places))
        n = int((exact(self.to) - exact(self.from_)) / exact(self.step)) + 1
        return tuple(_decimal(first + k * by, places) for k in range(n))

    @property
    def options(self) -> dict[str, str]:
        """Every number -> the number with its unit."""
        return {point: self.with_unit(point) for point in self.points}

    @property
    def text(self) -> str:
        """The grid as people would say it."""
        ends = self.with_unit(f"{numeral(self.from_)} to {numeral(self.to)}")
        return f"{ends} in steps of {numeral(self.step)}"

    def with_unit(self, text: str) -> str:
        """Put the unit, if there is one, behind a number."""
        return f"{text} {self.unit}" if self.unit else text

    def nearest(self, number: float) -> list[str]:
        """Return the point or the two points next to a number, rising."""
        place = (exact(number) - exact(self.from_)) / exact(self.step)
        last = len(self.points) - 1
        below, above = (min(max(k, 0), last) for k in (math.floor(place), math.ceil(place)))
        return list(dict.fromkeys((self.points[below], self.points[above])))

    def places(self) -> list[float]:
        """Return the points as numbers, rising."""
        return [float(point) for point in self.points]


def _decimal(digits: int, places: int) -> str:
    """Write a whole number of units of the last decimal place."""
    whole, part = divmod(abs(digits), 10**places)
    behind = f"{part:0{places}d}".rstrip("0") if part else ""
    return f"{'-' if digits < 0 else ''}{whole}{'.' + behind if behind else ''}"


def _number(number: Fraction) -> str:
    return numeral(float(number))


def _backwards(grid: Grid) -> str:
    start, end = numeral(grid.from_), numeral(grid.to)
    if start == end:
        return f"the grid begins and ends at {start}: it needs two points or more"
    return f"the grid runs backwards: write from: {end}, to: {start}"


def _too_many(grid: Grid, steps: Fraction) -> str:
    way = exact(grid.to) - exact(grid.from_)
    wider = next(_short_steps(way, range(MOST_POINTS - 1, 0, -1)), way)
    points = math.floor(steps) + 1
    return (
        f"the grid has {points:,} points, and {MOST_POINTS:,} are the most: take a step of "
        f"{_number(wider)} or more"
    )


def _uneven(grid: Grid, steps: Fraction) -> str:
    """Name the nearest ends that this step reaches, and the nearest steps that reach this end."""
    start, end, step = exact(grid.from_), exact(grid.to), exact(grid.step)
    way = end - start
    ends = [start + k * step for k in (math.floor(steps), math.ceil(steps))]
    wider = next(_short_steps(way, range(math.floor(steps), 0, -1)), way)
    finer = next(_short_steps(way, range(math.ceil(steps), MOST_POINTS)), None)
    by = " or ".join(_number(s) for s in (finer, wider) if s is not None)
    return (
        f"the grid never reaches {_number(end)} in steps of {_number(step)} from {_number(start)}: "
        f"end it at {' or '.join(map(_number, ends))}, or take a step of {by}"
    )


def _short_steps(way: Fraction, counts: range) -> Iterator[Fraction]:
    """Yield the steps that go into a stretch so often and have three digits or fewer."""
    for n in counts:
        step = way / n
        if exact(float(f"{float(step):.3g}")) == step:
            yield step
