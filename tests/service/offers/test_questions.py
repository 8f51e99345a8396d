"""An employer is asked once when the work is, by whoever cares, and never told by whom."""

import json

import pytest

from services.matching.domain.facts_told import offer_facts
from services.offers.domain.schedule import FLAGS
from shared.contracts.events.offers import OfferState
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


@pytest.mark.parametrize("open_flag", FLAGS)
async def test_what_is_told_as_not_said_can_be_asked_be_it_one_flag(desk: Desk, open_flag: str) -> None:
    """The sentence of a recommendation and the question follow one rule: the flags that the event names as unknown."""
    declared = {name: False for name in FLAGS if name != open_flag}
    offer = await desk.offer(await desk.company(), shifts=[], declared_schedule=declared)
    states = [json.loads(row["data"]) for row in await desk.events()]
    read = offer_facts(OfferState.model_validate(states[-1]))
    assert (read.schedule_known, read.unsaid) == (False, (open_flag,))
    assert (await desk.post(f"/v1/offers/{offer}/schedule-request", desk.seeker)).status_code == 202


async def test_what_an_offer_says_already_or_hides_is_not_asked(desk: Desk) -> None:
    company = await desk.company()
    known = await desk.offer(company)
    refused = await desk.post(f"/v1/offers/{known}/schedule-request", desk.seeker)
    assert (refused.status_code, refused.json()["code"]) == (409, "schedule-known")
    declared = {"early": False, "late": False, "night": False, "weekend": False}
    whole = await desk.offer(company, shifts=[], declared_schedule=declared, title="Maçon (H/F)")
    assert (await desk.post(f"/v1/offers/{whole}/schedule-request", desk.seeker)).status_code == 409
    draft = await desk.offer(company, publish=False, shifts=[])
    assert (await desk.post(f"/v1/offers/{draft}/schedule-request", desk.seeker)).status_code == 404
    shown = await desk.offer(company, shifts=[], title="Agent de tri des déchets (H/F)")
    for headers, status in ((desk.employer, 403), (desk.partner, 403), ({}, 401)):
        assert (await desk.post(f"/v1/offers/{shown}/schedule-request", headers)).status_code == status
