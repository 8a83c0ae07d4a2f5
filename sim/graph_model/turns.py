"""Who may move next when several parties answer a move: a named rule, as answers depend on it.

Each rule is a small machine. What it remembers of the moves made so far is a number; a table says
what it remembers after a further move, or that this move is not allowed.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from sim.errors import InputError, did_you_mean
from sim.graph_model.graph import Indices

Sanctions = Literal["sequences", "each_once", "one_opponent"]
"""``sequences``: in any order, nobody twice in succession (the canonical definition).
``each_once``: in any order, everybody at most once. ``one_opponent``: one move by one party."""

RULES: tuple[Sanctions, ...] = get_args(Sanctions)


def turns(rule: Sanctions, movers: int) -> Indices:
    """Return what is remembered after each move.

    Returns
    -------
    ndarray
        Shape ``(n_memories, movers)``; −1 where the mover may not move. The first row is the
        beginning.

    Raises
    ------
    InputError
        If there is no such rule.

    Examples
    --------
    Two movers who take turns:

    >>> turns("sequences", 2)
    array([[ 1,  2],
           [-1,  2],
           [ 1, -1]])

    References
    ----------
    Fang, Hipel & Kilgour (1993), "Interactive Decision Making: The Graph Model for Conflict
    Resolution", Wiley.
    """
    who = np.arange(movers)
    if rule == "sequences":
        last = np.arange(movers + 1)[:, None]
        return np.where(last == who + 1, -1, who + 1)
    if rule == "each_once":
        used = np.arange(2**movers)[:, None]
        return np.where(used >> who & 1, -1, used | 1 << who)
    if rule == "one_opponent":
        return np.repeat([[1], [-1]], movers, axis=1)
    raise InputError(f"no rule of sanctions is called '{rule}'{did_you_mean(rule, RULES)}")
