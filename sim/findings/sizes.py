"""How large a zone is, in words, and what it would take to know more."""

from __future__ import annotations

import math

from sim.feasible.count import ZoneSize
from sim.words import big, lasting, tiny


def size_in_words(size: ZoneSize, whole: int) -> str:
    """Say how many of all packages are acceptable."""
    if size.outcomes is not None:
        return f"exactly {big(size.outcomes)} of {big(whole)} packages ({tiny(float(size.share))})"
    low, high = size.share_interval
    share = tiny(float(size.share))
    return f"about {share} of {big(whole)} packages (95 %: {tiny(low)}–{tiny(high)})"


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
