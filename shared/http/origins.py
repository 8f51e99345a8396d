"""What a front end of another origin may send and read (CORS): said once, for the services and for the gateway before them."""

from typing import Final

METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
ASKED: Final = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "Prefer",
    "X-Request-Id",
)
"""Headers of requests that a browser lets through after asking; those that the documents name are among them."""
TOLD: Final = (
    "ETag",
    "X-Request-Id",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "Content-Disposition",
    "Preference-Applied",
    "Allow",
)
"""Headers of answers that a browser shows to the front end's program."""
