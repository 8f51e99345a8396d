"""What a service asks to be handed: the events of a topic, one by one or those that came together."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.abc import ConsumerRebalanceListener

from shared.contracts.topics import Topic
from shared.kafka.envelope import Event

# Records that are taken from what was fetched and applied together.
DRAIN = 500
Handler = Callable[[Event[Any]], Awaitable[None]]
BatchHandler = Callable[[Sequence[Event[Any]]], Awaitable[None]]


@dataclass(frozen=True)
class Subscription:
    """``handler`` is called for each event of ``topic``, in order per key.

    It must be safe to call again with the same event (redelivery), and with an older one (a rebalance overlaps).
    """

    topic: Topic
    handler: Handler
    listener: ConsumerRebalanceListener | None = None


@dataclass(frozen=True)
class BatchSubscription:
    """Like ``Subscription``, but ``handler`` gets all events that were fetched together.

    When the handler refuses the batch, its events are offered one at a time, so that one bad event takes none with it.
    ``gather_seconds``: how long a first record waits at most for those that were sent with it (``gathering``). ``beforehand``:
    what the handler will work out of an event alone (``Event.worked_out``), while those before it are being stored.
    """

    topic: Topic
    handler: BatchHandler
    listener: ConsumerRebalanceListener | None = None
    drain: int = DRAIN
    gather_seconds: float = 0.0
    beforehand: Callable[[Any], Any] | None = None


AnySubscription = Subscription | BatchSubscription


class Partitions(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """What a consumer does when the partitions of its group are handed out anew; then the subscription's own listener."""

    def __init__(
        self,
        let_go: Callable[[], Awaitable[None]],
        got: Callable[[Collection[TopicPartition]], Awaitable[None]],
        then: ConsumerRebalanceListener | None,
    ) -> None:
        self._let_go = let_go
        self._got = got
        self._then = then

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._let_go()
        if self._then is not None:
            await self._then.on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._got(assigned)
        if self._then is not None:
            await self._then.on_partitions_assigned(assigned)
