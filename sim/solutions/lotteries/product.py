"""The mix of a few lotteries whose product of expected gains is largest."""

from __future__ import annotations

import numpy as np

from sim.problem import Floats

ENOUGH = 1e-13
"""How nearly all members of the mix must be worth the same at its prices."""

STEPS = 500
"""Newton steps at most; five to thirty are usual."""


def best_product(points: Floats, weights: Floats, shares: Floats) -> Floats:
    r"""Maximise a weighted product of expected gains over the mixes of some points.

    At the best mix, with prices :math:`w_i / g_i`, every member of the mix is worth
    :math:`\sum w_i` and no other point more. Newton's method on the members, one point joining
    whenever it is worth more, one leaving whenever its share falls to nothing.

    Parameters
    ----------
    points
        Gains, shape ``(n_points, n_parties)``.
    weights
        Powers, ``(n_parties,)``, none negative and some positive.
    shares
        A mix to start from, in which every party with a weight gains, ``(n_points,)``.

    Returns
    -------
    ndarray
        Shares of the points, shape ``(n_points,)``.

    Examples
    --------
    >>> best_product(np.array([[1.0, 0.1], [0.1, 1.0]]), np.ones(2), np.array([0.9, 0.1]))
    array([0.5, 0.5])
    """
    counted = weights > 0
    own, power = points[:, counted], weights[counted]
    total = float(power.sum())
    shares = shares / shares.sum()
    joined = -1
    for _ in range(STEPS):
        mixed = shares @ own
        worth = own @ (power / mixed) - total
        members = shares > 0
        if np.abs(worth[members]).max() <= ENOUGH * total:
            joined = int(worth.argmax())
            if worth[joined] <= ENOUGH * total:
                break
        elif joined >= 0 and not members[joined]:
            joined = -1
        if joined >= 0:
            members[joined] = True
        step = _newton(own[members] / mixed * np.sqrt(power), worth[members])
        moved = _along(own[members], power, shares[members], step)
        if moved is None:
            break
        shares = shares.copy()
        shares[members] = moved
    return shares


def _newton(scaled: Floats, worth: Floats) -> Floats:
    """Return the step that would level the worth of all members, keeping the sum of shares."""
    k = len(scaled)
    table = np.zeros((k + 1, k + 1))
    table[:k, :k] = scaled @ scaled.T
    table[k, :k] = table[:k, k] = 1.0
    step: Floats = np.linalg.lstsq(table, np.append(worth, 0.0), rcond=1e-14)[0][:k]
    return np.asarray(step - step.mean())


def _along(own: Floats, power: Floats, shares: Floats, step: Floats) -> Floats | None:
    """Go along a step until a share is used up or the product falls; ``None`` if it only falls."""
    falls = step < 0
    room = np.where(falls, shares / np.where(falls, -step, 1.0), np.inf)
    length = min(1.0, float(room.min()))
    before = float(power @ np.log(shares @ own))
    for _ in range(60):
        moved = np.maximum(shares + length * step, 0.0)
        if length >= room.min():
            moved[room.argmin()] = 0.0
        moved /= moved.sum()
        mixed = moved @ own
        if (mixed > 0).all() and float(power @ np.log(mixed)) >= before - 1e-15:
            return moved
        length *= 0.5
    return None
