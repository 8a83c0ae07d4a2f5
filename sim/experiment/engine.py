"""Computing the blocks of a job on any `concurrent.futures` executor, whatever befalls its workers.

A case that raises is recorded and the rest go on. Where a worker dies, the block that it had in
hand is computed again at the end, with nothing beside it; a block that kills again is taken apart,
so that the case that does it is found and recorded, and no other is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import islice
from typing import Protocol

from sim.experiment.job import (
    Block,
    Computed,
    Failure,
    Job,
    compute_block,
    compute_packed,
    joined,
    pack,
)

Keep = Callable[[Block, Computed], None]

AHEAD = 3
"""Blocks handed out for each worker, so that none waits for the main process."""

PULSE = 0.25
"""Seconds between two looks around while waiting: some systems deliver Ctrl-C only then."""

DIED = "the process that computed it died: out of memory, or a crash in compiled code"


class WorkerDied(BrokenExecutor):
    """A worker died with a block in hand."""


class Pool(Protocol):
    """Where blocks are computed."""

    @property
    def workers(self) -> int:
        """How many blocks are computed at the same time."""

    @property
    def tries(self) -> int:
        """How often a block may take its worker with it before it is taken apart."""

    def submit(self, job: Job, block: Block) -> Future[Computed]:
        """Have a block computed; a dead worker is told as `BrokenExecutor`."""

    def stop(self) -> None:
        """Stop at once; what is in hand is lost."""


class Here:
    """No workers: everything in this process, one block after the other.

    A case that takes its process down ends the run, and Ctrl-C waits for compiled code; where
    either matters one worker is better than none.
    """

    workers = 1


class ExecutorPool:
    """Any executor of `concurrent.futures`, from whichever library.

    Parameters
    ----------
    start
        Makes the executor, and a new one when that has broken.
    workers
        How many blocks it computes at the same time.
    """

    tries = 3

    def __init__(self, start: Callable[[], Executor], workers: int) -> None:
        self.workers = workers
        self._start = start
        self._executor: Executor | None = None
        self._packed: tuple[Job, bytes] | None = None

    def submit(self, job: Job, block: Block) -> Future[Computed]:
        """Have a block computed."""
        if self._packed is None or self._packed[0] is not job:
            self._packed = job, pack(job)
        if self._executor is None:
            self._executor = self._start()
        try:
            return self._executor.submit(compute_packed, self._packed[1], block)
        except BrokenExecutor:
            self.stop()
            self._executor = self._start()
            return self._executor.submit(compute_packed, self._packed[1], block)

    def stop(self) -> None:
        """Let the executor go; blocks in hand run to their end where it knows no other way."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def compute_all(job: Job, blocks: Iterable[Block], pool: Pool | Here, keep: Keep) -> None:
    """Compute blocks and hand over what comes of each as soon as it is there.

    Parameters
    ----------
    job, blocks
        What to compute, and which of its blocks.
    pool
        Where; it is stopped at the end, however that comes.
    keep
        Is given each block once, in whichever order they are done.

    Raises
    ------
    InputError
        If the workers cannot be started or reached, or cannot read the job.
    """
    if isinstance(pool, Here):
        for block in blocks:
            keep(block, compute_block(job, block))
        return
    try:
        suspects = _hand_out(job, iter(blocks), pool, keep)
        for block in sorted(suspects, key=lambda block: block.number):
            keep(block, _apart(job, block, pool, pool.tries))
    finally:
        pool.stop()


def _hand_out(job: Job, todo: Iterator[Block], pool: Pool, keep: Keep) -> list[Block]:
    """Keep every worker busy; return the blocks that dead workers had in hand."""
    waiting: dict[Future[Computed], Block] = {}
    suspects: list[Block] = []
    while True:
        for block in islice(todo, max(pool.workers * AHEAD - len(waiting), 0)):
            waiting[pool.submit(job, block)] = block
        if not waiting:
            return suspects
        for future in wait(waiting, timeout=PULSE, return_when=FIRST_COMPLETED).done:
            block = waiting.pop(future)
            try:
                computed = future.result()
            except BrokenExecutor:
                suspects.append(block)
            else:
                keep(block, computed)


def _apart(job: Job, block: Block, pool: Pool, tries: int) -> Computed:
    """Compute a block that may have killed its worker; in halves where it kills again.

    A worker may also die of something else, which is why a block is tried more than once: the
    rows of a block that is computed whole are the same bytes as ever.
    """
    for _ in range(tries):
        computed = _alone(job, block, pool)
        if computed is not None:
            return computed
    if block.last - block.first == 1:
        return Computed({}, (Failure(block.first, "worker died", DIED),))
    middle = (block.first + block.last) // 2
    halves = (block.first, middle), (middle, block.last)
    parts = [Block(block.number, first, last) for first, last in halves]
    return joined([_apart(job, part, pool, _tries(part, pool)) for part in parts])


def _tries(part: Block, pool: Pool) -> int:
    """Blame a single case only when it is sure; a larger part is taken apart anyway."""
    return pool.tries if part.last - part.first == 1 else 1


def _alone(job: Job, block: Block, pool: Pool) -> Computed | None:
    """Compute a block with nothing beside it; ``None`` where the worker died of it."""
    future = pool.submit(job, block)
    while not wait([future], timeout=PULSE).done:
        pass
    try:
        return future.result()
    except BrokenExecutor:
        return None
