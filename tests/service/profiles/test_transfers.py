"""Somebody moves house: their file goes to another desk, which takes it, and the desk that had it reads no more."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.profiles.commands import transfers
from services.profiles.domain.transfer import LONGEST, REMIND_EVERY
from shared.clock import HandClock
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack


class Desks:
    """The person, the desk that they leave, and the one that they go to."""

    def __init__(self, stack: Stack, running: Running) -> None:
        self.running, self.client = running, running.client
        self.stack_token = lambda role, subject: stack.token(role, subject=subject, territories=("87",))
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
    await manages_there(desks, clock.now())
    await desks.ask()
    first = (await desks.ask(desks.counsellor, heard="by_phone")).json()["transfer"]
    assert (await desks.ask()).json()["transfer"] == first
    assert await desks.told() == [(["manager-87"], "asked")]
    assert (await desks.client.delete(desks.where, headers=desks.seeker)).status_code == 204
    assert (await desks.client.get("/v1/transfers", headers=desks.there)).json()["items"] == []


async def manages_there(desks: Desks, now: Any, *more: dict[str, Any], left: tuple[str, ...] = ()) -> None:
    """The other desk, with a manager who came by invitation."""
    manager = {"user_id": "manager-87", "role": "manager", "by": "x", "accepted_at": now, "state": "given"}
    desk = {"_id": "87", "territory": "87", "version": 1, "created_at": now, "updated_at": now}
    await desks.running.store.collection("staff").insert_one(desk | {"grants": [manager, *more], "left": list(left)})


async def test_a_file_that_nobody_takes_is_asked_for_again_and_comes_back_to_who_asked(
    desks: Desks, clock: HandClock
) -> None:
    await manages_there(desks, clock.now())
    context = desks.running.app.state.context
    asked = (await desks.ask()).json()
    assert await transfers.look(context) == 0
    for _ in range(LONGEST // REMIND_EVERY):
        clock.advance(REMIND_EVERY)
        # Once, however often the job runs.
        assert [await transfers.look(context), await transfers.look(context)] == [1, 0]
    assert await desks.told() == [(["manager-87"], "asked"), *[(["manager-87"], "waiting")] * 4]
    state = (await desks.client.get(f"{desks.where}/transfer", headers=desks.seeker)).json()
    assert state["expires_at"] == asked["expires_at"] is not None

    clock.advance(LONGEST % REMIND_EVERY - timedelta(seconds=1))
    assert await transfers.look(context) == 0
    clock.advance(timedelta(seconds=1))
    assert [await transfers.look(context), await transfers.look(context)] == [1, 0]
    assert (await desks.told())[5:] == [([desks.profile, "counsellor-1"], "expired")]
    for who in (desks.seeker, desks.counsellor):
        state = (await desks.client.get(f"{desks.where}/transfer", headers=who)).json()
        assert (state["territory"], state["transfer"], state["expires_at"]) == ("23", None, None)
    assert (await desks.client.get("/v1/transfers", headers=desks.there)).json()["items"] == []
    assert (await desks.decide("acceptance")).json()["code"] == "transfer-unknown"
    lines = (await desks.client.get(f"{desks.where}/journal", headers=desks.manager)).json()["items"]
    assert (lines[0]["action"], lines[0]["role"]) == ("transfer_expired", "calendar")
    assert (await desks.ask()).status_code == 200


async def test_nobody_is_named_who_is_known_to_accompany_no_one_there(desks: Desks, clock: HandClock) -> None:
    """By the desk that takes the file, and by whoever names a counsellor otherwise."""
    role = {"role": "counsellor", "by": "x", "accepted_at": clock.now(), "state": "withdrawing"}
    await manages_there(desks, clock.now(), {"user_id": "being-withdrawn"} | role, left=("gone",))
    client = desks.client
    clerk = desks.stack_token("employer", "clerk-87")
    left = await client.put("/v1/contacts/me", json={"email": "clerk@example.org", "territory": "87"}, headers=clerk)
    assert left.status_code == 201, left.text
    other = await client.post("/v1/profiles", json=a_body(territory="87"), headers=desks.there)
    await desks.ask()
    refused = {
        "seeker-1": "oneself", "gone": "no-counsellor", "being-withdrawn": "no-counsellor", "clerk-87": "no-counsellor",
        other.json()["id"]: "no-counsellor",
    }  # fmt: skip
    for id, rule in refused.items():
        asked = [await desks.decide("acceptance", counsellor_id=id)]
        if rule != "oneself":
            named = a_body(territory="87", counsellor_ids=[id])
            asked.append(await client.post("/v1/profiles", json=named, headers=desks.there))
            path = f"{other.headers['location']}/counsellors"
            asked.append(await client.post(path, json={"counsellor_id": id}, headers=desks.there))
        for answer in asked:
            assert (answer.status_code, answer.json()["code"]) == (422, "counsellor-refused"), (id, answer.text)
            assert answer.json()["errors"][0]["rule"] == rule
    # Of whom nothing is known, the identity provider may have made a counsellor; so is who is none of the caller's business.
    path = f"{other.headers['location']}/counsellors"
    for id in (desks.profile, "019a3f60-0000-7a34-9d8f-000000000000"):
        assert (await client.post(path, json={"counsellor_id": id}, headers=desks.there)).status_code == 200, id
    assert (await desks.decide("acceptance", counsellor_id="counsellor-87")).status_code == 200
