"""What ends in the middle of something: a person is erased, an employer suspended, an event changed, while others act on them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from services.offers.commands import agenda, applications, interviews, onboarding, people, waiting
from services.offers.commands.offers import close
from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.application_rules import RefusalReason
from services.offers.domain.errors import ProfileUnknown
from services.offers.domain.hire import HireTerms
from services.offers.domain.interview import Feedback, FeedbackResult, InterviewDetails
from services.offers.domain.life import Outcome
from shared.clock import HandClock
from shared.contracts.events.profiles import SeekerRegistered
from shared.contracts.vocabulary import ApplicationStatus
from shared.errors import NotFound
from tests.service.offers.support import Desk

SAM, COACH = Actor("sam", Party.SEEKER), Actor("coach", Party.COUNSELLOR)
WORDS = "Mots-de-Sam"
HIRE = {"contract_kind": "cdd", "duration_months": 6, "starts_on": "2026-03-16"}


async def atelier(desk: Desk, places: int = 5) -> str:
    session = {"starts_at": "2026-03-20T08:00:00Z", "ends_at": "2026-03-20T10:00:00Z", "places": places}
    body = {"kind": "workshop", "title": "Atelier", "territory": "23", "onboarding": True, "sessions": [session]}
    made = await desk.post("/v1/agenda", desk.manager, body)
    assert made.status_code == 201, made.text
    id: str = made.json()["id"]
    assert (await desk.post(f"/v1/agenda/{id}/publish", desk.manager)).status_code == 200
    return id


async def rows(desk: Desk, collection: str) -> list[dict[str, Any]]:
    return [row async for row in desk.store.collection(collection).find({})]


async def test_who_is_erased_while_a_place_is_taken_for_them_holds_none(desk: Desk) -> None:
    context = desk.running.app.state.context
    event = await atelier(desk)
    await desk.person()
    # As if it went on after the caller was looked up, and everything of the erasure was done in between.
    await people.erase(context, "p-sam")
    for by in (SAM, COACH):
        with pytest.raises(ProfileUnknown):
            await agenda.register(context, event, "p-sam", by, None)
    assert "p-sam" not in str(await rows(desk, "agenda"))
    assert (await desk.client.get(f"/v1/agenda/{event}", headers=desk.manager)).json()["places_left"] == 5


@pytest.mark.parametrize("way", ["registered", "waited"])
async def test_who_is_erased_in_the_commit_that_positions_them_waits_and_sits_nowhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    context = desk.running.app.state.context
    if way == "registered":
        await atelier(desk)
    await desk.person()
    await people.erase(context, "p-sam")
    looked: list[str] = []

    async def before(self: Any, profile_id: str) -> bool:
        """The first look is from before the erasure."""
        looked.append(profile_id)
        return len(looked) > 1

    monkeypatch.setattr("services.offers.handles.People.gone", before)
    state = SeekerRegistered(profile_id="p-sam", territory="23", onboarding_workshop=True, counsellor_ids=("coach",))
    await onboarding.ask(context, "event-1", state)
    assert "p-sam" not in str(await rows(desk, "agenda"))
    assert await rows(desk, "onboarding") == []


STEPS: dict[str, Callable[[Any, str], Awaitable[Any]]] = {
    "feedback": lambda context, id: applications.feedback(
        context,
        id,
        Feedback(at=context.clock.now(), by="sam", party=Party.SEEKER, result=FeedbackResult.POSITIVE, strengths=WORDS),
    ),
    "withdraw": lambda context, id: applications.advance(
        context, id, ApplicationStatus.WITHDRAWN, SAM, reason="schedule"
    ),
    "by a counsellor": lambda context, id: applications.advance(
        context, id, ApplicationStatus.WITHDRAWN, COACH, reason="schedule"
    ),
    "disclose": lambda context, id: applications.disclose(context, id, "d-sam", SAM),
    "accept": lambda context, id: applications.accept(context, id, SAM, obsolete_others=True),
    "answer": lambda context, id: interviews.answer(context, id, SAM, sequence=0, confirmed=False, wish=WORDS),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_of_somebody_who_was_erased_meanwhile_leaves_no_word_of_theirs(desk: Desk, step: str) -> None:
    context = desk.running.app.state.context
    await desk.person()
    offer = await desk.offer(await desk.company())
    id = (await desk.apply(offer)).json()["id"]
    interview = {"at": "2026-03-09T09:00:00+01:00", "place": "Guéret"}
    await desk.post(f"/v1/applications/{id}/advance", desk.employer, {"to": "interview", "interview": interview})
    if step == "accept":
        await desk.post(f"/v1/applications/{id}/advance", desk.employer, {"to": "proposed"})
    await people.erase(context, "p-sam")
    before = await rows(desk, "applications")
    with pytest.raises(NotFound):
        await STEPS[step](context, id)
    assert await rows(desk, "applications") == before


BOSS = Actor("boss", Party.EMPLOYER)
EMPLOYERS_STEPS: dict[str, Callable[[Any, str], Awaitable[Any]]] = {
    "seen": lambda context, id: applications.advance(context, id, ApplicationStatus.SEEN, BOSS),
    "hired": lambda context, id: applications.advance(
        context, id, ApplicationStatus.HIRED, BOSS, hire=HireTerms.model_validate(HIRE)
    ),
    "refused": lambda context, id: applications.advance(
        context, id, ApplicationStatus.REFUSED, BOSS, reason=RefusalReason.OTHER
    ),
    "feedback": lambda context, id: applications.feedback(
        context,
        id,
        Feedback(at=context.clock.now(), by="boss", party=Party.EMPLOYER, result=FeedbackResult.POSITIVE),
    ),
    "interview": lambda context, id: interviews.propose(
        context, id, InterviewDetails(at=context.clock.now() + timedelta(days=8), place="Guéret"), BOSS
    ),
    "called off": lambda context, id: interviews.cancel(context, id, BOSS),
    "invited": lambda context, id: applications.invite(context, id, "p-ana", BOSS, ""),
}


@pytest.mark.parametrize("step", EMPLOYERS_STEPS)
async def test_whoever_was_removed_from_the_employer_meanwhile_takes_no_step_in_its_name(desk: Desk, step: str) -> None:
    context = desk.running.app.state.context
    await desk.person()
    company = await desk.company()
    offer = await desk.offer(company)
    id = (await desk.apply(offer)).json()["id"]
    interview = {"at": "2026-03-09T09:00:00+01:00", "place": "Guéret"}
    if step in ("feedback", "called off"):
        await desk.post(f"/v1/applications/{id}/advance", desk.employer, {"to": "interview", "interview": interview})
    await desk.store.collection("companies").update_one({"_id": company}, {"$set": {"users": ["nadia"]}})
    before = await rows(desk, "applications")
    with pytest.raises(NotFound):
        await EMPLOYERS_STEPS[step](context, offer if step == "invited" else id)
    assert await rows(desk, "applications") == before


async def test_nothing_is_told_of_an_application_after_its_tombstone_and_nobody_is_asked_about_it(
    desk: Desk, clock: HandClock
) -> None:
    context = desk.running.app.state.context
    await desk.person()
    company = await desk.company()
    waits, hired = await desk.offer(company), await desk.offer(company, title="Couvreur (H/F)", positions_total=2)
    await desk.apply(waits)
    done = (await desk.apply(hired)).json()["id"]
    terms = {"to": "hired", "hire": HIRE}
    assert (await desk.post(f"/v1/applications/{done}/advance", desk.employer, terms)).status_code == 200
    await people.erase(context, "p-sam")
    notices = len(await desk.events("offers.notices.v1"))
    clock.advance(timedelta(days=70))
    await waiting.applications(context)
    assert await waiting.follow_ups(context) == 0
    await close(context, waits, SYSTEM, Outcome.CANCELLED)
    last = {row["key"]: row["data"] for row in await desk.events("offers.applications.v1")}
    assert set(last.values()) == {None}
    assert "erased" not in str((await desk.events("offers.notices.v1"))[notices:])


async def test_an_employer_that_was_suspended_invites_nobody_though_its_offers_have_not_followed(desk: Desk) -> None:
    await desk.person()
    company = await desk.company()
    offer = await desk.offer(company)
    # The moderation was cut short between the company and its offers.
    await desk.store.collection("companies").update_one({"_id": company}, {"$set": {"status": "suspended"}})
    sent = await desk.post(f"/v1/offers/{offer}/invitations", desk.employer, {"profile_id": "p-sam"})
    assert (sent.status_code, sent.json()["code"]) == (403, "company-suspended")
    assert await rows(desk, "applications") == []


@pytest.mark.parametrize("what", ["publish", "cancel"])
async def test_an_event_is_announced_and_called_off_while_it_changes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    context = desk.running.app.state.context
    event = await atelier(desk)
    await desk.person()
    if what == "publish":
        await desk.store.collection("agenda").update_one({"_id": event}, {"$set": {"status": "draft"}})
    load, loads = type(context.agenda).load, []

    async def overtaken(self: Any, id: str) -> Any:
        found = await load(self, id)
        loads.append(id)
        if len(loads) in (1, 2):
            await desk.store.collection("agenda").update_one({"_id": id}, {"$inc": {"version": 1}})
        return found

    monkeypatch.setattr(type(context.agenda), "load", overtaken)
    done = await desk.post(f"/v1/agenda/{event}/{what}", desk.manager)
    assert done.status_code == 200, done.text
    assert done.json()["status"] == {"publish": "published", "cancel": "cancelled"}[what]
