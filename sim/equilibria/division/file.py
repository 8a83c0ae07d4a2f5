"""A division in a file of its own: two parties, what they dispute, and their points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.equilibria.division.adjusted_winner import divide, predicted
from sim.equilibria.exact_numbers import exact
from sim.equilibria.game_sources import unknown_sources
from sim.equilibria.prediction import Prediction
from sim.errors import Mistake, did_you_mean
from sim.issues import Frozen, Identifier
from sim.preferences.uncertain import Basis, NonNegative, whole
from sim.scenario.sources import Source, Sources, Text

MOST_ITEMS = 60
"""Issues that a file may have; the search for false reports takes seconds with more."""

NEAR = 1e-9


class Item(Frozen):
    """One thing in dispute.

    Attributes
    ----------
    title
        What it is.
    indivisible
        It cannot be shared: if the procedure would share it, both ways of giving it whole to one
        are reported.
    """

    title: Text
    indivisible: bool = False
    note: str | None = None


class Divider(Basis):
    """A party, with what each issue is worth to it.

    Attributes
    ----------
    name
        What people call it.
    points
        Issue -> points, of all that it has to hand out.
    """

    name: Text
    points: dict[Identifier, NonNegative]


class DivisionFile(Frozen):
    """A division between two parties by points.

    Attributes
    ----------
    division
        Version of the file format: 1.
    title
        What is divided, in one line.
    total
        Points that each party hands out.
    items
        What is disputed.
    parties
        The two parties and their points.
    """

    division: Annotated[Literal[1], BeforeValidator(whole)]
    title: Text
    description: str | None = None
    assumption: str | None = None
    source: Sources | None = None
    sources: dict[Identifier, Source] = Field(default_factory=dict)
    total: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] = 100.0
    items: Annotated[dict[Identifier, Item], Field(min_length=1)]
    parties: Annotated[dict[Identifier, Divider], Field(min_length=2)]


class PartialDivisionFile(DivisionFile):
    """What could be read of a division with mistakes in it."""

    division: Annotated[Any, BeforeValidator(whole)] = 1
    title: str = ""
    items: dict[Identifier, Item] = Field(default_factory=dict)
    parties: dict[Identifier, Divider] = Field(default_factory=dict)


def division_mistakes(file: DivisionFile) -> Iterator[Mistake]:
    """Say what does not hold between the parts of a division."""
    if len(file.items) > MOST_ITEMS:
        yield Mistake(
            ("items",), f"{len(file.items)} issues: this is done for at most {MOST_ITEMS}; join "
            "those that go together"
        )  # fmt: skip
    for extra in list(file.parties)[2:]:
        yield Mistake(
            ("parties", extra), "a third party: Adjusted Winner divides between two", at_name=True
        )
    for name, party in file.parties.items():
        yield from _about_points(file, name, party)
        yield from unknown_sources(file.sources, party.source, ("parties", name, "source"))
    yield from unknown_sources(file.sources, file.source, ("source",))


def _about_points(file: DivisionFile, name: str, party: Divider) -> Iterator[Mistake]:
    path = ("parties", name, "points")
    for item in party.points:
        if item not in file.items:
            guess = did_you_mean(item, file.items, "items")
            yield Mistake((*path, item), f"no item is called '{item}'{guess}", at_name=True)
    lacking = [item for item in file.items if item not in party.points]
    if lacking:
        yield Mistake(path, f"no points for {', '.join(lacking)}: add them, 0 if it is worth none")
    total = sum(party.points.values())
    if not lacking and abs(total - file.total) > NEAR * file.total:
        cure = "give out as many, or change `total`"
        yield Mistake(path, f"the points add up to {total:.12g}, not {file.total:.12g}: {cure}")


def divide_file(file: DivisionFile) -> Prediction:
    """Divide by Adjusted Winner what a file holds."""
    points = [[exact(party.points[item]) for item in file.items] for party in file.parties.values()]
    dividing = divide(
        {key: party.name for key, party in file.parties.items()},
        {key: item.title for key, item in file.items.items()},
        points,
        indivisible=frozenset(key for key, item in file.items.items() if item.indivisible),
        title=file.title,
    )
    return predicted(dividing)


DIVISION_MODELS = {"adjusted_winner": divide_file}
"""What answers a division in a file of its own."""
