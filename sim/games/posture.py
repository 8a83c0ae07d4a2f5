"""Compromise or hold out: the game of posture that stands at the door of every negotiation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.games.bimatrix import Bimatrix


def posture_game(
    compromise: ArrayLike, first_wins: ArrayLike, second_wins: ArrayLike, standoff: ArrayLike
) -> Bimatrix:
    """Return the game in which both choose at once whether to compromise or to hold out.

    Parameters
    ----------
    compromise
        What both get if both compromise, ``(2,)``.
    first_wins, second_wins
        What they get where the first, or the second, holds out and the other gives way.
    standoff
        What they get where both hold out.

    Examples
    --------
    >>> posture_game([6, 6], [7, 2], [2, 7], [0, 0]).row.tolist()
    [[6.0, 2.0], [7.0, 0.0]]
    """
    both, first, second, none = (
        np.asarray(values, dtype=float)
        for values in (compromise, first_wins, second_wins, standoff)
    )
    table = np.array([[both, second], [first, none]])
    return Bimatrix.of(table[:, :, 0], table[:, :, 1])
