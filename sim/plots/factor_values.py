"""One thing that varies, in all cases of a study: its values, their names, and its ends.

Numbers that take few values are shown one by one, as categories are; others in parts of their
range, which hold equally many values where the range is a uniform one, and equally many cases
where it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean
from sim.experiment.as_written import as_written
from sim.experiment.design import written
from sim.experiment.factors import Integers, Listed, Ranged, Setting, Tabled
from sim.experiment.labels import factor_label, setting_label
from sim.experiment.study import Study
from sim.preferences.uncertain import Uniform

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

FEW = 12
"""Numbers that take no more values than this are shown value by value."""

GRIDS = ("one_at_a_time", "morris")
"""Designs that take few places of a range."""


@dataclass(frozen=True, eq=False)
class FactorValues:
    """A factor in all cases that have a row in the table of outcomes.

    Attributes
    ----------
    path, label
        What varies, as the file and as people call it.
    values
        Shape ``(n_cases,)``: the number; of levels the place among them.
    levels
        Names of the values, in order, where they are few; empty for a range of numbers.
    settings
        The same values as the experiment has them.
    low, high
        Ends of the numbers; of levels the first and the last place.
    ordered
        Whether the values are numbers.
    evenly
        Whether cases spread evenly from end to end.
    own
        What the scenario itself has, on the scale of ``values``; ``None`` if it is not known or
        not among the levels.
    own_label
        The same in words; empty where there is none.
    """

    path: str
    label: str
    values: Floats
    levels: tuple[str, ...]
    settings: tuple[Setting, ...]
    low: float
    high: float
    ordered: bool
    evenly: bool
    own: float | None
    own_label: str

    @property
    def ranks(self) -> Floats:
        """Where each case lies from end to end, in [0, 1]."""
        span = self.high - self.low
        return (self.values - self.low) / span if span > 0 else np.full(len(self.values), 0.5)

    def name(self, value: float) -> str:
        """Say a value."""
        return self.levels[int(value)] if self.levels else number_in(value, self.high - self.low)


def number_in(value: float, span: float) -> str:
    """Write a number with the decimals that a range of this width needs.

    >>> number_in(0.34567, 0.3), number_in(34.567, 20), number_in(3, 2e4)
    ('0.346', '34.6', '3')
    """
    decimals = max(0, 2 - int(np.floor(np.log10(span)))) if span > 0 else 3
    text = f"{abs(value):,.{min(decimals, 9)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"−{text}" if value < 0 and text != "0" else text


def factor_values(study: Study, path: str) -> FactorValues:
    """Read one factor in all cases of a study.

    Raises
    ------
    InputError
        If nothing of this name varies.
    """
    if path not in study.settings:
        raise InputError(f"'{path}' does not vary here{did_you_mean(path, study.settings)}")
    column = study.settings[path]
    own = as_written(study, path)
    if column.dtype.kind in "iuf":
        numbers = column.astype(float)
        distinct = np.unique(numbers)
        if len(distinct) > FEW or not _takes_few(study, path):
            return _ranged(study, path, numbers, own)
        whole = column.dtype.kind in "iu"
        levels: list[Setting] = [int(v) if whole else float(v) for v in distinct]
        return _levels(study, path, np.searchsorted(distinct, numbers), levels, own, ordered=True)
    codes = study.design.codes(path)[study.tables["outcomes"]["case"]]
    listed = study.design.owners[path].levels
    return _levels(study, path, codes, listed, own, ordered=False)


def _takes_few(study: Study, path: str) -> bool:
    """Tell whether a number takes few values by design, and not for want of cases."""
    owner = study.design.owners[path]
    if isinstance(owner, Listed | Tabled) or study.design.name in GRIDS:
        return True
    if isinstance(owner, Ranged) and isinstance(owner.law, Integers):
        return owner.law.integers[1] - owner.law.integers[0] < FEW
    return False


def _levels(
    study: Study,
    path: str,
    codes: Places,
    levels: Sequence[Setting],
    own: Setting | None,
    *,
    ordered: bool,
) -> FactorValues:
    names = tuple(setting_label(study, path, level) for level in levels)
    if len(set(names)) < len(names):  # told apart as the file has them
        names = tuple(written(level) for level in levels)
    place = next((k for k, level in enumerate(levels) if _same(level, own)), None)
    return FactorValues(
        path, factor_label(study, path), codes.astype(float), names, tuple(levels),
        0.0, float(max(len(names) - 1, 0)), ordered=ordered, evenly=True,
        own=None if place is None else float(place),
        own_label="" if place is None else names[place],
    )  # fmt: skip


def _same(level: Setting, own: Setting | None) -> bool:
    if isinstance(level, int | float) and isinstance(own, int | float):
        return abs(level - own) <= 1e-9 * max(1.0, abs(level))
    return own is not None and written(level) == written(own)


def _ranged(study: Study, path: str, numbers: Floats, own: Setting | None) -> FactorValues:
    owner = study.design.owners[path]
    evenly = isinstance(owner, Ranged) and isinstance(owner.law, Uniform | Integers)
    low, high = float(numbers.min()), float(numbers.max())
    if evenly and owner.ends is not None:
        low, high = owner.ends
    known = isinstance(own, int | float) and not isinstance(own, bool)
    place = float(own) if known and own is not None else None
    return FactorValues(
        path, factor_label(study, path), numbers, (), (), low, high, ordered=True, evenly=evenly,
        own=place,        own_label="" if place is None else number_in(place, high - low),
    )  # fmt: skip
