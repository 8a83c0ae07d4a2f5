"""Which issues must be looked at together, and the joint choices that are allowed to them.

Issues in one tie are looked at together. Where ties chain many issues up, the group is not listed
whole but cut into smaller ones that overlap and hang together as a tree, so that whatever ties
issues lies inside one of them. How large they must be is a matter of how the ties run: a chain of
pairs, however long, needs groups of two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.errors import InputError

Indices = NDArray[np.intp]

MAX_ROWS = 4_000_000
"""Joint choices of one block beyond which listing them is refused."""

PACE = 10_000_000
"""Joint choices that can be gone through in a second, roughly."""


MERGED = 2_000
"""Ties that join issues with fewer joint choices than this make one group, whatever their shape."""

ABSORBED = 64
"""Groups of a tree that have fewer joint choices than this together are made one."""


class Group(NamedTuple):
    """Issues to be looked at together, and which of them an earlier group holds too."""

    issues: tuple[int, ...]
    shared: tuple[int, ...] = ()


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


@lru_cache(maxsize=256)
def tied_groups(
    sizes: tuple[int, ...],
    ties: tuple[tuple[int, ...], ...],
    merged: int = MERGED,
) -> tuple[Group, ...]:
    """Group issues so that every tie lies inside a group, and the groups hang together as trees.

    All that a group shares with the groups before it, it shares with one of them; so what holds
    on both sides of an overlap can be worked out apart, given the choices in the overlap. The
    groups come from eliminating issues one by one, least joint choices first (min-weight), or
    fewest new ties first (min-fill), whichever leaves less to list.

    Parameters
    ----------
    sizes
        Number of options of each issue.
    ties
        Places of issues that must be looked at together.
    merged
        Up to so many joint choices, issues that ties join directly or through others are one
        group. In a tree, groups that hang together are made one up to `ABSORBED`.

    Examples
    --------
    >>> for group in tied_groups((4, 4, 4, 2), ((0, 1), (1, 2)), merged=1):
    ...     print(group.issues, group.shared)
    (0, 1) ()
    (1, 2) (1,)
    (3,) ()

    References
    ----------
    Lauritzen & Spiegelhalter (1988), "Local Computations with Probabilities on Graphical
    Structures", Journal of the Royal Statistical Society B 50 (2), 157-224; for the order of
    elimination Kjaerulff (1990), "Triangulation of Graphs", Aalborg R 90-09.
    """
    found: list[Group] = []
    for issues in groups(len(sizes), ties):
        if len(issues) < 3 or math.prod(sizes[i] for i in issues) <= merged:
            found.append(Group(issues))
            continue
        here = [set(tie) for tie in ties if set(tie) <= set(issues)]
        absorbed = min(ABSORBED, merged)
        trees = [
            _tree(_cliques(issues, here, sizes, by), sizes, absorbed) for by in (_weight, _fill)
        ]
        found += min(trees, key=lambda tree: sum(_rows(group.issues, sizes) for group in tree))
    return tuple(found)


Neighbours = dict[int, set[int]]


def _rows(issues: Iterable[int], sizes: Sequence[int]) -> int:
    return math.prod(sizes[i] for i in issues)


def _weight(issue: int, near: Neighbours, sizes: Sequence[int]) -> tuple[int, int]:
    return _rows({issue, *near[issue]}, sizes), _fill(issue, near, sizes)[0]


def _fill(issue: int, near: Neighbours, sizes: Sequence[int]) -> tuple[int, int]:
    missing = sum(len(near[issue] - near[other]) - 1 for other in near[issue])
    return missing, _rows({issue, *near[issue]}, sizes)


def _cliques(
    issues: Sequence[int],
    ties: Sequence[set[int]],
    sizes: Sequence[int],
    by: Callable[[int, Neighbours, Sequence[int]], tuple[int, int]],
) -> list[set[int]]:
    """Eliminate issue by issue; each makes a group with what it is tied to at its turn."""
    near: Neighbours = {i: set() for i in issues}
    for tie in ties:
        for i in tie:
            near[i] |= tie - {i}
    cliques: list[set[int]] = []
    while near:
        issue = min(near, key=lambda i: (*by(i, near, sizes), i))
        others = near.pop(issue)
        for i in others:
            near[i] = (near[i] | others) - {i, issue}
        if not any({issue, *others} <= clique for clique in cliques):
            cliques.append({issue, *others})
    return cliques


def _tree(cliques: Sequence[set[int]], sizes: Sequence[int], absorbed: int) -> list[Group]:
    """Hang the groups on each other by their largest overlaps."""
    near: dict[int, list[int]] = {0: []}
    nearest = dict.fromkeys(range(1, len(cliques)), 0)
    while nearest:
        k = max(nearest, key=lambda k: (len(cliques[k] & cliques[nearest[k]]), -k))
        up = nearest.pop(k)
        near[k] = [up]
        near[up].append(k)
        for j, other in nearest.items():
            if len(cliques[j] & cliques[k]) > len(cliques[j] & cliques[other]):
                nearest[j] = k
    held = [set(clique) for clique in cliques]
    for k in range(len(held)):
        for j in list(near.get(k, ())):
            if _rows(held[k] | held[j], sizes) <= absorbed:
                held[k] |= held[j]
                near[k] = [n for n in near[k] + near.pop(j) if n not in {j, k}]
                for n in near[k]:
                    near[n] = [k if m == j else m for m in near[n]]
    return min((_from(root, held, near) for root in near), key=_side_work)


def _from(root: int, held: Sequence[set[int]], near: Mapping[int, list[int]]) -> list[Group]:
    """List the groups of a tree from a root on, each after the one that it hangs on."""
    found, ahead = [Group(tuple(sorted(held[root])))], [(k, root) for k in near[root]]
    while ahead:
        k, up = ahead.pop()
        found.append(Group(tuple(sorted(held[k])), tuple(sorted(held[k] & held[up]))))
        ahead += [(n, k) for n in near[k] if n != up]
    return found


def _side_work(groups: Sequence[Group]) -> tuple[int, int]:
    """Say how far a tree is from a single path with short twigs, which is easiest to go back on.

    Where branches meet, the ways to settle one go with all those of another: count the issues of
    all branches there but the largest, at most and in all.
    """
    size = [len(group.issues) - len(group.shared) for group in groups]
    branches: list[list[int]] = [[] for _ in groups]
    for k in range(len(groups) - 1, 0, -1):
        holders = (j for j in range(k) if set(groups[k].shared) <= set(groups[j].issues))
        up = next(holders)
        size[up] += size[k]
        branches[up].append(size[k])
    aside = [sum(sorted(sizes)[:-1]) for sizes in branches]
    return max(aside), sum(aside)


def _days(choices: int) -> str:
    """Say how long it would take to go through so many choices, at `PACE`.

    >>> _days(4**24)
    '325 days at 10,000,000 a second'
    >>> _days(4**12)
    'less than a day at 10,000,000 a second'
    """
    days = choices // (PACE * 86_400)
    return f"{f'{days:,} days' if days else 'less than a day'} at {PACE:,} a second"


def allowed_choices(
    issues: Sequence[int],
    options: Sequence[Indices],
    excluded: Iterable[Condition],
    names: Sequence[str] = (),
    most: int = MAX_ROWS,
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
    names
        Of all the scenario's issues, to say which are too many to list.
    most
        Choices that may be left at any step.

    Returns
    -------
    ndarray
        Option indices, shape ``(n_rows, len(issues))``, in lexicographic order.

    Raises
    ------
    InputError
        If more choices are left at some step.
    """
    inside = [c for c in excluded if set(c.issues) <= set(issues)]
    rows = np.zeros((1, 0), dtype=np.intp)
    whole = math.prod(len(options[i]) for i in issues)
    for k, issue in enumerate(issues):
        open_here = options[issue]
        if len(rows) * len(open_here) > most or (not inside and whole > most):
            which = f" ({', '.join(names[i] for i in issues)})" if names else ""
            raise InputError(
                f"{len(issues)} issues are tied together{which} by constraints, interactions, "
                f"tables or red lines, so that {whole:,} joint choices would have to be looked at "
                f"(about {_days(whole)}; nothing is proven before the end); "
                f"more than {most:,} are too many to list: drop or narrow some of the clauses "
                "that tie them"
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
