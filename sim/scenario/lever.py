"""Levers: what a third party can do to change what the parties would take."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.issues import Frozen, Identifier, OptionName
from sim.preferences.uncertain import Basis, Number
from sim.scenario.sources import Text


class Shift(Frozen):
    """What a lever does to one party: numbers added to its levels and option values."""

    disagreement: Number | None = None
    threshold: Number | None = None
    values: dict[Identifier, dict[OptionName, Number]] = Field(default_factory=dict)


class Lever(Basis):
    """Something a mediator or a third party can do to change what the parties would take.

    Attributes
    ----------
    by
        Who can do it.
    effects
        Party -> shifts of its levels and option values.
    cost
        What it costs whoever does it.
    """

    title: str | None = None
    by: Text
    effects: Annotated[dict[Identifier, Shift], Field(min_length=1)]
    cost: Number = 0.0
