"""Work spread over processes, on this machine or a cluster: all that knows Dask."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import dask
from distributed import Client, Future, LocalCluster, WorkerPlugin, get_worker, wait

from accel.errors import AccelError

Job = TypeVar("Job")

CONNECT = "20s"
LOST = 3
"""Workers that may die of one piece of work before it is given up."""
POLL = 5.0


class Pool:
    """Workers that hold ``shared`` (picklable, sent once) and call ``function(shared, argument)``."""

    def __init__(self, client: Client, function: Callable[[Any, Any], Any], shared: Any) -> None:
        self._client = client
        self._function = function
        client.register_plugin(_Shared(shared), name=_Shared.name)

    @property
    def size(self) -> int:
        """Processes that work at present."""
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def finished(
        self, jobs: Iterator[tuple[Job, Any]], limit: float | None = None
    ) -> Iterator[tuple[Job, Any | Exception]]:
        """Each job and what came of its argument, in the order in which they end.

        A job is taken from ``jobs`` when a process is free for it. An exception comes in the result's place: of the
        function, or that a job took more than ``limit`` seconds, or that workers died of it.
        """
        running: dict[Future, tuple[Job, float]] = {}
        jobs = iter(jobs)
        exhausted = False
        while True:
            while not exhausted and len(running) < self.size:
                job = next(jobs, None)
                if exhausted := job is None:
                    break
                future = self._client.submit(_call, self._function, job[1], pure=False)
                running[future] = job[0], time.monotonic()
            if not running:
                return
            try:
                wait(list(running), timeout=POLL, return_when="FIRST_COMPLETED")
            except TimeoutError:
                self._stop_late(running, limit)
            for future in [future for future in running if future.done()]:
                job, _ = running.pop(future)
                yield job, _outcome(future)
                future.release()

    def _stop_late(self, running: dict[Future, tuple[Job, float]], limit: float | None) -> None:
        """End the workers of what runs for more than ``limit``; Dask starts others."""
        late = [f for f, (_, since) in running.items() if limit is not None and time.monotonic() - since > limit]
        for future in late:
            busy = [worker for worker, keys in self._client.processing().items() if future.key in keys]
            future.cancel(reason=f"took more than {limit:g} s", force=True)
            if busy:
                self._client.restart_workers(busy, raise_for_error=False)


@contextmanager
def workers(
    function: Callable[[Any, Any], Any], shared: Any, scheduler: str | None = None, count: int | None = None
) -> Iterator[Pool]:
    """Processes of this machine (``count``, by default one a core), or those of the Dask cluster at ``scheduler``.

    Raises:
        AccelError: there is no scheduler at that address.
    """
    settings = {
        "distributed.scheduler.allowed-failures": LOST,
        "distributed.worker.daemon": True,
        "distributed.admin.tick.limit": "1h",
        "distributed.comm.timeouts.connect": CONNECT,
    }
    with dask.config.set(settings):
        if scheduler:
            try:
                client = Client(scheduler, timeout=CONNECT)
            except (OSError, ValueError, TimeoutError) as error:
                raise AccelError(
                    f"scheduler {scheduler}: no Dask scheduler answers there; expected e.g. tcp://host:8786"
                ) from error
            with client:
                yield Pool(client, function, shared)
            return
        cluster = LocalCluster(
            n_workers=count or os.cpu_count(), threads_per_worker=1, processes=True, dashboard_address=None
        )
        with cluster, Client(cluster) as client:
            yield Pool(client, function, shared)


def _call(function: Callable[[Any, Any], Any], argument: Any) -> Any:
    return function(get_worker().plugins[_Shared.name].value, argument)


def _outcome(future: Future) -> Any | Exception:
    if future.status == "finished":
        return future.result()
    if future.status == "cancelled":
        return TimeoutError("took too long")
    return future.exception()


class _Shared(WorkerPlugin):
    """A worker plugin that is nothing but a value: workers that join later get it, too."""

    name = "accel-shared"

    def __init__(self, value: Any) -> None:
        self.value = value
