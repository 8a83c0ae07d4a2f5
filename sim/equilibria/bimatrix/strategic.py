"""A game in normal form with its names, its equilibria, and how they are said and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.games.bimatrix import REGRET, Bimatrix, Floats, Profile
from sim.games.constant_sum import solve_constant_sum
from sim.games.dominance import perfect
from sim.games.enumeration import LARGEST, Equilibria, all_equilibria
from sim.games.evolution import Basins, basins
from sim.games.lemke_howson import one_equilibrium
from sim.words import listed, percent, plain

LISTED = 40
"""Equilibria that an answer lists; their number is exact however many there are."""

Names = tuple[str, str]
Labels = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Strategic:
    """A solved game of two players.

    Attributes
    ----------
    title
        What the game is about.
    names
        The row player and the column player.
    ids
        What the strategies of each are called in files and answers.
    labels
        The same for readers.
    game
        Payoffs.
    found
        All equilibria; ``None`` where the game is too large to list them.
    some
        The equilibria that are known: all extreme ones, or one of a large game.
    """

    title: str
    names: Names
    ids: Labels
    labels: Labels
    game: Bimatrix
    found: Equilibria | None
    some: tuple[Profile, ...]

    def sentence(self, profile: Profile) -> str:
        """Say who does what: ``Ann gives way and Bob holds out``."""
        return listed(
            f"{name} {_mix(strategy, labels)}"
            for name, strategy, labels in zip(
                self.names, (profile.x, profile.y), self.labels, strict=True
            )
        )

    @property
    def pure(self) -> list[tuple[int, int]]:
        """The equilibria in pure strategies."""
        return [p.pure for p in self.some if p.pure is not None]


class TwoByTwo(Strategic):
    """A solved game of two players with two strategies each: it can be drawn whole."""

    @cached_property
    def basins(self) -> Basins:
        """Where populations that copy success end up from each starting point."""
        return basins(self.game)


def solved(
    title: str,
    names: Names,
    ids: Labels,
    game: Bimatrix,
    *,
    labels: Labels | None = None,
    exact: bool = False,
) -> Strategic:
    """Solve a game: all equilibria up to 12 strategies each, one of a larger game."""
    kind = TwoByTwo if game.shape == (2, 2) else Strategic
    shown = labels or ids
    if max(game.shape) <= LARGEST:
        found = all_equilibria(game, exact=exact)
        return kind(title, names, ids, shown, game, found, found.extreme)
    one = solve_constant_sum(game) if game.constant_sum else one_equilibrium(game)
    checked = one is not None and one.regret <= REGRET * game.scale()
    return kind(title, names, ids, shown, game, None, (one,) if one and checked else ())


def listing(solved_game: Strategic, parties: Names) -> list[dict[str, Any]]:
    """Return the first equilibria as they stand in an answer."""
    shown = solved_game.some[:LISTED]
    steady = perfect(solved_game.game, shown)
    return [
        _entry(solved_game, parties, profile, fine)
        for profile, fine in zip(shown, steady, strict=True)
    ]


def _entry(solved_game: Strategic, parties: Names, profile: Profile, fine: bool) -> dict[str, Any]:
    mixed = {
        party: _chances(strategy, ids)
        for party, strategy, ids in zip(
            parties, (profile.x, profile.y), solved_game.ids, strict=True
        )
    }
    entry: dict[str, Any] = {
        "strategies": mixed,
        "utilities": dict(zip(parties, profile.payoffs, strict=True)),
        "pure": profile.pure is not None,
        "trembling_hand_perfect": fine,
        "regret": profile.regret,
    }
    if profile.exact is not None:
        entry["exact"] = {
            party: {name: str(p) for name, p in zip(ids, own, strict=True) if p}
            for party, own, ids in zip(parties, profile.exact, solved_game.ids, strict=True)
        }
    return entry


def _chances(strategy: Floats, ids: Sequence[str]) -> dict[str, float]:
    return {name: float(p) for name, p in zip(ids, strategy, strict=True) if p > 1e-9}


def _mix(strategy: Floats, labels: Sequence[str]) -> str:
    played = np.flatnonzero(strategy > 1e-9)
    if len(played) == 1:
        return labels[int(played[0])]
    return listed((f"{labels[int(k)]} ({percent(float(strategy[k]))})" for k in played), "or")


def numbers(game: Bimatrix, ids: Labels, parties: Names) -> dict[str, Any]:
    """Return payoffs as an answer has them: row -> column -> party -> payoff."""
    return {
        row: {
            column: {
                parties[0]: float(game.row[i, j]),
                parties[1]: float(game.column[i, j]),
            }
            for j, column in enumerate(ids[1])
        }
        for i, row in enumerate(ids[0])
    }


def pair_of(values: tuple[float, float], decimals: int = 2) -> str:
    """Write what both get: ``(0.50, 0.30)``."""
    return f"({plain(values[0], decimals)}, {plain(values[1], decimals)})"
