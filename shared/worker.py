"""The worker of a service: relay, consumers, jobs, each restarted when it fails."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from shared import metrics
from shared.clock import ClockWrong
from shared.contracts.topics import topics_of
from shared.ending import begun, end, in_time
from shared.failing import Failing, pause_seconds
from shared.figures import Figures
from shared.kafka.broker import make_broker
from shared.kafka.consumer import Consumer
from shared.kafka.publisher import Publisher
from shared.kafka.pulse import Pulse
from shared.kafka.redrive import Redriver
from shared.kafka.relay import Relay
from shared.kafka.seen import CLOSED
from shared.logs import get_logger
from shared.parts import Job, Parts, Runtime
from shared.store import Held, Lease

_log = get_logger()

MOST_APART_SECONDS = 300.0
"""So far apart may this machine's clock and the database's be while timed jobs run: what they end and tell stays so."""
FINISH_SECONDS = 4.0
"""The longest that a stop waits for what is in hand."""


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
        self._pulse = Pulse(settings, topics_of(service, (consumer.topic for consumer in self.consumers)))
        self._figures = Figures(runtime.store, self.consumers, parts.figures)
        self._failing = Failing()
        self._tasks: list[asyncio.Task[None]] = []
        self._connected = not self.consumers

    def health(self) -> dict[str, str]:
        """State per part; ``kafka`` is ok while it answers and the consumers are connected."""
        checks = {"kafka": self._pulse.complaint() or ("ok" if self._connected else "not connected")}
        if missing := self._pulse.missing():
            checks["topics"] = missing
        if complaint := self._relay.complaint():
            checks["outbox"] = complaint
        checks |= {f"consumer {c.topic.name}": c.halted for c in self.consumers if c.halted}
        return checks | self._failing.complaints()

    async def start(self) -> None:
        """Start everything in the background; Kafka may come later."""
        self._spawn("pulse", self._pulse.run)
        self._spawn("relay", self._relay.run)
        self._spawn("figures", self._figures.run)
        if self.consumers:
            self._spawn("consumers", self._stay_connected)
            self._spawn("redriver", Redriver(self._runtime.store, self._runtime.settings, self.consumers).run)
        for job in self._parts.jobs:
            self._spawn(f"job {job.name}", partial(self._run_job, job))
        for index, background in enumerate(self._parts.background):
            self._spawn(f"background {index}", background)

    async def stop(self) -> None:
        """Finish what is in hand, give leases back, leave the groups. What does not end in time is left as a crash leaves it."""
        connected = self._connected and bool(self.consumers)
        for consumer in self.consumers:
            consumer.leave()
        if connected:
            finishing = asyncio.gather(*(consumer.finish() for consumer in self.consumers), return_exceptions=True)
            await in_time("consumers", finishing, FINISH_SECONDS)
            await in_time("kafka", self._disconnect())
        await end(self._tasks)
        if not connected:
            # Consumers that were connecting have clients as well, and may be members of their groups already.
            await in_time("kafka", self._disconnect())
        await in_time("publisher", self._publisher.reset())

    def _spawn(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(self._failing.keep(name, run), name=name))

    async def _stay_connected(self) -> None:
        """Connect the consumers when Kafka answers; let go of them when it is gone for long, and begin again.

        Left to themselves they knock at a dead broker several times a second each, and slow down its return. Of a topic that
        was made again they hear after five minutes, and then go on where they were in the one that is no more.
        """
        failures = 0
        by_name = {self._runtime.settings.topic_prefix + consumer.topic.name: consumer for consumer in self.consumers}
        while True:
            await self._pulse.alive()
            known = self._pulse.seen or {}
            try:
                # Who may not read one topic reads the others: an erasure waits for no rule of another topic.
                await self._connect([one for name, one in by_name.items() if known.get(name) != CLOSED])
                failures = 0
            except (KafkaError, OSError) as error:
                failures += 1
                _log.warning("waiting_for_kafka", error=type(error).__name__)
                await self._disconnect()
                await asyncio.sleep(pause_seconds(failures))
                continue
            if others := await self._pulse.dead_or_others(by_name, known):
                _log.warning("topics_are_others", topics=sorted(others))
            else:
                _log.warning("kafka_gone", seconds=round(self._pulse.silent_seconds))
            await self._disconnect()

    async def _connect(self, consumers: Sequence[Consumer]) -> None:
        await self._broker.connect()
        # Together, not one after the other as FastStream would: each start waits for its group.
        starts = [begun("start of a consumer", consumer.start) for consumer in consumers]
        try:
            await asyncio.gather(*starts)
        finally:
            # Where one fails, whoever went on starting after the disconnection would be a member of its group that reads nothing.
            await end(one for one in starts if not one.done())
        self._connected = True
        for consumer in consumers:
            consumer.connected()

    async def _disconnect(self) -> None:
        self._connected = False
        try:
            await self._broker.stop()
        except Exception as error:
            # It ends with whatever a dead broker made of its connections; the next start makes new ones.
            _log.info("disconnected_untidily", error=type(error).__name__)
        for consumer in self.consumers:
            consumer.disconnected()

    async def _run_job(self, job: Job) -> None:
        lease_seconds = max(self._runtime.settings.lease_seconds, 2.0)
        lease = Lease(self._runtime.store, f"job:{job.name}", self._runtime.instance, lease_seconds)
        part, usual = f"job {job.name}", job.every.total_seconds()
        try:
            while True:
                pause = usual
                try:
                    if (held := await lease.acquire()) is not None:
                        refuse_a_wrong_clock(held)
                        await self._renewed(lease, lease_seconds, job)
                        self._failing.well(part)
                except Exception as error:  # the next turn tries again, ever later; readiness tells
                    times = self._failing.failed(part, error)
                    _log.warning("job_failed", job=job.name, times=times, exc_info=error)
                    if isinstance(error, ClockWrong):  # a worker whose clock is right need not wait
                        with contextlib.suppress(PyMongoError):
                            await lease.release()
                    pause = pause_seconds(times, usual, error=error)
                await asyncio.sleep(pause)
        finally:
            with contextlib.suppress(PyMongoError):
                await lease.release()

    async def _renewed(self, lease: Lease, seconds: float, job: Job) -> None:
        """Run the job while renewing its lease; a run that loses the lease is cancelled."""
        run = begun(f"run of job {job.name}", job.run)
        try:
            while True:
                done, _ = await asyncio.wait({run}, timeout=seconds / 3)
                if done:
                    metrics.JOB_RUNS.labels(job.name, "failed" if run.cancelled() or run.exception() else "done").inc()
                    run.result()
                    return
                if (held := await lease.acquire()) is None:
                    return
                refuse_a_wrong_clock(held)
        finally:
            # Also where the worker stops: a run that went on would have no lease.
            await end([run] if not run.done() else [])


def refuse_a_wrong_clock(held: Held) -> None:
    """A machine whose clock was a month ahead suspended every offer as not confirmed, and told its employer so.

    Raises:
        ClockWrong: it is too far from the database's.
    """
    if abs(held.ahead) > MOST_APART_SECONDS:
        _log.error("clock_wrong", seconds_ahead=round(held.ahead))
        raise ClockWrong(f"{held.ahead:.0f} s ahead of the database's clock")
