"""A results folder that appears whole or not at all.

Everything is written into a hidden folder beside the goal and then exchanged for it in one step
of the file system, so that whoever looks, at any moment, finds the previous results or the new
ones. A run that is killed leaves at most a hidden folder, which the next run sweeps away.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import InputError

_AT_FDCWD = -100
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS
_LOST = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What a disk says when it did not keep what it was given; some say so only at the end."""


@contextmanager
def replacing(goal: Path, *, mark: str | None = None) -> Iterator[Path]:
    """Give a fresh folder to fill; at the end it takes the place of ``goal``.

    Parameters
    ----------
    goal
        Where the results shall stand; a link is followed. Its parent is made if need be. What
        stands there now is left untouched until the new folder is complete, and for good if
        anything goes wrong.

    mark
        A file by which a folder of ours is known: one that holds anything but not this file is
        somebody else's, and is refused.

    Raises
    ------
    InputError
        If the place cannot be written to: no permission, no room, a file in the way.
    """
    try:
        goal = followed(goal)
        goal.parent.mkdir(parents=True, exist_ok=True)
        if goal.exists() and not goal.is_dir():
            raise InputError(f"{goal}: a file stands where the results folder should go; move it")
        if mark is not None:
            _check_it_is_ours(goal, mark)
        _sweep(goal)
        draft = Path(tempfile.mkdtemp(prefix=_prefix(goal), dir=goal.parent))
    except OSError as error:
        raise _said(error, goal) from error
    try:
        yield draft
        _flush(draft)
        draft.chmod(0o755)
        _put_in_place(draft, goal)
    except OSError as error:
        raise _said(error, goal) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def followed(goal: Path) -> Path:
    """Return where a results folder stands: a link stays, what it points to is replaced.

    Raises
    ------
    InputError
        If it is a link that leads to itself.
    """
    if not goal.is_symlink():
        return goal
    try:
        return goal.resolve()
    except (RuntimeError, OSError) as error:
        raise InputError(f"{goal}: a link that leads to itself; remove it") from error


def _check_it_is_ours(goal: Path, mark: str) -> None:
    """Refuse to replace a folder that no run of ours left there."""
    if goal.is_dir() and any(goal.iterdir()) and not (goal / mark).is_file():
        raise InputError(
            f"{goal}: this folder holds something else than results of zopa (no {mark} in it), "
            "which would be lost; choose another folder with --into, or move it"
        )


def _prefix(goal: Path) -> str:
    return f".{goal.name}.draft-{os.getpid()}-"


def _sweep(goal: Path) -> None:
    """Remove drafts of this folder whose process is gone, and put back what it had put aside."""
    start = f".{goal.name}.draft-"
    for left in list(goal.parent.iterdir()):
        owner, *rest = left.name.removeprefix(start).split("-")
        if not left.name.startswith(start) or not owner.isdigit() or _runs(int(owner)):
            continue
        if "old" in rest and not goal.exists():
            left.rename(goal)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    """Tell whether a process of this number exists; where one cannot ask, assume so."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _put_in_place(draft: Path, goal: Path) -> None:
    """Exchange two folders in one step; where the system cannot, in two."""
    if not goal.exists():
        draft.rename(goal)
    elif not _exchange(draft, goal):
        aside = goal.with_name(f"{draft.name}-old")
        goal.rename(aside)
        try:
            draft.rename(goal)
        except BaseException:
            aside.rename(goal)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):
        _sync(goal.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths atomically; tell whether the system could."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        a, b = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(libc.renamex_np(a, b, _EXCHANGE) == 0)
        return bool(libc.renameat2(_AT_FDCWD, a, _AT_FDCWD, b, _EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):
        return False


def _flush(folder: Path) -> None:
    """Make sure that everything in the folder is on the disk, where the system can."""
    for path in [*folder.rglob("*"), folder]:
        try:
            _sync(path)
        except OSError as error:
            if error.errno in _LOST:
                raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _said(error: OSError, goal: Path) -> InputError:
    reason = error.strerror or str(error)
    return InputError(
        f"{error.filename or goal}: cannot write the results here ({reason}); nothing was "
        "changed. Choose another folder with --into, or make room"
    )
