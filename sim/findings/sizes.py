"""How large a zone is, in words, and what it would take to know more."""

from __future__ import annotations

import math

from sim.feasible.chance import ZoneChance
from sim.feasible.count import ZoneSize
from sim.words import big, lasting, percent, tiny


def size_in_words(size: ZoneSize, whole: int) -> str:
    """Say how many of all packages are acceptable."""
    if size.outcomes is not None:
        return f"exactly {big(size.outcomes)} of {big(whole)} packages ({tiny(float(size.share))})"
    share, low, high = (tiny(float(part)) for part in (size.share, *size.share_interval))
    interval = "known to the digits shown" if low == high else f"95 %: {low}–{high}"
    return f"about {share} of {big(whole)} packages ({interval})"


def counting_note(size: ZoneSize) -> str:
    """Say how far counting came and how long it would go on; nothing where it came to the end.

    For the terminal only: how long it takes differs from run to run.
    """
    if not size.rest:
        return ""
    sure = f"{big(size.at_least)} were counted" if size.at_least else "none was counted"
    if not math.isfinite(size.rest):
        return f"Too many to count: {sure} before it was given up for the estimate."
    return (
        f"Too many to count: {sure} before it was given up for the estimate; going on would have "
        f"taken {lasting(size.rest)} or so."
    )


def chance_in_words(chance: ZoneChance | None) -> str:
    """Say in how many draws a zone exists; nothing where none were made."""
    if chance is None:
        return ""
    if chance.alike and chance.settled == chance.draws > 1:
        return "Nothing that matters here is uncertain, so that draws would all be alike."
    if chance.settled < chance.draws:
        left = chance.draws - chance.settled
        known = f"in {chance.exists:,} of the {chance.settled:,} draws settled in time"
        if not chance.settled:
            return f"With everything uncertain drawn, none of {chance.draws:,} draws was settled."
        return f"With everything uncertain drawn, a zone exists {known}; {left:,} were not."
    much = {0: "none", chance.draws: "every one"}.get(chance.exists, percent(chance.share))
    return f"With everything uncertain drawn, a zone exists in {much} of {chance.draws:,} draws."
