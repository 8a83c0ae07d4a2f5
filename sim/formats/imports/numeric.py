"""Numeric issues as lists of options: whole numbers, steps, and continuous ones cut to a grid."""

from __future__ import annotations

from collections.abc import Sequence

from sim.formats.imports.complaints import Complaints
from sim.formats.imports.domain import ForeignIssue
from sim.formats.yaml_tree import Mark
from sim.issues import MOST_POINTS, numeral

Ends = tuple[float, float]


def steps(
    name: str, ends: Ends, step: float, grid: int | None, at: Mark, complaints: Complaints
) -> ForeignIssue | None:
    """Return an issue over low, low + step, … up to high.

    Parameters
    ----------
    grid
        How many numbers to take where there are more than a scenario takes; refused if left out.
    """
    low, high = ends
    count = int((high - low) / step + 1e-9) + 1
    taken: Sequence[int] = range(count)
    note = ""
    if count > MOST_POINTS and grid is None:
        complaints.at(
            at, f"{name} has {count:,} values, and zopa takes at most {MOST_POINTS:,}: take fewer "
            "of them with --grid N, which says so in the scenario",
        )  # fmt: skip
        return None
    if count > MOST_POINTS and grid is not None:
        taken = sorted({round(k * (count - 1) / (grid - 1)) for k in range(grid)})
        note = f"thinned out from {count:,} numbers to {len(taken)} (--grid)"
    numbers = [float(f"{low + step * k:.15g}") for k in taken]  # decimals added in binary
    return _of_numbers(name, numbers, at, note)


def whole_numbers(
    name: str, ends: Ends, grid: int | None, at: Mark, complaints: Complaints
) -> ForeignIssue | None:
    """Return an issue over all whole numbers between two."""
    return steps(name, ends, 1.0, grid, at, complaints)


def continuous(
    name: str, ends: Ends, grid: int | None, at: Mark, complaints: Complaints
) -> ForeignIssue | None:
    """Return a continuous issue cut to ``grid`` points, both ends among them; refuse without."""
    low, high = ends
    if grid is None:
        complaints.at(
            at, f"{name} is continuous from {low:g} to {high:g}, and zopa's issues have options: "
            "--grid N cuts it to N points, which says so in the scenario",
        )  # fmt: skip
        return None
    points = [float(f"{low + (high - low) * k / (grid - 1):.15g}") for k in range(grid)]
    points = list(dict.fromkeys([*points[:-1], high]))
    note = f"continuous from {low:g} to {high:g}, cut to {len(points)} points (--grid)"
    return _of_numbers(name, points, at, note)


def _of_numbers(name: str, numbers: Sequence[float], at: Mark, note: str) -> ForeignIssue:
    texts = tuple(numeral(number) for number in numbers)
    return ForeignIssue(name, texts, tuple(numbers), note, at, ranges=True)
