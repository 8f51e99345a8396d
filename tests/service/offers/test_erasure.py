"""After an erasure nothing of the person is left: no text, no id, no answer kept for a repeated request."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from services.offers.commands import people
from shared.clock import HandClock
from tests.service.offers.support import Desk

LETTER = "Lettre-de-Zebulonne"
MARKS = (
    LETTER,
    "Accord-de-Zebulonne",
    "Note-de-Zebulonne",
    "Retour-de-Zebulonne",
    "Lieu-de-Zebulonne",
    "Motif-de-Zebulonne",
    "Zebulonne",
)
PROFILE, ACCOUNT = "p-zebulonne-4711", "account-zebulonne-4711"
HIRE = {"contract_kind": "cdd", "duration_months": 6, "starts_on": "2026-03-16"}


async def kept(desk: Desk) -> dict[str, str]:
    """Every document of the database as text, by collection, but the marker that keeps the person from coming back.

    The outbox is left out: its rows are gone once they are published, and the topics' retention is theirs.
    """
    found = await desk.everything()
    del found["outbox"]
    found["people"] = [row for row in found["people"] if row["_id"] != PROFILE]
    return {name: str(rows) for name, rows in found.items()}


async def test_nothing_of_an_erased_person_is_left_in_the_database(desk: Desk, clock: HandClock) -> None:
    seeker = {"Authorization": desk.stack.token("seeker", subject=ACCOUNT)["Authorization"]}
    await desk.person(PROFILE, owner=ACCOUNT)
    company = await desk.company()
    offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(4)]

    async def keyed(path: str, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        answer = await desk.post(path, headers, body, extra={"Idempotency-Key": f"{path}:{sorted(body)}"})
        assert answer.status_code < 300, answer.text
        done: dict[str, Any] = answer.json()
        return done

    first = await keyed(f"/v1/offers/{offers[0]}/applications", seeker, {"message": LETTER, "disclosure_id": "d-1"})
    path = f"/v1/applications/{first['id']}"
    given = await desk.client.put(f"{path}/disclosure", json={"disclosure_id": "Accord-de-Zebulonne"}, headers=seeker)
    assert given.status_code == 200, given.text
    await keyed(f"{path}/advance", desk.employer, {"to": "seen", "reason": "Motif-de-Zebulonne"})
    interview = {"at": "2026-03-09T09:00:00+01:00", "place": "Lieu-de-Zebulonne"}
    await keyed(f"{path}/advance", desk.employer, {"to": "interview", "interview": interview})
    await keyed(f"{path}/feedback", seeker, {"result": "positive", "strengths": "Retour-de-Zebulonne"})
    await keyed(f"{path}/feedback", desk.employer, {"result": "positive", "to_improve": "Retour-de-Zebulonne"})
    await keyed(f"{path}/advance", desk.employer, {"to": "hired", "hire": HIRE})
    await keyed(f"{path}/acceptance", seeker, {"obsolete_others": False})
    clock.advance(timedelta(days=60))
    await keyed(f"{path}/follow-ups/1", seeker, {"still_there": True, "note": "Note-de-Zebulonne"})
    for offer in offers[1:]:
        await desk.post(f"/v1/offers/{offer}/confirm", desk.employer)
    second = await keyed(
        f"/v1/offers/{offers[1]}/applications",
        desk.counsellor,
        {"profile_id": PROFILE, "message": LETTER, "disclosure_id": "d-2"},
    )
    await keyed(f"/v1/applications/{second['id']}/advance", desk.counsellor, {"to": "hired", "hire": HIRE})
    await keyed(f"/v1/offers/{offers[2]}/invitations", desk.employer, {"profile_id": PROFILE, "message": LETTER})
    third = await keyed(f"/v1/offers/{offers[3]}/applications", seeker, {"message": LETTER, "disclosure_id": "d-3"})
    withdrawn = {"to": "withdrawn", "reason": "schedule"}
    await keyed(f"/v1/applications/{third['id']}/advance", seeker, withdrawn)
    before = await kept(desk)
    assert all(mark in before["applications"] for mark in MARKS)
    assert LETTER in before["idempotency"]

    context = desk.running.app.state.context
    for _ in range(2):
        await people.erase(context, PROFILE)
        after = await kept(desk)
        found = [(name, mark) for name, text in after.items() for mark in (*MARKS, PROFILE, ACCOUNT) if mark in text]
        assert found == []
    # Repeating the request reads the letter no more, and does nothing again.
    again = await desk.post(
        f"/v1/offers/{offers[0]}/applications",
        seeker,
        {"message": LETTER, "disclosure_id": "d-1"},
        extra={"Idempotency-Key": f"/v1/offers/{offers[0]}/applications:['disclosure_id', 'message']"},
    )
    assert (again.status_code, again.json()["code"]) == (409, "already-applied")
    assert LETTER not in again.text
    # The figure stays, and a withdrawal's reason that is one of a list.
    rows = [row async for row in desk.store.collection("applications").find({})]
    assert {row["profile_id"] for row in rows} == {"erased"}
    hired = next(row for row in rows if row["_id"] == first["id"])
    assert (hired["status"], hired["hire"]["contract_kind"]) == ("hired", "cdd")
    assert next(row for row in rows if row["_id"] == third["id"])["history"][-1]["reason"] == "schedule"
    table = await desk.client.get("/v1/offers.csv", headers=desk.manager)
    assert not any(mark in table.text for mark in MARKS)


async def test_who_is_erased_while_they_apply_leaves_nothing(desk: Desk) -> None:
    company = await desk.company()
    offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(4)]
    context = desk.running.app.state.context
    await desk.person()
    applying = (desk.apply(one, message=LETTER) for one in offers)
    answers, _ = await asyncio.gather(asyncio.gather(*applying), people.erase(context, "p-sam"))
    assert {answer.status_code for answer in answers} <= {201, 404}
    rows = [row async for row in desk.store.collection("applications").find({})]
    assert "p-sam" not in str(rows)
    assert LETTER not in str(rows)
    assert (await desk.client.get("/v1/applications", headers=desk.seeker)).status_code == 404


async def test_who_is_erased_leaves_the_figure_of_a_list_as_who_withdraws_does(desk: Desk) -> None:
    """A figure that falls for the erased alone tells everybody that one of those who applied was."""
    offer = await desk.offer(await desk.company())
    context, held = desk.running.app.state.context, desk.running.store.collection("listings")

    async def counted() -> tuple[int, int]:
        stored = await held.find_one({"_id": offer})
        return stored["applications"], stored["crowd"]

    async def step(application: str, who: dict[str, str], to: str, reason: str) -> None:
        answer = await desk.post(f"/v1/applications/{application}/advance", who, {"to": to, "reason": reason})
        assert answer.status_code == 200, answer.text

    made: list[str] = []
    for number in range(6):
        await desk.person(f"p-{number}", owner=f"s-{number}")
        seeker = desk.stack.token("seeker", subject=f"s-{number}")
        made.append((await desk.apply(offer, seeker)).json()["id"])
    for _ in range(3):
        # Nor does one person make a crowd who comes and goes.
        assert await counted() == (6, 5)
        await step(made[5], seeker, "withdrawn", "schedule")
        assert await counted() == (5, 5)
        made[5] = (await desk.apply(offer, seeker)).json()["id"]
    await step(made[0], desk.employer, "refused", "experience")
    for person, left in (("p-0", 6), ("p-1", 5), ("p-5", 4)):
        await people.erase(context, person)
        assert (await counted())[0] == left, "what was answered stays a figure"
    # The same is counted where the offer comes back into sight.
    for way, body in (("suspend", {"reason": "À revoir"}), ("resume", None)):
        assert (await desk.post(f"/v1/offers/{offer}/{way}", desk.manager, body)).status_code == 200
    assert await counted() == (4, 1)


async def test_an_erased_persons_invitation_leaves_the_listings_count_alone(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    await desk.post(f"/v1/offers/{offer}/invitations", desk.employer, {"profile_id": "p-sam"})
    await people.erase(desk.running.app.state.context, "p-sam")
    assert (await desk.client.get("/v1/offers")).json()["items"][0]["applications"] == 0
    tombstones = [row for row in await desk.events("offers.applications.v1") if row["data"] is None]
    assert len(tombstones) == 1
    assert "p-sam" not in json.dumps([row["key"] for row in tombstones])
