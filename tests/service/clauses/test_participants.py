"""Whose hours a contractor may declare, and what it learns of others."""

import asyncio

import pytest

from services.clauses.api import examples
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.service.clauses.linked import CONSENT, OTHER, PROFILE, TwoDesks, desk
from tests.support import Running, Stack

__all__ = ["desk"]


async def test_a_stranger_names_no_profile_and_learns_nothing_of_it(desk: TwoDesks) -> None:
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


async def test_what_another_contractor_declares_does_not_refuse_the_true_employer(desk: TwoDesks) -> None:
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


async def test_validations_at_once_stay_within_the_month(desk: TwoDesks) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.facilitator, "contractor-2", title="Autre marché")
    for where in (ours, theirs):
        await desk.assign(where, desk.facilitator)
    declared = [await desk.declare(ours, desk.true_employer, 120), await desk.declare(theirs, desk.stranger, 120)]
    answers = await asyncio.gather(*(desk.validate(one, desk.facilitator) for one in declared))
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_reference_is_of_its_own_desk(desk: TwoDesks) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.far, "contractor-2", title="Ailleurs", territory="87")
    first = await desk.declare(ours, desk.true_employer, 200, participant_id="P-1")
    second = await desk.declare(theirs, desk.stranger, 200, participant_id="P-1")
    assert (await desk.validate(first, desk.facilitator)).status_code == 200
    assert (await desk.validate(second, desk.far)).status_code == 200


@pytest.mark.parametrize("participant", ["P-1", PROFILE])
async def test_another_desk_that_names_the_contractor_learns_nothing_of_its_hours(
    desk: TwoDesks, stack: Stack, participant: str
) -> None:
    """Whoever a desk invites acts for the contractor there; the refusal would tell the hours that remain of ours."""
    spy = stack.token("contractor", subject="spy", territories=())
    contractors = desk.clauses.store.collection("contractors")
    await contractors.update_one({"_id": "87:contractor-1"}, {"$set": {"users": ["spy"]}})
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.far, "contractor-1", title="Ailleurs", territory="87")
    for where, who in ((ours, desk.facilitator), (theirs, desk.far)):
        assert (await desk.assign(where, who, participant_id=participant)).status_code == 201
    declared = await desk.declare(ours, desk.true_employer, "150.25", participant_id=participant)
    assert declared.status_code == 201
    named = {"contractor_id": "contractor-1", "participant_id": participant}
    for who, month in ((spy, "2026-02"), (desk.far, "2026-01")):
        whole = await desk.declare(theirs, who, 220, month=month, evidence=[], **named)
        assert whole.status_code == 201, whole.text
    # Nor is the true employer shut out by it.
    more = {"kind": "cdd", "employer": "Autre"}
    assert (await desk.declare(ours, desk.true_employer, "69.75", employment=more, **named)).status_code == 201


@pytest.mark.parametrize("participant", ["P-1", PROFILE])
async def test_who_acts_for_the_contractor_in_both_territories_is_held_to_the_month_in_both(
    desk: TwoDesks, participant: str
) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    theirs = await desk.contract(desk.far, "contractor-1", title="Ailleurs", territory="87")
    for where, who in ((ours, desk.facilitator), (theirs, desk.far)):
        assert (await desk.assign(where, who, participant_id=participant)).status_code == 201
    both = desk.true_employer  # invited by each of the desks
    of = {"participant_id": participant, "evidence": []}
    at_once = await asyncio.gather(*(desk.declare(where, both, 120, **of) for where in (ours, theirs)))
    accepted = [answer for answer in at_once if answer.status_code == 201]
    other = ours if at_once[0].status_code == 422 else theirs
    if participant == "P-1":
        assert len(accepted) == 2, "the reference of another desk is somebody else"
        return
    [one] = accepted
    [refused] = [answer for answer in at_once if answer.status_code == 422]
    assert (refused.json()["code"], refused.json()["remaining_hours"]) == ("monthly-limit-exceeded", "100.00")
    correction = {"hours": "221", "reason": "Feuille relue"}
    corrected = await desk.clauses.client.post(f"{one.headers['location']}/correct", json=correction, headers=both)
    assert corrected.status_code == 422
    assert (await desk.declare(other, both, 100, **of)).status_code == 201
    corrected = await desk.clauses.client.post(
        f"{one.headers['location']}/correct", json=correction | {"hours": "121"}, headers=both
    )
    assert (corrected.status_code, corrected.json()["remaining_hours"]) == (422, "120.00")


async def test_a_correction_counts_in_the_contractors_own_month(desk: TwoDesks) -> None:
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


async def test_months_of_the_last_release_are_folded_from_their_declarations(desk: TwoDesks) -> None:
    ours = await desk.contract(desk.facilitator, "contractor-1")
    await desk.assign(ours, desk.facilitator)
    first = await desk.declare(ours, desk.true_employer, 150)
    await desk.validate(first, desk.facilitator)
    await desk.clauses.store.collection("person_months").update_many({}, {"$unset": {"shares": ""}})
    more = await desk.declare(ours, desk.true_employer, 71, employment={"kind": "cdd", "employer": "Autre"})
    assert more.json()["remaining_hours"] == "70.00"
    less = await desk.declare(ours, desk.true_employer, 70, employment={"kind": "cdd", "employer": "Autre"})
    assert (await desk.validate(less, desk.facilitator)).status_code == 200


async def test_linking_a_profile_asks_for_consent_and_a_facilitator_of_the_desk(desk: TwoDesks, people: People) -> None:
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


async def test_a_link_may_be_for_one_contractor_and_ends_when_it_is_taken_back(desk: TwoDesks) -> None:
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


async def test_another_territorys_desk_learns_of_a_decision_only_what_counts(desk: TwoDesks) -> None:
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


async def test_a_contractor_learns_nothing_of_hours_that_another_declared(clauses: Running, people: People) -> None:
    """On a contract of both that takes any reference: whose hours the other declared, and whom the desk linked for it, is
    answered as whom nobody knows; one by one and by the sheet.
    """
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
    title, named = "Participant;Nature du contrat;Employeur;Mois;Heures", ("p-7", "P-7", "P-8", "P-9")
    sheet = "\r\n".join((title, *(f"{one};CDD;Bâti Creuse;02/2026;5" for one in named), "")).encode()
    headers = people.contractor | {"Content-Type": "text/csv"}
    lines = (await post(f"{path}/sheets?preview=true", content=sheet, headers=headers)).json()["lines"]
    # Of two spellings the first is taken, whoever has the second.
    assert [line["outcome"] for line in lines] == ["declared", "refused", "declared", "declared"]
    for who in ("P-7", "P-8", "P-9"):
        asked = await post(f"{path}/hours", json=hours_body(participant_id=who), headers=people.contractor)
        assert asked.status_code == 201, asked.text
        again = await post(f"{path}/hours", json=hours_body(participant_id=who), headers=people.contractor)
        assert (again.status_code, again.json()["hours_id"]) == (409, asked.json()["id"])


async def test_of_two_contractors_who_declare_the_same_the_desk_takes_one(clauses: Running, people: People) -> None:
    post, desk = clauses.client.post, people.facilitator
    contract = contract_body(contractor_ids=["contractor-1", "contractor-2"])
    path = (await post("/v1/contracts", json=contract, headers=desk)).headers["location"]
    # At once, as neither knows of the other.
    both = await asyncio.gather(
        *(post(f"{path}/hours", json=hours_body(), headers=who) for who in (people.contractor, people.other_contractor))
    )
    assert [answer.status_code for answer in both] == [201, 201]
    first, second = (f"/v1/hours/{answer.json()['id']}" for answer in both)
    corrected = await post(
        f"{second}/correct", json={"hours": "100", "reason": "Relu"}, headers=people.other_contractor
    )
    assert corrected.status_code == 201, corrected.text
    pair = (first, f"/v1/hours/{corrected.json()['id']}")
    validated = await asyncio.gather(*(post(f"{one}/validate", headers=desk) for one in pair))
    assert sorted(answer.status_code for answer in validated) == [200, 409]
    [taken] = [answer.json() for answer in validated if answer.status_code == 200]
    [refused] = [answer.json() for answer in validated if answer.status_code == 409]
    assert (refused["code"], refused["hours_id"]) == ("declared-already", taken["id"])
    [waiting] = [one for one in pair if taken["id"] not in one]
    assert (await post(f"{waiting}/reject", json={"reason": "Un autre titulaire"}, headers=desk)).status_code == 200


async def test_whom_the_desk_linked_for_one_contractor_is_validated_for_no_other(
    clauses: Running, people: People
) -> None:
    post, desk = clauses.client.post, people.facilitator
    contract = contract_body(contractor_ids=["contractor-1", "contractor-2"])
    path = (await post("/v1/contracts", json=contract, headers=desk)).headers["location"]
    theirs = {"participant_id": "P-7", "contractor_id": "contractor-2"}
    assert (await post(f"{path}/participants", json=theirs, headers=desk)).status_code == 201
    declared = await post(f"{path}/hours", json=hours_body(participant_id="P-7"), headers=people.contractor)
    refused = await post(f"/v1/hours/{declared.json()['id']}/validate", headers=desk)
    assert (refused.status_code, refused.json()["code"]) == (422, "participant-not-assigned")


@pytest.mark.parametrize("reference", ["2026/042", "P/4/2", "a?b#c", "50%", "x%2Fy", "../P-1"])
async def test_whatever_is_in_a_reference_its_record_is_found_decided_on_and_erased(
    clauses: Running, people: People, reference: str
) -> None:
    client, desk = clauses.client, people.facilitator
    made = await client.post("/v1/participants", json={"participant_id": reference, "birth_year": 1989}, headers=desk)
    assert made.status_code == 201, made.text
    where = made.headers["location"]
    read = await client.get(where, headers=desk)
    assert (read.status_code, read.json()["participant_id"]) == (200, reference)
    if "%2F" in where:
        other = await client.get(where.replace("%2F", "%00"), headers=desk)
        assert other.status_code == 404, "another address than its own"
    path, _, query = where.partition("?")
    decision = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}]}
    decided = await client.post(f"{path}/eligibilities?{query}", json=decision, headers=desk)
    assert (decided.status_code, decided.json()["participant_id"]) == (201, reference)
    change = await client.patch(where, json={"sex": "female"}, headers=desk | {"If-Match": '"2"'})
    assert change.status_code == 200, change.text
    wrong = await client.put(where, json={}, headers=desk)
    assert (wrong.status_code, "DELETE" in wrong.headers["allow"]) == (405, True)
    assert (await client.delete(where, headers=desk)).status_code == 204
    assert (await client.get(where, headers=desk)).status_code == 404
    again = await client.post("/v1/participants", json={"participant_id": reference}, headers=desk)
    assert again.json()["detail"] == "Cette référence n'est plus utilisée : donnez-en une autre."
