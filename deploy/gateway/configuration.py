"""nginx's configuration, from what the services themselves say: names, body limits, streams. What only the place of
installation knows (between @) is filled in by ``start.sh``.

Why nginx: rate and body limits, CORS and event streams without a plugin to compile in, a package in every distribution (so
that tests run the real one), and a request that another replica may take is handed on only when none has seen it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.gateway.merged import Document
from shared.http.origins import ASKED, METHODS, TOLD
from shared.http.problems import title_of

_TEMPLATE = Path(__file__).parent / "nginx.conf.in"
SLACK_BYTES = 100_000
"""Above a service's own limit: it is the one that explains what is too large."""
LONG_SECONDS = 900
"""How long a body that is larger than usual (an import) may take to be worked on."""
STREAM_SECONDS = 3_600

PROBLEMS = {
    404: ("not-found", "Rien ne se trouve à cette adresse."),
    413: ("body-too-large", "Le contenu est plus volumineux que cette adresse ne le permet."),
    429: ("too-many-requests", "Trop de demandes depuis cette adresse : attendez un instant."),
    502: ("unavailable", "Le service ne répond pas en ce moment : réessayez dans un instant."),
    503: ("unavailable", "Le service ne répond pas en ce moment : réessayez dans un instant."),
    504: ("unavailable", "Le service ne répond pas à temps : réessayez dans un instant."),
}


@dataclass(frozen=True)
class Upstream:
    """What the gateway needs to know of a service. ``limits`` are bytes by path; ``streams`` are paths of event streams."""

    name: str
    max_body_bytes: int
    limits: Mapping[str, int] = field(default_factory=dict)
    streams: tuple[str, ...] = ()


def streams_of(document: Document) -> tuple[str, ...]:
    """Paths that answer with an endless stream of events."""
    return tuple(
        path
        for path, operations in document["paths"].items()
        if "text/event-stream" in operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
    )


def configuration(upstreams: list[Upstream], port: int = 8000) -> str:
    """The template of ``nginx.conf``."""
    locations = "".join(_locations(one, port) for one in upstreams)
    pages = "".join(
        f"    error_page {code} @e{code};\n    location @e{code} {{ internal; default_type application/problem+json; "
        f"return {code} '{_problem(code)}'; }}\n"
        for code in PROBLEMS
    )
    made = _TEMPLATE.read_text().replace("@LOCATIONS@", locations).replace("@PROBLEMS@", pages)
    for place, names in (("@CORS_METHODS@", METHODS), ("@CORS_ASKED@", ASKED), ("@CORS_TOLD@", TOLD)):
        made = made.replace(place, ", ".join(names))
    return made


def _problem(code: int) -> str:
    kind, detail = PROBLEMS[code]
    title = title_of(code)
    return (
        f'{{"type":"urn:bassin:problem:{kind}","title":"{title}","status":{code},"code":"{kind}","detail":"{detail}"}}'
    )


def _locations(one: Upstream, port: int) -> str:
    usual = _location(
        f"^~ /{one.name}/v1/", one.name, port, f"client_max_body_size {one.max_body_bytes + SLACK_BYTES};"
    )
    large = [
        _location(
            f"= /{one.name}{path}",
            one.name,
            port,
            f"client_max_body_size {limit + SLACK_BYTES}; proxy_read_timeout {LONG_SECONDS}s;",
        )
        for path, limit in one.limits.items()
    ]
    endless = [
        _location(
            f"= /{one.name}{path}",
            one.name,
            port,
            f"proxy_buffering off; gzip off; proxy_read_timeout {STREAM_SECONDS}s;",
        )
        for path in one.streams
    ]
    return "".join([usual, *large, *endless])


def _location(match: str, service: str, port: int, more: str) -> str:
    # A variable has nginx ask the resolver again and again, so that replicas may come and go.
    return (
        f"    location {match} {{\n"
        f"      set $service {service};\n"
        f"      set $upstream {service}-api;\n"
        # A line's end within a path is a character like others: what did not match would be passed on as it was written.
        f"      rewrite (?s)^/{service}(/.*)$ $1 break;\n"
        f"      proxy_pass http://@UPSTREAM@:{port};\n"
        f"      proxy_redirect /v1/ /{service}/v1/;\n"
        f"      {more}\n"
        "    }\n"
    )
