"""Prices of the parties' gains at which the best outcome is the tightest ceiling."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917

from __future__ import annotations

import math

import numpy as np

from sim.search.kernels.compiled import njit

HEAT_FALLS = 0.2
NEWTON_STEPS = 12


@njit
def eliminate(matrix, right):
    """Solve a small linear system in place, by elimination with pivoting."""
    n = len(right)
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(matrix[i, k]) > abs(matrix[pivot, k]):
                pivot = i
        if pivot != k:
            for j in range(n):
                matrix[k, j], matrix[pivot, j] = matrix[pivot, j], matrix[k, j]
            right[k], right[pivot] = right[pivot], right[k]
        if abs(matrix[k, k]) < 1e-300:
            matrix[k, k] = 1e-300
        for i in range(k + 1, n):
            factor = matrix[i, k] / matrix[k, k]
            if factor != 0.0:
                for j in range(k, n):
                    matrix[i, j] -= factor * matrix[k, j]
                right[i] -= factor * right[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            right[k] -= matrix[k, j] * right[j]
        right[k] /= matrix[k, k]


@njit
def worth_of(prices, gains, r):
    """Value one row at some prices."""
    total = 0.0
    for i in range(len(prices)):
        total += prices[i] * gains[r, i]
    return total


@njit
def smoothed_worth(
    gains, first, link, root, origin, prices, heat, below, mean, curved, expected, curvature
):
    """Value the best outcome at some prices, with a little chance in the choice of each row.

    A state counts ``heat * log(sum(exp(worth / heat)))`` over the rows that answer to it, each
    with what it leads to: convex, smooth, above the true worth. Fills every party's expected
    gain (the gradient) and the second derivatives; ``below (n_states,)``, ``mean`` and
    ``curved`` are room for the same from each state on.
    """
    n, width = len(origin), link.shape[1]
    total = 0.0
    for i in range(n):
        expected[i] = origin[i]
        total += prices[i] * origin[i]
        for j in range(n):
            curvature[i, j] = 0.0
    away = np.empty(n)
    for s in range(len(first) - 2, -1, -1):
        top, lead = -np.inf, first[s]
        for r in range(first[s], first[s + 1]):
            worth = worth_of(prices, gains, r)
            for k in range(width):
                if link[r, k] >= 0:
                    worth += below[link[r, k]]
            if worth > top:
                top, lead = worth, r
        weight = 0.0
        for i in range(n):
            mean[s, i] = 0.0
            for j in range(i + 1):
                curved[s, i, j] = 0.0
        for r in range(first[s], first[s + 1]):
            worth = worth_of(prices, gains, r)
            for k in range(width):
                if link[r, k] >= 0:
                    worth += below[link[r, k]]
            off = (worth - top) / heat
            if off > -40.0:
                share = math.exp(off)
                weight += share
                for i in range(n):
                    away[i] = gains[r, i] - gains[lead, i]
                for k in range(width):
                    if link[r, k] >= 0:
                        t, u = link[r, k], link[lead, k]
                        for i in range(n):
                            away[i] += mean[t, i] - mean[u, i]
                            for j in range(i + 1):
                                curved[s, i, j] += share * heat * curved[t, i, j]
                for i in range(n):
                    mean[s, i] += share * away[i]
                    for j in range(i + 1):
                        curved[s, i, j] += share * away[i] * away[j]
        below[s] = top + heat * math.log(weight)
        for i in range(n):
            for j in range(i + 1):
                spread = curved[s, i, j] / weight - mean[s, i] * mean[s, j] / weight**2
                curved[s, i, j] = spread / heat
        for i in range(n):
            mean[s, i] = mean[s, i] / weight + gains[lead, i]
            for k in range(width):
                if link[lead, k] >= 0:
                    mean[s, i] += mean[link[lead, k], i]
        if root[s]:
            total += below[s]
            for i in range(n):
                expected[i] += mean[s, i]
                for j in range(i + 1):
                    curvature[i, j] += curved[s, i, j]
    for i in range(n):
        for j in range(i):
            curvature[j, i] = curvature[i, j]
    return total


@njit
def potential(prices, worth, pull, low, shift):
    """What the prices minimise: smoothed worth, less what keeps each price above its lowest."""
    total = worth
    for i in range(len(prices)):
        total -= pull[i] * math.log(prices[i] - low[i]) + shift[i] * (prices[i] - low[i])
    return total


@njit
def find_prices_tied(
    gains, first, link, root, origin, power, low, shift, scale, start, heat, coolest
):  # fmt: skip
    """Find prices at which the worth of the best outcome is the tightest ceiling.

    Newton's method on the smoothed dual of the problem over lotteries, cooling step by step.

    Parameters
    ----------
    first, link, root
        How the rows fit together, and which states hang on no other.
    power
        What a party's price is pulled up by (Nash: its bargaining power); where 0, only by a
        barrier that fades with the heat.
    low, shift
        Lowest price of every party, and the gain it is guaranteed.
    scale
        Where any is positive, ``scale · prices = 1`` is kept.
    start
        Prices to begin with.
    """
    n = len(origin)
    prices = start.copy()
    tied = scale.max() > 0.0
    size = n + 1 if tied else n
    expected, curvature = np.empty(n), np.empty((n, n))
    trial_expected, trial_curvature = np.empty(n), np.empty((n, n))
    pull, trial = np.empty(n), np.empty(n)
    n_states = len(first) - 1
    below, mean, curved = np.empty(n_states), np.empty((n_states, n)), np.empty((n_states, n, n))
    while True:
        for i in range(n):
            pull[i] = power[i] if power[i] > 0.0 else heat
        worth = smoothed_worth(
            gains, first, link, root, origin, prices, heat, below, mean, curved, expected,
            curvature,
        )  # fmt: skip
        now = potential(prices, worth, pull, low, shift)
        for _ in range(NEWTON_STEPS):
            matrix, step = np.zeros((size, size)), np.zeros(size)
            for i in range(n):
                above = prices[i] - low[i]
                step[i] = -(expected[i] - shift[i] - pull[i] / above)
                for j in range(n):
                    matrix[i, j] = curvature[i, j]
                matrix[i, i] += pull[i] / above**2
                if tied:
                    matrix[i, n] = scale[i]
                    matrix[n, i] = scale[i]
            slopes = step[:n].copy()
            eliminate(matrix, step)
            length, gained = 1.0, 0.0
            for i in range(n):
                gained += slopes[i] * step[i]
                if step[i] < 0.0:
                    length = min(length, 0.9 * (low[i] - prices[i]) / step[i])
            if not 1e-3 * heat < gained < np.inf:
                break
            moved = False
            for _ in range(20):
                for i in range(n):
                    trial[i] = prices[i] + length * step[i]
                worth = smoothed_worth(
                    gains, first, link, root, origin, trial, heat, below, mean, curved,
                    trial_expected, trial_curvature,
                )  # fmt: skip
                value = potential(trial, worth, pull, low, shift)
                if value <= now - 0.1 * length * gained:
                    moved = True
                    break
                length *= 0.4
            if not moved:
                break
            now = value
            prices[:] = trial
            expected[:] = trial_expected
            curvature[:, :] = trial_curvature
            if prices.max() > 1e9:
                return prices
        if heat <= coolest:
            return prices
        heat = max(heat * HEAT_FALLS, coolest)


@njit
def find_prices(gains, start, origin, power, low, shift, scale, first, heat, coolest):
    """Do the same for blocks that share nothing; ``first`` are the prices to begin with."""
    link = np.empty((len(gains), 0), dtype=np.intp)
    root = np.ones(len(start) - 1, dtype=np.bool_)
    return find_prices_tied(
        gains, start, link, root, origin, power, low, shift, scale, first, heat, coolest
    )
