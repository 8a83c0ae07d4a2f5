"""What a model of equilibrium may be asked for in numbers.

A name such as ``{party}.range`` stands for one column for each party (plan, body that ratifies, end
of the war). Whether a column has a value in a case is another matter: what a model does not say is
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.experiment.computations.prediction_details import Details
from sim.experiment.shape import Cell, Column, Kind


@dataclass(frozen=True)
class Number:
    """One number of a model.

    Attributes
    ----------
    kind, about
        As in a column; ``{party}`` is the one that it is about.
    read
        Where it stands in `Prediction.details`: steps with points between them, or a function of
        the details and of whom it is about.
    """

    kind: Kind
    about: str
    read: str | Callable[..., Cell]

    def of(self, details: Details, whom: Mapping[str, str]) -> Cell:
        """Return the number; ``None`` where the details do not have it."""
        if not isinstance(self.read, str):
            return self.read(details, **whom)
        here: Any = details
        for step in self.read.split("."):
            here = here.get(step.format(**whom)) if isinstance(here, Mapping) else None
        return here if isinstance(here, bool | int | float) else None

    def column(self, model: str, whom: Mapping[str, str]) -> Column:
        """Describe the column of one party, plan, body or end."""
        return Column(self.kind, f"{model}: {self.about.format(**whom)}")


@dataclass(frozen=True)
class Told:
    """What a model says in numbers.

    Attributes
    ----------
    numbers
        Name -> number, in order.
    utilities
        What the utility of a party is there; empty where the model gives none.
    pair
        It is played by the first two players only.
    agreement
        What it means that something is agreed; empty where the model does not say.
    agreed
        Whether it is by the details, where no single package is predicted.
    """

    numbers: Mapping[str, Number]
    utilities: str = ""
    pair: bool = False
    agreement: str = ""
    agreed: Callable[[Details], bool] | None = None


GETS = "utility that {party} gets or expects"
ONE_PACKAGE = "one package is predicted, not no deal"
OPENING = Number("number", "what proposing first is worth to {party}",
                 "value_of_proposing_first.{party}")  # fmt: skip
DELAY = Number("number", "what one round of delay costs {party}", "cost_of_one_round.{party}")
