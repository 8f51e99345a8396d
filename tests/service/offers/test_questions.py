"""An employer is asked once when the work is, by whoever cares, and never told by whom."""

import json

from shared.contracts.topics import OFFER_NOTICES
from tests.service.offers.support import Desk


async def test_the_schedule_is_asked_of_the_employer_once_and_nobody_is_named(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company, shifts=[])
    before = len(await desk.events(OFFER_NOTICES.name))
    first = await desk.post(f"/v1/offers/{offer}/schedule-request", desk.seeker)
    assert first.status_code == 202, first.text
    again = await desk.post(f"/v1/offers/{offer}/schedule-request", desk.counsellor)
    assert (again.status_code, again.json()) == (202, first.json())
    notices = (await desk.events(OFFER_NOTICES.name))[before:]
    (notice,) = [json.loads(row["data"]) for row in notices]
    assert (notice["template"], notice["recipients"]) == ("schedule_asked", ["boss"])
    assert "sam" not in json.dumps(notice)
    stored = [row async for row in desk.store.collection("questions").find()]
    assert [set(row) for row in stored] == [{"_id", "offer_id", "asked_at"}]


async def test_what_an_offer_says_already_or_hides_is_not_asked(desk: Desk) -> None:
    company = await desk.company()
    known = await desk.offer(company)
    refused = await desk.post(f"/v1/offers/{known}/schedule-request", desk.seeker)
    assert (refused.status_code, refused.json()["code"]) == (409, "schedule-known")
    draft = await desk.offer(company, publish=False, shifts=[])
    assert (await desk.post(f"/v1/offers/{draft}/schedule-request", desk.seeker)).status_code == 404
    shown = await desk.offer(company, shifts=[], title="Agent de tri des déchets (H/F)")
    for headers, status in ((desk.employer, 403), (desk.partner, 403), ({}, 401)):
        assert (await desk.post(f"/v1/offers/{shown}/schedule-request", headers)).status_code == status
