"""Whose hours a contractor may declare, what it learns of others, and what erasure leaves."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from services.clauses.api import examples
from services.clauses.commands import participants
from shared.contracts.events.profiles import ProfileState
from shared.contracts.topics import PROFILES
from shared.store import Work
from tests.service.clauses.builders import People, contract_body, hours_body, outbox
from tests.support import Running, Stack, eventually

PROFILE = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"
OTHER = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7f"
CONSENT = {"participant_id": PROFILE, "consented_on": "2026-01-12"}


class Desk:
    """Two contractors on contracts of their own, in two territories."""

    def __init__(self, clauses: Running, stack: Stack, people: People) -> None:
        self.clauses = clauses
        self.facilitator = people.facilitator
        self.far = stack.token("facilitator", subject="facilitator-87", territories=["87"])
        self.true_employer = people.contractor
        self.stranger = people.other_contractor

    async def contract(self, who: dict[str, str], contractor: str, **changes: Any) -> str:
        body = contract_body(contractor_ids=[contractor], **changes)
        answer = await self.clauses.client.post("/v1/contracts", json=body, headers=who)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    async def assign(self, where: str, who: dict[str, str], **changes: Any) -> httpx.Response:
        return await self.clauses.client.post(f"{where}/participants", json=CONSENT | changes, headers=who)

    async def declare(self, where: str, who: dict[str, str], hours: object, **changes: Any) -> httpx.Response:
        body = hours_body(**{"participant_id": PROFILE, "hours": str(hours)} | changes)
        return await self.clauses.client.post(f"{where}/hours", json=body, headers=who)

    async def validate(self, declared: httpx.Response, who: dict[str, str]) -> httpx.Response:
        return await self.clauses.client.post(f"{declared.headers['location']}/validate", headers=who)


@pytest.fixture
def desk(clauses: Running, stack: Stack, people: People) -> Desk:
    return Desk(clauses, stack, people)


async def test_a_stranger_names_no_profile_and_learns_nothing_of_it(desk: Desk) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.far, "contractor-2", title="Ailleurs", territory="87")
    assert (await desk.assign(ours, desk.facilitator)).status_code == 201
    assert (await desk.declare(ours, desk.true_employer, "150.50")).status_code == 201
    known = await desk.declare(theirs, desk.stranger, 100)
    unknown = await desk.declare(theirs, desk.stranger, 100, participant_id=OTHER)
    assert (known.status_code, known.json()["code"]) == (422, "participant-not-assigned")
    for answer in (known, unknown):
        answer.json().pop("instance")
    without_ids = [{k: v for k, v in answer.json().items() if k != "instance"} for answer in (known, unknown)]
    assert without_ids[0] == without_ids[1]
    assert (
        await desk.declare(ours, desk.true_employer, "69.50", employment={"kind": "cdd", "employer": "B"})
    ).is_success


async def test_what_another_contractor_declares_does_not_refuse_the_true_employer(desk: Desk) -> None:
    """Linked on both contracts by facilitators: an over-declaration is theirs to sort out, when they validate."""
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.far, "contractor-2", title="Ailleurs", territory="87")
    await desk.assign(ours, desk.facilitator)
    await desk.assign(theirs, desk.far)
    wrong = await desk.declare(theirs, desk.stranger, 220)
    right = await desk.declare(ours, desk.true_employer, 150)
    assert (wrong.status_code, right.status_code) == (201, 201)
    # Each contractor's own hours stay within the month, and the refusal tells of those only.
    more = await desk.declare(ours, desk.true_employer, 71, employment={"kind": "cdd", "employer": "Autre"})
    assert (more.status_code, more.json()["remaining_hours"]) == (422, "70.00")
    full = await desk.declare(theirs, desk.stranger, 1, employment={"kind": "cdd", "employer": "Autre"})
    assert (full.status_code, full.json()["remaining_hours"]) == (422, "0.00")
    # Together they are never validated beyond it.
    assert (await desk.validate(right, desk.facilitator)).status_code == 200
    over = await desk.validate(wrong, desk.far)
    assert (over.status_code, over.json()["code"]) == (422, "monthly-limit-exceeded")
    assert over.json()["remaining_hours"] == "70.00"
    reject = examples.REJECTION["reason"]["value"]
    rejected = await desk.clauses.client.post(f"{wrong.headers['location']}/reject", json=reject, headers=desk.far)
    assert rejected.status_code == 200
    again = await desk.declare(theirs, desk.stranger, 70)
    assert (await desk.validate(again, desk.far)).status_code == 200


async def test_validations_at_once_stay_within_the_month(desk: Desk) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.facilitator, "contractor-2", title="Autre marché")
    for where in (ours, theirs):
        await desk.assign(where, desk.facilitator)
    declared = [await desk.declare(ours, desk.true_employer, 120), await desk.declare(theirs, desk.stranger, 120)]
    answers = await asyncio.gather(*(desk.validate(one, desk.facilitator) for one in declared))
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_reference_is_of_its_own_desk(desk: Desk) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.far, "contractor-2", title="Ailleurs", territory="87")
    first = await desk.declare(ours, desk.true_employer, 200, participant_id="P-1")
    second = await desk.declare(theirs, desk.stranger, 200, participant_id="P-1")
    assert (await desk.validate(first, desk.facilitator)).status_code == 200
    assert (await desk.validate(second, desk.far)).status_code == 200


async def test_a_correction_counts_in_the_contractors_own_month(desk: Desk) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    await desk.assign(ours, desk.facilitator)
    first = await desk.declare(ours, desk.true_employer, 200)
    await desk.validate(first, desk.facilitator)
    correction = {"hours": "220", "reason": "Feuille relue"}
    path = f"{first.headers['location']}/correct"
    corrected = await desk.clauses.client.post(path, json=correction, headers=desk.true_employer)
    assert corrected.status_code == 201
    assert (await desk.validate(corrected, desk.facilitator)).status_code == 200
    [month] = await desk.clauses.store.collection("person_months").find({}).to_list(None)
    assert [(str(share["declared"]), str(share["validated"])) for share in month["shares"]] == [("220.00", "220.00")]


async def test_months_of_the_last_release_are_folded_from_their_declarations(desk: Desk) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    await desk.assign(ours, desk.facilitator)
    first = await desk.declare(ours, desk.true_employer, 150)
    await desk.validate(first, desk.facilitator)
    await desk.clauses.store.collection("person_months").update_many({}, {"$unset": {"shares": ""}})
    more = await desk.declare(ours, desk.true_employer, 71, employment={"kind": "cdd", "employer": "Autre"})
    assert more.json()["remaining_hours"] == "70.00"
    less = await desk.declare(ours, desk.true_employer, 70, employment={"kind": "cdd", "employer": "Autre"})
    assert (await desk.validate(less, desk.facilitator)).status_code == 200


async def test_linking_a_profile_asks_for_consent_and_a_facilitator_of_the_desk(desk: Desk, people: People) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    for consent in (None, "2026-03-03"):  # tomorrow
        refused = await desk.assign(ours, desk.facilitator, consented_on=consent)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "consented_on")
    assert (await desk.assign(ours, desk.facilitator, contractor_id="contractor-9")).status_code == 422
    assert (await desk.assign(ours, desk.true_employer)).status_code == 403
    assert (await desk.assign(ours, people.manager)).status_code == 403
    for nobody in (desk.far, desk.stranger):
        assert (await desk.assign(ours, nobody)).status_code == 404
    made = await desk.assign(ours, desk.facilitator)
    assert (made.status_code, made.json()["consented_on"]) == (201, "2026-01-12")
    assert (await desk.assign(ours, desk.facilitator)).json()["code"] == "participant-exists"
    assert (await desk.assign(ours, desk.facilitator, participant_id="P-1", consented_on=None)).status_code == 201


async def test_a_link_may_be_for_one_contractor_and_ends_when_it_is_taken_back(desk: Desk) -> None:
    both = contract_body(contractor_ids=["contractor-1", "contractor-2"])
    made = await desk.clauses.client.post("/v1/contracts", json=both, headers=desk.facilitator)
    where = made.headers["location"]
    await desk.assign(where, desk.facilitator, contractor_id="contractor-1")
    assert (await desk.declare(where, desk.stranger, 10)).status_code == 422
    assert (await desk.declare(where, desk.true_employer, 10)).status_code == 201

    async def listed(who: dict[str, str]) -> list[str]:
        answer = await desk.clauses.client.get(f"{where}/participants", headers=who)
        return [item["participant_id"] for item in answer.json()["items"]]

    assert (await listed(desk.true_employer), await listed(desk.stranger)) == ([PROFILE], [])
    path = f"{where}/participants/{PROFILE}"
    assert (await desk.clauses.client.delete(path, headers=desk.true_employer)).status_code == 403
    assert (await desk.clauses.client.delete(path, headers=desk.facilitator)).status_code == 204
    assert (await desk.clauses.client.delete(path, headers=desk.facilitator)).status_code == 404
    refused = await desk.declare(where, desk.true_employer, 5, employment={"kind": "cdd", "employer": "Autre"})
    assert refused.json()["code"] == "participant-not-assigned"


async def test_erasure_takes_the_person_and_leaves_the_hours(desk: Desk) -> None:
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


async def test_a_desk_forgets_who_is_kept_by_its_reference_only(desk: Desk, people: People) -> None:
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


async def test_of_who_was_erased_nothing_more_is_said(desk: Desk, people: People) -> None:
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


async def test_another_territorys_desk_learns_of_a_decision_only_what_counts(desk: Desk) -> None:
    client = desk.clauses.client
    for who in (desk.facilitator, desk.far):
        assert (await client.post("/v1/participants", json=CONSENT, headers=who)).status_code == 201
    seen = {
        "categories": ["reasoned_opinion"],
        "evidence": [{"kind": "interview", "dated": "2026-02-10"}],
        "opinion": "Sort de détention et sans logement",
        "valid_until": "2026-12-31",
    }
    path = f"/v1/participants/{PROFILE}/eligibilities"
    made = (await client.post(path, json=seen, headers=desk.facilitator)).json()
    reason = {"reason": "La personne a menti sur sa situation"}
    withdrawn = await client.post(f"/v1/eligibilities/{made['id']}/withdraw", json=reason, headers=desk.facilitator)
    own = (await client.get(path, headers=desk.facilitator)).json()["items"]
    assert own == [withdrawn.json()]
    [told] = (await client.get(path, headers=desk.far)).json()["items"]
    hidden = {"evidence": [], "opinion": None, "decided_by": None, "withdrawn_by": None, "reason": None}
    assert told == own[0] | hidden
    assert (told["withdrawn_at"] is None, told["valid_until"]) == (False, "2026-12-31")


async def test_who_is_erased_while_they_are_written_down_is_forgotten_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure comes between the look at ``erasures`` and the commit."""
    ours = await desk.contract(desk.facilitator, "contractor-1")
    context = desk.clauses.app.state.context
    commit = context.store.commit

    async def late(work: Work) -> bool:
        monkeypatch.setattr(context.store, "commit", commit)
        await participants.forget(context, PROFILE)
        return bool(await commit(work))

    for path, body in ((f"{ours}/participants", CONSENT), ("/v1/participants", CONSENT)):
        await desk.clauses.store.collection("erasures").delete_many({})
        monkeypatch.setattr(context.store, "commit", late)
        await desk.clauses.client.post(path, json=body, headers=desk.facilitator)
        for name in ("participants", "persons"):
            assert await desk.clauses.store.collection(name).find_one({"participant_id": PROFILE}) is None, path


async def test_hours_declared_while_a_desk_forgets_their_person_keep_no_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure finds nothing of a first declaration that is just being written."""
    ours = await desk.contract(desk.facilitator, "contractor-1")
    context = desk.clauses.app.state.context
    commit = context.store.commit

    async def late(work: Work) -> bool:
        monkeypatch.setattr(context.store, "commit", commit)
        await participants.forget(context, "P-1", territory="23", by="facilitator-1")
        return bool(await commit(work))

    monkeypatch.setattr(context.store, "commit", late)
    assert (await desk.declare(ours, desk.true_employer, 10, participant_id="P-1")).status_code == 201
    for name in ("hours", "ledger", "presences", "person_months"):
        assert await desk.clauses.store.collection(name).find_one({"participant_id": "P-1"}) is None, name


async def test_nobody_is_linked_to_an_erased_profile(desk: Desk) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    await participants.forget(desk.clauses.app.state.context, PROFILE)
    answer = await desk.assign(ours, desk.facilitator)
    assert (answer.status_code, answer.json()["code"]) == (404, "participant-unknown")
    assert (await desk.declare(ours, desk.true_employer, 10)).status_code == 422


async def test_the_erasure_comes_from_profiles_over_kafka(stack: Stack, people: People) -> None:
    async with stack.running("clauses", worker=True) as running:
        desk = Desk(running, stack, people)
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


async def test_a_contractor_learns_nothing_of_hours_that_another_declared(clauses: Running, people: People) -> None:
    """On a contract of both: of whoever is the other's nothing at all, of anybody else only that it is declared."""
    post = clauses.client.post
    contract = contract_body(contractor_ids=["contractor-1", "contractor-2"])
    path = (await post("/v1/contracts", json=contract, headers=people.facilitator)).headers["location"]
    theirs = {"participant_id": "P-7", "contractor_id": "contractor-2"}
    assert (await post(f"{path}/participants", json=theirs, headers=people.facilitator)).status_code == 201
    for who in ("P-7", "P-8"):
        body = hours_body(participant_id=who, hours="121.34")
        made = await post(f"{path}/hours", json=body, headers=people.other_contractor)
        assert made.status_code == 201, made.text
        own = await post(f"{path}/hours", json=body, headers=people.other_contractor)
        assert own.json()["hours_id"] == made.json()["id"]
        asked = await post(f"{path}/hours", json=hours_body(participant_id=who), headers=people.contractor)
        sheet = f"Participant;Nature du contrat;Employeur;Mois;Heures\r\n{who};CDD;Bâti Creuse;02/2026;5\r\n".encode()
        headers = people.contractor | {"Content-Type": "text/csv"}
        line = (await post(f"{path}/sheets", content=sheet, headers=headers)).json()["lines"][0]
        told = {"P-7": ("participant-not-assigned", "not-assigned"), "P-8": ("declared-already", "declared-by-another")}
        assert (asked.json()["code"], line["errors"][0]["rule"]) == told[who]
        assert made.json()["id"] not in asked.text + str(line)
        assert "121" not in asked.json()["detail"] + str(line)
