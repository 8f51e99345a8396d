"""What a service asks to be handed: the events of a topic, one by one or those that came together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

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
