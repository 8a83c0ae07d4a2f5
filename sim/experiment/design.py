"""An experiment file: one scenario, what varies in it, and what is computed for every case."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Annotated, Literal, get_args

from pydantic import Field

from sim.issues import Frozen
from sim.scenario import RedLines

Setting = str | int | float | bool | None
Computation = Literal["compare", "solve"]


class Experiment(Frozen):
    """What a researcher asks for, in one file.

    Attributes
    ----------
    scenario
        A path relative to the experiment file, or the name of a shipped scenario.
    vary
        What varies and the values it takes: ``red_lines``, ``within``, or the path of anything
        in the scenario (``parties.us.consent``). Every combination is a case.
    compute
        What is computed for each case.
    draws, seed
        How many draws of what is uncertain, and from which seed.
    zone_draws
        In how many draws to ask whether a zone exists at all.
    figures
        Names of pictures (`zopa list pictures`), drawn for every case that has them.
    """

    experiment: Literal[1]
    title: str | None = None
    description: str | None = None
    scenario: Annotated[str, Field(min_length=1)]
    vary: dict[str, Annotated[list[Setting], Field(min_length=1)]] = Field(default_factory=dict)
    design: Literal["full"] = "full"
    compute: Annotated[list[Computation], Field(min_length=1)] = Field(
        default_factory=lambda: list(get_args(Computation))
    )
    draws: Annotated[int, Field(ge=1, le=10_000_000)] = 10_000
    zone_draws: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    seed: Annotated[int, Field(ge=0)] = 0
    figures: list[str] = Field(default_factory=list)

    def cases(self) -> list[Case]:
        """List every combination of the values that vary, the last named varying fastest."""
        names = list(self.vary)
        combinations = product(*self.vary.values())
        return [
            Case(k, dict(zip(names, values, strict=True))) for k, values in enumerate(combinations)
        ]


@dataclass(frozen=True)
class Case:
    """One combination of the values that vary.

    Attributes
    ----------
    number
        Its place in the design, from 0.
    settings
        Name of what varies -> the value that it has here.
    """

    number: int
    settings: dict[str, Setting]

    @property
    def red_lines(self) -> RedLines:
        """Which red lines bind in this case; the stated ones unless it says otherwise."""
        return self.settings.get("red_lines", "stated")  # type: ignore[return-value]

    @property
    def within(self) -> Literal["disagreement", "zone"]:
        """Over which set solutions are taken."""
        return self.settings.get("within", "disagreement")  # type: ignore[return-value]

    @property
    def overrides(self) -> dict[str, Setting]:
        """What is set in the scenario itself."""
        options = {"red_lines", "within"}
        return {path: value for path, value in self.settings.items() if path not in options}

    @property
    def label(self) -> str:
        """The case in a few words.

        >>> Case(1, {"red_lines": "stated", "parties.us.consent": "required"}).label
        'stated red lines, parties.us.consent = required'
        """
        readings = {"none": "no"}
        words = [
            f"{readings.get(str(v), v)} red lines" if n == "red_lines" else f"{n} = {v}"
            for n, v in self.settings.items()
        ]
        return ", ".join(words) or "as written"

    @property
    def slug(self) -> str:
        """The case as part of a file name."""
        text = "-".join(str(value) for value in self.settings.values())
        return "".join(c if c.isalnum() or c in "-_" else "_" for c in text) or "case"
