"""At which numbers the answers to a game of two players change: payoffs, weights, precisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.equilibria.bimatrix.strategic import Strategic, pair_of
from sim.equilibria.prediction import Hinge
from sim.games.bimatrix import REGRET, Bimatrix, Floats
from sim.games.correlated import Correlated, correlated_equilibrium
from sim.games.quantal import quantal_points
from sim.words import listed

NOTHING_ELSE = "there is nothing else to choose"

TOLERANCE = 1e-7
"""Payoffs closer than this share of their range count as the same."""

HALVINGS = 30

Shares = tuple[Floats, Floats]


def both(table: Strategic, i: int, j: int) -> str:
    """Say who does what, for a pair of strategies."""
    return f"{table.names[0]} {table.labels[0][i]} and {table.names[1]} {table.labels[1][j]}"


def pure_equilibria(game: Bimatrix) -> set[tuple[int, int]]:
    """Return the pairs of strategies that are best replies to each other."""
    near = REGRET * game.scale()
    mine = game.row >= game.row.max(axis=0) - near
    theirs = game.column >= game.column.max(axis=1, keepdims=True) - near
    return {(int(i), int(j)) for i, j in np.argwhere(mine & theirs)}


def payoff_hinges(table: Strategic) -> Iterator[Hinge]:
    """For each player, the payoff that soonest changes which pairs are equilibria.

    A payoff matters where it stands against the highest other payoff of the same player against
    the same strategy, and only if either of the two is the other player's best reply too.
    """
    found = [hinge for k in (0, 1) if (hinge := _payoff_hinge(table, k)) is not None]
    if found:
        yield from found
        return
    yield Hinge(
        f"what {table.names[0]} gets where {both(table, 0, 0)}",
        float(table.game.row[0, 0]), None, NOTHING_ELSE,
    )  # fmt: skip


def _payoff_hinge(table: Strategic, k: int) -> Hinge | None:
    game = table.game
    own, others = (game.row, game.column) if k == 0 else (game.column.T, game.row.T)
    if len(own) < 2:
        return None
    near = REGRET * game.scale()
    fits = others >= others.max(axis=1, keepdims=True) - near
    rival = np.array([np.delete(own, i, axis=0).max(axis=0) for i in range(len(own))])
    matters = fits | np.array([
        np.delete((own >= rival[i] - near) & fits, i, axis=0).any(axis=0) for i in range(len(own))
    ])  # fmt: skip
    margin = np.where(matters, np.abs(own - rival), np.inf)
    # of two equally near, the payoff of the better reply: what is there to lose
    first = np.lexsort(((own < rival).ravel(), margin.ravel()))[0]
    i, j = (int(place) for place in np.unravel_index(first, own.shape))
    pair = (i, j) if k == 0 else (j, i)
    now, at = float(own[i, j]), float(rival[i, j])
    level = abs(now - at) <= near
    down = bool(fits[i, j]) if level else now > at
    then = _told(
        table, changed_payoff(game, k, pair, at + (-1 if down else 1) * 1e-4 * near / REGRET)
    )
    if level:
        then = f"if it is any {'lower' if down else 'higher'}, {then}"
    what = f"what {table.names[k]} gets where {both(table, *pair)}"
    return Hinge(what, now, now if level else at, then)


def changed_payoff(game: Bimatrix, k: int, pair: tuple[int, int], value: float) -> Bimatrix:
    """Return a game in which one player gets something else at one pair of strategies."""
    row, column = game.row.copy(), game.column.copy()
    (row, column)[k][pair] = value
    return Bimatrix(row, column)


def _told(table: Strategic, game: Bimatrix) -> str:
    """Say which pairs are equilibria no longer, and which are new."""
    before, after = pure_equilibria(table.game), pure_equilibria(game)
    said = []
    for pairs, how in (
        (sorted(before - after), "it is no longer an equilibrium that"),
        (sorted(after - before), "it becomes an equilibrium that"),
    ):
        if pairs:
            more = f" (and {len(pairs) - 1:,} more)" if len(pairs) > 1 else ""
            said.append(f"{how} {both(table, *pairs[0])}{more}")
    return listed(said)


def weight_hinges(table: Strategic, best: Correlated) -> Iterator[Hinge]:
    """Find the weight on the first player's payoff at which other advice is best."""
    what = f"weight on what {table.names[0]} gets, in the sum of both payoffs"
    found = [
        turn for end in (1.0, 0.0) if (turn := _turn(table.game, best.payoffs, end)) is not None
    ]
    if not found:
        yield Hinge(what, 0.5, None, "from 0 to 1")
        return
    at, payoffs = min(found, key=lambda turn: abs(turn[0] - 0.5))
    then = f"the best advice gives {pair_of(payoffs)}"
    if at == 0.5:
        name = table.names[0 if payoffs[0] > best.payoffs[0] else 1]
        then = f"with any more on what {name} gets, {then}"
    yield Hinge(what, 0.5, at, then)


def _turn(
    game: Bimatrix, now: tuple[float, float], end: float
) -> tuple[float, tuple[float, float]] | None:
    """Find the weight towards an end at which something beats two payoffs, and what does.

    What is best at the end is compared first; where the two weigh the same, something else may be
    better still, which is compared next. Each step is nearer, and there are finitely many.
    """
    near = TOLERANCE * game.scale()
    weight, found = end, None
    for _ in range(50):
        other = correlated_equilibrium(game, (weight, 1 - weight)).payoffs
        mine, theirs = other[0] - now[0], other[1] - now[1]
        if weight * mine + (1 - weight) * theirs <= near:
            break
        # where weight * mine + (1 - weight) * theirs = 0; mine and theirs differ in sign
        even = theirs / (theirs - mine)
        even = max(even, 0.5) if end > 0.5 else min(even, 0.5)
        weight, found = even, (round(even, 6), other)
    return found


def precision_hinges(
    table: Strategic, precisions: Sequence[float], points: Sequence[Shares | None]
) -> Iterator[Hinge]:
    """Find the precision below which a player most often does something else.

    Looked for between points of the path at rising precisions; changes that cancel between two
    of them are overlooked.
    """
    known = [(p, here) for p, here in zip(precisions, points, strict=True) if p > 0 and here]
    highest = known[-1][0]
    what = "precision with which both respond to what they earn"
    found = []
    for k in (0, 1):
        likelier = [likelier_at(table.game, p, here[k]) for p, here in known]
        other = [n for n, those in enumerate(likelier) if those != likelier[-1]]
        if other:
            at, those = _narrowed(table.game, k, known[other[-1]], known[other[-1] + 1])
            does = listed((table.labels[k][n] for n in those), "or")
            found.append(Hinge(what, highest, at, f"{table.names[k]} most often {does}"))
    yield from found or [
        Hinge(what, highest, None, "from 0 to that, each does the same most often")
    ]


def likelier_at(game: Bimatrix, precision: float, shares: Floats) -> tuple[int, ...]:
    """Return the strategies that are chosen most often at a precision above 0.

    Those count as equally frequent whose payoffs, which the frequencies tell, are the same.
    """
    gap = np.log(shares.max()) - np.log(np.maximum(shares, 1e-300))
    return tuple(np.flatnonzero(gap <= TOLERANCE * precision * game.scale()).tolist())


def _narrowed(
    game: Bimatrix, k: int, low: tuple[float, Shares], high: tuple[float, Shares]
) -> tuple[float, tuple[int, ...]]:
    """Halve a stretch of precisions in which a player's likelier strategy changes."""
    last, first, reach = likelier_at(game, high[0], high[1][k]), low, high[0] - low[0]
    for _ in range(HALVINGS):
        precision = (low[0] + high[0]) / 2
        middle = (precision, _responses(game, precision, high[1]))
        if likelier_at(game, precision, middle[1][k]) == last:
            high = middle
        else:
            low = middle
    # at the turn itself both are as frequent: what comes before is seen a little before
    before = max(high[0] - reach / 100, first[0])
    those = likelier_at(game, before, _responses(game, before, high[1])[k])
    return round(high[0], 8), those if those != last else likelier_at(game, first[0], first[1][k])


def _responses(game: Bimatrix, precision: float, near: Shares) -> Shares:
    """Return the logit equilibrium at a precision near one that is known."""
    from scipy.optimize import fsolve  # noqa: PLC0415 - slow to import
    from scipy.special import softmax  # noqa: PLC0415

    m = game.shape[0]

    def miss(shares: Floats) -> Floats:
        x, y = shares[:m], shares[m:]
        answer = (softmax(precision * (game.row @ y)), softmax(precision * (x @ game.column)))
        gap: Floats = shares - np.concatenate(answer)
        return gap

    found = fsolve(miss, np.concatenate(near), xtol=1e-12, full_output=True)[0]
    if np.abs(miss(found)).max() > TOLERANCE:
        # along the whole path, which takes longer
        return quantal_points(game, [precision])[0] or near
    x, y = found[:m], found[m:]
    # once more, so that chances too small for the search are right too
    return softmax(precision * (game.row @ y)), softmax(precision * (x @ game.column))
