"""The search follows what is published and hidden: at once here, soon on every replica, and after a lost stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from bson.timestamp import Timestamp

from services.offers.search import follow
from services.offers.search.index import OfferIndex, Snapshot
from shared.clock import HandClock
from shared.ending import begun, end
from shared.store.changes import ChangesEnded
from tests.service.offers.support import Desk, search
from tests.support import Stack, eventually


async def test_what_is_taken_down_is_gone_at_once_and_what_is_published_is_there(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company, title="Cuisinier")
    assert [item["id"] for item in (await search(desk, q="cuisinier"))["items"]] == [offer]
    await desk.post(f"/v1/offers/{offer}/suspend", desk.employer)
    assert (await search(desk, q="cuisinier"))["items"] == []
    await desk.post(f"/v1/offers/{offer}/resume", desk.employer)
    assert [item["id"] for item in (await search(desk, q="cuisinier"))["items"]] == [offer]


async def test_what_is_hidden_is_found_suggested_counted_and_meant_nowhere(desk: Desk) -> None:
    company = await desk.company()
    hidden = await desk.offer(company, title="Dompteur de salamandres")
    await desk.offer(company, title="Vendeur")

    async def everywhere() -> tuple[int, int, int, str | None]:
        page = await search(desk, q="salamandre", facets=True)
        total = sum(one["count"] for one in page["facets"]["total"])
        suggested = (await desk.client.get("/v1/suggestions", params={"q": "salam"})).json()["items"]
        return len(page["items"]), total, len(suggested), (await search(desk, q="salamendre"))["did_you_mean"]

    assert await everywhere() == (1, 1, 1, "salamandre")
    await desk.post(f"/v1/offers/{hidden}/suspend", desk.employer)
    assert await everywhere() == (0, 0, 0, None)
    await desk.post(f"/v1/offers/{hidden}/resume", desk.employer)
    assert await everywhere() == (1, 1, 1, "salamandre")
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "Annonces trompeuses."})
    assert await everywhere() == (0, 0, 0, None)


async def test_a_second_replica_learns_of_it_by_itself(desk: Desk, stack: Stack, clock: HandClock) -> None:
    company = await desk.company()
    first = await desk.offer(company, title="Cuisinier")
    async with stack.running("offers", clock=clock) as other:

        async def seen() -> list[str]:
            answer = await other.client.get("/v1/offers", params={"q": "cuisinier", "sort": "freshness"})
            return sorted(item["id"] for item in answer.json()["items"])

        assert await seen() == [first]
        second = await desk.offer(company, title="Cuisinière")

        async def both() -> bool:
            return await seen() == sorted([first, second])

        await eventually(both, seconds=5)
        ready = await other.client.get("/health/ready")
        assert ready.json()["checks"]["search"] == "ok"


@pytest.mark.parametrize(("gather", "between"), [(60.0, 0.0), (0.0, 60.0)])
async def test_changes_gather_until_somebody_waits_for_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, gather: float, between: float
) -> None:
    monkeypatch.setattr(follow, "GATHER_SECONDS", gather)
    monkeypatch.setattr(follow, "BETWEEN_COMMITS_SECONDS", between)
    commits = 0
    commit = OfferIndex.commit

    def counted(index: OfferIndex) -> Snapshot:
        nonlocal commits
        commits += 1
        return commit(index)

    monkeypatch.setattr(OfferIndex, "commit", counted)
    company = await desk.company()
    made = [await desk.offer(company, title="Cuisinier") for _ in range(12)]
    for _ in range(2):
        found = [item["id"] for item in (await search(desk, q="cuisinier"))["items"]]
        assert sorted(found) == sorted(made)
        assert commits <= 5
        made.append(await desk.offer(company, title="Cuisinier"))


class Hearing:
    """A follower that is told of changes by hand, and what each commit of its index took."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.follower = follow.Follower(desk.store, lambda: pytest.fail("nothing is built"))
        self.heard = 0
        self.taken: list[list[str]] = []
        self._changes: asyncio.Queue[str] = asyncio.Queue()
        monkeypatch.setattr(self.follower, "_refresh", self._refresh)

    async def _refresh(self, index: object, ids: set[str]) -> None:
        self.taken.append(sorted(ids))

    async def _batches(self) -> AsyncIterator[list[dict[str, Any]]]:
        while True:
            id = await self._changes.get()
            yield [{"documentKey": {"_id": id}, "clusterTime": Timestamp(1, 1)}]
            self.heard += 1

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        index: Any = SimpleNamespace(worn=False)
        part = begun("follower", lambda: self.follower._follow(index, self._batches()))
        yield
        await end([part])

    async def hear(self, id: str) -> None:
        before = self.heard
        self._changes.put_nowait(id)
        await eventually(lambda: self.heard > before)


async def test_what_comes_while_changes_gather_is_taken_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "GATHER_SECONDS", 60.0)
    one = Hearing(desk, monkeypatch)
    async with one.following():
        await one.hear("first")
        await one.hear("second")
        one.follower._awaited.set()
        await eventually(lambda: one.taken)
    assert one.taken == [["first", "second"]]


async def test_what_was_told_a_moment_ago_is_let_pass_but_not_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "GATHER_SECONDS", 0.0)
    monkeypatch.setattr(follow, "BETWEEN_COMMITS_SECONDS", 0.0)
    monkeypatch.setattr(follow, "CALM_SECONDS", 60.0)
    monkeypatch.setattr(follow, "CALM_AT_THE_LATEST_SECONDS", 60.0)
    one = Hearing(desk, monkeypatch)
    async with one.following():
        await desk.company()
        await one.hear("first")
        for _ in range(10):  # all that is ready to be done
            await asyncio.sleep(0)
        assert one.taken == []
        one.follower._awaited.set()
        await eventually(lambda: one.taken == [["first"]])
        one.follower._awaited.clear()
        monkeypatch.setattr(follow, "CALM_AT_THE_LATEST_SECONDS", 0.0)
        await one.hear("second")
        await eventually(lambda: one.taken == [["first"], ["second"]])


async def test_a_stream_that_breaks_while_changes_gather_is_told_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "GATHER_SECONDS", 0.01)
    one = Hearing(desk, monkeypatch)

    async def broken() -> AsyncIterator[list[dict[str, Any]]]:
        yield [{"documentKey": {"_id": "first"}, "clusterTime": Timestamp(1, 1)}]
        raise ChangesEnded("gone")

    with pytest.raises(ChangesEnded):
        await one.follower._follow(cast(OfferIndex, SimpleNamespace(worn=False)), broken())


async def test_a_lost_stream_is_followed_anew_and_nothing_is_missed(desk: Desk) -> None:
    company = await desk.company()
    first = await desk.offer(company, title="Cuisinier")
    follower = desk.running.app.state.context.finder.follower
    database = desk.store.database
    assert (await search(desk, q="cuisinier"))["items"][0]["id"] == first
    before = follower.builds
    asked = {"aggregate": 1, "pipeline": [{"$currentOp": {"idleCursors": True}}], "cursor": {}}
    running = (await database.client["admin"].command(asked))["cursor"]["firstBatch"]
    cursors = [
        one["cursor"]["cursorId"]
        for one in running
        if one.get("ns") == f"{database.name}.listings" and one.get("cursor", {}).get("tailable")
    ]
    assert cursors
    await database.command({"killCursors": "listings", "cursors": cursors})
    second = await desk.offer(company, title="Cuisinière")

    async def found() -> bool:
        items = (await search(desk, q="cuisinier"))["items"]
        return follower.builds > before and {item["id"] for item in items} == {first, second}

    await eventually(found, seconds=15)


async def test_a_follower_that_failed_of_anything_is_begun_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process begins it once with its API and once with its worker, and one of both waits: not for one that has ended."""
    follower = follow.Follower(desk.store, lambda: pytest.fail("nothing is built"))

    async def fails() -> None:
        raise RuntimeError("no thread to be had")

    monkeypatch.setattr(follower, "_build", fails)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            async with asyncio.timeout(5):
                await follower.run()
