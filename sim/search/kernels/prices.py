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
def smoothed_worth(gains, start, origin, prices, heat, expected, curvature):
    """Value the best outcome at some prices, with a little chance in the choice of each row.

    A block counts ``heat * log(sum(exp(worth / heat)))``: convex, smooth, above the true worth.
    Fills every party's expected gain (the gradient) and the second derivatives.
    """
    n = len(origin)
    total = 0.0
    for i in range(n):
        expected[i] = origin[i]
        total += prices[i] * origin[i]
        for j in range(n):
            curvature[i, j] = 0.0
    mean = np.empty(n)
    moment = np.empty((n, n))
    for b in range(len(start) - 1):
        top, lead = -np.inf, start[b]
        for r in range(start[b], start[b + 1]):
            worth = worth_of(prices, gains, r)
            if worth > top:
                top, lead = worth, r
        weight = 0.0
        mean[:] = 0.0
        moment[:, :] = 0.0
        for r in range(start[b], start[b + 1]):
            below = (worth_of(prices, gains, r) - top) / heat
            if below > -40.0:
                share = math.exp(below)
                weight += share
                for i in range(n):
                    away = gains[r, i] - gains[lead, i]
                    mean[i] += share * away
                    for j in range(i + 1):
                        moment[i, j] += share * away * (gains[r, j] - gains[lead, j])
        total += top + heat * math.log(weight)
        for i in range(n):
            mean[i] /= weight
            expected[i] += gains[lead, i] + mean[i]
            for j in range(i + 1):
                curved = (moment[i, j] / weight - mean[i] * mean[j]) / heat
                curvature[i, j] += curved
                if i != j:
                    curvature[j, i] += curved
    return total


@njit
def potential(prices, worth, pull, low, shift):
    """What the prices minimise: smoothed worth, less what keeps each price above its lowest."""
    total = worth
    for i in range(len(prices)):
        total -= pull[i] * math.log(prices[i] - low[i]) + shift[i] * (prices[i] - low[i])
    return total


@njit
def find_prices(gains, start, origin, power, low, shift, scale, first, heat, coolest):
    """Find prices at which the worth of the best outcome is the tightest ceiling.

    Newton's method on the smoothed dual of the problem over lotteries, cooling step by step.

    Parameters
    ----------
    power
        What a party's price is pulled up by (Nash: its bargaining power); where 0, only by a
        barrier that fades with the heat.
    low, shift
        Lowest price of every party, and the gain it is guaranteed.
    scale
        Where any is positive, ``scale · prices = 1`` is kept.
    """
    n = len(origin)
    prices = first.copy()
    tied = scale.max() > 0.0
    size = n + 1 if tied else n
    expected, curvature = np.empty(n), np.empty((n, n))
    trial_expected, trial_curvature = np.empty(n), np.empty((n, n))
    pull, trial = np.empty(n), np.empty(n)
    while True:
        for i in range(n):
            pull[i] = power[i] if power[i] > 0.0 else heat
        worth = smoothed_worth(gains, start, origin, prices, heat, expected, curvature)
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
                    gains, start, origin, trial, heat, trial_expected, trial_curvature
                )
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
