"""MongoDB: transactions, versioned aggregates, leases, indexes. Only this package imports the driver."""

from shared.correlation import because, causation_id, correlation_id
from shared.store.codec import decode, encode
from shared.store.collections import TEXT, CollectionSpec, Retired, of_text
from shared.store.driver import Collection
from shared.store.joined import apart, joined
from shared.store.lease import Held, Lease
from shared.store.marker import request_marker
from shared.store.reading import Asked, Find, Pipeline, Reading
from shared.store.store import Store, missing
from shared.store.work import CompareAndSet, Work

__all__ = [
    "TEXT",
    "Asked",
    "Collection",
    "CollectionSpec",
    "CompareAndSet",
    "Find",
    "Held",
    "Lease",
    "Pipeline",
    "Reading",
    "Retired",
    "Store",
    "Work",
    "apart",
    "because",
    "causation_id",
    "correlation_id",
    "decode",
    "encode",
    "joined",
    "missing",
    "of_text",
    "request_marker",
]
