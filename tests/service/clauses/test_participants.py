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
