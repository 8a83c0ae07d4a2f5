"""Bargaining power: how much each party counts where a solution lets parties count unequally."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import InputError
from sim.problem import Floats, Problem


def powers(problem: Problem, power: ArrayLike | None) -> Floats:
    """Return each party's power, 1 for all where none is given, shape ``(n_parties,)``.

    Only the ratios matter. A party with power 0 drops out of what is shared by power: it is
    guaranteed no deal, and what it gets beyond that decides only between what is equal for the
    others.

    Raises
    ------
    InputError
        If a power is negative or not a number, or nobody has any.

    Examples
    --------
    >>> powers(Problem.enumerated([[1.0, 2.0]], [0, 0]), None)
    array([1., 1.])
    """
    if power is None:
        return np.ones(problem.n_parties)
    given = np.asarray(power, dtype=float)
    if given.shape != (problem.n_parties,):
        raise InputError(f"power: one number for each of {problem.n_parties} parties, please")
    if not np.isfinite(given).all() or (given < 0).any():
        raise InputError("power: bargaining power is a number from 0 up")
    if not (given > 0).any():
        raise InputError("power: somebody must have some bargaining power")
    shares: Floats = given / given.max()
    return shares
