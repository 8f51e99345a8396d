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


INVITES = {
    "offers": ("/v1/companies/{company_id}/invitations", "manager own"),
    "profiles": ("/v1/staff/23/invitations", "manager own"),
    "clauses": ("/v1/authorities/{authority_id}/invitations", "facilitator own"),
}


@pytest.mark.parametrize("over", ["taken back", "accepted"])
@pytest.mark.parametrize("service", list(INVITES))
async def test_whom_an_invitation_was_for_is_in_no_repeated_answer_once_it_is_over(
    service: str, over: str, stack: Stack
) -> None:
    """The inviter's own note says who it is («Léa, accueil»), whatever became of them."""
    async with world_of(service, stack) as world:
        path, caller = INVITES[service]
        path, client, inviter = path.format(**world.ids), world.running.client, world.callers[caller]
        body = {"email": "lea@creuse.example", "label": f"{PERSON}, accueil"}
        body |= {"role": "counsellor"} if service == "profiles" else {}
        others = body | {"email": "autre@creuse.example", "label": "Une autre"}
        other = await client.post(path, json=others, headers=inviter | {"Idempotency-Key": "other"})
        made = await client.post(path, json=body, headers=inviter | KEY)
        assert (made.status_code, PERSON in made.text) == (201, True), made.text
        if over == "taken back":
            gone = await client.delete(f"{path}/{made.json()['id']}", headers=inviter)
            assert gone.status_code == 204, gone.text
        else:
            role = "employer" if service == "offers" else "seeker"
            lea = stack.token(role, subject="lea", email="lea@creuse.example")
            link = made.json()["link"]
            where = f"{link[link.index('/v1/') :]}/acceptance"
            accepted = await client.post(where, headers=lea | KEY)
            assert accepted.status_code == 200, accepted.text
            again = await client.post(where, headers=lea | KEY)
            assert (again.status_code, again.json()) == (200, accepted.json()), "what they did is repeated to them"
        refused = await client.post(path, json=body, headers=inviter | KEY)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
        assert PERSON not in refused.text
        kept = await client.post(path, json=others, headers=inviter | {"Idempotency-Key": "other"})
        assert (kept.status_code, kept.json()) == (201, other.json()), "an invitation that is open"


@pytest.mark.parametrize("change", ["taken out", "another name", "another address"])
async def test_a_contact_person_who_is_taken_out_of_a_company_is_in_no_repeated_answer(
    change: str, stack: Stack
) -> None:
    async with world_of("offers", stack) as world:
        client, manager = world.running.client, world.callers["manager own"]
        person = {"name": f'{PERSON} «Zoé» "B"', "email": "zoe@scierie.example"}
        body = {"name": "Menuiserie du Thaurion", "siret": "44306184100047", "territory": "23", "contacts": [person]}
        made = await client.post("/v1/companies", json=body, headers=manager | KEY)
        assert (made.status_code, PERSON in made.text) == (201, True), made.text
        where = made.headers["location"]
        deposited = await client.post("/v1/agenda", json=world.bodies["change_event"], headers=manager | KEY)
        await client.patch(where, json={"presentation": "Depuis 1950."}, headers=manager | {"If-Match": "*"})
        again = await client.post("/v1/companies", json=body, headers=manager | KEY)
        assert again.json() == made.json(), "nobody was taken out"
        left = {
            "taken out": [],
            "another name": [person | {"name": "Accueil"}],
            "another address": [person | {"email": "accueil@scierie.example"}],
        }[change]
        put = await client.patch(where, json={"contacts": left}, headers=manager | {"If-Match": "*"})
        assert put.status_code == 200, put.text
        refused = await client.post("/v1/companies", json=body, headers=manager | KEY)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
        assert PERSON not in refused.text
        repeated = await client.post("/v1/agenda", json=world.bodies["change_event"], headers=manager | KEY)
        assert repeated.json() == deposited.json(), "an answer that names nobody of them"


@pytest.mark.parametrize("name", ["id", "published", "23", PERSON])
async def test_who_an_employer_calls_a_contact_takes_no_answer_from_others(name: str, stack: Stack) -> None:
    """Each answer has the word «id» in it: whoever took a contact of that name out let go of everybody's kept answers."""
    async with world_of("offers", stack) as world:
        client, manager = world.running.client, world.callers["manager own"]
        person = {"name": name, "email": "zoe@scierie.example"}
        others = {"name": "Scierie du Thaurion", "siret": "44306184100047", "territory": "23", "contacts": [person]}
        kept = await client.post("/v1/companies", json=others, headers=manager | KEY)
        assert kept.status_code == 201, kept.text
        own = {"name": "Menuiserie du Thaurion", "private_employer": True, "territory": "23", "contacts": [person]}
        made = await client.post("/v1/companies", json=own, headers=manager | {"Idempotency-Key": "own"})
        assert made.status_code == 201, made.text
        where = made.headers["location"]
        put = await client.patch(where, json={"contacts": []}, headers=manager | {"If-Match": "*"})
        assert put.status_code == 200, put.text
        again = await client.post("/v1/companies", json=others, headers=manager | KEY)
        assert (again.status_code, again.json()) == (201, kept.json())
        gone = await client.post("/v1/companies", json=own, headers=manager | {"Idempotency-Key": "own"})
        assert (gone.status_code, gone.json()["code"]) == (409, "already-applied")
