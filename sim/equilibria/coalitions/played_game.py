"""A coalition game with the names of its players, and how their shares are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sim.division.coalition_game import CoalitionGame
from sim.division.shapley import Vote
from sim.equilibria.exact_numbers import for_json, said
from sim.words import listed

Shares = tuple[Fraction, ...]

NAMED = 5
"""More players than this with the same share are counted, not named."""


@dataclass(frozen=True, eq=False)
class Played:
    """A coalition game with the names of its players.

    Attributes
    ----------
    title
        What it is about.
    players
        Identifier -> name.
    game
        The worth of every coalition; ``None`` for votes with too many players to list them.
    vote
        Weights and quota, where it is a vote.
    estate
        What there is and what is claimed, where that is what the game is about.
    costs
        Worths are costs with their signs turned.
    """

    title: str
    players: Mapping[str, str]
    game: CoalitionGame | None
    vote: Vote | None = None
    estate: tuple[Fraction, Shares] | None = None
    costs: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the players."""
        return list(self.players.values())

    def named(self, coalition: Sequence[int]) -> list[str]:
        """Identifiers of the members of a coalition."""
        keys = list(self.players)
        return [keys[k] for k in coalition]

    def shares(self, values: Sequence[Fraction]) -> Shares:
        """Return shares as people count them: costs are not negative gains."""
        return tuple(-value for value in values) if self.costs else tuple(values)

    def by_player(self, values: Sequence[Fraction]) -> dict[str, Any]:
        """Return shares by player, ready for JSON."""
        return {key: for_json(x) for key, x in zip(self.players, self.shares(values), strict=True)}

    def in_words(self, values: Sequence[Fraction]) -> str:
        """Say who gets, or pays, what; players with the same share together."""
        groups: dict[Fraction, list[str]] = {}
        for name, value in zip(self.names, self.shares(values), strict=True):
            groups.setdefault(value, []).append(name)
        texts: list[str] = []
        for value, names in sorted(groups.items(), key=lambda group: -group[0]):
            whom = listed(names)
            if len(names) > NAMED:
                rest = "others" if texts else "players"
                whom = f"all {len(names)}" if len(groups) == 1 else f"{len(names)} {rest}"
            texts.append(f"{whom} {said(value)}{' each' if len(names) > 1 else ''}")
        return "; ".join(texts)

    def utilities(self, values: Sequence[Fraction]) -> dict[str, float]:
        """Return what each player gets, as numbers."""
        return {k: float(v) for k, v in zip(self.players, self.shares(values), strict=True)}
