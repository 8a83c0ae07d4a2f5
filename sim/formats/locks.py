"""One run at a time in a folder: a lock that the system lets go when its owner ends, however."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputError

LOCK = "lock"

PATIENCE = 100
"""How often a folder may go again just when it was made; there are places where none can be made,
which say the same."""

_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What a system says when somebody else has the lock; other errors mean that it knows no locks."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be, for this run alone.

    A disk that knows no locks (some that clusters share) is used without: every file in the folder
    comes out the same whoever writes it.

    Raises
    ------
    InputError
        If another run holds it, or it cannot be made.
    """
    handle = _opened(folder)
    try:
        yield
    finally:
        os.close(handle)


def held(folder: Path) -> bool:
    """Tell whether a run is at work in a folder."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _take(handle)
    finally:
        os.close(handle)


def _opened(folder: Path) -> int:
    """Take the lock; once more where its last owner was just about to remove the folder."""
    gone = 0
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            gone += isinstance(error, FileNotFoundError)
            if isinstance(error, FileNotFoundError) and gone < PATIENCE:
                continue
            reason = error.strerror or str(error)
            raise InputError(
                f"{folder}: cannot write here ({reason}); choose another folder with --into"
            ) from error
        if not _take(handle):
            os.close(handle)
            raise InputError(
                f"{folder}: another run is at work on this experiment; wait for it, or give "
                "this one another folder with --into"
            )
        if _is_there(handle, folder / LOCK):
            return handle
        os.close(handle)


def _is_there(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _take(handle: int) -> bool:
    """Tell whether the lock is ours."""
    try:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    except OSError as error:
        return error.errno not in _HELD
    return True
