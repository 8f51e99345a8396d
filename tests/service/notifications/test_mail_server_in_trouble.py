"""A mail server that has trouble of its own costs nobody an e-mail, silences nobody, and is noticed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from services.notifications.channels import UNSURE_TIMES
from services.notifications.domain.notification import Status
from shared import metrics
from shared.clock import HandClock
from tests.service.notifications.builders import contact, employer, notice, offer, recommended
from tests.service.notifications.conftest import Rooms, rooms_of
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack

INVITED = notice("company_approved", "employer-1", params={"company": "Creuse Services"})


class Silent(SmtpSink):
    """Keeps what it gets and says nothing to the last line of it: hangs up, or is slow."""

    def __init__(self) -> None:
        super().__init__()
        self.mute = True

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = await super().handle_DATA(server, session, envelope)
        if self.mute:
            server.transport.abort()
        return answer


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    sink = Silent()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink, hostname="localhost"), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink


async def pass_by(rooms: Rooms, hours: float) -> None:
    """The sender's turns of so many hours, one for each time that something is due."""
    end = rooms.clock.now() + timedelta(hours=hours)
    while True:
        await rooms.sender.drain()
        queued = await rooms.mails(Status.QUEUED.value)
        if not queued or queued[0]["due_at"] > end:
            break
        rooms.clock.advance(max(queued[0]["due_at"] - rooms.clock.now(), timedelta(minutes=1)))
    rooms.clock.advance(max(end - rooms.clock.now(), timedelta(0)))


@pytest.mark.parametrize("reply", ["451 4.3.0 no room", "452 insufficient system storage", "421 4.7.0 closing"])
async def test_hours_of_refusals_for_now_lose_no_mail(rooms: Rooms, smtp: SmtpSink, reply: str) -> None:
    smtp.data_reply = reply
    await rooms.hear(employer(), INVITED)
    await pass_by(rooms, 20)
    [row] = await rooms.mails()
    assert (row["status"], row["attempts"]) == ("queued", 0)
    smtp.data_reply = None
    await pass_by(rooms, 1.1)
    assert [row["status"] for row in await rooms.mails()] == ["sent"]
    assert len(smtp.messages) == 1


@pytest.mark.parametrize(
    "reply",
    [
        "450 4.7.1 too much mail, try again tomorrow",
        "451 4.3.2 system not accepting",
        "421 busy",
        # What it says against our own address it says here as well, once for each recipient.
        "450 4.1.8 <ne-pas-repondre@bassin.invalid>: Sender address rejected: Domain not found",
        "550 5.1.8 <ne-pas-repondre@bassin.invalid>: Sender address rejected: Domain not found",
        "553 5.1.7 bad sender address",
    ],
)
async def test_a_relay_that_wants_less_mail_for_hours_costs_nobody_theirs(
    rooms: Rooms, smtp: SmtpSink, reply: str
) -> None:
    smtp.replies["rh@example.org"] = reply
    await rooms.hear(employer(), INVITED)
    await pass_by(rooms, 20)
    assert [row["status"] for row in await rooms.mails()] == ["queued"]
    smtp.replies.clear()
    await pass_by(rooms, 1.1)
    assert len(smtp.messages) == 1


async def test_a_mailbox_that_is_full_for_now_is_not_waited_for_without_end(rooms: Rooms, smtp: SmtpSink) -> None:
    """Who accompanies its reader hears of it after an hour or two."""
    smtp.replies["nadia@example.org"] = "452 4.2.2 mailbox full"
    await rooms.hear(contact(owner_id=None), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await pass_by(rooms, 3)
    assert [row["status"] for row in await rooms.mails()] == ["failed"]
    assert len(await rooms.inbox("counsellor-1")) == 1


@pytest.mark.parametrize(
    "reply",
    [
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list",
        "554 5.7.1 <nadia@example.org>: Relay access denied",
        "550 5.7.26 unauthenticated mail is not accepted",
        "530 5.7.0 Authentication required",
        "554 no",
    ],
)
async def test_who_is_refused_for_our_own_faults_is_written_to_again(rooms: Rooms, smtp: SmtpSink, reply: str) -> None:
    """A block list or a relay's rule says nothing of an address: after a bad day all of a département would get nothing more."""
    smtp.replies["nadia@example.org"] = reply
    await rooms.hear(contact(owner_id=None), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await pass_by(rooms, 3)
    assert [row["status"] for row in await rooms.mails()] == ["failed"]
    assert len(await rooms.inbox("counsellor-1")) == 1  # told instead, once
    smtp.replies.clear()
    await rooms.hear(offer("offer-2"), recommended("rec-2", offer_id="offer-2"))
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert [message["To"] for message in smtp.messages] == ["nadia@example.org"]


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 unknown user",
        "550 5.4.1 Recipient address rejected: Access denied",
        "552 5.2.2 over quota",
        "550 no such user",
        "553 5.1.3 bad address syntax",
    ],
)
async def test_an_address_that_is_refused_for_itself_is_left_alone(rooms: Rooms, smtp: SmtpSink, reply: str) -> None:
    smtp.replies["nadia@example.org"] = reply
    await rooms.hear(contact(owner_id=None), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert [row["status"] for row in await rooms.mails()] == ["bounced"]
    [known] = await rooms.rows("contacts", subject_id="profile-1")
    assert known["refused_address"] == "nadia@example.org"


async def test_a_server_that_never_answers_a_whole_message_makes_few_copies_of_it(
    stack: Stack, clock: HandClock, silent: Silent
) -> None:
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=silent.port, digest_seconds=10) as rooms:
        await rooms.hear(contact(owner_id=None), offer(), recommended())
        clock.advance(timedelta(seconds=10))
        await pass_by(rooms, 20)
        [row] = await rooms.mails()
        assert (row["status"], row["reason"], len(silent.messages)) == ("failed", "disconnected", UNSURE_TIMES)
        assert len({message["Message-ID"] for message in silent.messages}) == 1
        assert len(await rooms.inbox("counsellor-1")) == 1


async def test_a_server_that_answers_late_is_waited_for_and_no_copy_made(
    stack: Stack, clock: HandClock, smtp: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    took = SmtpSink.handle_DATA

    async def slowly(*arguments: Any) -> str:
        await asyncio.sleep(0.5)
        return await took(*arguments)

    monkeypatch.setattr(SmtpSink, "handle_DATA", slowly)
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_timeout_seconds=0.25) as rooms:
        await rooms.hear(employer(), INVITED)
        await rooms.sender.drain()
        assert [row["status"] for row in await rooms.mails()] == ["sent"]


async def test_nobody_else_sends_what_a_slow_server_has_not_answered_yet(
    stack: Stack, clock: HandClock, smtp: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gave it the five minutes that it needs had each message sent again by others after a minute and a half."""
    took, came, answer = SmtpSink.handle_DATA, asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: Any) -> str:
        came.set()
        await answer.wait()
        return await took(*arguments)

    monkeypatch.setattr(SmtpSink, "handle_DATA", slowly)
    patient = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_data_timeout_seconds": 300.0}
    async with rooms_of(stack, clock, **patient) as one, rooms_of(stack, clock, **patient) as other:
        await one.hear(employer(), INVITED)
        async with asyncio.TaskGroup() as turns:
            turns.create_task(one.sender.drain())
            await came.wait()
            clock.advance(timedelta(seconds=290))
            turns.create_task(other.sender.drain()).add_done_callback(lambda _: answer.set())
            await asyncio.sleep(0.5)
            answer.set()
        assert [row["status"] for row in await one.mails()] == ["sent"]
        assert len(smtp.messages) == 1


@pytest.mark.parametrize("at", ["DATA", "RCPT"])
async def test_a_message_that_is_too_large_is_not_tried_again(rooms: Rooms, smtp: SmtpSink, at: str) -> None:
    if at == "DATA":
        smtp.data_reply = "552 5.3.4 message too big"
    else:
        smtp.replies["nadia@example.org"] = "552 5.2.3 message too big for this mailbox"
    await rooms.hear(contact(owner_id=None), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    assert [row["status"] for row in await rooms.mails()] == ["bounced"]
    assert len(await rooms.inbox("counsellor-1")) == 1
    [known] = await rooms.rows("contacts", subject_id="profile-1")
    assert known.get("refused_address") is None


async def test_a_full_mailbox_is_no_trouble_of_the_mail_server(rooms: Rooms, smtp: SmtpSink) -> None:
    """There is always one somewhere: the alert on a mail server that is away would never end."""
    smtp.replies["nadia@example.org"] = "452 4.2.2 mailbox full"
    await rooms.hear(contact(owner_id=None), offer(), recommended())
    rooms.clock.advance(timedelta(seconds=10))
    await rooms.sender.drain()
    rooms.clock.advance(timedelta(seconds=45))
    await rooms.jobs.figures()
    assert [(row["status"], row["attempts"]) for row in await rooms.mails()] == [("queued", 1)]
    assert metrics.QUEUE_AGE.labels("email")._value.get() == metrics.QUEUE_DEPTH.labels("email")._value.get() == 0


async def test_what_is_tried_in_vain_is_late_since_it_was_tried_first(
    stack: Stack, clock: HandClock, smtp: SmtpSink
) -> None:
    """An alert looks at that age: each try made the queue look young again."""
    age = metrics.QUEUE_AGE.labels("email")
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=1, smtp_timeout_seconds=1.0) as away:
        await away.hear(employer(), INVITED)
        for _ in range(3):
            assert await away.sender.drain() is False
            clock.advance(timedelta(minutes=10))
        await away.sender.drain()
        await away.jobs.figures()
        assert age._value.get() == 30 * 60
    async with rooms_of(stack, clock, smtp_host="127.0.0.1", smtp_port=smtp.port) as back:
        smtp.data_reply = "451 later"
        await back.sender.drain()  # due in half an hour again
        clock.advance(timedelta(minutes=5))
        await back.jobs.figures()
        assert age._value.get() == 35 * 60
        smtp.data_reply = None
        clock.advance(timedelta(minutes=30))
        await back.sender.drain()
        await back.jobs.figures()
        assert age._value.get() == 0
