"""An appointment as calendars take it (RFC 5545): put in, moved and taken out again by its ``UID`` and ``SEQUENCE``.

It is published, not requested: the answer is given on the platform, and no calendar shall write to anybody. So the organiser
is an address that exists nowhere (RFC 2606), the same in every copy, because calendars compare it.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur

from shared import civil
from shared.contracts.events.offers import Appointment
from shared.visible import without_hidden

ORGANISER = "mailto:ne-pas-repondre@bassin.invalid"


def method(appointment: Appointment) -> str:
    """What the calendar is to do with it (RFC 5546)."""
    return "CANCEL" if appointment.cancelled else "PUBLISH"


def ics(appointment: Appointment, now: datetime) -> bytes:
    """The file, in the time zone of the place with its rules, so that it holds wherever it is opened."""
    zone = civil.zone_named(appointment.zone)
    entry = Event()
    entry.add("uid", appointment.uid)
    entry.add("sequence", appointment.sequence)
    entry.add("dtstamp", now)
    times = _local(appointment.starts_at, zone), _local(appointment.ends_at, zone)
    local = any(one.tzinfo is zone for one in times)
    for name, at in zip(("dtstart", "dtend"), times, strict=True):
        entry.add(name, at)
    entry.add("summary", without_hidden(appointment.summary))
    entry.add("status", _status(appointment))
    entry.add("class", "PRIVATE")
    entry["organizer"] = vCalAddress(ORGANISER)
    if appointment.location:
        entry.add("location", without_hidden(appointment.location))
    if appointment.description:
        entry.add("description", without_hidden(appointment.description))
    calendar = Calendar()
    calendar.add("prodid", "-//Bassin//Entretien//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method(appointment))
    if local:
        calendar.add_component(_rules(zone, appointment.starts_at.year))
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _status(appointment: Appointment) -> str:
    if appointment.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if appointment.tentative else "CONFIRMED"


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """By the place's clocks; in UTC within the hour that they run through again, since a time written twice is the first
    (RFC 5545, 3.3.5).
    """
    local = at.astimezone(zone)
    return at.astimezone(UTC) if local.fold else local


def _rules(zone: ZoneInfo, year: int) -> Timezone:
    """When the zone's clocks are put forward and back around a year, as rules. Outlook reads neither the list of days that the
    library writes (``RDATE``) nor a name that it does not know, and showed summer's appointments an hour off (MS-STANOICAL
    2.2.47).
    """
    described = Timezone()
    described.add("tzid", zone.key)
    changes = _changes(zone, year - 1)
    for onset, before, after, summer in changes:
        observance = TimezoneDaylight() if summer else TimezoneStandard()
        observance.add("dtstart", onset)
        nth = -1 if onset.day + 7 > monthrange(onset.year, onset.month)[1] else (onset.day + 6) // 7
        weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[onset.weekday()]
        observance.add("rrule", vRecur(freq="yearly", bymonth=onset.month, byday=f"{nth}{weekday}"))
        observance.add("tzoffsetfrom", before)
        observance.add("tzoffsetto", after)
        described.add_component(observance)
    if not changes:
        offset = datetime(year, 1, 1, tzinfo=zone).utcoffset() or timedelta()
        observance = TimezoneStandard()
        observance.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - by the clocks that it describes
        observance.add("tzoffsetfrom", offset)
        observance.add("tzoffsetto", offset)
        described.add_component(observance)
    return described


@lru_cache(maxsize=64)
def _changes(zone: ZoneInfo, year: int) -> tuple[tuple[datetime, timedelta, timedelta, bool], ...]:
    """(by the clocks before it, offset before, offset after, whether summer begins) of each change in a year."""

    def offset(at: datetime) -> timedelta:
        return at.astimezone(zone).utcoffset() or timedelta()

    found = []
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        before, after = offset(day), offset(day + timedelta(days=1))
        if after != before:
            hour = next(one for one in (day + timedelta(hours=h) for h in range(1, 25)) if offset(one) != before)
            summer = bool(hour.astimezone(zone).dst())
            found.append(((hour + before).replace(tzinfo=None), before, after, summer))
        day += timedelta(days=1)
    return tuple(found)
