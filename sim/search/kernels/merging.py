"""One step of the frontier among three: add a block and keep what nothing else covers."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0915

from __future__ import annotations

import numpy as np

from sim.search.kernels.compiled import njit


@njit
def merge_three(kept, kept_codes, gains, codes, enough, step):
    """Sweep the sums from the highest gain of the first party down, behind a staircase.

    Sums come in falling order because the list does, one run for each row. A sum is covered
    when it lies below the staircase that the sums before it form in the gains of the other two.

    Parameters
    ----------
    kept, kept_codes
        Partial packages by falling gain of the first party, ``(n_points, 3)`` and their numbers.
    gains, codes
        The rows of the block.
    enough
        What a sum must give each party.
    step
        Gains within the same multiple of this count as equal.

    Returns
    -------
    gains, codes
        The sums that nothing covers, of equal ones the lowest number, in the same order.
    """
    n_rows, n_kept, n_words = len(gains), len(kept), codes.shape[1]
    room = max(2 * n_kept, 1024)
    out, keys = np.empty((room, 3)), np.empty(room)
    out_codes = np.empty((room, n_words), dtype=np.int64)
    alive = np.ones(room, dtype=np.bool_)
    second, third = np.empty(1024), np.empty(1024)  # the staircase, by rising second gain
    whose = np.empty(1024, dtype=np.int64)
    n_out, height = 0, 0
    at = np.zeros(n_rows, dtype=np.int64)
    while True:
        row, highest = -1, -np.inf
        for r in range(n_rows):
            if at[r] < n_kept and gains[r, 0] + kept[at[r], 0] > highest:
                row, highest = r, gains[r, 0] + kept[at[r], 0]
        if row < 0 or highest < enough[0]:
            break
        point = at[row]
        at[row] += 1
        b, c = gains[row, 1] + kept[point, 1], gains[row, 2] + kept[point, 2]
        if b < enough[1] or c < enough[2]:
            continue
        x, y, z = np.rint(highest / step), np.rint(b / step), np.rint(c / step)
        low, high = 0, height
        while low < high:
            middle = (low + high) // 2
            if second[middle] < y:
                low = middle + 1
            else:
                high = middle
        if low < height and third[low] >= z:
            same = whose[low]
            if second[low] == y and third[low] == z and keys[same] == x:
                lower = 0
                for w in range(n_words):
                    lower = kept_codes[point, w] + codes[row, w] - out_codes[same, w]
                    if lower != 0:
                        break
                if lower < 0:
                    out_codes[same] = kept_codes[point] + codes[row]
                    out[same, 0], out[same, 1], out[same, 2] = highest, b, c
            continue
        first, end = low, low
        while first > 0 and third[first - 1] <= z:
            first -= 1
            if keys[whose[first]] == x:
                alive[whose[first]] = False
        if end < height and second[end] == y:
            if keys[whose[end]] == x:
                alive[whose[end]] = False
            end += 1
        if height == len(second):
            second = np.concatenate((second, np.empty(height)))
            third = np.concatenate((third, np.empty(height)))
            whose = np.concatenate((whose, np.empty(height, dtype=np.int64)))
        if end == first:
            for k in range(height, first, -1):
                second[k], third[k], whose[k] = second[k - 1], third[k - 1], whose[k - 1]
        elif end > first + 1:
            for k in range(end, height):
                place = k - end + first + 1
                second[place], third[place], whose[place] = second[k], third[k], whose[k]
        height += 1 - (end - first)
        second[first], third[first], whose[first] = y, z, n_out
        if n_out == room:
            out = np.concatenate((out, np.empty((room, 3))))
            keys = np.concatenate((keys, np.empty(room)))
            out_codes = np.concatenate((out_codes, np.empty((room, n_words), dtype=np.int64)))
            alive = np.concatenate((alive, np.ones(room, dtype=np.bool_)))
            room *= 2
        out[n_out, 0], out[n_out, 1], out[n_out, 2] = highest, b, c
        out_codes[n_out] = kept_codes[point] + codes[row]
        keys[n_out] = x
        n_out += 1
    left = np.flatnonzero(alive[:n_out])
    return out[left], out_codes[left]
