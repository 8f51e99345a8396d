"""An employer invites by the name that the candidates of its offer have; it learns nothing by one of elsewhere."""

import json

from services.offers.commands import companies
from shared.aliases import alias_of
from tests.service.offers.support import Desk


async def test_an_alias_invites_at_its_own_offer_only(desk: Desk) -> None:
    await desk.person()
    company = await desk.company()
    one, two = [await desk.offer(company, title=f"Poste {number} (H/F)") for number in range(2)]
    key = json.loads((await desk.events("offers.companies.v1"))[-1]["data"])["alias_key"]
    name = alias_of(key, one, "p-sam")
    answers = [
        await desk.post(f"/v1/offers/{offer}/invitations", desk.employer, {"profile_id": name}) for offer in (two, one)
    ]
    # The answers are alike; who was named wrongly was not told, and nothing says so.
    assert [(answer.status_code, answer.json()["profile_id"]) for answer in answers] == [(202, name), (202, name)]
    rows = [row async for row in desk.store.collection("applications").find({})]
    assert [(row["offer_id"], row["profile_id"]) for row in rows] == [(one, "p-sam")]
    again = await desk.post(f"/v1/offers/{one}/invitations", desk.employer, {"profile_id": name})
    assert again.status_code == 202
    assert await desk.store.collection("applications").count_documents({}) == 1


async def test_employers_of_a_release_before_get_their_key_once_and_others_hear_it(desk: Desk) -> None:
    company = await desk.company()
    await desk.store.collection("companies").update_one({"_id": company}, {"$unset": {"alias_key": ""}})
    context = desk.running.app.state.context
    assert [await companies.give_keys(context) for _ in range(2)] == [1, 0]
    told = json.loads((await desk.events("offers.companies.v1"))[-1]["data"])
    assert told["alias_key"]
    assert told["user_ids"] == ["boss"]
    read = await desk.client.get(f"/v1/companies/{company}", headers=desk.employer)
    assert told["alias_key"] not in read.text
