"""What issues and options are called, and how a file names one option, some, or all between two."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)

LARGEST = 1e12
"""No number in a scenario is larger: beyond it sums of utilities would lose their pennies."""

NAME = r"^[A-Za-z][A-Za-z0-9_-]*$"
NUMERAL = r"^-?[0-9]+(\.[0-9]+)?$"
OPTION = r"^([A-Za-z][A-Za-z0-9_-]*|-?[0-9]+(\.[0-9]+)?)$"

Identifier = Annotated[str, Field(pattern=NAME)]


def _one_or_several(value: object) -> str:
    return "<list>" if isinstance(value, list) else "<name>"


# Tags of unions stand in angle brackets, so that no field of a file is ever called like one.
Names = Annotated[
    Annotated[Identifier, Tag("<name>")]
    | Annotated[Annotated[list[Identifier], Field(min_length=1)], Tag("<list>")],
    Discriminator(_one_or_several),
]


class Frozen(BaseModel):
    """A value read from a file: never changed, nothing unknown in it, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def numeral(number: float) -> str:
    """Write a number with no digit more than it needs: what a point of a grid is called.

    >>> [numeral(number) for number in (5, 5.0, 2.50, -0.5, -0.0, 1e-7, 1e3)]
    ['5', '5', '2.5', '-0.5', '0', '0.0000001', '1000']
    """
    text = f"{Decimal(repr(float(number))):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def is_numeral(text: str) -> bool:
    """Tell whether a text is a plain decimal number."""
    return re.fullmatch(NUMERAL, text) is not None


def _as_option(value: object) -> object:
    """Take a number for the name of a point; anything else is left to be refused or not."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = number and math.isfinite(value) and abs(value) <= LARGEST  # type: ignore[arg-type]
    return numeral(value) if fits else value  # type: ignore[arg-type]


OptionName = Annotated[str, Field(pattern=OPTION), BeforeValidator(_as_option)]
"""An option where it is a key: its name; on a grid a numeral."""

Option = Annotated[
    OptionName,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": OPTION},
                {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
            ]
        }
    ),
]
"""An option where it is a value: its name; on a grid a number."""

Options = Annotated[
    Annotated[Option, Tag("<name>")]
    | Annotated[Annotated[list[Option], Field(min_length=1)], Tag("<list>")],
    Discriminator(_one_or_several),
]
"""One option or a list of them."""


class Span(Frozen):
    """All options of an issue between two, both included, in the order in which it lists them."""

    from_: Annotated[Option, Field(alias="from")]
    to: Option

    @property
    def text(self) -> str:
        """The span as people would write it."""
        return f"{self.from_} to {self.to}"

    def among(self, options: Iterable[str]) -> list[str]:
        """Return the options that the span covers.

        >>> Span(**{"from": 5, "to": 15}).among(["0", "5", "10", "15", "20"])
        ['5', '10', '15']
        """
        names = list(options)
        return names[names.index(self.from_) : names.index(self.to) + 1]


def _choice_kind(value: object) -> str:
    if isinstance(value, Span):
        return "<span>"
    if isinstance(value, dict):
        return "<span>" if "from" in value or "to" in value else "<name>"
    return _one_or_several(value)


Choice = Annotated[
    Annotated[Option, Tag("<name>")]
    | Annotated[Annotated[list[Option], Field(min_length=1)], Tag("<list>")]
    | Annotated[Span, Tag("<span>")],
    Discriminator(_choice_kind),
]
"""One option, a list of them, or all between two."""

When = Annotated[dict[Identifier, Choice], Field(min_length=1)]
"""A condition: issue -> options, one of which must be met on every issue named."""


def options_of(said: str | list[str] | Span, options: Iterable[str]) -> list[str]:
    """Return the options that a condition names for one issue, always as a list.

    >>> options_of("low", ["low", "mid"]), options_of(Span(**{"from": 1, "to": 2}), ["1", "2"])
    (['low'], ['1', '2'])
    """
    if isinstance(said, Span):
        return said.among(options)
    return [said] if isinstance(said, str) else list(said)
