"""Answers that are kept for repeated requests are given to who accompanies the person they speak of, and to nobody who did."""

import pytest

from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import LETTER, PERSON, World
from tests.service.profiles.builders import a_body
from tests.support import Stack

COLLEAGUE = "counsellor-9"
KEY = {"Idempotency-Key": "once"}


@pytest.mark.parametrize("service", ["offers", "matching"])
async def test_an_answer_is_repeated_to_a_counsellor_while_they_accompany_the_person(
    service: str, stack: Stack
) -> None:
    async with world_of(service, stack) as world:
        counsellor = world.callers["counsellor own"] | KEY
        path, body = asked(world)
        people = {"offers": "people", "matching": "profiles"}[service]
        first = await world.running.client.post(path, json=body, headers=counsellor)
        assert first.status_code in (200, 201), first.text
        again = await world.running.client.post(path, json=body, headers=counsellor)
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        of_another = {"$set": {"counsellor_ids": [COLLEAGUE]}}
        await world.running.store.collection(people).update_one({"_id": "profile-1"}, of_another)
        refused = await world.running.client.post(path, json=body, headers=counsellor)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
        assert "profile-1" not in refused.text


@pytest.mark.parametrize("service", ["offers", "matching"])
async def test_an_answer_is_repeated_to_an_account_while_the_profile_is_its_own(service: str, stack: Stack) -> None:
    async with world_of(service, stack) as world:
        owner, client = world.callers["seeker own"] | KEY, world.running.client
        path = {
            "offers": f"/v1/applications/{world.ids.get('application_id')}/feedback",
            "matching": f"/v1/recommendations/{world.ids.get('recommendation_id')}/seen",
        }[service]
        body = {"result": "positive"} if service == "offers" else None
        if service == "offers":
            seen = f"/v1/applications/{world.ids['application_id']}"
            put = {"at": "2026-03-09T09:30:00+01:00", "place": "Guéret"}
            await client.put(f"{seen}/interview", json=put, headers=world.callers["employer own"])
        first = await client.post(path, json=body, headers=owner)
        assert first.status_code in (200, 201), first.text
        assert (await client.post(path, json=body, headers=owner)).json() == first.json()
        people = {"offers": "people", "matching": "profiles"}[service]
        taken_off = {"$set": {"owner_id": None}}
        await world.running.store.collection(people).update_one({"_id": "profile-1"}, taken_off)
        refused = await client.post(path, json=body, headers=owner)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
        assert "profile-1" not in refused.text


@pytest.mark.parametrize("why", ["gone", "withdrawn", "left", "suspended"])
async def test_what_somebody_wrote_is_in_no_repeated_answer_to_who_may_read_it_no_more(why: str, stack: Stack) -> None:
    """What ends the reading forgets these answers; one that was being made meanwhile is kept, and not repeated."""
    async with world_of("offers", stack) as world:
        employer, client, store = world.callers["employer own"] | KEY, world.running.client, world.running.store
        path, body = asked(world)
        first = await client.post(path, json=body, headers=employer)
        assert (first.status_code, LETTER in first.text) == (200, True), first.text
        assert (await client.post(path, json=body, headers=employer)).json() == first.json()
        application = {"_id": world.ids["application_id"]}
        if why == "gone":
            await store.collection("applications").delete_one(application)
        elif why == "withdrawn":
            await store.collection("applications").update_one(application, {"$set": {"status": "withdrawn"}})
        else:
            change = {"users": []} if why == "left" else {"status": "suspended"}
            await store.collection("companies").update_many({}, {"$set": change})
        refused = await client.post(path, json=body, headers=employer)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
        assert LETTER not in refused.text


def asked(world: World) -> tuple[str, dict[str, str]]:
    if world.running.service.name == "offers":
        return f"/v1/applications/{world.ids['application_id']}/advance", {"to": "seen"}
    return f"/v1/recommendations/{world.ids['recommendation_id']}/dismiss", {"reason": "Elle a dit non"}


async def test_whoever_made_a_profile_reads_it_in_no_repeated_answer_once_a_colleague_has_taken_over(
    stack: Stack,
) -> None:
    async with world_of("profiles", stack) as world:
        client, counsellor = world.running.client, world.callers["counsellor own"]
        made = await client.post("/v1/profiles", json=a_body(first_name=PERSON), headers=counsellor | KEY)
        assert made.status_code == 201, made.text
        where = made.headers["location"]
        manager = world.callers["manager own"]
        for change in ({"counsellor_id": COLLEAGUE}, {"action": "remove", "counsellor_id": "counsellor-1"}):
            answer = await client.post(f"{where}/counsellors", json=change, headers=manager)
            assert answer.status_code == 200, answer.text
        assert (await client.get(where, headers=counsellor)).status_code == 404
        refused = await client.post("/v1/profiles", json=a_body(first_name=PERSON), headers=counsellor | KEY)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
        assert PERSON not in refused.text
