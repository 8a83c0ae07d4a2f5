"""Results as data: the tables that a run left behind, as data frames, queries and a `Study`."""

from __future__ import annotations

import hashlib
import shutil
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, did_you_mean
from sim.experiment.job import Columns
from sim.experiment.prepared import Prepared
from sim.experiment.shape import TableShape
from sim.experiment.study import Study
from sim.formats.archives import is_archive, unpacked
from sim.formats.experiments import prepare_experiment
from sim.formats.frames import dictionary_of, frame_of
from sim.formats.parquet import SQL, connected, read_columns
from sim.formats.queries import asked
from sim.formats.run_record import RecordedTable, RunRecord, read_record
from sim.formats.shelf import RESULTS, RUN

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, eq=False)
class Results:
    """What a run left behind.

    A table is read when it is asked for, and its checksum compared with the one in ``run.json``
    first, so that nothing is taken for a result that no run has written.

    Attributes
    ----------
    folder
        Where they stand; of an archive a temporary copy, which goes with this object.
    record
        What is needed of ``run.json``.
    provenance
        All of ``run.json``: versions, seed, resolved inputs, source revision, time.

    Examples
    --------
    ``results["outcomes"]`` is a data frame, ``results.query("SELECT …")`` as well::

        results = sim.read_results("ukraine-2025-12")
        results.tables
        results.about("outcomes")
        results.by_case().groupby("red_lines")["zone.exists"].mean()
    """

    folder: Path
    record: RunRecord
    provenance: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the results are called."""
        return self.record.name

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(self.record.tables)

    def __repr__(self) -> str:
        return f"<Results {self.name}: {self.record.cases:,} cases; {', '.join(self.tables)}>"

    def about(self, table: str) -> DataFrame:
        """Return the data dictionary of a table: a row for each column, with kind and meaning.

        Raises
        ------
        InputError
            If there is no such table.
        """
        return dictionary_of(self.recorded(table).shape.columns)

    def recorded(self, table: str) -> RecordedTable:
        """Return what ``run.json`` says of a table.

        Raises
        ------
        InputError
            If there is no such table, with the names of those that there are.
        """
        if table not in self.record.tables:
            guess = did_you_mean(table, self.tables, "tables")
            raise InputError(f"{self.name}: no table is called '{table}'{guess}")
        return self.record.tables[table]

    def file(self, table: str) -> Path:
        """Return the Parquet file of a table, whatever stands in it."""
        self.recorded(table)
        return self.folder / "tables" / f"{table}.parquet"

    def columns(self, table: str) -> Columns:
        """Return a table as arrays, as the run made them: NaN, ``None`` or masked is missing.

        Raises
        ------
        InputError
            If there is no such table, or it is not the one that the run wrote.
        """
        found = read_columns(self.whole_file(table))
        return {name: found[name] for name in self.recorded(table).columns}

    def __getitem__(self, table: str) -> DataFrame:
        """Return a table as a data frame.

        Columns are ``Int64``, ``float64``, ``boolean`` or ``string``, whether or not anything is
        missing in them; what is undefined is missing.

        Raises
        ------
        InputError
            If there is no such table, or it is not the one that the run wrote.
        """
        kinds = {name: column.kind for name, column in self.recorded(table).columns.items()}
        return frame_of(self.columns(table), kinds)

    def by_case(self) -> DataFrame:
        """Return one row for each case: its settings, then its outcomes.

        Cases that failed are not in it; see `failures`.
        """
        outcomes = self["outcomes"]
        return self["cases"].merge(outcomes, on="case", how="inner", suffixes=("", " (outcome)"))

    @property
    def failures(self) -> DataFrame:
        """The cases that gave no results, with what stood in their way."""
        return self["failures"]

    def query(self, sql: str) -> DataFrame:
        """Answer a question in SQL (the DuckDB dialect) from the tables.

        Parameters
        ----------
        sql
            One ``SELECT``. Each table goes by its name. Names with dots in them, and the word
            ``case``, stand in double quotes: ``"us28.russia.surplus"``.

        Raises
        ------
        InputError
            If the question cannot be answered, with what was probably meant, or it is none: nothing
            can be written, and no other file read.
        """
        shapes = {name: table.shape for name, table in self.record.tables.items()}
        return asked(sql, shapes, self.whole_file)

    @property
    def experiment_file(self) -> Path:
        """The copy of the experiment that the run kept, with its scenarios beside it."""
        return self.folder / self.record.inputs.experiment

    def prepared(self) -> Prepared:
        """Read the experiment and its scenarios from the copies that the run kept.

        Raises
        ------
        ScenarioError
            If something in them was changed so that it is wrong.
        InputError
            If they are not there.
        """
        path = self.experiment_file
        if not path.is_file():
            raise InputError(
                f"{path}: the experiment that was run is missing; take the folder from where it "
                "is whole"
            )
        prepared, _ = prepare_experiment(str(path))
        if self.record.limit is None:
            return prepared
        return replace(prepared, design=replace(prepared.design, first=self.record.limit))

    def study(self) -> Study:
        """Return everything that pictures, pages and answers are made from; tables come lazily.

        Raises
        ------
        InputError
            If the experiment that was kept is not there, or not the one that was run.
        """
        prepared = self.prepared()
        if prepared.design.n_cases != self.record.cases:
            raise InputError(
                f"{self.folder / RUN}: it says that there are {self.record.cases:,} cases, and "
                f"{self.record.inputs.experiment} has {prepared.design.n_cases:,}; take the folder "
                "from where it is whole"
            )
        return Study(self.name, prepared, _Tables(self), self.record.failed)

    def whole_file(self, table: str) -> Path:
        """Return the Parquet file of a table that is as the run wrote it.

        Raises
        ------
        InputError
            If there is no such table, or its checksum is not the one in ``run.json``.
        """
        if table not in self._whole:
            path, recorded = self.file(table), self.recorded(table)
            if checksum_of(path) != recorded.sha256:
                raise InputError(
                    f"{path}: not what the run wrote (its checksum is not the one in {RUN}); "
                    "`zopa verify` says what differs; run the experiment again for the rest"
                )
            if not _is_as_declared(path, recorded.shape):
                raise InputError(
                    f"{path}: it has other columns than {RUN} declares; `zopa verify` says more; "
                    "take the folder from where it is whole"
                )
            self._whole.add(table)
        return self.file(table)

    @cached_property
    def _whole(self) -> set[str]:
        """Tables whose checksum was compared."""
        return set()


class _NoTableError(InputError, KeyError):
    """There is no such table: a mistake in the folder, and how a mapping says so."""

    __str__ = Exception.__str__


class _Tables(Mapping[str, Columns]):
    """The tables of results, each read when it is first asked for."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._read: dict[str, Columns] = {}

    def __getitem__(self, name: str) -> Columns:
        if name not in self._results.record.tables:
            raise _NoTableError(
                f"{self._results.folder / RUN}: it names no table {name}; take the folder from "
                "where it is whole, or run the experiment again"
            )
        if name not in self._read:
            self._read[name] = self._results.columns(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results.record.tables)

    def __len__(self) -> int:
        return len(self._results.record.tables)


def _is_as_declared(path: Path, shape: TableShape) -> bool:
    """Tell whether a file holds the columns that a table shall have, each of its kind."""
    import duckdb  # noqa: PLC0415

    try:
        with connected() as base:
            rows = base.read_parquet(str(path))
            found = dict(zip(rows.columns, map(str, rows.types), strict=True))
    except duckdb.Error:
        return False
    return found == {name: SQL[column.kind] for name, column in shape.columns.items()}


def checksum_of(path: Path) -> str:
    """Return the SHA-256 checksum of a file, 64 hexadecimal digits.

    Raises
    ------
    InputError
        If it is not there, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise InputError(
            f"{path}: this file of the results is missing; take the folder from where it is "
            "whole, or run the experiment again"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def read_results(path_or_name: str | Path) -> Results:
    """Read what a run left behind.

    Parameters
    ----------
    path_or_name
        A results folder, an archive of one (``.zip``), or the name of a folder in ``./results``.

    Raises
    ------
    InputError
        If there are no such results, ``run.json`` is damaged, or a table is missing.
    """
    path = find_results(path_or_name)
    if not is_archive(path):
        return _read(path)
    copy = unpacked(path)
    try:
        results = _read(_only_folder(copy))
    except BaseException as error:
        shutil.rmtree(copy, ignore_errors=True)
        if isinstance(error, InputError):  # the copy is gone; what was given is wrong
            raise InputError(str(error).replace(str(copy), str(path))) from error
        raise
    weakref.finalize(results, shutil.rmtree, copy, ignore_errors=True)
    return results


def _read(folder: Path) -> Results:
    record, whole = read_record(folder)
    results = Results(folder, record, whole)
    missing = [str(results.file(t)) for t in results.tables if not results.file(t).is_file()]
    if missing:
        raise InputError(
            "\n".join(f"{file}: {RUN} names this table, and it is missing" for file in missing)
            + "\ntake the folder from where it is whole, or run the experiment again"
        )
    return results


def find_results(path_or_name: str | Path) -> Path:
    """Return the folder or archive that is meant.

    Raises
    ------
    InputError
        If there is none, with the nearest names.
    """
    path = Path(path_or_name)
    named = RESULTS / path
    for some in (path, named):
        if is_archive(some) or (some / RUN).exists():
            return some
    there = next((some for some in (path, named) if some.is_dir()), None)
    if there is not None:
        return there
    known = [folder.parent.name for folder in sorted(RESULTS.glob(f"*/{RUN}"))]
    guess = did_you_mean(str(path_or_name), known) if known else ""
    raise InputError(
        f"no results are called '{path_or_name}', here or in {RESULTS}{guess}; `zopa run` makes "
        "them, `zopa results list` says which there are"
    )


def _only_folder(unpacked: Path) -> Path:
    """Return the folder that an archive holds, or where its files stand without one."""
    if (unpacked / RUN).exists():
        return unpacked
    folders = [path for path in unpacked.iterdir() if path.is_dir()]
    return folders[0] if len(folders) == 1 else unpacked
