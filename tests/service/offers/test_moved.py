"""Somebody moves while they wait for an Atelier: the one that counts is that of where they live now."""

from typing import Any

from services.offers.commands import onboarding
from shared.contracts.events.profiles import ProfileState, SeekerRegistered
from shared.contracts.topics import PROFILES
from shared.kafka.consumer import BatchSubscription
from shared.kafka.envelope import Event
from tests.service.offers.support import Desk
from tests.service.offers.test_agenda import atelier

LIMOGES = {"commune_code": "87085"}


async def lives_in(desk: Desk, territory: str, sequence: int) -> None:
    running = desk.running
    [profiles] = [one for one in running.service.compose(running.runtime).subscriptions if one.topic is PROFILES]
    assert isinstance(profiles, BatchSubscription)
    state = ProfileState(
        profile_id="p-sam", territory=territory, active=True, owner_id="sam", counsellor_ids=("coach",)
    )
    at = running.runtime.clock.now()
    await profiles.handler(
        [Event(f"e-{sequence}", "profile-updated.v1", PROFILES, "p-sam", "p-sam", sequence, at, state, None)]
    )


async def registers(desk: Desk) -> None:
    state = SeekerRegistered(profile_id="p-sam", territory="23", onboarding_workshop=True, counsellor_ids=("coach",))
    await onboarding.ask(desk.running.app.state.context, "event-1", state)


async def announces(desk: Desk, territory: str, **changes: Any) -> str:
    """An Atelier, and how many places are taken on it."""
    manager = desk.stack.token("manager", subject=f"m-{territory}", territories=(territory,))
    made = await desk.post("/v1/agenda", manager, atelier(**changes))
    assert made.status_code == 201, made.text
    published = await desk.post(f"/v1/agenda/{made.json()['id']}/publish", manager)
    assert published.status_code == 200, published.text
    return str(made.json()["id"])


async def seated(desk: Desk, event: str) -> list[str]:
    row = await desk.store.collection("agenda").find_one({"_id": event}) or {}
    return [one["profile_id"] for one in row["registrations"]]


async def test_who_moves_while_they_wait_waits_at_the_other_desk(desk: Desk) -> None:
    await lives_in(desk, "23", 1)
    await registers(desk)
    await lives_in(desk, "87", 2)
    old = await announces(desk, "23")
    new = await announces(desk, "87", place=LIMOGES)
    assert (await seated(desk, old), await seated(desk, new)) == ([], ["p-sam"])
    assert await desk.store.collection("onboarding").count_documents({}) == 0


async def test_who_moves_to_where_one_is_announced_gets_a_place_at_once(desk: Desk) -> None:
    new = await announces(desk, "87", place=LIMOGES)
    await lives_in(desk, "23", 1)
    await registers(desk)
    assert await seated(desk, new) == []
    for _ in range(2):
        await lives_in(desk, "87", 2)
    assert await seated(desk, new) == ["p-sam"]


async def test_a_registration_that_is_heard_after_the_move_is_of_the_new_desk(desk: Desk) -> None:
    await lives_in(desk, "87", 2)
    await registers(desk)
    old = await announces(desk, "23")
    new = await announces(desk, "87", place=LIMOGES)
    assert (await seated(desk, old), await seated(desk, new)) == ([], ["p-sam"])
