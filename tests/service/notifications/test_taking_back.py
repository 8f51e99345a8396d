"""What tells of a recommendation that went, or came back, is found by whom it is for: no index holds what groups name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from pymongo import IndexModel

from services.notifications.app import SERVICE
from services.notifications.commands import telling
from services.notifications.queries.known import Known, read_known
from tests.contract.test_stored_shapes import dumped
from tests.service.notifications.builders import NOW, contact, offer, recommended, withdrawn
from tests.service.notifications.conftest import Rooms

PEOPLE = ("profile-1", "profile-2")


@asynccontextmanager
async def asked_of_notifications(rooms: Rooms) -> AsyncIterator[list[dict[str, Any]]]:
    """What MongoDB did for each question about notifications and each change of them."""
    database = rooms.store.database
    found: list[dict[str, Any]] = []
    await database.command("profile", 2)
    try:
        yield found
    finally:
        await database.command("profile", 0)
        rows = await database["system.profile"].find({"ns": f"{database.name}.notifications"}).to_list(None)
        found += [row for row in rows if row["op"] != "insert"]
        await database.drop_collection("system.profile")


async def told(rooms: Rooms, person: str, numbers: range) -> None:
    of_them = (
        recommended(f"{person}-{n}", offer_id=f"offer-{n}", profile_id=person, created_at=rooms.clock.now())
        for n in numbers
    )
    await rooms.hear(*of_them)


async def gone(rooms: Rooms, person: str, numbers: range) -> None:
    await rooms.hear(*(withdrawn(f"{person}-{n}", offer_id=f"offer-{n}", profile_id=person) for n in numbers))


@pytest.fixture
async def years(rooms: Rooms) -> Rooms:
    """Two people who were told of 40 offers that went, one each two hours, and then of eight: five items and a group each."""
    await rooms.hear(*(contact(one) for one in PEOPLE), *(offer(f"offer-{n}") for n in range(48)))
    for n in range(40):
        for person in PEOPLE:
            await told(rooms, person, range(n, n + 1))
            await gone(rooms, person, range(n, n + 1))
        rooms.clock.advance(timedelta(hours=2))
    for person in PEOPLE:
        await told(rooms, person, range(40, 48))
    return rooms


async def test_what_a_withdrawal_reads_is_what_still_holds_for_that_person(years: Rooms) -> None:
    async with asked_of_notifications(years) as asked:
        await gone(years, "profile-1", range(40, 41))
        await gone(years, "profile-1", range(46, 47))
    assert len(asked) > 3
    assert [one["planSummary"] for one in asked if "COLLSCAN" in one["planSummary"]] == []
    assert max(one["docsExamined"] for one in asked) <= 6
    rows = [row for row in await years.rows("notifications", box="profile-1") if row["current"]]
    assert [one["ref"] for row in rows for one in row["items"]] == [f"profile-1-{n}" for n in (41, 42, 43, 44, 45, 47)]
    assert sum(row["current"] for row in await years.rows("notifications", box="profile-2")) == 6


async def test_what_comes_back_is_looked_for_among_what_was_told_since_it_was_made(years: Rooms) -> None:
    made_at = NOW + timedelta(hours=2 * 35)
    async with asked_of_notifications(years) as asked:
        back = recommended(
            "profile-1-35", offer_id="offer-35", profile_id="profile-1", sequence=3, material=False, created_at=made_at
        )
        await years.hear(back)
    assert [one["planSummary"] for one in asked if "COLLSCAN" in one["planSummary"]] == []
    # Five that went since then, five items and the group.
    assert max(one["docsExamined"] for one in asked) <= 11
    rows = await years.rows("notifications", box="profile-1", **{"items.ref": "profile-1-35"})
    assert [row["current"] for row in rows] == [True]


async def test_an_offer_that_goes_and_comes_back_in_one_batch_stays_in_its_group(years: Rooms) -> None:
    of = {"offer_id": "offer-46", "profile_id": "profile-1", "created_at": years.clock.now()}
    ref = "profile-1-46"
    await years.hear(withdrawn(ref, **of), recommended(ref, sequence=3, material=False, **of))
    [row] = await years.rows("notifications", box="profile-1", **{"items.ref": ref})
    assert (row["grouped"], row["current"], len(row["items"])) == (True, True, 3)


async def test_what_is_told_after_it_was_found_to_wait_is_taken_back(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rooms.hear(contact(), recommended())
    assert len(await rooms.rows("waiting")) == 1

    async def told_meanwhile(*asked: Any) -> Known:
        monkeypatch.setattr(telling, "read_known", read_known)
        found = await read_known(*asked)
        await rooms.hear(offer())
        assert len(await rooms.inbox("profile-1")) == 1
        return found

    monkeypatch.setattr(telling, "read_known", told_meanwhile)
    await rooms.hear(withdrawn())
    [row] = await rooms.rows("notifications", box="profile-1")
    assert not row["current"]
    assert await rooms.rows("waiting") == []


async def test_it_is_taken_out_of_the_boxes_of_all_who_accompany_the_person(rooms: Rooms) -> None:
    by_counsellor: dict[str, Any] = {"channels": ("counsellor",), "owner_id": None}
    by_counsellor["counsellor_ids"] = ("counsellor-1", "counsellor-2")
    await rooms.hear(contact(**by_counsellor), *(offer(f"offer-{n}") for n in range(8)))
    await told(rooms, "profile-1", range(8))
    await gone(rooms, "profile-1", range(8))
    for box in ("profile-1", "counsellor-1", "counsellor-2"):
        rows = await rooms.rows("notifications", box=box)
        assert [row["current"] for row in rows] == [False] * 6


@pytest.mark.parametrize("upgraded", [False, True], ids=["a fresh database", "one that the release before made"])
async def test_what_the_release_before_wrote_is_found(rooms: Rooms, *, upgraded: bool) -> None:
    """It wrote no ``grouped`` in the dump's release; the one after that wrote groups, and asked by indexes that only it has."""
    notifications = rooms.store.collection("notifications")
    retired = [
        IndexModel("items.ref", name="items.ref_1_text"),
        IndexModel("updated_at", name="box_1_updated_at_1_text"),
    ]
    if upgraded:
        await notifications.create_indexes(retired)
    try:
        old = [row for row in dumped("2026-11", SERVICE.name)["notifications"] if row["template"] == "recommendation"]
        group = {**old[0], "_id": "group", "grouped": True, "items": [{**old[0]["items"][0], "ref": n} for n in "ab"]}
        await notifications.insert_many([*old, group])

        def of(row: dict[str, Any]) -> dict[str, Any]:
            return {"id": row["items"][0]["ref"], "profile_id": row["subject_id"], "created_at": row["created_at"]}

        await rooms.hear(*(withdrawn(**of(row)) for row in [*old, group]))
        rows = {row["_id"]: row for row in await rooms.rows("notifications")}
        assert [one["ref"] for one in rows.pop("group")["items"]] == ["b"]
        assert [row["current"] for row in rows.values()] == [False] * len(old)
        await rooms.hear(*(recommended(sequence=3, material=False, **of(row)) for row in old))
        rows = {row["_id"]: row for row in await rooms.rows("notifications")}
        assert [row["current"] for row in rows.values()] == [True] * (len(old) + 1)
    finally:
        for index in retired if upgraded else ():
            await notifications.drop_index(str(index.document["name"]))
