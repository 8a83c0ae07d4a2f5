"""Which issues must be looked at together, and the joint choices that are allowed to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.errors import InputError

Indices = NDArray[np.intp]

MAX_ROWS = 4_000_000
"""Joint choices of one block beyond which listing them is refused."""


def groups(n_issues: int, ties: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
    """Join issues that stand in one tie, directly or through others.

    >>> groups(5, [(0, 3), (3, 4)])
    [(0, 3, 4), (1,), (2,)]
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n_issues))
    for tie in ties:
        nx.add_path(graph, tie)
    return sorted(tuple(sorted(component)) for component in nx.connected_components(graph))


def allowed_choices(
    issues: Sequence[int], options: Sequence[Indices], excluded: Iterable[Condition]
) -> Indices:
    """List the joint choices on some issues that meet none of the excluded conditions.

    Parameters
    ----------
    issues
        Places of the issues, ascending.
    options
        For each issue of the *scenario* the option indices that are open.
    excluded
        Conditions; those that name an issue outside ``issues`` are not looked at.

    Returns
    -------
    ndarray
        Option indices, shape ``(n_rows, len(issues))``, in lexicographic order.

    Raises
    ------
    InputError
        If more than `MAX_ROWS` choices are left at some step.
    """
    inside = [c for c in excluded if set(c.issues) <= set(issues)]
    rows = np.zeros((1, 0), dtype=np.intp)
    for k, issue in enumerate(issues):
        open_here = options[issue]
        if len(rows) * len(open_here) > MAX_ROWS:
            raise InputError(
                f"{len(issues)} issues are tied together by constraints, interactions, tables or "
                f"red lines into more than {MAX_ROWS:,} joint choices: too many to list; "
                "drop or narrow some of the clauses that tie them"
            )
        left = np.repeat(rows, len(open_here), axis=0)
        rows = np.column_stack([left, np.tile(open_here, len(rows))])
        for condition in inside:
            if condition.issues[-1] == issue:
                rows = rows[~meets(condition, issues[: k + 1], rows)]
    return rows


def meets(condition: Condition, issues: Sequence[int], rows: Indices) -> NDArray[np.bool_]:
    """Tell for each joint choice on some issues, the condition's among them, whether it meets it.

    Parameters
    ----------
    condition
        It names no issue outside ``issues``.
    issues, rows
        Places of the issues, and option indices of shape ``(n_rows, len(issues))``.
    """
    place = {issue: column for column, issue in enumerate(issues)}
    masks = zip(condition.issues, condition.options, strict=True)
    met: NDArray[np.bool_] = np.logical_and.reduce([mask[rows[:, place[i]]] for i, mask in masks])
    return met
