"""What somebody agreed to is listed with its words and taken back one by one; the rest stays."""

from typing import Any

import pytest

from services.profiles.domain import pool
from services.profiles.domain.agreements import TICK_TEXT_VERSION, TICK_TEXTS, Tick
from services.profiles.domain.disclosure import TEXT_VERSION
from shared.clock import HandClock
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack


async def _listed(client: Any, where: str, who: dict[str, str]) -> dict[str, dict[str, Any]]:
    answer = await client.get(f"{where}/consents", headers=who)
    assert answer.status_code == 200, answer.text
    assert {one["service"] for one in answer.json()["elsewhere"]} == {"offers", "notifications", "clauses"}
    return {one["id"]: one for one in answer.json()["items"]}


async def test_each_agreement_is_taken_back_alone(profiles: Running, stack: Stack, clock: HandClock) -> None:
    client, who = profiles.client, stack.token("seeker", subject="seeker-1")
    counsellor = stack.token("counsellor", subject="counsellor-1")
    made = await client.post("/v1/profiles", json=a_body(visible_to_employers=True), headers=who)
    where, id = made.headers["location"], made.json()["id"]
    await client.post(f"{where}/counsellors", json={"action": "assign"}, headers=counsellor)
    await client.put(f"{where}/cv/pool", json={"text_version": pool.TEXT_VERSION}, headers=who)
    agreed = {"company_id": "company-1", "offer_id": "offer-1", "text_version": TEXT_VERSION, "heard": "by_phone"}
    given = (await client.post(f"{where}/disclosures", json=agreed, headers=counsellor)).json()
    disclosure = f"disclosure.{given['id']}"

    all_of_it = await _listed(client, where, who)
    ids = {"matching", "employers", "messages", "pool", disclosure, "counsellor.counsellor-1"}
    assert set(all_of_it) == ids
    for one in all_of_it.values():
        assert one["standing"]
        assert one["purpose"]
        assert one["recipient"]
        assert one["how"]
        if one["kind"] != "counsellor":
            assert one["text"]
            assert one["text_version"]
            assert one["given_at"]
            assert one["acted_by"]
            assert one["revoke"]["path"] == f"/v1/profiles/{id}/consents/{one['id']}"
    assert all_of_it["counsellor.counsellor-1"]["revoke"] is None
    assert (all_of_it[disclosure]["heard"], all_of_it[disclosure]["on_behalf_of"]) == ("by_phone", id)

    standing = set(ids)
    for consent in ("messages", "employers", "pool", disclosure, "matching"):
        for _ in range(2):  # twice is once
            taken = await client.delete(all_of_it[consent]["revoke"]["path"], headers=who)
            assert taken.status_code == 204, taken.text
        standing.discard(consent)
        left = await _listed(client, where, who)
        assert {one["id"] for one in left.values() if one["standing"]} == standing
    profile = (await client.get(where, headers=who)).json()
    assert (profile["consents_to_messages"], profile["visible_to_employers"], profile["active"]) == (False,) * 3
    assert left[disclosure]["ended_at"] is not None


async def test_a_tick_says_who_ticked_it_and_ticking_again_is_a_new_agreement(
    profiles: Running, stack: Stack, clock: HandClock
) -> None:
    client, counsellor = profiles.client, stack.token("counsellor", subject="counsellor-1")
    made = await client.post("/v1/profiles", json=a_body(), headers=counsellor)
    where, id = made.headers["location"], made.json()["id"]
    first = (await _listed(client, where, counsellor))["messages"]
    assert (first["acted_by"], first["on_behalf_of"]) == ("counsellor-1", id)
    assert (await _listed(client, where, counsellor))["employers"]["standing"] is False
    await client.delete(first["revoke"]["path"], headers=counsellor)
    from_now = clock.now()
    ticked = {"consents_to_messages": True}
    await client.patch(where, json=ticked, headers=counsellor | {"If-Match": "*"})
    again = (await _listed(client, where, counsellor))["messages"]
    assert again["given_at"] >= from_now.isoformat()[:19]
    # Of a profile from before wordings were kept, no wording is claimed.
    await profiles.store.collection("profiles").update_one({"_id": id}, {"$unset": {"ticks": ""}})
    old = (await _listed(client, where, counsellor))["messages"]
    assert (old["standing"], old["text_version"], old["text"]) == (True, None, None)


@pytest.mark.parametrize("consent", ["counsellor.counsellor-1", "everything", "disclosure.", "pool.x", "disclosure.x"])
async def test_what_is_no_agreement_is_not_taken_back(profiles: Running, stack: Stack, consent: str) -> None:
    who = stack.token("seeker", subject="seeker-1")
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=who)
    where = made.headers["location"]
    assert (await profiles.client.delete(f"{where}/consents/{consent}", headers=who)).status_code == 404
    stranger = stack.token("seeker", subject="seeker-2")
    assert (await profiles.client.delete(f"{where}/consents/messages", headers=stranger)).status_code == 404


def test_every_tick_has_its_words() -> None:
    assert all(set(texts) == set(Tick) for texts in TICK_TEXTS.values())
    assert TICK_TEXT_VERSION in TICK_TEXTS
