"""Interviews as they arrive: in plain French, once for everybody, with a file that calendars take."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from services.notifications.api.views import inbox_item
from services.notifications.domain.notification import Notification
from shared.clock import HandClock
from shared.contracts.events.offers import Appointment
from shared.contracts.vocabulary import Notice
from shared.store import decode
from tests.service.notifications.builders import NOW, application, contact, employer, erased, notice, offer
from tests.service.notifications.conftest import Rooms
from tests.service.notifications.sink import SmtpSink

FACTS = {
    "offer_title": "Aide à domicile",
    "company": "Creuse Services",
    "date": "09/03/2099",
    "time": "14:30",
    "way": "on_site",
    "place": "12 rue de la Gare, Guéret",
    "phone": "",
    "video_url": "",
    "contact": "Mme Durand",
    "to_bring": "Une pièce d'identité",
    "answer": "proposed",
    "wished": "",
    "ended": "",
}
PERSON = {"side": "person", "profile_id": "profile-1"}


def appointment(**changes: Any) -> Appointment:
    values: dict[str, Any] = {
        "uid": "i-1@a-1.bassin",
        "sequence": 0,
        "starts_at": NOW,
        "ends_at": NOW.replace(hour=9),
        "zone": "Europe/Paris",
        "summary": "Entretien : Aide à domicile (Creuse Services) avec un titre, long; et des signes \\",
        "location": "12 rue de la Gare, Guéret",
    }
    return Appointment.model_validate(values | changes)


def told(template: str, *recipients: str, params: dict[str, str] | None = None, **changes: Any) -> Any:
    return notice(
        template,
        *recipients,
        params=FACTS | PERSON | (params or {}),
        appointment=appointment(**changes),
        id=f"n-{template}",
    )


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "Sur place : 12 rue de la Gare, Guéret."),
        ({"way": "phone", "place": ""}, "Par téléphone : l’employeur appelle."),
        ({"way": "phone", "place": "", "phone": "+33555520000"}, "Par téléphone : appelez le +33555520000."),
        ({"way": "video", "place": "", "video_url": "https://visio.example.org/a"}, "https://visio.example.org/a"),
    ],
    ids=["on site", "called", "calling", "video"],
)
async def test_where_it_is_is_said(rooms: Rooms, params: dict[str, str], said: str) -> None:
    await rooms.hear(contact(), told("interview_proposed", "profile-1", params=params))
    [item] = (await rooms.rows("notifications", channel="inbox"))[0]["items"]
    assert item["title"] == "Entretien lundi 9 mars 2099 à 14 h 30 : Aide à domicile"
    assert item["text"].startswith("Creuse Services veut vous rencontrer lundi 9 mars 2099 à 14 h 30.")
    for text in (said, "Demandez Mme Durand.", "À apporter : Une pièce d'identité"):
        assert text in item["text"]
    assert "\n\n\n" not in item["text"]


@pytest.mark.parametrize("template", [one.value for one in Notice if one.value.startswith("interview_")])
@pytest.mark.parametrize("side", ["person", "employer"])
async def test_every_text_is_there_for_everybody(rooms: Rooms, template: str, side: str) -> None:
    whom = ("employer-1",) if side == "employer" else ("profile-1", "counsellor-1")
    params = FACTS | (PERSON if side == "person" else {"side": side})
    await rooms.hear(contact(), employer(), contact("counsellor-1", kind="user", owner_id="counsellor-1", staff=True))
    await rooms.hear(notice(template, *whom, params=params, appointment=appointment()))
    rows = await rooms.rows("notifications", channel="inbox")
    assert {row["subject_id"] for row in rows} == set(whom)
    assert {row["template"] for row in rows} == {template}
    for row in rows:
        assert row["items"][0]["title"] != "Vous avez une nouvelle information"
        named = "Nadia" in row["items"][0]["text"]
        assert named == (row["subject_id"] == "counsellor-1" and template != "interview_answered")


async def test_the_employers_inbox_has_none_of_the_persons_words_and_nothing_of_who_was_erased(rooms: Rooms) -> None:
    """What they wished is read from their application: an employer who is suspended, or a user who was removed, has the inbox."""
    # The release before sent the words along.
    answer = {"answer": "other_time", "wished": "yes", "wish": "Le matin, avant 9 h", "side": "employer"}
    answered = notice("interview_answered", "employer-1", params=FACTS | answer, about="profile-1", id="n-1")
    await rooms.hear(contact(), employer(), answered)
    [item] = await rooms.rows("notifications", box="employer-1")
    assert "Sa candidature dit ce qui lui irait." in str(item["items"])
    # Whoever may read it reads it, and not whom it is about.
    assert item["of_others"] is False
    shown = inbox_item(Notification.restore(decode(item)), NOW).model_dump_json()
    assert not any(said in shown for said in ("avant 9 h", "profile-1", "Nadia"))
    assert "avant 9 h" not in str(await rooms.rows("notifications"))
    await rooms.hear(erased())
    late = notice("interview_answered", "employer-1", params=FACTS | answer, about="profile-1", id="n-2")
    falls_away = notice("interview_cancelled", "employer-1", params=FACTS | {"side": "employer"}, id="n-3")
    await rooms.hear(late, falls_away)
    left = await rooms.rows("notifications")
    assert {row["template"] for row in left} == {"interview_cancelled"}
    assert await rooms.rows("waiting") == []


@pytest.mark.parametrize(
    ("written", "sent", "said"),
    [
        ("2026-03-08T07:00:00Z", "2026-03-08T07:00:05Z", "demain"),
        ("2026-03-09T05:00:00Z", "2026-03-09T05:00:05Z", "aujourd’hui"),
        # The mail server was away over midnight, in the mainland and in Cayenne.
        ("2026-03-08T20:00:00Z", "2026-03-09T02:00:00Z", "demain"),
        ("2026-03-08T20:00:00Z", "2026-03-09T04:00:00Z", "aujourd’hui"),
        ("2026-03-08T20:00:00Z", "2026-03-10T12:00:00Z", None),
    ],
)
async def test_how_near_the_day_is_is_said_when_the_message_leaves(
    rooms: Rooms, smtp: SmtpSink, clock: HandClock, written: str, sent: str, said: str | None
) -> None:
    clock.set(datetime.fromisoformat(written))
    reminder = told("interview_reminder", "profile-1", params={"date": "09/03/2026"}, zone="America/Cayenne")
    await rooms.hear(contact(), replace(reminder, time=clock.now()))
    clock.set(datetime.fromisoformat(sent))
    await rooms.sender.drain()
    [mail] = smtp.messages
    [item] = await rooms.rows("notifications", box="profile-1")
    read = inbox_item(Notification.restore(decode(item)), clock.now()).title
    for title in (str(mail["Subject"]), read):
        assert title.startswith("Rappel : entretien lundi 9 mars 2026 à 14 h 30, Aide à domicile")
        found = [word for word in ("demain", "aujourd’hui") if word in title]
        assert found == ([said] if said else [])


async def test_a_step_to_interview_with_a_time_is_told_once(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer(), application("interview", sequence=1, appointment=True))
    assert await rooms.inbox("profile-1") == []
    await rooms.hear(application("interview", sequence=1, id="application-2"))
    assert len(await rooms.inbox("profile-1")) == 1


async def test_who_is_reached_through_a_counsellor_is_told_once_by_them(rooms: Rooms) -> None:
    await rooms.hear(contact(email=None, owner_id=None, channels=("counsellor",)))
    await rooms.hear(told("interview_proposed", "profile-1", "counsellor-1", "counsellor-2"))
    assert len(await rooms.inbox("counsellor-1")) == 1
    assert (await rooms.inbox("counsellor-1"))[0].startswith("À dire à Nadia")
    # Another one, who does not pass it on, is told for themselves.
    assert len(await rooms.rows("notifications", subject_id="counsellor-2")) == 1


@pytest.mark.parametrize(("cancelled", "method"), [(False, "PUBLISH"), (True, "CANCEL")])
async def test_the_mail_carries_a_file_for_the_calendar(
    rooms: Rooms, smtp: SmtpSink, cancelled: bool, method: str
) -> None:
    await rooms.hear(contact(), told("interview_moved", "profile-1", sequence=3, cancelled=cancelled))
    await rooms.sender.drain()
    [message] = smtp.messages
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_filename()) == (method, "entretien.ics")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    [event] = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), int(event["SEQUENCE"])) == (method, 3)
    assert str(event["SUMMARY"]) == appointment().summary
    assert "Creuse Services" in smtp.text()
    assert "Creuse Services" in smtp.html()
    # What has left is not kept.
    [mail] = await rooms.mails()
    assert mail["items"] == []


async def test_staff_are_told_of_somebody_whose_contact_comes_behind_what_concerns_them(rooms: Rooms) -> None:
    """Topics have each their own order: whether the person's own message passes by them is not known yet."""
    await rooms.hear(offer())
    asked = told("interview_proposed", "profile-1", "counsellor-1")
    await rooms.hear(replace(asked, data=asked.data.model_copy(update={"about": "profile-1"})))
    assert await rooms.inbox("counsellor-1") == []
    await rooms.hear(contact())
    assert len(await rooms.inbox("counsellor-1")) == 1


@pytest.mark.parametrize(
    "zone", ["Nowhere/Nothing", "../../etc/passwd", "/etc/passwd", "", "Europe", "America/Not_Yet_Here", "a\x00b"]
)
async def test_a_zone_that_is_not_known_here_stops_neither_the_inbox_nor_the_message(
    rooms: Rooms, smtp: SmtpSink, clock: HandClock, zone: str
) -> None:
    """Another release's tz database may be newer. The instant is right by whatever clocks."""
    await rooms.hear(contact(), told(Notice.INTERVIEW_REMINDER, "profile-1", zone=zone))
    [item] = await rooms.rows("notifications", channel="inbox")
    assert "Aide à domicile" in inbox_item(Notification.restore(decode(item)), NOW).title
    clock.advance(timedelta(minutes=1))
    await rooms.sender.drain()
    [mail] = await rooms.mails()
    assert mail["status"] == "sent"
    [file] = [part for part in smtp.messages[0].walk() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert event["dtstart"].dt == NOW
