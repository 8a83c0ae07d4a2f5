"""A graph model in a file of its own: who holds which options, and who prefers what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sim.graph_model.options import Direction
from sim.graph_model.turns import Sanctions
from sim.issues import Frozen, Identifier, Names
from sim.preferences.uncertain import NonNegative, Real, whole
from sim.scenario import Source, Sources, Text

Pattern = Annotated[str, Field(pattern=r"^[YN-]+$")]


class Choice(Frozen):
    """An option in the long form: what it is called, and in which direction it can change.

    Attributes
    ----------
    moves
        ``both``; ``N->Y``: once taken it cannot be given up; ``Y->N``: once given up it cannot be
        taken again.
    """

    title: Text
    moves: Direction = "both"


def _choice_kind(value: object) -> str:
    return "<choice>" if isinstance(value, dict | Choice) else "<title>"


Held = Annotated[
    Annotated[Text, Tag("<title>")] | Annotated[Choice, Tag("<choice>")],
    Discriminator(_choice_kind),
]


class Side(Frozen):
    """A party to the conflict: what it can do, and what it prefers.

    Its preferences are given in one of four ways: ``statements``, ``ranking``, ``utility`` or
    ``prefers``.

    Attributes
    ----------
    options
        What it can do or leave: identifier -> title, or the long form with a direction.
    moves
        Where states are given directly: state -> the state, or states, that it can move to.
    statements
        What it wants, the most important first: formulas over options such as
        ``release and not attack``, or patterns such as ``-Y-``.
    ranking
        All states, best first; ties as sub-lists.
    utility
        State -> number; differences up to ``near`` are ties.
    prefers
        Chains of states, better first: ``[peace, war]``. Together they must leave nothing open.
    near
        How much utility counts as no difference.
    """

    name: Text
    description: str | None = None
    options: dict[Identifier, Held] = Field(default_factory=dict)
    moves: dict[Identifier, Names] = Field(default_factory=dict)
    statements: Annotated[list[Text], Field(min_length=1)] | None = None
    ranking: Annotated[list[Names], Field(min_length=1)] | None = None
    utility: dict[Identifier, Real] | None = None
    prefers: list[Annotated[list[Identifier], Field(min_length=2)]] | None = None
    near: NonNegative = 1e-9
    source: Sources | None = None
    assumption: str | None = None


class Infeasible(Frozen):
    """Combinations of options that make no sense.

    Attributes
    ----------
    patterns
        One sign for every option, in file order: ``Y`` taken, ``N`` not taken, ``-`` either.
    exclusive
        Lists of options of which at most one can be taken.
    at_least_one
        Lists of options of which one must be taken.
    needs
        Option -> the option without which it cannot be taken.
    """

    patterns: list[Pattern] = Field(default_factory=list)
    exclusive: list[Annotated[list[Identifier], Field(min_length=2)]] = Field(default_factory=list)
    at_least_one: list[Annotated[list[Identifier], Field(min_length=1)]] = Field(
        default_factory=list
    )
    needs: dict[Identifier, Identifier] = Field(default_factory=dict)


class Merged(Frozen):
    """Combinations that count as one state, as nothing else matters then."""

    pattern: Pattern
    title: Text


class Question(Frozen):
    """What inverse analysis asks: which rankings would make a state hold.

    Attributes
    ----------
    target
        The state.
    vary
        Party -> the states that swap places in its ranking, or ``all``.
    """

    target: Identifier
    vary: Annotated[dict[Identifier, Names], Field(min_length=1)]


class GraphFile(Frozen):
    """The whole file.

    Attributes
    ----------
    graph_model
        Version of the file format: 1.
    title
        The conflict, in one line.
    parties
        Who can do what, and what each prefers.
    states
        Where states are given directly: identifier -> what they are. In option form states are
        called s1, s2, …; a few may be given a title here.
    infeasible
        In option form: combinations that are no states.
    coalesce
        In option form: combinations that count as one state; they come last.
    status_quo
        Where the conflict stands: a state, or in option form its signs, such as ``NYNNN``.
    sanctions
        Which answers of several opponents count; see the manual.
    inverse
        A question about preferences.
    """

    graph_model: Annotated[Literal[1], BeforeValidator(whole)]
    title: Text
    description: str | None = None
    assumption: str | None = None
    source: Sources | None = None
    sources: dict[Identifier, Source] = Field(default_factory=dict)
    parties: Annotated[dict[Identifier, Side], Field(min_length=1)]
    states: dict[Identifier, Text] = Field(default_factory=dict)
    infeasible: Infeasible = Infeasible()
    coalesce: list[Merged] = Field(default_factory=list)
    status_quo: Identifier | None = None
    sanctions: Sanctions = "sequences"
    inverse: Question | None = None


class PartialGraphFile(GraphFile):
    """What could be read of a file with mistakes in it."""

    graph_model: Annotated[Any, BeforeValidator(whole)] = 1
    title: str = ""
    parties: dict[Identifier, Side] = Field(default_factory=dict)
