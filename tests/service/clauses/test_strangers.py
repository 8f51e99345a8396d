"""What is others' is answered as what is not there, to whoever has no part in it: whatever the operation names it in."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World, post
from tests.contract.test_authorisation import example, operations
from tests.service.clauses.builders import acting_for, contract_body, decp_record, hours_body
from tests.support import Stack

UNKNOWN = {"code": "local:nothing", "contractor_id": "contractor-77", "user_id": "nobody-9", "participant_id": "P-77"}
"""Of each kind what is not there; else an id of the form that ours have."""
NOWHERE = "019a3f60-0000-7a34-9d8f-000000000000"
STRANGERS = ("contracting_authority foreign", "contractor foreign", "facilitator elsewhere")
READ_WITH_THE_CONTRACT = ("contracting_authority own", "contractor co")
"""Those who read the contract, and nothing else of the things: the buyer, and the contractor of another lot."""


@pytest.fixture
async def world(stack: Stack) -> AsyncIterator[World]:
    """The things, with another contractor who holds a lot of the contract."""
    async with world_of("clauses", stack) as world:
        lot = {"id": "lot-2", "title": "Peinture", "contractor_ids": ["contractor-3"]}
        store = world.running.store
        await store.collection("contracts").update_one(
            {"_id": world.ids["contract_id"]}, {"$set": {"terms.lots": [lot]}}
        )
        await store.collection("contractors").insert_one(acting_for(3, "clerk-3"))
        world.callers["contractor co"] = stack.token("contractor", subject="clerk-3", territories=())
        await world.keep()
        yield world


async def answers(
    world: World, operation: tuple[str, str, str], caller: str, ids: dict[str, str], query: dict[str, str]
) -> tuple[int, str, dict[str, str]]:
    """What is answered, without the words that were asked and without what is new in each answer."""
    name, method, path = operation
    url = re.sub(r"{(\w+)}", lambda found: ids[found.group(1)], path)
    headers = world.callers[caller] | ({} if method == "GET" else {"If-Match": "*"})
    body = world.bodies.get(name, example(world, method, path) if method in ("POST", "PUT", "PATCH") else None)
    answer = await world.running.client.request(method, url, headers=headers, params=query, json=body)
    if method != "GET" and answer.status_code < 300:
        await world.put_back()
    return told(answer, *ids.values(), *query.values())


def told(answer: httpx.Response, *asked: str) -> tuple[int, str, dict[str, str]]:
    text = re.sub(r'"instance":"[^"]*"', "", answer.text)
    for one in sorted(asked, key=len, reverse=True):
        text = text.replace(json.dumps(one), '"…"').replace(f" {one} ", " … ")
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "content-length")}
    return answer.status_code, text, headers


def named(world: World, operation: tuple[str, str, str]) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Each id that the operation is given, by path or filter: its name, and with the thing's the path's ids and the query."""
    name, method, path = operation
    ids = world.ids | world.own.get(name, {})
    query = world.queries.get(name, {})
    for one in re.findall(r"{(\w+)}", path):
        if one not in ("territory", "token"):
            yield one, ids, query
    parameters = world.running.app.openapi()["paths"][path][method.lower()].get("parameters", ())
    of_filter = {"contracting_authority_id": "authority_id"}
    for one in (parameter["name"] for parameter in parameters if parameter["in"] == "query"):
        if (own := ids.get(of_filter.get(one, one))) is not None and one not in ("territory", "code"):
            yield one, ids, query | {one: own}


def reads(caller: str, path: str, one: str) -> bool:
    """Whether the caller may know of what is named, since they read the contract."""
    if caller == "contracting_authority own" and path.startswith("/v1/authorities"):
        return True
    of_contract = one in ("contract_id", "authority_id", "contracting_authority_id")
    return caller in READ_WITH_THE_CONTRACT and (of_contract or (one, path) == ("contractor_id", "/v1/contracts"))


async def differing(world: World, callers: tuple[str, ...], *, read_the_contract: bool) -> list[str]:
    """Operations that answer something else for ids of the things than for unknown ones."""
    wrong: list[str] = []
    compared = 0
    for operation in operations(world):
        for one, ids, asked in named(world, operation):
            unknown = UNKNOWN.get(one, NOWHERE)
            for caller in callers:
                if read_the_contract and reads(caller, operation[2], one):
                    continue
                query = asked | ({"territory": "87"} if "elsewhere" in caller and "territory" in asked else {})
                nobodys = ({**these, **dict.fromkeys(these.keys() & {one}, unknown)} for these in (ids, query))
                theirs = await answers(world, operation, caller, ids, query)
                compared += 1
                if theirs != (unknown_one := await answers(world, operation, caller, *nobodys)):
                    wrong.append(f"{operation[0]} by {caller}, {one}: {theirs[:2]} is not {unknown_one[:2]}")
    assert compared > 60 * len(callers)
    return wrong


async def test_ids_of_others_are_answered_as_unknown_ones(world: World) -> None:
    wrong = await differing(world, (*STRANGERS, *READ_WITH_THE_CONTRACT), read_the_contract=True)
    assert not wrong, "\n".join(wrong)


async def test_whose_membership_was_taken_back_is_a_stranger(world: World) -> None:
    desk, client = world.callers["facilitator own"], world.running.client
    places = (
        f"/v1/authorities/{world.ids['authority_id']}/users/buyer-1",
        "/v1/contractors/23/contractor-1/users/clerk-1",
    )
    for place in places:
        assert (await client.delete(place, headers=desk)).status_code == 204
    await world.keep()
    wrong = await differing(world, ("contracting_authority own", "contractor own"), read_the_contract=False)
    assert not wrong, "\n".join(wrong)


async def test_ids_of_others_in_a_body_are_answered_as_unknown_ones(world: World) -> None:
    """By another territory's facilitator on contracts of their own, and by the contractor of another lot."""
    client, ids = world.running.client, world.ids
    desk, co = world.callers["facilitator elsewhere"], world.callers["contractor co"]
    own = await post(client, desk, "/v1/contracts", contract_body(territory="87"))
    published = decp_record(id="2025-087", lieuExecution={"code": "87", "typeCode": "Code département"})
    [line] = (await post(client, desk, "/v1/contract-imports", published))["lines"]
    draft, on_own, on_ours = (
        f"/v1/contract-drafts/{line['draft_id']}",
        f"/v1/contracts/{own['id']}",
        f"/v1/contracts/{ids['contract_id']}",
    )
    by_id = {"contracting_authority_name": None}
    said = {"kind": "execution_condition", "objective": contract_body()["objective"]}
    employed = {"employment": None, "month": "2026-02", "participant_id": "P-2"}
    named_in: list[tuple[dict[str, str], str, str, Any]] = [
        (desk, "/v1/contracts", "authority_id", lambda id: contract_body(territory="87", contracting_authority_id=id, **by_id)),
        (desk, f"{draft}/conclude", "authority_id", lambda id: said | {"contracting_authority_id": id}),
        (desk, f"{draft}/attach", "contract_id", lambda id: {"contract_id": id}),
        (desk, f"{on_own}/hours/validate", "hours_id", lambda id: {"hours_ids": [id]}),
        (desk, f"{on_own}/hours", "employment_id", lambda id: hours_body(**employed, employment_id=id)),
        (co, f"{on_ours}/hours", "employment_id", lambda id: hours_body(**employed, employment_id=id)),
    ]  # fmt: skip
    for headers, path, one, body in named_in:
        theirs, nobodys = [
            told(await client.post(path, json=body(id), headers=headers), id) for id in (ids[one], NOWHERE)
        ]
        assert theirs == nobodys, path
        assert theirs[0] == (200 if path.endswith("validate") else 422), theirs
