"""Messages on a random walk, held against what was said: offers come and go, people change their minds, servers refuse.

Whatever happens in whatever order, a letter leaves for the address that stands, of a kind that is wanted, about what is there;
and nothing that was to be told is forgotten.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from services.notifications.domain.matter import Category
from services.notifications.domain.preferences import Preferences
from shared.clock import HandClock
from shared.store import Work
from tests.service.notifications.builders import application, contact, offer, recommended, withdrawn
from tests.service.notifications.conftest import Rooms, rooms_of
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack

ADDRESSES = ("nadia@example.org", "n.lemoine@example.org", None)
REPLIES = ("250 OK", "250 OK", "450 busy", "550 no such user")
OVER = ("sent", "failed", "bounced")
STEPS = 40


@dataclass
class Walk:
    """The person as they were heard of, and the offers."""

    rooms: Rooms
    smtp: SmtpSink
    chance: Random
    sequence: int = 1
    said: dict[str, Any] = field(default_factory=lambda: {"owner_id": None})
    live: dict[str, str] = field(default_factory=dict)
    """By recommendation its offer."""
    published: dict[str, bool] = field(default_factory=dict)
    refused: str | None = None
    unwanted: set[Category] = field(default_factory=set)
    news: int = 0

    async def says(self, **changes: Any) -> None:
        before = self.said.get("email", ADDRESSES[0])
        self.said |= changes
        self.sequence += 1
        if self.said.get("email", ADDRESSES[0]) != before:
            self.refused = None
        await self.rooms.hear(contact(sequence=self.sequence, **self.said))

    async def offers(self, number: int, *, open: bool) -> None:
        self.sequence += 1
        self.published[f"offer-{number}"] = open
        state = {"status": "published" if open else "filled", "title": f"Poste {number}."}
        await self.rooms.hear(offer(f"offer-{number}", sequence=self.sequence, **state))

    async def recommends(self) -> None:
        self.news += 1
        number = self.chance.randrange(4)
        await self.offers(number, open=True)
        self.live[f"rec-{self.news}"] = f"offer-{number}"
        await self.rooms.hear(recommended(f"rec-{self.news}", offer_id=f"offer-{number}", time=self.rooms.clock.now()))

    async def withdraws(self) -> None:
        if self.live:
            which = self.chance.choice(sorted(self.live))
            await self.rooms.hear(withdrawn(which, offer_id=self.live.pop(which), time=self.rooms.clock.now()))

    async def advances(self) -> None:
        self.news += 1
        one = application("interview", sequence=1, id=f"application-{self.news}", time=self.rooms.clock.now())
        await self.offers(0, open=True)
        await self.rooms.hear(one)

    async def chooses(self) -> None:
        category = self.chance.choice([Category.RECOMMENDATIONS, Category.APPLICATIONS])
        wanted = category in self.unwanted
        self.unwanted ^= {category}
        store, now = self.rooms.store, self.rooms.clock.now()
        kept = await store.find_one(Preferences, "preferences", {"_id": "profile-1"})
        chosen = kept or Preferences.untouched("profile-1", "23", now)
        chosen.choose({category: wanted}, "profile-1", now)
        work = Work(lambda: "id")
        work.save("preferences", chosen)
        await store.commit(work)

    async def sends(self) -> None:
        address = self.said.get("email", ADDRESSES[0])
        reply = self.chance.choice(REPLIES)
        self.smtp.replies = {one: reply for one in ADDRESSES if one}
        before = len(self.smtp.messages)
        due = [row async for row in self.rooms.store.collection("notifications").find({"status": "queued"})]
        await self.rooms.sender.drain()
        for message in self.smtp.messages[before:]:
            self.holds(str(message["To"]), self.smtp.text(self.smtp.messages.index(message)), address)
        tried = [row for row in due if row["due_at"] <= self.rooms.clock.now()]
        ended = {row["status"] for row in await self.rows(tried)}
        if reply.startswith("550") and "bounced" in ended:
            self.refused = address

    async def rows(self, of: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return await self.rooms.rows("notifications", _id={"$in": [row["_id"] for row in of]})

    def holds(self, to: str, text: str, address: str | None) -> None:
        """What left was to leave."""
        assert to == address != self.refused
        assert self.said.get("consents_to_messages", True)
        assert "email" in self.said.get("channels", ("email", "inbox"))
        kind = Category.APPLICATIONS if "entretien" in text.lower() else Category.RECOMMENDATIONS
        assert kind not in self.unwanted
        if kind is Category.RECOMMENDATIONS:
            for number in range(4):
                if f"Poste {number}." in text:
                    assert self.published[f"offer-{number}"], "an offer that was over"
                    assert f"offer-{number}" in self.live.values(), "what was withdrawn"

    async def step(self) -> None:
        chance = self.chance
        await chance.choice([
            *[self.recommends] * 3, *[self.sends] * 3, *[self.chooses] * 2, self.withdraws, self.advances, self.waits,
            lambda: self.offers(chance.randrange(4), open=chance.random() < 0.5),
            lambda: self.says(email=chance.choice(ADDRESSES[:2] * 2 + ADDRESSES[2:])),
            lambda: self.says(consents_to_messages=chance.random() < 0.9),
            lambda: self.says(channels=chance.choice([("email", "inbox"), ("email",), ("email", "counsellor"), ("inbox",)])),
            lambda: self.says(owner_id=chance.choice([None, "user-1"])),
        ])()  # fmt: skip

    async def waits(self) -> None:
        self.rooms.clock.advance(timedelta(seconds=self.chance.choice([1, 10, 60, 3_600, 90_000])))
        await self.rooms.jobs.waiting()


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_what_leaves_was_to_leave_and_nothing_is_forgotten(
    stack: Stack, clock: HandClock, smtp: SmtpSink, seed: int
) -> None:
    settings = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "digest_seconds": 10, "digest_gap_seconds": 600}
    async with rooms_of(stack, clock, **settings) as rooms:
        walk = Walk(rooms, smtp, Random(seed))
        await rooms.hear(contact(owner_id=None))
        ended: dict[str, Any] = {}
        for _ in range(STEPS):
            await walk.step()
            mails = await rooms.mails()
            for row in mails:
                assert ended.get(row["_id"], row["version"]) == row["version"], "what is over stays as it is"
                if row["status"] in OVER:
                    ended[row["_id"]] = row["version"]
                    assert row.get("due_at") is None
        # The server is well again, and time passes: nothing waits for ever.
        smtp.replies = {}
        for _ in range(3):
            clock.advance(timedelta(days=3))
            await rooms.jobs.waiting()
            await rooms.sender.drain()
        assert {row["status"] for row in await rooms.mails()} <= set(OVER)
        assert len({str(message["Message-ID"]) for message in smtp.messages}) == len(smtp.messages)
        boxed = await rooms.rows("notifications", box="profile-1")
        known = {item["ref"] for row in boxed for item in row["items"]}
        assert set(walk.live) - known == set(), "what still holds lies in the person's own inbox"
