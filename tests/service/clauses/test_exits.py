"""Exits in reports are read packed: what employments say now is what is counted, whoever wrote it."""

from typing import Any

from services.clauses.queries import exits
from tests.service.clauses.builders import People, contract_body
from tests.support import Running

JOB = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-01-05"}


async def test_exits_in_a_report_are_those_that_employments_say_now(clauses: Running, people: People) -> None:
    client, desk, store = clauses.client, people.facilitator, clauses.store
    path = (await client.post("/v1/contracts", json=contract_body(), headers=desk)).headers["location"]
    await client.post(f"{path}/participants", json={"participant_id": "P-1"}, headers=desk)

    async def counted(**period: str) -> tuple[int, dict[str, Any]]:
        total = (await client.get("/v1/reports", params=period, headers=desk)).json()["total"]
        return total["ended_employments"], {months: seen for months, seen in total["exits"].items() if seen}

    assert await counted() == (0, {})
    made = await client.post(f"{path}/employments", json=JOB, headers=desk)
    where = made.headers["location"]
    assert await counted() == (0, {})
    ended = {"ends_on": "2026-01-30", "end_reason": "end_of_contract"}
    await client.patch(where, json=ended, headers=desk | {"If-Match": made.headers["etag"]})
    assert await counted() == (1, {})
    for situation in ("training", "cdi"):
        seen = {"months": 1, "situation": situation, "seen_on": "2026-03-01"}
        assert (await client.post(f"{where}/exits", json=seen, headers=desk)).status_code == 200
        assert await counted() == (1, {"1": {situation: 1}})
    assert await counted(**{"from": "2026-02"}) == (0, {})
    assert await counted(**{"from": "2026-01", "to": "2026-01"}) == (1, {"1": {"cdi": 1}})
    # Packed cells of an earlier sum of versions, or of other lists, are made anew, here by the job.
    packed, now = store.collection("exits"), (1, {"1": {"cdi": 1}})
    for old in ({"versions": 0}, {"shape": "other"}):
        await packed.update_many({}, {"$set": {"cells": b"", **old}})
        assert await counted() == now
    await packed.delete_many({})
    await exits.refresh(clauses.app.state.context)
    assert await packed.count_documents({}) == 1
    # A situation that only a later release knows counts as none after a step back, and takes no report with it.
    of = store.collection("employments")
    await of.update_many({}, {"$set": {"exits.0.situation": "sailing"}, "$inc": {"version": 1}})
    assert await counted() == (1, {})
    await of.update_many({}, {"$set": {"exits.0.situation": "cdi"}, "$inc": {"version": 1}})
    assert await counted() == now
    # Whoever knows nothing of packed cells only writes the employment: its version goes up.
    gone = {"$set": {"terms.ends_on": "1999-12-31", "exits": []}, "$inc": {"version": 1}}
    await store.collection("employments").update_many({}, gone)
    assert await counted() == (1, {})
    assert await counted(**{"from": "2026-01"}) == (0, {})
