"""Computing the blocks of a job on any `concurrent.futures` executor, whatever befalls its workers.

A case that raises is recorded and the rest go on. Where a worker dies, the blocks that were in
hand are computed again, each by itself; a block that kills again is taken apart case by case, so
that the case that does it is found and recorded, and no other is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from itertools import islice
from typing import Protocol

from sim.experiment.job import Block, Computed, Failure, Job, compute_block, joined

Keep = Callable[[Block, Computed], None]

TRIES = 3
"""How often a block may take its worker with it before it is taken apart case by case."""

AHEAD = 3
"""Blocks handed out for each worker, so that none waits for the main process."""


class Pool(Protocol):
    """Where blocks are computed.

    Attributes
    ----------
    workers
        How many blocks are computed at the same time.
    """

    workers: int

    def executor(self) -> Executor:
        """Return the executor that is at work, a new one where the last has broken."""

    def alone(self) -> Executor:
        """Return a fresh executor of one worker, for work that may take it down."""

    def stop(self) -> None:
        """Stop at once; what is in hand is lost."""


class Here:
    """No workers: everything in this process, one block after the other."""

    workers = 1


def compute_all(job: Job, blocks: Iterable[Block], pool: Pool | Here, keep: Keep) -> None:
    """Compute blocks and hand over what comes of each as soon as it is there.

    Parameters
    ----------
    job, blocks
        What to compute, and which of its blocks.
    pool
        Where.
    keep
        Is given each block once, in whichever order they are done.
    """
    if isinstance(pool, Here):
        for block in blocks:
            keep(block, compute_block(job, block))
        return
    with _stopping(pool):
        _hand_out(job, iter(blocks), pool, keep)


@contextmanager
def _stopping(pool: Pool) -> Iterator[None]:
    try:
        yield
    finally:
        pool.stop()


def _hand_out(job: Job, todo: Iterator[Block], pool: Pool, keep: Keep) -> None:
    """Keep every worker busy; compute by themselves the blocks that a dead worker had in hand."""
    waiting: dict[Future[Computed], Block] = {}
    while True:
        lost = _fill(job, todo, pool, waiting)
        if not waiting and not lost:
            return
        done = wait(waiting, return_when=FIRST_COMPLETED).done if waiting else set()
        for future in done:
            block = waiting.pop(future)
            error = future.exception()
            if error is None:
                keep(block, future.result())
            elif died(error):
                lost.append(block)
            else:
                raise error
        for block in sorted(lost, key=lambda b: b.number):
            keep(block, _by_itself(job, block, pool))


def _fill(
    job: Job, todo: Iterator[Block], pool: Pool, waiting: dict[Future[Computed], Block]
) -> list[Block]:
    """Hand out blocks until every worker has enough; return one that a dying executor refused."""
    for block in islice(todo, max(pool.workers * AHEAD - len(waiting), 0)):
        try:
            waiting[pool.executor().submit(compute_block, job, block)] = block
        except BrokenExecutor:
            return [block]
    return []


def died(error: BaseException) -> bool:
    """Tell whether an error says that a worker died, for any executor."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _by_itself(job: Job, block: Block, pool: Pool) -> Computed:
    """Compute a block that may have killed its worker; take it apart where it kills again.

    A worker may also die of something else, which is why a block is tried more than once: the
    rows of a block that is computed whole are the same bytes as ever.
    """
    worker = _Worker(pool)
    try:
        return _apart(job, block, worker, TRIES)
    finally:
        worker.leave()


def _apart(job: Job, block: Block, worker: _Worker, tries: int) -> Computed:
    """Compute a block in a worker of its own, in halves where it takes the worker down."""
    for _ in range(tries):
        computed = worker.compute(job, block)
        if computed is not None:
            return computed
    if block.last - block.first == 1:
        said = "the process that computed it died: out of memory, or a crash in compiled code"
        return Computed({}, (Failure(block.first, "worker died", said),))
    middle = (block.first + block.last) // 2
    halves = (block.first, middle), (middle, block.last)
    parts = [Block(block.number, first, last) for first, last in halves]
    return joined([
        _apart(job, half, worker, TRIES if half.last - half.first == 1 else 1) for half in parts
    ])  # fmt: skip


class _Worker:
    """One worker at a time, replaced when it dies."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._executor: Executor | None = None

    def compute(self, job: Job, block: Block) -> Computed | None:
        """Compute a block; ``None`` where the worker died of it."""
        if self._executor is None:
            self._executor = self._pool.alone()
        try:
            return self._executor.submit(compute_block, job, block).result()
        except Exception as error:
            if not died(error):
                raise
            self.leave()
            return None

    def leave(self) -> None:
        """Let the worker go."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None
