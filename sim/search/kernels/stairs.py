"""Merging sorted lists of two parties' gains, and keeping what nothing else covers."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917

from __future__ import annotations

import numpy as np

from sim.search.kernels.compiled import njit


@njit
def sink(heap, key, n, place):
    """Move an entry of a heap, highest key on top, down to where it belongs."""
    while True:
        child = 2 * place + 1
        if child >= n:
            return
        if child + 1 < n and key[heap[child + 1]] > key[heap[child]]:
            child += 1
        if key[heap[child]] <= key[heap[place]]:
            return
        heap[place], heap[child] = heap[child], heap[place]
        place = child


@njit
def merge_stairs(first, gains, codes, which, points, point_codes, begin, enough, step):
    """Sum rows and the lists that they lead to, and keep the stairs of every set of rows.

    Parameters
    ----------
    first
        First row of each set and the end, shape ``(n_sets + 1,)``.
    gains, codes
        What each row brings, ``(n_rows, 2)``, and its number, ``(n_rows, n_words)``.
    which
        The list that is added to each row, shape ``(n_rows,)``.
    points, point_codes, begin
        The lists one below another, each by falling gain of the first party, ``(n_points, 2)``
        and their numbers; the first point of each list and the end.
    enough
        What a sum must reach in each set, ``(n_sets, 2)``.
    step
        Gains within the same multiple of this count as equal.

    Returns
    -------
    points, codes, begin
        The sums that nothing in their set covers, of equal ones the lowest number: new lists,
        one for each set.
    """
    n_sets, n_words = len(first) - 1, codes.shape[1]
    room = max(2 * len(points), 1024)
    out, out_codes = np.empty((room, 2)), np.empty((room, n_words), dtype=np.int64)
    starts = np.zeros(n_sets + 1, dtype=np.intp)
    at, heap = np.empty(len(gains), dtype=np.intp), np.empty(len(gains), dtype=np.intp)
    key = np.empty(len(gains))
    n_out = 0
    for s in range(n_sets):
        starts[s] = n_out
        n = 0
        for r in range(first[s], first[s + 1]):
            at[r] = begin[which[r]]
            if at[r] < begin[which[r] + 1]:
                key[r] = gains[r, 0] + points[at[r], 0]
                heap[n] = r
                n += 1
        for place in range(n // 2 - 1, -1, -1):
            sink(heap, key, n, place)
        last_x, height = np.inf, -np.inf
        while n > 0:
            r = heap[0]
            a = key[r]
            if a < enough[s, 0]:
                break
            point = at[r]
            at[r] += 1
            if at[r] < begin[which[r] + 1]:
                key[r] = gains[r, 0] + points[at[r], 0]
            else:
                n -= 1
                heap[0] = heap[n]
            sink(heap, key, n, 0)
            b = gains[r, 1] + points[point, 1]
            if b < enough[s, 1]:
                continue
            x, y = np.rint(a / step), np.rint(b / step)
            if y < height or (y == height and x < last_x):
                continue
            place = n_out
            if x == last_x:
                place = n_out - 1
                if y == height:
                    difference = 0
                    for w in range(n_words):
                        difference = codes[r, w] + point_codes[point, w] - out_codes[place, w]
                        if difference != 0:
                            break
                    if difference >= 0:
                        continue
            if place == room:
                out = np.concatenate((out, np.empty((room, 2))))
                more = np.empty((room, n_words), dtype=np.int64)
                out_codes = np.concatenate((out_codes, more))
                room *= 2
            out[place, 0], out[place, 1] = a, b
            for w in range(n_words):
                out_codes[place, w] = codes[r, w] + point_codes[point, w]
            n_out = place + 1
            last_x, height = x, y
    starts[n_sets] = n_out
    return out[:n_out].copy(), out_codes[:n_out].copy(), starts
