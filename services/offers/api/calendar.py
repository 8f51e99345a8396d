"""iCalendar (RFC 5545) of agenda events: one VEVENT per session."""

from collections.abc import Iterable

from icalendar import Calendar, Event, vGeo, vText

from services.offers.api.words import AGENDA_WORDS
from services.offers.domain.agenda import AgendaEvent, AgendaStatus
from shared.visible import without_hidden


def calendar(events: Iterable[AgendaEvent], public_url: str) -> bytes:
    """The feed; ``SEQUENCE`` is the minute of the last announcement, so that calendars take changes over. It counts no
    registration, and is above the versions that it was before.
    """
    feed = Calendar()
    feed.add("prodid", "-//Bassin//Agenda//FR")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", "Agenda de l'emploi")
    for event in events:
        for session in event.sessions:
            entry = Event()
            entry.add("uid", f"{session.id}@{event.id}.bassin")
            entry.add("dtstamp", event.announced_at)
            entry.add("dtstart", session.starts_at)
            entry.add("dtend", session.ends_at)
            label = f"{event.details.title} – {session.label}" if session.label else event.details.title
            entry.add("summary", without_hidden(label))
            if event.details.description:
                entry.add("description", without_hidden(event.details.description))
            entry.add("sequence", int(event.announced_at.timestamp()) // 60)
            entry.add("status", "CANCELLED" if event.status is AgendaStatus.CANCELLED else "CONFIRMED")
            entry.add("url", f"{public_url.rstrip('/')}/v1/agenda/{event.id}")
            entry.add("categories", [vText(AGENDA_WORDS[event.details.kind])])
            if event.place is not None:
                entry.add("location", without_hidden(event.place.name))
                if event.place.point is not None:
                    entry.add("geo", vGeo((event.place.point.lat, event.place.point.lon)))
            feed.add_component(entry)
    content: bytes = feed.to_ical()
    return content
