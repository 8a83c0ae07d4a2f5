"""When to stop a long search: at a time limit, or when the user asks for what is known so far.

Long work looks here between its steps. A first Ctrl-C asks all of it to wind up, so that what was
proven by then is still told; a second one interrupts.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SEARCHING, DRAWING = 5.0, 60.0
"""Seconds for each search, and for all draws together, where no limit is set."""

_wish = threading.Event()


class Stopped(Exception):  # noqa: N818  no error: what was known has been told
    """The user asked to stop, and was told what was known by then."""


def deadline_in(seconds: float | None) -> float | None:
    """Return when a time limit ends, on ``time.monotonic``; ``None`` where there is no limit."""
    return None if seconds is None else time.monotonic() + seconds


def seconds_left(deadline: float | None, *, least: float = 0.05) -> float | None:
    """Return how long there is to a deadline, a moment at least; ``None`` without one."""
    return None if deadline is None else max(deadline - time.monotonic(), least)


def late(deadline: float | None) -> bool:
    """Tell whether it is time to stop: the deadline has passed, or the user wants to see."""
    return _wish.is_set() or (deadline is not None and time.monotonic() > deadline)


def interrupted() -> bool:
    """Tell whether the user asked for what is known so far."""
    return _wish.is_set()


@contextmanager
def gently(asked: Callable[[], None] | None = None) -> Iterator[None]:
    """Let a first Ctrl-C wind up the work inside; a second one interrupts it as usual.

    Outside the main thread, where signals cannot be caught, nothing changes.

    Parameters
    ----------
    asked
        Called at the first Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: object) -> None:
        if _wish.is_set():
            raise KeyboardInterrupt
        _wish.set()
        if asked is not None:
            asked()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        _wish.clear()
