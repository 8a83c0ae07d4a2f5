"""Games in small files of their own: which kinds there are, and what answers each.

A game file begins with its kind and the version of its format, as in ``graph_model: 1``. A kind
brings the types of its file, what must hold between their parts, and its models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.equilibria.bimatrix.file import BimatrixFile, PartialBimatrixFile, bimatrix_mistakes
from sim.equilibria.bimatrix.game import BIMATRIX_MODELS
from sim.equilibria.coalitions.file import (
    COALITION_MODELS,
    CoalitionFile,
    PartialCoalitionFile,
    coalition_mistakes,
)
from sim.equilibria.division.file import (
    DIVISION_MODELS,
    DivisionFile,
    PartialDivisionFile,
    division_mistakes,
)
from sim.equilibria.graph.game import GRAPH_MODELS
from sim.equilibria.prediction import Prediction
from sim.errors import Mistake
from sim.graph_model.checks import graph_mistakes
from sim.graph_model.file import GraphFile, PartialGraphFile
from sim.issues import Frozen


@dataclass(frozen=True)
class GameKind:
    """One kind of game file.

    Attributes
    ----------
    title
        What such a file holds, in a few words: ``a graph model of a conflict``.
    whole
        The type of the file.
    part
        The same with a default for every field, for what could be read of a file with mistakes.
    mistakes
        What does not hold between the parts of a file.
    models
        The models that answer it, by name: each takes the file and returns its prediction.
    """

    title: str
    whole: type[Frozen]
    part: type[Frozen]
    mistakes: Callable[[Any], Iterator[Mistake]]
    models: Mapping[str, Callable[[Any], Prediction]]


GAMES: dict[str, GameKind] = {
    "graph_model": GameKind(
        "a graph model of a conflict", GraphFile, PartialGraphFile, graph_mistakes, GRAPH_MODELS
    ),
    "division": GameKind(
        "a division between two parties by points",
        DivisionFile,
        PartialDivisionFile,
        division_mistakes,
        DIVISION_MODELS,
    ),
    "coalitions": GameKind(
        "a coalition game: worths, a vote, an estate or shared costs",
        CoalitionFile,
        PartialCoalitionFile,
        coalition_mistakes,
        COALITION_MODELS,
    ),
    "bimatrix": GameKind(
        "a game of two players who choose at once",
        BimatrixFile,
        PartialBimatrixFile,
        bimatrix_mistakes,
        BIMATRIX_MODELS,
    ),
}
"""Kinds of game files by the word that such a file begins with."""
