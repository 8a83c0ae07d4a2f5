"""A war as a Markov chain: from round to round the front moves, until the fighting ends.

Values are averages over rounds, so that they compare with the utility of a package that stands
for ever: a round of fighting counts (1 - δ), all that follows it δ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Chain:
    """Where a front can go in one round, draw by draw.

    Attributes
    ----------
    moves
        Chance of each state one round later, shape ``(n_draws, n_states, n_states)``: row = from.
    ends
        Chance that the fighting ends, and how, shape ``(n_draws, n_states, n_ends)``.

    Examples
    --------
    Two towns between two capitals; each battle is won by either side with a chance of one half.

    >>> towns = Chain.of([[0, 0.5], [0.5, 0]], [[0.5, 0], [0, 0.5]])
    >>> towns.chances_of_ends().round(3).tolist()
    [[[0.667, 0.333], [0.333, 0.667]]]
    >>> towns.rounds_left().round(9).tolist()
    [[2.0, 2.0]]
    """

    moves: Floats
    ends: Floats

    @classmethod
    def of(cls, moves: ArrayLike, ends: ArrayLike) -> Chain:
        """Build one chain, or one for each draw, and check it.

        Raises
        ------
        InputError
            If chances are negative, a row does not sum to 1, or no end can be reached from some
            state.
        """
        within = np.asarray(moves, dtype=float)
        out = np.asarray(ends, dtype=float)
        if within.ndim == 2:
            within, out = within[None], out[None]
        if within.shape[:2] != out.shape[:2] or within.shape[1] != within.shape[2]:
            raise InputError(
                f"a chain needs square moves and ends with as many rows: {within.shape[1:]} and "
                f"{out.shape[1:]} do not fit"
            )
        rows = np.concatenate([within, out], axis=2)
        if (rows < 0).any() or (np.abs(rows.sum(axis=2) - 1) > NEAR).any():
            raise InputError("each row of chances must sum to 1, none of them negative")
        chain = cls(within, out)
        if not chain.reaches_an_end().all():
            raise InputError("from some state of the front the fighting never ends")
        return chain

    @property
    def n_states(self) -> int:
        """Number of states of the front."""
        return int(self.moves.shape[1])

    def reaches_an_end(self) -> NDArray[np.bool_]:
        """Tell from which states some end can be reached, shape ``(n_draws, n_states)``."""
        reached = np.asarray((self.ends > 0).any(axis=2))
        for _ in range(self.n_states):
            reached |= ((self.moves > 0) & reached[:, None, :]).any(axis=2)
        return reached

    def worth(self, prizes: ArrayLike, flow: ArrayLike, patience: ArrayLike) -> Floats:
        r"""Return what fighting on from each state is worth to one party.

        .. math:: v(f) = (1-\delta) s(f) + \delta \Bigl[\sum_{f'} T(f,f') v(f')
                         + \sum_e R(f,e) w(e)\Bigr]

        Parameters
        ----------
        prizes
            What each end is worth in each round that follows it, shape ``(n_draws, n_ends)``.
        flow
            What a round of fighting is worth, costs taken off, shape ``(n_draws, n_states)``.
        patience
            Discount factor, shape ``(n_draws,)``; at 1 only the ends count.

        Returns
        -------
        ndarray
            Shape ``(n_draws, n_states)``. All arguments may come without draws.

        References
        ----------
        Smith & Stam (2004), "Bargaining and the Nature of War", Journal of Conflict Resolution
        48 (6), 783-813; Slantchev (2003), "The Principle of Convergence in Wartime
        Negotiations", American Political Science Review 97 (4), 621-632.
        """
        delta = np.atleast_1d(np.asarray(patience, dtype=float))[:, None]
        won = (self.ends * np.atleast_2d(np.asarray(prizes, dtype=float))[:, None, :]).sum(axis=2)
        now = (1 - delta) * np.asarray(flow, dtype=float) + delta * won
        left = np.eye(self.n_states) - delta[:, :, None] * self.moves
        return _solved(left, now[:, :, None])[:, :, 0]

    def chances_of_ends(self) -> Floats:
        """Return how likely each end is from each state, shape ``(n_draws, n_states, n_ends)``."""
        left = np.eye(self.n_states) - self.moves
        return _solved(left, self.ends)

    def rounds_left(self) -> Floats:
        """Return how many rounds the fighting is expected to last, ``(n_draws, n_states)``."""
        left = np.eye(self.n_states) - self.moves
        return _solved(left, np.ones((*left.shape[:2], 1)))[:, :, 0]

    def forecast(self, start: int, rounds: int) -> Floats:
        """Return how likely each state is after each round; what is missing to 1 has ended.

        Returns
        -------
        ndarray
            Shape ``(rounds + 1, n_draws, n_states)``; the first row is now.
        """
        here = np.zeros((rounds + 1, *self.moves.shape[:2]))
        here[0, :, start] = 1.0
        for t in range(rounds):
            here[t + 1] = (here[t, :, None, :] @ self.moves)[:, 0]
        return here

    def first_visits(self, start: int, into: NDArray[np.bool_], rounds: int) -> Floats:
        """Return how likely the front is to have been in some states by the end of each round.

        Parameters
        ----------
        start
            The state now.
        into
            Which states, shape ``(n_states,)``.
        rounds
            How far to look.

        Returns
        -------
        ndarray
            Shape ``(rounds + 1, n_draws)``.
        """
        here = np.zeros(self.moves.shape[:2])
        here[:, start] = 1.0
        been = np.zeros((rounds + 1, len(here)))
        for t in range(rounds + 1):
            been[t] = here[:, into].sum(axis=1) + (been[t - 1] if t else 0.0)
            here = ((here * ~into)[:, None, :] @ self.moves)[:, 0]
        return been

    def ever_visits(self, into: NDArray[np.bool_]) -> Floats:
        """Return how likely the front is to be in some states before the end.

        Returns
        -------
        ndarray
            Shape ``(n_draws, n_states)``: from each state; 1 where it is there already.
        """
        outside = self.moves * ~into[:, None]
        left = np.eye(self.n_states) - outside * ~into
        chances = _solved(left, (outside * into).sum(axis=2)[:, :, None])[:, :, 0]
        return np.where(into, 1.0, chances)


def _solved(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(left, right), dtype=np.float64)


def one_shot(chances: ArrayLike, prizes: ArrayLike, cost: ArrayLike = 0.0) -> Floats:
    """Return what a war decided by one throw of the dice is worth: W - c.

    >>> float(one_shot([0.6, 0.4], [1.0, 0.0], 0.1))
    0.5
    """
    won: Floats = (np.asarray(chances, dtype=float) * np.asarray(prizes, dtype=float)).sum(axis=-1)
    return won - np.asarray(cost, dtype=float)


def with_time(
    lottery: ArrayLike, flow: ArrayLike, ending: ArrayLike, patience: ArrayLike
) -> Floats:
    r"""Return what a war without a front is worth that ends in any round with the same chance.

    .. math:: d = \frac{(1-\delta)(s-k) + \delta h W}{1-\delta(1-h)}

    Parameters
    ----------
    lottery
        What its end is worth on average (W).
    flow
        What a round of fighting is worth, its cost taken off (s - k).
    ending
        Chance that it ends in a round (h).
    patience
        Discount factor (δ). The last two must not be 0 and 1 together.

    Examples
    --------
    >>> with_time(0.6, 0.2, 1.0, 1.0).item(), with_time(0.5, 0.5, 0.1, 0.5).item()
    (0.6, 0.5)
    """
    w, s, h, delta = (np.asarray(x, dtype=float) for x in (lottery, flow, ending, patience))
    worth: Floats = ((1 - delta) * s + delta * h * w) / (1 - delta * (1 - h))
    return worth
