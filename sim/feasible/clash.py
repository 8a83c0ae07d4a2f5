"""Which clauses cannot stand together: a smallest set that no package avoids.

When constraints and red lines leave nothing, someone has to give way on at least one clause of
such a set. It is found as a minimum hitting set: a package that avoids the clauses picked so far
names further ones to pick from, until no package avoids the pick (implicit hitting sets;
Moreno-Centeno and Karp 2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.partition import groups

Floats = NDArray[np.float64]
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
        clash = _clash_within(issues, [clauses[k] for k in here], sizes) if here else None
        if clash is not None:
            found.append(tuple(here[k] for k in clash))
    return min(found, key=lambda clash: (len(clash), clash), default=None)


def _clash_within(
    issues: tuple[int, ...], clauses: Sequence[Condition], sizes: Sequence[int]
) -> list[int] | None:
    """Find a smallest clash among clauses on one group of issues."""
    met_by: list[Bools] = []
    pick: list[int] = []
    while True:
        met = _least_met(issues, clauses, sizes, avoiding=pick)
        if met is None:
            return pick
        if not met.any():
            return None
        met_by.append(met)
        pick = _least_hitting_set(np.array(met_by))


def _least_met(
    issues: tuple[int, ...],
    clauses: Sequence[Condition],
    sizes: Sequence[int],
    *,
    avoiding: Sequence[int],
) -> Bools | None:
    """Tell which clauses a package meets that meets none of some and as few as can be.

    A zero-one program, so that packages are never listed: one variable for each option, and one
    for each clause, which is 1 where the package has all that the clause names.
    """
    starts = np.cumsum([0, *(sizes[i] for i in issues)])
    first = dict(zip(issues, starts, strict=False))
    n_options, n = int(starts[-1]), int(starts[-1]) + len(clauses)
    one_each = np.zeros((len(issues), n))
    for row, issue in enumerate(issues):
        one_each[row, first[issue] : first[issue] + sizes[issue]] = 1
    meets = np.zeros((len(clauses), n))
    for k, clause in enumerate(clauses):
        for issue, options in zip(clause.issues, clause.options, strict=True):
            meets[k, first[issue] : first[issue] + sizes[issue]] = options
        meets[k, n_options + k] = -1
    named = np.array([len(clause.issues) for clause in clauses])
    most = np.ones(n)
    most[[n_options + k for k in avoiding]] = 0
    cost = np.repeat([0.0, 1.0], [n_options, len(clauses)])
    package = zero_one(cost, [(one_each, 1, 1), (meets, -np.inf, named - 1)], most)
    if package is None:
        return None
    met: Bools = meets[:, :n_options] @ package[:n_options] == named
    return met


def _least_hitting_set(met_by: Bools) -> list[int]:
    """Pick as few columns as possible so that every row has one of them."""
    n = met_by.shape[1]
    picked = zero_one(np.ones(n), [(met_by.astype(float), 1, np.inf)], np.ones(n))
    assert picked is not None  # all of them hit every row
    return np.flatnonzero(picked).tolist()


def zero_one(cost: Floats, rows: Sequence[tuple[Floats, Any, Any]], most: Floats) -> Bools | None:
    """Minimise a sum over zeros and ones to the end; ``None`` where no choice meets the rows.

    Parameters
    ----------
    cost
        Of each one, shape ``(n,)``.
    rows
        Matrices with the least and the most that each of their rows may come to.
    most
        1, or 0 for what must stay zero, shape ``(n,)``.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  slow to import

    limits = [LinearConstraint(matrix, low, high) for matrix, low, high in rows]
    whole = np.ones(len(cost), dtype=np.intp)
    result = milp(cost, integrality=whole, bounds=Bounds(0, most), constraints=limits,
                  options={"mip_rel_gap": 0.0})  # fmt: skip
    return None if result.x is None else result.x > 0.5
