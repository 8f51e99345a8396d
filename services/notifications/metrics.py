"""Figures of this service, beside the common ones. Labels are bounded: channels, outcomes, causes."""

from prometheus_client import Counter, Gauge, Histogram

from shared.metrics import REGISTRY

DELIVERIES = Counter(
    "bassin_notifications_total",
    "Notifications by channel and what became of them: queued, sent, failed, bounced, retried",
    ("channel", "outcome"),
    registry=REGISTRY,
)
LATENCY = Histogram(
    "bassin_notification_latency_seconds",
    "Seconds from the first event of the chain to the hand-over to the channel",
    ("channel",),
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600),
    registry=REGISTRY,
)
TEXT_FALLBACKS = Counter(
    "bassin_notification_text_fallbacks_total",
    "Messages told with the generic text: unknown_template, parameter",
    ("cause",),
    registry=REGISTRY,
)
NOT_TOLD = Counter(
    "bassin_notifications_not_told_total",
    "Matters that led to no message: too_old, erased, expired, superseded",
    ("cause",),
    registry=REGISTRY,
)
WAITING = Gauge(
    "bassin_notifications_waiting", "Matters that wait for a contact or an offer, at the last look", registry=REGISTRY
)
STREAMS = Gauge("bassin_notification_streams", "Open live streams of this process", registry=REGISTRY)
