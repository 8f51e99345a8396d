"""What a stack says while people walk through it: topics, logs, refusals, metrics, traces; to be searched for marks of people."""

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import httpx

from deploy.local.runner import LocalStack
from shared.kafka.reading import admin_of, records_of
from shared.normal_forms import normal
from shared.settings import Settings, load_settings
from tests.support import eventually

_GROUPED = re.compile(r"(?<=\d)[\s.\-/](?=\d)")


def folded(text: str) -> str:
    """Without accents, case, escapes of JSON and of addresses, and what is written between figures."""
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), unquote(text.replace("+", " ")))
    plain = normal("NFKD", plain).encode("ascii", "ignore").decode().casefold()
    return _GROUPED.sub("", plain)


@dataclass(frozen=True)
class Marks:
    """What tells who somebody is, by what it is. Phone numbers without the zero before them: however they are written."""

    words: Mapping[str, str]

    def in_(self, text: str) -> list[str]:
        """Which are in a text."""
        plain = folded(text)
        return sorted(name for name, word in self.words.items() if folded(word) in plain)


@dataclass(frozen=True)
class May:
    """A field of a topic that may tell something of the person, and the reason."""

    topic: str
    field: str
    mark: str
    why: str


class Spans:
    """Collects what services send to an OpenTelemetry collector (protobuf; its texts are plain in it)."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing beside what the tests say."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1/traces"

    @contextmanager
    def collecting(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def text(self) -> str:
        return b"\n".join(self.bodies).decode("utf-8", "replace")


@dataclass
class Evidence:
    """Everything that a stack tells beside its answers, with those answers that are refusals."""

    stack: LocalStack
    spans: Spans
    refusals: list[httpx.Response] = field(default_factory=list)

    async def heard(self, answer: httpx.Response) -> None:
        """For the client's hooks: keeps refusals."""
        if answer.status_code >= 400:
            await answer.aread()
            self.refusals.append(answer)

    async def told(self, marks: Marks, allowed: Sequence[May], *, refused: int) -> list[str]:
        """Where something of a person is told that no exception names, and exceptions that excuse nothing.

        ``refused``: the refusals that there are at least, so that they were looked at.
        """
        wrong: list[str] = []
        excused: set[May] = set()
        for topic, name, text in await self._fields():
            for mark in marks.in_(text):
                reason = [one for one in allowed if (one.topic, one.field, one.mark) == (topic, name, mark)]
                excused.update(reason)
                if not reason:
                    wrong.append(f"{topic}: {name} tells the {mark}: {text[:200]}")
        wrong += [f"{one.topic}: {one.field} tells no {one.mark}" for one in allowed if one not in excused]
        assert len(self.refusals) >= refused, "requests that were to be refused were not"
        for answer in self.refusals:
            said = f"{answer.headers} {answer.text}"
            wrong += [f"{answer.request.url.path} {answer.status_code}: {m}: {said}" for m in marks.in_(said)]
        for name, log in self._logs().items():
            wrong += [f"{name}'s log: {m}: {line}" for line in log.splitlines() for m in marks.in_(line)]
        for name, figures in (await self._figures()).items():
            wrong += [f"{name}'s metrics: {m}" for m in marks.in_(figures)]
        await eventually(lambda: "handle application-submitted.v1" in self.spans.text(), 60.0)
        return wrong + [f"traces: {m}" for m in marks.in_(self.spans.text())]

    async def _fields(self) -> list[tuple[str, str, str]]:
        """Topic, field and text of every value, key and header of every record of every topic that the broker has."""
        settings = load_settings(
            Settings,
            environment="test",
            KAFKA_BOOTSTRAP_SERVERS=self.stack.kafka_bootstrap_servers,
            kafka_idempotence=False,
            kafka_fetch_max_wait_ms=5,
        )
        async with admin_of(settings) as admin:
            names = sorted(topic["topic"] for topic in await admin.describe_topics())
        found: list[tuple[str, str, str]] = []
        async for record in records_of(settings, *names):
            found += [(record.topic, name, text) for name, text in _parts(record)]
        assert {"offers.applications.v1", "profiles.contacts.v1", "matching.recommendations.v1"} <= {
            topic for topic, _, _ in found
        }
        return found

    def _logs(self) -> dict[str, str]:
        logs = {name: (self.stack.logs / f"{name}.log").read_text() for name in self.stack.urls}
        asked = {name for name, log in logs.items() if '"event":"http"' in log}
        assert asked >= {"offers", "profiles", "matching", "notifications"}, "their requests were logged"
        return logs

    async def _figures(self) -> dict[str, str]:
        async with httpx.AsyncClient(timeout=30) as http:
            figures = {name: (await http.get(f"{url}/metrics")).text for name, url in self.stack.urls.items()}
        assert all("bassin_http_requests_total{" in text for text in figures.values())
        return figures


def _parts(record: Any) -> Iterator[tuple[str, str]]:
    if record.key is not None:
        yield "key", record.key.decode()
    for name, value in record.headers:
        yield f"header {name}", f"{name} {value.decode()}"
    if record.value is not None:
        yield from _leaves("", json.loads(record.value))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Fields as ``a.b``, the same for every element of a list; the names of members are looked at as well."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(f"{path}.{name}".lstrip("."), one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(path, one)
    else:
        yield path, f"{path} {value}"
