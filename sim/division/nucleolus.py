"""The nucleolus: the division whose worst-off coalition misses least, then the next, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sim.division.coalition_game import CoalitionGame
from sim.division.least_excess import all_but_everyone, least_excess, undecided
from sim.errors import InputError


@dataclass(frozen=True, eq=False)
class Nucleolus:
    """The division, and the levels at which it was settled.

    Attributes
    ----------
    shares
        What each player gets.
    levels
        Excesses from the largest down, each with coalitions that cannot do better at it.
    """

    shares: tuple[Fraction, ...]
    levels: tuple[tuple[Fraction, tuple[int, ...]], ...]


def nucleolus(game: CoalitionGame) -> Nucleolus:
    """Return the one division with the lexicographically smallest list of excesses.

    Each programme of the sequence makes the largest excess that is still open as small as
    possible; coalitions with a positive weight in its proof are settled for good. At most n - 1
    programmes, all in fractions.

    Raises
    ------
    InputError
        If the players have less together than alone, so that no division gives each its own.

    Examples
    --------
    An estate of 200 and claims of 100, 200 and 300, as in the Talmud.

    >>> estate = CoalitionGame.bankruptcy(200, [100, 200, 300])
    >>> [int(x) for x in nucleolus(estate).shares]
    [50, 75, 75]

    References
    ----------
    Schmeidler (1969), "The Nucleolus of a Characteristic Function Game", SIAM Journal on Applied
    Mathematics 17 (6), 1163-1170; Maschler, Peleg & Shapley (1979), Mathematics of Operations
    Research 4 (4), 303-338; on settling by dual weights Benedek, Fliege & Nguyen (2021),
    Mathematical Programming 190, 795-824.
    """
    if sum(game.at(1 << k) for k in range(game.n_players)) > game.total:
        raise InputError(
            "the players have more alone than all together: no division gives each its own, so "
            "there is no nucleolus"
        )
    settled = {game.everyone: game.total}
    shares: tuple[Fraction, ...] = (game.total,)
    levels = []
    while len(settled) < game.n_players:
        counted = undecided(game, list(settled)) & all_but_everyone(game)
        found = least_excess(game, settled, counted, individually=True)
        assert found is not None
        shares = found.shares
        levels.append((found.excess, tuple(sorted(found.weights))))
        for coalition in [*sorted(found.weights), *(1 << k for k in found.alone)]:
            if undecided(game, list(settled))[coalition]:
                settled[coalition] = sum(
                    (x for k, x in enumerate(shares) if coalition >> k & 1), Fraction(0)
                )
    return Nucleolus(shares, tuple(levels))
