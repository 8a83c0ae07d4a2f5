"""What must hold between the parts of a scenario: names that exist, tables without gaps.

The types say what each part looks like; here is what one part asks of another. Whatever has an
answer passes: red lines that leave a party nothing, plans that break a constraint, parties that
can gain nothing. Only what leaves the question itself unclear is a mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sim.consistency.correlated import correlation_mistakes
from sim.consistency.graph import graph_mistakes
from sim.consistency.impossible import constraint_mistakes
from sim.consistency.known import Known
from sim.consistency.levels import level_mistakes
from sim.consistency.plans import lever_mistakes, plan_mistakes, published_mistakes
from sim.consistency.ratification import ratification_mistakes
from sim.consistency.references import reference_mistakes
from sim.consistency.talks import talks_mistakes
from sim.consistency.valued import value_mistakes
from sim.consistency.war import war_mistakes
from sim.errors import Mistake, Path
from sim.scenario import Scenario


def inconsistencies(scenario: Scenario, unreadable: Collection[Path] = ()) -> Iterator[Mistake]:
    """Yield everything in which the parts of a scenario contradict or miss one another.

    Parameters
    ----------
    scenario
        All of a file, or what could be read of it.
    unreadable
        Places of the file that are not in ``scenario`` because something is wrong with them.
        What refers to them is not reported.

    Examples
    --------
    >>> fence = Scenario.model_validate({
    ...     "zopa": 1, "title": "A fence",
    ...     "issues": {"height": {"title": "Height", "options": {"low": "1 m", "high": "2 m"}}},
    ...     "parties": {"ann": {"name": "Ann", "values": {"height": {"low": 0, "hihg": 1}}}},
    ... })
    >>> for mistake in inconsistencies(fence):
    ...     print(mistake)
    parties.ann.values.height.hihg: height has no option 'hihg'; did you mean 'high'? (...)
    """
    known = Known(scenario, frozenset(unreadable))
    yield from reference_mistakes(known)
    yield from constraint_mistakes(known)
    yield from value_mistakes(known)
    yield from level_mistakes(known)
    yield from plan_mistakes(known)
    yield from lever_mistakes(known)
    yield from talks_mistakes(known)
    yield from war_mistakes(known)
    yield from ratification_mistakes(known)
    yield from graph_mistakes(known)
    yield from correlation_mistakes(known)
    yield from published_mistakes(known)
