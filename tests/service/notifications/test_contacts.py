"""Whose contact points count, what a tombstone takes along, and to whom people are named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifications.access import readable
from services.notifications.app import SERVICE
from services.notifications.domain.matter import Category
from services.notifications.domain.preferences import Preferences
from services.notifications.migrations import NOTIFICATION_STEPS
from shared.auth import Principal, Role
from shared.clock import HandClock
from shared.contracts.topics import CONTACTS, OFFER_CONTACTS, Topic
from shared.store import Work
from shared.store.migrations import behind
from tests.service.notifications.builders import (
    application,
    contact,
    employer,
    erased,
    event,
    notice,
    offer,
    recommended,
    taken_back,
)
from tests.service.notifications.conftest import Rooms
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack

PLACE = {"agenda_title": "Atelier Job 23", "date": "04/03/2099", "time": "14:00", "place": "Guéret"}
ABOUT = PLACE | {"profile_id": "profile-1"}
APPROVED = {"company": "Creuse Services"}


def counsellor(sequence: int = 1, subject: str = "counsellor-1", **changes: object) -> object:
    values = {"kind": "user", "owner_id": subject, "email": "lea@example.org", "counsellor_ids": (), "staff": True}
    return contact(subject, sequence=sequence, **(values | changes))


@pytest.mark.parametrize("topic", [CONTACTS, OFFER_CONTACTS], ids=lambda topic: str(topic.name))
@pytest.mark.parametrize("known", [True, False], ids=["known", "unheard-of"])
async def test_an_account_that_takes_its_contact_points_back_keeps_its_inbox(
    rooms: Rooms, topic: Topic, known: bool
) -> None:
    account = {"kind": "user", "owner_id": "employer-1", "counsellor_ids": ()}
    if known:
        await rooms.hear(contact("employer-1", topic=topic, **account))
    await rooms.hear(notice("company_approved", "employer-1", params=APPROVED))
    chosen = Preferences.untouched("employer-1", "23", rooms.clock.now())
    chosen.choose({Category.AGENDA: False}, "employer-1", rooms.clock.now())
    work = Work()
    work.save("preferences", chosen)
    await rooms.store.commit(work)
    await rooms.hear(taken_back("employer-1", sequence=2, topic=topic))
    assert len(await rooms.inbox("employer-1")) == 1
    assert len(await rooms.rows("preferences")) == 1
    # Reached no more by letter, and still told in the inbox.
    mails = len(await rooms.mails())
    await rooms.hear(notice("company_suspended", "employer-1", id="notice-2", params=APPROVED))
    assert (len(await rooms.inbox("employer-1")), len(await rooms.mails())) == (2, mails)
    # Who comes back goes on counting and is known again.
    await rooms.hear(contact("employer-1", topic=topic, sequence=3, **account))
    await rooms.hear(notice("company_approved", "employer-1", id="notice-3", params=APPROVED))
    assert len(await rooms.mails()) > mails


async def test_no_other_service_erases_a_person(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), recommended(), application("interview", sequence=1))
    await rooms.hear(recommended("rec-2", offer_id="unknown"))
    for subject in ("profile-1", "user-1", "counsellor-1"):
        await rooms.hear(
            employer(subject, email="evil@example.org"), taken_back(subject, sequence=2, topic=OFFER_CONTACTS)
        )
        person_erased = event(OFFER_CONTACTS, "person-erased", subject, None, sequence=3)
        await rooms.hear(person_erased)
    assert len(await rooms.inbox("profile-1")) == 2
    assert len(await rooms.rows("waiting")) == 1
    assert len(await rooms.rows("applications")) == 1
    await rooms.hear(recommended("rec-3"))
    assert len(await rooms.inbox("profile-1")) == 3


async def test_contact_points_that_somebody_else_left_do_not_stand_against_the_persons_own(
    rooms: Rooms, smtp: SmtpSink
) -> None:
    await rooms.hear(contact(), offer(), employer("profile-1", sequence=99, email="evil@example.org"))
    await rooms.hear(counsellor(), employer("counsellor-1", sequence=99, email="evil@example.org"))
    await rooms.hear(recommended(), notice("counsellor_info", "counsellor-1", params=ABOUT))
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert sorted(message["To"] for message in smtp.messages) == ["lea@example.org", "nadia@example.org"]


async def test_what_was_taken_back_in_one_place_does_not_stand_against_the_other(rooms: Rooms) -> None:
    await rooms.hear(counsellor(), taken_back("counsellor-1", sequence=2), employer("counsellor-1"))
    await rooms.hear(notice("company_approved", "counsellor-1", params=APPROVED))
    assert len(await rooms.mails()) == 1


@pytest.mark.parametrize("sequence", [1, 2**62], ids=["low", "high"])
async def test_erasure_wins_over_any_sequence_and_nothing_brings_the_person_back(rooms: Rooms, sequence: int) -> None:
    await rooms.hear(contact(sequence=sequence), offer(), recommended())
    await rooms.hear(erased(sequence=2))
    assert await rooms.rows("notifications") == []
    await rooms.hear(contact(sequence=2**62 + 1), recommended("rec-2"))
    assert await rooms.rows("notifications") == []
    [marker] = await rooms.rows("contacts")
    assert "first_name" not in marker


async def test_tombstones_of_the_last_release_erase_people_and_only_people(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), recommended(), counsellor())
    await rooms.hear(notice("company_approved", "counsellor-1", params=APPROVED))
    await rooms.hear(erased(type="contact-updated"), taken_back("counsellor-1", sequence=2))
    assert await rooms.inbox("profile-1") == []
    assert len(await rooms.inbox("counsellor-1")) == 1


async def test_a_person_and_their_erasure_in_one_batch(rooms: Rooms) -> None:
    await rooms.hear(contact(), erased(type="contact-updated", sequence=2), contact("profile-2"))
    assert [("erased_at" in row) for row in await rooms.rows("contacts")] == [True, False]


async def test_a_letter_names_nobody_to_an_account_that_is_not_staff(rooms: Rooms, smtp: SmtpSink) -> None:
    # A counsellor's id that somebody mistyped, or that a stranger chose for their account.
    # Nor to staff of elsewhere, or who were staff and are not any more.
    elsewhere = counsellor(subject="elsewhere", territory="87", email="far@example.org")
    left = counsellor(subject="left", email="left@example.org")
    whom = ("counsellor-1", "stranger", "elsewhere", "left")
    await rooms.hear(contact(counsellor_ids=whom), counsellor(), employer("stranger"), elsewhere, left)
    await rooms.hear(counsellor(2, "left", email="left@example.org", staff=False))
    await rooms.hear(notice("counsellor_info", *whom, params=ABOUT))
    await rooms.sender.drain()
    subjects = {message["To"]: str(message["Subject"]) for message in smtp.messages}
    assert subjects["lea@example.org"].startswith("Nadia a une place : Atelier Job 23")
    for address in ("rh@example.org", "far@example.org", "left@example.org"):
        assert subjects[address].startswith("Une personne que vous accompagnez a une place : Atelier Job 23")


async def test_a_reminder_has_the_clocks_of_the_place_and_belongs_where_the_person_is_served(rooms: Rooms) -> None:
    await rooms.hear(contact(), notice("agenda_reminder", "profile-1", params=PLACE, territory="974"))
    [item, *_] = await rooms.rows("notifications")
    assert (item["territory"], item["items"][0]["zone"]) == ("23", "Indian/Reunion")


@pytest.mark.parametrize("how", ["another accompanies", "removed from the staff", "still theirs"])
async def test_a_letter_that_waited_names_nobody_to_whoever_accompanies_them_no_more(
    rooms: Rooms, smtp: SmtpSink, how: str
) -> None:
    await rooms.hear(contact(), counsellor(), notice("counsellor_info", "counsellor-1", params=ABOUT))
    # The mail server was away.
    if how == "another accompanies":
        await rooms.hear(contact(sequence=2, counsellor_ids=("counsellor-2",)))
    elif how == "removed from the staff":
        await rooms.hear(counsellor(2, staff=False))
    await rooms.sender.drain()
    sent = [message["To"] for message in smtp.messages]
    assert sent == (["lea@example.org"] if how == "still theirs" else [])
    [mail] = await rooms.mails()
    assert mail["status"] == ("sent" if how == "still theirs" else "failed")
    assert mail["items"] == []


async def test_items_about_somebody_are_read_by_staff_of_the_territory_only(
    stack: Stack, clock: HandClock, rooms: Rooms
) -> None:
    await rooms.hear(contact(channels=("counsellor",)), offer(), recommended())
    await rooms.hear(notice("counsellor_info", "counsellor-1", params=ABOUT))
    await rooms.hear(notice("company_approved", "counsellor-1", id="notice-2", params=APPROVED))
    staff = stack.token("counsellor", subject="counsellor-1")
    others = [
        stack.token("employer", subject="counsellor-1", territories=()),
        stack.token("seeker", subject="counsellor-1", territories=()),
        stack.token("counsellor", subject="counsellor-1", territories=("87",)),
        stack.token("facilitator", subject="counsellor-1"),
    ]
    async with stack.running("notifications", clock=clock) as api:
        page = (await api.client.get("/v1/inbox", headers=staff)).json()
        assert (len(page["items"]), page["unread"]) == (3, 3)
        named = next(item for item in page["items"] if item["title"].startswith("À dire à Nadia"))
        for who in others:
            seen = (await api.client.get("/v1/inbox", headers=who)).json()
            assert ([item["template"] for item in seen["items"]], seen["unread"]) == (["company_approved"], 1)
            read = await api.client.post(f"/v1/inbox/{named['id']}/read", headers=who)
            assert read.status_code == 404
        assert (await api.client.post(f"/v1/inbox/{named['id']}/read", headers=staff)).json()["read"]


async def test_items_that_are_written_now_are_of_todays_shape_and_taken_through_no_step_at_each_reading(
    rooms: Rooms,
) -> None:
    await rooms.hear(contact(channels=("counsellor",)), offer(), recommended())
    rows = rooms.store.collection("notifications")
    assert await rows.count_documents({}) == 2
    assert await rows.count_documents(behind(NOTIFICATION_STEPS)) == 0


async def test_items_of_the_last_release_get_to_say_whether_they_speak_of_others(rooms: Rooms) -> None:
    await rooms.hear(contact(channels=("counsellor",)), offer(), recommended())
    rows = rooms.store.collection("notifications")
    await rows.update_many({}, {"$unset": {"of_others": "", "_schema": ""}})
    # Until then too, whoever was called a counsellor by a slip of the pen reads nothing of the person.
    called_so = Principal("counsellor-1", territories=frozenset({"23"}))
    assert await rows.count_documents({"box": "counsellor-1", **readable(called_so)}) == 0
    counsellor = replace(called_so, roles=frozenset({Role.COUNSELLOR}))
    assert await rows.count_documents({"box": "counsellor-1", **readable(counsellor)}) == 1
    from shared.store.migrate import migrate

    [_ async for _ in migrate(rooms.store, SERVICE.collections)]
    assert {row["box"]: row["of_others"] async for row in rows.find({})} == {"profile-1": False, "counsellor-1": True}
