"""What reaches Kafka: on the real broker, in order, ending with tombstones for somebody who was erased."""

import json
from typing import Any

from services.profiles.app import compose
from shared.contracts.topics import CONTACTS, PROFILES
from shared.kafka.resync import resync
from tests.contract.test_delivery import reading
from tests.service.profiles.builders import a_body, outbox
from tests.support import Stack, eventually


def sequence(record: Any) -> int:
    return int(dict(record.headers)["ce_sequence"])


async def test_the_last_record_of_an_erased_person_is_a_tombstone(stack: Stack) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    async with stack.running("profiles", worker=True) as profiles:
        client = profiles.client
        where = (await client.post("/v1/profiles", json=a_body(), headers=who)).headers["location"]
        for email in ("a@example.org", "b@example.org"):
            body = {"email": email, "vehicle": email.startswith("a")}
            assert (await client.patch(where, json=body, headers=who | {"If-Match": "*"})).status_code == 200
        assert (await client.delete(where, headers=who)).status_code == 204
        for topic in (PROFILES, CONTACTS):
            async with reading(stack, topic.name) as records:
                await eventually(lambda seen=records: seen and seen[-1].value is None)
                assert [sequence(record) for record in records] == [1, 2, 3, 4]
                assert {record.key.decode() for record in records} == {where.rsplit("/", 1)[1]}


async def test_resync_publishes_profiles_and_both_kinds_of_contact_again(stack: Stack) -> None:
    async with stack.running("profiles") as profiles:
        who = stack.token("counsellor", subject="counsellor-1")
        id = (await profiles.client.post("/v1/profiles", json=a_body(), headers=who)).json()["id"]
        await profiles.client.put("/v1/contacts/me", json={"email": "c@example.org"}, headers=who)
        await profiles.store.collection("outbox").delete_many({})

        parts = compose(profiles.runtime)
        assert [done async for done in resync(profiles.store, parts.resync)] == [
            ("profiles", 1),
            ("profiles", 1),
            ("contacts", 1),
        ]
        rows = await outbox(profiles)
        assert [(row["topic"], row["type"], row["key"], row["sequence"]) for row in rows] == [
            ("profiles.profiles.v1", "profile-updated.v1", id, 1),
            ("profiles.contacts.v1", "contact-updated.v1", id, 1),
            ("profiles.contacts.v1", "contact-updated.v1", "counsellor-1", 1),
        ]
        assert json.loads(rows[0]["data"])["counsellor_ids"] == ["counsellor-1"]


async def test_skills_in_own_words_are_told_to_nobody(stack: Stack) -> None:
    """They name whom somebody worked for; others compare codes."""
    async with stack.running("profiles") as profiles:
        who = stack.token("counsellor", subject="counsellor-1")
        skills = ["budget", "garde de la famille Lemoine"]
        made = await profiles.client.post("/v1/profiles", json=a_body(skills=skills), headers=who)
        assert made.json()["skills"] == skills
        [state] = [json.loads(row["data"]) for row in await outbox(profiles, PROFILES.name)]
        assert state["skills"] == ["budget"]
        more = {"skills": [*skills, "cuisine chez M. Faure"]}
        changed = await profiles.client.patch(made.headers["location"], json=more, headers=who | {"If-Match": "*"})
        assert changed.json()["skills"] == more["skills"]
        assert len(await outbox(profiles, PROFILES.name)) == 1
