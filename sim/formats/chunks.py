"""The results of a run while it runs: chunks that are whole or not there, and a list of them.

Each block of cases leaves one Parquet file for every table that it has rows in. A chunk is written
under another name, flushed and renamed; then the manifest, which lists the chunks and their
checksums, is replaced in the same way. Whoever dies in between leaves chunks that are not listed:
they are computed again, and come out the same.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiment.job import Block, Columns, Computed, Failure, Job
from sim.experiment.shape import TableShape
from sim.formats.parquet import connected, write_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MANIFEST = "manifest.json"
OFTEN, SHARE = 0.25, 0.05
"""Seconds between two manifests at least, and the share of the time that they may take: a million
quick blocks shall not write a million long lists."""

_LOST = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What a disk says when it did not keep what it was given."""


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
        self._next = 0.0

    @cached_property
    def _base(self) -> DuckDBPyConnection:
        return connected()

    @property
    def done(self) -> frozenset[int]:
        """Numbers of the blocks that are listed."""
        return frozenset(self._listed)

    @property
    def failures(self) -> list[Failure]:
        """The cases that failed, in order."""
        listed = [self._listed[number] for number in sorted(self._listed)]
        return [Failure(**failure) for one in listed for failure in one.failures]

    @property
    def done_cases(self) -> int:
        """How many cases the listed blocks hold, failed ones among them."""
        block, cases = self._job.block, self._job.n_cases
        return sum(min(block, cases - number * block) for number in self._listed)

    def keep(self, block: Block, computed: Computed) -> None:
        """Write what came of a block, and list it.

        Raises
        ------
        OSError
            If the disk is full or does not take it; the block is not listed then.
        """
        files = {}
        for name, columns in computed.rows.items():
            if any(len(column) for column in columns.values()):
                file = _file(name, block.number)
                files[file] = self._write(self.folder / file, columns, self._job.tables[name])
        self._listed[block.number] = _Listed(files, [asdict(f) for f in computed.failures])
        if time.monotonic() > self._next:
            self.flush()

    def _write(self, path: Path, columns: Columns, shape: TableShape) -> str:
        """Write a chunk whole or not at all; return its checksum."""
        draft = path.with_name(f"{path.name}.draft")
        write_rows(self._base, columns, shape, draft)
        checksum = _hash(draft.read_bytes())
        _sync(draft)
        draft.replace(path)
        return checksum

    def forget(self, numbers: Iterable[int]) -> None:
        """Take blocks off the list, so that they are computed again."""
        for number in list(numbers):
            self._listed.pop(number, None)
        self.flush()

    def clear(self) -> None:
        """Remove everything that was computed."""
        self._listed = {}
        (self.folder / MANIFEST).unlink(missing_ok=True)  # first: it never lists what is not there
        self._sweep()

    def flush(self) -> None:
        """Write the list of what is done."""
        began = time.monotonic()
        body: dict[str, Any] = dict(self._head)
        body["blocks"] = {str(n): asdict(self._listed[n]) for n in sorted(self._listed)}
        body["checksum"] = _checksum(body)
        text = json.dumps(body, indent=0, sort_keys=True) + "\n"
        _sync_folder(self.folder)  # the chunks have their names before the list says so
        _replace_whole(self.folder / MANIFEST, text.encode())
        ended = time.monotonic()
        self._next = ended + max(OFTEN, (ended - began) / SHARE)

    def files(self, table: str) -> list[Path]:
        """Return the chunks of a table in the order of their blocks."""
        names = ((_file(table, number), number) for number in sorted(self._listed))
        return [self.folder / name for name, n in names if name in self._listed[n].files]

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
        self._sweep()

    def _sweep(self) -> None:
        """Remove chunks that are not listed, and drafts."""
        listed = {file for one in self._listed.values() for file in one.files}
        for left in [*self.folder.glob("*.parquet"), *self.folder.glob("*.draft")]:
            if left.name not in listed:
                left.unlink()

    def _read(self, path: Path) -> dict[int, _Listed]:
        cure = f"remove {self.folder} to start afresh"
        try:
            body = json.loads(path.read_bytes())
            said = body.pop("checksum")
            listed = {int(n): _Listed(**one) for n, one in body["blocks"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: cut short or changed by hand ({error}); {cure}") from error
        if said != _checksum(body):
            raise InputError(f"{path}: changed since it was written; {cure}")
        del body["blocks"]
        if body != self._head:
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


def _file(table: str, number: int) -> str:
    return f"{table}-{number:06d}.parquet"


def _replace_whole(path: Path, data: bytes) -> None:
    """Put a file in place whole or not at all, and on the disk."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_bytes(data)
    _sync(draft)
    draft.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Flush a folder; some systems cannot, which is no loss."""
    try:
        _sync(folder)
    except OSError as error:
        if error.errno in _LOST:
            raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checksum(body: dict[str, Any]) -> str:
    return _hash(json.dumps(body, sort_keys=True).encode())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
