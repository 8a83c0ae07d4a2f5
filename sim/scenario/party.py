"""A party as the file has it: what it values, what it would take, what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag
from typing_extensions import TypeAliasType

from sim.issues import Frozen, Identifier, OptionName, When
from sim.preferences.line import Line
from sim.preferences.ordinal import Order
from sim.preferences.uncertain import Basis, Number, Patience, Probability, Weight
from sim.scenario.sources import Sources, Text

Consent = Literal["required", "advisory"]


class ShareOfBest(Basis):
    """A level written as a share of the most that the party could get from any outcome.

    ``within: constraints`` takes the best over all outcomes that the constraints allow;
    ``within: red_lines`` over those that also cross no binding red line of a signatory.
    """

    share_of_best: Number
    within: Literal["constraints", "red_lines"] = "constraints"


class AboveDisagreement(Basis):
    """A threshold written as a margin over the party's own disagreement value."""

    above_disagreement: Number


class Fighting(Basis):
    """A disagreement value that is what the war of the `war` block is worth to the party.

    ``common`` takes the course of the war as all see it, ``believed`` as the party itself does.
    """

    war: Literal["common", "believed"]


def _level_kind(value: object) -> str:
    for kind in ("share_of_best", "above_disagreement", "war"):
        if (isinstance(value, dict) and kind in value) or hasattr(value, kind):
            return f"<{kind}>"
    return "<number>"


Disagreement = Annotated[
    Annotated[Number, Tag("<number>")]
    | Annotated[ShareOfBest, Tag("<share_of_best>")]
    | Annotated[Fighting, Tag("<war>")],
    Discriminator(_level_kind),
]
Threshold = Annotated[
    Annotated[Number, Tag("<number>")]
    | Annotated[ShareOfBest, Tag("<share_of_best>")]
    | Annotated[AboveDisagreement, Tag("<above_disagreement>")],
    Discriminator(_level_kind),
]


class Interaction(Basis):
    """What a combination of options adds to a party's utility (or takes), in utility units.

    Attributes
    ----------
    when
        Issue -> option, list of options, or `{from: …, to: …}` for all between: on every issue
        named one of them must be met. Over several numeric issues this is a box (hyper-rectangle).
    add
        What is added after weights are normalised; below 0 it takes.
    why
        The reason, for readers.
    """

    when: When
    add: Number
    why: str | None = None


def _cell_kind(value: object) -> str:
    """Tell a row of the table from a number; an option may be called ``normal`` or ``value``."""
    if not isinstance(value, dict):
        return "<number>"
    ranges = any(isinstance(value.get(k), list) for k in ("uniform", "triangular", "normal"))
    basis = [inner for name, inner in value.items() if name in Basis.model_fields]
    point = not isinstance(value.get("value", {}), dict) and len(value) == len(basis) + 1
    point = point and not any(isinstance(inner, int | float | dict) for inner in basis)
    return "<number>" if ranges or point else "<row>"


if TYPE_CHECKING:
    Cells = dict[str, Any]  # a type that holds itself, which mypy does not follow
else:
    Cells = TypeAliasType(
        "Cells",
        dict[
            OptionName,
            Annotated[
                Annotated[Number, Tag("<number>")] | Annotated["Cells", Tag("<row>")],
                Discriminator(_cell_kind),
            ],
        ],
    )


class Table(Basis):
    """A tabulated term: utility for every combination of a few issues, nested in their order.

    Attributes
    ----------
    issues
        The issues, outermost first.
    utilities
        Option of the first issue -> option of the second -> … -> number, in utility units.
    """

    issues: Annotated[list[Identifier], Field(min_length=1)]
    utilities: Cells


class RedLine(Basis):
    """Options, or a combination, that the party refuses whatever the rest of the deal.

    Attributes
    ----------
    when
        Issue -> option, list of options, or `{from: …, to: …}`: the line is crossed where all of
        them are met.
    kind
        ``stated``: said in public. ``implied``: it follows from a stated demand, but the
        option itself was not discussed.
    binds
        The chance that the line holds when it comes to it. In the central reading every line
        of the chosen kinds holds.
    """

    when: When
    kind: Literal["stated", "implied"] = "stated"
    binds: Probability = 1.0
    title: str | None = None
    why: str | None = None


_BEGIN = "-+.0123456789"
"""How a number may begin, rightly written or not."""


def _values_kind(value: object) -> str:
    if isinstance(value, Order | Line):
        return "<order>" if isinstance(value, Order) else "<line>"
    # an option may be called `order` or `line`: then a number stands under it
    order, line = (value.get(k) if isinstance(value, dict) else None for k in ("order", "line"))
    if order is not None and not isinstance(order, int | float | dict):
        return "<order>"
    number = isinstance(line, int | float) or (
        isinstance(line, dict) and line and not any(str(key)[:1] in _BEGIN for key in line)
    )
    return "<options>" if line is None or number else "<line>"


Values = Annotated[
    Annotated[Order, Tag("<order>")]
    | Annotated[Line, Tag("<line>")]
    | Annotated[dict[OptionName, Number], Tag("<options>")],
    Discriminator(_values_kind),
]


class Party(Frozen):
    """One side of the table.

    Attributes
    ----------
    consent
        ``required``: a signatory. ``advisory``: scored and shown, binds nothing.
    say
        The only issues that count for this party; all of them where it is left out.
    disagreement
        Utility of no deal: what its best alternative gives it (BATNA). A number, a
        `share_of_best`, or `{war: common}` for what the fighting of the `war` block is worth.
    threshold
        Utility below which the party says no; the disagreement value where it is left out.
    patience
        Discount factor for each round, in (0, 1]; 1 is endless patience.
    utility
        ``weighted``: the sum of weight × value, plus interactions and tables.
        ``mean_of_included``: the plain mean of the values of those issues whose option has a
        value; an option without one is an article left out, and costs nothing.
    scale
        ``unit``: values lie in 0 to 1 and weights are normalised to sum 1. ``raw``: all numbers
        as they are.
    weights
        Issue -> how much it matters beside the others; all alike where left out.
    values
        Issue -> option -> number; or `order: [best, …, worst]` where only the ranking is known;
        or, on a grid, `line: {0: 1, 100: 0}` through some of its points. With `scale: raw` a
        party may do without them: its interactions and tables are then its utility.
    interactions
        What combinations of options add or take.
    tables
        Utility of every combination of a few issues, where it is no sum.
    red_lines
        What the party refuses whatever the rest of the deal.
    """

    name: Text
    description: str | None = None
    consent: Consent = "required"
    say: Annotated[list[Identifier], Field(min_length=1)] | None = None
    scale: Literal["unit", "raw"] = "unit"
    utility: Literal["weighted", "mean_of_included"] = "weighted"
    disagreement: Disagreement = 0.0
    threshold: Threshold | None = None
    patience: Patience = 1.0
    weights: dict[Identifier, Weight] | None = None
    values: dict[Identifier, Values] = Field(default_factory=dict)
    interactions: list[Interaction] = Field(default_factory=list)
    tables: list[Table] = Field(default_factory=list)
    red_lines: list[RedLine] = Field(default_factory=list)
    source: Sources | None = None
    assumption: str | None = None
