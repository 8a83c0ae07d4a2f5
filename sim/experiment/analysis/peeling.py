"""Peeling and pasting: how PRIM makes a box smaller and denser, a thin slice at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis.boxes import Limits
from sim.experiment.analysis.columns import Column

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


def peel(
    columns: Sequence[Column], interesting: Bools, *, slice_share: float, least_support: float
) -> list[Limits]:
    """Cut slices off the box of all cases, each time the one that raises density most a case.

    Where every slice lowers density, the one that lowers it least is cut: behind a few unlucky
    cases, or cases of interest at both ends, there may be a denser place. It ends when all
    that is left is of interest, or the box is as small as it may be.

    A slice off a number takes at most ``slice_share`` of the cases in the box off one end, or
    the cases of the last value there if those are more; a slice off a category takes all of its
    cases. Gains are counted for each case given up, so that factors with few values do not win
    by cutting deep.

    Parameters
    ----------
    columns, interesting
        The settings of the cases, and which of them are of interest.
    slice_share
        The patience: about 0.05; smaller cuts find better boxes from more cases.
    least_support
        The box never holds less than this share of the cases.

    Returns
    -------
    list of Limits
        The boxes from all cases down to the last; each lies in the one before it.

    References
    ----------
    Friedman, Fisher (1999), "Bump hunting in high-dimensional data", Statistics and Computing 9,
    123-143. Kwakkel, Jaxa-Rozen (2016), "Improving scenario discovery for handling heterogeneous
    uncertainties and multinomial classified outcomes", Environmental Modelling & Software 79,
    311-321: the gain for each case given up.
    """
    limits = Limits.everywhere(columns)
    found = [limits]
    numbers = [k for k, column in enumerate(columns) if column.numeric]
    values = np.array([columns[k].values for k in numbers]).reshape(len(numbers), len(interesting))
    rows = np.arange(len(interesting))
    fewest = max(1, int(np.ceil(least_support * len(interesting))))
    while True:
        yes = interesting[rows]
        density = yes.mean()
        best, smaller = -np.inf, None
        cuts = [*_off_numbers(limits, numbers, values, yes, slice_share)]
        cuts += _off_categories(limits, columns, rows, yes)
        for cut, kept, kept_yes in cuts:
            if fewest <= kept < len(rows):
                gain = (kept_yes / kept - density) / (len(rows) - kept)
                if gain > best + 1e-12 * abs(gain):
                    best, smaller = gain, cut
        if smaller is None or density == 1:
            return found
        limits = smaller
        found.append(limits)
        kept_rows = _still_inside(limits, columns, rows)
        rows, values = rows[kept_rows], values[:, kept_rows]


def _still_inside(limits: Limits, columns: Sequence[Column], rows: Indices) -> Bools:
    kept = np.ones(len(rows), dtype=bool)
    for k, column in enumerate(columns):
        if limits.limits(k):
            kept &= limits.within(k, column.values[rows])
    return kept


def _off_numbers(
    limits: Limits, numbers: Sequence[int], here: Floats, yes: Bools, slice_share: float
) -> Iterator[tuple[Limits, int, int]]:
    """Offer a slice off either end of every number, with what stays and what of it is of interest.

    All numbers are looked at together; ``here`` has shape ``(n_numbers, n_in_box)``.
    """
    n = here.shape[1]
    k = int(slice_share * n)
    if not numbers or n < 2:
        return
    ends = np.partition(here, sorted({0, k, n - 1 - k, n - 1}), axis=1)
    low, high = ends[:, k], ends[:, n - 1 - k]
    for place in np.flatnonzero(low == ends[:, 0]).tolist():
        low[place] = _next(here[place], ends[place, 0])
    for place in np.flatnonzero(high == ends[:, n - 1]).tolist():
        high[place] = -_next(-here[place], -ends[place, n - 1])
    of_interest = yes.astype(float)
    for face, keeps in ((low, here >= low[:, None]), (high, here <= high[:, None])):
        kept, kept_yes = keeps.sum(axis=1), keeps @ of_interest
        for place, column in enumerate(numbers):
            if np.isfinite(face[place]):
                cut = limits.with_low if face is low else limits.with_high
                value = float(face[place])
                yield cut(column, value), int(kept[place]), int(kept_yes[place])


def _next(values: Floats, beyond: float) -> float:
    """Return the smallest value above one; infinite where there is none."""
    above = values[values > beyond]
    return float(above.min()) if len(above) else np.inf


def _off_categories(
    limits: Limits, columns: Sequence[Column], rows: Indices, yes: Bools
) -> Iterator[tuple[Limits, int, int]]:
    """Offer to shut out each category that is in."""
    for k, column in enumerate(columns):
        if column.numeric or limits.allowed[k].sum() < 2:
            continue
        codes = column.values[rows].astype(np.intp)
        sizes = np.bincount(codes, minlength=len(column.categories))
        hits = np.bincount(codes[yes], minlength=len(column.categories))
        for category in np.flatnonzero(limits.allowed[k]).tolist():
            smaller = limits.with_category(k, category, allowed=False)
            yield smaller, len(rows) - int(sizes[category]), int(yes.sum() - hits[category])


def paste(
    limits: Limits, columns: Sequence[Column], interesting: Bools, *, slice_share: float
) -> Limits:
    """Put slices back on, as long as the box gets larger and no less dense.

    A face that comes to hold all cases on its side is no longer a limit.

    Parameters
    ----------
    limits
        A box that was peeled.
    columns, interesting, slice_share
        As in `peel`.
    """
    while True:
        inside = limits.inside(columns)
        n, yes = int(inside.sum()), int(interesting[inside].sum())
        best, larger = (yes / max(n, 1), n), None
        for wider in _wider(limits, columns, max(1, int(slice_share * n))):
            more = wider.inside(columns)
            judged = (float(interesting[more].mean()), int(more.sum()))
            if judged[1] > n and judged > best:
                best, larger = judged, wider
        if larger is None:
            return limits
        limits = larger


def _wider(limits: Limits, columns: Sequence[Column], k: int) -> Iterator[Limits]:
    """Offer the box with one face moved out over ``k`` cases, or one category let in."""
    for place, column in enumerate(columns):
        if not limits.limits(place):
            continue
        for category in np.flatnonzero(~limits.allowed[place]).tolist():
            yield limits.with_category(place, category, allowed=True)
        if not column.numeric:
            continue
        others = column.values[limits.inside(columns, but=place)]
        below = np.sort(others[others < limits.low[place]])[::-1]
        above = np.sort(others[others > limits.high[place]])
        if np.isfinite(limits.low[place]):
            yield limits.with_low(place, float(below[k - 1]) if k < len(below) else -np.inf)
        if np.isfinite(limits.high[place]):
            yield limits.with_high(place, float(above[k - 1]) if k < len(above) else np.inf)
