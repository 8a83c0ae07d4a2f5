"""A version of the text: what it says on each issue, and what it leaves open."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from sim.issues import Frozen, Identifier, Option, Span
from sim.preferences.uncertain import Basis
from sim.scenario.sources import Date, Sources, Text


def _range_kind(value: object) -> str:
    return "<span>" if isinstance(value, dict | Span) else "<list>"


Range = Annotated[
    Annotated[Annotated[list[Option], Field(min_length=1)], Tag("<list>")]
    | Annotated[Span, Tag("<span>")],
    Discriminator(_range_kind),
]


class Clause(Basis):
    """What a plan says on one issue, in the long form: a pick, a range, or both."""

    pick: Option | None = None
    range: Range | None = None


def _clause_kind(value: object) -> str:
    if isinstance(value, Clause):
        return "<clause>"
    if isinstance(value, dict):
        return "<span>" if "from" in value or "to" in value else "<clause>"
    if isinstance(value, Span):
        return "<span>"
    return "<list>" if isinstance(value, list) else "<pick>"


Picks = Annotated[
    Annotated[Option, Tag("<pick>")]
    | Annotated[Annotated[list[Option], Field(min_length=1)], Tag("<list>")]
    | Annotated[Span, Tag("<span>")]
    | Annotated[Clause, Tag("<clause>")],
    Discriminator(_clause_kind),
]


class Plan(Frozen):
    """A version of the text: for every issue a pick, a range, or silence.

    Attributes
    ----------
    picks
        Issue -> option, on a grid a number; or a list of options or `{from: …, to: …}` where the
        text leaves it open; or `{range: …, pick: …}` for an open point with its most likely
        reading. An issue that is not named is silence, scored at its status quo.
    """

    title: Text
    date: Date | None = None
    author: str | None = None
    description: str | None = None
    picks: dict[Identifier, Picks] = Field(default_factory=dict)
    source: Sources | None = None
    sources: list[Identifier] = Field(default_factory=list)
