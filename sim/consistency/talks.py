"""Rules of talks: parties that exist, chances that sum to 1, and a quota that can be met."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.consistency.known import Known, repeated
from sim.errors import Mistake, Path
from sim.preferences.uncertain import Distribution, central, support
from sim.scenario import Talks

AT: Path = ("talks",)
_THIRDS = 0.002
"""How far chances may be from 1 together: thirds may be written 0.333."""


def talks_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield what does not hold between the talks and the rest of a scenario."""
    talks = known.scenario.talks
    if talks is None or known.lost(AT):
        return
    yield from _names(known, talks)
    if talks.order is not None and talks.chances is not None:
        text = "parties propose in an order or by chance: take either this or `order` out"
        yield Mistake((*AT, "chances"), text)
    if talks.chances is not None and known.whole((*AT, "chances")):
        total = sum(map(central, talks.chances.values()))
        if abs(total - 1) > _THIRDS:
            text = f"chances of being the next to propose sum to {total:g}, not 1: change one"
            yield Mistake((*AT, "chances"), text)
    yield from _numbers(talks)
    yield from _agreeing(known, talks)


def _names(known: Known, talks: Talks) -> Iterator[Mistake]:
    """Check every name of a party."""
    for field in ("order", "vetoes"):
        for index, name in enumerate(getattr(talks, field) or ()):
            yield from known.name("parties", name, (*AT, field, index))
    yield from repeated(talks.vetoes, (*AT, "vetoes"))
    for field in ("chances", "cost", "outside", "drift"):
        for name in getattr(talks, field) or ():
            yield from known.name("parties", name, (*AT, field, name), at_name=True)


def _numbers(talks: Talks) -> Iterator[Mistake]:
    """Check amounts whose range no type says."""
    for name, number in talks.cost.items():
        if _reaches_below(number, 0):
            text = "a round of talks cannot cost less than nothing: give a number of at least 0"
            yield Mistake((*AT, "cost", name), text)
    for name, number in talks.drift.items():
        if _reaches_below(number, -1):
            text = (
                "a no-deal value cannot lose more than all of itself in a round: drift is a share, "
                "-0.01 for one per cent less"
            )
            yield Mistake((*AT, "drift", name), text)
    if talks.rounds is None and "enforced" in talks.model_fields_set:
        text = "without `rounds` there is no deadline to enforce: give them, or take this out"
        yield Mistake((*AT, "enforced"), text)
    if talks.drifts_for is not None and not talks.drift:
        text = "nothing drifts: give `drift`, or take this out"
        yield Mistake((*AT, "drifts_for"), text)


def _reaches_below(number: float | Distribution, least: float) -> bool:
    """Tell whether a number can lie below what is meaningful; of a bell its middle counts."""
    low, _ = support(number)
    return (math.isfinite(low) and low < least) or central(number) < least


def _agreeing(known: Known, talks: Talks) -> Iterator[Mistake]:
    """Check the quota against the number of parties."""
    n = len(known.scenario.parties)
    if talks.quota is not None and talks.quota > n and known.whole(("parties",)):
        text = f"asks for more consents than there are parties: at most {n}"
        yield Mistake((*AT, "quota"), text)
