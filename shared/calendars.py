"""An appointment as calendars take it (RFC 5545): put in, moved and taken out again by its ``UID`` and ``SEQUENCE``.

It is published, not requested: the answer is given on the platform, and no calendar shall write to anybody. So the organiser
is an address that exists nowhere (RFC 2606), the same in every copy, because calendars compare it.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

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
    entry.add("dtstart", _local(appointment.starts_at, zone))
    entry.add("dtend", _local(appointment.ends_at, zone))
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
    calendar.add_component(entry)
    calendar.add_missing_timezones()
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
