"""What becomes of e-mails: sent, retried, bounced, given up; at least once, never silently never."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notifications.channels.email import EmailSession
from services.notifications.commands.claiming import claim
from services.notifications.domain.notification import Notification
from shared.clock import ClockWrong, HandClock, SystemClock
from tests.service.notifications.builders import contact, employer, erased, notice, offer, recommended
from tests.service.notifications.conftest import Rooms, rooms_of
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack

INVITED = notice("company_approved", "employer-1", params={"company": "Creuse Services"})


async def claimed_by(rooms: Rooms) -> Notification | None:
    """The next message, taken as a sender takes it."""
    return await claim(rooms.store, rooms.clock, rooms.outlet.channel, rooms.outlet.patience.claim)


async def queue_one(rooms: Rooms) -> None:
    await rooms.hear(employer(), INVITED)


async def test_a_temporary_refusal_is_tried_again_later_and_later(rooms: Rooms, smtp: SmtpSink) -> None:
    smtp.replies["rh@example.org"] = ["450 busy", "451 still busy"]
    await queue_one(rooms)
    await rooms.sender.drain()
    [row] = await rooms.mails()
    assert (row["status"], row["attempts"], row["reason"]) == ("queued", 1, "smtp-450")
    await rooms.sender.drain()  # not due yet
    rooms.clock.advance(timedelta(seconds=60))
    await rooms.sender.drain()
    [row] = await rooms.mails()
    assert (row["attempts"], row["due_at"]) == (2, rooms.clock.now() + timedelta(seconds=120))
    rooms.clock.advance(timedelta(seconds=120))
    await rooms.sender.drain()
    assert [r["status"] for r in await rooms.mails()] == ["sent"]
    assert len(smtp.messages) == 1


@pytest.mark.parametrize("hours", [-2, 2])
async def test_a_sender_whose_clock_is_wrong_takes_no_message(
    rooms: Rooms, smtp: SmtpSink, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ahead of the others it took what they were sending for forgotten and sent it again, and put its own off by as much."""
    await queue_one(rooms)
    with monkeypatch.context() as set_wrong:
        set_wrong.setattr(SystemClock, "now", lambda self: datetime.now(UTC) + timedelta(hours=hours))
        assert await claimed_by(rooms) is None
        await rooms.sender.drain()
    assert smtp.messages == []
    await rooms.sender.drain()
    assert len(smtp.messages) == 1


@pytest.mark.parametrize("hours", [-2, 2])
async def test_a_sender_whose_clock_is_wrong_says_so_and_does_not_ask_without_end(
    rooms: Rooms, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It found nothing to take and something due, hundreds of times a second, and readiness said ok."""
    await queue_one(rooms)
    with monkeypatch.context() as set_wrong:
        set_wrong.setattr(SystemClock, "now", lambda self: datetime.now(UTC) + timedelta(hours=hours))
        with pytest.raises(ClockWrong):
            await asyncio.wait_for(rooms.sender.run(), 20)
    assert [row["status"] for row in await rooms.mails()] == ["queued"]


async def test_after_the_last_try_it_has_failed(stack: Stack, clock: HandClock, smtp: SmtpSink) -> None:
    smtp.replies["rh@example.org"] = "450 busy"
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=smtp.port, email_attempts=2) as rooms:
        await queue_one(rooms)
        await rooms.sender.drain()
        clock.advance(timedelta(hours=1))
        await rooms.sender.drain()
        [row] = await rooms.mails()
        assert (row["status"], row["reason"], row["attempts"]) == ("failed", "smtp-450", 2)
        assert (await rooms.deliveries())[-1] == "notification-failed.v1"


async def test_a_permanent_refusal_bounces_and_the_address_is_left_alone(rooms: Rooms, smtp: SmtpSink) -> None:
    smtp.replies["nadia@example.org"] = "550 no such user nadia@example.org"
    await rooms.hear(contact(owner_id=None), offer(), offer("offer-2"), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    [row] = await rooms.mails()
    assert (row["status"], row["reason"]) == ("bounced", "smtp-550")
    assert (await rooms.deliveries())[-1] == "notification-bounced.v1"
    for published in await rooms.rows("outbox"):
        assert b"example.org" not in published["data"]
    # The person has nothing else of their own, so the counsellor tells this one and the next ones.
    title = "À dire à Nadia : Une offre pour vous : Aide à domicile, à Guéret"
    assert await rooms.inbox("counsellor-1") == [title]
    await rooms.hear(recommended("rec-2", offer_id="offer-2"))
    assert await rooms.inbox("counsellor-1") == [title, title]
    assert len(await rooms.mails()) == 1
    # Saying the same again does not help, another address does.
    await rooms.hear(contact(owner_id=None, sequence=2), recommended("rec-3"))
    assert len(await rooms.mails()) == 1
    await rooms.hear(contact(owner_id=None, sequence=3, email="n.lemoine@example.org"), recommended("rec-4"))
    assert len(await rooms.mails()) == 2
    # So does the first one, given anew: a full mailbox is emptied, a name is written right.
    await rooms.hear(contact(owner_id=None, sequence=4), recommended("rec-5"))
    smtp.replies.clear()
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert [message["To"] for message in smtp.messages] == ["nadia@example.org"]


async def test_content_that_is_refused_for_good_bounces(rooms: Rooms, smtp: SmtpSink) -> None:
    smtp.data_reply = "554 policy"
    await queue_one(rooms)
    await rooms.sender.drain()
    assert [(row["status"], row["reason"]) for row in await rooms.mails()] == [("bounced", "smtp-554")]


async def test_an_address_that_is_none_bounces_without_a_try(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(employer(email="not an address"), INVITED)
    await rooms.sender.drain()
    assert [(row["status"], row["reason"]) for row in await rooms.mails()] == [("bounced", "address-unusable")]


async def test_content_that_a_server_refuses_does_not_silence_its_reader(rooms: Rooms, smtp: SmtpSink) -> None:
    smtp.data_reply = "550 spam"
    await rooms.hear(contact(owner_id=None), offer(title="Gagnez 3000 €"), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert [row["status"] for row in await rooms.mails()] == ["bounced"]
    assert len(await rooms.inbox("counsellor-1")) == 1  # told instead
    smtp.data_reply = None
    await rooms.hear(offer("offer-2"), recommended("rec-2", offer_id="offer-2"))
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert [message["To"] for message in smtp.messages] == ["nadia@example.org"]


@pytest.mark.parametrize(
    "address", ["<camille@orange.fr>", "(@b.c", "a@[b.c", "a" * 300 + "@b.c", "camille@orange.fr,"]
)
async def test_one_message_that_cannot_be_written_stops_none_behind_it(
    rooms: Rooms, smtp: SmtpSink, address: str
) -> None:
    # Stored by an older release, whose check was weaker than the parser.
    odd = {"subject_id": "profile-1", "territory": "23", "kind": "profile", "owner_id": None, "email": address}
    rest = {"channels": ["email"], "consents_to_messages": True, "counsellor_ids": ["counsellor-1"], "version": 1}
    await rooms.store.collection("contacts").insert_one({"_id": "profiles:profile-1", **odd, **rest})
    await rooms.hear(offer(), recommended(), employer(), INVITED)
    rooms.clock.advance(timedelta(seconds=10))
    assert await rooms.sender.drain()
    assert {row["subject_id"]: row["status"] for row in await rooms.mails()} == {
        "profile-1": "bounced",
        "employer-1": "sent",
    }
    assert len(await rooms.inbox("counsellor-1")) == 1


async def test_a_channel_that_raises_what_nobody_foresaw_is_tried_again_and_the_rest_goes(
    rooms: Rooms, smtp: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = EmailSession.send

    async def send(self: EmailSession, message: Any) -> None:
        if message["To"] == "rh@example.org":
            raise AttributeError("'Group' object has no attribute 'local_part'")
        await whole(self, message)

    monkeypatch.setattr(EmailSession, "send", send)
    await rooms.hear(employer(), employer("employer-2", email="paie@example.org"))
    await rooms.hear(notice("company_approved", "employer-1", "employer-2", params={"company": "Creuse Services"}))
    assert await rooms.sender.drain()
    rows = {row["subject_id"]: (row["status"], row["reason"]) for row in await rooms.mails()}
    assert rows == {"employer-1": ("queued", "unexpected-AttributeError"), "employer-2": ("sent", None)}
    assert [message["To"] for message in smtp.messages] == ["paie@example.org"]


async def test_a_queued_row_that_cannot_be_read_is_given_up_and_the_rest_goes(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(employer(), employer("employer-2", email="paie@example.org"))
    await rooms.hear(notice("company_approved", "employer-1", "employer-2", params={"company": "Creuse Services"}))
    damaged = {"subject_id": "employer-1", "channel": "email"}
    await rooms.store.collection("notifications").update_one(damaged, {"$set": {"category": {"of": "tomorrow"}}})
    assert await rooms.sender.drain()
    assert [message["To"] for message in smtp.messages] == ["paie@example.org"]
    assert [row["status"] for row in await rooms.mails()] == ["failed", "sent"]


async def test_a_sender_claims_its_own_channel_only(rooms: Rooms, smtp: SmtpSink) -> None:
    await queue_one(rooms)
    await rooms.store.collection("notifications").update_one({"channel": "email"}, {"$set": {"channel": "counsellor"}})
    assert await rooms.sender.drain()
    assert smtp.messages == []


async def test_a_server_that_is_away_costs_no_try_and_is_waited_for(
    stack: Stack, clock: HandClock, smtp: SmtpSink
) -> None:
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=1) as away:
        await queue_one(away)
        assert not await away.sender.drain()
        [row] = await away.mails()
        assert (row["status"], row["attempts"], row["claimed"]) == ("queued", 0, False)
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=smtp.port) as back:
        assert await back.sender.drain()
        assert len(smtp.messages) == 1


async def test_mail_that_nobody_took_for_two_days_has_failed(rooms: Rooms, smtp: SmtpSink) -> None:
    await queue_one(rooms)
    rooms.clock.advance(timedelta(hours=49))
    await rooms.sender.drain()
    assert [(row["status"], row["reason"]) for row in await rooms.mails()] == [("failed", "given-up")]
    assert smtp.messages == []


async def test_a_sender_that_died_is_replaced_and_the_message_keeps_its_id(rooms: Rooms, smtp: SmtpSink) -> None:
    await queue_one(rooms)
    dead = await claimed_by(rooms)
    assert dead is not None
    await rooms.sender.drain()
    assert smtp.messages == []
    rooms.clock.advance(rooms.outlet.patience.claim + timedelta(seconds=1))
    await rooms.sender.drain()
    assert [message["Message-ID"] for message in smtp.messages] == [f"<{dead.id}@bassin.invalid>"]


async def test_a_sender_whose_claim_lapsed_records_nothing(rooms: Rooms, smtp: SmtpSink) -> None:
    await queue_one(rooms)
    slow = await claimed_by(rooms)
    assert slow is not None
    rooms.clock.advance(rooms.outlet.patience.claim + timedelta(seconds=1))
    await rooms.sender.drain()
    before = await rooms.deliveries()
    session = rooms.outlet.open()
    assert await rooms.sender._deliver(session, slow)
    await session.close()
    # At least once, said honestly: the mail left twice, under one Message-ID; it is recorded once.
    assert len({message["Message-ID"] for message in smtp.messages}) == 1
    assert await rooms.deliveries() == before


async def test_many_senders_share_the_queue(stack: Stack, rooms: Rooms, clock: HandClock, smtp: SmtpSink) -> None:
    import asyncio

    people = [f"employer-{n}" for n in range(40)]
    await rooms.hear(*(employer(person, email=f"{person}@example.org") for person in people))
    await rooms.hear(notice("company_approved", *people, params={"company": "X"}))
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=smtp.port) as other:
        await asyncio.gather(rooms.sender.drain(), other.sender.drain())
    assert sorted(message["To"] for message in smtp.messages) == sorted(f"{person}@example.org" for person in people)
    assert (await rooms.deliveries()).count("notification-sent.v1") == 40


async def test_who_was_erased_meanwhile_gets_nothing(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    claimed = await claimed_by(rooms)
    assert claimed is not None
    await rooms.hear(erased())
    assert await rooms.sender._deliver(rooms.outlet.open(), claimed)
    assert smtp.messages == []
    assert await rooms.rows("notifications") == []


async def test_without_a_mail_server_the_other_channels_carry_everything(stack: Stack, clock: HandClock) -> None:
    async with rooms_of(stack, clock) as rooms:
        await rooms.hear(contact(owner_id=None), offer(), recommended())
        assert await rooms.mails() == []
        assert len(await rooms.inbox("counsellor-1")) == 1


async def test_an_email_with_offers_can_be_switched_off_by_one_click(rooms: Rooms, smtp: SmtpSink) -> None:
    await rooms.hear(contact(), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    [message] = smtp.messages
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(message["List-Unsubscribe"]).strip(" <>")
    assert link in smtp.text()
    assert link.startswith("http://localhost:8004/v1/unsubscribe/")
    assert message["Auto-Submitted"] == "auto-generated"
