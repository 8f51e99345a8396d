"""The live stream over real HTTP."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from services.notifications.api.stream import lasts
from services.notifications.app import SERVICE
from shared.auth import Principal
from shared.clock import HandClock
from shared.service import build_app
from tests.service.notifications.builders import contact, offer, recommended, withdrawn
from tests.service.notifications.conftest import Rooms
from tests.support import Stack, eventually


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(stack: Stack, clock: HandClock, **overrides: Any) -> AsyncIterator[str]:
    """The API on a real port (an in-process transport does not stream)."""
    settings = stack.settings(SERVICE, **overrides)
    app = build_app(SERVICE, settings, runtime=SERVICE.runtime(settings, clock=clock))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test's process keeps its own
    running = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


class Reader:
    """Reads Server-Sent Events of one open response."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        """The next event; comments are passed over. Empty at the end of the stream."""
        found: dict[str, str] = {}
        async for line in self._lines:
            if not line:
                if found:
                    return found
                continue
            name, _, value = line.partition(": ")
            if name:
                found[name] = value
        return found


@asynccontextmanager
async def reading(url: str, headers: Mapping[str, str], path: str = "/v1/stream") -> AsyncIterator[Reader]:
    async with httpx.AsyncClient(timeout=20.0) as client, client.stream("GET", url + path, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Reader(response)


@pytest.fixture
async def url(stack: Stack, clock: HandClock, rooms: Rooms) -> AsyncIterator[str]:
    await rooms.hear(contact(), offer(), offer("offer-2"))
    async with serving(stack, clock) as address:
        yield address


async def test_the_stream_brings_what_another_process_writes(url: str, stack: Stack, rooms: Rooms) -> None:
    async with reading(url, stack.token("seeker", subject="user-1")) as reader:
        assert await reader.next() == {"event": "ready", "data": '{"unread": 0}'}
        await rooms.hear(recommended())
        event = await reader.next()
        item = json.loads(event["data"])
        assert (event["event"], item["recommendation_id"], item["current"]) == ("item", "rec-1", True)
        await rooms.hear(withdrawn())
        changed = json.loads((await reader.next())["data"])
        assert (changed["id"], changed["current"]) == (item["id"], False)


async def test_an_item_that_this_release_cannot_read_ends_no_stream(url: str, stack: Stack, rooms: Rooms) -> None:
    async with reading(url, stack.token("seeker", subject="user-1")) as reader:
        await reader.next()
        await rooms.hear(recommended())
        assert (await reader.next())["event"] == "item"
        whole = await rooms.store.collection("notifications").find_one({"box": "profile-1"}) or {}
        odd = {"_id": "odd", "status": "of-the-next-release", "subject_id": "profile-1", "box": whole["box"]}
        await rooms.store.collection("notifications").insert_one(odd)
        await rooms.hear(offer("offer-2"), recommended("rec-2", offer_id="offer-2"))
        assert json.loads((await reader.next())["data"])["recommendation_id"] == "rec-2"


async def test_a_stream_shows_nothing_of_others(url: str, stack: Stack, rooms: Rooms) -> None:
    async with (
        reading(url, stack.token("seeker", subject="user-2")) as other,
        reading(url, stack.token("counsellor", subject="counsellor-1"), "/v1/stream?subject=profile-1") as counsellor,
    ):
        await other.next()
        await counsellor.next()
        await rooms.hear(recommended())
        assert json.loads((await counsellor.next())["data"])["recommendation_id"] == "rec-1"
        await rooms.hear(contact("profile-2", owner_id="user-2", counsellor_ids=()))
        await rooms.hear(contact("user-2", kind="user", owner_id="user-2"))
        await rooms.hear(recommended("rec-2", profile_id="user-2"))
        assert json.loads((await other.next())["data"])["recommendation_id"] == "rec-2"
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{url}/v1/stream")).status_code == 401
        refused = await client.get(
            f"{url}/v1/stream?subject=profile-1", headers=stack.token("seeker", subject="user-2")
        )
        assert refused.json()["code"] == "inbox-not-found"


async def test_a_stream_ends_for_who_accompanies_no_more(url: str, stack: Stack, rooms: Rooms) -> None:
    coach = stack.token("counsellor", subject="counsellor-1")
    async with reading(url, coach, "/v1/stream?subject=profile-1") as reader:
        await reader.next()
        await rooms.hear(contact(sequence=2, counsellor_ids=()))
        await rooms.hear(recommended())
        assert await reader.next() == {}


async def test_a_stream_ends_for_an_account_that_was_taken_off_the_profile(
    url: str, stack: Stack, rooms: Rooms
) -> None:
    async with reading(url, stack.token("seeker", subject="user-1")) as reader:
        await reader.next()
        await rooms.hear(contact(sequence=2, owner_id=None))
        await rooms.hear(recommended())
        assert await reader.next() == {}


def test_a_stream_lasts_no_longer_than_its_token() -> None:
    """Who was removed reads on with the token that they hold, and not for half an hour more."""
    assert lasts(Principal("lea"), 30, 1_000.0) == 1_800
    assert lasts(Principal("lea", ends_at=1_300.0), 30, 1_000.0) == 300
    assert lasts(Principal("lea", ends_at=90_000.0), 30, 1_000.0) == 1_800
    assert lasts(Principal("lea", ends_at=900.0), 30, 1_000.0) == 0


async def test_who_comes_back_with_the_last_id_misses_nothing(
    url: str, stack: Stack, rooms: Rooms, clock: HandClock
) -> None:
    who = stack.token("seeker", subject="user-1")
    async with reading(url, who) as reader:
        await reader.next()
        await rooms.hear(recommended())
        last = (await reader.next())["id"]
    await rooms.hear(recommended("rec-2", offer_id="offer-2"))
    async with reading(url, who | {"Last-Event-ID": last}) as reader:
        assert await reader.next() == {"event": "ready", "data": '{"unread": 2}'}
        missed = [json.loads((await reader.next())["data"])["recommendation_id"] for _ in range(2)]
        assert missed[-1] == "rec-2"
        await rooms.hear(recommended("rec-3"))
        assert json.loads((await reader.next())["data"])["recommendation_id"] == "rec-3"
    # Of two digits the second is one to Python's eyes, and no number.
    for odd in ("nonsense", "1\u00b2-rec-1", "9" * 13, ""):
        async with reading(url, httpx.Headers(who | {"Last-Event-ID": odd}, encoding="latin-1")) as reader:
            assert (await reader.next())["event"] == "ready"


async def test_a_silent_stream_beats_and_ends_after_its_time(stack: Stack, clock: HandClock, rooms: Rooms) -> None:
    async with serving(stack, clock, stream_heartbeat_seconds=0.05, stream_minutes=0.01) as address:
        headers = stack.token("seeker", subject="user-1")
        async with (
            httpx.AsyncClient(timeout=20.0) as client,
            client.stream("GET", f"{address}/v1/stream", headers=headers) as response,
        ):
            text = "".join([chunk async for chunk in response.aiter_text()])
    assert ": heartbeat" in text
