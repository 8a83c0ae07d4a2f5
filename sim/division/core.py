"""The core: divisions that no coalition can better by going its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sim.division.coalition_game import CoalitionGame
from sim.division.least_excess import all_but_everyone, least_excess

Shares = tuple[Fraction, ...]

MOST_VERTICES = 2_000
"""Vertices of a core that are listed; beyond it is described by the least core alone."""


@dataclass(frozen=True, eq=False)
class Core:
    """Whether the core is empty, with what proves it.

    Attributes
    ----------
    empty
        Proven either way.
    point
        A division in the core, or in the least core where it is empty; all excesses of it have
        been looked at.
    excess
        What the coalitions worst off miss there, and miss at least anywhere: the least core's.
    balanced
        Coalition -> weight. Every player is covered once in all, and yet the weighted worths
        add up to more than all have: that proves the core empty (Bondareva 1963, Shapley 1967).
        Where the core is not empty they add up to no more.
    """

    empty: bool
    point: Shares
    excess: Fraction
    balanced: Mapping[int, Fraction]


def core(game: CoalitionGame) -> Core:
    """Return whether some division leaves no coalition a reason to go its own way.

    Examples
    --------
    Three players share by majority: whatever is proposed, two can do better.

    >>> majority = CoalitionGame.of(3, {(0, 1): 1, (0, 2): 1, (1, 2): 1, (0, 1, 2): 1})
    >>> core(majority).empty, core(majority).excess
    (True, Fraction(1, 3))

    References
    ----------
    Gillies (1959), "Solutions to General Non-Zero-Sum Games"; Shapley (1967), "On Balanced Sets
    and Cores", Naval Research Logistics Quarterly 14 (4), 453-460.
    """
    if game.n_players == 1:
        return Core(False, (game.total,), Fraction(0), {1: Fraction(1)})
    settled = {game.everyone: game.total}
    found = least_excess(game, settled, all_but_everyone(game), individually=False)
    assert found is not None  # divisions below what players have alone are allowed here
    cover = sum(weight for s, weight in found.weights.items() if s & 1)
    balanced = {s: weight / cover for s, weight in found.weights.items()}
    return Core(found.excess > 0, found.shares, found.excess, balanced)


def core_vertices(game: CoalitionGame, *, most: int = MOST_VERTICES) -> list[Shares] | None:
    """List the vertices of the core; every division in it is a mixture of them.

    Begins with the divisions that give each at least what it has alone, and cuts off what each
    coalition refuses (the double description method), in fractions.

    Returns
    -------
    list or None
        In falling order; empty where the core is. ``None`` where there are more than ``most``
        on the way.

    References
    ----------
    Motzkin, Raiffa, Thompson & Thrall (1953), "The Double Description Method", Contributions to
    the Theory of Games II, 51-73.
    """
    n = game.n_players
    alone = [game.at(1 << k) for k in range(n)]
    spare = game.total - sum(alone)
    if spare < 0:
        return []
    corners = [
        tuple(worth + (spare if j == k else 0) for j, worth in enumerate(alone)) for k in range(n)
    ]
    # for each vertex the limits that hold with equality there, as bits
    tight = {c: _met(game, c, [1 << k for k in range(n)]) for c in corners}
    limits = [1 << k for k in range(n)]
    for coalition in range(1, game.everyone):
        if coalition & (coalition - 1):
            limits.append(coalition)
            tight = _cut(game, tight, coalition, len(limits) - 1)
            if len(tight) > most:
                return None
    return sorted(tight, reverse=True)


def _met(game: CoalitionGame, point: Shares, limits: list[int]) -> int:
    return sum(1 << k for k, s in enumerate(limits) if _spare(game, point, s) == 0)


def _spare(game: CoalitionGame, point: Shares, coalition: int) -> Fraction:
    """What a coalition gets beyond what it has by itself."""
    got = sum((x for k, x in enumerate(point) if coalition >> k & 1), Fraction(0))
    return got - game.at(coalition)


def _cut(
    game: CoalitionGame, tight: dict[Shares, int], coalition: int, place: int
) -> dict[Shares, int]:
    """Keep the vertices that a coalition accepts, and add those where edges meet its limit."""
    spare = {point: _spare(game, point, coalition) for point in tight}
    kept = {p: met | (1 << place if spare[p] == 0 else 0) for p, met in tight.items()
            if spare[p] >= 0}  # fmt: skip
    inside = [p for p in tight if spare[p] > 0]
    outside = [p for p in tight if spare[p] < 0]
    for p in inside:
        for q in outside:
            common = tight[p] & tight[q]
            if not _on_an_edge(common, p, q, tight):
                continue
            part = spare[p] / (spare[p] - spare[q])
            point = tuple(a + part * (b - a) for a, b in zip(p, q, strict=True))
            kept[point] = kept.get(point, 0) | common | 1 << place
    return kept


def _on_an_edge(common: int, p: Shares, q: Shares, tight: dict[Shares, int]) -> bool:
    """Tell whether two vertices are neighbours: no other one meets all that they both meet."""
    return not any(met & common == common for other, met in tight.items() if other not in (p, q))


def total_needed(game: CoalitionGame) -> Fraction:
    """Return the least that all must have together for the core not to be empty.

    What a division of it leaves the coalition worst off is convex in the total and linear in
    pieces, so that going from a total to the one at which the current proof gives way ends after
    a few steps, with an exact number.
    """
    if game.n_players == 1:
        return game.total
    total = game.total
    while True:
        settled = {game.everyone: total}
        found = least_excess(game, settled, all_but_everyone(game), individually=False)
        assert found is not None
        cover = sum(weight for s, weight in found.weights.items() if s & 1)
        worth = sum((w * game.at(s) for s, w in found.weights.items()), Fraction(0))
        if found.excess == 0:
            return total
        total = worth / cover
