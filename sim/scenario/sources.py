"""Where things come from, and when: what every part of a scenario may cite."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, StringConstraints, Tag

from sim.issues import Frozen, Names
from sim.preferences.uncertain import Confidence, whole

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
