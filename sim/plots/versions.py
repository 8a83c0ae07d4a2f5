"""Which plan versions a picture is about, where nobody says which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.comparison import Comparison
from sim.errors import InputError, did_you_mean
from sim.words import counted, name_of


def title_of(comparison: Comparison, k: int) -> str:
    """Return the name of a plan version."""
    return name_of(comparison.scenario.plans[comparison.plans[k]].title)


def some_titles(comparison: Comparison, which: Sequence[int], most: int = 2) -> list[str]:
    """Return the names of the first few versions, and how many others there are."""
    others = len(which) - most
    titles = [title_of(comparison, k) for k in which[:most]]
    return titles + ([counted(others, "other")] if others > 0 else [])


def nearest(comparison: Comparison) -> int:
    """Return the place of the version whose worst-off signatory has the highest surplus.

    Utility alone decides: red lines and constraints are left aside. Where nobody's consent is
    required all parties count. Ties go to the first.
    """
    required = comparison.structure.required
    who = required if required.any() else np.ones_like(required)
    return int(np.argmax([float(v.surplus[who].min()) for v in comparison.verdicts]))


def chosen(comparison: Comparison, plan: str | None) -> int:
    """Return the place of the version named, or else of the one that comes nearest.

    Raises
    ------
    InputError
        If no version compared has that name (with the nearest ones).
    """
    if plan is None:
        return nearest(comparison)
    if plan not in comparison.plans:
        near = did_you_mean(plan, comparison.plans)
        raise InputError(f"no plan compared is called '{plan}'{near}")
    return comparison.plans.index(plan)


def chosen_pair(comparison: Comparison, first: str | None, second: str | None) -> tuple[int, int]:
    """Return the places of two versions: by default the one that comes nearest, and the last.

    Raises
    ------
    InputError
        If a name is unknown, or there are not two versions.
    """
    if len(comparison.plans) < 2:
        raise InputError("changes need two plan versions, and only one was compared")
    end = len(comparison.plans) - 1 if second is None else chosen(comparison, second)
    if first is not None:
        return chosen(comparison, first), end
    start = nearest(comparison)
    return (start if start != end else (end - 1 if end else 1)), end
