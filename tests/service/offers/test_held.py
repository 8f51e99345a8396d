"""Somebody who may not apply any more (a guardian took their consent back): what is open ends, and comes back by no event."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.events.profiles import ProfileState
from shared.contracts.topics import PROFILES
from shared.kafka.envelope import Event
from shared.kafka.subscription import BatchSubscription
from tests.service.offers.interviewing import propose, told
from tests.service.offers.support import Desk
from tests.service.offers.test_applications import advance

LETTER = "Lettre de Sam"


def state(sequence: int, *, may_apply: bool) -> Event[Any]:
    """What profiles tells: that, and never why."""
    data = ProfileState(
        profile_id="p-sam", territory="23", active=may_apply, may_apply=may_apply, owner_id="sam",
        counsellor_ids=("coach",), visible_to_employers=may_apply,
    )  # fmt: skip
    at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    return Event(f"e-{sequence}", "profile-updated.v1", PROFILES, "p-sam", "p-sam", sequence, at, data, None)


async def hear(desk: Desk, *events: Event[Any]) -> None:
    running = desk.running
    [profiles] = [one for one in running.service.compose(running.runtime).subscriptions if one.topic is PROFILES]
    assert isinstance(profiles, BatchSubscription)
    await profiles.handler(list(events))


async def status(desk: Desk, application: str) -> str:
    found = (await desk.client.get(f"/v1/applications/{application}", headers=desk.manager)).json()["status"]
    return str(found)


async def test_what_is_open_is_withdrawn_and_nothing_goes_on_by_itself(desk: Desk) -> None:
    await desk.person()
    company = await desk.company()
    offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(4)]
    met, hired, refused = [(await desk.apply(one, message=LETTER)).json()["id"] for one in offers[:3]]
    await propose(desk, met)
    await desk.post(f"/v1/offers/{offers[3]}/invitations", desk.employer, {"profile_id": "p-sam"})
    hire = {"contract_kind": "cdd", "duration_months": 6, "starts_on": "2026-03-16"}
    await desk.post(f"/v1/applications/{hired}/advance", desk.employer, {"to": "hired", "hire": hire})
    await advance(desk, refused, desk.employer, "refused", reason="experience")

    for _ in range(2):  # delivered again it is the same
        await hear(desk, state(2, may_apply=False))
    listed = (await desk.client.get("/v1/applications", headers=desk.seeker)).json()["items"]
    assert sorted(one["status"] for one in listed) == ["hired", "refused", "withdrawn", "withdrawn"]
    read = (await desk.client.get(f"/v1/applications/{met}", headers=desk.employer)).json()
    assert (read["status"], read["message"], read["next_steps"]) == ("withdrawn", "", [])
    # An employer cannot tell it from somebody who says that they are not available.
    last = read["history"][-1]
    assert (last["by"], last["party"], last["reason"], read["refusal_reason"]) == (
        "seeker",
        "seeker",
        *["not_available"] * 2,
    )
    assert [one["status"] for one in read["interviews"]] == ["cancelled"]
    assert [one["recipients"] for one in (await told(desk))[-2:]] == [["p-sam", "coach"], ["boss"]]
    notices = [json.loads(row["data"]) for row in await desk.events("offers.notices.v1")]
    [held] = [one for one in notices if one["template"] == "applications_held"]
    assert (held["recipients"], held["about"], held["params"]["count"]) == (["p-sam", "coach"], "p-sam", "2")
    assert "Poste numéro 0" in held["params"]["offers"]

    await hear(desk, state(3, may_apply=True))
    assert await status(desk, met) == "withdrawn"
    again = await desk.apply(offers[0])
    assert again.status_code == 201, again.text
    # What was said before that comes late, once more, and what two words of one batch say.
    await hear(desk, state(2, may_apply=False))
    assert await status(desk, again.json()["id"]) == "submitted"
    await hear(desk, state(4, may_apply=False), state(5, may_apply=True))
    assert await status(desk, again.json()["id"]) == "withdrawn"
    assert (await desk.apply(offers[0])).status_code == 201


async def test_who_applies_while_that_is_heard_has_not_applied(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    commit, heard = desk.store.commit, []

    async def meanwhile(work: Any) -> Any:
        if not heard and any(save.collection == "applications" for save in work.saves):
            heard.append(True)
            await hear(desk, state(2, may_apply=False))
        return await commit(work)

    monkeypatch.setattr(desk.store, "commit", meanwhile)
    held = await desk.apply(offer)
    assert (held.status_code, held.json()["code"], heard) == (409, "applications-held", [True])
    assert await desk.store.collection("applications").count_documents({}) == 0


@pytest.mark.parametrize("way", ["withdrawn", "refused", "held", "suspended"])
async def test_a_repeated_request_of_an_employer_reads_no_letter_that_is_not_theirs_any_more(
    desk: Desk, way: str
) -> None:
    await desk.person()
    company = await desk.company()
    id = (await desk.apply(await desk.offer(company), message=LETTER)).json()["id"]
    path, key = f"/v1/applications/{id}/advance", {"Idempotency-Key": "once"}

    async def seen() -> Any:
        return await desk.post(path, desk.employer, {"to": "seen"}, extra=key)

    first = await seen()
    assert first.json()["message"] == LETTER
    assert (await seen()).json() == first.json()
    if way == "held":
        await hear(desk, state(2, may_apply=False))
    elif way == "suspended":
        await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "Signalement"})
    else:
        by, reason = {"withdrawn": (desk.seeker, "schedule"), "refused": (desk.employer, "experience")}[way]
        last = {"to": way, "reason": reason}, {"Idempotency-Key": "last"}
        ended = await desk.post(path, by, last[0], extra=last[1])
        # What has ended it is repeated as it was.
        assert (await desk.post(path, by, last[0], extra=last[1])).json() == ended.json()
    refused = await seen()
    assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
    assert LETTER not in refused.text
    if way != "suspended":  # which may be lifted again: then it is theirs to read
        assert await desk.store.collection("idempotency").count_documents({"shown": id}) == 0
