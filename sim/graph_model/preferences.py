"""What parties make of states: by statements in order, by a ranking, or by pairs.

Each way ends in numbers whose order alone counts: higher is better, equal is indifferent.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.errors import InputError
from sim.graph_model.formulas import Formula
from sim.graph_model.graph import Bools, Floats


def by_statements(statements: Sequence[Formula], states: Bools, options: Sequence[str]) -> Floats:
    r"""Rank states by statements in falling priority.

    A statement weighs more than all that come after it together: with k statements a state scores
    the sum of :math:`2^{k-j}` over the statements j that are true in it. Equal scores are ties.

    Parameters
    ----------
    statements
        The most important first.
    states
        Which options are taken, shape ``(n_states, n_options)``.

    Returns
    -------
    ndarray
        Places from 0, the worst, up; shape ``(n_states,)``.

    References
    ----------
    Hipel, Kilgour, Fang & Peng (1997), "The Decision Support System GMCR in Environmental
    Conflict Management", Applied Mathematics and Computation 83 (2-3), 117-152.
    """
    truth = [statement.holds(states, options) for statement in statements]
    _, places = np.unique(np.column_stack(truth), axis=0, return_inverse=True)
    return np.asarray(places, dtype=float).ravel()


def by_ranking(groups: Sequence[Sequence[int]], n_states: int) -> Floats:
    """Rank states by a list, best first, of groups that tie.

    >>> by_ranking([[2], [0, 1]], 3)
    array([0., 0., 1.])
    """
    values = np.empty(n_states)
    for place, group in enumerate(groups):
        values[list(group)] = len(groups) - 1 - place
    return values


def by_pairs(better: Sequence[tuple[int, int]], n_states: int, names: Sequence[str]) -> Floats:
    """Rank states by statements of the kind "this one is better than that one".

    Raises
    ------
    InputError
        If the pairs run in a circle, or leave open how two states compare.

    Examples
    --------
    >>> by_pairs([(0, 1), (0, 2)], 3, ["peace", "war", "ruin"])
    array([1., 0., 0.])
    >>> by_pairs([(0, 1), (1, 2), (2, 0)], 3, ["peace", "war", "ruin"])
    Traceback (most recent call last):
    sim.errors.InputError: preferences in a circle: peace over war over ruin over peace; ...
    """
    import networkx as nx  # noqa: PLC0415

    order: nx.DiGraph[int] = nx.DiGraph()
    order.add_nodes_from(range(n_states))
    order.add_edges_from(better)
    if not nx.is_directed_acyclic_graph(order):
        circle = [source for source, _ in nx.find_cycle(order)]
        said = " over ".join(names[k] for k in [*circle, circle[0]])
        raise InputError(f"preferences in a circle: {said}; take one of these pairs out")
    levels = list(nx.topological_generations(order))
    above = nx.to_numpy_array(nx.transitive_closure(order), nodelist=range(n_states)) > 0
    for high, low in pairwise(levels):
        for one in high:
            missing = next((k for k in low if not above[one, k]), None)
            if missing is not None:
                raise InputError(
                    f"it is left open how {names[one]} and {names[missing]} compare: say which "
                    "is better, or give a ranking with ties in brackets"
                )
    return by_ranking(levels, n_states)
