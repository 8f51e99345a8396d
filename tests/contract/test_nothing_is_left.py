"""After an erasure no collection of any service holds the person: only marks that say that they are gone, which name nobody."""

from typing import Any

import pytest

from services.profiles.holdings import HOLDINGS
from shared.contracts.topics import CONTACTS, PROFILES
from shared.kafka.subscription import BatchSubscription
from shared.rights.holdings import KEPT_ANSWERS, Whose
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.things.clauses import LINKED
from tests.contract.authorisation.world import LETTER, PERSON, World
from tests.contract.test_rights import tombstone
from tests.support import Running, Stack

MARKS = {"erasures", "erasure_counts", "erasures_heard", "erasure_proofs", "people", "contacts"}
"""Collections that keep the id, so that nobody is put under it again and the erasure can be proved."""
OF_A_MARK = {
    "_id", "at", "found", "erased", "sequence", "subject_id", "version", "erased_at", "person", "territory", "by_role",
    "looked", "proof", "told",
}  # fmt: skip


async def holding(running: Running, *words: str) -> list[tuple[str, dict[str, Any]]]:
    """Every document of every collection that has one of these words anywhere."""
    database, found = running.store.database, []
    for name in await database.list_collection_names():
        async for document in database[name].find({}):
            if any(word in repr(document) for word in words):
                found.append((name, document))
    return found


def only_marks(left: list[tuple[str, dict[str, Any]]]) -> bool:
    assert {name for name, _ in left} <= MARKS, left
    for name, document in left:
        assert document.keys() <= OF_A_MARK, (name, document)
    return bool(left)


# Matching takes people out of its places with its engine: ``tests/service/matching/test_api.py``.
@pytest.mark.parametrize("service", ["offers", "notifications", "clauses"])
async def test_a_tombstone_leaves_nothing_of_the_person(service: str, stack: Stack) -> None:
    async with world_of(service, stack) as world:
        running, person = world.running, LINKED if service == "clauses" else "profile-1"
        words = (person, PERSON, LETTER)
        await repeated(world)
        before = {name for name, _ in await holding(running, *words)}
        assert before - MARKS, "somebody is there"
        handlers = {one.topic.name: one for one in running.service.compose(running.runtime).subscriptions}
        topic, type = (CONTACTS, "person-erased.v1") if service == "notifications" else (PROFILES, "profile-updated.v1")
        erase = handlers[topic.name]
        assert isinstance(erase, BatchSubscription)
        await erase.handler([tombstone(topic, type, person)])
        # What is still to be published leaves with the relay, and with the topics' own tombstones.
        await running.store.collection("outbox").delete_many({})
        assert only_marks(await holding(running, *words))


async def test_a_profile_leaves_nothing_of_the_person(stack: Stack) -> None:
    async with world_of("profiles", stack) as world:
        running, person = world.running, world.ids["profile_id"]
        counsellor = world.callers["counsellor own"]
        words = (person, PERSON, "Lemoine", "zebulonne", "user-1")
        kept = {"active": True}, counsellor | {"If-Match": "*", "Idempotency-Key": "kept"}
        assert (await running.client.patch(f"/v1/profiles/{person}", json=kept[0], headers=kept[1])).status_code == 200
        other = {"first_name": PERSON, "last_name": "Lemoine", "territory": "23"}
        unowned = await running.client.post("/v1/profiles", json=other, headers=counsellor | {"Idempotency-Key": "two"})
        link = f"{unowned.headers['location']}/account"
        invited = await running.client.post(
            link, json={"email": "zebulonne@example.org"}, headers=counsellor | {"Idempotency-Key": "three"}
        )
        assert invited.status_code == 201, invited.text
        for where in (unowned.headers["location"], f"/v1/profiles/{person}"):
            assert (await running.client.delete(where, headers=counsellor)).status_code == 204
        await running.store.collection("outbox").delete_many({})
        assert only_marks(await holding(running, *words, unowned.json()["id"]))


async def test_a_profile_leaves_nothing_in_any_collection_that_it_is_told_of(stack: Stack) -> None:
    """What comes about by other hands as well: a decision on a list, a line of somebody who may be them, a reading."""
    async with stack.running("profiles") as profiles:
        headers, body = stack.token("counsellor", subject="c"), {"first_name": "A", "last_name": "B", "territory": "23"}
        made = await profiles.client.post("/v1/profiles", json=body, headers=headers)
        person, database = made.json()["id"], profiles.store.database
        for one in HOLDINGS:
            if one is KEPT_ANSWERS or await database[one.collection].find_one(one.query(Whose(person))) is not None:
                continue
            document: dict[str, Any] = {"_id": f"of {one.collection}"}
            for name in one.query(Whose(person)):
                head, _, tail = name.partition(".")
                document[head] = {tail: person} if tail else [person] if name == "candidates" else person
            await database[one.collection].insert_one(document)
        told = {name for name, _ in await holding(profiles, person)}
        assert told >= {one.collection for one in HOLDINGS if one is not KEPT_ANSWERS}
        assert (await profiles.client.delete(made.headers["location"], headers=headers)).status_code == 204
        await database["outbox"].delete_many({})
        assert only_marks(await holding(profiles, person))
        # Nobody loses a line of a list, or an application that offers tells the end of, because they might have been its person.
        assert [row["candidates"] async for row in database["rsa_people"].find({})] == [[]]
        assert await database["applications"].count_documents({}) == 1


async def repeated(world: World) -> None:
    """An answer about the person, kept for whoever repeats the request."""
    if world.running.service.name != "offers":
        return
    headers = world.callers["seeker own"] | {"Idempotency-Key": "kept"}
    sent = {"profile_id": "profile-1", "name": "Peintres", "search": {"q": "peintre"}}
    made = await world.running.client.post("/v1/saved-searches", json=sent, headers=headers)
    assert made.status_code == 201, made.text
