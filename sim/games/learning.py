"""How players who learn from what the other did come to an equilibrium, or do not.

The dynamics are nashpy's (Knight & Campbell 2018); draws come from a seed, and nashpy's own state
of chance, which is numpy's global one, is put back as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from sim.errors import InputError
from sim.games.bimatrix import Bimatrix, Floats


@dataclass(frozen=True, eq=False)
class Learning:
    """What each player has done so far, round by round.

    Attributes
    ----------
    x, y
        Shares of rounds in which each strategy was chosen, ``(n_rounds, n_strategies)``.
    regret
        The most that a deviation from the last shares would gain: small where they have come to
        an equilibrium.
    """

    x: Floats
    y: Floats
    regret: float


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let a library that uses numpy's global state of chance draw from a seed."""
    before = np.random.get_state()  # noqa: NPY002 - nashpy knows no other
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def fictitious_play(game: Bimatrix, rounds: int, *, seed: int = 0) -> Learning:
    """Let each answer what the other did on average so far; ties are broken by lot.

    Shares come to an equilibrium in zero-sum games (Robinson 1951) and in games of two by two
    (Miyasawa 1961), not always beyond (Shapley 1964).

    Examples
    --------
    >>> pennies = Bimatrix.of([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> bool(abs(fictitious_play(pennies, 2000).x[-1, 0] - 0.5) < 0.05)
    True

    References
    ----------
    Brown (1951), "Iterative Solution of Games by Fictitious Play".
    """
    _checked(rounds)
    with seeded(seed):
        counts = list(game.as_nashpy().fictitious_play(iterations=rounds))
    return _learned(game, counts)


def stochastic_fictitious_play(
    game: Bimatrix, rounds: int, *, noise: float = 0.1, seed: int = 0
) -> Learning:
    """Let each answer by a logit rule: near-best replies are chosen nearly as often.

    Parameters
    ----------
    noise
        As a share of the range of payoffs: small is sharp, large is at random.

    References
    ----------
    Hofbauer & Sandholm (2002), "On the Global Convergence of Stochastic Fictitious Play",
    Econometrica 70 (6), 2265-2294.
    """
    _checked(rounds)
    if not noise > 0:
        raise InputError(f"noise must be above 0, not {noise}: without it use fictitious play")
    unit = Bimatrix((game.row - game.row.min()) / game.scale(),
                    (game.column - game.column.min()) / game.scale())  # fmt: skip
    with seeded(seed):
        steps = unit.as_nashpy().stochastic_fictitious_play(
            iterations=rounds, etha=noise, epsilon_bar=noise / 10
        )
        counts = [counts for counts, _ in steps]
    return _learned(game, counts)


def _checked(rounds: int) -> None:
    if rounds < 1:
        raise InputError(f"learning takes at least one round, not {rounds}")


def _learned(game: Bimatrix, counts: list[tuple[Floats, Floats]]) -> Learning:
    x, y = (np.array([pair[side] for pair in counts[1:]], dtype=float) for side in (0, 1))
    x, y = x / x.sum(axis=1, keepdims=True), y / y.sum(axis=1, keepdims=True)
    return Learning(x, y, game.regret(x[-1], y[-1]))
