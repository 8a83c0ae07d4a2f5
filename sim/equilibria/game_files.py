"""Games in small files of their own: which kinds there are, and what answers each.

A game file begins with its kind and the version of its format, as in ``graph_model: 1``. A kind
brings the types of its file, what must hold between their parts, and its models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.equilibria.prediction import Prediction
from sim.errors import Mistake
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


GAMES: dict[str, GameKind] = {}
"""Kinds of game files by the word that such a file begins with."""
