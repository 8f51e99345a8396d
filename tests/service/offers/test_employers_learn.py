"""What an employer may learn of people: nothing of whom they name, nothing of who helps somebody."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.offers import jobs
from services.offers.commands import waiting
from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.support import Stack

HIRE = {"contract_kind": "cdd", "duration_months": 6, "starts_on": "2026-03-16"}
NOTICES = "offers.notices.v1"
APPLICATIONS = "offers.applications.v1"


async def advance(desk: Desk, application: str, headers: dict[str, str], to: str, **more: Any) -> dict[str, Any]:
    answer = await desk.post(f"/v1/applications/{application}/advance", headers, {"to": to, **more})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def reserved(desk: Desk, **changes: Any) -> str:
    """A live offer that a manager reserved to people with a disability."""
    company = await desk.company()
    await desk.post(f"/v1/companies/{company}/verification", desk.manager, {"publics": ["disability"]})
    return await desk.offer(company, reserved_publics=["disability"], **changes)


@pytest.mark.parametrize("end", ["withdrawn", "refused", "obsolete"])
async def test_what_somebody_wrote_is_read_no_longer_than_who_they_are(desk: Desk, end: str) -> None:
    """A letter names its writer as well as any disclosure does, which ends with the application."""
    await desk.person()
    company = await desk.company()
    offer = await desk.offer(company)
    id = (await desk.apply(offer, message="Sam Faure, 06 12 34 56 78")).json()["id"]
    interview = {"at": "2026-03-09T09:00:00+01:00", "place": "Guéret"}
    await advance(desk, id, desk.employer, "interview", interview=interview)
    wish = {"sequence": 0, "confirmed": False, "wish": "Après l'école des petits"}
    assert (await desk.post(f"/v1/applications/{id}/interview/answer", desk.seeker, wish)).status_code == 200
    paths = (f"/v1/applications/{id}", f"/v1/offers/{offer}/applications")

    async def read(headers: dict[str, str]) -> list[tuple[bool, bool]]:
        texts = [(await desk.client.get(path, headers=headers)).text for path in paths]
        return [("06 12" in text, "petits" in text) for text in texts]

    assert await read(desk.employer) == [(True, True)] * 2
    if end == "obsolete":
        elsewhere = await desk.offer(company, title="Couvreur (H/F)")
        other = (await desk.apply(elsewhere, obsolete_others=True)).json()["id"]
        await advance(desk, other, desk.employer, "proposed")
        accepted = await desk.post(f"/v1/applications/{other}/acceptance", desk.seeker, {"obsolete_others": True})
        assert accepted.status_code == 200, accepted.text
    elif end == "refused":
        answered = await advance(desk, id, desk.employer, "refused", reason="experience")
        assert "06 12" not in str(answered)
    else:
        await advance(desk, id, desk.seeker, "withdrawn", reason="distance")
    assert (await desk.client.get(paths[0], headers=desk.employer)).json()["status"] == end
    assert await read(desk.employer) == [(False, False)] * 2
    assert (await read(desk.seeker))[0] == (True, True)
    assert await read(desk.manager) == [(True, True)] * 2


async def test_an_invitation_answers_alike_whoever_is_named(desk: Desk) -> None:
    offer = await reserved(desk, positions_total=9)
    await desk.person("p-flagged", owner="a", reserved_eligible=["disability"])
    await desk.person("p-other", owner="b")
    await desk.person("p-hidden", owner="c", visible_to_employers=False, reserved_eligible=["disability"])
    await desk.person("p-away", owner="d", active=False, reserved_eligible=["disability"])
    await desk.person("p-applied", owner="sam", reserved_eligible=["disability"])
    assert (await desk.apply(offer)).status_code == 201
    await desk.store.collection("people").replace_one(
        {"_id": "p-erased"}, {"_id": "p-erased", "erased": True, "sequence": 2**62}, upsert=True
    )
    named = ["p-flagged", "p-other", "p-hidden", "p-away", "p-applied", "p-erased", "nobody", "p-flagged"]
    before = await seen_by_employer(desk, offer)
    answers = []
    for whom in named:
        answer = await desk.post(f"/v1/offers/{offer}/invitations", desk.employer, {"profile_id": whom})
        body = answer.json()
        assert body.pop("profile_id") == whom
        answers.append((answer.status_code, body, sorted(answer.headers.keys() - {"x-request-id", "content-length"})))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 202
    # Nor does anything that the employer can read afterwards depend on it.
    assert await seen_by_employer(desk, offer) == before
    invited = [row async for row in desk.store.collection("applications").find({"status": "invited"})]
    assert [row["profile_id"] for row in invited] == ["p-flagged"]
    assert (await desk.client.get(f"/v1/applications/{invited[0]['_id']}", headers=desk.employer)).status_code == 404


async def seen_by_employer(desk: Desk, offer: str) -> list[Any]:
    """Everything of an offer that its employer and the public read, without what every call changes."""
    paths = (f"/v1/offers/{offer}/applications", f"/v1/offers/{offer}", "/v1/offers", f"/v1/offers/{offer}/jobposting")
    found = [(await desk.client.get(path, headers=desk.employer)).json() for path in paths]
    found.append(
        (await desk.client.get(f"/v1/offers/{offer}/applications?status=invited", headers=desk.employer)).json()
    )
    return found


async def test_the_limit_of_invitations_counts_whoever_was_named_also_at_once(stack: Stack, clock: HandClock) -> None:
    async with stack.running("offers", clock=clock, invitations_per_day=4) as running:
        desk = Desk(stack, running)
        await desk.person()
        offer = await desk.offer(await desk.company())
        path = f"/v1/offers/{offer}/invitations"
        named = ["p-sam", "nobody-1", "nobody-2", "p-sam", "nobody-3", "nobody-4", "nobody-5"]
        answers = await asyncio.gather(*(desk.post(path, desk.employer, {"profile_id": one}) for one in named))
        assert sorted(answer.status_code for answer in answers) == [202] * 4 + [429] * 3
        assert await desk.store.collection("applications").count_documents({}) <= 1


async def test_who_declined_an_invitation_is_not_asked_again(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    path = f"/v1/offers/{offer}/invitations"
    await desk.post(path, desk.employer, {"profile_id": "p-sam"})
    mine = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    await advance(desk, mine[0]["id"], desk.seeker, "withdrawn", reason="not_interested")
    assert (await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)).json()["items"] == []
    assert (await desk.post(path, desk.employer, {"profile_id": "p-sam"})).status_code == 202
    mine = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    assert [one["status"] for one in mine] == ["withdrawn"]


@pytest.mark.parametrize("who", ["seeker", "counsellor", "manager"])
async def test_the_employer_reads_the_seekers_side_alike_whoever_took_the_steps(desk: Desk, who: str) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company(), positions_total=2)
    headers = {"seeker": desk.seeker, "counsellor": desk.counsellor, "manager": desk.manager}[who]
    made = await desk.apply(offer, headers, profile_id="p-sam", message="Disponible")
    path = f"/v1/applications/{made.json()['id']}"
    await advance(desk, made.json()["id"], desk.employer, "seen")
    step = await desk.post(f"{path}/advance", headers, {"to": "withdrawn", "reason": "schedule"})
    assert step.status_code == (200 if who != "manager" else 403)
    if who == "manager":
        await advance(desk, made.json()["id"], desk.counsellor, "withdrawn", reason="schedule")
    read = (await desk.client.get(path, headers=desk.employer)).json()
    assert [(one["by"], one["party"], one["status"]) for one in read["history"]] == [
        ("seeker", "seeker", "submitted"), ("boss", "employer", "seen"), ("seeker", "seeker", "withdrawn"),
    ]  # fmt: skip
    assert (read["origin"], read["acted_by"], read["on_behalf_of"]) == ("seeker", None, None)
    listed = await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)
    for text in (json.dumps(read), listed.text):
        assert not any(account in text for account in ('"sam"', "coach", "chief", "counsellor"))


@pytest.mark.parametrize("who", ["counsellor", "manager"])
async def test_the_employer_reads_alike_which_staff_took_a_step_of_theirs(desk: Desk, who: str) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    made = (await desk.apply(offer)).json()
    headers = {"counsellor": desk.counsellor, "manager": desk.manager}[who]
    await advance(desk, made["id"], headers, "interview", interview={"at": "2026-03-09T09:00:00+01:00"})
    await desk.post(f"/v1/applications/{made['id']}/feedback", headers, {"result": "positive"})
    read = (await desk.client.get(f"/v1/applications/{made['id']}", headers=desk.employer)).json()
    assert [(one["by"], one["party"]) for one in read["history"]] == [("seeker", "seeker"), ("platform", "manager")]
    assert not any(account in json.dumps(read) for account in ("coach", "chief", "counsellor"))


async def test_that_somebody_wrote_what_the_employer_does_not_read_shows_in_no_version(
    desk: Desk, clock: HandClock
) -> None:
    """What the person's side says of an interview, and of the work months later, is not the employer's to know of."""
    await desk.person(counsellor_ids=["coach"])
    offer = await desk.offer(await desk.company())
    id = (await desk.apply(offer)).json()["id"]
    await advance(desk, id, desk.employer, "interview", interview={"at": "2026-03-09T09:00:00+01:00"})

    async def read() -> tuple[Any, ...]:
        one = await desk.client.get(f"/v1/applications/{id}", headers=desk.employer)
        listed = await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)
        assert one.headers["etag"] == f'"{one.json()["version"]}"'
        return one.json(), one.headers["etag"], listed.json()

    async def says(headers: dict[str, str], path: str, body: dict[str, Any]) -> None:
        answer = await desk.post(f"/v1/applications/{id}/{path}", headers, body)
        assert answer.status_code == 200, answer.text

    before = await read()
    for who, result in ((desk.seeker, "positive"), (desk.counsellor, "negative"), (desk.seeker, "negative")):
        await says(who, "feedback", {"result": result})
        assert await read() == before
    await says(desk.employer, "feedback", {"result": "positive"})
    after = await read()
    assert after[0]["version"] == before[0]["version"] + 1
    await advance(desk, id, desk.employer, "hired", hire=HIRE)
    hired = await read()
    clock.advance(timedelta(days=120))
    assert await waiting.follow_ups(desk.running.app.state.context) == 2
    for who in (desk.counsellor, desk.seeker, desk.employer):
        await says(who, "follow-ups/1", {"still_there": False})
        assert await read() == hired
    own = (await desk.client.get(f"/v1/applications/{id}", headers=desk.seeker)).json()
    assert own["version"] > hired[0]["version"] > after[0]["version"]


async def test_a_counsellors_hire_is_a_proposal_that_the_employer_confirms(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    made = (await desk.apply(offer, desk.counsellor, profile_id="p-sam")).json()
    proposed = await advance(desk, made["id"], desk.counsellor, "hired", hire=HIRE)
    assert (proposed["status"], proposed["hire"]) == ("proposed", None)
    reported = [json.loads(row["data"])["hire_reported"] for row in await desk.events(APPLICATIONS)]
    assert reported == [False, True], "what the person is told says whose word it is"
    assert proposed["hire_proposal"]["terms"]["starts_on"] == "2026-03-16"
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["status"] == "published"
    asked = [json.loads(row["data"]) for row in await desk.events(NOTICES)]
    assert [(one["template"], one["recipients"]) for one in asked if one["template"] == "hire_proposed"] == [
        ("hire_proposed", ["boss"])
    ]
    read = await desk.client.get(f"/v1/applications/{made['id']}", headers=desk.employer)
    assert read.json()["hire_proposal"]["by"] == "platform"
    assert "coach" not in read.text
    # A yes needs no terms of its own.
    confirmed = await advance(desk, made["id"], desk.employer, "hired")
    assert (confirmed["status"], confirmed["hire"]["starts_on"], confirmed["hire_proposal"]) == (
        "hired", "2026-03-16", None,
    )  # fmt: skip
    assert not json.loads((await desk.events(APPLICATIONS))[-1]["data"])["hire_reported"]
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["status"] == "filled"


async def test_a_proposed_hire_counts_after_seven_days_or_not_when_it_is_denied(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(2)]
    await desk.person()
    made = [(await desk.apply(one, desk.counsellor, profile_id="p-sam")).json()["id"] for one in offers]
    for one in made:
        await advance(desk, one, desk.counsellor, "hired", hire=HIRE)
    await advance(desk, made[1], desk.employer, "refused", reason="experience")
    context = desk.running.app.state.context
    clock.advance(timedelta(days=6, hours=23))
    assert await waiting.applications(context) == 0
    clock.advance(timedelta(hours=1))
    assert await waiting.applications(context) == 1
    assert await waiting.applications(context) == 0
    states = [(await desk.client.get(f"/v1/applications/{one}", headers=desk.seeker)).json()["status"] for one in made]
    assert states == ["hired", "refused"]
    assert [(await desk.client.get(f"/v1/offers/{one}")).json()["status"] for one in offers] == ["filled", "published"]
    told = [json.loads(row["data"])["template"] for row in await desk.events(NOTICES)]
    assert (told.count("hire_proposed"), told.count("hire_recorded")) == (2, 1)


async def test_a_manager_of_the_offers_territory_hires_and_one_of_the_persons_only_proposes(
    desk: Desk, stack: Stack
) -> None:
    await desk.person(territory="87", counsellor_ids=[])
    offer = await desk.offer(await desk.company(), positions_total=2)
    far = stack.token("manager", subject="limousin", territories=["87"])
    made = (await desk.apply(offer, far, profile_id="p-sam")).json()
    assert (await advance(desk, made["id"], far, "hired", hire=HIRE))["status"] == "proposed"
    assert (await advance(desk, made["id"], desk.manager, "hired"))["status"] == "hired"


async def test_a_counsellor_acts_in_the_territories_of_the_token_only(desk: Desk, stack: Stack) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    elsewhere = stack.token("counsellor", subject="coach", territories=["87"])
    body = {"profile_id": "p-sam"}
    assert (await desk.apply(offer, elsewhere, **body)).status_code == 404
    made = (await desk.apply(offer, desk.counsellor, **body)).json()
    for path in (f"/v1/applications/{made['id']}", "/v1/applications?profile_id=p-sam"):
        assert (await desk.client.get(path, headers=elsewhere)).status_code == 404
        assert (await desk.client.get(path, headers=desk.counsellor)).status_code == 200
    step = {"to": "withdrawn", "reason": "schedule"}
    assert (await desk.post(f"/v1/applications/{made['id']}/advance", elsewhere, step)).status_code == 404
    await desk.store.collection("applications").update_one(
        {"_id": made["id"]},
        {"$set": {"follow_ups": [{"month": 1, "due_on": "2026-02-01", "still_there": None, "note": ""}]}},
    )
    due = [
        (await desk.client.get("/v1/follow-ups", headers=one)).json()["items"] for one in (elsewhere, desk.counsellor)
    ]
    assert [len(items) for items in due] == [0, 1]


async def test_whom_an_invitation_reached_shows_in_no_figure(desk: Desk, clock: HandClock) -> None:
    offer = await desk.offer(await desk.company(), positions_total=9)
    for number in range(6):
        await desk.person(f"p-{number}", owner=f"s-{number}")
        await desk.post(f"/v1/offers/{offer}/invitations", desk.employer, {"profile_id": f"p-{number}"})
    before = (await desk.client.get("/v1/statistics", headers=desk.manager)).json()["total"]
    assert [stage["count"] for stage in before["introduction_funnel"]] == [0, 0, 0]
    context = desk.running.app.state.context
    clock.advance(timedelta(days=61))
    assert await waiting.applications(context) == 6
    assert await jobs.reply_rates(context) == 0
    after = (await desk.client.get("/v1/statistics", headers=desk.manager)).json()["total"]
    assert [stage["count"] for stage in after["introduction_funnel"]] == [0, 0, 0]
