"""A counsellor's applications in one list, with whose turn it is, and several people introduced or registered at once."""

from datetime import timedelta
from typing import Any

from shared.clock import HandClock
from tests.service.offers.interviewing import ON_SITE
from tests.service.offers.support import Desk
from tests.service.offers.test_applications import HIRE, advance


async def lines(desk: Desk, headers: dict[str, str] | None = None, **params: Any) -> list[dict[str, Any]]:
    answer = await desk.client.get("/v1/caseload/applications", headers=headers or desk.counsellor, params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_each_line_says_whose_turn_it_is(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    await desk.person("p-foreign", owner="other", counsellor_ids=["somebody-else"])
    offer = await desk.offer(await desk.company(), positions_total=5)
    made = (await desk.apply(offer, desk.counsellor, profile_id="p-sam")).json()
    id = made["id"]

    async def comes() -> tuple[str, str]:
        [line] = await lines(desk)
        return line["turn"], line["next_step"]

    clock.advance(timedelta(days=3))
    [line] = await lines(desk)
    assert (line["profile_id"], line["age_days"], line["waiting_days"]) == ("p-sam", 3, 3)
    assert (line["turn"], line["next_step"], line["next_step_label"]) == (
        "employer", "answer_application", "Répondre à la candidature",
    )  # fmt: skip
    await advance(desk, id, desk.employer, "interview")
    assert await comes() == ("employer", "fix_interview")
    path = f"/v1/applications/{id}/interview"
    await desk.client.put(path, json=ON_SITE, headers=desk.employer)
    assert await comes() == ("person", "confirm_interview")
    assert (await lines(desk))[0]["interview_at"] == "2026-03-09T13:30:00Z"
    await desk.post(f"{path}/answer", desk.counsellor, {"sequence": 0, "confirmed": False})
    assert await comes() == ("employer", "change_interview")
    await desk.post(f"{path}/answer", desk.counsellor, {"sequence": 0, "confirmed": True})
    assert await comes() == ("person", "go_to_interview")
    clock.advance(timedelta(days=6))
    assert await comes() == ("employer", "decide")
    await advance(desk, id, desk.employer, "proposed")
    assert await comes() == ("person", "accept_proposal")
    await desk.post(f"/v1/applications/{id}/acceptance", desk.counsellor, {})
    assert await comes() == ("employer", "record_hire")
    await advance(desk, id, desk.counsellor, "hired", hire=HIRE)
    assert await comes() == ("employer", "confirm_hire")
    await advance(desk, id, desk.employer, "hired")
    assert await lines(desk) == []
    clock.advance(timedelta(days=60))
    [hired] = await lines(desk, status="hired")
    assert (hired["turn"], hired["next_step"]) == ("counsellor", "follow_up")


async def test_who_sees_which_list(desk: Desk) -> None:
    offer = await desk.offer(await desk.company())
    for name, counsellors in (("one", ["coach"]), ("two", ["coach"]), ("three", ["somebody-else"])):
        await desk.person(f"p-{name}", owner=name, counsellor_ids=counsellors)
        await desk.apply(offer, desk.manager, profile_id=f"p-{name}")
    assert [line["profile_id"] for line in await lines(desk)] == ["p-two", "p-one"]
    assert [line["profile_id"] for line in await lines(desk, oldest_first="true")] == ["p-one", "p-two"]
    assert len(await lines(desk, desk.manager)) == 3
    assert await lines(desk, desk.foreign_manager) == []
    first = await desk.client.get("/v1/caseload/applications", headers=desk.counsellor, params={"limit": 1})
    cursor = first.json()["next_cursor"]
    assert [one["profile_id"] for one in await lines(desk, limit=1, cursor=cursor)] == ["p-one"]
    for stranger in (desk.seeker, desk.employer):
        assert (await desk.client.get("/v1/caseload/applications", headers=stranger)).status_code == 403
    elsewhere = await desk.client.get("/v1/caseload/applications", headers=desk.counsellor, params={"territory": "41"})
    assert elsewhere.status_code == 403


async def test_several_are_introduced_and_one_refusal_stops_no_other(desk: Desk) -> None:
    offer = await desk.offer(await desk.company(), positions_total=5)
    for name in ("one", "two"):
        await desk.person(f"p-{name}", owner=name)
    await desk.person("p-foreign", owner="other", counsellor_ids=["somebody-else"])
    people = ["p-one", "p-foreign", "p-nobody", "p-two", "p-one"]
    body = {"people": [{"profile_id": id, "disclosure_id": f"d-{number}"} for number, id in enumerate(people)]}
    answer = await desk.post(f"/v1/offers/{offer}/introductions", desk.counsellor, body)
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [(one["profile_id"], one["done"], one["code"]) for one in results] == [
        ("p-one", True, None),
        ("p-foreign", False, "profile-unknown"),
        ("p-nobody", False, "profile-unknown"),
        ("p-two", True, None),
        ("p-one", False, "already-applied"),
    ]
    assert answer.json()["done"] == 2
    # A stranger learns the same of somebody who is not theirs and of nobody.
    assert results[1]["detail"].replace("p-foreign", "") == results[2]["detail"].replace("p-nobody", "")
    made = (await desk.client.get(f"/v1/offers/{offer}/applications", headers=desk.employer)).json()["items"]
    assert [(one["profile_id"], one["disclosure_id"]) for one in made] == [("p-two", "d-3"), ("p-one", "d-0")]
    assert (await desk.post(f"/v1/offers/{offer}/introductions", desk.seeker, body)).status_code == 403
    many = {"people": [{"profile_id": f"p-{number}"} for number in range(51)]}
    assert (await desk.post(f"/v1/offers/{offer}/introductions", desk.counsellor, many)).status_code == 422
    assert (await desk.post(f"/v1/offers/{offer}/introductions", desk.counsellor, {"people": []})).status_code == 422


async def test_several_are_registered_for_a_session_and_who_finds_it_full_waits(desk: Desk) -> None:
    event = {
        "kind": "job_dating",
        "title": "Job dating du bâtiment",
        "place": {"commune_code": "23096"},
        "sessions": [{"starts_at": "2026-03-10T08:30:00Z", "ends_at": "2026-03-10T11:00:00Z", "places": 1}],
    }
    agenda = (await desk.post("/v1/agenda", desk.manager, event)).json()["id"]
    await desk.post(f"/v1/agenda/{agenda}/publish", desk.manager)
    for name in ("one", "two"):
        await desk.person(f"p-{name}", owner=name)
    path = f"/v1/agenda/{agenda}/registrations/several"
    answer = await desk.post(path, desk.counsellor, {"profile_ids": ["p-one", "p-nobody", "p-two", "p-one"]})
    assert [(one["profile_id"], one["status"], one["code"]) for one in answer.json()["results"]] == [
        ("p-one", "registered", None),
        ("p-nobody", None, "profile-unknown"),
        ("p-two", "waiting", None),
    ]
    again = await desk.post(path, desk.counsellor, {"profile_ids": ["p-one"]})
    assert again.json()["results"][0]["code"] == "already-registered"
    assert (await desk.post(path, desk.seeker, {"profile_ids": ["p-one"]})).status_code == 403
    elsewhere = "/v1/agenda/nothing/registrations/several"
    assert (await desk.post(elsewhere, desk.counsellor, {"profile_ids": ["p-one"]})).status_code == 404
