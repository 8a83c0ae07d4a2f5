"""The results of a run while it runs: chunks that are whole or not there, and a list of them.

Each block of cases leaves one Parquet file for every table that it has rows in. A chunk is written
under another name, flushed and renamed; then the manifest, which lists the chunks and their
checksums, is replaced in the same way. Whoever dies in between leaves chunks that are not listed:
they are computed again, and come out the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiment.job import Block, Columns, Computed, Failure, Job
from sim.experiment.shape import TableShape

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MANIFEST = "manifest.json"
LOCK = "lock"
OFTEN = 0.25
"""Seconds between two manifests at least, so that a thousand quick blocks do not write a
thousand long lists."""

SQL = {"whole": "BIGINT", "number": "DOUBLE", "text": "VARCHAR", "truth": "BOOLEAN"}


@dataclass
class _Listed:
    """A block that is done: its files with their checksums, and the cases that failed."""

    files: dict[str, str]
    failures: list[dict[str, Any]] = field(default_factory=list)


class Chunks:
    """What a run has computed so far, on disk.

    Attributes
    ----------
    folder
        Where the chunks are.
    done
        Numbers of the blocks that are listed.
    """

    def __init__(self, folder: Path, job: Job, fingerprint: str) -> None:
        self.folder, self._job = folder, job
        self._head = {
            "chunks": 1, "experiment": fingerprint, "cases": job.n_cases, "block": job.block,
        }  # fmt: skip
        self._listed: dict[int, _Listed] = {}
        self._written = 0.0

    @cached_property
    def _base(self) -> DuckDBPyConnection:
        import duckdb  # noqa: PLC0415  slow to import

        return duckdb.connect(config={"threads": 1})

    @property
    def done(self) -> frozenset[int]:
        """Numbers of the blocks that are listed."""
        return frozenset(self._listed)

    @property
    def failures(self) -> list[Failure]:
        """The cases that failed, in order."""
        listed = [self._listed[number] for number in sorted(self._listed)]
        return [Failure(**failure) for one in listed for failure in one.failures]

    def keep(self, block: Block, computed: Computed) -> None:
        """Write what came of a block, and list it."""
        files = {}
        for name, columns in computed.rows.items():
            file = f"{name}-{block.number:06d}.parquet"
            files[file] = self._write(self.folder / file, columns, self._job.tables[name])
        self._listed[block.number] = _Listed(files, [asdict(f) for f in computed.failures])
        if time.monotonic() - self._written > OFTEN:
            self.flush()

    def _write(self, path: Path, columns: Columns, shape: TableShape) -> str:
        """Write a chunk whole or not at all; return its checksum."""
        cells = ", ".join(
            f'"{name}"::{SQL[column.kind]} AS "{name}"' for name, column in shape.columns.items()
        )
        draft = path.with_suffix(".parquet.draft")
        self._base.register("block", dict(columns))
        self._base.execute(
            f"COPY (SELECT {cells} FROM block) TO '{_quoted(draft)}' (FORMAT parquet)"  # noqa: S608
        )
        self._base.unregister("block")
        _sync(draft)
        draft.replace(path)
        return _hash(path.read_bytes())

    def forget(self, numbers: Iterator[int]) -> None:
        """Take blocks off the list, so that they are computed again."""
        for number in numbers:
            self._listed.pop(number, None)
        self.flush()

    def flush(self) -> None:
        """Write the list of what is done."""
        body: dict[str, Any] = dict(self._head)
        body["blocks"] = {str(n): asdict(self._listed[n]) for n in sorted(self._listed)}
        body["checksum"] = _checksum(body)
        text = json.dumps(body, indent=0, sort_keys=True) + "\n"
        replace_whole(self.folder / MANIFEST, text.encode())
        self._written = time.monotonic()

    def files(self, table: str) -> list[Path]:
        """Return the chunks of a table in the order of their blocks."""
        names = [f"{table}-{number:06d}.parquet" for number in sorted(self._listed)]
        return [self.folder / n for n in names if n in self._listed[int(n[-14:-8])].files]

    def resume(self) -> None:
        """Take up what an interrupted run left in the folder; what is not listed is removed.

        Raises
        ------
        InputError
            If the list is of another experiment, or it or a chunk is not what was written.
        """
        path = self.folder / MANIFEST
        if path.exists():
            self._listed = self._read(path)
        listed = {file for one in self._listed.values() for file in one.files}
        for left in self.folder.glob("*.parquet*"):
            if left.name not in listed:
                left.unlink()

    def _read(self, path: Path) -> dict[int, _Listed]:
        cure = f"remove {self.folder} to start afresh"
        try:
            body = json.loads(path.read_bytes())
            said = body.pop("checksum")
            listed = {int(n): _Listed(**one) for n, one in body["blocks"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: cut short or changed by hand ({error}); {cure}") from error
        if said != _checksum(body):
            raise InputError(f"{path}: changed since it was written; {cure}")
        if body["experiment"] != self._head["experiment"]:
            raise InputError(
                f"{self.folder}: an interrupted run of a different experiment, or of another "
                f"version of zopa or of the scenario; {cure}"
            )
        for number, one in listed.items():
            for name, checksum in one.files.items():
                file = self.folder / name
                if not file.is_file() or _hash(file.read_bytes()) != checksum:
                    raise InputError(f"{file}: missing or changed (block {number}); {cure}")
        return listed


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def replace_whole(path: Path, data: bytes) -> None:
    """Put a file in place whole or not at all, and on the disk."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_bytes(data)
    _sync(draft)
    draft.replace(path)
    with suppress(OSError):
        _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checksum(body: dict[str, Any]) -> str:
    return _hash(json.dumps(body, sort_keys=True).encode())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this run alone; the system lets it go when the process ends, however.

    Raises
    ------
    InputError
        If another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            raise InputError(
                f"{folder}: another run is at work on this experiment; wait for it, or give "
                "this one another folder with --into"
            )
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return False
    return True
