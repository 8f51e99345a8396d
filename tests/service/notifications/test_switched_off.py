"""What people switch off while a letter waits: it is looked at once more when the letter leaves."""

from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

from shared.clock import HandClock
from tests.service.notifications.builders import application, contact, offer, recommended
from tests.service.notifications.conftest import Rooms, rooms_of
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack


async def clicks(stack: Stack, clock: HandClock, message: EmailMessage) -> None:
    """The reader, or their mail program, follows the link at the foot of a letter."""
    async with stack.running("notifications", clock=clock) as running:
        path = urlsplit(str(message["List-Unsubscribe"]).strip(" <>")).path
        assert (await running.client.post(path)).status_code == 200


async def test_what_is_switched_off_while_it_waits_does_not_leave(
    stack: Stack, rooms: Rooms, clock: HandClock, smtp: SmtpSink
) -> None:
    """Offers of an hour are gathered: who switches them off after the first letter got the second one all the same."""
    await rooms.hear(contact(owner_id=None), offer(), recommended())
    clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    await rooms.hear(offer("offer-2", title="Couvreur"), recommended("rec-2", offer_id="offer-2"))
    await clicks(stack, clock, smtp.messages[0])
    clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert len(smtp.messages) == 1
    _, kept = await rooms.mails()
    assert (kept["status"], kept["reason"], kept["items"]) == ("failed", "not-wanted", [])
    # They have nothing else of their own: they are told as whoever never wanted a letter is.
    assert await rooms.inbox("counsellor-1") == ["À dire à Nadia : Une offre pour vous : Couvreur, à Guéret"]


async def test_a_letter_of_another_kind_still_leaves(
    stack: Stack, rooms: Rooms, clock: HandClock, smtp: SmtpSink
) -> None:
    await rooms.hear(contact(), offer(), recommended())
    clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    await rooms.hear(application("interview", sequence=1))
    await clicks(stack, clock, smtp.messages[0])
    await rooms.sender.drain()
    assert [row["status"] for row in await rooms.mails()] == ["sent", "sent"]
    await rooms.hear(contact(), offer(), recommended())
    clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    await rooms.hear(application("interview", sequence=1))
    await clicks(stack, clock, smtp.messages[0])
    await rooms.sender.drain()
    assert [row["status"] for row in await rooms.mails()] == ["sent", "sent"]


async def test_a_letter_that_a_wrong_clock_sent_in_a_year_to_come_holds_up_none(
    stack: Stack, clock: HandClock, smtp: SmtpSink
) -> None:
    settings = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "digest_seconds": 0, "digest_gap_seconds": 600}
    async with rooms_of(stack, clock, **settings) as rooms:
        await rooms.hear(contact(), offer(), recommended())
        await rooms.sender.drain()
        ahead = {"$set": {"delivered_at": clock.now() + timedelta(days=365)}}
        await rooms.store.collection("notifications").update_many({"channel": "email"}, ahead)
        await rooms.hear(offer("offer-2"), recommended("rec-2", offer_id="offer-2"))
        clock.advance(timedelta(minutes=11))
        await rooms.sender.drain()
        assert len(smtp.messages) == 2


async def test_a_letter_that_a_wrong_clock_put_off_for_a_year_leaves(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(), application("interview", sequence=1), offer())
    put_off = {"$set": {"due_at": rooms.clock.now() + timedelta(days=365), "claimed": True}}
    await rooms.store.collection("notifications").update_many({"channel": "email"}, put_off)
    await rooms.jobs.far_ahead()
    await rooms.sender.drain()
    assert len(smtp.messages) == 1
