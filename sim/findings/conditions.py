"""Red lines, constraints and readings, said with the titles and labels of the file."""

from __future__ import annotations

from sim.condition import Condition
from sim.scenario import Scenario
from sim.words import listed, name_of

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
