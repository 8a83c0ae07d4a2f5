"""What models of offers over time say in the same words: shares, changed packages, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.agreement import Frontier
from sim.equilibria.conduct import Conduct
from sim.equilibria.offers.backward_induction import Floats
from sim.equilibria.setting import Setting
from sim.frontier import OutOfReach
from sim.words import counted, decimals_for, listed, name_of, plain


def gets(names: Sequence[str], utilities: Floats) -> str:
    """Say what each party gets.

    >>> gets(["Ann", "Bob"], np.array([0.5, 0.25]))
    'Ann 0.50, Bob 0.25'
    """
    decimals = decimals_for(utilities)
    each = zip(names, utilities.tolist(), strict=True)
    return ", ".join(f"{name} {plain(u, decimals)}" for name, u in each)


def changed(setting: Setting, frontier: Frontier, before: tuple[int, ...], other: object) -> str:
    """Say how what is proposed differs from what was, for a hinge: places on the frontier."""
    now = other if isinstance(other, tuple) else ()
    if not any(place >= 0 for place in now):
        return "nothing is agreed"
    if not any(place >= 0 for place in before):
        return "a package is agreed"
    pairs = zip(before, now, strict=False)
    old, new = next(((a, b) for a, b in pairs if a != b), (before[0], -1))
    one = len(set(before)) == 1 and len(set(now)) == 1
    what = "the package changes" if one else "what is proposed changes"
    if old < 0 or new < 0:
        return what
    space, scenario = setting.structure.space, setting.scenario
    moved = np.flatnonzero(frontier.choices[old] != frontier.choices[new])
    titles = [name_of(scenario.issues[space.issues[k]].title) for k in moved[:2]]
    if len(moved) > 2:
        titles.append(counted(len(moved) - 2, "more issue"))
    return f"{what}: {listed(titles)}"


def below_threshold(setting: Setting, utilities: Floats) -> str:
    """Say whose threshold a predicted package does not meet; thresholds may exceed no deal."""
    short = setting.problem.thresholds - utilities > 1e-9
    who = [name for name, low in zip(setting.names, short, strict=True) if low]
    if not who:
        return ""
    return f" It is below the threshold of {listed(who)}, which this model does not look at."


def unanswerable(conduct: Conduct) -> str | None:
    """Return why talks cannot be worked out here at all; ``None`` where they can."""
    if len(conduct.setting.parties) < 2:
        return "offers need two parties or more: name them with --parties"
    if isinstance(conduct.frontier, OutOfReach):
        why = conduct.frontier.why.rstrip(".")
        return f"what can be proposed is not known: {why}; name fewer parties, or allow more time"
    return None


def packages(
    conduct: Conduct, frontier: Frontier, chances: Floats, points: Floats
) -> list[dict[str, Any]]:
    """List the packages that a proposal draws from, the likeliest first, ready for JSON."""
    order = [int(k) for k in np.argsort(-chances, kind="stable") if chances[k] > 1e-9]
    return [
        {
            "chance": float(chances[k]),
            "outcome": conduct.setting.package(frontier.choices[k]),
            "utilities": conduct.setting.by_party(points[k]),
        }
        for k in order
    ]
