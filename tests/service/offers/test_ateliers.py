"""Who is due on an Atelier stays so: when they move while they wait, and when theirs is called off."""

import json
from typing import Any

import pytest

from services.offers.commands import onboarding
from services.offers.jobs import jobs_of
from shared.contracts.events.profiles import ProfileState, SeekerRegistered
from shared.contracts.topics import PROFILES
from shared.kafka.envelope import Event
from shared.kafka.subscription import BatchSubscription
from tests.service.offers.support import Desk
from tests.service.offers.test_agenda import atelier

LIMOGES = {"commune_code": "87085"}


async def lives_in(desk: Desk, territory: str, sequence: int, *, who: str = "p-sam", **said: Any) -> None:
    running = desk.running
    [profiles] = [one for one in running.service.compose(running.runtime).subscriptions if one.topic is PROFILES]
    assert isinstance(profiles, BatchSubscription)
    state = ProfileState(
        **{"profile_id": who, "territory": territory, "active": True, "owner_id": "sam", "counsellor_ids": ("coach",)}
        | said
    )
    at = running.runtime.clock.now()
    await profiles.handler(
        [Event(f"e-{who}-{sequence}", "profile-updated.v1", PROFILES, who, who, sequence, at, state, None)]
    )


async def registers(desk: Desk, who: str = "p-sam") -> None:
    state = SeekerRegistered(profile_id=who, territory="23", onboarding_workshop=True, counsellor_ids=("coach",))
    await onboarding.ask(desk.running.app.state.context, f"event-{who}", state)


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
    return [one["profile_id"] for one in row["registrations"] if one["status"] != "cancelled"]


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


async def calls_off(desk: Desk, event: str, territory: str = "23") -> None:
    manager = desk.stack.token("manager", subject=f"m-{territory}", territories=(territory,))
    answer = await desk.post(f"/v1/agenda/{event}/cancel", manager)
    assert answer.status_code == 200, answer.text


async def test_who_was_positioned_on_an_atelier_that_is_called_off_is_due_on_the_next(desk: Desk) -> None:
    await lives_in(desk, "23", 1)
    first = await announces(desk, "23")
    await registers(desk)
    await desk.person("p-lea", owner="lea")
    by_hand = await desk.post(f"/v1/agenda/{first}/registrations", desk.counsellor, {"profile_id": "p-lea"})
    assert by_hand.status_code == 201, by_hand.text
    await calls_off(desk, first)
    waiting = [row["_id"] async for row in desk.store.collection("onboarding").find({})]
    assert waiting == ["p-sam"], "who was registered by somebody is told, and theirs to register"
    second = await announces(desk, "23", day=20)
    assert await seated(desk, second) == ["p-sam"]
    # Where the next one is announced already they have their place at once, and are told of both.
    third = await announces(desk, "23", day=24)
    await calls_off(desk, second)
    assert await seated(desk, third) == ["p-sam"]
    assert await desk.store.collection("onboarding").count_documents({}) == 0


async def test_what_a_crash_left_waiting_is_positioned_by_the_job(desk: Desk) -> None:
    event = await announces(desk, "23")
    await desk.person()
    row = {"_id": "p-sam", "territory": "23", "counsellor_ids": ["coach"], "asked_at": desk.running.runtime.clock.now()}
    await desk.store.collection("onboarding").insert_one(row)
    context = desk.running.app.state.context
    [job] = [one for one in jobs_of(context) if one.name == "agenda-reminders"]
    await job.run()
    assert await seated(desk, event) == ["p-sam"]


async def test_who_moves_after_they_were_positioned_gives_the_place_back_and_is_due_at_the_other_desk(
    desk: Desk,
) -> None:
    """The old desk's Atelier kept a place for somebody who had moved away, and nobody placed them where they live."""
    old = await announces(desk, "23", places=1)
    for who in ("p-sam", "p-lea"):
        await lives_in(desk, "23", 1, who=who, owner_id=who)
        await registers(desk, who)
    assert await seated(desk, old) == ["p-sam"]
    new = await announces(desk, "87", place=LIMOGES)
    for _ in range(2):
        await lives_in(desk, "87", 2)
    assert (await seated(desk, old), await seated(desk, new)) == (["p-lea"], ["p-sam"])
    assert await desk.store.collection("onboarding").count_documents({}) == 0
    notices = [
        json.loads(row["data"]) for row in await desk.events() if row["data"] and row["type"].startswith("notice")
    ]
    told = [one["template"] for one in notices if one["recipients"] == ["p-sam"]]
    assert told == ["workshop_registered", "agenda_cancelled", "workshop_registered"]


async def test_a_place_that_was_given_by_hand_stays_after_a_move(desk: Desk) -> None:
    event = await announces(desk, "23")
    await lives_in(desk, "23", 1)
    by_hand = await desk.post(f"/v1/agenda/{event}/registrations", desk.counsellor, {"profile_id": "p-sam"})
    assert by_hand.status_code == 201, by_hand.text
    await lives_in(desk, "87", 2)
    assert await seated(desk, event) == ["p-sam"]


@pytest.mark.parametrize("not_now", [{"active": False}, {"active": False, "may_apply": False}])
async def test_who_takes_a_pause_waits_and_those_behind_them_do_not(desk: Desk, not_now: dict[str, bool]) -> None:
    await lives_in(desk, "23", 1, **not_now)
    await registers(desk)
    await lives_in(desk, "23", 1, who="p-lea", owner_id="lea")
    await registers(desk, "p-lea")
    event = await announces(desk, "23")
    assert await seated(desk, event) == ["p-lea"]
    await lives_in(desk, "23", 2)
    await onboarding.settle_waiting(desk.running.app.state.context)
    assert await seated(desk, event) == ["p-lea", "p-sam"]
