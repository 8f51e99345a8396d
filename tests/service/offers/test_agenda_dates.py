"""Sessions that move, that come every week, and that people missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.offers.commands import onboarding, waiting
from services.offers.domain.actors import Actor, Party
from services.offers.domain.agenda import AgendaDetails, AgendaEvent
from services.offers.domain.errors import AlreadyRegistered
from services.offers.domain.registration import NoShowReason
from services.offers.domain.sessions import Session
from shared.clock import HandClock
from shared.contracts.events.profiles import SeekerRegistered
from shared.contracts.vocabulary import AgendaKind
from shared.errors import Refused, TransitionRefused
from tests.service.offers.support import Desk

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
COACH = Actor("coach", Party.COUNSELLOR)
WEEK = timedelta(days=7)


def weekly(weeks: int = 4, places: int | None = 2) -> AgendaEvent:
    """An Atelier every Tuesday at 8:30 UTC from 10 March on."""
    first = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
    sessions = tuple(
        Session(id=f"s-{n}", starts_at=first + n * WEEK, ends_at=first + n * WEEK + timedelta(hours=2), places=places)
        for n in range(weeks)
    )
    event = AgendaEvent(
        id="g-1",
        territory="23",
        created_at=START,
        updated_at=START,
        organiser="chief",
        details=AgendaDetails(kind=AgendaKind.WORKSHOP, title="Atelier Job 23"),
        sessions=sessions,
        starts_at=sessions[0].starts_at,
        ends_at=sessions[-1].ends_at,
    )
    event.publish(START)
    return event


def moved(event: AgendaEvent, number: int, by: timedelta) -> tuple[Session, ...]:
    return tuple(
        one.model_copy(update={"starts_at": one.starts_at + by, "ends_at": one.ends_at + by}) if n == number else one
        for n, one in enumerate(event.sessions)
    )


@pytest.mark.parametrize("by", [timedelta(days=14), timedelta(hours=3), timedelta(days=-1)])
def test_whoever_was_reminded_of_a_session_that_moves_is_reminded_again(by: timedelta) -> None:
    event = weekly(places=5)
    event.register("r-1", "p-1", COACH, START, session_id="s-1")
    event.register("r-2", "p-2", COACH, START, session_id="s-2")
    before = datetime(2026, 3, 15, 9, 0, tzinfo=UTC)
    [due] = event.due_reminders(before, 2)
    event.reminded([due.id], before)
    event.revise(event.details, None, moved(event, 1, by), before)
    new = event.session("s-1").starts_at
    assert [one.id for one in event.due_reminders(new - timedelta(hours=1), 2) if one.session_id == "s-1"] == ["r-1"]


def test_a_change_that_moves_nothing_reminds_nobody_twice() -> None:
    event = weekly()
    event.register("r-1", "p-1", COACH, START)
    now = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    event.reminded(["r-1"], now)
    longer = tuple(one.model_copy(update={"ends_at": one.ends_at + timedelta(hours=1)}) for one in event.sessions)
    event.revise(event.details.model_copy(update={"title": "Atelier"}), None, longer, now)
    assert event.due_reminders(now, 2) == []


def test_who_came_to_a_session_that_is_put_off_has_not_come_yet() -> None:
    event = weekly()
    event.register("r-1", "p-1", COACH, START)
    event.register("r-2", "p-2", COACH, START)
    now = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    event.attend("r-1", True, None, COACH, now)
    event.attend("r-2", False, NoShowReason.TRANSPORT, COACH, now)
    event.revise(event.details, None, moved(event, 0, timedelta(days=2)), now)
    assert {(one.status.value, one.attendance_by, one.no_show_reason) for one in event.registrations} == {
        ("registered", None, None)
    }
    # A correction of the hour of a session that has been keeps what was recorded.
    event.attend("r-1", True, None, COACH, now + timedelta(days=3))
    event.revise(event.details, None, moved(event, 0, timedelta(hours=-1)), now + timedelta(days=4))
    assert event.registration("r-1").status.value == "attended"


@pytest.mark.parametrize(
    ("now", "held", "session"),
    [
        ("2026-03-02", {}, "s-0"),
        ("2026-03-11", {}, "s-1"),
        ("2026-03-11", {"s-1": 2}, "s-2"),
        ("2026-03-11", {"s-1": 2, "s-2": 2, "s-3": 2}, "s-1"),  # all full: waits for the soonest
        ("2026-03-30", {}, "s-3"),
    ],
)
def test_without_a_session_it_is_the_next_with_a_free_place(now: str, held: dict[str, int], session: str) -> None:
    event = weekly()
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    for name, number in held.items():
        for n in range(number):
            event.register(f"{name}-{n}", f"p-{name}-{n}", COACH, START, session_id=name)
    assert event.register("r", "p", COACH, instant).session_id == session


def test_after_the_last_session_nobody_is_registered() -> None:
    event = weekly()
    with pytest.raises(TransitionRefused):
        event.register("r", "p", COACH, datetime(2026, 4, 1, tzinfo=UTC))


@pytest.mark.parametrize("recorded", [True, False], ids=["no-show", "nobody-wrote-it-down"])
def test_who_missed_a_session_has_a_place_in_the_next(recorded: bool) -> None:
    event = weekly()
    event.register("r-1", "p-1", COACH, START)
    now = datetime(2026, 3, 11, tzinfo=UTC)
    if recorded:
        event.attend("r-1", False, NoShowReason.FORGOT, COACH, now)
    assert event.register("r-2", "p-1", COACH, now).session_id == "s-1"
    with pytest.raises(AlreadyRegistered):
        event.register("r-3", "p-1", COACH, now)
    assert event.left_in(event.session("s-1")) == 1


def test_who_came_is_not_registered_again() -> None:
    event = weekly()
    event.register("r-1", "p-1", COACH, START)
    now = datetime(2026, 3, 11, tzinfo=UTC)
    event.attend("r-1", True, None, COACH, now)
    with pytest.raises(AlreadyRegistered):
        event.register("r-2", "p-1", COACH, now)


def test_what_was_recorded_is_corrected_not_deleted() -> None:
    event = weekly()
    event.register("r-1", "p-1", COACH, START)
    event.register("r-2", "p-2", COACH, START)
    now = datetime(2026, 3, 11, tzinfo=UTC)
    event.attend("r-1", False, NoShowReason.FORGOT, COACH, now)
    with pytest.raises(TransitionRefused) as refused:
        event.cancel_registration("r-1", now)
    assert refused.value.extra["allowed"] == ["attend"]
    event.cancel_registration("r-2", now)  # nothing was recorded of it
    assert event.registration("r-2").status.value == "cancelled"


def test_a_session_does_not_disappear_under_those_who_wait_for_it() -> None:
    event = weekly(places=1)
    event.register("r-1", "p-1", COACH, START, session_id="s-3")
    event.register("r-2", "p-2", COACH, START, session_id="s-3")
    event.cancel_registration("r-1", START)
    event.cancel_registration("r-2", START)
    event.register("r-3", "p-3", COACH, START, session_id="s-2")
    event.register("r-4", "p-4", COACH, START, session_id="s-2")
    without_last = event.sessions[:3]
    event.revise(event.details, None, without_last, START)  # only places given back
    event.cancel_registration("r-3", START)
    with pytest.raises(Refused):
        event.revise(event.details, None, event.sessions[:2], START)


def test_places_left_are_those_of_the_sessions_to_come() -> None:
    event = weekly()
    event.register("r-1", "p-1", COACH, START)
    assert event.places_left(START) == 7
    assert event.places_left(datetime(2026, 3, 11, tzinfo=UTC)) == 6
    assert event.places_left(datetime(2026, 4, 11, tzinfo=UTC)) == 0


def test_who_is_told_of_a_cancellation_had_a_session_to_come() -> None:
    event = weekly()
    event.register("r-1", "p-1", COACH, START)
    event.register("r-2", "p-2", COACH, START, session_id="s-2")
    assert [one.id for one in event.cancel(datetime(2026, 3, 11, tzinfo=UTC))] == ["r-2"]


def body(first_day: int = 10, weeks: int = 3, **changes: Any) -> dict[str, Any]:
    first = datetime(2026, 3, first_day, 8, 30, tzinfo=UTC)
    sessions = [
        {
            "id": f"s-{n}",
            "starts_at": (first + n * WEEK).isoformat(),
            "ends_at": (first + n * WEEK + timedelta(hours=2)).isoformat(),
            "places": 2,
        }
        for n in range(weeks)
    ]
    return {"kind": "workshop", "title": "Atelier Job 23", "territory": "23", "sessions": sessions} | changes


async def published(desk: Desk, **changes: Any) -> str:
    answer = await desk.post("/v1/agenda", desk.manager, body(**changes))
    assert answer.status_code == 201, answer.text
    agenda_id: str = answer.json()["id"]
    assert (await desk.post(f"/v1/agenda/{agenda_id}/publish", desk.manager)).status_code == 200
    return agenda_id


async def test_a_no_show_is_positioned_on_the_next_session_over_http(desk: Desk, clock: HandClock) -> None:
    agenda = await published(desk)
    await desk.person()
    path = f"/v1/agenda/{agenda}/registrations"
    first = (await desk.post(path, desk.counsellor, {"profile_id": "p-sam"})).json()
    clock.set(datetime(2026, 3, 11, tzinfo=UTC))
    missed = {"attended": False, "reason": "forgot"}
    assert (await desk.post(f"{path}/{first['id']}/attendance", desk.counsellor, missed)).status_code == 200
    again = await desk.post(path, desk.counsellor, {"profile_id": "p-sam"})
    assert (again.status_code, again.json()["session_id"]) == (201, "s-1")
    deleted = await desk.client.delete(f"{path}/{first['id']}", headers=desk.counsellor)
    assert (deleted.status_code, deleted.json()["allowed"]) == (409, ["attend"])
    mine = (await desk.client.get("/v1/registrations", headers=desk.seeker)).json()["items"]
    assert [one["event"]["id"] for one in mine] == [agenda]
    # The place itself, not what was missed before: whether they have it or wait for it, and how it is given back.
    held = mine[0]["registration"]
    assert (held["id"], held["session_id"], held["status"]) == (again.json()["id"], "s-1", "registered")
    assert (await desk.client.delete(f"{path}/{held['id']}", headers=desk.seeker)).status_code == 204
    gone = (await desk.client.get("/v1/registrations", headers=desk.seeker)).json()["items"]
    assert held["id"] not in [one["registration"]["id"] for one in gone]


async def test_a_moved_session_is_told_and_reminded_of_again(desk: Desk, clock: HandClock) -> None:
    agenda = await published(desk, weeks=1)
    await desk.person()
    await desk.post(f"/v1/agenda/{agenda}/registrations", desk.counsellor, {"profile_id": "p-sam"})
    context = desk.running.app.state.context
    clock.set(datetime(2026, 3, 9, 9, 0, tzinfo=UTC))
    assert await waiting.agenda(context) == 1
    changed = body(first_day=24, weeks=1)
    answer = await desk.client.patch(f"/v1/agenda/{agenda}", json=changed, headers={**desk.manager, "If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert await waiting.agenda(context) == 0
    clock.set(datetime(2026, 3, 23, 9, 0, tzinfo=UTC))
    assert await waiting.agenda(context) == 1
    assert await waiting.agenda(context) == 0


async def test_the_atelier_goes_on_after_its_first_session(desk: Desk, clock: HandClock) -> None:
    agenda = await published(desk, onboarding=True)
    clock.set(datetime(2026, 3, 12, tzinfo=UTC))
    context = desk.running.app.state.context
    for number in range(5):
        state = SeekerRegistered(profile_id=f"p-{number}", territory="23", onboarding_workshop=True)
        await onboarding.ask(context, f"e-{number}", state)
    listed = await desk.client.get(f"/v1/agenda/{agenda}/registrations", headers=desk.manager)
    places = [one["session_id"] for one in listed.json()["items"]]
    assert places == ["s-1", "s-1", "s-2", "s-2"]
    assert await desk.store.collection("onboarding").count_documents({}) == 1
    since = {"since": "2026-03-13T00:00:00Z"}
    coming = (await desk.client.get("/v1/agenda", params=since, headers=desk.manager)).json()["items"]
    assert [(event["id"], event["places_left"]) for event in coming] == [(agenda, 0)]


async def test_a_session_id_is_given_once(desk: Desk) -> None:
    twice = body()
    twice["sessions"][1]["id"] = "s-0"
    answer = await desk.post("/v1/agenda", desk.manager, twice)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "sessions.1.id")


async def test_a_plus_that_became_a_blank_on_its_way_is_an_offset_still(desk: Desk) -> None:
    """Of `since=2026-03-09T00:00:00+01:00` a query has a blank, and the refusal showed what had been sent as the remedy."""
    for since in ("2026-03-09T00:00:00+01:00", "2026-03-09T00:00:00%2B01:00", "2026-03-09T00:00:00Z"):
        assert (await desk.client.get(f"/v1/agenda?since={since}&until={since}")).status_code == 200
    for since in ("2026-03-09 00:00:00", "2026-03-09T00:00:00", "2026-03-09T00:00:00+01:00+01:00"):
        refused = await desk.client.get(f"/v1/agenda?since={since}")
        assert [one["rule"] for one in refused.json()["errors"]] == ["instant"]
