"""Demands, conditions and readings, said with the titles and labels of the file."""

from __future__ import annotations

from sim.condition import Condition
from sim.feasible.demands import Demand
from sim.scenario import Scenario
from sim.words import listed, name_of, plain

READING_IN_WORDS = {
    "none": "red lines left aside",
    "stated": "stated red lines",
    "implied": "stated and implied red lines",
}


def condition_in_words(scenario: Scenario, condition: Condition) -> str:
    """Say a condition with the titles and labels of the file."""
    issues = list(scenario.issues.values())
    parts = []
    for place, mask in zip(condition.issues, condition.options, strict=True):
        met = [f"“{name_of(label)}”" for label in issues[place].labels(mask.nonzero()[0])]
        parts.append(f"{listed(met, 'or')} ({name_of(issues[place].title)})")
    return " with ".join(parts)


def demand_in_words(scenario: Scenario, demand: Demand) -> str:
    """Say what somebody insists on, with the titles and labels of the file."""
    whose = "" if demand.party is None else name_of(scenario.parties[demand.party].name)
    if demand.kind == "threshold":
        assert demand.level is not None  # a threshold has one
        return f"{whose} wants at least {plain(demand.level, 3)}"
    assert demand.condition is not None  # red lines and constraints have one
    what = condition_in_words(scenario, demand.condition)
    return f"{whose} refuses {what}: {demand.basis}" if whose else f"No package may have {what}"
