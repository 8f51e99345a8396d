"""What a buyer reads of its contract: the hours exactly and at once, the same everywhere, and never whose they are."""

from typing import Any

import pytest

from tests.service.clauses.builders import People, contract_body, hours_body
from tests.support import Running, Stack

HOURS = ("declared_hours", "validated_hours")


@pytest.fixture
async def contract(clauses: Running, people: People) -> dict[str, Any]:
    made = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    authority = found["contracting_authority"]["id"]
    await clauses.store.collection("authorities").update_one({"_id": authority}, {"$set": {"users": ["buyer-1"]}})
    return found


async def test_a_buyer_reads_the_same_hours_wherever_it_looks(
    clauses: Running, people: People, stack: Stack, contract: dict[str, Any]
) -> None:
    """One person works on it: their hours are the clause's, and owed; how many they are, and of which public, is theirs."""
    buyer = stack.token("contracting_authority", subject="buyer-1", territories=())
    client, path = clauses.client, f"/v1/contracts/{contract['id']}"
    body = hours_body(participant_id="P-1", hours="63.25", evidence=[])
    made = await client.post(f"{path}/hours", json=body, headers=people.contractor)
    assert made.status_code == 201, made.text
    for validated in ("0.00", "63.25"):
        told = (await client.get(path, headers=buyer)).json()
        assert [told[name] for name in HOURS] == ["63.25", validated]
        [listed] = (await client.get("/v1/contracts", headers=buyer)).json()["items"]
        progress = (await client.get(f"{path}/progress", headers=buyer)).json()
        report = (await client.get("/v1/reports", params={"by": "contract"}, headers=buyer)).json()
        for line in (listed, progress, report["total"], *report["groups"]):
            assert [line[name] for name in HOURS] == ["63.25", validated]
        for line in (report["total"], *report["groups"]):
            assert line["participants"] is None
            assert line["rsa_hours"] is None
            assert not any(line["by_sex"].values())
            assert not any(line["by_category"].values())
        assert report["masked"] is True
        assert progress["participants"] is None
        where = f"/v1/hours/{made.json()['id']}/validate"
        await client.post(where, headers=people.facilitator)
