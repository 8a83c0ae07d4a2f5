"""Numbers that do not stand in the details of a prediction as such, and are worked out of them.

Each takes the details, and by keyword whom the number is about. It is ``None`` where the details do
not say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.experiment.shape import Cell

Details = Mapping[str, Any]


def agreed_by_lot(details: Details) -> bool:
    """Tell whether anybody ever proposes a package, or a draw between some."""
    return any(offer["packages"] for offer in details.get("proposals", ()))


def agreed_in_time(details: Details) -> bool:
    """Tell whether something is agreed in any round."""
    return details.get("agreement_round") is not None


def some_coalition(details: Details) -> bool:
    """Tell whether a coalition that can decide does."""
    return bool(details.get("equilibria"))


def equilibria_by_lot(details: Details) -> Cell:
    """Count the equilibria in which packages may be drawn by lot."""
    return 1 + len(details["several_with_lotteries"]) if "proposals" in details else None


def rounds_before(details: Details) -> Cell:
    """Count the rounds that pass before something is agreed."""
    agreed = details.get("agreement_round")
    return None if agreed is None else agreed - 1


def distinct_equilibria(details: Details) -> Cell:
    """Count the equilibria that differ in what is proposed."""
    found = details.get("equilibria")
    return None if found is None else len({repr(one["proposals"]) for one in found})


def equilibria_listed(details: Details) -> Cell:
    """Count the equilibria of a small game, of which all are listed."""
    return len(details["equilibria"]) if "equilibria" in details else None


def not_refused(details: Details) -> Cell:
    """Return the chance that a demand is accepted."""
    risk = details.get("risk_of_refusal")
    return None if risk is None else 1.0 - risk


def shapley_value(zone: bool) -> Callable[..., Cell]:
    """Return a party's Shapley value, in the question asked with a zone or in that without."""

    def share(details: Details, party: str) -> Cell:
        if details.get("zone") is not zone:
            return None
        found: Cell = details["shapley"].get(party, {}).get("value")
        return found

    return share


def holds_in_some_sense(details: Details, plan: str) -> Cell:
    """Tell whether nobody has reason to leave a plan version."""
    senses = senses_held(details, plan)
    return None if senses is None else bool(senses)


def senses_held(details: Details, plan: str) -> Cell:
    """Count the senses of stability in which a plan version holds."""
    verdict = details.get("plans", {}).get(plan)
    return None if verdict is None else len(verdict["holds"])


def at_the_front(name: str) -> Callable[[Details], Cell]:
    """Return what is said of the place where the front is now."""
    return lambda details: _front(details).get(name)


def _front(details: Details) -> Mapping[str, Any]:
    states: list[Mapping[str, Any]] = details.get("states", [])
    return next((one for one in states if one["state"] == details["start"]), {})


def most_in_war(details: Details, party: str) -> Cell:
    """Return the most that a party can get while the others get what fighting on is worth."""
    found: Cell = _front(details).get("most", {}).get(party)
    return found


def range_in_war(details: Details, party: str) -> Cell:
    """Return that less what fighting on is worth to it."""
    front = _front(details)
    most = front.get("most", {}).get(party)
    return None if most is None else most - front["no_deal"][party]


def counted_shifts(*said: str) -> Callable[[Details], Cell]:
    """Count the shifts of power of which all of these are true."""

    def count(details: Details) -> Cell:
        shifts = details.get("shifts")
        return None if shifts is None else sum(all(map(one.get, said)) for one in shifts)

    return count


def preventive_gain(details: Details) -> Cell:
    """Return how far no deal now exceeds the best promise, where it does so most."""
    return max(
        (
            one["no_deal_now"][one["declining"]] - one["best_promise_of_the_rising_side"]
            for one in details.get("shifts", ())
        ),
        default=None,
    )


def is_open(details: Details) -> Cell:
    """Tell whether some package is better for both than no deal."""
    found: Cell = _as_read(details, "open")
    return found


def _as_read(details: Details, name: str) -> Any:
    """Return what holds under the red lines asked for: that comes first."""
    return next(iter(details.get(name, {}).values()), None)


def open_in_draws(details: Details) -> Cell:
    """Return the share of draws in which some package is better for all than no deal."""
    share = details.get("share_of_draws_with_none_better")
    return None if share is None else 1.0 - share


def most_left(details: Details, party: str) -> Cell:
    """Return the most that a party can get while the other has what no deal gives it."""
    axes = details.get("axes", ())
    if party not in axes:
        return None
    own = axes.index(party)
    least = details["no_deal"][axes[1 - own]] - 1e-9
    corners = _as_read(details, "boundary") or ()
    return max((corner[own] for corner in corners if corner[1 - own] >= least), default=None)


def range_open(details: Details, party: str) -> Cell:
    """Return that less what no deal is worth to the party itself."""
    most = most_left(details, party)
    return None if most is None else float(most) - details["no_deal"][party]


def of_wait(name: str, *, longest: bool) -> Callable[..., Cell]:
    """Return what is said of a party's shortest wait, or of its longest."""

    def said(details: Details, party: str) -> Cell:
        own = [one for one in details.get("waiting_pays", ()) if one["party"] == party]
        ordered = sorted(own, key=lambda one: one["rounds"], reverse=longest)
        found: Cell = ordered[0][name] if ordered else None
        return found

    return said


def in_a_dilemma(details: Details, party: str) -> Cell:
    """Tell whether a party is in a prisoner's dilemma."""
    situation = details.get("situations", {}).get(party)
    return None if situation is None else situation == "prisoner's dilemma"
