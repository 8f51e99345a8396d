"""What calendars take of an interview: its instant on the clocks of the place, nothing that somebody typed, and its end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from services.offers.commands import people
from shared.calendars import ics
from shared.contracts.events.offers import Appointment
from tests.service.offers.interviewing import ON_SITE, answer, applied, propose, told
from tests.service.offers.support import Desk


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Miquelon", "America/Guadeloupe", "Indian/Reunion"])
def test_a_calendar_reads_the_same_instant_and_no_line_that_somebody_typed(zone: str) -> None:
    typed = "Café\x00\x0b\x1b\ufffe\r\nEND:VEVENT\r\nATTENDEE:mailto:x@y.example;A,B " + "面接の場所" * 20
    for hours in range(6):
        for day in (datetime(2027, 3, 14, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC),
                    datetime(2027, 11, 7, tzinfo=UTC)):  # fmt: skip
            at = day + timedelta(hours=hours, minutes=30)
            told = Appointment(
                uid="i@a", sequence=1, starts_at=at, ends_at=at + timedelta(hours=1), zone=zone,
                summary=typed[:300], location=typed, description=typed,
            )  # fmt: skip
            content = ics(told, day)
            assert all(len(line) <= 75 for line in content.split(b"\r\n"))
            assert not set(range(32)) & set(content.replace(b"\r\n", b"")), "RFC 5545, 3.1: no control character"
            [entry] = Calendar.from_ical(content).walk("VEVENT")
            assert "ATTENDEE" not in entry
            read = [entry.decoded(name).astimezone(UTC) for name in ("dtstart", "dtend")]
            assert read == [told.starts_at, told.ends_at]


def _as_outlook_reads(content: bytes) -> datetime:
    """The beginning by what Outlook uses of a zone: DTSTART, RRULE and the two offsets, nothing else, and no name."""
    calendar = Calendar.from_ical(content)
    [zone], [entry] = calendar.walk("VTIMEZONE"), calendar.walk("VEVENT")
    read: Any = entry["DTSTART"].dt
    at, holds = read.replace(tzinfo=None), []
    for part in zone.subcomponents:
        began: Any = part["DTSTART"].dt
        rule = part["RRULE"].to_ical().decode() if "RRULE" in part else "FREQ=YEARLY;COUNT=1"
        last = rrulestr(rule, dtstart=began.replace(tzinfo=None)).before(at, inc=True)
        if last is not None:
            holds.append((last, part["TZOFFSETTO"].td))
    instant: datetime = (at - max(holds)[1]).replace(tzinfo=UTC)
    return instant


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Miquelon", "Indian/Reunion", "Pacific/Marquesas"])
def test_a_calendar_that_knows_rules_only_shows_summer_and_winter_at_their_hour(zone: str) -> None:
    for month in range(1, 13):
        at = datetime(2027, month, 15, 13, 30, tzinfo=UTC)
        told = Appointment(
            uid="i@a", sequence=1, starts_at=at, ends_at=at + timedelta(hours=1), zone=zone,
            summary="x", location="", description="",
        )  # fmt: skip
        content = ics(told, at)
        assert b"RDATE" not in content
        assert _as_outlook_reads(content) == at


async def test_calendars_take_it_move_it_and_take_it_out(desk: Desk) -> None:
    id = await applied(desk)
    path = f"/v1/applications/{id}/interview.ics"
    assert (await desk.client.get(path, headers=desk.seeker)).status_code == 404
    await propose(desk, id)
    answered = await desk.client.get(path, headers=desk.seeker)
    assert answered.headers["content-type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answered.text)
    [event] = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), int(event["SEQUENCE"]), str(event["STATUS"])) == ("PUBLISH", 0, "TENTATIVE")
    assert event["DTSTART"].dt == datetime(2026, 3, 9, 13, 30, tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    assert str(event["LOCATION"]) == ON_SITE["place"]
    assert (await desk.client.get(path, headers=desk.employer)).status_code == 200
    assert (await desk.client.get(path, headers=desk.other_employer)).status_code == 404
    await desk.client.delete(f"/v1/applications/{id}/interview", headers=desk.employer)
    gone = Calendar.from_ical((await desk.client.get(path, headers=desk.seeker)).text)
    [out] = gone.walk("VEVENT")
    assert (str(gone["METHOD"]), int(out["SEQUENCE"]), str(out["STATUS"])) == ("CANCEL", 1, "CANCELLED")
    assert str(out["UID"]) == str(event["UID"])


async def test_a_calendar_shows_as_certain_only_what_the_person_has_confirmed(desk: Desk) -> None:
    id = await applied(desk)
    await propose(desk, id)

    async def status() -> str:
        text = (await desk.client.get(f"/v1/applications/{id}/interview.ics", headers=desk.employer)).text
        [event] = Calendar.from_ical(text).walk("VEVENT")
        return str(event["STATUS"])

    assert await status() == "TENTATIVE"
    assert [one["appointment"]["tentative"] for one in await told(desk)] == [True]
    await answer(desk, id)
    assert await status() == "CONFIRMED"
    await propose(desk, id, at="2026-03-10T14:30:00+01:00")
    assert await status() == "TENTATIVE", "another time is not what was confirmed"
    await answer(desk, id, sequence=1, confirmed=False, wish="Plutôt le matin")
    assert await status() == "TENTATIVE"


async def test_one_line_each_whatever_is_typed(desk: Desk) -> None:
    id = await applied(desk)
    await propose(desk, id, place="12 rue de la Gare\r\nBEGIN:VALARM", contact="Mme\nDurand")
    text = (await desk.client.get(f"/v1/applications/{id}/interview.ics", headers=desk.seeker)).text
    assert "\r\nBEGIN:VALARM" not in text
    [interview] = (await desk.client.get(f"/v1/applications/{id}", headers=desk.seeker)).json()["interviews"]
    assert interview["contact"] == "Mme Durand"


async def test_a_calendar_takes_the_interview_of_somebody_erased_out(desk: Desk) -> None:
    id = await applied(desk, place={"commune_code": "97411"})
    await propose(desk, id)
    path = f"/v1/applications/{id}/interview.ics"
    [kept] = Calendar.from_ical((await desk.client.get(path, headers=desk.employer)).text).walk("VEVENT")
    await people.erase(desk.running.app.state.context, "p-sam")
    told_of = (await told(desk))[-1]["appointment"]
    gone = Calendar.from_ical((await desk.client.get(path, headers=desk.employer)).text)
    [out] = gone.walk("VEVENT")
    assert str(gone["METHOD"]) == "CANCEL"
    assert (str(out["UID"]), told_of["uid"]) == (str(kept["UID"]),) * 2
    assert (int(out["SEQUENCE"]), out["DTSTART"].params["TZID"]) == (1, "Indian/Reunion")
