"""How talks are conducted: who proposes when, what ends them, and what waiting costs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from sim.issues import Identifier
from sim.preferences.uncertain import Basis, Number, Probability, whole

MOST_ROUNDS = 10_000
"""The longest talks that a file may ask for."""

Rounds = Annotated[int, Field(ge=1, le=MOST_ROUNDS), BeforeValidator(whole)]
Quota = Annotated[int, Field(ge=1), BeforeValidator(whole)]


class Talks(Basis):
    """Rules of the talks, for the models of offers over time; patience stands with each party.

    Attributes
    ----------
    order
        Who proposes, round by round, from the start again after the last; the signatories in
        file order where it is left out.
    chances
        Instead of an order: party -> chance that it is the next to propose. They sum to 1;
        thirds may be written 0.333.
    rounds
        Rounds until the deadline.
    enforced
        Chance that the deadline ends the talks when it comes; otherwise another as long follows.
    breakdown
        Chance that a refusal ends the talks for good.
    cost
        Party -> utility that a round without agreement costs it, at least 0.
    outside
        Party -> utility of what it can take instead of answering. Taking it ends the talks; the
        others then have no deal.
    drift
        Party -> change of its no-deal value in a round, as a share of that value: -0.01 is one
        per cent less each round. Where a front moves, or a position erodes.
    drifts_for
        Rounds during which no-deal values drift; then they stay. The rounds until the deadline
        where it is left out, and 12 where there is no deadline.
    quota
        How many parties must agree, the proposer among them; all where it is left out, but for
        the model of majorities, which then takes the smallest majority.
    vetoes
        Parties without whose consent nothing is agreed, whatever the quota.
    """

    order: Annotated[list[Identifier], Field(min_length=1)] | None = None
    chances: Annotated[dict[Identifier, Probability], Field(min_length=1)] | None = None
    rounds: Rounds | None = None
    enforced: Probability = 1.0
    breakdown: Probability = 0.0
    cost: dict[Identifier, Number] = Field(default_factory=dict)
    outside: dict[Identifier, Number] = Field(default_factory=dict)
    drift: dict[Identifier, Number] = Field(default_factory=dict)
    drifts_for: Rounds | None = None
    quota: Quota | None = None
    vetoes: list[Identifier] = Field(default_factory=list)
