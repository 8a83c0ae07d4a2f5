"""Which clauses cannot stand together: a smallest set that no package avoids.

When constraints and red lines leave nothing, someone has to give way on at least one clause of
such a set. It is found as a minimum hitting set: a package that avoids the clauses picked so far
names further ones to pick from, until no package avoids the pick (implicit hitting sets;
Moreno-Centeno and Karp 2013).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.partition import allowed_choices, groups, meets

Bools = NDArray[np.bool_]


def smallest_clash(clauses: Sequence[Condition], sizes: Sequence[int]) -> tuple[int, ...] | None:
    """Return the places of a smallest set of clauses that every package meets one of.

    Parameters
    ----------
    clauses
        Conditions that no package may meet: constraints and red lines.
    sizes
        Number of options of each issue.

    Returns
    -------
    tuple or None
        Proven to be of least size; ``None`` where some package avoids every clause.

    Examples
    --------
    >>> from sim.issues import OutcomeSpace
    >>> space = OutcomeSpace({"army": ["big", "small"], "land": ["kept", "ceded"]})
    >>> says = [{"army": "big"}, {"land": "ceded"}, {"army": "small"}]
    >>> smallest_clash([Condition.of(when, space) for when in says], space.sizes)
    (0, 2)
    """
    found: list[tuple[int, ...]] = []
    for issues in groups(len(sizes), [clause.issues for clause in clauses]):
        here = [k for k, clause in enumerate(clauses) if set(clause.issues) <= set(issues)]
        clash = _clash_within(issues, [clauses[k] for k in here], sizes)
        if clash is not None:
            found.append(tuple(here[k] for k in clash))
    return min(found, key=lambda clash: (len(clash), clash), default=None)


def _clash_within(
    issues: tuple[int, ...], clauses: Sequence[Condition], sizes: Sequence[int]
) -> list[int] | None:
    """Find a smallest clash among clauses on one group of issues."""
    options = [np.arange(size) for size in sizes]
    if len(allowed_choices(issues, options, clauses)):
        return None
    met_by: list[Bools] = []
    pick: list[int] = []
    while True:
        free = allowed_choices(issues, options, [clauses[k] for k in pick])
        if not len(free):
            return pick
        met = np.stack([meets(clause, issues, free) for clause in clauses], axis=1)
        met_by.append(met[met.sum(axis=1).argmin()])
        pick = _least_hitting_set(np.array(met_by))


def _least_hitting_set(met_by: Bools) -> list[int]:
    """Pick as few columns as possible so that every row has one of them."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  slow to import

    n = met_by.shape[1]
    cover = LinearConstraint(met_by.astype(float), lb=1)
    result = milp(
        np.ones(n), integrality=np.ones(n, dtype=int), bounds=Bounds(0, 1), constraints=cover
    )
    assert result.x is not None  # every row has a column: the cover exists
    return np.flatnonzero(result.x > 0.5).tolist()
