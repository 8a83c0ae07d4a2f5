"""Results for other programs: CSV files with their dictionary, or everything in one archive."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.formats.archives import SUFFIX, write_archive
from sim.formats.parquet import connected, write
from sim.formats.results import Results

if TYPE_CHECKING:
    from pandas import DataFrame

DICTIONARY = "columns.csv"
"""A table of all columns of all tables, with what they mean."""


def export(results: Results, goal: Path, *, force: bool = False) -> Path:
    """Write results for other programs.

    Parameters
    ----------
    results
        What a run left behind.
    goal
        A file that ends in ``.zip``: everything, to be sent, read, checked and run again. Else a
        folder of CSV files: all tables, and `DICTIONARY`, which says what their columns mean.
    force
        Whether to write over what stands there.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    InputError
        If something stands there already, nothing can be written there, or a table is not the one
        that the run wrote.
    """
    for table in results.tables:
        results.whole_file(table)
    if goal.suffix == SUFFIX:
        with whole_file(goal, force=force) as draft:
            write_archive(results.folder, results.name, draft)
    else:
        with _whole_folder(goal, force=force) as draft:
            _write_csv(results, draft)
    return goal


def _write_csv(results: Results, folder: Path) -> None:
    import pandas as pd  # noqa: PLC0415

    dictionaries = []
    with connected() as base:
        for table in results.tables:
            rows = base.read_parquet(str(results.whole_file(table)))
            write(rows, folder / f"{table}.csv")
            dictionaries.append(results.about(table).assign(table=table))
    every = pd.concat(dictionaries)[["table", "column", "kind", "meaning"]]
    every.to_csv(folder / DICTIONARY, index=False, lineterminator="\n")


def write_frame(frame: DataFrame, path: Path, *, force: bool = False) -> None:
    """Write a data frame to a file that ends in ``.csv`` or ``.parquet``.

    Raises
    ------
    InputError
        If the file's name ends otherwise, there is one already, or it cannot be written.
    """
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"{path}: name a file that ends in .csv or .parquet")
    with whole_file(path, force=force) as draft, connected() as base:
        if path.suffix == ".csv":
            frame.to_csv(draft, index=False, lineterminator="\n")
        else:
            base.from_df(frame).write_parquet(str(draft))


@contextmanager
def whole_file(path: Path, *, force: bool) -> Iterator[Path]:
    """Give a draft to write, which gets its name once it is complete.

    Raises
    ------
    InputError
        If there is a file already, or nothing can be written there; nothing has changed then.
    """
    draft: Path | None = None
    try:
        _refuse(path, force=force)
        if path.is_dir():
            raise InputError(f"{path}: this is a folder; name a file")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}.draft-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
        draft = Path(name)
        yield draft
        draft.chmod(0o644)
        _sync(draft)
        _refuse(path, force=force)
        draft.replace(path)
    except OSError as error:
        raise _said(error, path) from error
    finally:
        if draft is not None:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


@contextmanager
def _whole_folder(goal: Path, *, force: bool) -> Iterator[Path]:
    """Give a draft to fill, which gets its name once it is complete."""
    draft: Path | None = None
    try:
        _refuse(goal, force=force)
        if goal.is_dir() and any(goal.iterdir()) and not (goal / DICTIONARY).is_file():
            raise InputError(
                f"{goal}: this folder holds something else than exported tables (no {DICTIONARY} "
                "in it), which would be lost; name another one"
            )
        goal.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{goal.name}.draft-", dir=goal.parent))
        yield draft
        draft.chmod(0o755)
        _refuse(goal, force=force)
        old = draft.with_name(f"{draft.name}-old")
        if goal.exists():
            goal.rename(old)
        draft.rename(goal)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise _said(error, goal) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def _refuse(path: Path, *, force: bool) -> None:
    """Refuse a place that is taken."""
    if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
        return
    if not force and (path.exists() or path.is_symlink()):
        raise InputError(f"{path}: something stands there already; --force writes over it")


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _said(error: OSError, path: Path) -> InputError:
    return InputError(f"{path}: cannot write here ({error.strerror or error}); nothing was changed")
