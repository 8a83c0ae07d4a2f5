"""Uncertain numbers: what is not known is written down as a range, never as false precision.

Any number in a scenario may be a point, ``{uniform: [lo, hi]}``, ``{triangular: [lo, mode, hi]}``
or ``{normal: [mean, sd]}``; a weight may also be ``{tier: [3, 4]}``. Each of them is read through
one uniform number in [0, 1), so that a draw is a row of uniforms and common random numbers come
for free.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Discriminator, Field, Strict, Tag, model_validator

from sim.issues import LARGEST, Frozen, Names

Floats = NDArray[np.float64]
N = TypeVar("N")
Confidence = Literal["high", "medium", "low", "none"]
KINDS = ("uniform", "triangular", "normal", "tier", "value")
"""What an uncertain number may begin with; of these ``tier`` is for weights only."""


def whole(value: object) -> object:
    """Take 3.0 for 3, as JSON does, where a whole number is asked for; and true never for 1."""
    if isinstance(value, bool):
        return str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


TierNumber = Annotated[int, Field(ge=1), BeforeValidator(whole)]

# The titles name the kind of number, in the editor's schema and in the names of the types.
Real = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False, title="Number")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, title="Share")]
Discount = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, title="Discount")]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False, title="Amount")]


class Basis(Frozen):
    """Where a number comes from: a source of the scenario, or an assumption with its reason.

    Attributes
    ----------
    source
        Name of a source, or a list of names; they are defined under `sources`.
    assumption
        Why the number is what it is, where no source says so.
    confidence
        How far the basis is to be trusted.
    note
        Anything that a reader should know.
    """

    source: Names | None = None
    assumption: str | None = None
    confidence: Confidence | None = None
    note: str | None = None


class _Kind(Basis, Generic[N]):
    """A kind of number, named after what it holds: ``Uniform`` of shares is ``UniformShare``."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Keep the name short where people see it, in the schema for editors."""
        (held,) = params
        titles = (getattr(m, "title", None) for m in getattr(held, "__metadata__", ()))
        title = next(filter(None, titles), "Any")
        return cls.__name__ + ("" if title == "Number" else title)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Name the kind and what it holds, for processes that scenarios are sent to.

        The class of a kind of numbers is made on the fly, and cannot be found by its name.
        """
        made = type(self).__pydantic_generic_metadata__
        if made["origin"] is None:
            return super().__reduce__()
        return _sent, (made["origin"], made["args"], self.__getstate__())


def _sent(origin: Any, held: tuple[Any, ...], state: dict[Any, Any]) -> Basis:
    """Make a number again that was sent from another process."""
    kind = origin[held]
    number: Basis = kind.__new__(kind)
    number.__setstate__(state)
    return number


class Point(_Kind[N], Generic[N]):
    """A number that is taken as known; the long form of writing it bare, with its source."""

    value: N

    def central(self) -> float:
        """Return the number itself."""
        return float(self.value)  # type: ignore[arg-type]

    def quantile(self, u: Floats) -> Floats:
        """Return the number for every draw."""
        return np.full(u.shape, self.central())


class Uniform(_Kind[N], Generic[N]):
    """Anything between two numbers, all equally likely."""

    uniform: Annotated[tuple[N, N], Strict(False)]

    @model_validator(mode="after")
    def _in_order(self) -> Uniform[N]:
        _ascending(self.uniform)
        return self

    def central(self) -> float:
        """Return the mean."""
        low, high = self.uniform
        return (float(low) + float(high)) / 2  # type: ignore[arg-type]

    def quantile(self, u: Floats) -> Floats:
        """Map uniforms in [0, 1) to draws, element by element."""
        low, high = map(float, self.uniform)  # type: ignore[arg-type]
        return low + u * (high - low)


class Triangular(_Kind[N], Generic[N]):
    """Between two numbers, most likely near a third."""

    triangular: Annotated[tuple[N, N, N], Strict(False)]

    @model_validator(mode="after")
    def _in_order(self) -> Triangular[N]:
        _ascending(self.triangular)
        return self

    def central(self) -> float:
        """Return the mode."""
        return float(self.triangular[1])  # type: ignore[arg-type]

    def quantile(self, u: Floats) -> Floats:
        """Map uniforms in [0, 1) to draws, element by element."""
        low, mode, high = map(float, self.triangular)  # type: ignore[arg-type]
        if low == high:
            return np.full(u.shape, low)
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u * (high - low) < mode - low, rising, falling)


class Normal(_Kind[N], Generic[N]):
    """A bell around a mean, cut off at the ends of the meaningful range."""

    normal: Annotated[tuple[N, NonNegative], Strict(False)]

    def central(self) -> float:
        """Return the mean before truncation."""
        return float(self.normal[0])  # type: ignore[arg-type]

    def quantile(self, u: Floats, low: float = -np.inf, high: float = np.inf) -> Floats:
        """Map uniforms in [0, 1) to draws from the bell truncated to ``[low, high]``."""
        from scipy.special import ndtr, ndtri  # noqa: PLC0415  slow to import, seldom needed

        mean, sd = map(float, self.normal)  # type: ignore[arg-type]
        if sd == 0:
            return np.full(u.shape, mean)
        start, end = ndtr((np.array([low, high]) - mean) / sd)
        inside = np.clip(start + u * (end - start), 2.0**-54, 1 - 2.0**-53)  # 0 and 1 are infinite
        draws: Floats = mean + sd * ndtri(inside)
        return np.clip(draws, low, high)


class Tier(Basis):
    """Importance by tier: which tier is uniform, and the weight is uniform inside its range."""

    tier: Annotated[tuple[TierNumber, TierNumber], Strict(False)]

    @model_validator(mode="after")
    def _in_order(self) -> Tier:
        _ascending(self.tier)
        return self

    def ranges(self, tiers: dict[int, tuple[float, float]]) -> Floats:
        """Return the weight range of every tier covered, shape ``(n_tiers, 2)``."""
        low, high = self.tier
        return np.array([tiers[t] for t in range(low, high + 1)], dtype=float)


def _kind(value: Any) -> str:
    """Tell by its key which kind of number this is; a bare number is a number."""
    if not isinstance(value, dict | Basis):
        return "<number>"
    written = value if isinstance(value, dict) else type(value).model_fields
    return f"<{next((kind for kind in KINDS if kind in written), 'value')}>"


def _ascending(ends: tuple[Any, ...]) -> None:
    if list(ends) != sorted(ends):
        shown = ", ".join(f"{end:g}" for end in ends)
        raise ValueError(f"the numbers {shown} must not fall: write them from low to high")


Number = Annotated[
    Annotated[Real, Tag("<number>")]
    | Annotated[Point[Real], Tag("<value>")]
    | Annotated[Uniform[Real], Tag("<uniform>")]
    | Annotated[Triangular[Real], Tag("<triangular>")]
    | Annotated[Normal[Real], Tag("<normal>")],
    Discriminator(_kind),
]
Probability = Annotated[
    Annotated[Share, Tag("<number>")]
    | Annotated[Point[Share], Tag("<value>")]
    | Annotated[Uniform[Share], Tag("<uniform>")]
    | Annotated[Triangular[Share], Tag("<triangular>")]
    | Annotated[Normal[Share], Tag("<normal>")],
    Discriminator(_kind),
]
Patience = Annotated[
    Annotated[Discount, Tag("<number>")]
    | Annotated[Point[Discount], Tag("<value>")]
    | Annotated[Uniform[Discount], Tag("<uniform>")]
    | Annotated[Triangular[Discount], Tag("<triangular>")]
    | Annotated[Normal[Discount], Tag("<normal>")],
    Discriminator(_kind),
]
Weight = Annotated[
    Annotated[NonNegative, Tag("<number>")]
    | Annotated[Point[NonNegative], Tag("<value>")]
    | Annotated[Uniform[NonNegative], Tag("<uniform>")]
    | Annotated[Triangular[NonNegative], Tag("<triangular>")]
    | Annotated[Normal[NonNegative], Tag("<normal>")]
    | Annotated[Tier, Tag("<tier>")],
    Discriminator(_kind),
]
Distribution = Point[Any] | Uniform[Any] | Triangular[Any] | Normal[Any]


def central(number: float | Distribution) -> float:
    """Return the one value that stands for the number: the mean, of a triangle the mode."""
    return number.central() if isinstance(number, Basis) else float(number)


def expected(number: float | Distribution) -> float:
    """Return the mean of the number; before truncation, where it is a bell."""
    if isinstance(number, Triangular):
        return float(sum(number.triangular)) / 3
    return central(number)


def is_uncertain(number: object) -> bool:
    """Tell whether the number is more than a point."""
    return isinstance(number, Uniform | Triangular | Normal | Tier)


def draw(
    number: float | Distribution, u: Floats, *, low: float = -np.inf, high: float = np.inf
) -> Floats:
    """Map uniforms to draws of a number; ``low`` and ``high`` bound its meaningful range."""
    if isinstance(number, Normal):
        return number.quantile(u, low, high)
    return number.quantile(u) if isinstance(number, Basis) else np.full(u.shape, float(number))


def support(number: float | Distribution) -> tuple[float, float]:
    """Return the least and the greatest value that the number can take."""
    if isinstance(number, Uniform):
        return float(number.uniform[0]), float(number.uniform[1])
    if isinstance(number, Triangular):
        return float(number.triangular[0]), float(number.triangular[2])
    if isinstance(number, Normal) and number.normal[1] > 0:
        return -np.inf, np.inf
    return central(number), central(number)
