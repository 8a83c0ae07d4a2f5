"""What a picture says in words: its title is the finding, its description carries the numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.scenario import RedLines, Scenario
from sim.structure import Structure
from sim.words import name_of

READING: dict[RedLines, str] = {
    "none": "no red lines",
    "stated": "stated red lines",
    "implied": "stated and implied red lines",
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class Caption:
    """The words around a picture.

    Attributes
    ----------
    title
        The finding, in a sentence computed from the numbers.
    subtitle
        What it is conditional on.
    note
        How to read the picture.
    alt
        The picture for those who cannot see it: the finding and every number.
    """

    title: str
    subtitle: str
    note: str
    alt: str


def conditions(scenario: Scenario, red_lines: RedLines, reading: str = "central reading") -> str:
    """Say what a picture depends on."""
    given = f"Conditional on these inputs; {reading}, {READING[red_lines]}."
    return f"{given} {name_of(scenario.title)}."


def conditional(words: Caption) -> Caption:
    """Say under the title that what is shown depends on the inputs, where it is not said yet."""
    if "onditional on these inputs" in words.subtitle:
        return words
    return replace(words, subtitle=f"Conditional on these inputs. {words.subtitle}")


def party_names(structure: Structure, columns: Sequence[int] | None = None) -> list[str]:
    """Return the names of parties, as a sentence would use them."""
    places = range(len(structure.parties)) if columns is None else columns
    return [name_of(structure.scenario.parties[structure.parties[k]].name) for k in places]


def possessive(name: str) -> str:
    """Say that something is a party's.

    >>> possessive("Ann"), possessive("United States")
    ("Ann's", "United States'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def shortened(text: str, most: int) -> str:
    """Cut a text after a whole word where it is longer than ``most`` characters.

    >>> shortened("Peacetime ceiling on the armed forces", 24)
    'Peacetime ceiling on…'
    """
    if len(text) <= most:
        return text
    kept = text[:most].rsplit(" ", 1)[0].rstrip(" ,;:–-(")
    return re.sub(r"\s+(of|the|and|a|to|in|or)$", "", kept) + "…"


def date_of(date: int | str | None) -> str:
    """Write a date, or the span between two, as people do.

    >>> date_of("2025-11-20"), date_of("2025-04-23/2025-11-24"), date_of("2025-11-23/2025-11-24")
    ('20 Nov 2025', '23 Apr – 24 Nov 2025', '23–24 Nov 2025')
    >>> date_of("2024-06"), date_of(2022), date_of(None)
    ('Jun 2024', '2022', '')
    """
    if date is None:
        return ""
    first, _, last = str(date).partition("/")
    start, end = _date(first), _date(last or first)
    shared = 0  # words at the end that both have: said once
    while shared < len(start) and start[len(start) - 1 - shared :] == end[len(end) - 1 - shared :]:
        shared += 1
    if shared == len(start):
        return " ".join(end)
    gap = "–" if len(start) - shared == 1 else " – "
    return " ".join(start[: len(start) - shared]) + gap + " ".join(end)


def _date(text: str) -> list[str]:
    """Return day, month and year, as far as they are known."""
    year, *rest = text.split("-")
    days = [str(int(day)) for day in rest[1:]]
    return days + [MONTHS[int(month) - 1] for month in rest[:1] if 1 <= int(month) <= 12] + [year]
