"""An experiment file: scenarios, what varies in them, and what is computed for every case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from sim.errors import nearest
from sim.experiment.factors import AS_WHOLE, Setting, Values
from sim.issues import Frozen
from sim.scenario import RedLines

Computation = Literal["compare", "solve", "zone", "amend", "equilibria"]
Within = Literal["disagreement", "zone"]
OPTIONS = ("red_lines", "within", "levers", "scenario")
"""What may vary besides what stands in the scenario."""

MOST_CASES = 100_000_000
"""More cases than this are taken for a slip of the pen."""

Size = Annotated[int, Field(ge=1, le=MOST_CASES), AS_WHOLE]
Name = Annotated[str, Field(min_length=1)]


class SizedDesign(Frozen):
    """Which cases are looked at, other than every combination: one of these, with its size.

    Attributes
    ----------
    lhs, halton
        So many points, spread over all ranges.
    sobol
        Points of Sobol' indices, a power of two: size × (inputs + 2) cases.
    morris
        Walks of Morris's screening: size × (inputs + 1) cases.
    one_at_a_time
        Places of each range, the other factors at their centres: a tornado has 2.
    table
        A CSV file, beside the experiment, with a column for each path and a row for each case.
    """

    lhs: Annotated[int, Field(ge=2, le=MOST_CASES), AS_WHOLE] | None = None
    sobol: Size | None = None
    halton: Size | None = None
    morris: Size | None = None
    one_at_a_time: Annotated[int, Field(ge=2, le=1000), AS_WHOLE] | None = None
    table: Name | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> SizedDesign:
        if len(self.model_fields_set) > 1:
            named = ", ".join(sorted(self.model_fields_set))
            raise ValueError(f"names {named}: name one design, such as {{lhs: 512}}")
        size = self.sobol
        if size is not None and size & (size - 1):
            below = 1 << (size.bit_length() - 1)
            raise ValueError(
                f"Sobol' points are even in powers of two: take {below} or {2 * below}, not {size}"
            )
        return self

    @property
    def name(self) -> str:
        """Which design it is; nothing is a mistake, told where the file is checked."""
        return next(iter(self.model_fields_set), "")

    @property
    def size(self) -> int | None:
        """How large it is; a table says so itself."""
        size: int | str | None = getattr(self, self.name) if self.name else None
        return size if isinstance(size, int) else None


def _full(name: str) -> str:
    if name != "full":
        near = nearest(name, ["full", *SizedDesign.model_fields])
        size = "cases.csv" if near == "table" else "512"
        cure = f"write {{{near}: {size}}}" if near not in (None, "full") else "full is the only one"
        raise ValueError(f"'{name}' is no design that needs no size: {cure}")
    return name


def _design_kind(value: object) -> str:
    return "<design>" if isinstance(value, dict | SizedDesign) else "<name>"


ChosenDesign = Annotated[
    Annotated[Annotated[str, AfterValidator(_full)], Tag("<name>")]
    | Annotated[SizedDesign, Tag("<design>")],
    Discriminator(_design_kind),
]


class ComparePlans(Frozen):
    """Plan versions against thresholds; all plans if none are named."""

    plans: Annotated[list[Name], Field(min_length=1)] | None = None


class Solve(Frozen):
    """Solutions to find, by name, and how long each may take; the usual ones if none are named."""

    solutions: Annotated[list[Name], Field(min_length=1)] | None = None
    time_limit: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class FindZone(Frozen):
    """The zone: whether it exists; with ``size``, how large it is and how near where it is none."""

    size: bool = True


class Amend(Frozen):
    """Plans to amend, all if none are named, by at most so many changes."""

    plans: Annotated[list[Name], Field(min_length=1)] | None = None
    max_changes: Annotated[int, Field(ge=0), AS_WHOLE] | None = None


class Equilibria(Frozen):
    """Models of the equilibrium shelf to solve; those that fit if none are named.

    Attributes
    ----------
    models
        Names of `zopa list models`.
    parties
        The players, the first ones where a model has two; the signatories if left out.
    draws
        Draws of what is uncertain, for the models that use them.
    time_limit
        Seconds for each search.
    """

    models: Annotated[list[Name], Field(min_length=1)] | None = None
    parties: Annotated[list[Name], Field(min_length=1)] | None = None
    draws: Annotated[int, Field(ge=1, le=1_000_000), AS_WHOLE] = 1000
    time_limit: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class Computations(Frozen):
    """What is computed for every case, each with settings of its own."""

    compare: ComparePlans | None = None
    solve: Solve | None = None
    zone: FindZone | None = None
    amend: Amend | None = None
    equilibria: Equilibria | None = None

    def __contains__(self, name: object) -> bool:
        return name in self.model_fields_set and getattr(self, str(name)) is not None


def _compute_kind(value: object) -> str:
    return "<settings>" if isinstance(value, dict | Computations) else "<list>"


def _usual() -> list[Computation]:
    return ["compare", "solve"]


ToCompute = Annotated[
    Annotated[Annotated[list[Computation], Field(min_length=1)], Tag("<list>")]
    | Annotated[Computations, Tag("<settings>")],
    Discriminator(_compute_kind),
]


def _several(value: object) -> str:
    return "<list>" if isinstance(value, list) else "<name>"


ScenarioNames = Annotated[
    Annotated[Name, Tag("<name>")]
    | Annotated[Annotated[list[Name], Field(min_length=1)], Tag("<list>")],
    Discriminator(_several),
]


class Sensitivity(Frozen):
    """Which outcomes are traced back to what varies, and how.

    Attributes
    ----------
    outcomes
        Columns of the table of outcomes; all that are numbers or yes and no if left out.
    methods
        Those that fit the design if left out.
    resamples
        Bootstrap resamples behind each interval.
    """

    outcomes: Annotated[list[Name], Field(min_length=1)] | None = None
    methods: (
        Annotated[list[Literal["sobol", "morris", "pawn", "tornado"]], Field(min_length=1)] | None
    ) = None
    resamples: Annotated[int, Field(ge=0, le=100_000), AS_WHOLE] = 1000


class Discovery(Frozen):
    """Under which settings something holds: a question about one outcome.

    Attributes
    ----------
    outcome
        A column of the table of outcomes.
    above, below
        What is asked of a number; of a yes or no neither.
    methods
        Boxes (PRIM), a small decision tree, or both.
    """

    outcome: Name
    above: Annotated[float, Field(allow_inf_nan=False)] | None = None
    below: Annotated[float, Field(allow_inf_nan=False)] | None = None
    methods: Annotated[list[Literal["prim", "tree"]], Field(min_length=1)] | None = None


class Figure(Frozen):
    """A picture to draw: its name, and what it is told, such as the outcome that it shows."""

    name: Name
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict) and len(value) == 1 and not isinstance(value.get("name"), str):
            ((name, options),) = value.items()
            return {"name": name, "options": {} if options is None else options}
        return value


class Experiment(Frozen):
    """What a researcher asks for, in one file.

    Attributes
    ----------
    scenario
        A path relative to the experiment file, or the name of a shipped scenario; or a list of
        them, which varies like anything else.
    vary
        What varies and the values it takes: ``red_lines``, ``within``, ``levers`` (lists of those
        in place), or the path of anything in the scenario (``parties.us.consent``). A list, or a
        range: ``{uniform: [lo, hi]}``, ``{triangular: …}``, ``{normal: …}``, ``{integers: …}``;
        for all weights of a party ``{simplex: grouped}``.
    design
        Which cases are looked at: ``full`` (every combination), or another with its size.
    compute
        What is computed for each case: a list, or a mapping with settings for each.
    draws, seed
        How many draws of what is uncertain, and from which seed.
    zone_draws
        In how many draws to ask whether a zone exists at all.
    repeats
        How often each case is computed, each time with random numbers of its own.
    random_numbers
        ``common``: all cases meet the same draws, so that they differ by their settings alone.
        ``independent``: every case has draws of its own.
    figures
        Pictures (`zopa list pictures`): those of a case are drawn for every case that has them,
        those of the experiment once. A name, or ``{tornado: {outcome: zone.probability}}``.
    report
        Whether a report is written.
    sensitivity, discovery
        What is asked of the outcomes of all cases together.
    """

    experiment: Annotated[Literal[1], AS_WHOLE]
    title: str | None = None
    description: str | None = None
    scenario: ScenarioNames
    vary: dict[str, Values] = Field(default_factory=dict)
    design: ChosenDesign = "full"
    compute: ToCompute = Field(default_factory=_usual)
    draws: Annotated[int, Field(ge=1, le=10_000_000), AS_WHOLE] = 10_000
    zone_draws: Annotated[int, Field(ge=0, le=1_000_000), AS_WHOLE] = 0
    seed: Annotated[int, Field(ge=0, lt=2**63), AS_WHOLE] = 0
    repeats: Annotated[int, Field(ge=1, le=1_000_000), AS_WHOLE] = 1
    random_numbers: Literal["common", "independent"] = "common"
    figures: list[Figure] = Field(default_factory=list)
    report: bool = True
    sensitivity: Sensitivity | None = None
    discovery: Annotated[list[Discovery], Field(min_length=1)] | None = None

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios as the file names them."""
        return (self.scenario,) if isinstance(self.scenario, str) else tuple(self.scenario)

    @property
    def asked(self) -> Computations:
        """What is computed, with the settings of each; the file may have a list of names."""
        if isinstance(self.compute, Computations):
            return self.compute
        return Computations.model_validate({name: {} for name in self.compute})

    def cases(self) -> list[Case]:
        """List the cases one by one, where the file says all about them (no table, no weights)."""
        from sim.experiment.cases import design_of  # noqa: PLC0415  it builds on this module

        design = design_of(self)
        return [Case(k, design.settings(k)) for k in range(design.n_cases)]


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
        reading: RedLines = self.settings.get("red_lines", "stated")
        return reading

    @property
    def within(self) -> Within:
        """Over which set solutions are taken."""
        within: Within = self.settings.get("within", "disagreement")
        return within

    @property
    def levers(self) -> tuple[str, ...]:
        """The levers in place."""
        return tuple(self.settings.get("levers", ()))

    @property
    def overrides(self) -> dict[str, Setting]:
        """What is set in the scenario itself."""
        return {path: value for path, value in self.settings.items() if path not in OPTIONS}

    @property
    def label(self) -> str:
        """The case in a few words.

        >>> Case(1, {"red_lines": "stated", "parties.us.consent": "required"}).label
        'stated red lines, parties.us.consent = required'
        """
        return ", ".join(self._words()) or "as written"

    def _words(self) -> Iterator[str]:
        readings = {"none": "no"}
        for name, value in self.settings.items():
            text = written(value)
            if name == "red_lines":
                yield f"{readings.get(text, text)} red lines"
            elif name == "levers":
                yield f"levers {text}" if value else "no levers"
            else:
                yield f"{name} = {text}"

    @property
    def slug(self) -> str:
        """The case as part of a file name."""
        text = "-".join(written(value) for value in self.settings.values())
        return "".join(c if c.isalnum() or c in "-_" else "_" for c in text) or "case"


def written(value: Any) -> str:
    """Write a setting in one line, as tables and labels have it.

    >>> written(0.25), written(["aid", "sanctions"]), written([]), written({"from": 0, "to": 5})
    ('0.25', 'aid + sanctions', 'none', '{from: 0, to: 5}')
    """
    if isinstance(value, list | tuple):
        return " + ".join(map(written, value)) or "none"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(inner)}" for name, inner in value.items()) + "}"
    return str(value)
