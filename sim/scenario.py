"""A scenario: who negotiates over what, and what each would take, exactly as the file says it.

The types here check the shape of what was read (names, types, fixed ranges). What must hold
between the parts, such as a plan naming an issue that exists, is checked in `sim.consistency`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Strict,
    StringConstraints,
    Tag,
)
from typing_extensions import TypeAliasType

from sim.issues import Frozen, Identifier, Issue, Names, OutcomeSpace, When
from sim.preferences.ordinal import Order
from sim.preferences.uncertain import (
    Basis,
    Confidence,
    NonNegative,
    Number,
    Patience,
    Probability,
    Real,
    TierNumber,
    Weight,
    whole,
)

RedLines = Literal["none", "stated", "implied"]
Consent = Literal["required", "advisory"]
Sources = Names
Text = Annotated[str, StringConstraints(min_length=1)]
_DAY = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"


def _in_the_calendar(date: str) -> str:
    for day in date.split("/"):
        try:
            dt.date.fromisoformat((day + "-01-01")[:10])
        except ValueError:
            raise ValueError(f"{day} is not in the calendar") from None
    return date


def _date_kind(value: object) -> str:
    return "<year>" if isinstance(value, int | float) else "<date>"


Date = Annotated[
    Annotated[Annotated[int, Field(ge=1, le=9999), BeforeValidator(whole)], Tag("<year>")]
    | Annotated[
        Annotated[
            str,
            StringConstraints(pattern=f"^{_DAY}(/{_DAY})?$"),
            AfterValidator(_in_the_calendar),
        ],
        Tag("<date>"),
    ],
    Discriminator(_date_kind),
]


class Source(Frozen):
    """A publication that a number or a clause rests on."""

    title: Text
    publisher: str | None = None
    date: Date | None = None
    url: str | None = None
    where: str | None = None
    note: str | None = None
    confidence: Confidence | None = None


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


def _level_kind(value: object) -> str:
    for kind in ("share_of_best", "above_disagreement"):
        if (isinstance(value, dict) and kind in value) or hasattr(value, kind):
            return f"<{kind}>"
    return "<number>"


Disagreement = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[ShareOfBest, Tag("<share_of_best>")],
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
        Issue -> option, or list of options: all of them must be met.
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
            Identifier,
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
        Issue -> option, or list of options: the line is crossed where all of them are met.
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


def _values_kind(value: object) -> str:
    if isinstance(value, Order):
        return "<order>"
    # an option may be called `order`: then a number stands under it
    order = value.get("order") if isinstance(value, dict) else None
    return "<options>" if order is None or isinstance(order, int | float | dict) else "<order>"


Values = Annotated[
    Annotated[Order, Tag("<order>")] | Annotated[dict[Identifier, Number], Tag("<options>")],
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
        Utility of no deal: what its best alternative gives it (BATNA).
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
        Issue -> option -> number, or `order: [best, …, worst]` where only the ranking is known.
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


class Span(Frozen):
    """All options of an issue between two, both included."""

    from_: Annotated[Identifier, Field(alias="from")]
    to: Identifier


def _range_kind(value: object) -> str:
    return "<span>" if isinstance(value, dict | Span) else "<list>"


Range = Annotated[
    Annotated[Annotated[list[Identifier], Field(min_length=1)], Tag("<list>")]
    | Annotated[Span, Tag("<span>")],
    Discriminator(_range_kind),
]


class Clause(Basis):
    """What a plan says on one issue, in the long form: a pick, a range, or both."""

    pick: Identifier | None = None
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
    Annotated[Identifier, Tag("<pick>")]
    | Annotated[Annotated[list[Identifier], Field(min_length=1)], Tag("<list>")]
    | Annotated[Span, Tag("<span>")]
    | Annotated[Clause, Tag("<clause>")],
    Discriminator(_clause_kind),
]


class Plan(Frozen):
    """A version of the text: for every issue a pick, a range, or silence.

    Attributes
    ----------
    picks
        Issue -> option; or a list of options or `{from: …, to: …}` where the text leaves it open;
        or `{range: …, pick: …}` for an open point with its most likely reading. An issue that is
        not named is silence, scored at its status quo.
    """

    title: Text
    date: Date | None = None
    author: str | None = None
    description: str | None = None
    picks: dict[Identifier, Picks] = Field(default_factory=dict)
    source: Sources | None = None
    sources: list[Identifier] = Field(default_factory=list)


class Constraint(Frozen):
    """A combination of options that cannot stand in one package, for anyone.

    Attributes
    ----------
    forbid
        Issue -> option, or list of options: no package meets all of them.
    why
        The reason, which answers quote.
    """

    forbid: When
    why: Text
    source: Sources | None = None


class Shift(Frozen):
    """What a lever does to one party: numbers added to its levels and option values."""

    disagreement: Number | None = None
    threshold: Number | None = None
    values: dict[Identifier, dict[Identifier, Number]] = Field(default_factory=dict)


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


class Correlation(Basis):
    """Uncertain numbers that move together: each pair has this rank correlation (Spearman).

    Attributes
    ----------
    between
        Paths of the numbers, such as `parties.ann.threshold` or `parties.ann.weights.cost`.
    rank
        From -1 to 1.
    """

    between: Annotated[list[Text], Field(min_length=2)]
    rank: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


Tolerance = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class PublishedPlan(Frozen):
    """What the literature says of one plan version."""

    utilities: dict[Identifier, Real] = Field(default_factory=dict)
    accepted_by_all: bool | None = None
    tolerance: Tolerance = 1e-6
    source: Sources | None = None


class PublishedSolution(Frozen):
    """What the literature says a bargaining solution is; parties in file order."""

    utilities: list[Real]
    outcome: dict[Identifier, Identifier] | None = None
    tolerance: Tolerance = 1e-6
    source: Sources | None = None


Count = Annotated[int, Field(ge=0), BeforeValidator(whole)]


class Published(Frozen):
    """Answers from the literature; each becomes a test of this program."""

    nash: PublishedSolution | None = None
    kalai_smorodinsky: PublishedSolution | None = None
    egalitarian: PublishedSolution | None = None
    utilitarian: PublishedSolution | None = None
    frontier: list[list[Real]] | None = None
    zopa_outcomes: Count | None = None
    outcomes: Count | None = None
    plans: dict[Identifier, PublishedPlan] = Field(default_factory=dict)


def _tier(key: object) -> object:
    """Read the name of a tier: keys of a file are texts."""
    written = isinstance(key, str) and key.isascii() and key.isdigit() and key[0] != "0"
    return int(key) if written and isinstance(key, str) and len(key) < 10 else key


Tier = Annotated[TierNumber, BeforeValidator(_tier)]


class Scenario(Frozen):
    """The whole file: a negotiation that zopa can answer questions about.

    Attributes
    ----------
    zopa
        Version of the file format: 1.
    title
        What the negotiation is about, in one line.
    as_of
        The day after which nothing sets a number.
    round
        How long one round of patience takes.
    tiers
        Tier of importance -> range of weights, for weights written `{tier: [2, 3]}`.
    sources
        Publications that numbers and clauses rest on, by the names used in `source`.
    issues
        What is disputed, and the options on the table.
    parties
        Who is at the table, and what each would take.
    constraints
        What cannot stand together in any package.
    plans
        Versions of the text to compare.
    levers
        What third parties can do to change minds.
    correlations
        Uncertain numbers that move together.
    published
        Answers from the literature, against which this program is tested.
    """

    zopa: Annotated[Literal[1], BeforeValidator(whole)]
    title: Text
    description: str | None = None
    as_of: Date | None = None
    round: Literal["day", "week", "month", "quarter", "year"] | None = None
    assumption: str | None = None
    source: Sources | None = None
    tiers: dict[Tier, Annotated[tuple[NonNegative, NonNegative], Strict(False)]] = Field(
        default_factory=dict
    )
    sources: dict[Identifier, Source] = Field(default_factory=dict)
    issues: Annotated[dict[Identifier, Issue], Field(min_length=1)]
    parties: Annotated[dict[Identifier, Party], Field(min_length=1)]
    constraints: list[Constraint] = Field(default_factory=list)
    plans: dict[Identifier, Plan] = Field(default_factory=dict)
    levers: dict[Identifier, Lever] = Field(default_factory=dict)
    correlations: list[Correlation] = Field(default_factory=list)
    published: Published | None = None

    @property
    def space(self) -> OutcomeSpace:
        """The outcome space before constraints."""
        return OutcomeSpace({name: issue.options for name, issue in self.issues.items()})
