"""Somebody moves house: their file goes to another desk, which takes it, and the desk that had it reads no more."""

import json
from typing import Any

import pytest

from shared.clock import HandClock
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack


class Desks:
    """The person, the desk that they leave, and the one that they go to."""

    def __init__(self, stack: Stack, running: Running) -> None:
        self.running, self.client = running, running.client
        self.seeker = stack.token("seeker", subject="seeker-1")
        self.manager = stack.token("manager", subject="manager-1", territories=("23",))
        self.counsellor = stack.token("counsellor", subject="counsellor-1", territories=("23",))
        self.there = stack.token("manager", subject="manager-87", territories=("87",))
        self.counsellor_there = stack.token("counsellor", subject="counsellor-87", territories=("87",))
        self.elsewhere = stack.token("manager", subject="manager-41", territories=("41",))
        self.where = self.profile = ""

    async def begin(self) -> None:
        made = await self.client.post("/v1/profiles", json=a_body(territory="23"), headers=self.seeker)
        assert made.status_code == 201, made.text
        self.where, self.profile = made.headers["location"], made.json()["id"]
        accompany = {"counsellor_id": "counsellor-1"}
        await self.client.post(f"{self.where}/counsellors", json=accompany, headers=self.manager)
        paper = {"category": "rsa", "evidence": "caf_statement"}
        assert (await self.client.post(f"{self.where}/statuses", json=paper, headers=self.manager)).status_code == 201

    async def ask(self, who: dict[str, str] | None = None, **body: Any) -> Any:
        return await self.client.put(f"{self.where}/transfer", json={"to": "87"} | body, headers=who or self.seeker)

    async def decide(self, what: str, who: dict[str, str] | None = None, **body: Any) -> Any:
        path = f"/v1/transfers/{self.profile}/{what}"
        return await self.client.post(path, json=body, headers=who or self.there)

    async def told(self) -> list[tuple[list[str], str]]:
        rows = [json.loads(row["data"]) for row in await outbox(self.running, "profiles.notices.v1")]
        return [(one["recipients"], one["params"]["side"]) for one in rows]


@pytest.fixture
async def desks(profiles: Running, stack: Stack) -> Desks:
    made = Desks(stack, profiles)
    await made.begin()
    return made


async def test_the_other_desk_takes_the_file_and_the_one_that_had_it_reads_no_more(desks: Desks) -> None:
    key, noted = {"Idempotency-Key": "kept"}, {"counsellor_id": "counsellor-2"}
    first = await desks.client.post(f"{desks.where}/counsellors", json=noted, headers=desks.manager | key)
    assert first.status_code == 200
    asked = await desks.ask()
    assert (asked.status_code, asked.json()["transfer"]["to"], asked.json()["territory"]) == (200, "87", "23")
    # Until it is taken nothing has changed for anybody, and the other desk learns nobody's name.
    assert (await desks.client.get(desks.where, headers=desks.counsellor)).status_code == 200
    assert (await desks.client.get(desks.where, headers=desks.there)).status_code == 404
    listed = await desks.client.get("/v1/transfers", headers=desks.there)
    [waiting] = listed.json()["items"]
    assert (waiting["territory"], waiting["to"], waiting["accompanied"]) == ("23", "87", True)
    assert not any(word in listed.text for word in ("Nadia", "Lemoine", "rsa", "Tilleuls"))
    assert (await desks.client.get("/v1/transfers", headers=desks.manager)).json()["items"] == []

    taken = await desks.decide("acceptance", counsellor_id="counsellor-87")
    assert (taken.status_code, taken.json()["territory"], taken.json()["transfer"]) == (200, "87", None)
    for path, old, new in (
        ("", desks.manager, desks.there),
        ("", desks.counsellor, desks.counsellor_there),
        ("/journal", desks.manager, desks.there),
        ("/statuses", desks.counsellor, desks.counsellor_there),
        ("/disclosures", desks.counsellor, desks.counsellor_there),
    ):
        assert (await desks.client.get(f"{desks.where}{path}", headers=old)).status_code == 404, path
        assert (await desks.client.get(f"{desks.where}{path}", headers=new)).status_code == 200, path
    for who, number in ((desks.manager, 0), (desks.there, 1)):
        assert len((await desks.client.get("/v1/profiles", headers=who)).json()["items"]) == number
    # Nor by an answer that was kept for them.
    again = await desks.client.post(f"{desks.where}/counsellors", json=noted, headers=desks.manager | key)
    assert (again.status_code, again.json()["code"]) == (409, "already-applied")
    # What is theirs goes along; others hear where they are, and who accompanies them.
    body = (await desks.client.get(desks.where, headers=desks.there)).json()
    assert body["statuses"]["rsa_recipient"]
    assert (body["counsellor_ids"], body["territory"]) == (["counsellor-87"], "87")
    [status] = [row async for row in desks.running.store.collection("statuses").find({})]
    assert (status["territory"], status["reference"]) == ("87", None)
    for topic in ("profiles.profiles.v1", "profiles.contacts.v1"):
        last = json.loads((await outbox(desks.running, topic))[-1]["data"])
        assert (last["territory"], last["counsellor_ids"]) == ("87", ["counsellor-87"]), topic
    assert await desks.told() == [
        ([desks.profile, "counsellor-87"], "arrived"),
        (["counsellor-1", "counsellor-2"], "left"),
    ]
    lines = (await desks.client.get(f"{desks.where}/journal", headers=desks.there)).json()["items"]
    assert [line["action"] for line in lines[:2]] == ["transferred", "transfer_asked"]
    # Once it is taken there is nothing to take.
    assert (await desks.decide("acceptance")).json()["code"] == "transfer-unknown"


async def test_who_may_ask_and_decide_and_where_to(desks: Desks) -> None:
    for who, body, field, rule in (
        (desks.seeker, {"to": "23"}, "to", "same"),
        (desks.seeker, {"to": "20"}, "to", "unknown"),
        (desks.counsellor, {}, "heard", "required"),
    ):
        refused = await desks.ask(who, **body)
        assert refused.status_code == 422, refused.text
        assert [(error["field"], error["rule"]) for error in refused.json()["errors"]] == [(field, rule)]
    assert (await desks.ask(desks.there)).status_code == 404
    assert (await desks.ask(desks.counsellor, heard="by_phone")).status_code == 200
    for who in (desks.manager, desks.elsewhere):
        for what in ("acceptance", "refusal"):
            assert (await desks.decide(what, who)).status_code == 404
    assert (await desks.decide("refusal")).status_code == 204
    assert await desks.told() == [([desks.profile, "counsellor-1"], "refused")]
    state = (await desks.client.get(f"{desks.where}/transfer", headers=desks.counsellor)).json()
    assert (state["territory"], state["transfer"]) == ("23", None)
    assert (await desks.decide("acceptance")).status_code == 404

    await desks.ask()
    assert (await desks.client.delete(f"{desks.where}/transfer", headers=desks.counsellor)).status_code == 204
    assert (await desks.client.get("/v1/transfers", headers=desks.there)).json()["items"] == []


async def test_managers_of_the_other_desk_are_told_and_erasure_takes_it_along(desks: Desks, clock: HandClock) -> None:
    desk = {
        "_id": "87", "territory": "87", "version": 1, "created_at": clock.now(), "updated_at": clock.now(),
        "grants": [{"user_id": "manager-87", "role": "manager", "by": "x", "accepted_at": clock.now(), "state": "given"}],
    }  # fmt: skip
    await desks.running.store.collection("staff").insert_one(desk)
    await desks.ask()
    first = (await desks.ask(desks.counsellor, heard="by_phone")).json()["transfer"]
    assert (await desks.ask()).json()["transfer"] == first
    assert await desks.told() == [(["manager-87"], "asked")]
    assert (await desks.client.delete(desks.where, headers=desks.seeker)).status_code == 204
    assert (await desks.client.get("/v1/transfers", headers=desks.there)).json()["items"] == []
