"""Who left the desk follows no contract any more, whenever and however often it is heard."""

from typing import Any

import pytest

from services.clauses.consumers import subscriptions
from services.clauses.queries.desks import told_of
from shared.contracts.events.profiles import StaffState
from shared.contracts.topics import STAFF
from shared.kafka.envelope import Event
from tests.service.clauses.builders import contract_body
from tests.service.notifications.builders import event
from tests.support import Running, Stack


def left(*accounts: str, sequence: int = 1, territory: str = "23") -> Event[Any]:
    state = StaffState(territory=territory, left_facilitators=accounts)
    return event(STAFF, "staff-updated", territory, state, sequence=sequence)


class Desk:
    """Facilitators, their contracts, and what profiles tells."""

    def __init__(self, clauses: Running, stack: Stack) -> None:
        self.clauses, self.stack, self.context = clauses, stack, clauses.app.state.context
        self.who = stack.token("facilitator", subject="lea")
        self.other = stack.token("facilitator", subject="zoe")

    async def contract(self, title: str) -> str:
        made = await self.clauses.client.post("/v1/contracts", json=contract_body(title=title), headers=self.who)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def follow(self, contract: str, who: dict[str, str]) -> None:
        answer = await self.clauses.client.put(f"/v1/contracts/{contract}/followers/me", headers=who)
        assert answer.status_code == 200, answer.text

    async def followers(self, contract: str) -> list[str]:
        answer = await self.clauses.client.get(f"/v1/contracts/{contract}/followers", headers=self.other)
        users: list[str] = answer.json()["user_ids"]
        return users

    async def hear(self, *events: Event[Any]) -> None:
        [staff] = [one for one in subscriptions(self.context) if one.topic == STAFF]
        await staff.handler(list(events))  # type: ignore[arg-type]  # a batch subscription


@pytest.fixture
async def desk(clauses: Running, stack: Stack) -> Desk:
    return Desk(clauses, stack)


async def test_who_left_the_desk_follows_nothing_there(desk: Desk) -> None:
    recorded, followed = await desk.contract("Collège"), await desk.contract("Pont")
    await desk.follow(followed, desk.other)
    assert (await desk.followers(recorded), await desk.followers(followed)) == (["lea"], ["lea", "zoe"])
    await desk.hear(left("lea", territory="19"))
    assert await desk.followers(recorded) == ["lea"]
    for _ in range(2):
        await desk.hear(left("lea"))
        assert (await desk.followers(recorded), await desk.followers(followed)) == ([], ["zoe"])


async def test_a_token_that_runs_on_brings_nobody_back_among_those_who_are_told(desk: Desk) -> None:
    contract = await desk.contract("Collège")
    await desk.hear(left("lea"))
    await desk.follow(contract, desk.who)
    made = await desk.context.contracts.load(await desk.contract("Pont"))
    known = await desk.context.contracts.load(contract)
    assert (await told_of(desk.context.store, known), await told_of(desk.context.store, made)) == ((), ())
    # Invited again, they are told of what they follow; an older state that comes late changes nothing.
    await desk.hear(left(sequence=3), left("lea", sequence=2))
    assert await told_of(desk.context.store, made) == ("lea",)
