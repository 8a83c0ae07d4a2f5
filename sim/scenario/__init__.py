"""A scenario: who negotiates over what, and what each would take, exactly as the file says it.

The types here check the shape of what was read (names, types, fixed ranges). What must hold
between the parts, such as a plan naming an issue that exists, is checked in `sim.consistency`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Strict

from sim.issues import Frozen, Identifier, Issue, OutcomeSpace, Span, When
from sim.preferences.line import Line
from sim.preferences.uncertain import Basis, NonNegative, TierNumber, whole
from sim.scenario.graph import AfterSignature
from sim.scenario.lever import Lever, Shift
from sim.scenario.party import (
    AboveDisagreement,
    Cells,
    Consent,
    Disagreement,
    Fighting,
    Interaction,
    Party,
    RedLine,
    ShareOfBest,
    Table,
    Threshold,
    Values,
)
from sim.scenario.plan import Clause, Picks, Plan, Range
from sim.scenario.published import Published, PublishedPlan, PublishedSolution
from sim.scenario.ratification import Ratification
from sim.scenario.sources import Date, Source, Sources, Text
from sim.scenario.talks import Talks
from sim.scenario.war import War

__all__ = [
    "AboveDisagreement",
    "AfterSignature",
    "Cells",
    "Clause",
    "Consent",
    "Constraint",
    "Correlation",
    "Date",
    "Disagreement",
    "Fighting",
    "Interaction",
    "Lever",
    "Line",
    "Party",
    "Picks",
    "Plan",
    "Published",
    "PublishedPlan",
    "PublishedSolution",
    "Range",
    "Ratification",
    "RedLine",
    "RedLines",
    "Scenario",
    "ShareOfBest",
    "Shift",
    "Source",
    "Sources",
    "Span",
    "Table",
    "Talks",
    "Text",
    "Threshold",
    "Tier",
    "Values",
    "War",
]

RedLines = Literal["none", "stated", "implied"]


class Constraint(Frozen):
    """A combination of options that cannot stand in one package, for anyone.

    Attributes
    ----------
    forbid
        Issue -> option, list of options, or `{from: …, to: …}`: no package meets all of them.
    why
        The reason, which answers quote.
    """

    forbid: When
    why: Text
    source: Sources | None = None


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
    talks
        How the talks are conducted, for the models of offers over time.
    war
        What is fought where there is no deal, for disagreement values that follow from it.
    ratification
        Who at home has to ratify what is signed, and by what rule.
    graph
        How a signed text could come apart: what each party could do with it.
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
    talks: Talks | None = None
    war: War | None = None
    ratification: Ratification | None = None
    graph: AfterSignature | None = None
    correlations: list[Correlation] = Field(default_factory=list)
    published: Published | None = None

    @property
    def space(self) -> OutcomeSpace:
        """The outcome space before constraints."""
        return OutcomeSpace({name: issue.options for name, issue in self.issues.items()})
