"""What erasure takes of who is linked to a contract, and what it leaves."""

import json
from collections.abc import Awaitable, Callable

import pytest
from pymongo.errors import AutoReconnect

from services.clauses.commands import participants
from shared.contracts.events.profiles import ProfileState
from shared.contracts.topics import PROFILES
from shared.store import Work
from shared.store.migrate import migrate
from tests.service.clauses.builders import People, hours_body, outbox
from tests.service.clauses.linked import CONSENT, PROFILE, TwoDesks, desk
from tests.support import Stack, eventually

__all__ = ["desk"]


async def test_erasure_takes_the_person_and_leaves_the_hours(desk: TwoDesks) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    keyed = {"Idempotency-Key": "once"}
    await desk.clauses.client.post(f"{ours}/participants", json=CONSENT, headers=desk.facilitator | keyed)
    declared = await desk.clauses.client.post(
        f"{ours}/hours", json=hours_body(participant_id=PROFILE), headers=desk.true_employer | keyed
    )
    paper = {"kind": "payslip", "dated": "2026-02-28", "reference": "Bulletin de Zoé"}
    mended = {"hours": "121.33", "reason": "Zoé était absente", "evidence": [paper]}
    answer = await desk.clauses.client.post(
        f"{declared.headers['location']}/correct", json=mended, headers=desk.true_employer
    )
    declared = answer
    await desk.validate(declared, desk.facilitator)
    post = desk.clauses.client.post
    facts = {"participant_id": PROFILE, "consented_on": "2026-01-12", "birth_year": 1989, "commune_code": "23096"}
    assert (await post("/v1/participants", json=facts, headers=desk.facilitator)).status_code == 201
    seen = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}]}
    assert (await post(f"/v1/participants/{PROFILE}/eligibilities", json=seen, headers=desk.facilitator)).is_success
    job = {"participant_id": PROFILE, "kind": "cdd", "employer": "B", "starts_on": "2026-01-05", "support": "PLIE"}
    job |= {"workplace": "Chez Zoé", "workplace_commune_code": "23193"}
    assert (await post(f"{ours}/employments", json=job, headers=desk.true_employer)).status_code == 201
    other = await desk.declare(ours, desk.true_employer, 50, participant_id="P-1")
    before = (await desk.clauses.client.get(f"{ours}/progress", headers=desk.facilitator)).json()
    context = desk.clauses.app.state.context
    await participants.forget(context, PROFILE)
    await participants.forget(context, PROFILE)

    await desk.clauses.store.collection("erasures").delete_many({})  # that an id was erased is all that may stay
    for name in await desk.clauses.store.database.list_collection_names():
        for document in await desk.clauses.store.collection(name).find().to_list(None):
            assert PROFILE not in str(document), (name, document)
            assert "Zoé" not in str(document), (name, document)
    person = await desk.clauses.store.collection("persons").find_one({})
    assert person is not None
    assert (person["terms"]["birth_year"], person["terms"]["commune_code"]) == (None, None)
    employment = await desk.clauses.store.collection("employments").find_one({})
    assert employment is not None
    assert "23193" not in str(employment), "where somebody worked in a small commune leads back to them"
    after = (await desk.clauses.client.get(f"{ours}/progress", headers=desk.facilitator)).json()
    assert {**after, "as_of": None} == {**before, "as_of": None}
    ledger = (await desk.clauses.client.get(f"{ours}/ledger", headers=desk.facilitator)).json()["items"]
    names = {entry["participant_id"] for entry in ledger if entry["declaration_id"] == declared.json()["id"]}
    assert len(names) == 1
    assert names.pop().startswith("erased-")
    shown = (await desk.clauses.client.get(declared.headers["location"], headers=desk.true_employer)).json()
    assert shown["participant_id"].startswith("erased-")
    assert [(one["kind"], one["dated"]) for one in shown["evidence"]] == [("payslip", "2026-02-28")]
    kept = (await desk.clauses.client.get(other.headers["location"], headers=desk.true_employer)).json()
    assert kept["participant_id"] == "P-1"
    repeated = await desk.clauses.client.post(
        f"{ours}/hours", json=hours_body(participant_id=PROFILE), headers=desk.true_employer | keyed
    )
    assert repeated.status_code == 409
    assert PROFILE not in repeated.text


async def test_of_who_was_erased_before_where_they_worked_goes_as_well(desk: TwoDesks) -> None:
    employments = desk.clauses.store.collection("employments")
    terms = {"workplace_commune_code": "23193", "employer": "B"}
    for name in ("erased-1", "P-1"):
        await employments.insert_one({"_id": name, "participant_id": name, "terms": terms})
    [spec] = [one for one in desk.clauses.service.collections if one.name == "employments"]
    assert [one async for one in migrate(desk.clauses.store, [spec])]
    kept = {row["_id"]: row["terms"]["workplace_commune_code"] async for row in employments.find({})}
    assert kept == {"erased-1": None, "P-1": "23193"}


async def test_a_desk_forgets_who_is_kept_by_its_reference_only(desk: TwoDesks, people: People) -> None:
    """In its territory and no other; a lot and an employment of the same name, and a longer reference, stay."""
    client, who = desk.clauses.client, desk.facilitator
    lots = [{"id": "P-1", "title": "Lot", "contractor_ids": ["contractor-1"]}]
    ours = await desk.contract(who, "contractor-1", lots=lots)
    theirs = await desk.contract(desk.far, "contractor-2", title="Ailleurs", territory="87")
    paper = [{"kind": "payslip", "dated": "2026-02-28", "reference": "Bulletin de Zoé"}]
    bodies = [hours_body(lot_id="P-1", evidence=paper), hours_body(participant_id="P-10")]
    first, longer = [
        await client.post(f"{ours}/hours", json=body, headers=desk.true_employer | {"Idempotency-Key": str(n)})
        for n, body in enumerate(bodies)
    ]
    assert (first.status_code, longer.status_code) == (201, 201)
    elsewhere = await desk.declare(theirs, desk.stranger, 20, participant_id="P-1")
    for at, desks in ((ours, who), (theirs, desk.far)):
        linked = {"participant_id": "P-1"}
        assert (await client.post(f"{at}/participants", json=linked, headers=desks)).status_code == 201
        facts = linked | {"birth_year": 1989, "prescriber": "Mission locale"}
        assert (await client.post("/v1/participants", json=facts, headers=desks)).status_code == 201
    seen = {
        "categories": ["rsa"],
        "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}],
        "opinion": "Zoé est éligible",
    }
    assert (await client.post("/v1/participants/P-1/eligibilities", json=seen, headers=who)).status_code == 201
    for other in (people.manager, desk.true_employer, desk.far):
        assert (await client.delete("/v1/participants/P-1?territory=23", headers=other)).status_code == 403
    before = (await client.get(f"{ours}/progress", headers=who)).json()

    answers = [await client.delete("/v1/participants/P-1", headers=who) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert (await client.delete("/v1/participants/P-2", headers=who)).status_code == 404
    profile = await client.delete(f"/v1/participants/{PROFILE}", headers=who)
    assert (profile.status_code, profile.json()["errors"][0]["rule"]) == (422, "has-profile")

    store = desk.clauses.store
    [row] = await store.collection("erasures").find({}).to_list(None)
    assert (row["_id"], row["by"]) == ("23|P-1", "facilitator-1")
    for name in ("hours", "ledger", "presences", "persons", "participants", "eligibilities"):
        found = [(one["territory"], str(one)) for one in await store.collection(name).find().to_list(None)]
        assert not [text for territory, text in found if territory == "23" and "'participant_id': 'P-1'" in text], name
        assert "Zoé" not in str(found), name
        assert name == "eligibilities" or [text for territory, text in found if territory == "87"], name
    after = (await client.get(f"{ours}/progress", headers=who)).json()
    assert {**after, "as_of": None} == {**before, "as_of": None}
    kept = (await client.get(first.headers["location"], headers=desk.true_employer)).json()
    assert (kept["participant_id"][:7], kept["lot_id"], kept["hours"]) == ("erased-", "P-1", "121.33")
    stored = await store.collection("hours").find_one({"_id": kept["id"]})
    assert stored is not None
    assert stored["slot"].split("\x1f")[1:3] == ["P-1", kept["participant_id"]]
    # Nobody is put under it again, an answer on another is repeated, and another desk's month counts on.
    for path in (f"{ours}/participants", "/v1/participants"):
        refused = await client.post(path, json={"participant_id": "P-1"}, headers=who)
        assert refused.status_code in (404, 422), path
    declared = await desk.declare(ours, desk.true_employer, 1, participant_id="P-1")
    assert (declared.status_code, declared.json()["errors"][0]["rule"]) == (422, "reference-closed")
    replayed = await client.post(f"{ours}/hours", json=bodies[1], headers=desk.true_employer | {"Idempotency-Key": "1"})
    assert (replayed.status_code, replayed.json()["id"]) == (201, longer.json()["id"])
    assert (await desk.validate(elsewhere, desk.far)).status_code == 200
    over = await desk.declare(
        theirs, desk.stranger, 201, participant_id="P-1", employment={"kind": "cdd", "employer": "Autre"}
    )
    assert over.json()["remaining_hours"] == "200.00"


@pytest.mark.parametrize("name", ["id", "participant_id", "declared", "2026-02", "contractor-1"])
async def test_what_a_desk_calls_somebody_takes_no_answer_from_others(name: str, desk: TwoDesks) -> None:
    """Each answer has the word «id» in it: a desk that erased somebody of that name let go of everybody's kept answers."""
    client, who = desk.clauses.client, desk.true_employer
    ours = await desk.contract(desk.facilitator, "contractor-1")
    bodies = {one: hours_body(participant_id=one, month="2026-02") for one in ("P-1", name)}
    keyed = {one: who | {"Idempotency-Key": one} for one in bodies}
    kept = {one: await client.post(f"{ours}/hours", json=bodies[one], headers=keyed[one]) for one in bodies}
    assert [answer.status_code for answer in kept.values()] == [201, 201]
    assert (await client.delete(f"/v1/participants/{name}", headers=desk.facilitator)).status_code == 204
    again = {one: await client.post(f"{ours}/hours", json=bodies[one], headers=keyed[one]) for one in bodies}
    assert again["P-1"].json() == kept["P-1"].json(), "an answer on somebody else"
    assert (again[name].status_code, again[name].json()["code"]) == (409, "already-applied")


async def test_of_who_was_erased_nothing_more_is_said(desk: TwoDesks, people: People) -> None:
    """The name that their entries keep takes no facts, no decision, no hours; no sheet and no period waits for them. A desk's
    own reference cannot look like one: what it names would never be erased.
    """
    client, who = desk.clauses.client, desk.facilitator
    path = await desk.contract(who, "contractor-1")
    linked = {"participant_id": "P-1"}
    for at in (f"{path}/participants", "/v1/participants"):
        assert (await client.post(at, json=linked, headers=who)).status_code == 201
    job = linked | {"kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-01-05"}
    assert (await client.post(f"{path}/employments", json=job, headers=desk.true_employer)).status_code == 201
    where = await client.post(f"{path}/hours", json=hours_body(month="2026-01"), headers=desk.true_employer)
    assert where.status_code == 201, where.text
    assert (await client.delete("/v1/participants/P-1", headers=who)).status_code == 204
    name = (await client.get(where.headers["location"], headers=who)).json()["participant_id"]

    for gone in (name, "erased-by-a-desk"):
        for at in ("/v1/participants", f"{path}/participants"):
            refused = await client.post(at, json={"participant_id": gone}, headers=who)
            assert refused.status_code in (404, 422), refused.text
        hours = await client.post(f"{path}/hours", json=hours_body(participant_id=gone), headers=desk.true_employer)
        assert hours.json()["errors"][0]["rule"] == "reference-closed"
    person = f"/v1/participants/{name}"
    etag = (await client.get(person, headers=who)).headers["etag"]
    facts = await client.patch(person, json={"birth_year": 1989}, headers=who | {"If-Match": etag})
    decision = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}]}
    decided = await client.post(f"{person}/eligibilities", json=decision, headers=who)
    assert (facts.json()["code"], decided.json()["code"]) == ("person-unknown", "person-unknown")
    query = {"month": "2026-02", "format": "csv"}
    sheet = await client.get(f"{path}/sheets/template", params=query, headers=desk.true_employer)
    assert (sheet.status_code, "erased-" in sheet.text) == (200, False)
    awaited = await client.get(f"{path}/reporting", headers=desk.true_employer)
    assert (awaited.status_code, [one["missing"] for one in awaited.json()["items"]][:1]) == (200, [[]])


def at_next_commit(desk: TwoDesks, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[None]]) -> None:
    """Between what the next command has read and its commit something ``happens``."""
    store = desk.clauses.app.state.context.store
    commit = store.commit

    async def late(work: Work) -> bool:
        monkeypatch.setattr(store, "commit", commit)
        await happens()
        return bool(await commit(work))

    monkeypatch.setattr(store, "commit", late)


async def test_who_is_erased_while_they_are_written_down_is_forgotten_again(
    desk: TwoDesks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure comes between the look at ``erasures`` and the commit."""
    ours = await desk.contract(desk.facilitator, "contractor-1")
    context = desk.clauses.app.state.context

    for path, body in ((f"{ours}/participants", CONSENT), ("/v1/participants", CONSENT)):
        await desk.clauses.store.collection("erasures").delete_many({})
        at_next_commit(desk, monkeypatch, lambda: participants.forget(context, PROFILE))
        await desk.clauses.client.post(path, json=body, headers=desk.facilitator)
        for name in ("participants", "persons"):
            assert await desk.clauses.store.collection(name).find_one({"participant_id": PROFILE}) is None, path


async def test_nobody_is_written_down_while_their_erasure_is_being_committed(
    desk: TwoDesks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two transactions at once neither sees what the other writes: that somebody is erased is known before."""
    ours = await desk.contract(desk.facilitator, "contractor-1")
    answers = []

    async def beside() -> None:
        for path in (f"{ours}/participants", "/v1/participants"):
            answers.append((await desk.clauses.client.post(path, json=CONSENT, headers=desk.facilitator)).status_code)

    at_next_commit(desk, monkeypatch, beside)
    await participants.forget(desk.clauses.app.state.context, PROFILE)
    assert answers == [404, 422]


async def test_an_erasure_that_broke_off_behind_its_mark_is_done_when_it_is_asked_again(
    desk: TwoDesks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That somebody is erased is noted first: it must not be taken for done."""
    ours = await desk.contract(desk.facilitator, "contractor-1")
    assert (await desk.declare(ours, desk.true_employer, 10, participant_id="P-1")).status_code == 201

    async def breaks() -> None:
        raise AutoReconnect("away")

    at_next_commit(desk, monkeypatch, breaks)
    broken = await desk.clauses.client.delete("/v1/participants/P-1", headers=desk.facilitator)
    assert broken.status_code >= 500
    hours = desk.clauses.store.collection("hours")
    assert await hours.count_documents({"participant_id": "P-1"}) == 1
    again = await desk.clauses.client.delete("/v1/participants/P-1", headers=desk.facilitator)
    assert (again.status_code, await hours.count_documents({"participant_id": "P-1"})) == (204, 0)


async def test_hours_declared_while_a_desk_forgets_their_person_keep_no_name(
    desk: TwoDesks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure finds nothing of a first declaration that is just being written."""
    ours = await desk.contract(desk.facilitator, "contractor-1")
    context = desk.clauses.app.state.context
    at_next_commit(desk, monkeypatch, lambda: participants.forget(context, "P-1", territory="23", by="facilitator-1"))
    assert (await desk.declare(ours, desk.true_employer, 10, participant_id="P-1")).status_code == 201
    for name in ("hours", "ledger", "presences", "person_months"):
        assert await desk.clauses.store.collection(name).find_one({"participant_id": "P-1"}) is None, name


async def test_nobody_is_linked_to_an_erased_profile(desk: TwoDesks) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    await participants.forget(desk.clauses.app.state.context, PROFILE)
    answer = await desk.assign(ours, desk.facilitator)
    assert (answer.status_code, answer.json()["code"]) == (404, "participant-unknown")
    assert (await desk.declare(ours, desk.true_employer, 10)).status_code == 422


async def test_the_erasure_comes_from_profiles_over_kafka(stack: Stack, people: People) -> None:
    async with stack.running("clauses", worker=True) as running:
        desk = TwoDesks(running, stack, people)
        where = await desk.contract(desk.facilitator, "contractor-1", starts_on="2026-01-01", ends_on="2027-12-31")
        await desk.assign(where, desk.facilitator)
        work = Work()
        now = running.runtime.clock.now()
        state = ProfileState(profile_id=PROFILE, territory="23", active=True)
        work.publish(PROFILES, "profile-created.v1", key=PROFILE, data=state, sequence=1, time=now)
        work.publish(PROFILES, "profile-updated.v1", key=PROFILE, data=None, sequence=2, time=now)
        await running.store.commit(work)
        links = running.store.collection("participants")

        async def gone() -> bool:
            return int(await links.count_documents({})) == 0

        await eventually(gone)
        assert all(
            PROFILE not in json.dumps(str(row)) for row in await outbox(running) if row["topic"] != PROFILES.name
        )
