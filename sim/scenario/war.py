"""War as what happens without a deal: where it can end, how likely, how long, and at what cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.issues import Identifier, Option
from sim.preferences.uncertain import Basis, Number, Probability

Standing = dict[Identifier, Option]
Row = Annotated[dict[Identifier, Probability], Field(min_length=1)]


class WarEnd(Basis):
    """One way in which the fighting can end, for good.

    Attributes
    ----------
    picks
        Issue -> option, for every issue: where it then stands. Arms put it there, so constraints
        and red lines, which are about what can be signed, do not count.
    chance
        How likely this end is, as all see it; the chances of all ends add up to 1. With a
        `front` it is left out, since it follows from the moves.
    """

    title: str | None = None
    picks: Annotated[Standing, Field(min_length=1)]
    chance: Probability | None = None


class FrontState(Basis):
    """One place where the front can stand.

    Attributes
    ----------
    to
        State or end -> chance of being there one round later; they add up to 1. What is left out
        cannot be reached in one round.
    picks
        Issue -> option, for every issue: where it stands while the front is here; what
        `war.meanwhile` says where it is left out.
    """

    title: str | None = None
    to: Row
    picks: Standing = Field(default_factory=dict)


class Front(Basis):
    """The front as a chain: from round to round it moves, stays, or the fighting ends.

    Attributes
    ----------
    start
        The state in which it is now.
    states
        The states, in order from one side's gain to the other's.
    """

    start: Identifier
    states: Annotated[dict[Identifier, FrontState], Field(min_length=1)]


class Warring(Basis):
    """What the fighting is to one party, in utility units.

    Attributes
    ----------
    once
        What going to war costs, however long it lasts. It counts before the fighting begins;
        afterwards it is spent.
    per_round
        What each round of fighting costs.
    meanwhile
        What a round of fighting is worth before that cost; where it is left out, the utility of
        the package that stands meanwhile.
    """

    once: Number = 0.0
    per_round: Number = 0.0
    meanwhile: Number | None = None


class WarBelief(Basis):
    """What one party believes of the course of the war, where that is not what all see.

    Attributes
    ----------
    ends
        End -> chance, for all ends; where there is no `front`.
    moves
        State of the front -> chances as in its `to`; states left out are seen as by all.
    """

    ends: dict[Identifier, Probability] = Field(default_factory=dict)
    moves: dict[Identifier, Row] = Field(default_factory=dict)


class War(Basis):
    """The war that is fought where there is no deal.

    A party whose disagreement value is written `{war: common}` or `{war: believed}` gets what
    this block is worth to it, draw by draw. Chances that are drawn are divided by their sum.

    Attributes
    ----------
    ends
        The ways in which the fighting can end.
    ending
        The chance that it ends in a round. Without it, `lasts` or a `front` the war is a single
        throw of the dice, and rounds do not count.
    lasts
        In the place of `ending`: how many rounds it takes on average, at least 1.
    meanwhile
        Issue -> option, for every issue: where it stands while the fighting goes on; the status
        quo where it is left out.
    front
        In the place of `ending` and of chances: the front as a chain of states.
    parties
        What the fighting is to each party.
    beliefs
        Parties that see the course of the war otherwise.
    """

    title: str | None = None
    description: str | None = None
    ends: Annotated[dict[Identifier, WarEnd], Field(min_length=1)]
    ending: Probability | None = None
    lasts: Number | None = None
    meanwhile: Standing = Field(default_factory=dict)
    front: Front | None = None
    parties: dict[Identifier, Warring] = Field(default_factory=dict)
    beliefs: dict[Identifier, WarBelief] = Field(default_factory=dict)

    @property
    def timed(self) -> bool:
        """Whether the war lasts rounds, and is no single throw of the dice."""
        return self.front is not None or self.ending is not None or self.lasts is not None
