"""Answers that are not JSON, each with the media type that the OpenAPI document then says."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse, Response


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


class LinkPage(HTMLResponse):
    """The page behind a link that lets whoever holds it do something. The token is in the address: it must not leak to another
    site, nobody keeps the page, no site frames its button, and it loads nothing from anywhere.
    """

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        super().init_headers({**_OF_A_LINK, **(headers or {})})


_OF_A_LINK = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex",
}
