"""Decisions of eligibility: what they need, for which hours they hold, and what a contractor learns of them."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from services.clauses.domain.amounts import months_after
from services.clauses.domain.eligibility import (
    Eligibility,
    EligibilityGiven,
    EligibilityRule,
    Hired,
    Validity,
    check_eligible,
    last_eligible_day,
)
from services.clauses.domain.errors import EligibilityRefused, NotEligible
from services.clauses.domain.ledger import EmploymentKind
from services.clauses.domain.person import PersonTerms
from shared.reference import publics
from shared.reference.publics import PAPERS, REFERENTIAL, REFERENTIAL_VERSION, Category, EvidenceOf, Group
from tests.service.clauses.builders import TODAY, People, author, contract_body, hours_body
from tests.support import Running, Stack

RSA = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-02-10"}]}


def decide(today: date = TODAY, birth_year: int | None = 1989, **changes: Any) -> Eligibility:
    given = EligibilityGiven.model_validate(RSA | changes)
    person = PersonTerms(birth_year=birth_year)
    by = author("facilitator-1", "facilitator")
    return Eligibility.decide("decision-1", "23", "P-1", given, person, REFERENTIAL, by, today)


def rules_broken(**changes: Any) -> set[tuple[str, str]]:
    with pytest.raises(EligibilityRefused) as refused:
        decide(**changes)
    return {(error.field, error.rule) for error in refused.value.errors}


def test_every_category_has_its_evidence_and_a_label() -> None:
    assert {one.code for one in REFERENTIAL} == set(Category)
    assert all(one.evidence and one.label for one in REFERENTIAL)


@pytest.mark.parametrize("category", [one.code for one in REFERENTIAL])
def test_the_papers_that_would_show_a_situation_are_named_as_people_call_them(category: str) -> None:
    other = EvidenceOf.INTERVIEW if category == "rsa" else EvidenceOf.CAF_STATEMENT
    paper = {"kind": other.value, "dated": "2026-02-10"}
    if other in next(one.evidence for one in REFERENTIAL if one.code == category):
        paper["kind"] = EvidenceOf.IDENTITY_DOCUMENT.value
    with pytest.raises(EligibilityRefused) as refused:
        decide(categories=[category], evidence=[paper], opinion="Un long avis motivé.", birth_year=None)
    [said] = [error.message for error in refused.value.errors if error.rule == "no-evidence"]
    assert said.partition(" : ")[2]
    assert not re.search("[a-z]_[a-z]", said)
    assert set(PAPERS) == set(EvidenceOf)


def test_a_decision_keeps_the_words_of_its_day() -> None:
    decision = decide()
    assert [(one.code, one.group) for one in decision.categories] == [("rsa", Group.CRITERIA)]
    assert decision.referential
    assert decision.categories[0].label.startswith("Bénéficiaire du RSA")
    assert (decision.valid_from, decision.valid_until) == (TODAY, None)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"categories": ["rsa", "astronaut"]}, ("categories.1", "unknown-category")),
        ({"evidence": [{"kind": "residence_permit", "dated": "2026-02-10"}]}, ("categories.0", "no-evidence")),
        ({"evidence": [{"kind": "caf_statement", "dated": "2026-03-03"}]}, ("evidence.0.dated", "in-the-future")),
        ({"valid_from": "2026-03-03"}, ("valid_from", "in-the-future")),
        ({"valid_until": "2026-03-01"}, ("valid_until", "before-start")),
        ({"evidence": [{"kind": "caf_statement", "dated": "1950-11-01"}]}, ("evidence.0.dated", "before-birth")),
        ({"evidence": [{"kind": "caf_statement", "dated": "1988-12-31"}]}, ("evidence.0.dated", "before-birth")),
        ({"valid_from": "2004-12-31"}, ("valid_from", "too-young")),
        ({"valid_from": "2009-05-31"}, ("valid_from", "before-category")),
        ({"valid_from": "1900-01-01", "birth_year": None}, ("valid_from", "before-category")),
        ({"valid_until": "2033-03-01"}, ("valid_until", "too-long")),
        (
            {"categories": ["reasoned_opinion"], "evidence": [{"kind": "interview", "dated": "2026-02-10"}]},
            ("opinion", "required"),
        ),
        (
            {"categories": ["over_50"], "evidence": [{"kind": "identity_document", "dated": "2026-02-10"}]},
            ("categories.0", "too-young"),
        ),
        (
            {"categories": ["under_26_graduate"], "evidence": [{"kind": "school_record", "dated": "2026-02-10"}]},
            ("categories.0", "too-old"),
        ),
        (
            {
                "categories": ["over_50"],
                "evidence": [{"kind": "identity_document", "dated": "2026-02-10"}],
                "birth_year": None,
            },
            ("categories.0", "birth-year-missing"),
        ),
    ],
)
def test_what_a_decision_cannot_be(changes: dict[str, Any], broken: tuple[str, str]) -> None:
    assert broken in rules_broken(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": "2009-06-01"},
        {"valid_from": "2006-01-01", "birth_year": None, "categories": ["reasoned_opinion"], "opinion": "Avis motivé."},
        {"evidence": [{"kind": "caf_statement", "dated": "1989-01-01"}]},
        {"evidence": [{"kind": "caf_statement", "dated": "1950-11-01"}], "birth_year": None},
    ],
)
def test_what_was_shown_to_be_older_may_be(changes: dict[str, Any]) -> None:
    if "opinion" in changes:
        changes = changes | {"evidence": [{"kind": "interview", "dated": "2026-02-10"}], "valid_from": "2006-09-01"}
    assert decide(**changes).valid_from <= TODAY


def test_of_a_year_of_birth_both_ages_are_possible() -> None:
    evidence = {"evidence": [{"kind": "school_record", "dated": "2026-02-10"}]}
    assert decide(categories=["under_26_graduate"], birth_year=2000, **evidence)  # 25 until the birthday
    over = {"evidence": [{"kind": "identity_document", "dated": "2026-02-10"}]}
    assert decide(categories=["over_50"], birth_year=1976, **over)


def hired(first: str = "2026-03-10", kind: EmploymentKind = EmploymentKind.CDD, this: str | None = None) -> Hired:
    return Hired(date.fromisoformat(first), kind, date.fromisoformat(this or first))


@pytest.mark.parametrize(
    ("month", "kind", "rule"),
    [
        ("2026-02", EmploymentKind.CDD, "not-yet"),
        ("2026-03", EmploymentKind.CDD, None),
        ("2028-03", EmploymentKind.CDD, None),  # 24 months from the first hire, 10 March 2026
        ("2028-04", EmploymentKind.CDD, "ended"),
        ("2028-04", EmploymentKind.CDI, None),
        ("2030-03", EmploymentKind.CDI, None),
        ("2030-04", EmploymentKind.CDI, "ended"),
    ],
)
def test_hours_count_for_24_months_after_the_first_hire_and_4_years_of_a_cdi(
    month: str, kind: EmploymentKind, rule: str | None
) -> None:
    def check() -> None:
        check_eligible([decide()], month, EligibilityRule.EACH_MONTH, Validity(), hired(kind=kind))

    if rule is None:
        check()
        return
    with pytest.raises(NotEligible) as refused:
        check()
    assert [error.rule for error in refused.value.errors] == [rule]


def test_twenty_four_months_from_the_first_of_a_month_are_not_twenty_five() -> None:
    first = hired("2026-03-01")
    assert last_eligible_day(decide(), Validity(), first) == date(2028, 2, 29)
    assert last_eligible_day(decide(), Validity(months=12), first) == date(2027, 2, 28)
    with pytest.raises(NotEligible):
        check_eligible([decide()], "2028-03", EligibilityRule.EACH_MONTH, Validity(), first)


def test_a_new_diagnosis_opens_another_period_and_a_cdi_signed_too_late_none() -> None:
    decision, long_ago = decide(), hired("2020-01-10", this="2026-03-10")
    assert last_eligible_day(decision, Validity(), long_ago) == date(2028, 3, 1)
    assert check_eligible([decision], "2026-04", EligibilityRule.EACH_MONTH, Validity(), long_ago) is decision
    first = "2026-03-10"
    for signed, last in (("2028-03-09", date(2030, 3, 9)), ("2028-03-10", date(2028, 3, 9))):
        cdi = hired(first, EmploymentKind.CDI, this=signed)
        assert last_eligible_day(decision, Validity(), cdi) == last


def test_a_decision_that_prolongs_one_is_not_asked_to_be_older_than_the_hire() -> None:
    first, second = decide(valid_until="2026-06-30"), decide(date(2026, 6, 20))
    both = (EligibilityRule.BEFORE_HIRE, Validity(), hired("2026-03-10"))
    assert check_eligible([first, second], "2026-07", *both) is second
    with pytest.raises(NotEligible, match="avant l'embauche"):
        check_eligible([second], "2026-07", *both)


def test_the_approval_comes_before_the_hire_where_the_contract_says_so() -> None:
    decision = decide()
    before = (EligibilityRule.BEFORE_HIRE, Validity())
    assert check_eligible([decision], "2026-03", *before, hired("2026-03-02")) is decision
    with pytest.raises(NotEligible, match="avant l'embauche"):
        check_eligible([decision], "2026-03", *before, hired("2026-03-01"))
    assert check_eligible([decision], "2026-03", EligibilityRule.EACH_MONTH, Validity(), hired("2026-03-01"))


def test_a_withdrawn_decision_carries_nothing_and_the_next_one_does() -> None:
    wrong, right = decide(), decide()
    wrong.withdraw("Attestation d'une autre personne", author())
    with pytest.raises(NotEligible) as refused:
        check_eligible([wrong], "2026-03", EligibilityRule.EACH_MONTH, Validity(), hired())
    assert refused.value.errors[0].rule == "no-decision"
    assert check_eligible([wrong, right], "2026-03", EligibilityRule.EACH_MONTH, Validity(), hired()) is right


def test_a_paper_with_an_end_ends_the_decision() -> None:
    decision = decide(valid_until="2026-06-30")
    assert last_eligible_day(decision, Validity(), hired()) == date(2026, 6, 30)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


# Over HTTP.


class Desk:
    """A facilitator's desk with a contract that checks eligibility each month."""

    def __init__(self, clauses: Running, people: People) -> None:
        self.client, self.people = clauses.client, people
        self.contract = ""

    async def opens(self, **rules: Any) -> "Desk":
        body = contract_body(rules=rules)
        answer = await self.client.post("/v1/contracts", json=body, headers=self.people.facilitator)
        self.contract = str(answer.headers["location"])
        return self

    async def post(self, path: str, body: Any, who: dict[str, str] | None = None) -> httpx.Response:
        return await self.client.post(path, json=body, headers=who or self.people.facilitator)

    async def enters(self, participant: str = "P-1", **facts: Any) -> None:
        assert (await self.post("/v1/participants", {"participant_id": participant} | facts)).status_code == 201
        linked = await self.post(f"{self.contract}/participants", {"participant_id": participant})
        assert linked.status_code == 201

    async def decides(self, participant: str = "P-1", **changes: Any) -> str:
        made = await self.post(f"/v1/participants/{participant}/eligibilities", RSA | changes)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def declares(self, **changes: Any) -> httpx.Response:
        return await self.post(f"{self.contract}/hours", hours_body(**changes), self.people.contractor)


def rule_of(answer: httpx.Response) -> tuple[str, str]:
    body = answer.json()
    return body["code"], body["errors"][0]["rule"]


@pytest.fixture
async def desk(clauses: Running, people: People) -> Desk:
    return await Desk(clauses, people).opens()


async def test_hours_need_a_decision_and_keep_which_one(desk: Desk) -> None:
    assert rule_of(await desk.declares()) == ("participant-not-assigned", "not-assigned")
    await desk.enters()
    assert rule_of(await desk.declares()) == ("not-eligible", "no-decision")
    decision = await desk.decides(valid_from="2026-02-12")
    declared = await desk.declares()
    assert (declared.status_code, declared.json()["eligibility_id"]) == (201, decision)


async def test_whoever_declares_learns_nothing_of_a_reference_that_is_not_theirs(desk: Desk) -> None:
    """A reference that another contract's participant has is refused as one that nobody has."""
    await desk.enters("P-1")
    await desk.decides("P-1", valid_from="2026-02-12")
    other = await desk.post("/v1/contracts", contract_body(title="Autre", contractor_ids=["contractor-2"], rules={}))
    path, stranger = f"{other.headers['location']}/hours", desk.people.other_contractor
    answers = [await desk.post(path, hours_body(participant_id=one), stranger) for one in ("P-1", "P-unknown")]
    assert {answer.status_code for answer in answers} == {422}
    assert len({str({k: v for k, v in answer.json().items() if k != "instance"}) for answer in answers}) == 1


async def test_who_was_employed_before_the_contract_is_hired_on_the_clause_with_it(desk: Desk) -> None:
    """An adapted company's people have been there for years: their months on a clause begin with the contract."""
    await desk.enters()
    await desk.decides(valid_from="2026-01-01")
    job = {"participant_id": "P-1", "kind": "cdi", "employer": "EA du Lac", "starts_on": "2009-09-01"}
    begun = await desk.post(f"{desk.contract}/employments", job, desk.people.contractor)
    body = hours_body(employment_id=begun.json()["id"])
    del body["employment"]
    declared = await desk.post(f"{desk.contract}/hours", body, desk.people.contractor)
    assert declared.status_code == 201, declared.text


async def test_an_approval_after_the_hire_carries_no_hours_however_they_are_sent(
    clauses: Running, people: People
) -> None:
    """By the employment's number, by its name, in a sheet; a first day moved after the decision loses the months before it."""
    desk = await Desk(clauses, people).opens(eligibility="before_hire")
    await desk.enters()
    job = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-02-09"}
    begun = await desk.post(f"{desk.contract}/employments", job, people.contractor)
    await desk.decides(valid_from="2026-02-01")
    numbered = {
        name: value for name, value in hours_body(employment_id=begun.json()["id"]).items() if name != "employment"
    }
    sent = [await desk.declares(), await desk.post(f"{desk.contract}/hours", numbered, people.contractor)]
    assert [rule_of(one) for one in sent] == [("not-eligible", "after-hire")] * 2
    csv = people.contractor | {"Content-Type": "text/csv"}
    sheet = "Participant;Nature du contrat;Employeur;Mois;Heures\nP-1;CDD;Bâti Creuse;02/2026;10"
    report = (await desk.client.post(f"{desk.contract}/sheets", content=sheet, headers=csv)).json()
    assert [one["rule"] for one in report["lines"][0]["errors"]] == ["after-hire"]
    match = people.contractor | {"If-Match": begun.headers["etag"]}
    moved = await desk.client.patch(begun.headers["location"], json={"starts_on": "2026-03-02"}, headers=match)
    assert moved.status_code == 200
    february = await desk.post(f"{desk.contract}/hours", numbered, people.contractor)
    assert rule_of(february) == ("employment-not-covering", "employment-not-covering")


async def test_a_decision_keeps_the_referential_of_its_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next referential knows the category no more: what was decided stays as it was said, and carries hours."""
    await desk.enters()
    before = await desk.decides(valid_from="2026-02-12")
    gone = [replace(one, valid_until=TODAY - timedelta(days=1)) if one.code == "rsa" else one for one in REFERENTIAL]
    monkeypatch.setattr(publics, "REFERENTIAL", tuple(gone))
    monkeypatch.setattr("services.clauses.domain.eligibility.REFERENTIAL_VERSION", "2027-01")
    listed = (await desk.client.get("/v1/eligibility-categories", headers=desk.people.facilitator)).json()
    assert "rsa" not in {one["code"] for one in listed["items"]}
    assert rule_of(await desk.post("/v1/participants/P-1/eligibilities", RSA))[1] == "unknown-category"
    declared = await desk.declares()
    assert (declared.status_code, declared.json()["eligibility_id"]) == (201, before)
    validated = await desk.post(f"{declared.headers['location']}/validate", None)
    assert validated.json()["state"] == "validated"
    kept = (await desk.client.get("/v1/participants/P-1/eligibilities", headers=desk.people.facilitator)).json()[
        "items"
    ]
    assert [(one["referential"], one["categories"][0]["label"][:19]) for one in kept] == [
        (REFERENTIAL_VERSION, "Bénéficiaire du RSA")
    ]


async def test_a_decision_withdrawn_before_the_validation_stops_it(desk: Desk) -> None:
    await desk.enters()
    decision = await desk.decides(valid_from="2026-02-12")
    declared = await desk.declares()
    gone = await desk.post(f"/v1/eligibilities/{decision}/withdraw", {"reason": "Attestation d'une autre personne"})
    assert gone.json()["withdrawn_by"] == "facilitator-1"
    refused = await desk.post(f"{declared.headers['location']}/validate", None)
    assert rule_of(refused) == ("not-eligible", "no-decision")
    corrected = await desk.post(f"{declared.headers['location']}/correct", {"hours": "100.00", "reason": "Absence"})
    assert corrected.json()["eligibility_id"] == decision
    still = await desk.post(f"{corrected.headers['location']}/validate", None)
    assert rule_of(still) == ("not-eligible", "no-decision")
    again = await desk.post(f"/v1/eligibilities/{decision}/withdraw", {"reason": "Encore"})
    assert (again.status_code, again.json()["code"]) == (409, "decision-withdrawn")


async def test_a_pathway_pools_the_hours_of_all_contracts_and_carriers(
    clauses: Running, stack: Stack, people: People
) -> None:
    """A reference means nothing elsewhere, a profile is one person for whoever is of both desks; what was rejected is no hour."""
    profile, unchecked = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e", {"eligibility": "unchecked"}
    consent = {"consented_on": "2026-02-01"}
    both = stack.token("facilitator", subject="facilitator-3", territories=("23", "87"))
    paths = []
    for title, carrier, desk in (
        ("École", "Guéret", people.facilitator),
        ("Gymnase", "Aubusson", people.facilitator),
        ("Pont", "Limoges", people.neighbour),
    ):
        body = contract_body(title=title, carrier=carrier, rules=unchecked)
        made = await clauses.client.post("/v1/contracts", json=body, headers=desk)
        paths += [made.headers["location"]]
        linked = {"participant_id": profile} | consent
        await clauses.client.post(f"{paths[-1]}/participants", json=linked, headers=desk)
    for desk in (people.facilitator, people.neighbour):
        for one in ({"participant_id": profile} | consent, {"participant_id": "P-1"}):
            assert (await clauses.client.post("/v1/participants", json=one, headers=desk)).status_code == 201

    async def works(path: str, who: str, month: str, hours: str) -> str:
        body = hours_body(participant_id=who, month=month, hours=hours, evidence=[])
        made = await clauses.client.post(f"{path}/hours", json=body, headers=people.contractor)
        assert made.status_code == 201, made.text
        return str(made.headers["location"])

    for who in ("P-1", profile):
        await works(paths[1], who, "2026-02", "20.25")
        validated = await works(paths[0], who, "2026-01", "10.10")
        assert (await clauses.client.post(f"{validated}/validate", headers=people.facilitator)).status_code == 200
        await works(paths[2], who, "2026-02", "5.00")
        rejected = {"reason": "Illisible"}
        wrong = await works(paths[0], who, "2026-02", "7.00")
        await clauses.client.post(f"{wrong}/reject", json=rejected, headers=people.facilitator)

    async def pathway(who: str, reader: dict[str, str], **query: str) -> Any:
        return (await clauses.client.get(f"/v1/participants/{who}/pathway", headers=reader, params=query)).json()

    def found(read: Any) -> list[tuple[str, str, str, str]]:
        return [
            (one["carrier"], one["first_month"], one["declared_hours"], one["validated_hours"]) for one in read["items"]
        ]

    creuse = [("Guéret", "2026-01", "10.10", "10.10"), ("Aubusson", "2026-02", "20.25", "0.00")]
    limoges = [("Limoges", "2026-02", "5.00", "0.00")]
    for who in ("P-1", profile):
        own = await pathway(who, people.facilitator)
        assert (own["declared_hours"], own["validated_hours"], found(own)) == ("30.35", "10.10", creuse)
        assert found(await pathway(who, people.neighbour)) == limoges
    assert found(await pathway("P-1", both, territory="23")) == creuse
    assert sorted(found(await pathway(profile, both, territory="23"))) == sorted(creuse + limoges)
    assert (await pathway("P-2", people.facilitator))["code"] == "person-unknown"


async def test_a_territory_adds_a_category_and_ends_it(desk: Desk, stack: Stack) -> None:
    await desk.enters()
    local = {"code": "local:ebe", "label": "Salarié d'une EBE", "evidence": ["structure_contract"]}
    dated = local | {"valid_from": "2026-01-01"}
    assert (await desk.post("/v1/eligibility-categories", dated)).status_code == 201
    assert (await desk.post("/v1/eligibility-categories", dated)).json()["code"] == "category-exists"
    await desk.decides(categories=["local:ebe"], evidence=[{"kind": "structure_contract", "dated": "2026-02-01"}])
    ended = await desk.post("/v1/eligibility-categories/local:ebe/end", {"valid_until": "2026-03-01"})
    assert ended.json()["valid_until"] == "2026-03-01"
    late = await desk.post(
        "/v1/participants/P-1/eligibilities",
        {"categories": ["local:ebe"], "evidence": [{"kind": "structure_contract", "dated": "2026-02-01"}]},
    )
    assert rule_of(late) == ("eligibility-refused", "unknown-category")
    kept = (await desk.client.get("/v1/participants/P-1/eligibilities", headers=desk.people.manager)).json()["items"]
    assert kept[0]["categories"] == [{"code": "local:ebe", "label": "Salarié d'une EBE", "group": "other"}]
    away = await desk.client.get("/v1/eligibility-categories", headers=desk.people.neighbour)
    assert "local:ebe" not in {one["code"] for one in away.json()["items"]}


async def test_a_record_is_one_per_desk_and_is_the_desks_own(desk: Desk) -> None:
    await desk.enters(sex="female", birth_year=1989)
    again = await desk.post("/v1/participants", {"participant_id": "P-1"})
    assert (again.status_code, again.json()["code"]) == (409, "person-exists")
    there = await desk.post("/v1/participants", {"participant_id": "P-1"}, desk.people.neighbour)
    assert there.status_code == 201  # the neighbour's own P-1, another person
    unseen = await desk.client.get("/v1/participants/P-1", headers=desk.people.neighbour)
    assert unseen.json()["sex"] == "unstated"
    for year in (1899, 1920, 2015):
        wrong = await desk.post("/v1/participants", {"participant_id": f"P-{year}", "birth_year": year})
        assert wrong.status_code == 422
    young = {"participant_id": "P-17", "birth_year": 2009}
    alone = await desk.post("/v1/participants", young)
    assert [(one["field"], one["rule"]) for one in alone.json()["errors"]] == [
        ("guardian_consent_on", "guardian-consent")
    ]
    assert (await desk.post("/v1/participants", young | {"guardian_consent_on": "2026-01-12"})).status_code == 201
    town = await desk.post("/v1/participants", {"participant_id": "P-9", "commune_code": "23999"})
    assert rule_of(town) == ("person-refused", "unknown-commune")
