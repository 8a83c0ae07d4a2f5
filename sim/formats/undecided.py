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

SUBJECTS = ("solution", "model", "plan")
"""Columns that say what a row is about; outcomes of the same begin with that name."""

MISSING_THEN = {"zone": "zone.exists", "solve": "frontier.points"}
"""Computation -> an outcome that is missing only where its search did not come to an end."""

Open = set[tuple[int, str]]
"""Cases, and what in them is not proven."""


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
    found = {name: _open(name, owned, sides) for name, owned in owners.items()}

    def tells(one: Difference) -> bool:
        place = one.column if one.table == "outcomes" else one.table
        for name, owned in owners.items():
            if place in owned and one.case is not None:
                about = _about(one, sides[-1].get(one.table, {}))
                known = {subject for case, subject in found[name] if case == one.case}
                return bool(known) if about is None else about in known
        return False

    return tells


def _open(name: str, owned: set[str], sides: tuple[Mapping[str, Columns], ...]) -> Open:
    """Return where a computation says that it did not come to an end."""
    found: Open = set()
    for tables in sides:
        outcomes, tells = tables.get("outcomes", {}), MISSING_THEN.get(name, "")
        if tells in outcomes:
            cases = outcomes["case"][gaps(outcomes[tells])].tolist()
            found |= {(case, tells.split(".")[0]) for case in cases}
        for table in (one for one in tables if one in owned):
            rows = tables[table]
            for proof in (proof for proof in PROOFS if proof in rows):
                said = np.ma.filled(rows[proof], fill_value=True)  # type: ignore[no-untyped-call, unused-ignore]
                places = np.flatnonzero(~said.astype(bool)).tolist()
                found |= {(int(rows["case"][k]), _subject(table, rows, k)) for k in places}
        zone = tables.get("zone", {}) if name == "zone" else {}
        if "draws" in zone:
            short = np.ma.filled(zone["exists"] + zone["proven_empty"] < zone["draws"], False)  # type: ignore[no-untyped-call, unused-ignore]
            found |= {(case, "zone") for case in zone["case"][short].tolist()}
    return found


def _subject(table: str, rows: Columns, place: int) -> str:
    """Return what a row is about; where no column says so, the table does."""
    named = next((column for column in SUBJECTS if column in rows), None)
    return table if named is None else str(rows[named][place])


def _about(one: Difference, rows: Columns) -> str | None:
    """Return what a difference is about; ``None`` where it concerns all rows of a case."""
    if one.table == "outcomes":
        return str(one.column).split(".", maxsplit=1)[0]
    if one.row is None or "case" not in rows:
        return None
    return _subject(one.table, rows, int(np.flatnonzero(rows["case"] == one.case)[one.row]))
