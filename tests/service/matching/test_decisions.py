"""A decision that was made before, or comes too late, changes nothing and is told to nobody."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.commands import decisions
from tests.service.matching.house import House
from tests.service.matching.rooms import application_state, offer_state, profile_state
from tests.support import eventually

STAFF = {"role": "counsellor", "subject": "counsellor-1"}


async def row(house: House) -> dict[str, Any]:
    [found] = await house.rooms.rows("recommendations")
    return found


async def test_seeing_again_or_too_late_changes_nothing(house: House) -> None:
    rooms, person = house.rooms, profile_state("a")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    path = f"/v1/recommendations/{(await row(house))['_id']}"
    assert (await house.post(f"{path}/seen")).json()["status"] == "seen"
    first = await row(house)
    rooms.clock.advance(timedelta(hours=1))
    assert (await house.post(f"{path}/seen")).json()["status"] == "seen"
    assert await row(house) == first
    await house.post(f"{path}/dismiss")
    ended = await row(house)
    assert (await house.post(f"{path}/seen")).json()["status"] == "dismissed"
    assert await row(house) == ended


async def test_pinning_again_changes_nothing_and_what_is_over_is_not_pinned(house: House) -> None:
    rooms, person = house.rooms, profile_state("a")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    path = f"/v1/recommendations/{(await row(house))['_id']}"
    for _ in range(2):
        assert (await house.post(f"{path}/pin", {"reason": "Il y tient"}, **STAFF)).status_code == 200
    assert [one["kind"] for one in (await row(house))["overruled"]] == ["pinned"]
    await house.post(f"{path}/dismiss", {"reason": "Finalement non"}, **STAFF)
    late = await house.post(f"{path}/pin", {"reason": "Il y tient"}, **STAFF)
    assert (late.status_code, late.json()["code"]) == (409, "recommendation-is-over")


async def test_adding_what_is_recommended_already_pins_it_and_tells_nobody_again(house: House) -> None:
    rooms, person, offer = house.rooms, profile_state("a"), offer_state("one", house.rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    before = await row(house)
    rooms.clock.advance(timedelta(hours=1))
    path, body = f"/v1/profiles/{person.profile_id}/recommendations", {"offer_id": offer.offer_id, "reason": "Bien"}
    assert (await house.post(path, body, **STAFF)).json()["pinned"] is True

    async def followed() -> bool:
        return [each["admitted"] for each in await rooms.rows("places")] == [[]]

    await eventually(followed)
    after = await row(house)
    assert (after["created_at"], after["told_score"]) == (before["created_at"], before["told_score"])
    assert after["reasons"] == before["reasons"]
    assert [each["type"] for each in await rooms.rows("outbox")] == ["recommendation-created.v1"]


async def test_an_offer_that_takes_nobody_is_added_for_nobody(house: House) -> None:
    rooms, person, offer = house.rooms, profile_state("a"), offer_state("one", house.rooms.clock, positions_open=0)
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    path, body = f"/v1/profiles/{person.profile_id}/recommendations", {"offer_id": offer.offer_id, "reason": "Bien"}
    refused = await house.post(path, body, **STAFF)
    assert (refused.status_code, refused.json()["code"]) == (409, "offer-closed")
    assert await rooms.rows("recommendations") == []


async def test_what_was_pinned_ends_with_the_person_who_leaves(house: House) -> None:
    rooms, person = house.rooms, profile_state("a")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    path = f"/v1/recommendations/{(await row(house))['_id']}"
    assert (await house.post(f"{path}/pin", {"reason": "Il y tient"}, **STAFF)).status_code == 200
    await rooms.hear(rooms.profile(person.model_copy(update={"active": False})))
    ended = await row(house)
    assert (ended["status"], ended["withdrawn_because"]) == ("withdrawn", "profile_left")


async def test_what_was_pinned_ends_when_the_person_applies(house: House) -> None:
    """No places hold what is pinned, so nothing ended it: the person was shown for ever what they had applied to."""
    rooms, person, offer = house.rooms, profile_state("a"), offer_state("one", house.rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    path = f"/v1/recommendations/{(await row(house))['_id']}"
    assert (await house.post(f"{path}/pin", {"reason": "Il y tient"}, **STAFF)).status_code == 200

    async def followed() -> bool:
        return [each["admitted"] for each in await rooms.rows("places")] == [[]]

    await eventually(followed)
    await rooms.hear(rooms.application(application_state(person.profile_id, offer.offer_id, rooms.clock)))
    ended = await row(house)
    assert (ended["status"], ended["withdrawn_because"]) == ("applied", "applied")
    assert await rooms.told() == set()
    late = await house.post(f"{path}/dismiss", {"reason": "Finalement non"}, **STAFF)
    assert late.status_code == 409


async def test_what_is_added_while_the_person_applies_ends_as_well(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms, person, offer = (
        house.rooms,
        profile_state("a"),
        offer_state("one", house.rooms.clock, occupation_code="A1101"),
    )
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    change, applies = decisions._change, application_state(person.profile_id, offer.offer_id, rooms.clock)

    async def late(*asked: Any) -> dict[str, Any]:
        monkeypatch.setattr(decisions, "_change", change)
        await rooms.hear(rooms.application(applies))
        return await change(*asked)

    monkeypatch.setattr(decisions, "_change", late)
    path, body = f"/v1/profiles/{person.profile_id}/recommendations", {"offer_id": offer.offer_id, "reason": "Bien"}
    assert (await house.post(path, body, **STAFF)).json()["status"] == "applied"
    assert ((await row(house))["status"], await rooms.told()) == ("applied", set())
