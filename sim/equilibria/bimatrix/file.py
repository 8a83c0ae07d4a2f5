"""A game of two players in a file of its own: strategies, and what each pair of them gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, Strict

from sim.equilibria.game_sources import unknown_sources
from sim.errors import Mistake, did_you_mean
from sim.games.bimatrix import Bimatrix
from sim.issues import Frozen, Identifier
from sim.preferences.uncertain import Basis, Real, whole
from sim.scenario.sources import Source, Sources, Text

MOST_STRATEGIES = 100
"""Strategies of a player at most; beyond a dozen one equilibrium is found and not all."""

Cell = Annotated[tuple[Real, Real], Strict(False)]


class Player(Basis):
    """One of the two players.

    Attributes
    ----------
    name
        What people call it.
    strategies
        What it can do: name -> in a few words that follow the player's name, as in ``holds out``.
    """

    name: Text
    strategies: Annotated[dict[Identifier, Text], Field(min_length=1)]


class BimatrixFile(Frozen):
    """A game of two players who choose at once.

    Attributes
    ----------
    bimatrix
        Version of the file format: 1.
    title
        What the game is about, in one line.
    players
        Two: the first chooses the row, the second the column.
    payoffs
        Strategy of the first player -> strategy of the second -> [what the first gets, what the
        second gets]. More is better.
    """

    bimatrix: Annotated[Literal[1], BeforeValidator(whole)]
    title: Text
    description: str | None = None
    assumption: str | None = None
    source: Sources | None = None
    sources: dict[Identifier, Source] = Field(default_factory=dict)
    players: Annotated[dict[Identifier, Player], Field(min_length=2, max_length=2)]
    payoffs: dict[Identifier, dict[Identifier, Cell]]

    @property
    def ids(self) -> tuple[str, str]:
        """Identifiers of the two players."""
        first, second = self.players
        return first, second

    @property
    def game(self) -> Bimatrix:
        """The payoffs as arrays."""
        rows, columns = (tuple(player.strategies) for player in self.players.values())
        cells = np.array([[self.payoffs[row][column] for column in columns] for row in rows])
        return Bimatrix.of(cells[:, :, 0], cells[:, :, 1])


class PartialBimatrixFile(BimatrixFile):
    """What could be read of a game with mistakes in it."""

    bimatrix: Annotated[Any, BeforeValidator(whole)] = 1
    title: str = ""
    players: dict[Identifier, Player] = Field(default_factory=dict)
    payoffs: dict[Identifier, dict[Identifier, Cell]] = Field(default_factory=dict)


def bimatrix_mistakes(file: BimatrixFile) -> Iterator[Mistake]:
    """Say what does not hold between the parts of a file."""
    yield from unknown_sources(file.sources, file.source, ("source",))
    for name, player in file.players.items():
        yield from unknown_sources(file.sources, player.source, ("players", name, "source"))
    if len(file.players) != 2:
        return
    (row_id, first), (column_id, second) = file.players.items()
    for name, strategies in ((row_id, first.strategies), (column_id, second.strategies)):
        if len(strategies) > MOST_STRATEGIES:
            yield Mistake(
                ("players", name, "strategies"),
                f"has {len(strategies)} strategies; games of up to {MOST_STRATEGIES} are read",
            )
    yield from _named(("payoffs",), file.payoffs, first.strategies, row_id)
    for row, cells in file.payoffs.items():
        if row in first.strategies:
            yield from _named(("payoffs", row), cells, second.strategies, column_id)


def _named(
    path: tuple[str, ...], found: dict[str, Any], wanted: dict[str, str], player: str
) -> Iterator[Mistake]:
    """Compare the keys of a table with the strategies of a player."""
    for name in found:
        if name not in wanted:
            near = did_you_mean(name, wanted)
            yield Mistake((*path, name), f"'{name}' is no strategy of '{player}'{near}", True)
    missing = [name for name in wanted if name not in found]
    if missing:
        shown = ", ".join(f"'{name}'" for name in missing)
        yield Mistake(path, f"no payoffs for {shown}: add them, as every strategy of '{player}' "
                      "needs some")  # fmt: skip
