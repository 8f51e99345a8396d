"""Every metric of the system, in one list. Labels are bounded: topics, types, outcomes; never an id."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

EVENTS_CONSUMED = Counter(
    "bassin_events_consumed_total",
    "Events read from Kafka by outcome: applied, unknown_type, dead_letter",
    ("topic", "outcome"),
    registry=REGISTRY,
)
EVENTS_NOT_UNDERSTOOD = Counter(
    "bassin_events_not_understood_total",
    "Events with an enumeration value that this release does not know, by field",
    ("topic", "field"),
    registry=REGISTRY,
)
EVENT_RETRIES = Counter(
    "bassin_event_retries_total", "Handler calls repeated, by failure class", ("topic", "cause"), registry=REGISTRY
)
EVENT_AGE = Histogram(
    "bassin_event_age_seconds",
    "Seconds from an event's time to the end of its handling",
    ("topic",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600),
    registry=REGISTRY,
)
CONSUMER_HALTED = Gauge(
    "bassin_consumer_halted", "1 when a consumer stopped after too many dead letters", ("topic",), registry=REGISTRY
)
DEAD_LETTERS_WAITING = Gauge(
    "bassin_dead_letters_waiting", "Dead letters that nobody has redriven or dropped yet", ("topic",), registry=REGISTRY
)
EVENTS_PUBLISHED = Counter(
    "bassin_events_published_total", "Outbox rows confirmed by Kafka", ("topic", "type"), registry=REGISTRY
)
OUTBOX_STUCK = Gauge(
    "bassin_outbox_stuck_aggregates", "Aggregates whose next event cannot be published", registry=REGISTRY
)
RELAY_FAILURES = Counter(
    "bassin_relay_failures_total", "Relay rounds that ended in an error", ("cause",), registry=REGISTRY
)
RELAY_LEADER = Gauge("bassin_relay_leader", "1 while this process holds the relay's lease", registry=REGISTRY)
HTTP_REQUESTS = Counter(
    "bassin_http_requests_total",
    "HTTP answers by route template and status",
    ("method", "route", "status"),
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "bassin_http_request_seconds",
    "Seconds to answer, by route template",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)
ERRORS_LOGGED = Counter(
    "bassin_errors_logged_total",
    "Exceptions in the log, by what says so (our event or a library's logger) and type",
    ("where", "error"),
    registry=REGISTRY,
)
JWKS_READ = Gauge(
    "bassin_jwks_read_timestamp_seconds", "When the key set was last read, seconds since the epoch", registry=REGISTRY
)
JWKS_FAILURES = Counter("bassin_jwks_failures_total", "Attempts to read the key set that failed", registry=REGISTRY)
PART_FAILURES = Counter(
    "bassin_part_failures_total",
    "Parts of a worker that failed and were begun again, by kind",
    ("part",),
    registry=REGISTRY,
)
JOB_RUNS = Counter(
    "bassin_job_runs_total", "Timed jobs by outcome: done, failed", ("job", "outcome"), registry=REGISTRY
)
