"""The worker of a service: relay, consumers, jobs, each restarted when it fails."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from shared import metrics
from shared.kafka.broker import make_broker
from shared.kafka.consumer import Consumer
from shared.kafka.publisher import Publisher
from shared.kafka.redrive import Redriver
from shared.kafka.relay import Relay
from shared.logs import get_logger
from shared.parts import Job, Parts, Runtime
from shared.store import Lease

_log = get_logger()

RESTART_SECONDS = 1.0


class Worker:
    """Runs what events and time trigger. ``health`` is part of readiness."""

    def __init__(self, service: str, runtime: Runtime, parts: Parts) -> None:
        self._runtime = runtime
        self._parts = parts
        settings = runtime.settings
        self._publisher = Publisher(settings)
        self._relay = Relay(runtime.store, Publisher(settings), settings, service, runtime.instance)
        self._broker = make_broker(settings, f"{service}-{runtime.instance}")
        self.consumers = [
            Consumer(subscription, service, settings, runtime.store, self._publisher, runtime.clock)
            for subscription in parts.subscriptions
        ]
        for consumer in self.consumers:
            consumer.register(self._broker)
        self._tasks: list[asyncio.Task[None]] = []
        self._connected = not self.consumers

    def health(self) -> dict[str, str]:
        """State per part; ``kafka`` is ok once the consumers are connected."""
        checks = {"kafka": "ok" if self._connected else "not connected"}
        if complaint := self._relay.complaint():
            checks["outbox"] = complaint
        checks |= {f"consumer {c.topic.name}": c.halted for c in self.consumers if c.halted}
        return checks

    async def start(self) -> None:
        """Start everything in the background; Kafka may come later."""
        self._spawn("relay", self._relay.run)
        if self.consumers:
            self._tasks.append(asyncio.create_task(self._connect()))
            self._spawn("redriver", Redriver(self._runtime.store, self._runtime.settings, self.consumers).run)
        for job in self._parts.jobs:
            self._spawn(f"job:{job.name}", partial(self._run_job, job))
        for index, background in enumerate(self._parts.background):
            self._spawn(f"background:{index}", background)

    async def stop(self) -> None:
        """Finish what is in hand, give leases back, leave the groups."""
        if self._connected and self.consumers:
            await asyncio.gather(*(consumer.finish() for consumer in self.consumers), return_exceptions=True)
            with contextlib.suppress(KafkaError, OSError):
                await self._broker.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._publisher.reset()

    def _spawn(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(self._keep(name, run), name=name))

    async def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await run()
                return
            except Exception as error:
                _log.error("background_failed", part=name, exc_info=error)
                await asyncio.sleep(RESTART_SECONDS)

    async def _connect(self) -> None:
        while True:
            try:
                await self._broker.connect()
                # Together, not one after the other as FastStream would: each start waits for its group.
                await asyncio.gather(*(subscriber.start() for subscriber in self._broker.subscribers))
                self._connected = True
                return
            except (KafkaError, OSError) as error:
                _log.warning("waiting_for_kafka", error=type(error).__name__)
                with contextlib.suppress(KafkaError, OSError):
                    await self._broker.stop()
                await asyncio.sleep(RESTART_SECONDS)

    async def _run_job(self, job: Job) -> None:
        lease_seconds = max(self._runtime.settings.lease_seconds, 2.0)
        lease = Lease(self._runtime.store, f"job:{job.name}", self._runtime.instance, lease_seconds)
        try:
            while True:
                try:
                    if await lease.acquire() is not None:
                        await self._renewed(lease, lease_seconds, job)
                except PyMongoError as error:
                    metrics.JOB_RUNS.labels(job.name, "failed").inc()
                    _log.warning("job_failed", job=job.name, error=type(error).__name__)
                await asyncio.sleep(job.every.total_seconds())
        finally:
            with contextlib.suppress(PyMongoError):
                await lease.release()

    async def _renewed(self, lease: Lease, seconds: float, job: Job) -> None:
        """Run the job while renewing its lease; a run that loses the lease is cancelled."""
        run: asyncio.Future[None] = asyncio.ensure_future(job.run())
        while True:
            done, _ = await asyncio.wait({run}, timeout=seconds / 3)
            if done:
                metrics.JOB_RUNS.labels(job.name, "failed" if run.exception() else "done").inc()
                run.result()
                return
            if await lease.acquire() is None:
                run.cancel()
                await asyncio.gather(run, return_exceptions=True)
                return
