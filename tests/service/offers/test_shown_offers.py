"""An offer that was read a moment ago is not made anew: what is shown is still what is stored, and to each what is theirs."""

import httpx

from services.offers.domain.offer import Offer
from services.offers.handles import Offers
from shared.store.codec import encode
from shared.store.remembered import Remembered
from tests.service.offers.support import Desk, offer_body


async def read(desk: Desk, offer: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return await desk.client.get(f"/v1/offers/{offer}", headers=headers)


async def test_each_caller_gets_their_own_face_of_the_offer_as_it_is_stored(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    public = await read(desk, offer)
    for _ in range(2):
        own, again = await read(desk, offer, desk.employer), await read(desk, offer)
        assert "history" in own.json()
        assert own.json()["deposited_by"] == "boss"
        assert (again.content, again.headers["etag"]) == (public.content, public.headers["etag"])
        assert public.json().keys() < own.json().keys()
        for stranger in (desk.other_employer, desk.foreign_manager, desk.seeker):
            assert (await read(desk, offer, stranger)).content == public.content

    # Whoever writes: a command, and somebody at the database who counts no version up.
    body = offer_body(company, title="Agente d'entretien")
    del body["company_id"]
    changed = await desk.client.patch(
        f"/v1/offers/{offer}", json=body, headers=desk.employer | {"If-Match": own.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    now = await read(desk, offer)
    assert now.json()["title"] == "Agente d'entretien"
    assert now.headers["etag"] == changed.headers["etag"] != public.headers["etag"]
    await desk.store.collection("offers").update_one({"_id": offer}, {"$set": {"content.title": "Agent polyvalent"}})
    assert (await read(desk, offer)).json()["title"] == "Agent polyvalent"

    # Taken away: from everybody but its own side, at once.
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "Plaintes"})
    assert (await read(desk, offer)).status_code == 404
    assert (await read(desk, offer, desk.seeker)).status_code == 404
    assert (await read(desk, offer, desk.employer)).status_code == 200
    await desk.store.collection("offers").delete_one({"_id": offer})
    assert (await read(desk, offer, desk.employer)).status_code == 404


async def test_what_is_remembered_is_bounded_and_changed_by_no_reader(desk: Desk) -> None:
    company = await desk.company()
    offers = [await desk.offer(company) for _ in range(3)]
    remembered = Remembered(desk.store, Offer, Offers.collection, Offers.what, most=2)
    first = await remembered.load(offers[0])
    assert await remembered.load(offers[0]) is first
    for offer in offers[1:]:
        await remembered.load(offer)
    assert len(remembered) == 2
    assert await remembered.load(offers[0]) is not first

    hours = [0.0]
    aged = Remembered(desk.store, Offer, Offers.collection, Offers.what, now=lambda: hours[0])
    await aged.load(offers[0])
    hours[0] = 3_600.0
    await aged.load(offers[1])
    assert len(aged) == 1

    shown = await desk.running.app.state.context.shown_offers.load(offers[0])
    before = encode(shown.aggregate)
    for headers in ({}, desk.employer, desk.manager, desk.seeker):
        await read(desk, offers[0], headers)
    assert encode(shown.aggregate) == before


async def test_what_is_not_shown_answers_as_what_there_is_not_in_every_vocabulary(desk: Desk) -> None:
    draft = await desk.offer(await desk.company(), publish=False)
    for way in ("", "/jobposting"):
        told = []
        for id in (draft, draft[:-6] + "abcdef"):
            answer = await desk.client.get(f"/v1/offers/{id}{way}")
            told.append((answer.status_code, answer.json()["detail"].replace(id, "…")))
        assert told[0] == told[1]
