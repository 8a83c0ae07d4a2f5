"""Ratification: who at home has to say yes to what the negotiators sign, and by what rule."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from sim.issues import Identifier, When
from sim.preferences.uncertain import Basis, NonNegative, Probability, Weight
from sim.scenario.lever import Shift
from sim.scenario.party import Disagreement, Interaction, Party, RedLine, Threshold, Values
from sim.scenario.sources import Text

Quota = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Steepness = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


def _when_kind(value: object) -> str:
    return "<any>" if isinstance(value, list) else "<one>"


Asked = Annotated[
    Annotated[When, Tag("<one>")]
    | Annotated[Annotated[list[When], Field(min_length=1)], Tag("<any>")],
    Discriminator(_when_kind),
]
"""One condition, or a list of conditions of which any suffices."""


class Ratifier(Basis):
    """One who votes in a body: a faction, a group of voters, a member state.

    Attributes
    ----------
    weight
        Its votes, seats or share of the voters, counted against those of the body's others.
    veto
        Nothing is ratified without it, whatever the quota.
    like
        Party whose weights, values, no-deal value and threshold it shares, number by number and
        draw by draw, but for what is written here. Red lines are not taken over.
    shift
        With `like`: numbers added to that party's levels and option values.
    issues
        The only issues that count for it; all of them, or those of the party it is like.
    disagreement
        Utility of no deal.
    threshold
        Utility below which it votes no; the no-deal value where it is left out.
    weights
        Issue -> how much it matters beside the others. With `like`, only what differs.
    values
        Issue -> option -> number, or an order. With `like`, only what differs.
    interactions
        What combinations of options add or take; with `like`, in the place of that party's.
    red_lines
        What it votes against whatever the rest of the deal.
    """

    name: Text
    weight: Weight = 1.0
    veto: bool = False
    like: Identifier | None = None
    shift: Shift | None = None
    issues: Annotated[list[Identifier], Field(min_length=1)] | None = None
    disagreement: Disagreement | None = None
    threshold: Threshold | None = None
    weights: dict[Identifier, Weight] = Field(default_factory=dict)
    values: dict[Identifier, Values] = Field(default_factory=dict)
    interactions: list[Interaction] | None = None
    red_lines: list[RedLine] = Field(default_factory=list)

    def as_party(self, base: Party | None) -> Party:
        """Return the ratifier as a party: the one it is like, with what is written of its own.

        Parameters
        ----------
        base
            The party it is like; ``None`` for a ratifier that stands alone.
        """
        given = {
            "say": self.issues,
            "disagreement": self.disagreement,
            "threshold": self.threshold,
            "interactions": self.interactions,
        }
        own: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        own["name"] = self.name
        if base is None:
            weights = self.weights or None
            return Party.model_construct(
                **own, consent="advisory", values=self.values, weights=weights
            )
        if self.weights:
            plain = dict.fromkeys(base.values, 1.0) if base.weights is None else base.weights
            own["weights"] = {**plain, **self.weights}
        return base.model_copy(update={**own, "values": {**base.values, **self.values}})


class Body(Basis):
    """A referendum, a parliament, a council: it ratifies when enough of its weight says yes.

    Attributes
    ----------
    side
        The party on whose side it votes.
    asked_when
        Condition on the deal, or a list of conditions of which any suffices: other deals need no
        vote here. Always asked where it is left out.
    quota
        Share of the weight that must say yes; 0.5 is half, 1 is unanimity.
    ratifiers
        Who votes.
    votes
        ``together``: each ratifier votes as one. ``split``: a ratifier is a crowd, of which the
        share that says yes is its chance of saying yes. It matters for chances only.
    steepness
        How sharply the chance of a yes rises with the gain over no deal: the factor in the
        logistic function; the block's where it is left out.
    shock
        Standard deviation of the common shock to the gains of all in this body, in utility; the
        block's where it is left out.
    """

    name: Text
    side: Identifier
    asked_when: Asked | None = None
    quota: Quota
    ratifiers: Annotated[dict[Identifier, Ratifier], Field(min_length=1)]
    votes: Literal["together", "split"] = "together"
    steepness: Steepness | None = None
    shock: NonNegative | None = None


class Ratification(Basis):
    """The second level of a two-level game: what is signed must also be ratified.

    Attributes
    ----------
    bodies
        Who is asked, by which rule.
    negotiators_accept
        What negotiators sign: what meets their ``threshold``, or all that beats ``no_deal``,
        where the margin between the two stands for the very ratifiers that are listed here.
    treat_as
        ``constraint``: ratifiers rule packages out, and no deal stays worth what it is.
        ``disagreement``: a side's no-deal value in bargaining is also raised to the least that it
        gets from any package that all would sign and its own bodies ratify. Both are shown; this
        one is the prediction.
    steepness
        How sharply the chance of a yes rises with the gain over no deal.
    shock
        Standard deviation of a body's common shock, in utility.
    correlation
        Correlation between the shocks of different bodies.
    """

    bodies: Annotated[dict[Identifier, Body], Field(min_length=1)]
    negotiators_accept: Literal["threshold", "no_deal"] = "threshold"
    treat_as: Literal["constraint", "disagreement"] = "constraint"
    steepness: Steepness = 30.0
    shock: NonNegative = 0.05
    correlation: Probability = 0.5
