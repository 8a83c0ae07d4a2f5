"""The settings of all cases, a column for each factor: numbers, or categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Column:
    """One factor in all cases.

    Attributes
    ----------
    name
        The path that varies.
    values
        Shape ``(n_cases,)``: the number, or the place of the category in ``categories``.
    categories
        Empty where the factor is a number; else the categories, in the order they are met.
    """

    name: str
    values: Floats
    categories: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether its values have an order."""
        return not self.categories

    def shown(self, value: float) -> str:
        """Write a value as people do."""
        return f"{value:.4g}" if self.numeric else self.categories[int(value)]

    def moved_from(self, case: int) -> Bools:
        """Tell in which cases the factor is not where it is in one of them, rounding aside."""
        there = self.values[case]
        return np.abs(self.values - there) > 1e-12 * max(1.0, abs(there))

    def only(self, cases: Bools | Indices) -> Column:
        """Return the column of some of the cases."""
        return Column(self.name, self.values[cases], self.categories)


def columns_of(settings: Mapping[str, Any], n_cases: int) -> tuple[Column, ...]:
    """Read the settings of all cases.

    Parameters
    ----------
    settings
        Factor -> its values, shape ``(n_cases,)``. Anything that is not a number is a category,
        yes and no among them; an entry that is missing is the category ``none``.

    Raises
    ------
    InputError
        Where a column has another length or a number is not finite, all of them at once.

    Examples
    --------
    >>> patience, reading = columns_of({"patience": [0.9, 0.8], "lines": ["none", "stated"]}, 2)
    >>> patience.numeric, reading.categories, reading.values
    (True, ('none', 'stated'), array([0., 1.]))
    """
    mistakes = [] if settings else ["settings: nothing varies, so there is nothing to compare"]
    columns = []
    for name, given in settings.items():
        values = _without_gaps(given)
        if values.shape != (n_cases,):
            mistakes.append(f"{name}: {values.shape[:1]} settings for {n_cases} cases")
        elif values.dtype.kind not in "iuf":
            columns.append(_categorical(name, values))
        elif not np.isfinite(values).all():
            mistakes.append(f"{name}: case {np.flatnonzero(~np.isfinite(values))[0]} has no number")
        else:
            columns.append(Column(name, values.astype(float)))
    if mistakes:
        raise InputError("\n".join(mistakes))
    return tuple(columns)


def _without_gaps(given: Any) -> NDArray[Any]:
    """Return a column as it is; where entries are missing, ``None`` stands for them."""
    if not np.ma.isMaskedArray(given):
        return np.asarray(given)
    values: NDArray[Any] = np.ma.getdata(given)
    gaps = np.ma.getmaskarray(given)
    return np.where(gaps, np.array(None), values.astype(object)) if gaps.any() else values


def _categorical(name: str, values: NDArray[Any]) -> Column:
    words = np.array([_word(value) for value in values.tolist()])
    categories, first, codes = np.unique(words, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return Column(name, place[codes].astype(float), tuple(categories[order].tolist()))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " + ".join(map(_word, value)) or "none"
    return "none" if value is None else str(value)
