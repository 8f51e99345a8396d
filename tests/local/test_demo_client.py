"""The demo's client gives up on who does not answer, not on who had to wait for their turn."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from deploy.demo import client as module
from deploy.demo.client import GIVE_UP_SECONDS, Client, DemoFailed


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(seconds=1000.0)
    clock.monotonic = lambda: clock.seconds
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "_CONCURRENT", 1)
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.0)
    return clock


async def test_waiting_for_ones_turn_is_not_waiting_for_an_answer(now: SimpleNamespace) -> None:
    lost = ["once"]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/slow":
            now.seconds += 2 * GIVE_UP_SECONDS
        elif lost and lost.pop():
            raise httpx.ReadError("the connection was closed")
        return httpx.Response(200, json={"path": request.url.path})

    async with Client({"offers": "http://offers"}, Path("keys"), "23", run="demo") as client:
        client._http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        answers = await asyncio.gather(client.get("offers", "/slow"), client.get("offers", "/second"))
    assert [one["path"] for one in answers] == ["/slow", "/second"]
    assert client.retries == 1


async def test_who_never_answers_is_given_up(now: SimpleNamespace) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        now.seconds += GIVE_UP_SECONDS / 2
        raise httpx.ConnectError("nobody there")

    async with Client({"offers": "http://offers"}, Path("keys"), "23", run="demo") as client:
        client._http = httpx.AsyncClient(transport=httpx.MockTransport(silent))
        with pytest.raises(DemoFailed, match="no answer for 75 s: ConnectError"):
            await client.get("offers", "/v1/offers")
