"""Applications over HTTP: from introduction to follow-up."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from services.offers import jobs
from services.offers.commands import people, waiting
from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.support import Stack

APPLICATIONS = "offers.applications.v1"
HIRE = {"contract_kind": "cdd", "duration_months": 6, "starts_on": "2026-03-16"}


async def apply(desk: Desk, offer: str, **body: Any) -> dict[str, Any]:
    answer = await desk.apply(offer, **body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def advance(desk: Desk, application: str, headers: dict[str, str], to: str, **more: Any) -> dict[str, Any]:
    answer = await desk.post(f"/v1/applications/{application}/advance", headers, {"to": to, **more})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def test_from_application_to_hire_and_follow_ups(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    made = await apply(desk, offer, message="Disponible")
    assert made["next_steps"] == ["withdrawn"]
    seen = (await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)).json()["items"]
    assert [one["id"] for one in seen] == [made["id"]]
    for step in ("seen", "interview", "proposed"):
        await advance(desk, made["id"], desk.employer, step)
    feedback = await desk.post(f"/v1/applications/{made['id']}/feedback", desk.employer, {"result": "positive"})
    assert feedback.json()["feedback"][0]["party"] == "employer"
    hired = await advance(desk, made["id"], desk.employer, "hired", hire=HIRE)
    assert hired["status"] == "hired"
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["status"] == "filled"
    types = [event["type"] for event in await desk.events(APPLICATIONS)]
    assert types == ["application-submitted.v1", *["application-advanced.v1"] * 3, "application-closed.v1"]
    assert "sam" not in json.dumps([json.loads(event["data"]) for event in await desk.events(APPLICATIONS)]).replace(
        "p-sam", ""
    )

    early = await desk.post(f"/v1/applications/{made['id']}/follow-ups/1", desk.counsellor, {"still_there": True})
    assert early.json()["errors"][0]["rule"] == "not_due"
    clock.advance(timedelta(days=50))
    context = desk.running.app.state.context
    assert await waiting.follow_ups(context) == 1
    assert await waiting.follow_ups(context) == 0
    due = (await desk.client.get("/v1/follow-ups", headers=desk.counsellor)).json()["items"]
    assert [(one["month"], one["due_on"]) for one in due] == [(1, "2026-04-16")]
    done = await desk.post(f"/v1/applications/{made['id']}/follow-ups/1", desk.counsellor, {"still_there": True})
    assert done.json()["follow_ups"][0]["recorded_by"] == "coach"


async def test_sent_again_with_the_same_agreement_it_is_there_already(desk: Desk) -> None:
    """Two clicks were told that the agreement was another application's: it was the same one's."""
    await desk.person()
    company = await desk.company()
    offer = await desk.offer(company)
    made = (await desk.apply(offer, disclosure_id="agreed")).json()
    again = await desk.apply(offer, disclosure_id="agreed")
    assert (again.status_code, again.json()["code"]) == (409, "already-applied")
    assert again.json()["application_id"] == made["id"]
    other = await desk.apply(await desk.offer(company), disclosure_id="agreed")
    assert (other.status_code, other.json()["code"]) == (409, "disclosure-used")


async def test_what_is_certainly_no_agreement_is_refused(desk: Desk) -> None:
    """The id of the person, the offer or the employer in its place was taken, and the employer read of nobody."""
    await desk.person()
    offer = await desk.offer(company := await desk.company())
    for wrong in ("p-sam", offer, company):
        refused = await desk.apply(offer, disclosure_id=wrong)
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["field"], error["rule"]) == (422, "disclosure_id", "no-agreement")
    made = (await desk.apply(offer)).json()
    path = f"/v1/applications/{made['id']}/disclosure"
    changed = await desk.client.put(path, headers=desk.seeker, json={"disclosure_id": made["id"]})
    assert (changed.status_code, changed.json()["errors"][0]["rule"]) == (422, "no-agreement")


async def test_applying_twice_is_refused_even_at_the_same_time(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    answers = await asyncio.gather(*(desk.apply(offer) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409).json()
    assert (refused["code"], refused["application_status"]) == ("already-applied", "submitted")
    listing = (await desk.client.get("/v1/offers")).json()["items"][0]
    assert listing["applications"] is None

    application = refused["application_id"]
    await advance(desk, application, desk.seeker, "withdrawn", reason="schedule")
    assert (await desk.apply(offer)).status_code == 201


async def test_a_counsellor_introduces_and_the_employer_does_not_learn_it(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    answer = await desk.apply(offer, desk.counsellor, profile_id="p-sam")
    made = answer.json()
    assert (made["origin"], made["acted_by"], made["on_behalf_of"]) == ("counsellor", "coach", "p-sam")
    seen = await desk.client.get(f"/v1/applications/{made['id']}", headers=desk.employer)
    assert (seen.json()["origin"], seen.json()["acted_by"]) == ("seeker", None)
    assert "coach" not in seen.text

    await desk.person("p-other", owner="other", counsellor_ids=["somebody-else"])
    stranger = await desk.apply(offer, desk.counsellor, profile_id="p-other")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "profile-unknown")


async def test_steps_have_owners_and_refusals_have_reasons(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    made = await apply(desk, offer)
    path = f"/v1/applications/{made['id']}/advance"
    own = await desk.post(path, desk.seeker, {"to": "hired", "hire": HIRE})
    assert (own.status_code, own.json()["code"]) == (403, "wrong-party")
    silent = await desk.post(path, desk.employer, {"to": "refused"})
    assert (silent.status_code, silent.json()["code"]) == (422, "reason-missing")
    await advance(desk, made["id"], desk.employer, "refused", reason="experience")
    late = await desk.post(path, desk.employer, {"to": "interview"})
    assert (late.status_code, late.json()["allowed"]) == (409, [])
    assert (await desk.post(path, desk.other_employer, {"to": "seen"})).status_code == 404


async def test_an_acceptance_frees_the_others_only_where_the_seeker_says_so(desk: Desk) -> None:
    await desk.person()
    company = await desk.company()
    offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(3)]
    made = [await apply(desk, offer) for offer in offers]
    await advance(desk, made[0]["id"], desk.employer, "proposed")
    await desk.post(f"/v1/applications/{made[0]['id']}/acceptance", desk.seeker, {"obsolete_others": False})
    mine = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    assert sorted(one["status"] for one in mine) == ["proposed", "submitted", "submitted"]
    await desk.post(f"/v1/applications/{made[0]['id']}/acceptance", desk.seeker, {"obsolete_others": True})
    mine = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    assert sorted(one["status"] for one in mine) == ["obsolete", "obsolete", "proposed"]


async def test_an_employer_that_records_a_hire_ends_no_application_to_another(desk: Desk) -> None:
    """Somebody said beforehand that a hire frees the rest: whether there is one is not for one employer alone to say."""
    await desk.person()
    company = await desk.company()
    offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(2)]
    wanted = (await desk.apply(offers[0], obsolete_others=True)).json()["id"]
    other = (await desk.apply(offers[1])).json()["id"]
    await advance(desk, wanted, desk.employer, "hired", hire=HIRE)

    async def standing() -> str:
        return str((await desk.client.get(f"/v1/applications/{other}", headers=desk.seeker)).json()["status"])

    assert await standing() == "submitted"
    assert (await desk.post(f"/v1/applications/{wanted}/acceptance", desk.seeker, {})).status_code == 200
    assert await standing() == "obsolete"


async def test_silence_is_reminded_after_15_days_and_ends_after_60(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    company = await desk.company()
    offer = await desk.offer(company)
    made = await apply(desk, offer)
    context = desk.running.app.state.context
    diary = []
    for day in range(1, 63):
        clock.advance(timedelta(days=1))
        if await waiting.applications(context):
            diary.append(day)
    assert diary == [15, 60]
    assert (await desk.client.get(f"/v1/applications/{made['id']}", headers=desk.seeker)).json()[
        "status"
    ] == "no_answer"
    late = await desk.post(f"/v1/applications/{made['id']}/advance", desk.employer, {"to": "interview"})
    assert late.status_code == 200


async def test_the_reply_rate_counts_answers_and_silence(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    for number in range(6):
        await desk.person(f"p-{number}", owner=f"s-{number}")
        await desk.apply(offer, desk.counsellor, profile_id=f"p-{number}")
    listed = (await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)).json()["items"]
    for one in listed[:3]:
        await advance(desk, one["id"], desk.employer, "interview")
    context = desk.running.app.state.context
    assert await jobs.reply_rates(context) == 0
    clock.advance(timedelta(days=16))
    assert await jobs.reply_rates(context) == 1
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["company"]["reply_rate"] == 0.5


async def test_an_invitation_becomes_an_application_when_the_person_accepts(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company(), positions_total=3)
    sent = await desk.post(f"/v1/offers/{offer}/invitations", desk.employer, {"profile_id": "p-sam"})
    assert (sent.status_code, set(sent.json())) == (202, {"offer_id", "profile_id", "sent_at"})
    mine = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    assert [(one["status"], one["origin"]) for one in mine] == [("invited", "employer")]
    path = f"/v1/offers/{offer}/applications"
    assert (await desk.client.get(path, headers=desk.employer)).json()["items"] == []
    assert (await desk.client.get(f"/v1/applications/{mine[0]['id']}", headers=desk.employer)).status_code == 404
    assert (await desk.client.get("/v1/offers")).json()["items"][0]["applications"] == 0
    accepted = await advance(desk, mine[0]["id"], desk.seeker, "submitted", disclosure_id="d-1")
    assert accepted["status"] == "submitted"
    seen = (await desk.client.get(path, headers=desk.employer)).json()["items"]
    assert [(one["id"], one["origin"]) for one in seen] == [(mine[0]["id"], "employer")]
    assert (await desk.client.get("/v1/offers")).json()["items"][0]["applications"] is None


async def test_nobody_applies_without_an_agreement_to_what_the_employer_reads(desk: Desk) -> None:
    """An application that shows nobody reaches nobody: refused for each way in, with what to do first, and nothing is kept."""
    await desk.person()
    company = await desk.company()
    offer, other = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(2)]
    await desk.post(f"/v1/offers/{other}/invitations", desk.employer, {"profile_id": "p-sam"})
    [invited] = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    path, step = f"/v1/offers/{offer}/applications", f"/v1/applications/{invited['id']}/advance"
    person = {"profile_id": "p-sam"}
    for headers, where, body in (
        (desk.seeker, path, {}),
        (desk.counsellor, path, person),
        (desk.manager, path, person | {"disclosure_id": None}),
        (desk.seeker, step, {"to": "submitted"}),
        (desk.counsellor, step, {"to": "submitted"}),
    ):
        refused = await desk.post(where, headers, body)
        assert (refused.status_code, refused.json()["code"]) == (422, "agreement-missing"), refused.text
        [error] = refused.json()["errors"]
        assert (error["field"], error["rule"]) == ("disclosure_id", "agreement_required")
        assert "accord" in error["message"]
    several = await desk.post(f"/v1/offers/{offer}/introductions", desk.counsellor, {"people": [person]})
    assert [one["code"] for one in several.json()["results"]] == ["agreement-missing"]
    assert (await desk.client.get(path, headers=desk.employer)).json()["items"] == []
    assert [row["status"] async for row in desk.store.collection("applications").find({})] == ["invited"]


async def test_what_somebody_shows_goes_with_one_application_and_is_theirs_to_say(desk: Desk) -> None:
    await desk.person()
    company = await desk.company()
    offer, other = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(2)]
    made = await apply(desk, offer)
    path = f"/v1/applications/{made['id']}/disclosure"

    async def disclose(headers: dict[str, str], id: str = "d-1") -> Any:
        return await desk.client.put(path, json={"disclosure_id": id}, headers=headers)

    assert (await disclose(desk.employer)).json()["code"] == "wrong-party"
    # A manager has a say on the person's side where the person is theirs, not because the offer is.
    await desk.person(territory="41")
    assert (await disclose(desk.manager)).json()["code"] == "wrong-party"
    assert (await disclose(desk.foreign_manager, "d-0")).json()["disclosure_id"] == "d-0"
    await desk.person()
    assert (await disclose(desk.manager, "d-00")).json()["disclosure_id"] == "d-00"
    assert (await disclose(desk.other_employer)).status_code == 404
    before = len(await desk.events(APPLICATIONS))
    for _ in range(2):  # said twice is told once
        assert (await disclose(desk.seeker)).json()["disclosure_id"] == "d-1"
    told = [json.loads(event["data"])["disclosure_id"] for event in (await desk.events(APPLICATIONS))[before:]]
    assert told == ["d-1"]
    used = await desk.post(f"/v1/offers/{other}/applications", desk.seeker, {"disclosure_id": "d-1"})
    assert (used.status_code, used.json()["code"]) == (409, "disclosure-used")

    await desk.post(f"/v1/offers/{other}/invitations", desk.employer, {"profile_id": "p-sam"})
    mine = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    invited = next(one for one in mine if one["status"] == "invited")
    step = f"/v1/applications/{invited['id']}/advance"
    assert (await desk.post(step, desk.seeker, {"to": "submitted", "disclosure_id": "d-1"})).status_code == 409
    late = await desk.post(step, desk.seeker, {"to": "withdrawn", "reason": "salary", "disclosure_id": "d-2"})
    assert [(e["field"], e["rule"]) for e in late.json()["errors"]] == [("disclosure_id", "not_this_step")]
    accepted = await advance(desk, invited["id"], desk.seeker, "submitted", disclosure_id="d-2")
    assert accepted["disclosure_id"] == "d-2"
    await advance(desk, made["id"], desk.seeker, "withdrawn", reason="schedule")
    assert (await disclose(desk.seeker, "d-3")).status_code == 409


async def test_a_reserved_offer_takes_those_it_is_reserved_to(desk: Desk) -> None:
    await desk.person()
    company = await desk.company()
    await desk.post(f"/v1/companies/{company}/verification", desk.manager, {"publics": ["clause"]})
    reserved = await desk.offer(company, title="Agent en insertion (H/F)", reserved_publics=["clause"])
    refused = await desk.apply(reserved)
    assert (refused.status_code, refused.json()["code"]) == (422, "offer-reserved")
    await desk.person(reserved_eligible=["clause"])
    taken = await desk.apply(reserved)
    assert taken.status_code == 201, taken.text


async def test_nobody_applies_for_whose_profile_is_held_back(desk: Desk) -> None:
    offer = await desk.offer(await desk.company())
    await desk.person(may_apply=False)
    for who in (desk.seeker, desk.counsellor):
        held = await desk.apply(offer, who, profile_id="p-sam")
        assert (held.status_code, held.json()["code"]) == (409, "applications-held")
        # Why is nobody's business here.
        assert not [word for word in ("16", "18", "parent", "tuteur", "mineur") if word in held.json()["detail"]]
    await desk.person(may_apply=True)
    assert (await desk.apply(offer, profile_id="p-sam")).status_code == 201


async def test_an_erased_person_leaves_figures_and_tombstones(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    made = await apply(desk, offer, message="Je suis Sam")
    context = desk.running.app.state.context
    for _ in range(2):
        await people.erase(context, "p-sam")
    rows = [row async for row in desk.store.collection("applications").find({})]
    assert "p-sam" not in str(rows)
    assert "Je suis Sam" not in str(rows)
    tombstones = [event for event in await desk.events(APPLICATIONS) if event["data"] is None]
    assert [event["key"] for event in tombstones] == [made["id"]]
    assert (await desk.apply(offer)).status_code == 404


async def test_more_applications_in_a_day_than_by_hand_are_refused(stack: Stack, clock: HandClock) -> None:
    async with stack.running("offers", clock=clock, applications_per_day=2) as running:
        desk = Desk(stack, running)
        await desk.person()
        company = await desk.company()
        offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(3)]
        answers = [await desk.apply(offer) for offer in offers]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        clock.advance(timedelta(days=1, minutes=1))
        assert (await desk.apply(offers[2])).status_code == 201


async def test_an_offer_that_ends_answers_who_still_waits(desk: Desk) -> None:
    offer = await desk.offer(await desk.company())
    for name in ("one", "two"):
        await desk.person(f"p-{name}", owner=name)
        await desk.apply(offer, desk.counsellor, profile_id=f"p-{name}")
    listed = (await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)).json()["items"]
    await advance(desk, listed[0]["id"], desk.employer, "hired", hire=HIRE)
    other = (await desk.client.get(f"/v1/applications/{listed[1]['id']}", headers=desk.counsellor)).json()
    # By the platform, so it is no reply of the employer.
    assert (other["status"], other["refusal_reason"], other["answered_at"]) == ("refused", "position_filled", None)


async def test_how_many_applied_is_told_to_everybody_as_statistics_tell_it(desk: Desk, stack: Stack) -> None:
    company = await desk.company()
    busy = await desk.offer(company, positions_total=3)
    calm = await desk.offer(company, title="Aide de cuisine (H/F)")
    quiet = await desk.offer(company, title="Serveur en salle (H/F)")
    told = []
    for number in range(6):
        await desk.person(f"p-{number}", owner=f"s-{number}")
        await desk.apply(busy, stack.token("seeker", subject=f"s-{number}"))
        for ask in ({}, {"q": "entretien"}):
            cards = (await desk.client.get("/v1/offers", params=ask)).json()["items"]
            told += [card["applications"] for card in cards if card["id"] == busy]
    assert told == [None] * 8 + [5] * 4
    await desk.apply(calm, stack.token("seeker", subject="s-0"))
    # The order, and the place where a page goes on, tell no more than the figure.
    asked = {"sort": "fewest_applications", "limit": 2}
    page = (await desk.client.get("/v1/offers", params=asked)).json()
    assert [(one["id"], one["applications"]) for one in page["items"]] == [(quiet, 0), (calm, None)]
    after = {"sort": "fewest_applications", "cursor": page["next_cursor"]}
    assert [one["id"] for one in (await desk.client.get("/v1/offers", params=after)).json()["items"]] == [busy]
    for number in (5, 4):
        await people.erase(desk.running.app.state.context, f"p-{number}")
    cards = (await desk.client.get("/v1/offers")).json()["items"]
    assert [card["applications"] for card in cards if card["id"] == busy] == [None]


async def test_a_listing_that_the_release_before_made_is_counted_when_its_offer_changes(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company, title="Agent « $title » (H/F)")
    await desk.offer(company, title="Serveur en salle (H/F)")
    await desk.person()
    await apply(desk, offer)
    listings = desk.running.app.state.context.store.collection("listings")
    await listings.update_many({}, {"$unset": {"crowd": ""}})
    asked = {"sort": "fewest_applications", "limit": 1}
    page = await desk.client.get("/v1/offers", params=asked)
    assert (page.status_code, len(page.json()["items"])) == (200, 1), page.text
    at = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.employer)).headers["etag"]
    changed = await desk.client.patch(
        f"/v1/offers/{offer}", json={"weekly_hours": 30}, headers=desk.employer | {"If-Match": at}
    )
    assert changed.status_code == 200, changed.text
    stored = await listings.find_one({"_id": offer})
    assert (stored["crowd"], stored["applications"], stored["card"]["title"]) == (1, 1, "Agent « $title » (H/F)")


async def test_a_hire_of_a_day_far_away_is_refused_with_its_field(desk: Desk) -> None:
    await desk.person()
    made = await apply(desk, await desk.offer(await desk.company()))
    path = f"/v1/applications/{made['id']}/advance"
    for day in ("1900-01-01", "2062-03-16"):
        for who in (desk.employer, desk.counsellor):
            answer = await desk.post(path, who, {"to": "hired", "hire": HIRE | {"starts_on": day}})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "hire.starts_on")
    assert (await advance(desk, made["id"], desk.employer, "hired", hire=HIRE))["status"] == "hired"
