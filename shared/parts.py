"""What a service hands to the machinery that runs it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fastapi import APIRouter

from shared.auth import Principal
from shared.clock import Clock
from shared.contracts.topics import Topic
from shared.domain import Aggregate
from shared.ids import IdFactory
from shared.kafka.rebuild import ReadModel
from shared.kafka.subscription import AnySubscription
from shared.store import Store


@dataclass(frozen=True)
class Runtime:
    """What the composition root gets: everything that is handed in rather than taken."""

    settings: Any  # the service's own Settings subclass; compose() knows which
    store: Store
    clock: Clock
    new_id: IdFactory
    instance: str


@dataclass(frozen=True)
class Job:
    """Something that time triggers. It is leased (one replica runs it) and must be safe to run twice."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Resync:
    """How an aggregate is published again: ``event_type`` says as what, or None for one that nobody knows of yet."""

    collection: str
    model: type[Aggregate]
    topic: Topic
    event_type: Callable[[Any], str | None]
    settle: Callable[[Store, Sequence[str]], Awaitable[None]] | None = None
    """What is done with those that an older copy brings back although their end was published; without it, their owner is
    told to erase them again."""


@dataclass(frozen=True)
class Parts:
    """What a composition root returns. ``context`` is what the service's endpoints find in ``app.state.context``.

    ``background``: coroutines that run as long as the worker does; ``api_background``: as long as the API does.
    ``erasures_again``: beside the states that a resync publishes, erasures that not everybody has heard of; returns how many.
    ``figures`` bring metrics up to date that nothing else would (``shared.figures``).
    ``still_accompanies``: whether somebody still accompanies all of these people (``shared.http.because_accompanied``).
    ``still_shown``: whether somebody may still read what a kept answer shows of these (``shared.http.because_shown``).
    ``api_health`` says of parts of the API by name whether they are ``ok``; readiness shows them.
    """

    context: Any
    routers: Sequence[APIRouter]
    subscriptions: Sequence[AnySubscription] = ()
    jobs: Sequence[Job] = ()
    resync: Sequence[Resync] = ()
    erasures_again: Callable[[], Awaitable[int]] | None = None
    read_models: Sequence[ReadModel] = ()
    background: Sequence[Callable[[], Awaitable[None]]] = ()
    figures: Sequence[Callable[[], Awaitable[None]]] = ()
    api_background: Sequence[Callable[[], Awaitable[None]]] = ()
    api_health: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    still_accompanies: Callable[[Principal, Sequence[str]], Awaitable[bool]] | None = None
    still_shown: Callable[[Principal, Sequence[str]], Awaitable[bool]] | None = None
    body_limits: Mapping[str, int] = field(default_factory=dict)
