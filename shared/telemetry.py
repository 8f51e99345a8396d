"""Traces, for whoever collects them: one from a request over outbox, Kafka and consumers to the delivery.

Nothing is handed along for it. The trace is named by the correlation id, and each span by what it is about: a request by its
correlation, a publication by its event, a handling by event and service. So whoever emits a span knows its parent's id, also
in batches, after a restart, and in another service. Without ``BASSIN_TRACES_URL`` all of this costs one look into an empty dict.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from shared.release import RELEASE

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from shared.settings import Settings

REQUEST: Final = "request"
HANDLING: Final = "handling"
DELIVERY: Final = "delivery"

_tracers: dict[str, Any] = {}
_providers: list[Any] = []
_next_ids: ContextVar[tuple[int, int]] = ContextVar("next_ids", default=(0, 0))


# Asked twice for each record of a commit.
_TRACE, _NONE = re.compile("[0-9a-f]{32}"), "0" * 32


def trace_hex(correlation_id: str) -> str:
    """The trace of a correlation: its own digits where it is a UUID, else a digest of it (callers choose request ids)."""
    digits = correlation_id.replace("-", "").lower()
    if _TRACE.fullmatch(digits) and digits != _NONE:
        return digits
    return hashlib.sha256(correlation_id.encode()).hexdigest()[:32]


def span_hex(*about: str) -> str:
    """The span about something: the end of an event's id for its publication, a digest for all else."""
    if len(about) == 1:
        return trace_hex(about[0])[-16:]
    return hashlib.sha256("\x1f".join(about).encode()).hexdigest()[:16]


def begin(service: str, settings: "Settings", exporter: "Callable[[Settings], SpanExporter] | None" = None) -> None:
    """Collect this service's spans and send them to ``BASSIN_TRACES_URL``; does nothing where it names none.

    Raises:
        ConfigurationError: the extra ``observability`` is not installed.
    """
    if not settings.traces_url or service in _tracers:
        return
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.id_generator import IdGenerator
        from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
    except ImportError:
        from shared.settings import ConfigurationError

        raise ConfigurationError(
            "BASSIN_TRACES_URL is set, but the parts that send traces are not installed (extra observability)."
        ) from None

    class Named(IdGenerator):
        def generate_trace_id(self) -> int:
            return _next_ids.get()[0]

        def generate_span_id(self) -> int:
            return _next_ids.get()[1]

    provider = TracerProvider(
        # By the trace's id, so that every service decides alike.
        sampler=TraceIdRatioBased(settings.traces_share),
        resource=Resource.create({"service.name": f"bassin-{service}", "service.version": RELEASE}),
        id_generator=Named(),
    )
    provider.add_span_processor(BatchSpanProcessor((exporter or _over_http)(settings)))
    _providers.append(provider)
    _tracers[service] = provider.get_tracer("bassin")


def end() -> None:
    """Send what is collected and forget it."""
    for provider in _providers:
        provider.shutdown()
    _providers.clear()
    _tracers.clear()


def _over_http(settings: "Settings") -> "SpanExporter":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=settings.traces_url)


def on(service: str) -> bool:
    """Whether anybody collects this service's spans."""
    return service in _tracers


def now() -> int:
    """Nanoseconds since the epoch, as spans want their times."""
    return time.time_ns()


def request(service: str, correlation: str, method: str, route: str, status: int, began: int) -> None:
    """A request was answered: the beginning of its trace."""
    if service not in _tracers:
        return
    attributes = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    _emit(service, f"{method} {route}", "SERVER", correlation, span_hex(REQUEST, correlation), None, began, attributes)


def published(service: str, row: Mapping[str, Any]) -> None:
    """An event was confirmed by Kafka: from its commit until now. Follows from the event or the request that caused it."""
    correlation, cause = row.get("correlation_id"), row.get("causation_id")
    if correlation is None or service not in _tracers:
        return
    parent = span_hex(HANDLING, service, cause) if cause else span_hex(REQUEST, correlation)
    began = int(row["time"].timestamp() * 1_000_000_000)
    attributes = {"messaging.destination.name": row["topic"], "messaging.message.id": row["_id"]}
    _emit(service, f"publish {row['type']}", "PRODUCER", correlation, span_hex(row["_id"]), parent, began, attributes)


def handled(service: str, topic: str, type: str, event_id: str, correlation: str, began: int) -> None:
    """An event was applied by a service."""
    about = span_hex(HANDLING, service, event_id)
    attributes = {"messaging.destination.name": topic, "messaging.message.id": event_id}
    _emit(service, f"handle {type}", "CONSUMER", correlation, about, span_hex(event_id), began, attributes)


def delivered(service: str, id: str, channel: str, correlation: str | None, cause: str, began: int) -> None:
    """A message about an event was handed to its channel (or laid into its inbox)."""
    if correlation is None or service not in _tracers:
        return
    parent = span_hex(HANDLING, service, cause)
    about = span_hex(DELIVERY, id)
    _emit(service, f"deliver {channel}", "CLIENT", correlation, about, parent, began, {"bassin.notification": id})


def _emit(
    service: str,
    name: str,
    kind: str,
    correlation: str,
    span: str,
    parent: str | None,
    began: int,
    attributes: Mapping[str, Any],
) -> None:
    tracer = _tracers.get(service)
    if tracer is None:
        return
    from opentelemetry import trace
    from opentelemetry.context import Context

    trace_id = int(trace_hex(correlation), 16)
    context = Context()
    if parent is not None:
        flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
        above = trace.SpanContext(trace_id, int(parent, 16), is_remote=True, trace_flags=flags)
        context = trace.set_span_in_context(trace.NonRecordingSpan(above), context)
    token = _next_ids.set((trace_id, int(span, 16)))
    try:
        tracer.start_span(
            name, context=context, kind=trace.SpanKind[kind], attributes=dict(attributes), start_time=min(began, now())
        ).end()
    finally:
        _next_ids.reset(token)
