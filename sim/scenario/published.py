"""Answers from the literature, against which this program is tested."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from sim.issues import Frozen, Identifier, Option
from sim.preferences.uncertain import Real, whole
from sim.scenario.sources import Sources

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
    outcome: dict[Identifier, Option] | None = None
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
