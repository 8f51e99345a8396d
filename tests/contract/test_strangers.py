"""What is others' is answered as what is not there, to every kind of stranger, whatever the operation names it in: status, words,
headers and lines of log are the same, and nothing happens.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog

from shared.contracts.topics import SERVICES
from shared.contracts.vocabulary import OfferStatus
from tests.contract.authorisation.rules import MAY
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import example, operations
from tests.support import Stack

NOWHERE = "019a3f60-0000-7a34-9d8f-000000000000"
NOT_OF_THINGS = {"token", "territory", "month", "version", "code", "consent_id"}
"""In paths: links have tests of their own, the others name no thing of somebody's."""
HERE = [name for name in SERVICES if name != "clauses"]
"""Clauses, where a contract has sides that read a part, has ``tests/service/clauses/test_strangers.py``."""
KNOWN_TO = {
    # Any counsellor of the territory: nobody accompanies them yet.
    "person_id": {"counsellor foreign"},
    # What is planned is the territory's staff's to know.
    "agenda_id": {"counsellor foreign"},
    # The desk that is asked to take a file.
    "transfer_id": {"manager elsewhere"},
    # A proof names nobody, and its id is told to nobody else.
    "erasure_id": None,
    # Public while it is shown: matching knows no other.
    "matching:offer_id": None,
}
"""Whose business a thing is beside whom the rules let in; None: anybody's."""


def strangers(stack: Stack) -> dict[str, dict[str, str]]:
    """Beside the callers of the matrix: those who were somebody, and those who are called as somebody."""

    def token(role: str, subject: str, *territories: str) -> dict[str, str]:
        return stack.token(role, subject=subject, territories=territories)

    return {
        "counsellor nowhere": token("counsellor", "counsellor-1"),
        "manager nowhere": token("manager", "manager-1"),
        "employer former": token("employer", "former"),
        "seeker called-as-the-profile": token("seeker", "profile-1"),
        "employer called-as-the-counsellor": token("employer", "counsellor-1"),
    }


MATRIX = ("anonymous", "nobody", "seeker foreign", "employer foreign", "counsellor foreign", "counsellor elsewhere",
          "manager elsewhere", "partner foreign")  # fmt: skip


@pytest.fixture
async def world(request: pytest.FixtureRequest, stack: Stack) -> AsyncIterator[World]:
    async with world_of(request.param, stack) as world:
        world.callers |= strangers(stack)
        if request.param == "offers":
            await out_of_sight(world)
        await world.keep()
        yield world


async def out_of_sight(world: World) -> None:
    """The offer as a manager took it away, the event as it is being planned; somebody acted for the company and was removed."""
    store, ids = world.running.store, world.ids
    held = {"status": OfferStatus.SUSPENDED.value, "suspended_because": "moderation", "held": True}
    await store.collection("offers").update_one({"_id": ids["offer_id"]}, {"$set": held})
    await store.collection("agenda").update_one({"_id": ids["agenda_id"]}, {"$set": {"status": "draft"}})
    company, boss = f"/v1/companies/{ids['company_id']}", world.callers["employer own"]
    former = world.callers["employer former"]
    client = world.running.client
    link = (await client.post(f"{company}/invitations", json={"user_id": "former"}, headers=boss)).json()["link"]
    assert (await client.post(f"{link[link.index('/v1/') :]}/acceptance", headers=former)).status_code == 200
    assert (await client.delete(f"{company}/users/former", headers=boss)).status_code == 204


def unknown(id: str) -> str:
    """An id of the same form and length, of which there is nothing."""
    return NOWHERE if len(id) == len(NOWHERE) and id.count("-") == 4 else id[:-1] + ("9" if id[-1] != "9" else "8")


def put(value: Any, table: dict[str, str]) -> Any:
    """A body with other ids."""
    if isinstance(value, dict):
        return {key: put(one, table) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [put(one, table) for one in value]
    return table.get(value, value) if isinstance(value, str) else value


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


class Asked:
    """One operation with what it is called with."""

    def __init__(self, world: World, name: str, method: str, path: str) -> None:
        self.world, self.name, self.method, self.path = world, name, method, path
        self.ids = world.ids | world.own.get(name, {})
        self.query = world.queries.get(name, {})
        self.body = world.bodies.get(name)
        if self.body is None and method in ("POST", "PUT", "PATCH"):
            self.body = example(world, method, path)

    def named(self) -> dict[str, str]:
        """The things that it names by path, filter and body: kind by id."""
        kinds = {id: kind for kind, id in self.ids.items() if kind not in NOT_OF_THINGS}
        in_path = (self.ids[one] for one in re.findall(r"{(\w+)}", self.path))
        return {id: kinds[id] for id in (*in_path, *self.query.values(), *texts(self.body)) if id in kinds}

    async def answered(self, caller: str, one: str, table: dict[str, str]) -> tuple[Any, ...]:
        """All that the caller could tell two answers apart by, and what an operator could."""
        world = self.world
        url = re.sub(r"{(\w+)}", lambda found: put(self.ids[found.group(1)], table), self.path)
        headers = world.callers[caller] | ({} if self.method == "GET" else {"If-Match": "*"})
        with structlog.testing.capture_logs() as lines:
            answer = await world.running.client.request(
                self.method, url, headers=headers, params=put(self.query, table), json=put(self.body, table)
            )
        text = re.sub(r'"instance":"[^"]*"', "", answer.text).replace(table.get(one, one), "…")
        told = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        return answer.status_code, text, told, [line["event"] for line in lines]


def is_theirs(service: str, kind: str, caller: str) -> bool:
    for name in (kind, f"{service}:{kind}"):
        if name in KNOWN_TO:
            known = KNOWN_TO[name]
            return known is None or caller in known
    return False


@pytest.mark.parametrize("world", HERE, indirect=True)
async def test_ids_of_others_are_answered_as_unknown_ones(world: World) -> None:
    service = world.running.service.name
    wrong: list[str] = []
    compared = 0
    for name, method, path in operations(world):
        if name == "stream":
            continue
        asked = Asked(world, name, method, path)
        for one, kind in asked.named().items():
            for caller in (*MATRIX, *strangers_of(world)):
                if is_theirs(service, kind, caller):
                    continue
                theirs = await asked.answered(caller, one, {})
                if theirs[0] < 300 and method != "GET":
                    await world.put_back()
                nobodys = await asked.answered(caller, one, {one: unknown(one)})
                if nobodys[0] < 300 and method != "GET":
                    await world.put_back()
                compared += 1
                if theirs != nobodys:
                    wrong.append(f"{name} by {caller}, {kind}: {theirs} is not {nobodys}")
                if theirs[0] >= 300 or method == "GET":
                    continue
                wrong += [] if MAY[service][name](caller) else [f"{name} by {caller}: done"]
    assert not wrong, "\n".join(wrong)
    assert compared > (10 if service == "notifications" else 100) or not operations(world)


def strangers_of(world: World) -> list[str]:
    return [one for one in world.callers if one.split(" ")[-1] in ("nowhere", "former") or "called-as" in one]


@pytest.mark.parametrize("world", HERE, indirect=True)
async def test_what_is_refused_leaves_nothing_behind(world: World) -> None:
    """No event, no message, no document: the database is the same after all that strangers tried."""
    service = world.running.service.name
    before = await world.hashed()
    for name, method, path in operations(world):
        asked = Asked(world, name, method, path)
        for caller in (*MATRIX, *strangers_of(world)):
            if method == "GET" or MAY[service][name](caller):
                continue
            status, *_ = await asked.answered(caller, "", {})
            assert status >= 400, (name, caller)
        changed = {one for one, found in (await world.hashed()).items() if found != before.get(one)}
        assert changed == set(), f"{name} was refused and changed {changed}"


@pytest.mark.parametrize("world", ["notifications"], indirect=True)
async def test_a_stream_of_others_is_answered_as_one_of_nobody(world: World) -> None:
    """Also to who says where it had ended: the matrix does not open endless answers, and a stranger's ends at once."""
    client, item = world.running.client, world.ids["item_id"]
    readers = {name for name in world.callers if MAY["notifications"]["list_inbox"](name)}
    ended = ({}, {"Last-Event-ID": f"1772438400000-{item}"}, {"Last-Event-ID": item})
    for caller in world.callers.keys() - readers:
        for more in ended:
            answers = []
            for subject in ("profile-1", unknown("profile-1")):
                answer = await client.get(
                    "/v1/stream", params={"subject": subject}, headers=world.callers[caller] | more
                )
                text = re.sub(r'"instance":"[^"]*"', "", answer.text).replace(subject, "…")
                told = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
                answers.append((answer.status_code, text, told))
            assert answers[0] == answers[1], caller
            assert answers[0][0] == (401 if caller == "anonymous" else 404)
