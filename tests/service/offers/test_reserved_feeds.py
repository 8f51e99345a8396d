"""A feed that reserves an offer of an employer who is registered here: a manager vouches for it before anybody may apply."""

from datetime import timedelta
from typing import Any

from services.offers.commands import companies
from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.service.offers.test_imports import deliver
from tests.service.offers.test_moderation import found, own_row


async def delivered(desk: Desk, **changes: Any) -> dict[str, Any]:
    [line] = (await deliver(desk, [own_row(**changes)]))["rows"]
    assert line["status"] == "accepted", line
    return line


def waits(line: dict[str, Any]) -> bool:
    """Whether the partner is told that a manager looks first."""
    return "not_verified" in [one["rule"] for one in line["warnings"]]


async def read(desk: Desk, offer: str) -> dict[str, Any]:
    answer = await desk.client.get(f"/v1/offers/{offer}", headers=desk.manager)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_offer_reserved_by_a_feed_waits_until_the_employer_is_verified(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    reserved = {"reserved_publics": ["disability", "iae"]}
    line = await delivered(desk, **reserved)
    assert (line["change"], waits(line)) == ("created", True)
    assert await found(desk) == []
    assert await desk.events("offers.offers.v1") == []
    waiting = await desk.client.get("/v1/moderation/offers", headers=desk.manager)
    assert [one["id"] for one in waiting.json()["items"]] == [line["offer_id"]]
    # Neither the feed nor the job that finishes moderations puts it before the public, nor half a verification.
    assert (await delivered(desk, **reserved))["change"] == "unchanged"
    assert (await delivered(desk, weekly_hours=20, **reserved))["change"] == "updated"
    assert await companies.settle(desk.running.app.state.context) == 0
    path = f"/v1/companies/{company}/verification"
    await desk.post(path, desk.manager, {"publics": ["iae"]})
    clock.advance(timedelta(days=2))
    assert (await delivered(desk, weekly_hours=20, **reserved))["change"] == "unchanged"
    assert await found(desk) == []
    await desk.post(path, desk.manager, {"publics": ["iae", "disability"], "reason": "Agrément EA"})
    assert await found(desk) == [line["offer_id"]]
    # What was shown stays so, also where what was verified was taken back: a manager suspends it, nobody else.
    await desk.post(path, desk.manager, {"publics": []})
    clock.advance(timedelta(days=2))
    again = await delivered(desk, weekly_hours=20, **reserved)
    assert (again["change"], waits(again), await found(desk)) == ("unchanged", False, [line["offer_id"]])


async def test_a_manager_shows_or_sends_back_what_a_feed_reserved(desk: Desk, clock: HandClock) -> None:
    await desk.company()
    reserved = {"reserved_publics": ["clause"]}
    offer = (await delivered(desk, **reserved))["offer_id"]
    back = await desk.post(f"/v1/offers/{offer}/send-back", desk.manager, {"reason": "À préciser"})
    assert back.status_code == 200, back.text
    clock.advance(timedelta(days=2))
    assert (await delivered(desk, **reserved))["change"] == "kept"
    assert (await read(desk, offer))["status"] == "draft"
    assert (await delivered(desk, weekly_hours=20, **reserved))["change"] == "updated"
    assert (await read(desk, offer))["status"] == "pending"
    assert (await desk.post(f"/v1/offers/{offer}/publish", desk.manager)).status_code == 200
    assert await found(desk) == [offer]
    assert (await delivered(desk, weekly_hours=22, **reserved))["change"] == "updated"
    assert await found(desk) == [offer]


async def test_a_shown_offer_that_a_feed_reserves_goes_out_of_sight_until_a_manager_has_looked(
    desk: Desk, clock: HandClock
) -> None:
    await desk.company()
    offer = (await delivered(desk))["offer_id"]
    assert await found(desk) == [offer]
    reserved = {"reserved_publics": ["disability"]}
    line = await delivered(desk, **reserved)
    assert waits(line)
    assert await found(desk) == []
    assert (await desk.events("offers.offers.v1"))[-1]["type"] == "offer-suspended.v1"
    clock.advance(timedelta(days=2))
    assert (await delivered(desk, **reserved))["change"] == "kept"
    assert (await desk.post(f"/v1/offers/{offer}/confirm", desk.employer)).status_code == 403
    assert (await desk.post(f"/v1/offers/{offer}/confirm", desk.manager)).status_code == 200
    clock.advance(timedelta(days=2))
    assert (await delivered(desk, weekly_hours=20, **reserved))["change"] == "updated"
    assert await found(desk) == [offer]


async def test_who_is_known_by_a_feed_alone_reads_nobody_and_waits_for_nobody(desk: Desk) -> None:
    line = await delivered(desk, reserved_publics=["disability"])
    assert (waits(line), await found(desk)) == (False, [line["offer_id"]])
