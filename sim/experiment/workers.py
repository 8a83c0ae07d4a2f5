"""Workers on this machine: processes that can die without taking the experiment with them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing.process import BaseProcess

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""One thread for each worker: workers that share the cores do not fight over them."""


class LocalPool:
    """Processes of this machine; a dead one is replaced.

    Parameters
    ----------
    workers
        How many; at least 1.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._executor: ProcessPoolExecutor | None = None

    def executor(self) -> Executor:
        """Return the processes at work, new ones where one of the last has died."""
        if self._executor is not None and _broken(self._executor):
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None
        if self._executor is None:
            self._executor = _processes(self.workers)
        return self._executor

    def alone(self) -> Executor:
        """Return a fresh process."""
        return _processes(1)

    def stop(self) -> None:
        """End the processes at once."""
        if self._executor is None:
            return
        processes = list(getattr(self._executor, "_processes", None) or {})
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGTERM)
        self._executor = None


def _processes(workers: int) -> ProcessPoolExecutor:
    """Start processes that inherit nothing but what they are given."""
    for name in THREADS:
        os.environ.setdefault(name, "1")
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "65536")
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["sim.experiment.engine"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_settle)


def _settle() -> None:
    """Leave Ctrl-C to the main process, which stops the workers, and never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main = multiprocessing.parent_process()
    if main is not None:
        threading.Thread(target=_end_with, args=(main,), daemon=True).start()


def _end_with(main: BaseProcess) -> None:
    main.join()
    os._exit(1)


def _broken(executor: ProcessPoolExecutor) -> bool:
    return bool(getattr(executor, "_broken", False))
