"""Sixty days of an offer, the clock moved by hand, on a real MongoDB."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from services.offers.commands import life
from shared.clock import HandClock
from tests.service.offers.support import Desk

NOTICES = "offers.notices.v1"
OFFERS = "offers.offers.v1"


async def notices(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(event["data"]) for event in await desk.events(NOTICES)]


async def test_sixty_days_bring_exactly_these_reminders_and_ends(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    context = desk.running.app.state.context
    start = clock.now()
    diary: list[tuple[int, str]] = []
    told = len(await notices(desk))
    types = len(await desk.events(OFFERS))
    for hour in range(1, 62 * 24):
        if hour % 6:
            continue
        clock.set(start + timedelta(hours=hour))
        if await life.run(context) == 0:
            continue
        day = hour // 24
        news = (await notices(desk))[told:]
        diary += [(day, f"{one['template']} {one['params'].get('day', '')}".strip()) for one in news]
        told += len(news)
        events = (await desk.events(OFFERS))[types:]
        diary += [(day, event["type"]) for event in events]
        types += len(events)
    assert diary == [
        (11, "offer_confirm_reminder 11"),
        (14, "offer_confirm_reminder 14"),
        (15, "offer_suspended"),
        (15, "offer-suspended.v1"),
        (60, "offer-archived.v1"),
    ]
    assert (await desk.client.get(f"/v1/offers/{offer}")).status_code == 404
    assert {one["recipients"][0] for one in await notices(desk)} == {"boss"}


async def test_one_click_confirms_only_by_post_and_extends(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    context = desk.running.app.state.context
    clock.advance(timedelta(days=11))
    await life.run(context)
    link = (await notices(desk))[-1]["link"]
    path = link[link.index("/v1/") :]

    page = await desk.client.get(path)
    assert page.status_code == 200
    assert '<form method="post">' in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["confirmed_on"] == "2026-03-02"

    answers = await asyncio.gather(desk.client.post(path), desk.client.post(path), desk.client.post(path))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["confirmed_on"] == "2026-03-13"
    refreshed = [event for event in await desk.events(OFFERS) if event["type"] == "offer-refreshed.v1"]
    assert len(refreshed) == 1

    clock.advance(timedelta(days=10, hours=23))
    assert await life.run(context) == 0
    clock.advance(timedelta(hours=1))
    assert await life.run(context) == 1


async def test_a_suspended_offer_is_back_with_one_click(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    context = desk.running.app.state.context
    clock.advance(timedelta(days=15))
    await life.run(context)
    assert (await desk.client.get("/v1/offers")).json()["items"] == []
    link = (await notices(desk))[-1]["link"]
    await desk.client.post(link[link.index("/v1/") :])
    assert [item["id"] for item in (await desk.client.get("/v1/offers")).json()["items"]] == [offer]
    assert (await desk.events(OFFERS))[-1]["type"] == "offer-resumed.v1"


async def test_a_link_confirms_nothing_for_whoever_acts_for_the_employer_no_longer(
    desk: Desk, clock: HandClock
) -> None:
    """Nor brings back what the employer took out of sight. Each has a link of their own, so that a colleague's goes on."""
    company = await desk.company()
    joined = (await desk.post(f"/v1/companies/{company}/invitations", desk.employer, {"user_id": "rival"})).json()[
        "link"
    ]
    await desk.post(f"{joined[joined.index('/v1/') :]}/acceptance", desk.other_employer)
    offer = await desk.offer(company)
    clock.advance(timedelta(days=11))
    await life.run(desk.running.app.state.context)
    links = {one["recipients"][0]: one["link"] for one in (await notices(desk))[-2:]}
    of = {whom: link[link.index("/v1/") :] for whom, link in links.items()}
    assert of.keys() == {"boss", "rival"}
    assert (await desk.client.get(of["rival"])).status_code == 200
    await desk.client.delete(f"/v1/companies/{company}/users/rival", headers=desk.employer)
    await desk.post(f"/v1/offers/{offer}/suspend", desk.employer)
    for refused in (await desk.client.get(of["rival"]), await desk.client.post(of["rival"])):
        assert refused.status_code == 422
        assert "entretien" not in refused.text
    assert (await desk.client.get("/v1/offers")).json()["items"] == []
    assert (await desk.client.post(of["boss"])).status_code == 200
    assert [item["id"] for item in (await desk.client.get("/v1/offers")).json()["items"]] == [offer]


async def test_a_forged_cut_or_old_link_confirms_nothing(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    await desk.offer(company)
    context = desk.running.app.state.context
    clock.advance(timedelta(days=11))
    await life.run(context)
    link = (await notices(desk))[-1]["link"]
    path = link[link.index("/v1/") :]
    for wrong in (path[:-3], path[:-3] + "AAA", "/v1/confirmations/x"):
        assert (await desk.client.get(wrong)).status_code == 422
        assert (await desk.client.post(wrong)).status_code == 422
    # No address of ours has such a letter.
    assert (await desk.client.post("/v1/confirmations/%C3%A9")).status_code == 404
    clock.advance(timedelta(days=60))
    assert (await desk.client.post(path)).status_code == 422


async def test_a_job_that_was_away_sends_one_reminder_and_catches_up(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    context = desk.running.app.state.context
    before = len(await notices(desk))
    clock.advance(timedelta(days=14, hours=5))
    await life.run(context)
    assert [one["params"]["day"] for one in (await notices(desk))[before:]] == ["14"]
    clock.advance(timedelta(days=90))
    await life.run(context)
    own = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.manager)).json()
    assert own["status"] == "archived"
    assert [entry["what"] for entry in own["history"]][-2:] == ["suspended", "archived"]


async def test_the_last_day_to_apply_closes_the_offer_the_day_after(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offer = await desk.offer(company, apply_by="2026-03-05")
    context = desk.running.app.state.context
    # 5 March, 22:30 UTC is 23:30 in Paris: still the last day.
    clock.advance(timedelta(days=3, hours=14, minutes=30))
    assert await life.run(context) == 0
    clock.advance(timedelta(hours=1))
    assert await life.run(context) == 1
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["outcome"] == "apply_by_passed"


async def test_each_step_of_a_life_answers_the_version_that_a_change_needs(desk: Desk) -> None:
    """`suspend`, `confirm`, `close` and the moderation answered without an ETag: whoever changed next had to read again."""
    company = await desk.company()
    offer = await desk.offer(company)
    for step, body in (("suspend", {}), ("resume", {}), ("fill", {"count": 1}), ("reopen", {"count": 1})):
        answered = await desk.post(f"/v1/offers/{offer}/{step}", desk.employer, body)
        assert answered.headers["etag"] == f'"{answered.json()["version"]}"', step
    changed = await desk.client.patch(
        f"/v1/offers/{offer}", headers=desk.employer | {"If-Match": answered.headers["etag"]}, json={"weekly_hours": 28}
    )
    assert changed.status_code == 200
    suspended = await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "x"})
    assert suspended.headers["etag"] == f'"{suspended.json()["version"]}"'
