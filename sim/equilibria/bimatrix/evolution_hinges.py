"""From which starting shares two populations that copy success end up elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.equilibria.bimatrix.hinges import NOTHING_ELSE, both
from sim.equilibria.bimatrix.strategic import Strategic
from sim.equilibria.prediction import Hinge
from sim.games.bimatrix import Bimatrix, Floats
from sim.games.evolution import FAR

LOW, HIGH = 0.01, 0.99
"""Starting shares that are looked at."""

GRID = 20
"""Stretches into which they are cut, on each side of equal shares, and again where it matters."""

ROUNDS = 4

LARGE = 24
"""Strategies of both above which only one of each population is varied."""

STEP = 0.5
"""Time between two looks, with payoffs in a range of 1."""

LONG, SHORT = 600.0, 100.0
"""How long two strategies each are followed, and how long more are."""


def share_hinges(table: Strategic) -> Iterator[Hinge]:
    """For each population, the nearest starting share from which another place is reached.

    One strategy's share varies, the others of its population share the rest equally, and so do
    all of the other population.
    """
    here = places(table.game, 0, 0, np.array([1 / table.game.shape[0]]))[0]
    found = [hinge for k in (0, 1) if (hinge := _hinge(table, k, int(here))) is not None]
    if found:
        yield from found
        return
    k = 0 if table.game.shape[0] > 1 or table.game.shape[1] == 1 else 1
    n = table.game.shape[k]
    yield Hinge(
        _of(table, k, 0), 1 / n, None,
        NOTHING_ELSE if n == 1 else f"from {LOW} to {HIGH}",
    )  # fmt: skip


def _of(table: Strategic, k: int, strategy: int) -> str:
    who = f"{table.names[k]} {table.labels[k][strategy]}"
    return f"starting share of the {'second' if k else 'first'} population in which {who}"


def _hinge(table: Strategic, k: int, here: int) -> Hinge | None:
    """Find the nearest flip in one population."""
    game, n = table.game, table.game.shape[k]
    if n < 2:
        return None
    now = 1 / n
    steps = (np.arange(1, GRID + 1) / GRID) ** 2
    down, up = now - (now - LOW) * steps, now + (HIGH - now) * steps
    # of two strategies the share of one is that of the other
    varied = [0] if n == 2 else list(range(n))
    if sum(game.shape) > LARGE:
        varied = [divmod(max(here, 0), game.shape[1])[k]]
    ends = [
        (s, np.concatenate([[now], side]), places(game, k, s, side))
        for s in varied
        for side in (up, down)
    ]
    turns = [
        (abs(side[first] - now), s, side[first : first + 2])
        for s, side, reached in ends
        if (reached != here).any() and (first := int(np.argmax(reached != here))) >= 0
    ]
    if not turns:
        return None
    _, strategy, (same, other) = min(turns, key=lambda turn: (turn[0], turn[1]))
    at, end = _narrowed(game, k, strategy, (float(same), float(other)), here)
    level = abs(at - now) < 1e-5
    then = _reached(table, end)
    if level:
        then = f"with any {'larger' if other > now else 'smaller'} share, {then}"
    return Hinge(_of(table, k, strategy), now, now if level else round(at, 6), then)


def _narrowed(
    game: Bimatrix, k: int, strategy: int, stretch: tuple[float, float], here: int
) -> tuple[float, int]:
    """Narrow the stretch in which the place reached changes."""
    same, other = stretch
    end = here
    for _ in range(ROUNDS):
        tried = np.linspace(same, other, GRID + 1)[1:]
        reached = places(game, k, strategy, tried)
        n = int(np.argmax(reached != here))
        end = int(reached[n])
        same, other = (same if n == 0 else float(tried[n - 1])), float(tried[n])
    return other, end


def _reached(table: Strategic, place: int) -> str:
    """Say where populations come to rest."""
    if place < 0:
        if table.game.shape == (2, 2):
            return "they come to no corner"
        return "they come to no rest within the time looked at"
    i, j = divmod(place, table.game.shape[1])
    most = "" if table.game.shape == (2, 2) else "mostly "
    return f"they come to where {most}{both(table, i, j)}"


def places(game: Bimatrix, k: int, strategy: int, shares: Floats) -> NDArray[np.intp]:
    """Return the place that is reached from each share of a strategy, and -1 for none.

    A place is a pair of strategies, row times the number of columns plus column: those of all in
    games of two by two, those of most in larger ones. Followed on logarithms of shares, which
    never reach 0, by Runge and Kutta's method of fourth order.
    """
    start = [np.full((len(shares), n), 1 / n) for n in game.shape]
    n = game.shape[k]
    if n > 1:
        start[k] = np.repeat(((1 - shares) / (n - 1))[:, None], n, axis=1)
        start[k][:, strategy] = shares
    u, v = (np.log(own) for own in start)
    row, column = game.row / game.scale(), game.column / game.scale()
    small = game.shape == (2, 2)
    for _ in range(round((LONG if small else SHORT) / STEP)):
        u, v = _stepped(row, column, u, v)
        if small and (np.abs(np.diff(u)) > FAR).all() and (np.abs(np.diff(v)) > FAR).all():
            break
    x, y = _shares(u), _shares(v)
    i, j = x.argmax(axis=1), y.argmax(axis=1)
    if small:
        settled = (np.abs(np.diff(u)) > FAR)[:, 0] & (np.abs(np.diff(v)) > FAR)[:, 0]
        rests = (row[i, j] >= row[1 - i, j]) & (column[i, j] >= column[i, 1 - j]) & settled
    else:
        mine, theirs = y @ row.T, x @ column
        rests = np.maximum(
            mine.max(axis=1) - (x * mine).sum(axis=1), theirs.max(axis=1) - (y * theirs).sum(axis=1)
        ) < 1e-3  # fmt: skip
    found: NDArray[np.intp] = np.where(rests, i * game.shape[1] + j, -1)
    return found


def _shares(logs: Floats) -> Floats:
    parts = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: Floats = parts / parts.sum(axis=1, keepdims=True)
    return shares


def _stepped(row: Floats, column: Floats, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Let strategies grow by what they earn, for one step of time."""

    def speed(a: Floats, b: Floats) -> tuple[Floats, Floats]:
        return _shares(b) @ row.T, _shares(a) @ column

    a = speed(u, v)
    b = speed(u + STEP / 2 * a[0], v + STEP / 2 * a[1])
    c = speed(u + STEP / 2 * b[0], v + STEP / 2 * b[1])
    d = speed(u + STEP * c[0], v + STEP * c[1])
    ahead = (own + STEP / 6 * (a[k] + 2 * b[k] + 2 * c[k] + d[k]) for k, own in enumerate((u, v)))
    first, second = ahead
    return first, second
