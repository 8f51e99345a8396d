"""Answers that are not JSON, each with the media type that the OpenAPI document then says."""

from starlette.responses import Response


class Csv(Response):
    """A table (RFC 4180)."""

    media_type = "text/csv"


class Calendar(Response):
    """iCalendar (RFC 5545)."""

    media_type = "text/calendar"


class Rss(Response):
    """RSS 2.0."""

    media_type = "application/rss+xml; charset=utf-8"


class JsonFeed(Response):
    """JSON Feed 1.1."""

    media_type = "application/feed+json"


class GeoJson(Response):
    """GeoJSON (RFC 7946)."""

    media_type = "application/geo+json"


class JsonLd(Response):
    """JSON-LD, such as schema.org's."""

    media_type = "application/ld+json"
