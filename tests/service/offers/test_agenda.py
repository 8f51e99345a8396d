"""The agenda over HTTP, and the Atelier over Kafka."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from icalendar import Calendar

from services.offers.commands import onboarding, people, waiting
from shared.clock import HandClock
from shared.contracts.events.profiles import ProfileState, SeekerRegistered
from shared.contracts.topics import PROFILES, REGISTRATIONS
from shared.store import Work
from tests.service.offers.support import Desk
from tests.support import Stack, eventually


def atelier(places: int = 2, day: int = 10, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "workshop",
        "title": "Atelier Job 23",
        "onboarding": True,
        "place": {"commune_code": "23096", "name": "Maison de l'emploi"},
        "sessions": [
            {"starts_at": f"2026-03-{day:02}T08:30:00Z", "ends_at": f"2026-03-{day:02}T11:00:00Z", "places": places}
        ],
        **changes,
    }


async def planned(desk: Desk, **changes: Any) -> str:
    answer = await desk.post("/v1/agenda", desk.manager, atelier(**changes))
    assert answer.status_code == 201, answer.text
    agenda_id: str = answer.json()["id"]
    published = await desk.post(f"/v1/agenda/{agenda_id}/publish", desk.manager)
    assert published.status_code == 200, published.text
    return agenda_id


async def register(desk: Desk, agenda: str, profile: str) -> Any:
    return await desk.post(f"/v1/agenda/{agenda}/registrations", desk.counsellor, {"profile_id": profile})


async def test_a_full_session_waits_and_a_place_given_back_promotes(desk: Desk) -> None:
    agenda = await planned(desk, onboarding=False)
    for number in range(3):
        await desk.person(f"p-{number}", owner=f"s-{number}")
    answers = await asyncio.gather(*(register(desk, agenda, f"p-{number}") for number in range(3)))
    statuses = sorted(answer.json()["status"] for answer in answers)
    assert statuses == ["registered", "registered", "waiting"]
    assert (await register(desk, agenda, "p-0")).json()["code"] == "already-registered"
    first = next(answer.json() for answer in answers if answer.json()["status"] == "registered")
    gone = await desk.client.delete(f"/v1/agenda/{agenda}/registrations/{first['id']}", headers=desk.counsellor)
    assert gone.status_code == 204
    event = (await desk.client.get(f"/v1/agenda/{agenda}")).json()
    assert (event["places_left"], event["waiting"]) == (0, 0)
    notices = [json.loads(one["data"]) for one in await desk.events("offers.notices.v1")]
    assert [one["template"] for one in notices].count("waitlist_promoted") == 1
    states = [json.loads(one["data"]) for one in await desk.events("offers.agenda.v1")]
    assert [state["places_left"] for state in states] == [2, 1, 0, 0, 0]


async def test_reminders_two_days_before_then_attendance(desk: Desk, clock: HandClock) -> None:
    agenda = await planned(desk, onboarding=False)
    await desk.person()
    registration = (await register(desk, agenda, "p-sam")).json()
    context = desk.running.app.state.context
    diary = []
    for hour in range(9 * 24):
        if await waiting.agenda(context):
            diary.append(hour)
        clock.advance(timedelta(hours=1))
    assert diary == [6 * 24 + 1]
    path = f"/v1/agenda/{agenda}/registrations/{registration['id']}/attendance"
    silent = await desk.post(path, desk.manager, {"attended": False})
    assert silent.json()["errors"][0]["rule"] == "reason_required"
    absent = await desk.post(path, desk.manager, {"attended": False, "reason": "transport"})
    assert (absent.json()["status"], absent.json()["no_show_reason"]) == ("no_show", "transport")


async def test_the_calendar_feed_is_icalendar(desk: Desk) -> None:
    agenda = await planned(desk)
    feed = await desk.client.get("/v1/agenda.ics", params={"territory": "23"})
    entries = Calendar.from_ical(feed.content).walk("VEVENT")
    assert [str(entry["SUMMARY"]) for entry in entries] == ["Atelier Job 23"]
    assert b"CATEGORIES:Atelier" in feed.content, "a calendar shows it to people"
    await desk.post(f"/v1/agenda/{agenda}/cancel", desk.manager)
    one = Calendar.from_ical((await desk.client.get(f"/v1/agenda/{agenda}.ics")).content).walk("VEVENT")[0]
    assert str(one["STATUS"]) == "CANCELLED"


async def test_invitation_only_and_strangers(desk: Desk) -> None:
    agenda = await planned(desk, onboarding=False, by_invitation=True)
    await desk.person()
    alone = await desk.post(f"/v1/agenda/{agenda}/registrations", desk.seeker, {})
    assert (alone.status_code, alone.json()["code"]) == (403, "by-invitation-only")
    assert (await register(desk, agenda, "p-sam")).status_code == 201
    listed = await desk.client.get(f"/v1/agenda/{agenda}/registrations", headers=desk.employer)
    assert listed.json()["items"] == []
    assert (await desk.post("/v1/agenda", desk.foreign_manager, atelier())).status_code == 403


async def test_what_is_only_planned_answers_strangers_as_what_there_is_not(desk: Desk) -> None:
    """Whatever is asked of it: another answer would say that the event exists."""
    await desk.person()
    planned_id = (await desk.post("/v1/agenda", desk.manager, atelier(onboarding=False))).json()["id"]
    unknown = planned_id[:-6] + "abcdef"
    asked: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("GET", ".ics", None),
        ("PATCH", "", atelier()),
        ("POST", "/publish", None),
        ("POST", "/cancel", None),
        ("GET", "/registrations", None),
        ("POST", "/registrations", {}),
        ("DELETE", "/registrations/one", None),
        ("POST", "/registrations/one/attendance", {"attended": True}),
        ("POST", "/registrations/several", {"profile_ids": ["p-sam"]}),
    ]
    for caller in (desk.seeker, desk.employer, desk.foreign_manager):
        for method, below, body in asked:
            answers = [
                await desk.client.request(
                    method, f"/v1/agenda/{id}{below}", json=body, headers=caller | {"If-Match": "*"}
                )
                for id in (planned_id, unknown)
            ]
            there, not_there = (
                {name: value for name, value in answer.json().items() if name != "instance"} for answer in answers
            )
            assert json.dumps(there).replace(planned_id, unknown) == json.dumps(not_there), f"{method} {below}"


async def test_newly_registered_people_are_positioned_on_the_next_atelier(stack: Stack, clock: HandClock) -> None:
    async with stack.running("offers", clock=clock, worker=True) as running:
        desk = Desk(stack, running)

        async def publish(profile: str, onboarding: bool = True) -> None:
            """What the profiles service would send: the profile, then the registration."""
            work = Work()
            state = ProfileState(
                profile_id=profile, territory="23", active=True, owner_id=f"o-{profile}", counsellor_ids=("coach",)
            )
            seeker = SeekerRegistered(
                profile_id=profile, territory="23", onboarding_workshop=onboarding, counsellor_ids=("coach",)
            )
            work.publish(PROFILES, "profile-created.v1", key=profile, data=state, sequence=1, time=clock.now())
            work.publish(REGISTRATIONS, "seeker-registered.v1", key=profile, data=seeker, sequence=1, time=clock.now())
            await running.store.commit(work)

        for number in range(3):
            await publish(f"p-{number}")
        await publish("p-other", onboarding=False)
        waits = running.store.collection("onboarding")
        await eventually(lambda: _count(waits, 3))
        await eventually(lambda: _count(running.store.collection("people"), 4))

        first = await planned(desk, places=2)
        second = await planned(desk, places=5, day=20)
        assert (await desk.client.get(f"/v1/agenda/{first}", headers=desk.manager)).json()["places_left"] == 0
        assert (await desk.client.get(f"/v1/agenda/{second}", headers=desk.manager)).json()["places_left"] == 4
        assert await waits.count_documents({}) == 0

        await publish("p-late")
        await eventually(lambda: _left(desk, second, 3))
        listed = await desk.client.get(f"/v1/agenda/{second}/registrations", headers=desk.manager)
        assert {one["origin"] for one in listed.json()["items"]} == {"automatic"}
        await people.erase(running.app.state.context, "p-late")
        assert (await desk.client.get(f"/v1/agenda/{second}", headers=desk.manager)).json()["places_left"] == 4


async def test_a_place_that_an_erasure_frees_is_told_as_one_that_was_given_back(desk: Desk) -> None:
    """With its day and hour: by their absence the next one knew that somebody had been erased."""
    agenda = await planned(desk, onboarding=False, places=2)
    for name in ("one", "two", "three", "four"):
        await desk.person(f"p-{name}", owner=name)
        assert (await register(desk, agenda, f"p-{name}")).status_code == 201
    first = (await desk.client.get(f"/v1/agenda/{agenda}/registrations", headers=desk.manager)).json()["items"][0]
    path = f"/v1/agenda/{agenda}/registrations/{first['id']}"
    assert (await desk.client.delete(path, headers=desk.counsellor)).status_code == 204
    await people.erase(desk.running.app.state.context, "p-two")
    told = [json.loads(row["data"]) for row in await desk.events("offers.notices.v1")]
    back, erased = [one for one in told if one["template"] == "waitlist_promoted"]
    assert ([back["recipients"], erased["recipients"]], erased["params"]) == ([["p-three"], ["p-four"]], back["params"])
    assert erased["params"]["date"] == "10/03/2026"


async def test_whoever_accompanies_somebody_when_a_place_comes_is_told_of_it_and_nobody_who_did(desk: Desk) -> None:
    """People wait for an Atelier for weeks; that it is one tells of what they receive."""
    context = desk.running.app.state.context
    state = SeekerRegistered(profile_id="p-sam", territory="23", onboarding_workshop=True, counsellor_ids=("former",))
    await onboarding.ask(context, "event-1", state)
    await desk.person()
    await planned(desk)
    told = [json.loads(row["data"]) for row in await desk.events("offers.notices.v1")]
    assert {one["template"]: one["recipients"] for one in told if "Atelier" in str(one)} == {
        "counsellor_info": ["coach"],
        "workshop_registered": ["p-sam"],
    }


async def _count(collection: Any, count: int) -> bool:
    return int(await collection.count_documents({})) == count


async def _left(desk: Desk, agenda: str, places: int) -> bool:
    left: int = (await desk.client.get(f"/v1/agenda/{agenda}", headers=desk.manager)).json()["places_left"]
    return left == places


async def test_how_many_sit_where_the_desk_places_people_is_told_to_staff_only(desk: Desk, clock: HandClock) -> None:
    for closed in ({"by_invitation": True, "onboarding": False}, {"onboarding": True}):
        agenda = await planned(desk, places=4, **closed)
        await desk.person()
        ways = (f"/v1/agenda/{agenda}", "/v1/agenda", f"/v1/agenda/{agenda}.ics", "/v1/agenda.ics")
        before = [await desk.client.get(way) for way in ways]
        clock.advance(timedelta(hours=1))
        assert (await register(desk, agenda, "p-sam")).status_code == 201
        after = [await desk.client.get(way) for way in ways]
        # Not one figure, version or header differs: nobody counts along.
        assert [one.text for one in before] == [one.text for one in after]
        assert "etag" not in after[0].headers
        seen = after[0].json()
        assert (seen["version"], seen["places"], seen["places_left"], seen["waiting"]) == (None, None, None, None)
        assert {(one["places"], one["places_left"]) for one in seen["sessions"]} == {(None, None)}
        for who, told in ((desk.manager, 3), (desk.counsellor, 3), (desk.foreign_manager, None), (desk.seeker, None)):
            assert (await desk.client.get(f"/v1/agenda/{agenda}", headers=who)).json()["places_left"] == told
        states = [json.loads(one["data"]) for one in await desk.events("offers.agenda.v1")]
        assert {one.get("places_left") for one in states} == {None}
        await desk.post(f"/v1/agenda/{agenda}/cancel", desk.manager)
