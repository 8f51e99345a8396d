"""A copy is hidden behind an offer that people see, and behind nothing else: a job from two sources is never gone from both."""

from datetime import timedelta
from typing import Any

from services.offers.commands import duplicates, life
from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.service.offers.test_imports import deliver
from tests.service.offers.test_moderation import found, own_row

TITLE = "Affûteur de scies - CDI"


async def copy(desk: Desk, complete: bool = False, **changes: Any) -> dict[str, Any]:
    """The same job by a feed."""
    row = own_row(occupation_code=None, **changes)
    [line] = (await deliver(desk, [row], complete=complete))["rows"]
    assert line["status"] == "accepted", line
    return dict(line)


async def suspended(desk: Desk, clock: HandClock) -> str:
    """An offer that its employer did not confirm."""
    offer = await desk.offer(await desk.company(), title=TITLE, occupation_code=None)
    clock.advance(timedelta(days=16))
    await life.run(desk.running.app.state.context)
    assert await found(desk) == []
    return offer


async def test_a_feed_brings_a_job_whose_own_offer_nobody_confirmed(desk: Desk, clock: HandClock) -> None:
    own = await suspended(desk, clock)
    line = await copy(desk)
    assert (line["duplicate_of"], await found(desk)) == (None, [line["offer_id"]])
    # The employer's own is shown again, and the copy behind it.
    assert (await desk.post(f"/v1/offers/{own}/confirm", desk.employer)).status_code == 200
    clock.advance(timedelta(days=2))
    await desk.post(f"/v1/offers/{line['offer_id']}/link", desk.manager, {"canonical_offer_id": own})
    assert await found(desk) == [own]


async def test_a_copy_that_comes_back_is_not_hidden_behind_what_went_meanwhile(desk: Desk, clock: HandClock) -> None:
    own = await desk.offer(await desk.company(), title=TITLE, occupation_code=None)
    line = await copy(desk)
    assert line["duplicate_of"] == own
    other = {**own_row(occupation_code=None), "external_id": "r-2", "title": "Cariste (H/F)"}
    assert (await deliver(desk, [other], complete=True))["closed"] == 1
    assert (await desk.post(f"/v1/offers/{own}/suspend", desk.employer)).status_code == 200
    again = await copy(desk)
    assert (again["change"], again["duplicate_of"]) == ("updated", None)
    assert line["offer_id"] in await found(desk)


async def test_a_manager_hides_nothing_behind_what_nobody_sees_and_a_no_holds_for_copies(
    desk: Desk, clock: HandClock
) -> None:
    own = await suspended(desk, clock)
    company = (await desk.client.get(f"/v1/offers/{own}", headers=desk.employer)).json()["company"]["id"]
    other = await desk.offer(company, title="Cariste (H/F)", occupation_code=None)
    linked = await desk.post(f"/v1/offers/{other}/link", desk.manager, {"canonical_offer_id": own})
    assert (linked.status_code, linked.json()["code"]) == (409, "duplicate-unusable")
    assert (await desk.post(f"/v1/offers/{own}/suspend", desk.manager, {"reason": "Arnaque"})).status_code == 200
    line = await copy(desk)
    assert (line["duplicate_of"], await found(desk)) == (own, [other])


async def test_a_filled_copy_is_open_again_for_everybody_when_the_hire_falls_through(desk: Desk) -> None:
    company = await desk.company()
    own = await desk.offer(company, title=TITLE, occupation_code=None)
    hidden = (await copy(desk))["offer_id"]
    assert (await desk.post(f"/v1/offers/{hidden}/fill", desk.manager, {"count": 1})).status_code == 200
    assert (await desk.post(f"/v1/offers/{own}/suspend", desk.employer)).status_code == 200
    assert (await desk.post(f"/v1/offers/{hidden}/reopen", desk.manager, {"count": 1})).status_code == 200
    assert await found(desk) == [hidden]


async def test_a_feed_that_lists_no_more_posts_than_were_filled_here_shows_none(desk: Desk, clock: HandClock) -> None:
    await desk.company()
    await desk.person()
    line = await copy(desk, positions_total=3)
    offer = line["offer_id"]
    application = (await desk.apply(offer)).json()["id"]
    assert (await desk.post(f"/v1/offers/{offer}/fill", desk.employer, {"count": 2})).status_code == 200
    assert (await copy(desk, positions_total=2))["change"] == "updated"
    assert await found(desk) == []
    kept = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.employer)).json()
    assert (kept["status"], kept["outcome"], kept["positions_open"]) == ("filled", "filled_elsewhere", 0)
    answered = await desk.client.get(f"/v1/applications/{application}", headers=desk.seeker)
    assert answered.json()["status"] == "refused"
    clock.advance(timedelta(days=2))
    assert (await copy(desk, positions_total=2))["change"] == "kept"


async def test_copies_that_were_lost_in_a_race_are_shown_again(desk: Desk) -> None:
    """The offer went out of sight while they were being hidden behind it; a manager's no still hides them."""
    own = await desk.offer(await desk.company(), title=TITLE, occupation_code=None)
    first = (await copy(desk))["offer_id"]
    rows = [own_row(occupation_code=None)]
    [second] = [
        line["offer_id"]
        for line in (
            await desk.client.post("/v1/imports", headers=desk.manager, params={"partner": "feed-two"}, json=rows)
        ).json()["rows"]
    ]
    context, offers = desk.running.app.state.context, desk.store.collection("offers")
    assert await found(desk) == [own]
    assert await duplicates.show_lost(context) == 0
    held = {"status": "suspended", "suspended_because": "moderation", "held": True}
    await offers.update_one({"_id": own}, {"$set": held})
    assert await duplicates.show_lost(context) == 0
    await offers.update_one({"_id": own}, {"$set": {"held": False, "suspended_because": "unconfirmed"}})
    assert [await duplicates.show_lost(context), await duplicates.show_lost(context)] == [2, 0]
    shown = set(await found(desk)) - {own}
    assert len(shown) == 1
    assert shown < {first, second}
