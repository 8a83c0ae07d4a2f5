"""Cases in which a search ran into its time limit: they may come out otherwise another time.

That is the one exception to "the same inputs give the same bytes"
(`sim.experiment.scenario_job.ScenarioJob`). Such answers say themselves that they are not proven.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sim.experiment.job import Columns
from sim.experiment.scenario_job import ScenarioJob
from sim.formats.row_differences import Difference, gaps

PROOFS = ("exact", "minimal", "counted")
"""Columns of long tables that say whether a row is proven."""

MISSING_THEN = {"zone": "zone.exists", "solve": "frontier.points"}
"""Computation -> an outcome that is missing only where its search did not come to an end."""


def undecided(job: ScenarioJob, *sides: Mapping[str, Columns]) -> Callable[[Difference], bool]:
    """Return what tells whether a difference is put down to a time limit.

    Parameters
    ----------
    job
        What was computed.
    sides
        Tables of the same cases, from the disk and computed again; either may be undecided.
    """
    owners: dict[str, set[str]] = {name: set() for name in job.computations}
    for name, computation in job.computations.items():
        for scenario in job.prepared.scenarios.values():
            owners[name] |= {*computation.outcomes(scenario), *computation.tables(scenario)}
    cases = {name: _open(name, owned, sides) for name, owned in owners.items()}

    def tells(one: Difference) -> bool:
        place = one.column if one.table == "outcomes" else one.table
        return any(place in owners[name] and one.case in cases[name] for name in owners)

    return tells


def _open(name: str, owned: set[str], sides: tuple[Mapping[str, Columns], ...]) -> set[int]:
    """Return the cases in which a computation says that it did not come to an end."""
    found: set[int] = set()
    for tables in sides:
        outcomes = tables.get("outcomes", {})
        missing = outcomes.get(MISSING_THEN.get(name, ""))
        if missing is not None:
            found |= set(outcomes["case"][gaps(missing)].tolist())
        for table in (tables[one] for one in tables if one in owned):
            for proof in PROOFS:
                if proof in table:
                    said = np.ma.filled(table[proof], fill_value=True)  # type: ignore[no-untyped-call, unused-ignore]
                    found |= set(table["case"][~said.astype(bool)].tolist())
        zone = tables.get("zone", {}) if name == "zone" else {}
        if "draws" in zone:
            told = np.ma.filled(zone["exists"] + zone["proven_empty"] < zone["draws"], False)  # type: ignore[no-untyped-call, unused-ignore]
            found |= set(zone["case"][told].tolist())
    return found
