"""Workers of a cluster, through a Dask scheduler that is already there (Rocklin 2015).

How a scheduler and its workers are started on SLURM or Kubernetes is in ``docs/cluster.md``. The
workers need the same versions as we have, and nothing else: no shared disk, no open ports.
"""

from __future__ import annotations

import hashlib
import logging
import time
import warnings
from asyncio import CancelledError as AsyncCancelled
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any

from sim.errors import InputError
from sim.experiment.engine import DIED, WorkerDied
from sim.experiment.job import Block, Computed, Job, compute_packed, in_a_line
from sim.experiment.versions import versions

CONNECT = 5.0
"""Seconds to wait for the scheduler."""

FIRST_WORKER = 60.0
"""Seconds to wait for the first worker, which a queue may hold up."""

SMALL = 200_000
"""Bytes of a job that are sent along with every block."""

COUNTING = 5.0
"""Seconds between two counts of the workers, which come and go."""


class ClusterPool:
    """The workers of an existing Dask scheduler.

    Parameters
    ----------
    address
        Where the scheduler listens: ``tcp://10.0.0.5:8786``.
    first_worker
        Seconds to wait for the first worker.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers, no worker comes, or the workers have other
        versions than we.
    """

    tries = 1  # the scheduler has tried several workers by the time it tells

    def __init__(self, address: str, *, first_worker: float = FIRST_WORKER) -> None:
        self._address = address
        self._client: Any = _connected(address)
        self._count, self._counted = 1, float("-inf")
        self._held: tuple[Job, Any] | None = None
        try:
            self._try_out(first_worker)
        except BaseException:
            self.stop()
            raise

    @property
    def workers(self) -> int:
        """How many blocks are computed at the same time, as of now."""
        if time.monotonic() - self._counted > COUNTING and self._client is not None:
            with suppress(OSError, TimeoutError):
                self._count = max(sum(self._client.nthreads().values()), 1)
            self._counted = time.monotonic()
        return self._count

    def submit(self, job: Job, block: Block) -> Future[Computed]:
        """Have a block computed by a worker that the scheduler chooses."""
        if self._client is None:
            self._client, self._held = _connected(self._address), None
        if self._held is None or self._held[0] is not job:
            self._held = job, self._hold(job)
        theirs = self._client.get_executor(pure=False).submit(
            compute_there, self._held[1], block, versions()
        )
        ours: Future[Computed] = Future()
        theirs.add_done_callback(lambda done: self._tell(done, ours))
        return ours

    def stop(self) -> None:
        """Leave the cluster, which stays; what is in hand there is called off."""
        client, self._client, self._held = self._client, None, None
        if client is not None:
            with suppress(OSError, TimeoutError):
                client.close(timeout=1)

    def _hold(self, job: Job) -> Any:
        """Hand a large job over once; the scheduler has it made again wherever it is lost.

        A small one goes along with every block, so that no worker waits for another to pass it on.
        """
        from distributed.protocol.pickle import dumps  # noqa: PLC0415  functions of a script too

        try:
            packed = dumps(job)  # type: ignore[no-untyped-call, unused-ignore]
        except Exception as error:
            raise InputError(f"this cannot be sent to workers ({in_a_line(error)})") from error
        if len(packed) <= SMALL:
            return packed
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that it is large: it is sent once
            return self._client.submit(
                bytes, packed, key=f"zopa-job-{hashlib.sha256(packed).hexdigest()[:16]}"
            )

    def _tell(self, theirs: Future[Computed], ours: Future[Computed]) -> None:
        """Pass on what came of a block, in words that do not depend on Dask."""
        if theirs.cancelled():
            error: BaseException | None = CancelledError()
        else:
            error = theirs.exception()
        if error is None:
            ours.set_result(theirs.result())
        elif type(error).__name__ == "KilledWorker":
            ours.set_exception(WorkerDied(DIED))
        elif isinstance(error, InputError):
            ours.set_exception(error)
        else:
            went = isinstance(error, CancelledError | AsyncCancelled)
            why = "its scheduler went away, or called it off" if went else in_a_line(error)
            ours.set_exception(InputError(f"{self._address}: the cluster could not go on ({why})"))

    def _try_out(self, seconds: float) -> None:
        """Wait for a worker, and see that it computes what we would.

        Late-comers are looked at when they get their first block.
        """
        first = self._client.submit(same_versions, versions(), pure=False)
        try:
            first.result(timeout=seconds)
        except InputError:
            raise
        except TimeoutError:
            raise InputError(
                f"{self._address}: no worker has joined this scheduler within {seconds:g} "
                "seconds; start some (see docs/cluster.md)"
            ) from None
        except Exception as error:
            raise InputError(
                f"{self._address}: its workers cannot run zopa ({in_a_line(error)}); install "
                f"zopa {versions()['zopa']} where they run"
            ) from error


def _connected(address: str) -> Any:
    """Reach the scheduler, or say what is in the way."""
    try:
        from distributed import Client, Security  # noqa: PLC0415  an extra, and slow to import
        from distributed.comm.addressing import get_address_host  # noqa: PLC0415
    except ImportError:
        raise InputError(
            "--cluster needs Dask, which is not installed: pip install 'zopa[cluster]'"
        ) from None
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # we say what went wrong
    try:  # a client of no address at all complains for ten seconds while it is collected
        get_address_host(address)  # type: ignore[no-untyped-call, unused-ignore]
        certificate = Security().get_connection_args("client")["ssl_context"]  # type: ignore[no-untyped-call, unused-ignore]
        if address.startswith("tls:") and certificate is None:
            raise ValueError("no certificates are configured for tls")  # noqa: TRY301
        return Client(  # type: ignore[no-untyped-call, unused-ignore]
            address, timeout=CONNECT, set_as_default=False, name="zopa"
        )
    except Exception as error:
        raise InputError(
            f"{address}: no Dask scheduler answers here ({in_a_line(error)}); give the address "
            "that `dask scheduler` prints, such as tcp://10.0.0.5:8786"
        ) from error


def compute_there(packed: bytes, block: Block, expected: dict[str, str]) -> Computed:
    """Compute a block on a worker, which may have joined only now."""
    same_versions(expected)
    return compute_packed(packed, block)


def same_versions(expected: dict[str, str]) -> None:
    """Refuse to compute with other versions than the main process has.

    Raises
    ------
    InputError
        With what differs.
    """
    other = [
        f"{name} {found} instead of {expected[name]}"
        for name, found in versions().items()
        if found != expected[name]
    ]
    if other:
        raise InputError(
            f"a worker of the cluster has {', '.join(other)}: its results might differ; "
            "install the same versions there"
        )
