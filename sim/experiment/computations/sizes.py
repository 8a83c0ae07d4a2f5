"""How large a scenario is to those who search it: what the time of a case is reckoned by."""

from __future__ import annotations

import math

from sim.feasible.count import LISTED
from sim.scenario import Scenario

OUTCOME_SECONDS = 8e-7
"""To go through one outcome, where a party takes the mean over articles: that ties all issues, and
all outcomes are listed, once for each question."""


def cells(scenario: Scenario) -> int:
    """Return how many options have a value: those of all issues, for each party."""
    return sum(len(i.options) for i in scenario.issues.values()) * len(scenario.parties)


def too_many_to_list(scenario: Scenario) -> bool:
    """Tell whether a search has to be clever: it is slower then, but not by all outcomes."""
    return math.prod(len(issue.options) for issue in scenario.issues.values()) > LISTED


def listing_seconds(scenario: Scenario) -> float:
    """Return how long one question takes beside the rest where all issues are tied together."""
    if all(party.utility != "mean_of_included" for party in scenario.parties.values()):
        return 0.0
    outcomes = math.prod(len(issue.options) for issue in scenario.issues.values())
    return OUTCOME_SECONDS * min(outcomes, 10**7)
