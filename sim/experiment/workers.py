"""Workers on this machine: processes that can die without taking the experiment with them.

Every worker has a pipe of its own, which ends with it. (The standard pool of processes shares one
pipe for all results and waits for ever where a worker is killed half way through sending one.)
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import (
    get_all_start_methods,
    get_context,
    parent_process,
    resource_tracker,
)
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any

from sim.errors import InputError
from sim.experiment.engine import DIED, WorkerDied
from sim.experiment.job import Block, Computed, Job, compute_block, in_a_line, pack, unpack

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}
"""What a worker finds in its environment, unless the user has set it: one thread each, so that
workers that share the cores do not fight over them, and memory that is free goes back to the
system."""

STARTS = 3
"""How often a worker may give up while it starts before that is taken for a mistake; one that is
killed then has made none."""

_starting = threading.Lock()


class LocalPool:
    """Processes of this machine; a dead one is replaced.

    Parameters
    ----------
    workers
        How many; at least 1.
    """

    tries = 3

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise InputError(f"{workers} workers: at least 1 is needed")
        self.workers = workers
        self._hands: list[_Hand] = []
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._packed: tuple[Job, bytes] | None = None

    def submit(self, job: Job, block: Block) -> Future[Computed]:
        """Have a block computed by the next worker that is free."""
        if self._packed is None or self._packed[0] is not job:
            self._packed = job, pack(job)
        task = _Task(Future(), self._packed[1], block)
        self._tasks.put(task)
        if not self._hands:
            self._hands = [_Hand(self._tasks) for _ in range(self.workers)]
        return task.future

    def stop(self) -> None:
        """End the processes at once."""
        for hand in self._hands:
            hand.stop()
        for _ in self._hands:
            self._tasks.put(None)
        self._hands, self._tasks = [], SimpleQueue()


@dataclass(frozen=True)
class _Task:
    """A block to compute, and where what comes of it is told."""

    future: Future[Computed]
    job: bytes
    block: Block


class _Hand:
    """A thread that gives blocks to one process and takes back what comes of them."""

    def __init__(self, tasks: SimpleQueue[_Task | None]) -> None:
        self._tasks = tasks
        self._stopped = False
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._knows: bytes | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        """Kill the process, whatever it is at, and start no other."""
        with _starting:
            self._stopped = True
            if self._process is not None:
                with suppress(OSError, ValueError):
                    self._process.kill()

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            if self._stopped or not task.future.set_running_or_notify_cancel():
                task.future.cancel()
                continue
            try:
                task.future.set_result(self._ask(task))
            except BaseException as error:  # noqa: BLE001  told to whoever waits for the block
                task.future.set_exception(error)
        self._leave()

    def _ask(self, task: _Task) -> Computed:
        if self._process is None or not self._process.is_alive():
            self._start()
        assert self._pipe is not None
        news = None if self._knows is task.job else task.job
        try:
            self._pipe.send((news, task.block))
            answer = self._hear()
        except (EOFError, OSError):
            self._leave()
            raise WorkerDied(DIED) from None
        self._knows = task.job
        if isinstance(answer, InputError):
            raise answer
        return answer

    def _hear(self) -> Any:
        """Wait for what the process says, or for its end."""
        assert self._pipe is not None
        assert self._process is not None
        wait([self._pipe, self._process.sentinel])
        if not self._pipe.poll():
            raise EOFError
        return self._pipe.recv()

    def _start(self) -> None:
        gave_up = 0
        while gave_up < STARTS:
            self._leave()
            with suppress(EOFError, OSError):  # also where what we fork from is killed meanwhile
                with _starting:
                    if self._stopped:
                        raise WorkerDied(DIED)
                    self._pipe, self._process = _process()
                self._hear()
                return
            if self._process is not None:
                self._process.join(1)
            code = None if self._process is None else self._process.exitcode
            gave_up += (code or 0) >= 0  # below: the signal that killed it
        raise InputError(
            "no worker process starts here; a script that runs an experiment needs "
            '`if __name__ == "__main__":` around what it does'
        )

    def _leave(self) -> None:
        """Let go of the process, which has ended or shall."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = self._knows = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            with suppress(OSError, ValueError):
                process.kill()
                process.join()


def _process() -> tuple[Connection[Any, Any], BaseProcess]:
    """Start a process that inherits nothing but what it is given, and its end of a pipe."""
    context = _context()
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)  # type: ignore[attr-defined]
    with _environment(), _deaf_to_ctrl_c():
        process.start()
    theirs.close()  # so that the pipe ends with the process
    return ours, process


def _context() -> BaseContext:
    """Fork from a process that has nothing open where the system can, else start from scratch."""
    if "forkserver" in get_all_start_methods():
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        return context
    return get_context("spawn")


@contextmanager
def _environment() -> Iterator[None]:
    """Set what a new process finds in its environment; ours stays as it was."""
    missing = [name for name in ENVIRONMENT if name not in os.environ]
    os.environ.update({name: ENVIRONMENT[name] for name in missing})
    try:
        yield
    finally:
        for name in missing:
            os.environ.pop(name, None)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Have a new process, and the one it is forked from, pass over Ctrl-C while they start.

    A terminal tells it to all of them; only the main process answers. A signal that is blocked
    stays so in what is started meanwhile.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it starts along, and would let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection[Any, Any]) -> None:
    """Compute block after block, as long as the main process is there."""
    _settle()
    with suppress(EOFError, OSError):
        pipe.send("ready")
        packed = b""
        while True:
            news, block = pipe.recv()
            packed = news or packed
            answer = _answer(packed, block)
            pipe.send_bytes(answer)


def _answer(packed: bytes, block: Block) -> bytes:
    try:
        computed: Computed | InputError = compute_block(unpack(packed), block)
        return pickle.dumps(computed, protocol=pickle.HIGHEST_PROTOCOL)
    except InputError as error:
        return pickle.dumps(error)
    except Exception as error:  # noqa: BLE001  a result that cannot be sent is told
        said = f"a worker cannot send what it computed: {in_a_line(error)}"
        return pickle.dumps(InputError(said))


def _settle() -> None:
    """Leave Ctrl-C to the main process, which stops the workers, and never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main = parent_process()
    if main is not None:
        if sys.platform == "linux":
            _end_at_once_with(main)
        threading.Thread(target=_end_with, args=(main,), daemon=True).start()


def _end_with(main: BaseProcess) -> None:
    main.join()
    os._exit(1)


def _end_at_once_with(main: BaseProcess) -> None:
    """Have the system end us with the main process, also in code that lets no thread run.

    The main process holds the other end of a pipe that nothing is ever sent through; when that
    closes, a signal comes that nobody handles.
    """
    import fcntl  # noqa: PLC0415  not on every system

    with suppress(OSError):
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(main.sentinel, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(main.sentinel, fcntl.F_GETFL)
        fcntl.fcntl(main.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
