"""Employments: one however it is named, what is followed of it, what it counts on."""

import asyncio
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.employment import (
    EmploymentGiven,
    EmploymentRecord,
    EmploymentTerms,
    Exit,
    ExitSituation,
)
from services.clauses.domain.errors import (
    EmploymentNotCovering,
    EmploymentRefused,
)
from shared.store import Work
from tests.service.clauses.builders import TODAY, People, author, contract_body, hours_body
from tests.support import Running, Stack

# Over HTTP.


async def test_employments_carry_their_hours_and_their_follow_up(clauses: Running, people: People) -> None:
    post = clauses.client.post
    desk, contractor = people.facilitator, people.contractor
    rules = {"eligibility": "unchecked", "employments_required": True}
    path = (await post("/v1/contracts", json=contract_body(rules=rules), headers=desk)).headers["location"]
    named = await post(f"{path}/hours", json=hours_body(), headers=contractor)
    assert named.json()["errors"][0]["field"] == "employment_id"
    job = {"participant_id": "P-1", "kind": "supplied", "employer": "ETTI 23", "starts_on": "2026-02-09"}
    bare = await post(f"{path}/employments", json=job, headers=contractor)
    assert (bare.status_code, bare.json()["code"]) == (422, "participant-not-assigned")
    await post(f"{path}/participants", json={"participant_id": "P-1"}, headers=desk)
    untold = await post(f"{path}/employments", json=job, headers=contractor)
    assert untold.json()["errors"][0]["field"] == "supplier"
    whole = job | {"supplier": {"kind": "etti", "name": "ETTI 23"}}
    made = await post(f"{path}/employments", json=whole, headers=contractor)
    assert made.status_code == 201, made.text
    of_it = hours_body(employment_id=made.json()["id"])
    del of_it["employment"]
    early = await post(f"{path}/hours", json=of_it | {"month": "2026-01"}, headers=contractor)
    assert early.json()["code"] == "employment-not-covering"
    declared = await post(f"{path}/hours", json=of_it, headers=contractor)
    assert declared.json()["employment"] == {
        "kind": "supplied",
        "employer": "ETTI 23",
        "supplier": "ETTI 23",
        "id": made.json()["id"],
    }
    where = made.headers["location"]
    match = {"If-Match": made.headers["etag"]}
    cut = await clauses.client.patch(where, json={"starts_on": "2026-03-01"}, headers=desk | match)
    assert (cut.status_code, cut.json()["code"]) == (409, "hours-outside-employment")
    seen = {"months": 1, "situation": "cdi", "seen_on": "2026-03-01"}
    soon = await post(f"{where}/exits", json=seen, headers=desk)
    assert soon.json()["errors"][0]["rule"] == "not-ended"
    ended = {"ends_on": "2026-02-27", "end_reason": "hired_by_employer"}
    assert (await clauses.client.patch(where, json=ended, headers=desk | match)).status_code == 200
    assert (await post(f"{where}/exits", json=seen, headers=desk)).json()["exits"] == [seen]
    # Where they are now is the desk's to know, not who employed them before.
    own = (await clauses.client.get(where, headers=contractor)).json()
    [listed] = (await clauses.client.get(f"{path}/employments", headers=contractor)).json()["items"]
    assert (own["end_reason"], own["exits"], listed["exits"]) == ("hired_by_employer", [], [])
    [whole_list] = (await clauses.client.get(f"{path}/employments", headers=desk)).json()["items"]
    assert whole_list["exits"] == [seen]
    stranger = await clauses.client.get(where, headers=people.other_contractor)
    assert stranger.status_code == 404


def test_what_was_seen_after_an_end_goes_with_that_end() -> None:
    """An employment that goes on, or ended much later, has not been followed yet; a day more or less changes nothing."""
    desk, today = author("facilitator-1", "facilitator"), date(2026, 9, 1)
    job = {
        "participant_id": "P-1",
        "kind": "cdd",
        "employer": "Bâti",
        "starts_on": "2026-01-05",
        "ends_on": "2026-02-27",
    }
    seen = [Exit(months=months, situation=ExitSituation.CDI, seen_on=day) for months, day in
            ((1, date(2026, 3, 1)), (3, date(2026, 5, 20)), (6, date(2026, 8, 28)))]  # fmt: skip

    def followed() -> EmploymentRecord:
        made = EmploymentRecord.begin("e-1", ("c-1", "23"), EmploymentGiven.model_validate(job), desk, today)
        for one in seen:
            made.follow(one, desk, today)
        return made

    for ends_on, kept in (("2026-02-28", seen), ("2026-03-02", seen[1:]), ("2026-06-30", []), (None, [])):
        made = followed()
        terms = EmploymentTerms.model_validate({**dict(made.terms), "ends_on": ends_on})
        assert made.revise(terms, None, desk, today)
        assert list(made.exits) == kept, ends_on


async def test_an_employment_is_one_however_it_is_named(clauses: Running, people: People) -> None:
    """Twice recorded, or its hours declared by its number and again by name: counted once."""
    desk, contractor = people.facilitator, people.contractor

    async def post(path: str, body: Any, who: dict[str, str] = contractor) -> Any:
        return await clauses.client.post(path, json=body, headers=who)

    def rule(answer: Any) -> tuple[int, str]:
        body = answer.json()
        return answer.status_code, body["errors"][0]["rule"] if body.get("errors") else body["code"]

    path = (await post("/v1/contracts", contract_body(), desk)).headers["location"]
    await post(f"{path}/participants", {"participant_id": "P-1"}, desk)
    job = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-01-05"}
    same = job | {"employer": "BATI  CREUSE"}
    january = await post(f"{path}/hours", hours_body(month="2026-01", hours="10.00"))
    both = await asyncio.gather(post(f"{path}/employments", job), post(f"{path}/employments", same))
    assert sorted(rule(one) if one.status_code > 201 else (201, "") for one in both) == [
        (201, ""),
        (409, "employment-exists"),
    ]
    made = next(one.json() for one in both if one.status_code == 201)
    numbered = {name: value for name, value in hours_body(hours="20.00").items() if name != "employment"}
    numbered["employment_id"] = made["id"]
    # January was declared by name before there was a number.
    assert january.status_code == 201
    assert rule(await post(f"{path}/hours", numbered | {"month": "2026-01"})) == (409, "declared-already")
    named = await post(f"{path}/hours", hours_body(hours="20.00"))
    assert named.json()["employment"]["id"] == made["id"]
    assert rule(await post(f"{path}/hours", numbered)) == (409, "declared-already")
    read = (await clauses.client.get(path, headers=desk)).json()
    assert read["declared_hours"] == "30.00"
    # Two of them in a month are told apart by their numbers.
    shifted = await post(f"{path}/employments", job | {"starts_on": "2026-03-01"})
    assert (shifted.status_code, shifted.json()["overlaps"]) == (201, [made["id"]])
    assert made["overlaps"] == []
    before = await post(f"{path}/employments", job | {"starts_on": "2025-12-01", "ends_on": "2026-01-04"})
    assert before.json()["overlaps"] == []
    assert rule(await post(f"{path}/hours", hours_body(month="2026-03", hours="1.00"))) == (422, "several-employments")
    future = hours_body(
        month="2026-03", evidence=[{"kind": "payslip", "dated": "2026-03-31"}], employment_id=made["id"]
    )
    del future["employment"]
    assert rule(await post(f"{path}/hours", future)) == (422, "in-the-future")
    corrected = {"hours": "5.00", "reason": "Absence", "evidence": future["evidence"]}
    assert rule(await post(f"{january.headers['location']}/correct", corrected)) == (422, "in-the-future")
    outside = {"starts_on": "2020-01-05", "ends_on": "2021-01-05"}
    assert rule(await post(f"{path}/employments", job | outside)) == (422, "before-contract")
    assert rule(await post(f"{path}/employments", job | {"starts_on": "2027-01-05"})) == (422, "after-contract")


async def test_an_employment_is_one_on_two_replicas_and_under_a_new_name(
    clauses: Running, stack: Stack, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the database lies between two replicas: recorded there after it was found to be new here, it is one. Nor
    does an employment become another one that is recorded, by a change of its employer or its first day.
    """
    desk, contractor = people.facilitator, people.contractor
    store = clauses.app.state.context.store
    commit = store.commit
    path = (await clauses.client.post("/v1/contracts", json=contract_body(), headers=desk)).headers["location"]
    await clauses.client.post(f"{path}/participants", json={"participant_id": "P-1"}, headers=desk)
    job = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-01-05"}
    same = job | {"employer": "BATI  CREUSE"}
    other = job | {"employer": "Toits Creuse"}
    async with stack.running("clauses", clock=clauses.runtime.clock) as replica:

        def first_there(body: dict[str, Any]) -> None:
            async def late(work: Work) -> bool:
                monkeypatch.setattr(store, "commit", commit)
                there = await replica.client.post(f"{path}/employments", json=body, headers=contractor)
                assert there.status_code == 201, there.text
                return bool(await commit(work))

            monkeypatch.setattr(store, "commit", late)

        first_there(same)
        # The desk records it for nobody, the contractor for itself: no index would hold them together.
        here = await clauses.client.post(f"{path}/employments", json=job, headers=desk)
        assert (here.status_code, here.json()["code"]) == (409, "employment-exists")
        made = await clauses.client.post(f"{path}/employments", json=other, headers=contractor)
        where, match = made.headers["location"], {"If-Match": made.headers["etag"]}

        first_there(job | {"starts_on": "2026-02-02"})
        moved = {"employer": "bâti creuse", "starts_on": "2026-02-02"}
        overtaken = await clauses.client.patch(where, json=moved, headers=contractor | match)
        assert overtaken.status_code in (409, 412), overtaken.text
        for body in (moved, {"employer": "Bâti-Creuse"}):
            taken = await clauses.client.patch(where, json=body, headers=contractor | match)
            assert (taken.status_code, taken.json()["code"]) == (409, "employment-exists")
    itself = {"employer": "TOITS Creuse", "ends_on": "2026-02-27"}
    assert (await clauses.client.patch(where, json=itself, headers=contractor | match)).status_code == 200
    listed = (await clauses.client.get(f"{path}/employments", headers=desk)).json()["items"]
    assert len(listed) == 3


def test_a_look_after_six_months_is_not_one_of_the_day_after() -> None:
    given = {
        "participant_id": "P-1",
        "kind": "cdd",
        "employer": "B",
        "starts_on": "2026-01-05",
        "ends_on": "2026-02-27",
    }
    record = EmploymentRecord.begin(
        "employment-1", ("contract-1", "23"), EmploymentGiven.model_validate(given), author(), TODAY
    )
    record.follow(Exit(months=1, situation=ExitSituation.CDI, seen_on=TODAY), author(), TODAY)
    for months in (3, 6):
        with pytest.raises(EmploymentRefused) as refused:
            record.follow(Exit(months=months, situation=ExitSituation.CDI, seen_on=TODAY), author(), TODAY)
        assert refused.value.errors[0].rule == "too-early"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "month", "hours", "fits"),
    [
        ("2026-01-31", None, "2026-01", "24", True),
        ("2026-01-31", None, "2026-01", "24.01", False),
        ("2024-02-28", "2024-02-29", "2024-02", "48", True),
        ("2026-01-05", "2026-02-02", "2026-02", "151.67", False),
        ("2026-01-05", "2026-02-28", "2026-02", "220", True),
        ("2025-12-31", "2026-01-01", "2026-01", "25", False),
        ("2025-12-31", "2026-03-01", "2026-01", "744", True),
    ],
)
def test_no_day_has_more_than_its_hours(
    starts_on: str, ends_on: str | None, month: str, hours: str, fits: bool
) -> None:
    given = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti", "starts_on": starts_on, "ends_on": ends_on}
    of = ("contract-1", "23")
    record = EmploymentRecord.begin("employment-1", of, EmploymentGiven.model_validate(given), author(), TODAY)
    with nullcontext() if fits else pytest.raises(EmploymentNotCovering):
        record.check_hours(month, Decimal(hours))


async def test_hours_of_few_days_are_held_to_them_also_by_a_correction(clauses: Running, people: People) -> None:
    post, desk = clauses.client.post, people.facilitator
    path = (await post("/v1/contracts", json=contract_body(), headers=desk)).headers["location"]
    await post(f"{path}/participants", json={"participant_id": "P-1"}, headers=desk)
    job = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-02-26"}
    made = await post(f"{path}/employments", json=job | {"ends_on": "2026-02-27"}, headers=people.contractor)
    assert made.status_code == 201, made.text
    # By its number, or by its kind and employer.
    named = hours_body(hours="48.01")
    numbered = {**named, "employment_id": made.json()["id"]}
    del numbered["employment"]
    for body in (named, numbered):
        refused = await post(f"{path}/hours", json=body, headers=people.contractor)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "hours")
        assert refused.json()["detail"] == "Cet emploi couvre 2 jours en février 2026 : 48 h au plus."
    declared = await post(f"{path}/hours", json=numbered | {"hours": "14"}, headers=people.contractor)
    correct = f"/v1/hours/{declared.json()['id']}/correct"
    more = await post(correct, json={"hours": "140", "reason": "Faute de frappe"}, headers=people.contractor)
    assert (more.status_code, more.json()["code"]) == (422, "employment-not-covering")
    right = await post(correct, json={"hours": "16", "reason": "Faute de frappe"}, headers=people.contractor)
    assert right.status_code == 201


async def test_an_employment_counts_once_unless_the_contracts_pool(clauses: Running, people: People) -> None:
    post = clauses.client.post
    desk = people.facilitator
    alone = {"eligibility": "unchecked", "pools_hours": False}
    pools = alone | {"pools_hours": True}
    both = ["contractor-1", "contractor-2"]
    paths = [
        (
            await post("/v1/contracts", json=contract_body(title=title, rules=rules, contractor_ids=both), headers=desk)
        ).headers["location"]
        for title, rules in (("Marché 1", pools), ("Marché 2", pools), ("Marché 3", alone))
    ]
    for path in paths:
        for one in ("P-1", "P-2"):
            await post(f"{path}/participants", json={"participant_id": one}, headers=desk)
    job = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti", "starts_on": "2026-01-05"}
    made = (await post(f"{paths[0]}/employments", json=job, headers=people.contractor)).json()
    of_it = hours_body(employment_id=made["id"], hours="60.00")
    del of_it["employment"]
    answers = [await post(f"{path}/hours", json=of_it, headers=people.contractor) for path in paths]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert answers[2].json()["errors"][0]["rule"] == "unknown-employment"
    elsewhere = hours_body(employment={"kind": "cdd", "employer": "Bâti", "id": made["id"]}, hours="60.00")
    twice = await post(f"{paths[2]}/hours", json=elsewhere, headers=people.contractor)
    assert twice.json()["code"] == "counted-elsewhere"
    # What was declared of somebody else, or by another contractor, is not said to who writes the same number.
    strangers = [elsewhere | {"participant_id": "P-2"}, elsewhere | {"contractor_id": "contractor-2"}]
    others = [await post(f"{paths[2]}/hours", json=body, headers=desk) for body in strangers]
    assert [answer.status_code for answer in others] == [201, 201]


async def test_hours_declared_while_an_employment_is_shortened_make_it_conflict(
    clauses: Running, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the contract where it began, and on another that pools: the hours come after the months were looked at."""
    post, desk, contractor = clauses.client.post, people.facilitator, people.contractor
    context = clauses.app.state.context
    commit = context.store.commit
    rules = {"eligibility": "unchecked", "pools_hours": True}
    paths = [
        (await post("/v1/contracts", json=contract_body(title=title, rules=rules), headers=desk)).headers["location"]
        for title in ("Marché 1", "Marché 2")
    ]
    await post(f"{paths[0]}/participants", json={"participant_id": "P-1"}, headers=desk)
    job = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti", "starts_on": "2026-01-05"}
    for where, path in enumerate(paths):
        own = job | {"employer": f"Bâti {where}"}
        made = await post(f"{paths[0]}/employments", json=own, headers=contractor)
        of_it = hours_body(employment_id=made.json()["id"], hours=f"{where + 1}.00")
        del of_it["employment"]

        async def late(work: Work, path: str = path, of_it: dict[str, Any] = of_it) -> bool:
            monkeypatch.setattr(context.store, "commit", commit)
            assert (await post(f"{path}/hours", json=of_it, headers=contractor)).status_code == 201
            return bool(await commit(work))

        monkeypatch.setattr(context.store, "commit", late)
        match = {"If-Match": made.headers["etag"]}
        shorter = {"ends_on": "2026-01-30"}
        cut = await clauses.client.patch(made.headers["location"], json=shorter, headers=desk | match)
        assert cut.status_code in (409, 412), (where, cut.text)
        again = await clauses.client.patch(made.headers["location"], json=shorter, headers=desk | match)
        assert again.json()["code"] == "hours-outside-employment"
        longer = await clauses.client.patch(
            made.headers["location"], json={"ends_on": "2026-02-27"}, headers=desk | match
        )
        assert (longer.status_code, longer.json()["ends_on"]) == (200, "2026-02-27")
