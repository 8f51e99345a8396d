"""After a restore: messages that waited to leave at the dump do not leave again where the operator says so."""

from services.notifications.commands.restored import end_queued
from shared.ids import new_id
from tests.service.notifications.builders import contact, offer, recommended
from tests.service.notifications.conftest import Rooms


async def test_what_waited_is_not_sent_and_the_inbox_stays(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer())
    await rooms.hear(recommended())
    assert len(await rooms.mails("queued")) == 1
    before = await rooms.inbox("profile-1")
    assert [await end_queued(rooms.store, rooms.clock, new_id) for _ in range(2)] == [1, 0]
    [ended] = await rooms.mails()
    assert (ended["status"], ended["reason"], ended["items"]) == ("failed", "restored", [])
    assert await rooms.inbox("profile-1") == before
    assert (await rooms.deliveries())[-1] == "notification-failed.v1"
    await rooms.hear(offer("offer-2"), recommended("rec-2", offer_id="offer-2"))
    assert len(await rooms.mails("queued")) == 1
