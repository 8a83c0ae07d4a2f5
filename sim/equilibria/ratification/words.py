"""Ratification in words: what a two-level game predicts, and on what that hinges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.agreement import Agreement
from sim.equilibria.prediction import Hinge
from sim.equilibria.ratification.plans import PlanVerdict
from sim.equilibria.ratification.ratifiers import Chamber, House
from sim.equilibria.ratification.sizes import Sizes
from sim.equilibria.ratification.win_set import NEAR
from sim.equilibria.setting import Setting
from sim.problem import Floats
from sim.words import big, counted, listed, plain, signed, tiny


@dataclass(frozen=True, eq=False)
class Deals:
    """What is agreed without ratifiers, and with them by either reading.

    Attributes
    ----------
    free, constraint, disagreement
        Nash solutions: over all that is signed; over what is also ratified; the same from no-deal
        values raised to what ratifiers let a side go down to.
    raised
        Those values, shape ``(n_players,)``.
    """

    free: Agreement
    constraint: Agreement
    disagreement: Agreement
    raised: Floats


def says(
    setting: Setting,
    house: House,
    deals: Deals,
    measured: Sizes,
    plans: tuple[PlanVerdict, ...],
    curves: dict[str, Any],
) -> str:
    """Say what is predicted: of the zone, the deal, insisting on more, and the plan versions."""
    parts = (
        _of_the_zone(measured, deals),
        _of_the_deal(setting, house, deals),
        _of_insisting(setting, house, curves),
        _of_the_plans(plans),
    )
    return " ".join(filter(None, parts))


def _of_the_zone(measured: Sizes, deals: Deals) -> str:
    if not deals.free.reached:
        known = "no package is" if deals.free.certificate.exact else "no package was found to be"
        return f"Before any ratifier is asked, {known} signed by all negotiators."
    if not deals.constraint.reached:
        if not deals.constraint.certificate.exact:
            return "Whether any package that all negotiators sign is ratified was not settled."
        return "Negotiators could sign, but no package that all sign is ratified by all bodies."
    n, left = measured.signed.outcomes, measured.ratified
    if left is None:
        return "Some packages that all negotiators sign are ratified too."
    if n is not None and left.packages is not None:
        share = left.packages / n
        return (
            f"Of {big(n)} packages that all negotiators sign, {big(left.packages)} "
            f"({tiny(share)}) are ratified by every body asked."
        )
    about = f"{tiny(left.share)} (standard error {tiny(left.error)})"
    return f"Of the packages that all negotiators sign, {about} are ratified as well."


def _of_the_deal(setting: Setting, house: House, deals: Deals) -> str:
    if deals.free.outcome is None:
        return ""
    passes = house.ratifies(deals.free.outcome[None, :])[0]
    refuse = [c.name for c, yes in zip(house.chambers, passes, strict=True) if not yes]
    if not refuse:
        return "The package that negotiators would agree on by themselves is ratified as it stands."
    text = (
        f"The package that negotiators would agree on by themselves is refused by {listed(refuse)}"
    )
    if not deals.constraint.reached:
        return f"{text}."
    moved = deals.constraint.utilities - deals.free.utilities
    told = [f"{name} {signed(by)}" for name, by in zip(setting.names, moved, strict=True)]
    return f"{text}; agreeing on one that is ratified changes utilities by {', '.join(told)}."


def _of_insisting(setting: Setting, house: House, curves: dict[str, Any]) -> str:
    """Say where the Schelling effect is largest, and where it ends."""
    gains = {key: curve.get("earns") or 0.0 for key, curve in curves.items()}
    key = max(gains, key=lambda k: gains[k], default=None)
    if key is None or gains[key] <= NEAR:
        return ""
    chamber = next(c for c in house.chambers if c.key == key)
    side = setting.names[setting.parties.index(chamber.side)]
    return (
        f"If {chamber.name} asked for more, {side} would get up to {plain(gains[key])} more; from "
        f"{plain(curves[key]['closes_at'])} more, nothing is left to agree on."
    )


def _of_the_plans(plans: tuple[PlanVerdict, ...]) -> str:
    if not plans:
        return ""
    passed = [f"“{verdict.title}”" for verdict in plans if verdict.ratified]
    defect = [f"“{verdict.title}”" for verdict in plans if verdict.defects]
    which = listed(passed) if passed else "none"
    text = f"Of {counted(len(plans), 'plan version')}, {which} would pass every body asked"
    if defect:
        text += f"; signed and then refused at home: {listed(defect)}"
    return f"{text}."


def hinges(
    house: House,
    deals: Deals,
    ends: list[tuple[float | None, float | None]],
) -> list[Hinge]:
    """Return for every body where its word on the deal flips, and where nothing is left."""
    if deals.free.outcome is None:
        return []
    found = []
    for b, chamber in enumerate(house.chambers):
        asked = bool(chamber.is_asked(deals.free.outcome))
        if not asked and ends[b][0] == np.inf:
            then = (
                "the package that the negotiators would agree on by themselves needs no vote "
                "there, and others that need none are left"
            )
            found.append(Hinge(f"quota of {chamber.name}", chamber.rule.quota, None, then))
            continue
        found += [_quota_hinge(house, b, deals.free), _closing_hinge(chamber, ends[b][0])]
    return found


def _quota_hinge(house: House, b: int, free: Agreement) -> Hinge:
    """Say at which quota the body's word on the negotiators' package flips."""
    assert free.outcome is not None
    chamber, choices = house.chambers[b], free.outcome[None, :]
    now, parameter = chamber.rule.quota, f"quota of {chamber.name}"
    package = "the package that the negotiators would agree on by themselves"
    if not chamber.is_asked(choices)[0]:
        return Hinge(parameter, now, None, f"{package} needs no vote there, whatever the quota")
    gains = house.gains(b, choices)
    held = bool(((gains >= -NEAR) | ~chamber.rule.vetoes).all())
    share = float(chamber.rule.yes_share(gains)[0])
    if not held:
        return Hinge(parameter, now, None, f"{package} meets a veto, whatever the quota")
    if share <= 0 or share >= 1 - NEAR:
        word = "is refused" if share <= 0 else "is ratified"
        return Hinge(parameter, now, None, f"{package} {word} at every quota above 0 and up to 1")
    word = "is refused" if share >= now - NEAR else "is ratified"
    tie = " above it" if abs(share - now) <= NEAR else ""
    return Hinge(parameter, now, share, f"{package} {word}{tie}")


def _closing_hinge(chamber: Chamber, closing: float | None) -> Hinge:
    """Say how much more the body can ask for until nothing is left."""
    parameter = f"utility beyond no deal that {chamber.name} asks for"
    if closing is None:
        then = "nothing is left to sign and ratify even without this body"
        return Hinge(parameter, 0.0, None, then)
    if np.isnan(closing):
        then = "where nothing is left to sign and ratify was not settled in the time"
        return Hinge(parameter, 0.0, None, then)
    if np.isinf(closing):
        then = "some packages that need no vote there are left, whatever it asks for"
        if closing < 0:
            then = "its red lines leave no package to ratify, whatever it asks for"
        return Hinge(parameter, 0.0, None, then)
    if closing >= -NEAR:
        return Hinge(parameter, 0.0, closing, "no package is left that all sign and all ratify")
    return Hinge(parameter, 0.0, closing, "some package is left that all sign and all ratify")
