"""Contact points of staff and employers' users over HTTP."""

import asyncio
import json

from services.profiles.api import examples
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack


async def test_an_account_leaves_reads_replaces_and_forgets_its_contact_points(profiles: Running, stack: Stack) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    assert (await profiles.client.get("/v1/contacts/me", headers=who)).json()["code"] == "contact-unknown"
    first = await profiles.client.put("/v1/contacts/me", json=examples.CONTACT["counsellor"]["value"], headers=who)
    assert first.status_code == 201, first.text
    assert first.json()["id"] == "counsellor-1"
    same = await profiles.client.put("/v1/contacts/me", json=examples.CONTACT["counsellor"]["value"], headers=who)
    assert (same.status_code, same.headers["etag"]) == (200, '"1"')
    changed = await profiles.client.put("/v1/contacts/me", json={"phone": "06 12 34 56 78"}, headers=who)
    assert (changed.json()["phone"], changed.json()["email"]) == ("+33612345678", None)
    assert changed.json()["effective_channels"] == ["inbox"]
    assert (await profiles.client.get("/v1/contacts/me", headers=who)).json() == changed.json()
    assert (await profiles.client.delete("/v1/contacts/me", headers=who)).status_code == 204
    assert (await profiles.client.delete("/v1/contacts/me", headers=who)).status_code == 404

    anew = await profiles.client.put("/v1/contacts/me", json={"first_name": "Claire"}, headers=who)
    assert (anew.status_code, anew.headers["etag"]) == (201, '"4"'), "newer than the tombstone that consumers remember"

    rows = await outbox(profiles, "profiles.contacts.v1")
    assert [(row["key"], row["sequence"]) for row in rows] == [("counsellor-1", n) for n in (1, 2, 3, 4)]
    assert rows[2]["data"] is None
    state = json.loads(rows[0]["data"])
    assert (state["kind"], state["owner_id"], state["email"]) == ("user", "counsellor-1", "claire@example.org")


async def test_wrong_contact_points_are_refused_by_name(profiles: Running, stack: Stack) -> None:
    who = stack.token("employer", subject="employer-1")
    for body, field in (
        ({"phone": "0612"}, "phone"),
        ({"email": "x"}, "email"),
        ({"channels": ["email"]}, "channels"),
        ({"channels": ["pigeon"]}, "channels.0"),
    ):
        answer = await profiles.client.put("/v1/contacts/me", json=body, headers=who)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    nowhere = stack.token("employer", subject="employer-1", territories=[])
    answer = await profiles.client.put("/v1/contacts/me", json={}, headers=nowhere)
    assert answer.json()["code"] == "territory-required"


async def test_a_seekers_contact_points_are_in_the_profile(profiles: Running, stack: Stack) -> None:
    who = stack.token("seeker", subject="seeker-1")
    answer = await profiles.client.put("/v1/contacts/me", json={"email": "a@b.fr"}, headers=who)
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-in-profile")


async def test_contact_points_written_at_once_end_with_one_of_them(profiles: Running, stack: Stack) -> None:
    who = stack.token("manager", subject="manager-1")
    bodies = [{"email": f"m{n}@example.org"} for n in range(4)]
    answers = await asyncio.gather(*(profiles.client.put("/v1/contacts/me", json=body, headers=who) for body in bodies))
    assert {answer.status_code for answer in answers} <= {200, 201}
    rows = await outbox(profiles, "profiles.contacts.v1")
    assert [row["sequence"] for row in rows] == [1, 2, 3, 4]
    kept = (await profiles.client.get("/v1/contacts/me", headers=who)).json()
    assert kept["email"] == json.loads(rows[-1]["data"])["email"]


async def test_a_tombstone_says_whether_an_account_or_a_person_is_meant(profiles: Running, stack: Stack) -> None:
    staff = stack.token("counsellor", subject="counsellor-1")
    await profiles.client.put("/v1/contacts/me", json={"first_name": "Claire"}, headers=staff)
    await profiles.client.delete("/v1/contacts/me", headers=staff)
    person = await profiles.client.post("/v1/profiles", json=a_body(), headers=staff)
    await profiles.client.delete(person.headers["location"], headers=staff)
    rows = await outbox(profiles, "profiles.contacts.v1")
    assert [(row["type"], row["key"]) for row in rows if row["data"] is None] == [
        ("contact-updated.v1", "counsellor-1"),
        ("person-erased.v1", person.json()["id"]),
    ]


async def test_contact_points_say_whether_the_account_accompanies_people(profiles: Running, stack: Stack) -> None:
    for roles, staff in ((("counsellor",), True), (("manager",), True), (("employer",), False), (("partner",), False)):
        who = stack.token(*roles, subject=f"of-{roles[0]}")
        assert (await profiles.client.put("/v1/contacts/me", json={}, headers=who)).status_code == 201
        row = (await outbox(profiles, "profiles.contacts.v1"))[-1]
        assert json.loads(row["data"])["staff"] is staff, roles
    # A role that was taken away is gone with the next word of the account, though nothing else is different.
    demoted = stack.token("employer", subject="of-counsellor")
    assert (await profiles.client.put("/v1/contacts/me", json={}, headers=demoted)).status_code == 200
    assert json.loads((await outbox(profiles, "profiles.contacts.v1"))[-1]["data"])["staff"] is False


async def test_the_id_of_a_profile_is_nobody_elses_also_after_erasure(profiles: Running, stack: Stack) -> None:
    staff = stack.token("counsellor", subject="counsellor-1")
    person = await profiles.client.post("/v1/profiles", json=a_body(), headers=staff)
    namesake = stack.token("employer", subject=person.json()["id"])
    for _ in range(2):
        answer = await profiles.client.put("/v1/contacts/me", json={"email": "evil@example.org"}, headers=namesake)
        assert (answer.status_code, answer.json()["code"]) == (409, "contact-in-profile")
        await profiles.client.delete(person.headers["location"], headers=staff)
    rows = await outbox(profiles, "profiles.contacts.v1")
    assert [row["type"] for row in rows] == ["contact-updated.v1", "person-erased.v1"]
