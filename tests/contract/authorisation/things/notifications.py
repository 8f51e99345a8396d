"""One thing of each kind in notifications: an item of an inbox, a mail."""

from tests.contract.authorisation.world import PERSON, World, callers
from tests.service.notifications import builders as told
from tests.service.notifications.conftest import rooms_of
from tests.support import Running, Stack


async def things(stack: Stack, running: Running) -> World:
    clock = running.runtime.clock
    async with rooms_of(stack, clock, smtp_host="127.0.0.1") as rooms:
        await rooms.hear(told.contact(first_name=PERSON), told.offer(), told.recommended("rec-0"))
        [mail] = await rooms.mails()
    who = callers(stack)
    items = (await running.client.get("/v1/inbox", headers=who["seeker own"])).json()["items"]
    return World(
        running,
        who,
        {"item_id": items[0]["id"], "token": mail["unsubscribe_token"]},
        bodies={"choose_preferences": {"email": {"recommendations": False}}},
        queries={name: {"subject": "profile-1"} for name in ("list_inbox", "read_preferences", "choose_preferences")},
    )
