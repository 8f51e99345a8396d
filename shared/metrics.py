"""Every metric of the system, in one typed list. Labels are bounded: topics, types, outcomes; never an id.

``docs/metrics.md`` is generated from it; alerts and dashboards (``deploy/observability``) name nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()


class Kind(StrEnum):
    """What Prometheus makes of it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Part(StrEnum):
    """Whose processes have it."""

    ALL = "every process"
    API = "APIs"
    WORKER = "workers"
    MATCHING = "matching's workers"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True)
class Metric:
    """A metric as others read it. Names end in their unit, counters in ``_total``."""

    name: str
    kind: Kind
    part: Part
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which it is exposed."""
        if self.kind is Kind.HISTOGRAM:
            return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")
        return (self.name,)


METRICS: list[Metric] = []

M = TypeVar("M", Counter, Gauge)


def _plain(made: type[M], kind: Kind, name: str, part: Part, meaning: str, labels: Sequence[str]) -> M:
    METRICS.append(Metric(name, kind, part, meaning, tuple(labels)))
    return made(name, meaning, tuple(labels), registry=REGISTRY)


def _counter(name: str, part: Part, meaning: str, *labels: str) -> Counter:
    return _plain(Counter, Kind.COUNTER, name, part, meaning, labels)


def _gauge(name: str, part: Part, meaning: str, *labels: str) -> Gauge:
    return _plain(Gauge, Kind.GAUGE, name, part, meaning, labels)


def _histogram(name: str, part: Part, meaning: str, *labels: str, buckets: Sequence[float]) -> Histogram:
    METRICS.append(Metric(name, Kind.HISTOGRAM, part, meaning, labels))
    return Histogram(name, meaning, labels, buckets=tuple(buckets), registry=REGISTRY)


_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_AGES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)

# -- the way of an event ------------------------------------------------------------------------------------------

OUTBOX_DEPTH = _gauge("bassin_outbox_depth", Part.WORKER, "Commits whose events are not all published")
OUTBOX_AGE = _gauge(
    "bassin_outbox_age_seconds", Part.WORKER, "Age of the oldest event that is not published; 0 when there is none"
)
OUTBOX_STUCK = _gauge("bassin_outbox_stuck_aggregates", Part.WORKER, "Aggregates whose next event cannot be published")
EVENTS_PUBLISHED = _counter("bassin_events_published_total", Part.WORKER, "Events confirmed by Kafka", "topic", "type")
RELAY_FAILURES = _counter("bassin_relay_failures_total", Part.WORKER, "Relay rounds and sends that failed", "cause")
RELAY_LEADER = _gauge("bassin_relay_leader", Part.WORKER, "1 while this process holds the relay's lease")
CONSUMER_LAG = _gauge(
    "bassin_consumer_lag", Part.WORKER, "Records of the own partitions that are not applied yet", "topic"
)
EVENTS_CONSUMED = _counter(
    "bassin_events_consumed_total",
    Part.WORKER,
    "Events read from Kafka by outcome: applied, unknown_type, dead_letter",
    "topic",
    "outcome",
)
EVENTS_NOT_UNDERSTOOD = _counter(
    "bassin_events_not_understood_total",
    Part.WORKER,
    "Events with an enumeration value that this release does not know, by field",
    "topic",
    "field",
)
EVENT_RETRIES = _counter(
    "bassin_event_retries_total", Part.WORKER, "Handler calls repeated, by failure class", "topic", "cause"
)
EVENT_AGE = _histogram(
    "bassin_event_age_seconds",
    Part.WORKER,
    "Seconds from an event's time to the end of its handling",
    "topic",
    buckets=_AGES,
)
CONSUMER_HALTED = _gauge(
    "bassin_consumer_halted", Part.WORKER, "1 when a consumer stopped after too many dead letters", "topic"
)
EVENTS_MISSED = _counter(
    "bassin_events_missed_total",
    Part.WORKER,
    "Records that were gone from their topic before they were read",
    "topic",
)
TOPIC_BEGUN_ANEW = _counter(
    "bassin_topic_begun_anew_total",
    Part.WORKER,
    "Partitions read from their beginning because their topic was deleted and made again",
    "topic",
)
TOPIC_AMISS = _gauge(
    "bassin_topic_amiss", Part.WORKER, "1 while a topic is not there or has not the partitions of the manifest", "topic"
)
DEAD_LETTERS_WAITING = _gauge(
    "bassin_dead_letters_waiting", Part.WORKER, "Dead letters that nobody has redriven or dropped yet", "topic"
)

# -- HTTP ---------------------------------------------------------------------------------------------------------

HTTP_REQUESTS = _counter(
    "bassin_http_requests_total",
    Part.API,
    "HTTP answers by route template and status",
    "method",
    "route",
    "status",
)
HTTP_SECONDS = _histogram(
    "bassin_http_request_seconds", Part.API, "Seconds to answer, by route template", "method", "route", buckets=_FAST
)
JWKS_READ = _gauge(
    "bassin_jwks_read_timestamp_seconds",
    Part.API,
    "When the key set was last read, seconds since the epoch; its age is time() less this",
)
JWKS_FAILURES = _counter("bassin_jwks_failures_total", Part.API, "Attempts to read the key set that failed")

# -- matching -----------------------------------------------------------------------------------------------------

RECOMMENDATIONS = _counter(
    "bassin_recommendations_total",
    Part.MATCHING,
    "Recommendations by what became of them: created, returned (not told again), or the cause of the withdrawal",
    "outcome",
)
OVERTAKEN = _counter(
    "bassin_matching_overtaken_total",
    Part.MATCHING,
    "Commits that another worker or a decision of people got ahead of, and that were made again",
)
UNKNOWN_OCCUPATIONS = _counter(
    "bassin_matching_unknown_occupations_total",
    Part.MATCHING,
    "Occupation codes met that the referential does not know; they match themselves only",
)
IN_MEMORY = _gauge(
    "bassin_matching_in_memory", Part.MATCHING, "Open offers and own profiles held by this worker", "kind"
)
SETTLING = _histogram(
    "bassin_matching_settling_seconds",
    Part.MATCHING,
    "Seconds from taking over news to the commit of all that follows from them",
    buckets=(*_FAST, 30),
)

# -- notifications ------------------------------------------------------------------------------------------------

DELIVERIES = _counter(
    "bassin_notifications_total",
    Part.NOTIFICATIONS,
    "Notifications by channel and what became of them: queued, sent, failed, bounced, retried",
    "channel",
    "outcome",
)
LATENCY = _histogram(
    "bassin_notification_latency_seconds",
    Part.NOTIFICATIONS,
    "Seconds from the first event of the chain to the hand-over to the channel",
    "channel",
    buckets=(*_AGES, 3_600),
)
QUEUE_DEPTH = _gauge(
    "bassin_notification_queue_depth", Part.NOTIFICATIONS, "Messages that are due and not handed over", "channel"
)
QUEUE_AGE = _gauge(
    "bassin_notification_queue_age_seconds",
    Part.NOTIFICATIONS,
    "For how long the oldest message that is due has been so; 0 when there is none",
    "channel",
)
WAITING = _gauge(
    "bassin_notifications_waiting", Part.NOTIFICATIONS, "Matters that wait for a contact or an offer, at the last look"
)
NOT_TOLD = _counter(
    "bassin_notifications_not_told_total",
    Part.NOTIFICATIONS,
    "Matters that led to no message: too_old, erased, expired, superseded, offer_ended, not_theirs, switched_off",
    "cause",
)
TEXT_FALLBACKS = _counter(
    "bassin_notification_text_fallbacks_total",
    Part.NOTIFICATIONS,
    "Messages told with the generic text: unknown_template, parameter",
    "cause",
)
STREAMS = _gauge("bassin_notification_streams", Part.NOTIFICATIONS, "Open live streams of this process")

# -- the process --------------------------------------------------------------------------------------------------

ERRORS_LOGGED = _counter(
    "bassin_errors_logged_total",
    Part.ALL,
    "Exceptions in the log, by what says so (our event or a library's logger) and type",
    "where",
    "error",
)
PART_FAILURES = _counter(
    "bassin_part_failures_total",
    Part.ALL,
    "Parts that run beside requests and events, failed and were begun again, by kind",
    "part_name",
)
JOB_RUNS = _counter("bassin_job_runs_total", Part.WORKER, "Timed jobs by outcome: done, failed", "job_name", "outcome")
JOB_ITEMS_FAILED = _counter(
    "bassin_job_items_failed_total", Part.WORKER, "Single items that a timed job failed on and went past", "job_name"
)
MONGODB_CONNECTIONS = _gauge(
    "bassin_mongodb_connections", Part.ALL, "Connections to MongoDB by state: open, in_use", "state"
)
MONGODB_CHECKOUT_FAILURES = _counter(
    "bassin_mongodb_checkout_failures_total", Part.ALL, "Connections that could not be had, by reason", "reason"
)
BUILD = _gauge(
    "bassin_build_info", Part.ALL, "1, labelled with service and release of this process", "service", "release"
)

METRICS += [
    Metric("process_resident_memory_bytes", Kind.GAUGE, Part.ALL, "Memory that the process holds"),
    Metric("process_virtual_memory_bytes", Kind.GAUGE, Part.ALL, "Address space of the process"),
    Metric("process_cpu_seconds_total", Kind.COUNTER, Part.ALL, "Processor time, user and system"),
    Metric("process_open_fds", Kind.GAUGE, Part.ALL, "Open files and sockets"),
    Metric("process_max_fds", Kind.GAUGE, Part.ALL, "How many there may be"),
    Metric("process_start_time_seconds", Kind.GAUGE, Part.ALL, "When it started, seconds since the epoch"),
]
ProcessCollector(registry=REGISTRY)
