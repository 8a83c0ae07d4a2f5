"""Scores of an outcome, and ceilings on the scores of every outcome that can still follow."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, SIM110

from __future__ import annotations

import math

import numpy as np

from sim.problem import TOLERANCE
from sim.search.criteria import LEAST, PRODUCT
from sim.search.kernels.compiled import njit


@njit
def shortfall(total, floor):
    """How far the party worst off is below its floor; not positive where all have it."""
    worst = -np.inf
    for i in range(len(total)):
        worst = max(worst, floor[i] - total[i])
    return worst


@njit
def score(kind, coef, total):
    """Value an outcome by the criterion, from the gains of the parties."""
    n = len(total)
    if kind == PRODUCT:
        logs, powers = 0.0, 0.0
        for i in range(n):
            if coef[i] > 0.0:
                if total[i] < TOLERANCE:
                    return 0.0
                logs += coef[i] * math.log(total[i])
                powers += coef[i]
        return math.exp(logs / powers)
    if kind == LEAST:
        least = np.inf
        for i in range(n):
            if coef[i] > 0.0:
                least = min(least, total[i] / coef[i])
        return least
    added = 0.0
    for i in range(n):
        added += coef[i] * total[i]
    return added


@njit
def merit(kind, coef, floor, total):
    """Say how good an outcome is for climbing: first reach every floor, then score."""
    short = shortfall(total, floor)
    if short > TOLERANCE:
        return -1e9 * (1.0 + short)
    if kind == PRODUCT:
        least = np.inf
        for i in range(len(total)):
            if coef[i] > 0.0:
                least = min(least, total[i])
        if least < TOLERANCE:
            return -1e3 + least
    return score(kind, coef, total)


@njit
def product_ceiling(power, prices, worth, box):
    """Greatest weighted geometric mean of gains that cost ``worth`` and stay in the box."""
    n = len(power)
    capped = np.zeros(n, dtype=np.bool_)
    left, powers = worth, 0.0
    for i in range(n):
        if power[i] > 0.0:
            if box[i] < TOLERANCE:
                return 0.0
            powers += power[i]
    all_powers, logs = powers, 0.0
    again = True
    while again and powers > 0.0:
        again = False
        if left <= 0.0:
            return 0.0
        each = left / powers
        for i in range(n):
            if power[i] > 0.0 and not capped[i] and prices[i] * box[i] < power[i] * each:
                capped[i], again = True, True
        left, powers, logs = worth, all_powers, 0.0
        for i in range(n):
            if capped[i]:
                left -= prices[i] * box[i]
                powers -= power[i]
                logs += power[i] * math.log(box[i])
        if powers < 1e-12:
            powers = 0.0
    if powers > 0.0:
        each = left / powers
        for i in range(n):
            if power[i] > 0.0 and not capped[i]:
                logs += power[i] * math.log(power[i] * each / prices[i])
    return math.exp(logs / all_powers)


@njit
def below_ladder(box, scale, ladder, sorted_ratios):
    """Whether the ratios of the parties with a scale, in rising order, miss a rung."""
    n = 0
    for i in range(len(box)):
        if scale[i] > 0.0:
            ratio, j = box[i] / scale[i], n
            while j > 0 and sorted_ratios[j - 1] > ratio:
                sorted_ratios[j] = sorted_ratios[j - 1]
                j -= 1
            sorted_ratios[j] = ratio
            n += 1
    for k in range(len(ladder)):
        if sorted_ratios[k] < ladder[k] - TOLERANCE:
            return True
    return False
