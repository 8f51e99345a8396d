"""What nobody tells an employer of a person shows in nothing that the employer asks: each answer is the same before and after."""

import re
from typing import Any

from tests.contract.authorisation.rules import MAY
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import call, example, operations
from tests.support import Stack

ASKS = ("invite_to_offer", "advance_application")
"""Beside what is read: what an employer may do again and again and compare."""
SAID: dict[str, Any] = {
    "what work must not ask of them": ("PUT", "/functional-limits", None),
    "a status": ("POST", "/statuses", {"category": "disabled_worker", "evidence": "disability_decision"}),
    "hours that they refuse": ("PATCH", "", {"availability": {"night": False, "weekend": False}}),
    "the least pay": ("PATCH", "", {"hourly_wage_floor": 20.5}),
    "the French that they speak": ("PATCH", "", {"french_level": "A1"}),
    "contracts that they refuse": ("PATCH", "", {"contract_kinds": ["cdi"]}),
}
KNOWN: dict[str, dict[str, Any]] = {
    "nobody accompanies them": {"counsellor_ids": []},
    "what they are eligible for": {"reserved_eligible": ["clause", "disability"]},
    "another département": {"territory": "87"},
    "they pause": {"active": False},
    "their age asks for something first": {"may_apply": False},
}
"""As offers hears it of profiles."""


async def answers(world: World, change: dict[str, Any] | None = None) -> dict[str, tuple[Any, ...]]:
    """What the employer reads of who applies, is invited or found, without what is new in each answer. ``change``: of the
    person, anew where a call was undone.
    """
    found = {}
    for name, method, path in operations(world):
        reads = method == "GET" and re.search("application|disclosure|cv-pool|clicks|companies/", path)
        if not MAY[world.running.service.name][name]("employer own") or not (reads or name in ASKS):
            continue
        answer = await call(world, name, method, path, "employer own")
        if method != "GET" and answer.status_code < 300:
            await world.put_back()
            await of_person(world, change)
        text = answer.content if "pdf" in answer.headers["content-type"] else plain(answer.text, new=method != "GET")
        found[name] = answer.status_code, text, answer.headers.get("etag"), answer.headers.get("retry-after")
    return found


def plain(text: str, *, new: bool) -> str:
    return re.sub(r'"(instance|last_at|times' + ("|id|invitation_id" if new else "") + r')":[^,}]*', "", text)


async def of_person(world: World, change: dict[str, Any] | None) -> None:
    if change is not None:
        await world.running.store.collection("people").update_one({"_id": "profile-1"}, {"$set": change})


async def test_no_answer_of_offers_tells_what_profiles_says_of_somebody(stack: Stack) -> None:
    async with world_of("offers", stack) as world:
        before = await answers(world)
        assert {"offer_applications", "get_application", *ASKS} <= before.keys()
        for said, change in KNOWN.items():
            await of_person(world, change)
            assert await answers(world, change) == before, said
            await world.put_back()


async def test_no_answer_of_profiles_tells_what_somebody_said_for_the_desk_alone(stack: Stack) -> None:
    async with world_of("profiles", stack) as world:
        client, where = world.running.client, f"/v1/profiles/{world.ids['profile_id']}"
        before = await answers(world)
        assert {"read_disclosure", "search_pool", "list_pool_questions", "read_pool_contact"} <= before.keys()
        await world.put_back()
        for said, (method, path, body) in SAID.items():
            body = body or example(world, method, "/v1/profiles/{profile_id}" + path)
            by = world.callers["counsellor own"] | {"If-Match": "*"}
            changed = await client.request(method, where + path, json=body, headers=by)
            assert changed.is_success, changed.text
            assert await answers(world) == before, said
            await world.put_back()
