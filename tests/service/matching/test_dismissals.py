"""The report of dismissals: what is counted, until when, and that nobody is found in it."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.queries import dismissals as queries
from shared.contracts.events.profiles import ProfileState
from tests.service.matching.house import House
from tests.service.matching.rooms import offer_state, profile_state


async def test_dismissals_are_reported_by_reason_and_pair_of_occupations_and_small_groups_are_masked(
    house: House,
) -> None:
    rooms = house.rooms
    people = [profile_state(f"p{n}") for n in range(9)]
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), *(rooms.profile(one) for one in people))

    async def dismiss(number: int, **said: str) -> None:
        (found,) = await house.recommended(people[number].profile_id, role="counsellor", subject="counsellor-1")
        path = f"/v1/recommendations/{found['recommendation_id']}/dismiss"
        body = {"reason": "Trop loin de l'école, dit Mme Petit", **said}
        answer = await house.post(path, body, role="counsellor", subject="counsellor-1")
        assert answer.status_code == 200, answer.text

    for number in range(6):
        await dismiss(number, because="schedule")
    await dismiss(6, because="travel")
    await dismiss(7)
    path, manager = "/v1/audit/dismissals", {"role": "manager", "subject": "m"}
    # What was decided this month is in next month's report.
    assert (await house.get(path, **manager, territory="23")).json()["people"] == 0
    rooms.clock.advance(timedelta(days=31))
    answer = await house.get(path, **manager, territory="23")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert report["people"] == 10
    assert report["reasons"] == [{"reason": "schedule", "dismissed": 5}]
    (pair,) = report["pairs"]
    assert (pair["wished"], pair["offered"]) == ("K1304", "K1304")
    assert (pair["recommended"], pair["dismissed"], pair["rate"]) == (10, 10, 1.0)
    assert pair["reasons"] == [{"reason": "schedule", "dismissed": 5}]
    # What was said in words stays with the decision; who decided and for whom is nobody's figure.
    assert "Petit" not in answer.text
    assert not any(one.profile_id in answer.text for one in people)
    # Who read it is kept with what they read, and nothing of the configuration moved.
    assert [(one["read_by"], one["people"]) for one in await rooms.rows("readings")] == [("m", 0), ("m", 10)]
    assert (await house.get("/v1/configurations", **manager)).json() is not None
    assert await rooms.rows("configurations") == []
    for role, subject in (("counsellor", "counsellor-1"), ("seeker", "user-p1"), ("employer", "e"), ("operator", "o")):
        assert (await house.get(path, role=role, subject=subject, territory="23")).status_code == 403, role
    assert (await house.get(path, **manager, territory="41")).status_code == 403
    unknown = await house.post("/v1/recommendations/x/dismiss", {"because": "colour"}, role="manager", subject="m")
    assert unknown.status_code == 422


async def test_dismissals_of_few_people_name_neither_their_occupations_nor_a_figure(house: House) -> None:
    rooms = house.rooms
    person = profile_state("a")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    (found,) = await house.recommended(person.profile_id)
    await house.post(f"/v1/recommendations/{found['recommendation_id']}/dismiss", {"because": "pay"})
    rooms.clock.advance(timedelta(days=31))
    report = (await house.get("/v1/audit/dismissals", role="manager", subject="m", territory="23")).json()
    assert report["people"] is None
    assert report["reasons"] == []
    assert "K1304" not in str(report)


async def test_a_month_has_one_report_whoever_is_erased_or_decides_between_two_readings(house: House) -> None:
    rooms = house.rooms
    people = [profile_state(f"p{n}") for n in range(8)]
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), *(rooms.profile(one) for one in people))

    async def dismiss(person: ProfileState) -> None:
        (found,) = await house.recommended(person.profile_id, role="counsellor", subject="counsellor-1")
        body = {"reason": "Non", "because": "pay"}
        path = f"/v1/recommendations/{found['recommendation_id']}/dismiss"
        assert (await house.post(path, body, role="counsellor", subject="counsellor-1")).status_code == 200

    async def read() -> dict[str, Any]:
        answer = await house.get("/v1/audit/dismissals", role="manager", subject="m", territory="23")
        found: dict[str, Any] = answer.json()
        return found

    for person in people[:7]:
        await dismiss(person)
    rooms.clock.advance(timedelta(days=31))
    first = await read()
    assert first["people"] == 5
    assert first["until"] == rooms.clock.now().date().replace(day=1).isoformat()
    # The eighth would make it ten, three erasures would make it none: neither moves what this month is told.
    await dismiss(people[7])
    await rooms.store.collection("overrides").delete_many(
        {"profile_id": {"$in": [one.profile_id for one in people[:3]]}}
    )
    rooms.clock.advance(timedelta(days=1))
    assert await read() == first
    rooms.clock.advance(timedelta(days=31))
    later = await read()
    assert (later["people"], later["until"] > first["until"]) == (5, True)


async def test_the_queries_of_the_report_use_indexes(house: House) -> None:
    store = house.rooms.store
    now = house.rooms.clock.now()
    for collection, query in (
        ("overrides", {"territory": "23", "kind": "dismissed", "at": {"$lt": now}}),
        ("profiles", {"territory": "23", "wishes": {"$in": ["K1304"]}}),
        ("profiles", {"territory": "23", "active": True}),
        ("offers", {"occupation": {"$in": ["K1304"]}}),
        ("recommendations", {"offer_id": {"$in": ["o"]}, "territory": "23", "created_at": {"$lt": now}}),
        ("readings", {"territory": "23", "until": "2026-03-01", "report": "dismissals"}),
    ):
        plan = await store.collection(collection).find(query).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), collection


async def test_the_people_of_many_offers_are_asked_for_in_portions(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = house.rooms
    monkeypatch.setattr(queries, "_AT_ONCE", 2)
    people = [profile_state(f"p{n}") for n in range(5)]
    offers = [offer_state(f"o{n}", rooms.clock) for n in range(5)]
    await rooms.hear(*map(rooms.offer, offers), *map(rooms.profile, people))
    for person in people:
        found = await house.recommended(person.profile_id, role="counsellor", subject="counsellor-1")
        path = f"/v1/recommendations/{found[0]['recommendation_id']}/dismiss"
        await house.post(path, {"reason": "Non"}, role="counsellor", subject="counsellor-1")
    rooms.clock.advance(timedelta(days=31))
    answer = await house.get("/v1/audit/dismissals", role="manager", subject="m", territory="23")
    (pair,) = answer.json()["pairs"]
    assert (pair["recommended"], pair["dismissed"]) == (5, 5)
