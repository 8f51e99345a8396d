"""One trace from a request at offers to what notifications delivered, by spans of two services; and none where nobody asks."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import telemetry
from shared.ids import new_id
from shared.kafka.envelope import traceparent
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack, eventually

COMPANY = {"name": "Scierie de la Gartempe", "siret": "73282932000074", "territory": "23"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(telemetry, "_over_http", lambda _: exporter)
    yield exporter
    telemetry.end()


def collected(spans: InMemorySpanExporter, request: str) -> list[ReadableSpan]:
    """The spans of one request's trace so far."""
    for provider in telemetry._providers:
        provider.force_flush()
    trace = int(telemetry.trace_hex(request), 16)
    return [span for span in spans.get_finished_spans() if span.context and span.context.trace_id == trace]


async def test_one_trace_from_the_request_to_the_delivery(
    stack: Stack, smtp: SmtpSink, spans: InMemorySpanExporter
) -> None:
    on = {"traces_url": "http://collector.invalid/v1/traces"}
    mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "digest_seconds": 0.05, "waiting_retry_seconds": 0.2}
    employer, manager = stack.token("employer", subject="boss"), stack.token("manager", subject="manager-1")
    async with (
        stack.running("offers", worker=True, **on) as offers,
        stack.running("notifications", worker=True, **mail, **on) as notifications,
    ):
        company = (await offers.client.post("/v1/companies", json=COMPANY, headers=employer)).json()["id"]
        await offers.client.put(
            f"/v1/companies/{company}/contact", json={"email": "boss@example.org"}, headers=employer
        )
        contacts = notifications.store.collection("contacts")
        await eventually(lambda: contacts.count_documents({"email": "boss@example.org"}))
        request = new_id()
        answer = await offers.client.post(
            f"/v1/companies/{company}/approve", json={}, headers=manager | {"X-Request-Id": request}
        )
        assert answer.status_code == 200, answer.text
        wanted = {
            "POST /v1/companies/{company_id}/approve",
            "publish notice-requested.v1",
            "handle notice-requested.v1",
            "deliver inbox",
            "deliver email",
        }
        await eventually(lambda: wanted <= {span.name for span in collected(spans, request)})
    found = {span.name: span for span in collected(spans, request)}
    services = {name: span.resource.attributes["service.name"] for name, span in found.items()}
    assert services["publish notice-requested.v1"] == "bassin-offers"
    assert services["handle notice-requested.v1"] == "bassin-notifications"

    def above(name: str) -> ReadableSpan | None:
        parent = found[name].parent
        return next((span for span in found.values() if parent and span.context.span_id == parent.span_id), None)

    assert found["POST /v1/companies/{company_id}/approve"].parent is None
    assert above("publish notice-requested.v1") is found["POST /v1/companies/{company_id}/approve"]
    assert above("handle notice-requested.v1") is found["publish notice-requested.v1"]
    for delivery in ("deliver inbox", "deliver email"):
        assert above(delivery) is found["handle notice-requested.v1"]
    for span in found.values():
        assert span.start_time is not None
        assert span.end_time is not None
        assert span.start_time <= span.end_time
        assert "example.org" not in str(dict(span.attributes or {}))


async def test_nobody_asks_for_traces_and_none_are_made(stack: Stack, spans: InMemorySpanExporter) -> None:
    async with stack.running("offers") as offers:
        assert (await offers.client.get("/v1/agenda")).status_code == 200
    assert spans.get_finished_spans() == ()
    assert not telemetry.on("offers")


@pytest.mark.parametrize("request_id", ["01890000-0000-7000-8000-000000000000", "my-request-1", "00000000", "zzzzzzzz"])
def test_the_header_of_an_event_names_its_spans(request_id: str) -> None:
    event = new_id()
    version, trace, span, flags = traceparent(request_id, event).split("-")
    assert (version, flags) == ("00", "01")
    assert (trace, span) == (telemetry.trace_hex(request_id), telemetry.span_hex(event))
    assert int(trace, 16)
    assert int(span, 16)
    assert (len(trace), len(span)) == (32, 16)
