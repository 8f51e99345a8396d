"""Who is told what over which channel, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.errors import DuplicateKeyError

from services.notifications.consumers import effect_key
from shared.clock import HandClock
from shared.ids import new_id
from shared.store import Work
from tests.service.notifications.builders import (
    NOW,
    application,
    contact,
    employer,
    erased,
    notice,
    offer,
    recommended,
    withdrawn,
)
from tests.service.notifications.conftest import Rooms, rooms_of
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack


async def test_a_recommendation_lands_in_the_inbox_at_once_and_in_an_email_after_the_window(
    rooms: Rooms, smtp: SmtpSink
) -> None:
    await rooms.hear(contact(), offer(), recommended())
    assert await rooms.inbox("profile-1") == ["Une offre pour vous : Aide à domicile, à Guéret"]
    assert await rooms.deliveries() == []  # an item that is written is delivered
    assert await rooms.sender.drain()
    assert smtp.messages == []
    rooms.clock.advance(timedelta(seconds=10))
    assert await rooms.sender.drain()
    [message] = smtp.messages
    assert message["To"] == "nadia@example.org"
    assert message["Subject"] == "Une offre pour vous : Aide à domicile, à Guéret"
    assert "Bonjour Nadia," in smtp.text()
    assert "– À 12 km de chez vous" in smtp.text()
    assert "/v1/offers/offer-1" in smtp.text()
    assert "À 12 km de chez vous" in smtp.html()
    [row] = await rooms.mails()
    assert row["status"] == "sent"
    assert row["items"] == []  # the text is not kept
    assert message["Message-ID"] == f"<{row['_id']}@bassin.invalid>"
    assert await rooms.deliveries() == ["notification-sent.v1"]


async def test_the_effect_of_an_event_happens_once_under_redelivery_and_resync(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer())
    first = recommended()
    await rooms.hear(first)
    await rooms.hear(first, first)
    await rooms.hear(replace(first, id=new_id()))  # a resync: the same state under a new event id
    assert len(await rooms.inbox("profile-1")) == 1
    [mail] = await rooms.mails()
    assert len(mail["items"]) == 1
    await rooms.store.collection("applied").delete_many({})
    rooms.clock.advance(timedelta(minutes=2))
    await rooms.store.collection("applied").insert_one({"_id": effect_key(first), "at": NOW})
    await rooms.hear(first, recommended("rec-2"))  # the release before kept a row for each effect
    assert len(await rooms.inbox("profile-1")) == 2


async def test_a_worker_of_the_release_before_finds_what_this_one_told_until_nothing_of_it_is_left(
    rooms: Rooms,
) -> None:
    applied = rooms.store.collection("applied")
    await applied.insert_one({"_id": "told by the release before", "at": NOW})
    await rooms.hear(recommended())  # waits for its offer and its person
    await rooms.hear(contact(), offer())
    assert len(await rooms.inbox("profile-1")) == 1
    by_key = {row["_id"]: row for row in await applied.find({"_id": {"$type": "string"}}).to_list(None)}
    [waited] = [key for key in by_key if key.startswith("waited:") and not key.endswith(":inbox")]
    for key in (effect_key(recommended()), waited):
        with pytest.raises(DuplicateKeyError):  # how it remembers, in the transaction of its own effect
            await applied.insert_one({"_id": key, "at": NOW})
    await applied.delete_one({"_id": "told by the release before"})
    rooms.clock.advance(timedelta(minutes=2))
    await rooms.hear(recommended("rec-2"))
    assert len(await rooms.inbox("profile-1")) == 2
    assert await applied.count_documents({"_id": {"$type": "string"}}) == len(by_key) - 1, (
        "its own rows prolong nothing"
    )


async def test_inbox_items_are_published_for_whoever_reads_them(stack: Stack, rooms: Rooms) -> None:
    async with rooms_of(stack, rooms.clock, inbox_deliveries=True) as telling:
        await telling.hear(contact(), offer(), recommended())
        assert await telling.deliveries() == ["notification-sent.v1"]


async def test_recommendations_that_arrive_together_are_one_email_and_items_of_their_own(
    rooms: Rooms, smtp: SmtpSink
) -> None:
    await rooms.hear(contact(), offer("offer-1"), offer("offer-2", title="Cuisinier"), offer("offer-3", title="Maçon"))
    await rooms.hear(recommended("rec-1", offer_id="offer-1"), recommended("rec-2", offer_id="offer-2"))
    await rooms.hear(recommended("rec-3", offer_id="offer-3", caused_at=NOW - timedelta(seconds=3), caused_by="first"))
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert [message["Subject"] for message in smtp.messages] == ["3 offres pour vous près de Guéret"]
    assert all(title in smtp.text() for title in ("Aide à domicile", "Cuisinier", "Maçon"))
    assert len(await rooms.inbox("profile-1")) == 3
    [row] = await rooms.mails()
    assert (row["caused_by"], row["caused_at"]) == ("first", NOW - timedelta(seconds=3))


async def test_an_email_that_is_being_sent_takes_no_more_items(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(), offer(), offer("offer-2"), recommended())
    await rooms.store.collection("notifications").update_many({"channel": "email"}, {"$set": {"claimed": True}})
    await rooms.hear(recommended("rec-2", offer_id="offer-2"))
    assert [len(row["items"]) for row in await rooms.mails()] == [1, 1]


async def test_emails_with_offers_keep_their_distance(stack: Stack, clock: HandClock, smtp: SmtpSink) -> None:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port}
    async with rooms_of(stack, clock, digest_seconds=0, digest_gap_seconds=3600, **mail) as rooms:
        await rooms.hear(contact(), offer(), offer("offer-2"), offer("offer-3"), recommended())
        await rooms.sender.drain()
        clock.advance(timedelta(minutes=1))
        await rooms.hear(recommended("rec-2", offer_id="offer-2"))
        clock.advance(timedelta(minutes=58))
        await rooms.hear(recommended("rec-3", offer_id="offer-3"))
        await rooms.sender.drain()
        assert len(smtp.messages) == 1
        clock.advance(timedelta(minutes=1))
        await rooms.sender.drain()
        assert [message["Subject"] for message in smtp.messages[1:]] == ["2 offres pour vous près de Guéret"]


async def test_what_arrives_before_the_contact_and_the_offer_waits_and_is_told_when_they_come(
    rooms: Rooms, smtp: SmtpSink
) -> None:
    await rooms.hear(recommended())
    assert await rooms.inbox("profile-1") == []
    await rooms.hear(contact())
    assert await rooms.inbox("profile-1") == []
    await rooms.hear(offer())
    assert len(await rooms.inbox("profile-1")) == 1
    assert await rooms.rows("waiting") == []
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert len(smtp.messages) == 1


async def test_without_the_contact_the_inbox_has_it_already_and_the_email_follows(rooms: Rooms) -> None:
    await rooms.hear(offer(), recommended())
    assert len(await rooms.inbox("profile-1")) == 1
    assert await rooms.mails() == []
    await rooms.hear(contact())
    assert len(await rooms.inbox("profile-1")) == 1
    assert len(await rooms.mails("queued")) == 1
    await rooms.jobs.waiting()
    assert len(await rooms.mails()) == 1


async def test_the_job_finds_what_an_arrival_missed(rooms: Rooms) -> None:
    await rooms.hear(recommended())
    # The contact and the offer were committed just before the matter was put to wait: nobody woke it.
    wake, rooms.consumers._telling.release = rooms.consumers._telling.release, _nothing  # type: ignore[method-assign]  # that race
    await rooms.hear(contact(), offer())
    rooms.consumers._telling.release = wake  # type: ignore[method-assign]  # as above
    assert await rooms.inbox("profile-1") == []
    rooms.clock.advance(timedelta(seconds=3))
    await rooms.jobs.waiting()
    assert len(await rooms.inbox("profile-1")) == 1
    assert len(await rooms.mails()) == 1


async def _nothing(query: object) -> None:
    return


async def test_two_releases_at_once_tell_once(stack: Stack, rooms: Rooms, clock: HandClock) -> None:
    await rooms.hear(*(recommended(f"rec-{n}", offer_id="offer-1") for n in range(5)), contact())
    await rooms.store.collection("offers").insert_one(
        {"_id": "offer-1", "version": 1, "title": "Maçon", "company": "C", "place": "Guéret", "status": "published"}
    )
    import asyncio

    await asyncio.gather(*(rooms.consumers._telling.release({}) for _ in range(4)))
    assert len(await rooms.inbox("profile-1")) == 5
    assert sum(len(mail["items"]) for mail in await rooms.mails()) == 5
    assert await rooms.rows("waiting") == []


async def test_an_offer_that_arrives_while_its_news_is_put_to_wait_is_not_missed(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rooms.hear(contact())
    commit = rooms.store.commit
    late = [offer()]

    async def after_the_offer(work: Work) -> bool:
        while late:  # between the look for the offer and the commit of what waits for it
            await rooms.hear(late.pop())
        return await commit(work)

    monkeypatch.setattr(rooms.store, "commit", after_the_offer)
    await rooms.hear(recommended())
    assert len(await rooms.inbox("profile-1")) == 1
    assert await rooms.rows("waiting") == []


async def test_what_waits_too_long_is_given_up(rooms: Rooms) -> None:
    await rooms.hear(recommended())
    rooms.clock.advance(timedelta(days=31))
    await rooms.jobs.waiting()
    assert await rooms.rows("waiting") == []


async def test_a_withdrawal_marks_the_item_and_stops_the_email(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), offer("offer-2"))
    await rooms.hear(recommended("rec-1"), recommended("rec-2", offer_id="offer-2"))
    await rooms.hear(withdrawn("rec-1"))
    first, second = await rooms.rows("notifications", box="profile-1")
    assert (first["current"], second["current"]) == (False, True)
    [mail] = await rooms.mails()
    assert [item["ref"] for item in mail["items"]] == ["rec-2"]
    await rooms.hear(withdrawn("rec-2"))
    assert await rooms.mails() == []


async def test_what_came_and_went_together_or_while_waiting_is_not_told(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer())
    await rooms.hear(recommended("rec-1"), withdrawn("rec-1"))
    await rooms.hear(recommended("rec-2", offer_id="unknown"), withdrawn("rec-3"))
    await rooms.hear(withdrawn("rec-2"))
    assert await rooms.inbox("profile-1") == []
    assert await rooms.rows("waiting") == []
    await rooms.hear(recommended("rec-1", sequence=3))  # it fits again
    assert len(await rooms.inbox("profile-1")) == 1


async def test_what_comes_back_unchanged_is_current_again_and_not_told_twice(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), recommended())
    await rooms.store.collection("notifications").update_many({"channel": "email"}, {"$set": {"status": "sent"}})
    await rooms.hear(withdrawn())
    await rooms.hear(recommended(sequence=3, material=False))
    [item] = await rooms.rows("notifications", box="profile-1")
    assert item["current"] is True
    await rooms.hear(withdrawn(sequence=4), recommended(sequence=5, material=False))
    [item] = await rooms.rows("notifications", box="profile-1")
    assert item["current"] is True
    assert len(await rooms.mails()) == 1
    # It went before it was told of: then it is news.
    await rooms.hear(recommended("rec-2"), withdrawn("rec-2"))
    await rooms.hear(recommended("rec-2", sequence=3, material=False))
    assert len(await rooms.inbox("profile-1")) == 2


async def test_a_withdrawal_and_a_new_one_in_one_batch_share_the_open_email(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), offer("offer-2"), recommended("rec-1"))
    await rooms.hear(withdrawn("rec-1"), recommended("rec-2", offer_id="offer-2"))
    [mail] = await rooms.mails()
    assert [item["ref"] for item in mail["items"]] == ["rec-2"]


async def test_old_events_are_known_but_not_told(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer())
    await rooms.hear(recommended(time=NOW - timedelta(days=8)))
    assert await rooms.inbox("profile-1") == []
    assert await rooms.mails() == []


async def test_without_consent_there_is_no_email(rooms: Rooms) -> None:
    await rooms.hear(contact(consents_to_messages=False), offer(), recommended())
    assert len(await rooms.inbox("profile-1")) == 1
    assert await rooms.mails() == []
    assert await rooms.inbox("counsellor-1") == []  # who reads an inbox of their own has a channel


async def test_counsellors_tell_who_has_no_channel_of_their_own(rooms: Rooms) -> None:
    await rooms.hear(contact(owner_id=None, email=None, counsellor_ids=("c-1", "c-2")), offer(), recommended())
    expected = "À dire à Nadia : Une offre pour vous : Aide à domicile, à Guéret"
    assert await rooms.inbox("c-1") == [expected]
    assert await rooms.inbox("c-2") == [expected]
    assert len(await rooms.inbox("profile-1")) == 1


async def test_counsellors_tell_who_asked_for_it(rooms: Rooms) -> None:
    await rooms.hear(contact(channels=("counsellor", "email")), offer(), recommended())
    assert len(await rooms.inbox("counsellor-1")) == 1
    assert len(await rooms.mails()) == 1


async def test_the_steps_of_an_application_are_told_each_once(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer())
    await rooms.hear(application("submitted", sequence=1), application("seen", sequence=2))
    await rooms.hear(application("interview", sequence=3), application("interview", sequence=4))
    await rooms.hear(application("seen", sequence=2))
    assert await rooms.inbox("profile-1") == [
        "Votre candidature est partie : Aide à domicile",
        "L’employeur a vu votre candidature : Aide à domicile",
        "Vous avez un entretien : Aide à domicile",
    ]
    assert [mail["template"] for mail in await rooms.mails()] == ["application_interview"]  # the others are quiet


async def test_an_introduction_by_a_counsellor_is_told_loudly(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), application("submitted", sequence=1, origin="counsellor"))
    assert await rooms.inbox("profile-1") == ["Votre conseiller vous a proposé pour : Aide à domicile"]
    assert len(await rooms.mails()) == 1


async def test_a_hire_that_somebody_else_reported_is_not_told_as_the_employers_proposal(rooms: Rooms) -> None:
    """«Creuse Services vous propose le poste. Répondez-lui» was told of what the counsellor had recorded."""
    reported = application("proposed", sequence=1, hire_reported=True)
    await rooms.hear(contact(), offer(), reported, application("proposed", sequence=1, id="application-2"))
    assert await rooms.inbox("profile-1") == [
        "Votre embauche est à confirmer : Aide à domicile",
        "Creuse Services vous propose le poste : Aide à domicile",
    ]


async def test_a_notice_reaches_each_recipient_once(rooms: Rooms) -> None:
    await rooms.hear(employer("employer-1"), employer("employer-2", email="chef@example.org"))
    params = {"offer_title": "Maçon", "company": "Creuse Services"}
    asked = notice(
        "application_reminder", "employer-1", "employer-2", "employer-1", params=params, link="https://x.test/y"
    )
    await rooms.hear(asked)
    await rooms.hear(asked)
    assert len(await rooms.mails()) == 2
    for box in ("employer-1", "employer-2"):
        [row] = await rooms.rows("notifications", box=box)
        assert row["items"][0]["link"] == "https://x.test/y"


async def test_a_counsellor_is_told_of_their_person_by_first_name_and_erasure_takes_that_along(rooms: Rooms) -> None:
    params = {"agenda_title": "Atelier", "date": "04/03/2099", "time": "14:00", "place": "Guéret"}
    about = params | {"profile_id": "profile-1"}
    await rooms.hear(contact())
    await rooms.hear(notice("counsellor_info", "counsellor-1", "counsellor-2", params=about))
    assert await rooms.inbox("counsellor-1") == ["Nadia a une place : Atelier, mercredi 4 mars 2099"]
    assert "Nadia" not in (await rooms.inbox("counsellor-2"))[0]
    await rooms.hear(erased())
    assert await rooms.inbox("counsellor-1") == []
    assert await rooms.rows("waiting") == []


async def test_a_name_is_worth_a_minute_of_waiting_and_no_more(rooms: Rooms) -> None:
    params = {"agenda_title": "Atelier", "date": "04/03/2099", "time": "14:00", "place": "", "profile_id": "profile-1"}
    await rooms.hear(notice("counsellor_info", "counsellor-1", params=params))
    assert await rooms.inbox("counsellor-1") == []
    await rooms.hear(contact())
    assert await rooms.inbox("counsellor-1") == ["Nadia a une place : Atelier, mercredi 4 mars 2099"]
    about_nobody = params | {"profile_id": "profile-2"}
    await rooms.hear(notice("counsellor_info", "counsellor-1", id="notice-2", params=about_nobody))
    for _ in range(8):
        rooms.clock.advance(timedelta(seconds=30))
        await rooms.jobs.waiting()
    title = "Une personne que vous accompagnez a une place : Atelier, mercredi 4 mars 2099"
    assert (await rooms.inbox("counsellor-1"))[1:] == [title]


async def test_an_unknown_template_is_told_in_general_words(rooms: Rooms) -> None:
    await rooms.hear(employer(), notice("something_of_tomorrow", "employer-1", link="https://x.test/y"))
    assert await rooms.inbox("employer-1") == ["Un message du service emploi"]


async def test_a_stale_contact_changes_nothing(rooms: Rooms) -> None:
    await rooms.hear(contact(sequence=3, first_name="Nadia"), contact(sequence=2, first_name="Ancienne"))
    [row] = await rooms.rows("contacts")
    assert (row["version"], row["first_name"]) == (3, "Nadia")


async def test_a_tombstone_erases_contact_inbox_and_what_waits(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(owner_id=None, channels=("email",)), offer(), recommended())
    await rooms.hear(contact(owner_id=None, channels=("counsellor",), sequence=2), recommended("rec-2"))
    await rooms.hear(recommended("rec-3", offer_id="unknown"), application("interview", sequence=1))
    assert len(await rooms.inbox("counsellor-1")) == 2
    await rooms.hear(erased())
    assert await rooms.rows("notifications") == []
    assert await rooms.rows("waiting") == []
    assert await rooms.rows("applications") == []
    [marker] = await rooms.rows("contacts")
    assert set(marker) == {"_id", "subject_id", "version", "erased_at", "person"}
    # What comes late brings nothing back.
    await rooms.hear(contact(sequence=2), recommended("rec-4"))
    assert await rooms.rows("notifications") == []
    assert await rooms.rows("waiting") == []
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert smtp.messages == []


async def test_an_effect_that_overtook_an_erasure_is_swept(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), recommended())
    [late] = await rooms.rows("notifications", box="profile-1")
    await rooms.hear(erased())
    await rooms.store.collection("notifications").insert_one(late)
    await rooms.jobs.erasures()
    assert await rooms.rows("notifications") == []
