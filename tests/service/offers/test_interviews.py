"""Interviews: when and where, told, moved, called off, answered to, and at an end with what they are for."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta

from services.notifications.domain.matter import TARGETS
from services.offers.commands import companies, people
from services.offers.domain.interview import MOST_CHANGES
from shared.clock import HandClock
from tests.service.offers.interviewing import NOTICES, answer, applied, propose, refused, told
from tests.service.offers.support import Desk
from tests.service.offers.test_applications import advance

TEXTS = Path(__file__).resolve().parents[3] / "services/notifications/templates/items"


async def test_it_is_proposed_moved_answered_and_called_off(desk: Desk) -> None:
    id = await applied(desk)
    first = (await propose(desk, id)).json()
    assert first["status"] == "interview"
    [interview] = first["interviews"]
    assert (interview["status"], interview["sequence"], interview["zone"]) == ("proposed", 0, "Europe/Paris")
    # Said again it is the same, and nobody is told twice.
    assert (await propose(desk, id)).json()["version"] == first["version"]
    assert (await answer(desk, id, sequence=1)).json()["code"] == "interview-moved"
    confirmed = (await answer(desk, id)).json()
    assert confirmed["interviews"][0]["status"] == "confirmed"
    # What is moved is asked anew.
    moved = (await propose(desk, id, at="2026-03-10T10:00:00+01:00")).json()["interviews"]
    assert [(one["sequence"], one["status"], one["at"]) for one in moved] == [(1, "proposed", "2026-03-10T09:00:00Z")]
    other = (await answer(desk, id, sequence=1, confirmed=False, wish="Le matin, avant 9 h")).json()
    assert (other["interviews"][0]["status"], other["interviews"][0]["wish"]) == ("other_time", "Le matin, avant 9 h")
    gone = await desk.client.delete(f"/v1/applications/{id}/interview", headers=desk.employer)
    assert (gone.json()["status"], gone.json()["interviews"][0]["status"]) == ("interview", "cancelled")
    again = await desk.client.delete(f"/v1/applications/{id}/interview", headers=desk.employer)
    assert (again.status_code, again.json()["code"]) == (409, "no-interview")
    notices = await told(desk)
    assert [(one["template"], one["recipients"]) for one in notices] == [
        ("interview_proposed", ["p-sam", "coach"]),
        ("interview_answered", ["boss"]),
        ("interview_moved", ["p-sam", "coach"]),
        ("interview_answered", ["boss"]),
        ("interview_cancelled", ["p-sam", "coach"]),
    ]
    assert [one["appointment"]["sequence"] for one in notices] == [0, 0, 1, 1, 2]
    assert {one["params"]["application_id"] for one in notices} == {id}
    assert {one["appointment"]["uid"] for one in notices} == {notices[0]["appointment"]["uid"]}
    assert (notices[2]["params"]["date"], notices[2]["params"]["time"]) == ("10/03/2026", "10:00")
    # A new one after it is another appointment.
    fresh = (await propose(desk, id, at="2026-03-12T10:00:00+01:00")).json()["interviews"]
    assert [one["status"] for one in fresh] == ["cancelled", "proposed"]
    assert fresh[0]["id"] != fresh[1]["id"]


async def test_one_without_a_day_gives_way_to_the_day(desk: Desk, clock: HandClock) -> None:
    """It stood for ever in the list before the real one, an appointment of no day at no place."""
    id = await applied(desk)
    said = (await advance(desk, id, desk.employer, to="interview"))["interviews"]
    assert [one["at"] for one in said] == [None]
    # A place may be said before the day is.
    placed = await advance(desk, id, desk.employer, to="interview", interview={"place": "Mairie"})
    assert [(one["at"], one["place"]) for one in placed["interviews"]] == [(None, "Mairie")]
    fixed = (await propose(desk, id)).json()["interviews"]
    assert [one["at"] is not None for one in fixed] == [True]
    # One that is over stays; the next one takes its place behind it.
    clock.advance(timedelta(days=30))
    again = (await advance(desk, id, desk.employer, to="interview"))["interviews"]
    assert [one["at"] is None for one in again] == [False, True]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"at": "2026-03-09T14:30:00"}, [("at", "instant")]),
        ({"at": 1_800_000_000}, [("at", "instant")]),
        ({"at": None}, [("at", "required")]),
        ({"at": "2026-03-02T08:00:00Z"}, [("at", "in_the_past")]),
        ({"at": "2028-03-02T08:00:00Z"}, [("at", "too_far")]),
        ({"way": "video"}, [("video_url", "required")]),
        ({"way": "video", "video_url": "http://visio.example.org/a"}, [("video_url", "https")]),
        ({"way": "phone", "phone": "06 00"}, [("phone", "implausible-phone")]),
        ({"contact": "appelez le 06 12 34 56 78"}, [("contact", "contact-in-name")]),
        ({"to_bring": "voir https://evil.example"}, [("to_bring", "contact-in-name")]),
        ({"place": "x" * 201}, [("place", "too-long")]),
        ({"commune_code": "99999"}, [("commune_code", "commune_unknown")]),
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused_by_its_field(desk: Desk, changes: Any, expected: Any) -> None:
    assert refused(await propose(desk, await applied(desk), **changes)) == expected


@pytest.mark.parametrize(
    ("interview", "expected"),
    [
        ({"way": "video", "video_url": "http://visio.example.org/a"}, [("interview.video_url", "https")]),
        ({"way": "video"}, [("interview.video_url", "required")]),
        ({"way": "phone", "phone": "n'importe quoi"}, [("interview.phone", "implausible-phone")]),
        ({"way": "phone", "phone": "0899 12 34 56"}, [("interview.phone", "implausible-phone")]),
        ({"way": "phone", "phone": "+1 900 123 4567"}, [("interview.phone", "implausible-phone")]),
    ],
    ids=str,
)
async def test_only_the_day_may_be_missing_from_a_step(desk: Desk, interview: Any, expected: Any) -> None:
    id = await applied(desk)
    path = f"/v1/applications/{id}/advance"
    assert refused(await desk.post(path, desk.employer, {"to": "interview", "interview": interview})) == expected
    asked = {"way": "phone", "phone": "05 55 52 00 00", "place": "12 rue de la Gare"}
    [kept] = (await advance(desk, id, desk.employer, "interview", interview=asked))["interviews"]
    assert (kept["at"], kept["phone"], kept["place"]) == (None, "+33555520000", "")
    # One that stands does not lose its day.
    await propose(desk, id)
    lost = await desk.post(path, desk.employer, {"to": "interview", "interview": asked})
    assert refused(lost) == [("interview.at", "required")]


@pytest.mark.parametrize("ends", ["withdrawn", "refused", "offer closed", "erased", "postponed"])
async def test_an_application_that_ends_takes_its_interview_along(desk: Desk, ends: str) -> None:
    id = await applied(desk)
    await propose(desk, id)
    if ends == "withdrawn":
        await advance(desk, id, desk.seeker, "withdrawn", reason="schedule")
    elif ends == "refused":
        await advance(desk, id, desk.employer, "refused", reason="experience")
    elif ends == "postponed":
        await advance(desk, id, desk.employer, "postponed", postponed_until="2026-04-01")
    elif ends == "erased":
        await people.erase(desk.running.app.state.context, "p-sam")
    else:
        offer = (await desk.client.get(f"/v1/applications/{id}", headers=desk.employer)).json()["offer_id"]
        await desk.post(f"/v1/offers/{offer}/close", desk.employer, {"outcome": "cancelled"})
    row = await desk.store.collection("applications").find_one({"_id": id})
    assert row is not None
    assert (row["interviews"][-1]["status"], row["remind_at"]) == ("cancelled", None)
    cancelled = [one for one in await told(desk) if one["template"] == "interview_cancelled"]
    whom = {"withdrawn": {"p-sam", "coach", "boss"}, "erased": {"boss"}, "offer closed": {"p-sam", "coach", "boss"}}
    assert {r for one in cancelled for r in one["recipients"]} == whom.get(ends, {"p-sam", "coach"})
    assert all(one["appointment"]["cancelled"] for one in cancelled)
    # What those who recruit are told names nobody.
    said = [one["params"] | one["appointment"] for one in cancelled if "boss" in one["recipients"]]
    assert not any("p-sam" in json.dumps(one) for one in said)
    assert {one["about"] for one in cancelled} == {None if ends == "erased" else "p-sam"}
    assert (await answer(desk, id)).status_code in (404, 409)


async def test_every_notice_says_what_its_text_uses_and_whom_it_is_about(desk: Desk) -> None:
    id = await applied(desk)
    await propose(desk, id, desk.counsellor)
    await propose(desk, id, desk.counsellor, way="phone", phone="05 55 52 00 00")
    await answer(desk, id, sequence=1, confirmed=False, wish="Le matin, avant 9 h")
    await advance(desk, id, desk.counsellor, "hired", hire={"contract_kind": "cdi", "starts_on": "2026-03-16"})
    last = [json.loads(row["data"]) for row in await desk.events(NOTICES)]
    assert "avant 9 h" not in json.dumps(last)
    before = len(last)
    await people.erase(desk.running.app.state.context, "p-sam")
    erasure = [json.loads(row["data"]) for row in await desk.events(NOTICES)][before:]
    assert [(one["template"], one["about"]) for one in erasure] == [("interview_cancelled", None)]
    assert not any(mark in json.dumps(erasure) for mark in ("avant 9 h", "p-sam"))
    about = {"application_received", "interview_proposed", "interview_moved", "interview_answered", "hire_proposed"}
    assert {one["template"] for one in last if one["about"] == "p-sam"} == about
    environment = Environment()
    environment.filters |= dict.fromkeys(("a", "de", "hour", "when"), str)
    for one in (*last, *erasure):
        used = meta.find_undeclared_variables(environment.parse((TEXTS / f"{one['template']}.j2").read_text()))
        used |= {"profile_id"} if "coach" in one["recipients"] else set()
        # The offer is what a message is found by whose employer was a person and is erased; the others are what readers open.
        assert set(one["params"]) - {"side", "offer_id"} - TARGETS <= used, one["template"]
        assert "application_id" in one["params"] or not one["template"].startswith(("interview", "application", "hire"))


async def test_what_one_side_tells_the_other_of_an_application_is_counted_by_the_day(
    desk: Desk, clock: HandClock
) -> None:
    id = await applied(desk)
    path = f"/v1/applications/{id}/advance"
    steps = [{"to": "seen"}, {"to": "proposed"}] + [
        {"to": "postponed", "postponed_until": "2026-04-01"}, {"to": "proposed"},
    ] * 9  # fmt: skip
    codes = [(await desk.post(path, desk.employer, step)).status_code for step in steps]
    assert codes == [200] * 20
    postponed = {"to": "postponed", "postponed_until": "2026-04-01"}
    more = await desk.post(path, desk.employer, postponed)
    assert (more.status_code, more.json()["code"]) == (429, "too-many-messages")
    clock.advance(timedelta(days=1, minutes=1))
    assert (await desk.post(path, desk.employer, postponed)).status_code == 200
    # Over the days it comes to an end as well; what ends the application stays possible.
    history = {"history": (await desk.store.collection("applications").find_one({"_id": id}) or {})["history"] * 5}
    await desk.store.collection("applications").update_one({"_id": id}, {"$set": history})
    assert (await desk.post(path, desk.employer, {"to": "proposed"})).json()["code"] == "too-many-steps"
    assert (await advance(desk, id, desk.seeker, "withdrawn", reason="schedule"))["status"] == "withdrawn"


async def test_whose_turn_it_is(desk: Desk) -> None:
    id = await applied(desk)
    assert (await propose(desk, id, desk.seeker)).json()["code"] == "wrong-party"
    assert (await propose(desk, id, desk.other_employer)).status_code == 404
    # A counsellor records what the employer said on the phone: the employer is told as well.
    await propose(desk, id, desk.counsellor)
    assert [one["recipients"] for one in await told(desk)] == [["p-sam", "coach"], ["boss"]]
    assert (await answer(desk, id, desk.employer)).json()["code"] == "wrong-party"
    assert (await answer(desk, id, desk.counsellor)).json()["interviews"][0]["status"] == "confirmed"


async def test_nobody_is_flooded_with_changes_and_a_suspended_employer_tells_nothing(desk: Desk) -> None:
    id = await applied(desk)
    for number in range(MOST_CHANGES):
        assert (await propose(desk, id, place=f"{number + 1} rue de la Gare, Guéret")).status_code == 200
    more = await propose(desk, id, place="Ailleurs")
    assert (more.status_code, more.json()["code"]) == (429, "too-many-changes")
    # What stands can still be answered to, and called off.
    last = MOST_CHANGES - 1
    for number in range(MOST_CHANGES):
        said = await answer(desk, id, sequence=last, confirmed=bool(number % 2))
        assert said.status_code == 200, said.text
    assert (await answer(desk, id, sequence=last, confirmed=False)).json()["code"] == "too-many-changes"
    company = (await desk.client.get(f"/v1/applications/{id}", headers=desk.employer)).json()["company_id"]
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "Signalement"})
    before = len(await told(desk))
    assert (await propose(desk, id, place="Ailleurs")).json()["code"] == "company-suspended"
    assert len(await told(desk)) == before


async def test_a_suspended_employer_sends_nobody_on_the_way_and_takes_no_step_but_a_no(desk: Desk) -> None:
    id = await applied(desk)
    company = (await propose(desk, id)).json()["company_id"]
    suspend = {"reason": "Signalement"}
    letter = "Appelez-moi le soir"
    await desk.running.store.collection("applications").update_one({"_id": id}, {"$set": {"message": letter}})
    assert letter in (await desk.client.get(f"/v1/applications/{id}", headers=desk.employer)).text
    wish = {"sequence": 0, "confirmed": False, "wish": f"{letter}, plutôt mardi"}
    assert (await desk.post(f"/v1/applications/{id}/interview/answer", desk.seeker, wish)).status_code == 200
    feedback, key = {"result": "positive"}, {"Idempotency-Key": "again"}
    answered = await desk.post(f"/v1/applications/{id}/feedback", desk.employer, feedback, extra=key)
    assert letter in answered.text
    assert (await desk.post(f"/v1/companies/{company}/suspend", desk.manager, suspend)).status_code == 200
    # Whom they may still refuse is there; what people wrote to them is theirs to read no more.
    offer = (await desk.client.get(f"/v1/applications/{id}", headers=desk.employer)).json()["offer_id"]
    for path in (f"/v1/applications/{id}", f"/v1/offers/{offer}/applications"):
        read = await desk.client.get(path, headers=desk.employer)
        assert (read.status_code, id in read.text, letter in read.text) == (200, True, False)
        assert letter in (await desk.client.get(path, headers=desk.manager)).text
    repeated = await desk.post(f"/v1/applications/{id}/feedback", desk.employer, feedback, extra=key)
    assert (repeated.status_code, letter in repeated.text) == (409, False)
    [interview] = (await desk.client.get(f"/v1/applications/{id}", headers=desk.seeker)).json()["interviews"]
    assert (interview["status"], interview["sequence"]) == ("cancelled", 1)
    gone = [one for one in await told(desk) if one["template"] == "interview_cancelled"]
    assert [(one["recipients"], one["params"]["suspended"]) for one in gone] == [
        (["p-sam", "coach"], "yes"),
        (["boss"], "yes"),
    ]
    # Nobody is sent there, and nothing is begun again in the company's name.
    for headers in (desk.counsellor, desk.manager):
        assert (await propose(desk, id, headers)).json()["code"] == "company-suspended"
    hire = {"contract_kind": "cdi", "starts_on": "2026-03-16"}
    for body in (
        {"to": "interview"},
        {"to": "seen"},
        {"to": "proposed"},
        {"to": "postponed"},
        {"to": "hired", "hire": hire},
    ):
        refusal = await desk.post(f"/v1/applications/{id}/advance", desk.employer, body)
        assert (refusal.status_code, refusal.json()["code"]) == (403, "company-suspended"), body
    said = await desk.post(f"/v1/applications/{id}/feedback", desk.employer, {"result": "mixed"})
    assert said.json()["code"] == "company-suspended"
    assert (await advance(desk, id, desk.manager, "postponed"))["status"] == "postponed"
    # A crash between the company and its interviews is made good by the job.
    context = desk.running.app.state.context
    assert (await desk.post(f"/v1/companies/{company}/approve", desk.manager, {})).status_code == 200
    assert (await propose(desk, id)).status_code == 200
    await desk.store.collection("companies").update_one({"_id": company}, {"$set": {"status": "suspended"}})
    assert [await companies.settle(context) for _ in range(2)] == [2, 0]
    assert (await advance(desk, id, desk.employer, "refused", reason="other"))["status"] == "refused"


async def test_a_step_to_interview_with_a_time_is_the_same(desk: Desk) -> None:
    id = await applied(desk)
    path = f"/v1/applications/{id}/advance"
    late = await desk.post(path, desk.employer, {"to": "interview", "interview": {"at": "2020-01-01T08:00:00Z"}})
    assert refused(late) == [("interview.at", "in_the_past")]
    bare = await desk.post(path, desk.employer, {"to": "interview", "interview": {"at": "2026-03-09T14:30:00"}})
    assert refused(bare) == [("interview.at", "instant")]
    taken = await advance(desk, id, desk.employer, "interview", interview={"at": "2026-03-09T14:30:00+01:00"})
    assert (taken["interviews"][0]["place"], taken["interviews"][0]["status"]) == ("Guéret", "proposed")
    # Without a time it says only that there is to be one, and leaves what stands.
    again = await advance(desk, id, desk.employer, "interview")
    assert len(again["interviews"]) == 1
