"""Who accompanies somebody no longer keeps nothing of what they were told of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.notifications import consumers
from services.notifications.commands.accompanying import let_go
from tests.service.notifications.builders import contact, employer, notice, offer, recommended
from tests.service.notifications.conftest import Rooms

PLACE = {"agenda_title": "Atelier", "date": "04/03/2099", "time": "14:00", "place": "Guéret"}
OF_NADIA, OF_PAUL = PLACE | {"profile_id": "profile-1"}, PLACE | {"profile_id": "profile-2"}
UNREACHED: dict[str, Any] = {"owner_id": None, "channels": ("counsellor",), "email": None}


async def told(rooms: Rooms) -> None:
    await rooms.hear(
        contact(**UNREACHED), contact("profile-2", owner_id="user-2", first_name="Paul"), employer(), offer()
    )
    await rooms.hear(recommended())
    await rooms.hear(notice("counsellor_info", "counsellor-1", id="notice-1", params=OF_NADIA, about="profile-1"))
    await rooms.hear(notice("counsellor_info", "counsellor-1", id="notice-2", params=OF_PAUL, about="profile-2"))
    received = {"offer_title": "Maçon", "company": "C"}
    await rooms.hear(notice("application_received", "employer-1", id="notice-3", params=received, about="profile-1"))


async def test_inbox_items_go_with_who_is_replaced_and_others_stay(rooms: Rooms) -> None:
    await told(rooms)
    before = await rooms.inbox("counsellor-1")
    assert [title.split()[0] for title in before] == ["À", "Nadia", "Paul"]
    assert "À dire à Nadia" in before[0]
    # The new one beside the old one, another address: nothing changes for who is still there.
    both = ("counsellor-1", "counsellor-2")
    await rooms.hear(contact(**UNREACHED, counsellor_ids=both, sequence=2))
    assert await rooms.inbox("counsellor-1") == before
    await rooms.hear(contact(**UNREACHED, counsellor_ids=("counsellor-2",), sequence=3))
    assert [title.split()[0] for title in await rooms.inbox("counsellor-1")] == ["Paul"]
    # The person's own box has it all, which the new one reads; employers were told of no name.
    assert len(await rooms.inbox("profile-1")) == 1
    assert len(await rooms.inbox("employer-1")) == 1
    await rooms.hear(recommended("rec-2", offer_id="offer-1"))
    assert len(await rooms.inbox("counsellor-2")) == 1
    # What is older than what stands takes nothing away.
    await rooms.hear(contact(**UNREACHED, counsellor_ids=(), sequence=2))
    assert len(await rooms.inbox("counsellor-2")) == 1


async def test_what_was_being_told_meanwhile_is_looked_for_again(rooms: Rooms) -> None:
    await told(rooms)
    late = await rooms.rows("notifications", box="counsellor-1", about="profile-1")
    await rooms.hear(contact(**UNREACHED, counsellor_ids=(), sequence=2))
    # It had read who accompanies before that, and commits now.
    await rooms.store.collection("notifications").insert_many(late)
    rooms.clock.advance(timedelta(minutes=5))
    await rooms.jobs.accompanying()
    assert [title.split()[0] for title in await rooms.inbox("counsellor-1")] == ["Paul"]


async def test_what_is_heard_late_is_looked_for_again_as_well(rooms: Rooms) -> None:
    await told(rooms)
    late = await rooms.rows("notifications", box="counsellor-1", about="profile-1")
    changed = contact(**UNREACHED, counsellor_ids=(), sequence=2)
    await rooms.hear(replace(changed, time=rooms.clock.now() - timedelta(hours=5)))
    await rooms.store.collection("notifications").insert_many(late)
    rooms.clock.advance(timedelta(minutes=5))
    await rooms.jobs.accompanying()
    assert [title.split()[0] for title in await rooms.inbox("counsellor-1")] == ["Paul"]


async def test_a_contact_by_which_nobody_is_replaced_looks_through_no_inbox(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[dict[str, Any]] = []

    async def spied(store: Any, query: dict[str, Any]) -> int:
        looked.append(query)
        return await let_go(store, query)

    monkeypatch.setattr(consumers, "let_go", spied)
    await told(rooms)
    looked.clear()
    more = ("counsellor-1", "counsellor-2")
    await rooms.hear(contact(**UNREACHED, counsellor_ids=more, sequence=2), employer(sequence=2))
    await rooms.hear(contact(**UNREACHED, counsellor_ids=more, first_name="Nadja", sequence=3))
    assert looked == []
    await rooms.hear(contact(**UNREACHED, counsellor_ids=("counsellor-2",), sequence=4))
    assert looked == [{"_id": {"$in": ["profiles:profile-1"]}}]


@pytest.mark.parametrize(
    ("how", "title"),
    [
        ({}, "Nadia : le dossier vous est confié"),
        (UNREACHED, "À dire à Nadia : Votre dossier a changé de département"),
    ],
)
@pytest.mark.parametrize("first", ["notice", "contact", "never"])
async def test_who_takes_over_a_person_that_moved_is_told_whichever_is_heard_first(
    rooms: Rooms, first: str, how: dict[str, Any], title: str
) -> None:
    """The notice and the contact of one commit are of two topics. Heard before the contact, the item was kept for the staff of
    the département that the person had left: who was to accompany them never read it.
    """
    await rooms.hear(contact(**how))
    params = {"side": "arrived", "profile_id": "profile-1"}
    told = notice("profile_transfer", "profile-1", "counsellor-87", params=params, about="profile-1", territory="87")
    moved = contact(**how, counsellor_ids=("counsellor-87",), territory="87", sequence=2)
    for one in {"notice": [told, moved], "contact": [moved, told], "never": [told]}[first]:
        await rooms.hear(one)
    if first == "never":
        assert await rooms.inbox("counsellor-87") == []
        rooms.clock.advance(timedelta(minutes=2))
        await rooms.jobs.waiting()
        assert len(await rooms.inbox("counsellor-87")) == 1, "a name is worth a minute, not a message"
        return
    assert await rooms.inbox("counsellor-87") == [title]
    assert [row["territory"] for row in await rooms.rows("notifications", box="counsellor-87")] == ["87"]
    assert len(await rooms.inbox("profile-1")) == 1
