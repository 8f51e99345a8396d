"""Statuses stand apart: dated, shown by a paper, recorded by staff; all that travels is what they open."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.profiles.api import examples
from services.profiles.commands import guardians
from services.profiles.domain.errors import StatusRefused
from services.profiles.domain.status import Age, flags_of
from services.profiles.migrations import PROFILE_STEPS
from shared.clock import HandClock
from shared.contracts.vocabulary import ReservedPublic
from shared.store.migrations import upgraded
from tests.service.profiles.builders import NOW, a_body, a_profile, a_status, outbox
from tests.support import Running, Stack

CLAUSE, IAE, DISABILITY = ReservedPublic
DAY = NOW.date()


@pytest.mark.parametrize(
    ("said", "age", "flags", "changes"),
    [
        ({"category": "rsa"}, Age(), (CLAUSE,), None),
        ({"category": "disabled_worker", "until": "2026-06-30"}, Age(), (CLAUSE, DISABILITY), date(2026, 7, 1)),
        ({"category": "disabled_worker", "until": "2026-03-01"}, Age(), (), None),
        ({"category": "iae_structure"}, Age(), (CLAUSE, IAE), None),
        ({"category": "rsa", "source": "person", "evidence": None}, Age(), (), None),
        ({"category": "rsa", "source": "staff", "evidence": None}, Age(), (), None),
        ({"category": "iae_diagnosis", "source": "staff"}, Age(), (IAE,), None),
        ({"category": "job_seeker", "source": "person"}, Age(), (), None),
        ({"category": "under_26_unqualified"}, Age(date(2000, 3, 3)), (CLAUSE,), date(2026, 3, 3)),
    ],
)
def test_what_a_status_opens_and_until_when(
    said: dict[str, Any], age: Age, flags: tuple[ReservedPublic, ...], changes: date | None
) -> None:
    assert flags_of([a_status(age=age, **said)], age, DAY) == (flags, changes)


@pytest.mark.parametrize(
    ("said", "age", "field", "rule"),
    [
        ({"category": "millionaire"}, Age(), "category", "unknown-category"),
        ({"category": "reasoned_opinion", "evidence": "interview"}, Age(), "category", "unknown-category"),
        ({"evidence": None}, Age(), "evidence", "required"),
        ({"evidence": "residence_permit"}, Age(), "evidence", "no-evidence"),
        ({"source": "person"}, Age(), "evidence", "source"),
        ({"since": "2026-03-03"}, Age(), "since", "in-the-future"),
        ({"evidence_dated": "2026-03-03"}, Age(), "evidence_dated", "in-the-future"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, Age(), "until", "before-start"),
        ({"category": "under_26_unqualified"}, Age(date(2000, 3, 2)), "category", "too-old"),
        ({"category": "under_26_unqualified"}, Age(), "category", "birth-date-missing"),
        ({"category": "over_50", "evidence": "identity_document"}, Age(date(1976, 3, 3)), "category", "too-young"),
    ],
)
def test_each_refusal_names_its_field(said: dict[str, Any], age: Age, field: str, rule: str) -> None:
    with pytest.raises(StatusRefused) as refusal:
        a_status(age=age if age != Age() else Age(None, None), **said)
    assert [(error.field, error.rule) for error in refusal.value.errors] == [(field, rule)]


async def test_staff_record_correct_and_end_and_only_the_flags_travel(
    profiles: Running, stack: Stack, clock: HandClock
) -> None:
    client, counsellor = profiles.client, stack.token("counsellor", subject="counsellor-1")
    seeker, away = stack.token("seeker", subject="seeker-1"), stack.token("manager", territories=["41"])
    made = await client.post("/v1/profiles", json=a_body(), headers=counsellor)
    where = f"/v1/profiles/{made.json()['id']}"
    link = (await client.post(f"{where}/account", json={"owner_id": "seeker-1"}, headers=counsellor)).json()["link"]
    assert (await client.post(f"{link[link.index('/v1/') :]}/acceptance", headers=seeker)).status_code == 200
    path, body = f"{where}/statuses", examples.STATUS["rsa"]["value"]
    assert (await client.post(path, json=body, headers=seeker)).status_code == 403
    assert (await client.post(path, json=body, headers=away)).status_code == 404
    first = await client.post(path, json=body, headers=counsellor)
    assert first.status_code == 201, first.text
    again = await client.post(path, json=body, headers=counsellor)
    assert (again.status_code, again.json()["status_id"]) == (409, first.json()["id"])
    mend = examples.STATUS_CORRECTION["later"]["value"]
    second = await client.post(f"{path}/{first.json()['id']}/correction", json=mend, headers=counsellor)
    assert (second.status_code, second.json()["since"]) == (201, "2025-09-01")
    gone = await client.post(f"{path}/{first.json()['id']}/end", json={"on": "2026-03-01"}, headers=counsellor)
    assert gone.status_code == 404  # what was corrected is no more to be ended

    shown = (await client.get(path, headers=seeker)).json()
    assert shown["reserved_eligible"] == ["clause"]
    assert [(one["stands"], one["recorded_by"], one["replaced_by"]) for one in shown["items"]] == [
        (True, "counsellor-1", None), (False, "counsellor-1", second.json()["id"])
    ]  # fmt: skip
    profile = (await client.get(where, headers=seeker)).json()
    assert (profile["statuses"]["rsa_recipient"], profile["reserved_eligible"]) == (True, ["clause"])
    listed = await client.get("/v1/profiles?rsa_recipient=true", headers=counsellor)
    assert [one["rsa_recipient"] for one in listed.json()["items"]] == [True]
    # Not by the person, nor by staff past the record.
    own = await client.patch(where, json={"statuses": {"rsa_recipient": False}}, headers=seeker | {"If-Match": "*"})
    assert (own.status_code, own.json()["errors"][0]["field"]) == (403, "statuses.rsa_recipient")
    past = await client.patch(where, json={"reserved_eligible": []}, headers=counsellor | {"If-Match": "*"})
    assert (past.status_code, past.json()["errors"][0]["rule"]) == (422, "from-status")

    ended = await client.post(
        f"{path}/{second.json()['id']}/end", json={"on": "2026-03-02", "reason": "Emploi"}, headers=counsellor
    )
    assert (ended.status_code, ended.json()["stands"]) == (200, False)
    assert (await client.get("/v1/profiles?rsa_recipient=true", headers=counsellor)).json()["items"] == []
    states = [json.loads(row["data"]) for row in await outbox(profiles, "profiles.profiles.v1")]
    assert [state["reserved_eligible"] for state in states] == [[], [], ["clause"], []]
    said = b"".join(row["data"] for row in await outbox(profiles) if row["data"])
    assert not [word for word in (b"rsa", b"caf_", b"Emploi", b"2025-09") if word in said]
    journal = (await client.get(f"{where}/journal", headers=seeker)).json()["items"]
    assert not [word for word in ("rsa", "caf_statement", "Emploi") if word in json.dumps(journal)]

    assert (await client.delete(f"{path}/{second.json()['id']}", headers=counsellor)).status_code == 204
    assert (await client.get(path, headers=counsellor)).json()["items"] == []
    keyed = counsellor | {"Idempotency-Key": "another's paper"}
    wrong = (await client.post(path, json=body, headers=keyed)).json()["id"]
    assert (await client.delete(f"{path}/{wrong}", headers=counsellor)).status_code == 204
    # It was never so: nor does a repeated request say that it was.
    repeated = await client.post(path, json=body, headers=keyed)
    assert (repeated.status_code, "caf_statement" in repeated.text) == (409, False)
    await client.post(path, json=body, headers=counsellor | {"Idempotency-Key": "status-1"})
    assert (await client.delete(where, headers=counsellor)).status_code == 204
    for name in await profiles.store.database.list_collection_names():
        for document in await profiles.store.collection(name).find().to_list(None):
            assert "caf_statement" not in str(document), name


async def test_a_word_of_the_person_opens_nothing_until_a_paper_is_seen(profiles: Running, stack: Stack) -> None:
    client, seeker = profiles.client, stack.token("seeker", subject="seeker-1")
    made = await client.post("/v1/profiles", json=a_body(statuses={"rsa_recipient": True}), headers=seeker)
    assert (made.status_code, made.json()["reserved_eligible"]) == (201, [])
    registered = [json.loads(row["data"]) for row in await outbox(profiles, "profiles.registrations.v1")]
    assert [one["onboarding_workshop"] for one in registered] == [True]
    where = f"/v1/profiles/{made.json()['id']}"
    [said] = (await client.get(f"{where}/statuses", headers=seeker)).json()["items"]
    assert (said["source"], said["recorded_by"], said["evidence"]) == ("person", "seeker-1", None)
    counsellor = stack.token("counsellor", subject="counsellor-1")
    mend = examples.STATUS_CORRECTION["later"]["value"]
    seen = await client.post(f"{where}/statuses/{said['id']}/correction", json=mend, headers=counsellor)
    assert seen.status_code == 201
    assert (await client.get(where, headers=seeker)).json()["reserved_eligible"] == ["clause"]


@pytest.mark.parametrize("role", ["counsellor", "manager"])
async def test_staff_record_no_status_of_their_own(profiles: Running, stack: Stack, role: str) -> None:
    """Whoever works there and has a profile is the person there, also where nobody accompanies them, or they themselves do."""
    both = stack.token("seeker", role, subject="both")
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=stack.token("seeker", subject="both"))
    where = made.headers["location"]
    paper = {"category": "rsa", "evidence": "caf_statement"}
    for counsellors in ([], ["both"]):
        await profiles.store.collection("profiles").update_one({}, {"$set": {"counsellor_ids": counsellors}})
        assert (await profiles.client.get(where, headers=both)).status_code == 200
        refused = await profiles.client.post(f"{where}/statuses", json=paper, headers=both)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        told = {"action": "assign", "counsellor_id": "friend"}
        assert (await profiles.client.post(f"{where}/counsellors", json=told, headers=both)).status_code == 403
    assert await profiles.store.collection("statuses").count_documents({}) == 0


async def test_the_calendar_ends_what_a_paper_dated(profiles: Running, stack: Stack, clock: HandClock) -> None:
    client, manager = profiles.client, stack.token("manager", subject="manager-1")
    made = (await client.post("/v1/profiles", json=a_body(), headers=manager)).json()
    body = {"category": "disabled_worker", "evidence": "disability_decision", "until": "2026-03-31"}
    kept = await client.post(f"/v1/profiles/{made['id']}/statuses", json=body, headers=manager)
    assert kept.status_code == 201
    clock.advance(datetime(2026, 3, 31, 21, 59, tzinfo=UTC) - clock.now())
    assert await guardians.look_again(profiles.app.state.context) == 0
    clock.advance(timedelta(minutes=1))
    assert await guardians.look_again(profiles.app.state.context) == 1
    states = [json.loads(row["data"]) for row in await outbox(profiles, "profiles.profiles.v1")]
    assert [state["reserved_eligible"] for state in states] == [[], ["clause", "disability"], []]


async def test_what_profiles_said_before_is_moved_once_and_read_at_once(profiles: Running, stack: Stack) -> None:
    manager = stack.token("manager", subject="manager-1")
    document = {**a_profile(owner_id=None).model_dump(mode="json"), "_id": "profile-1", "_schema": 2}
    for name in ("id", "earlier", "reserved_eligible", "flags_until", "next_change_on"):
        document.pop(name)
    document["created_at"] = document["updated_at"] = NOW
    document["details"]["statuses"] = {"rsa_recipient": True, "registered_on": "2025-11-03"}
    document["details"]["reserved_eligible"] = ["iae"]
    new = upgraded(document, PROFILE_STEPS)
    assert upgraded(new | {"_schema": 2}, PROFILE_STEPS) == new
    # As the last release left it: read in its new shape before and after it is rewritten.
    await profiles.store.collection("profiles").insert_one(document)

    async def read() -> tuple[Any, ...]:
        shown = (await profiles.client.get("/v1/profiles/profile-1", headers=manager)).json()
        listed = (await profiles.client.get("/v1/profiles/profile-1/statuses", headers=manager)).json()["items"]
        return shown["statuses"], shown["reserved_eligible"], sorted(one["category"] for one in listed)

    before = await read()
    assert before[0]["rsa_recipient"]
    assert before[1:] == (["iae"], ["iae_diagnosis", "job_seeker", "rsa"])
    await profiles.store.collection("profiles").replace_one({"_id": "profile-1"}, new)
    context = profiles.app.state.context
    assert (await guardians.look_again(context), await guardians.look_again(context)) == (1, 0)
    assert await read() == before
    kept = await profiles.store.collection("profiles").find_one({"_id": "profile-1"})
    assert kept is not None
    assert not [word for word in ("rsa", "2025-11-03") if word in str(kept)]
