"""What a message sends people to may end before it leaves: it is looked at once more, in whatever order topics come."""

from datetime import timedelta
from typing import Any

import pytest

from shared.kafka.envelope import Event
from tests.service.notifications.builders import application, contact, employer, notice, offer, recommended, withdrawn
from tests.service.notifications.conftest import Rooms
from tests.service.notifications.sink import SmtpSink

GONE = ["suspended", "filled", "closed", "withdrawn", "archived"]


def ended(id: str = "offer-1", status: str = "closed", **changes: Any) -> Event[Any]:
    return offer(id, sequence=2, status=status, **changes)


def alert(*ids: str, count: int | None = None) -> Event[Any]:
    lines = [f"Poste {id} – Creuse Services – Guéret" for id in ids[:10]]
    count = count or len(ids)
    facts = {"name": "Ménage", "offers": "\n".join(lines), "offer_ids": "\n".join(ids), "search_id": "s-1"}
    facts |= {"count": str(count), "others": str(count - len(lines))}
    return notice("search_alert", "profile-1", params=facts, about="profile-1")


async def leaves(rooms: Rooms) -> None:
    rooms.clock.advance(timedelta(minutes=5))
    assert await rooms.sender.drain()


@pytest.mark.parametrize("status", GONE)
async def test_an_offer_that_ended_before_its_news_is_not_told_and_is_when_it_comes_back(
    rooms: Rooms, smtp: SmtpSink, status: str
) -> None:
    await rooms.hear(contact(), ended(status=status), recommended(), recommended("rec-2", offer_id="offer-2"))
    assert await rooms.inbox("profile-1") == []
    await rooms.hear(offer(sequence=3), offer("offer-2"))
    assert len(await rooms.inbox("profile-1")) == 2
    await leaves(rooms)
    assert len(smtp.messages) == 1


async def test_what_waits_for_its_offer_to_come_back_goes_with_its_withdrawal(rooms: Rooms) -> None:
    await rooms.hear(contact(), ended(), recommended(), withdrawn(), offer(sequence=3))
    assert await rooms.rows("waiting") == []
    assert await rooms.inbox("profile-1") == []


@pytest.mark.parametrize("status", GONE)
async def test_an_offer_that_ends_before_the_mail_leaves_is_left_out_of_it(
    rooms: Rooms, smtp: SmtpSink, status: str
) -> None:
    await rooms.hear(contact(), offer(), recommended())
    await rooms.hear(offer("offer-2", title="Maçon"), recommended("rec-2", offer_id="offer-2"))
    await rooms.hear(ended(status=status))
    await leaves(rooms)
    assert len(smtp.messages) == 1
    assert "Maçon" in smtp.text()
    assert "Aide à domicile" not in smtp.text()
    [row] = await rooms.mails("sent")
    assert row["left_out"] == 1


async def test_a_mail_of_which_nothing_is_left_stays_and_says_why(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(counsellor_ids=("counsellor-1",), owner_id=None), offer(), recommended())
    await rooms.hear(offer("offer-2"), application("invited", sequence=1, origin="employer", offer_id="offer-2"))
    # Hidden behind another one: nobody applies to it here.
    await rooms.hear(ended(), ended("offer-2", "published", canonical_offer_id="offer-3"))
    await leaves(rooms)
    assert smtp.messages == []
    assert [(row["status"], row["reason"], row["items"]) for row in await rooms.mails()] == [
        ("failed", "offer-ended", [])
    ] * 2
    assert await rooms.inbox("counsellor-1") == []


async def test_an_alert_names_what_is_left_when_it_is_told_and_when_it_leaves(rooms: Rooms, smtp: SmtpSink) -> None:
    ids = [f"offer-{number}" for number in range(12)]
    await rooms.hear(
        contact(), *(offer(id, title=f"Carte {id}") for id in ids), ended("offer-0"), alert(*ids, count=14)
    )
    assert await rooms.inbox("profile-1") == []  # an offer that came back may be heard of in a moment
    rooms.clock.advance(timedelta(minutes=2))
    await rooms.jobs.waiting()
    [row] = await rooms.rows("notifications", channel="inbox")
    text = row["items"][0]["text"]
    assert row["items"][0]["title"].startswith("13 nouvelles offres")
    assert "Poste offer-0" not in text
    assert "Carte offer-10 – Creuse Services – Guéret" in text
    assert "… et 3 de plus" in text
    await rooms.hear(*(ended(id) for id in ids[1:11]))
    await leaves(rooms)
    [mail] = smtp.messages
    assert "3 nouvelles offres" in str(mail["Subject"])
    assert all(said in smtp.text() for said in ("Carte offer-11", "et 2 de plus"))
    assert "offer-3 " not in smtp.text()


async def test_an_alert_of_which_nothing_is_left_is_not_told(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(), ended("offer-1", "withdrawn"), alert("offer-1"))
    rooms.clock.advance(timedelta(minutes=2))
    await rooms.jobs.waiting()
    await leaves(rooms)
    assert (await rooms.inbox("profile-1"), smtp.messages, await rooms.rows("waiting")) == ([], [], [])
    [row] = await rooms.rows("notifications")
    assert (row["status"], row["reason"], row["box"]) == ("failed", "offer-ended", None)


async def test_an_alert_of_offers_that_live_or_are_not_known_yet_goes_as_it_is(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(), offer("offer-1"), alert("offer-1", "offer-2"))
    await leaves(rooms)
    [mail] = smtp.messages
    assert "2 nouvelles offres" in str(mail["Subject"])
    assert all(f"Poste {id}" in smtp.text() for id in ("offer-1", "offer-2"))


@pytest.mark.parametrize(("status", "sent"), [("suspended", 1), ("published", 1), ("withdrawn", 0), ("filled", 0)])
async def test_nobody_is_asked_to_confirm_an_offer_that_is_over(
    rooms: Rooms, smtp: SmtpSink, status: str, sent: int
) -> None:
    life = {"offer_title": "Maçon", "company": "C", "confirm_by": "09/03/2026", "archive_on": "09/04/2026", "day": "11"}
    reminder = notice("offer_confirm_reminder", "employer-1", params={**life, "offer_id": "offer-1"})
    await rooms.hear(offer(), employer(), reminder, ended(status=status))
    await leaves(rooms)
    assert len(smtp.messages) == sent
