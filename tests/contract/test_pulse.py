"""Kafka's death is noticed, consumers are let go, and its return is noticed as well."""

from pathlib import Path

from deploy.local.embedded import EmbeddedBroker
from shared.contracts.topics import OFFERS
from tests.contract.kafka_records import offer, produce
from tests.service.shared.sample import Context, make_service
from tests.support import Stack, eventually


async def test_readiness_notices_the_death_of_kafka_and_its_return(stack: Stack, tmp_path: Path) -> None:
    broker = EmbeddedBroker(log=tmp_path / "kafka.log")
    broker.start()
    own = Stack(
        stack.environment | {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap},
        stack.keys,
        stack.prefix,
        databases=stack.databases,
    )
    # A probe has so long for its answer: with tenths of a second a busy machine looked like a dead broker, again and again.
    quick = {"kafka_probe_seconds": 1.0, "kafka_silent_seconds": 4.0}
    try:
        async with own.running(make_service(), worker=True, **quick) as running:
            context: Context = running.app.state.context
            worker = running.app.state.worker
            (consumer,) = worker.consumers
            await produce(own, OFFERS.name, [offer("before")])
            await eventually(lambda: {one.subject for one in context.seen} == {"before"}, seconds=60)
            broker.stop()
            await eventually(lambda: "no answer" in worker.health()["kafka"], seconds=60)
            assert (await running.client.get("/health/ready")).status_code == 503
            await eventually(lambda: consumer.client is None, seconds=60)
            broker.start()
            await own.create_topics()  # it forgot everything
            await eventually(lambda: worker.health()["kafka"] == "ok", seconds=60)
            await produce(own, OFFERS.name, [offer("after")])
            await eventually(lambda: {one.subject for one in context.seen} == {"before", "after"}, seconds=60)
    finally:
        broker.stop()
