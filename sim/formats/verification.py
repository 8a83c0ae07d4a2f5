"""Checking results: are they what a run wrote, and does the same computation give them again?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiment.engine import Here, Pool
from sim.experiment.prepared import Prepared
from sim.experiment.scenario_job import ScenarioJob
from sim.experiment.versions import DECISIVE, versions
from sim.formats.parquet import SQL, connected, quoted, write
from sim.formats.provenance import fingerprint, input_files, revision
from sim.formats.recomputed import Recomputed, chosen
from sim.formats.results import Results, checksum_of
from sim.formats.row_differences import Difference
from sim.formats.shelf import RUN
from sim.words import counted, listed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOLERANCE = 1e-9
"""How far numbers may lie apart where other versions computed them."""

TOLD = 1000
"""Differences that are kept; all are counted."""

Told = Callable[[int, int], None]
"""Is told how many cases are done, and of how many."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    what
        ``tables``, ``inputs``, ``cases``, ``analyses`` or ``copies``.
    agrees
        Whether it is as it should be.
    said
        What was found, in a sentence.
    """

    what: str
    agrees: bool
    said: str


@dataclass(frozen=True)
class Verification:
    """What a check of results found.

    Attributes
    ----------
    checks
        In the order in which they were made.
    differences
        Where the results are not what the same computation gives, the first `TOLD` of them.
    undecided
        How many values differ because a search ran into its time limit, then or now.
    cases
        The cases that were computed again.
    other
        What of the versions is not as it was; numbers were then compared within `TOLERANCE`, else
        bit for bit.
    """

    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    undecided: int
    cases: tuple[int, ...]
    other: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether everything is as it should be."""
        return all(check.agrees for check in self.checks)

    @property
    def tolerance(self) -> float:
        """How far numbers might lie apart."""
        return TOLERANCE if self.other else 0.0


def verify(
    results: Results,
    *,
    cases: int = 20,
    every: bool = False,
    seed: int = 0,
    pool: Pool | Here | None = None,
    told: Told | None = None,
) -> Verification:
    """Check results: checksums, inputs, a sample of cases computed again, and the analyses.

    Parameters
    ----------
    results
        What a run left behind.
    cases
        How many cases to compute again: the first, the last, and others spread over all between.
    every
        Compute all of them again.
    seed
        Chooses the cases.
    pool
        Where they are computed; in this process if not given.
    told
        Is shown how far it has come.

    Raises
    ------
    InputError
        If the inputs cannot be read any more.
    """
    prepared = results.prepared()
    other = tuple(_other_versions(results))
    of_tables, damaged = _tables(results)
    checks = [of_tables, _inputs(results, prepared, exact=not other)]
    job, tolerance = ScenarioJob(prepared), TOLERANCE if other else 0.0
    with Recomputed(results, job, tolerance, damaged) as again:
        blocks = chosen(job, cases, every=every, seed=seed, avoid=again.deadly)
        again.compute(blocks, pool or Here(), told)
        of_cases = list(again.found)
        if again.cases:
            checks.append(_of_cases(again, of_cases))
        made = again.analyse()
        of_analyses = again.found[len(of_cases) :]
        if made:
            what = f"{counted(made, 'table')} of analyses made again"
            checks.append(_check("analyses", what, of_analyses, "values agree"))
        undecided, computed = again.undecided, tuple(again.computed)
    checks += _copies(results)
    found = tuple([*of_cases, *of_analyses][:TOLD])
    return Verification(tuple(checks), found, undecided, computed, other)


def _other_versions(results: Results) -> Iterator[str]:
    """Say which versions that decide on numbers are not those of the run."""
    here = versions()
    for name in DECISIVE:
        then = results.record.versions.get(name, "(none)")
        if then != here[name]:
            yield f"{name} {then} then, {here[name]} now"
    before, now = results.record.revision, revision()
    if before != now:
        yield f"revision {before or 'not known'} then, {now or 'not known'} now"


def _tables(results: Results) -> tuple[Check, list[str]]:
    """Compare checksums and what is declared; return the tables of which either is wrong."""
    changed = [
        table
        for table in results.tables
        if checksum_of(results.file(table)) != results.recorded(table).sha256
    ]
    said, wrong = [], list(changed)
    if changed:
        said.append(f"not what the run wrote: {listed(changed)} (checksums other than in {RUN})")
    with connected() as base:
        for table in results.tables:
            told = [] if table in changed else list(_not_as_declared(base, results, table))
            said += [f"{table}: {one}" for one in told]
            wrong += [table] if told else []
    fine = f"{counted(len(results.tables), 'table')} as the run wrote them"
    return Check("tables", not said, "; ".join(said) or fine), wrong


def _not_as_declared(base: DuckDBPyConnection, results: Results, table: str) -> Iterator[str]:
    """Say where a table holds other rows or columns than are declared, or NaN for missing."""
    recorded = results.recorded(table)
    rows = base.read_parquet(str(results.file(table)))
    n = rows.shape[0]
    if n != recorded.rows:
        yield f"{counted(n, 'row')} instead of {recorded.rows:,}"
    found = dict(zip(rows.columns, map(str, rows.types), strict=True))
    if found != {name: SQL[column.kind] for name, column in recorded.columns.items()}:
        yield "other columns than are declared"
        return
    if table == "failures" and n != results.record.failed:
        yield f"{counted(n, 'row')}, and {RUN} says that {results.record.failed:,} cases failed"
    numbers = [name for name, column in recorded.columns.items() if column.kind == "number"]
    if "case" in found:
        of_others = f'"case" IS NULL OR "case" NOT BETWEEN 0 AND {results.record.cases - 1}'
        others = rows.filter(of_others).shape[0]
        if others:
            yield f"{counted(others, 'row')} of cases that there are not"
    if numbers:
        asked = ", ".join(f"bool_or(isnan({quoted(name)}))" for name in numbers)
        (told,) = rows.aggregate(asked).fetchall()
        for name, has_nan in zip(numbers, told, strict=True):
            if has_nan:
                yield f"{name} holds NaN, where what is undefined is missing"


def _inputs(results: Results, prepared: Prepared, *, exact: bool) -> Check:
    """Compare the inputs with what the run says of them."""
    resolved = {
        name: scenario.model_dump(mode="json", by_alias=True)
        for name, scenario in prepared.scenarios.items()
    }
    now = {
        "experiment": prepared.experiment.model_dump(mode="json"),
        "resolved": resolved,
        "cases": prepared.design.n_cases,
        "limit": prepared.design.n_cases if prepared.design.cut_short else None,
        **{name: getattr(prepared.experiment, name) for name in ("seed", "draws", "zone_draws")},
    }
    changed = [what for what in now if not _says(results.provenance.get(what), now[what])]
    path = results.experiment_file
    if exact and not changed:
        mark = fingerprint(prepared, input_files(prepared, path))
        changed += ["fingerprint"] if mark != results.record.fingerprint else []
    if changed:
        said = f"{path.parent.name}/ does not say what {RUN} says was run: {listed(changed)}"
        return Check("inputs", False, said)
    return Check("inputs", True, "the experiment and its scenarios are those that were run")


def _says(stored: Any, now: Any) -> bool:
    """Tell whether inputs say all that was stored; other versions may know of more fields."""
    if isinstance(stored, dict) and isinstance(now, dict):
        return all(name in now and _says(value, now[name]) for name, value in stored.items())
    return json.dumps(stored, sort_keys=True) == json.dumps(now, sort_keys=True)


def _of_cases(again: Recomputed, found: list[Difference]) -> Check:
    n = again.job.n_cases
    of = "all" if again.cases == n else f"{again.cases:,} of"
    how = "to within 1e-9" if again.tolerance else "bit for bit"
    what = f"{of} {counted(n, 'case')} computed again"
    return _check("cases", what, found, f"{counted(again.values, 'value')} agree {how}")


def _check(name: str, what: str, found: list[Difference], fine: str) -> Check:
    said = counted(len(found), "difference") if found else fine
    return Check(name, not found, f"{what}: {said}")


def _copies(results: Results) -> Iterator[Check]:
    """Compare the CSV copies of tables, where the same library wrote them."""
    if results.record.versions.get("duckdb") != version("duckdb"):
        return
    files = {table: results.file(table).with_suffix(".csv") for table in results.tables}
    files = {table: file for table, file in files.items() if file.is_file()}
    wrong = []
    with connected() as base, TemporaryDirectory(prefix="zopa-") as folder:
        for table, file in files.items():
            try:
                copy = Path(folder) / file.name
                write(base.read_parquet(str(results.whole_file(table))), copy)
                same = copy.read_bytes() == file.read_bytes()
            except InputError:
                continue  # said of the table itself
            if not same:
                wrong.append(file.name)
    if wrong:
        said = f"not what the tables say: {listed(wrong)}"
        yield Check("copies", False, said)
    elif files:
        yield Check("copies", True, f"{counted(len(files), 'CSV file')} with the same rows")
