"""An account that is taken off a profile: it reads and gets nothing any more, its own goes with it, and the profile stays."""

import asyncio
import json
from typing import Any

import pytest

from services.profiles.domain.disclosure import TEXT_VERSION
from services.profiles.domain.pool import TEXT_VERSION as POOL_TEXT
from shared.contracts.topics import CONTACTS, PROFILES, STAFF_NOTICES
from tests.service.profiles.builders import a_body, outbox
from tests.service.profiles.disclosing import Desk as Meeting
from tests.service.profiles.disclosing import company
from tests.service.profiles.test_accounts import Desk
from tests.support import Running, Stack

WRONG, GONE = {"reason": "wrong_account"}, (404, "profile-unknown")


@pytest.fixture
async def desk(profiles: Running, stack: Stack) -> Desk:
    """A link that the wrong account has accepted."""
    desk = Desk(profiles, stack)
    await desk.makes()
    assert (await desk.accepts(await desk.invites(owner_id="stranger"), "stranger")).status_code == 200
    return desk


def stranger(stack: Stack) -> dict[str, str]:
    return stack.token("seeker", subject="stranger", territories=())


async def removal(desk: Desk, who: dict[str, str], body: Any = WRONG) -> Any:
    return await desk.client.post(f"{desk.where}/account/removal", json=body, headers=who)


async def told(profiles: Running, topic: Any) -> Any:
    return json.loads((await outbox(profiles, topic.name))[-1]["data"])


async def test_the_counsellor_takes_a_wrong_account_off(desk: Desk, profiles: Running, stack: Stack) -> None:
    who = stranger(stack)
    mine = {"email": "stranger@example.org", "channels": ["email", "inbox"], "consents_to_messages": True}
    changed = await desk.client.patch(desk.where, json=mine, headers=who | {"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    seen = {"licences": ["B"], "phone": "06 98 76 54 32"}
    assert (await desk.client.patch(desk.where, json=seen, headers=who | {"If-Match": "*"})).status_code == 200
    mended = {"phone": "06 11 22 33 44"}  # by the counsellor, after the stranger
    await desk.client.patch(desk.where, json=mended, headers=desk.counsellor | {"If-Match": "*"})

    assert (await removal(desk, stack.token("counsellor", subject="colleague"))).status_code == 404
    assert (await removal(desk, desk.counsellor, {"reason": "because"})).status_code == 422
    gone = await removal(desk, desk.counsellor)
    assert gone.status_code == 200, gone.text
    answer = gone.json()
    assert (answer["account_id"], answer["reason"], answer["ended"]) == ("stranger", "wrong_account", 0)
    assert {"email", "licences", "phone"} <= set(answer["changed"])
    assert set(answer["emptied"]) == {
        "email",
        "channels",
    }  # the phone is the counsellor's word; consent had been given before

    read = (await desk.client.get(desk.where, headers=desk.counsellor)).json()
    assert (read["owner_id"], read["email"], read["phone"]) == (None, None, "+33611223344")
    assert [one["owner_id"] for one in (await told(profiles, PROFILES), await told(profiles, CONTACTS))] == [None, None]
    notice = await told(profiles, STAFF_NOTICES)
    profile = desk.where.rsplit("/", 1)[-1]
    assert (notice["template"], notice["recipients"], notice["params"]) == ("account_removed", [profile], {})
    line = (await desk.client.get(f"{desk.where}/journal", headers=desk.counsellor)).json()["items"][0]
    assert (line["action"], line["concerns"], line["reason"]) == ("account_removed", "stranger", "wrong_account")
    assert (line["acted_by"], line["on_behalf_of"]) == ("counsellor-1", profile)

    for path in ("", "/journal", "/cv.pdf", "/consents", "/exports", "/account/removal"):
        method = "POST" if path.endswith("removal") else "GET"
        refused = await desk.client.request(method, desk.where + path, headers=who, json=WRONG)
        assert (refused.status_code, refused.json()["code"]) == GONE, path
    again = await removal(desk, desk.counsellor)
    assert (again.status_code, again.json()["code"]) == (404, "no-account")
    # The right one comes by a new link, and the wrong one may have a profile of its own.
    assert (await desk.accepts(await desk.invites(owner_id="nadia"), "nadia")).json()["owner_id"] == "nadia"
    assert (await desk.client.post("/v1/profiles", json=a_body(territory="23"), headers=who)).status_code == 201


async def test_kept_answers_and_exports_are_not_given_to_it_any_more(desk: Desk, stack: Stack) -> None:
    who, kept = stranger(stack), {"Idempotency-Key": "mine"}
    link = await desk.client.post(f"{desk.where}/exports", json={}, headers=who | kept)
    assert link.status_code in (201, 202), link.text
    assert (await removal(desk, desk.counsellor)).status_code == 200
    replayed = await desk.client.post(f"{desk.where}/exports", json={}, headers=who | kept)
    assert (replayed.status_code, replayed.json()["code"]) == (409, "already-applied")
    [export] = await desk.store.collection("exports").find({}).to_list(None)
    assert export["ended_at"] is not None
    assert not export.get("private_key")


async def test_what_it_had_put_there_is_in_no_kept_answer_of_others(desk: Desk, stack: Stack) -> None:
    mine = {"email": "stranger@example.org", "channels": ["email", "inbox"], "consents_to_messages": True}
    await desk.client.patch(desk.where, json=mine, headers=stranger(stack) | {"If-Match": "*"})
    kept, path, body = {"Idempotency-Key": "theirs"}, f"{desk.where}/counsellors", {"counsellor_id": "colleague"}
    first = await desk.client.post(path, json=body, headers=desk.counsellor | kept)
    assert (first.status_code, "stranger@example.org" in first.text) == (200, True), first.text
    assert (await desk.client.post(path, json=body, headers=desk.counsellor | kept)).json() == first.json()
    removing = desk.counsellor | {"Idempotency-Key": "off"}
    gone = await removal(desk, removing)
    assert gone.status_code == 200, gone.text
    assert (await removal(desk, removing)).json() == gone.json(), "the removal itself is repeated as it was"
    refused = await desk.client.post(path, json=body, headers=desk.counsellor | kept)
    assert (refused.status_code, refused.json()["code"]) == (409, "already-applied")
    assert "stranger@example.org" not in str(await desk.store.collection("idempotency").find({}).to_list(None))


async def test_what_it_had_agreed_to_ends(profiles: Running, stack: Stack) -> None:
    desk = Desk(profiles, stack)
    meeting = Meeting(stack, profiles)
    await desk.makes()
    await meeting.hear(company("boss"))
    meeting.profile = desk.where.rsplit("/", 1)[-1]
    told = {"company_id": "company-1", "offer_id": "offer-9", "contacts": ["phone"], "text_version": TEXT_VERSION}
    by_desk = await meeting.agree(desk.counsellor, **told, heard="by_phone")
    assert (await desk.accepts(await desk.invites(owner_id="stranger"), "stranger")).status_code == 200
    who = stranger(stack)
    by_it = await meeting.agree(who)
    assert (by_desk.status_code, by_it.status_code) == (201, 201), (by_desk.text, by_it.text)
    seen = {"visible_to_employers": True}
    await desk.client.patch(desk.where, json=seen, headers=who | {"If-Match": "*"})
    pool = await desk.client.put(f"{desk.where}/cv/pool", json={"text_version": POOL_TEXT}, headers=who)
    assert pool.status_code == 200, pool.text
    for number, disclosure in enumerate((by_desk.json(), by_it.json())):
        offer = disclosure["offer_id"]
        carried = meeting.application("submitted", 1, disclosure["id"], id=f"a-{number}", offer_id=offer)
        await meeting.hear(carried)
        assert (await meeting.read(disclosure["id"])).status_code == 200

    answer = (await removal(desk, desk.counsellor)).json()
    assert (answer["ended"], set(answer["emptied"])) == (1, {"visible_to_employers", "pool"})
    statuses = [(await meeting.read(one.json()["id"])).status_code for one in (by_desk, by_it)]
    assert statuses == [200, 404]
    assert (await desk.client.get(f"{desk.where}/cv/pool", headers=desk.counsellor)).json()["in_pool"] is False


async def test_its_holder_leaves_and_the_profile_stays(profiles: Running, stack: Stack) -> None:
    who = stack.token("seeker", subject="nadia", territories=())
    made = await profiles.client.post("/v1/profiles", json=a_body(territory="23"), headers=who)
    where = made.headers["location"]
    left = await profiles.client.post(f"{where}/account/removal", json={"reason": "on_request"}, headers=who)
    # What they said of themselves was theirs to say.
    assert (left.status_code, left.json()["emptied"], left.json()["ended"]) == (200, [], 0)
    assert (await profiles.client.get("/v1/profiles/me", headers=who)).status_code == 404
    staff = stack.token("manager", subject="manager-1")
    read = (await profiles.client.get(where, headers=staff)).json()
    assert (read["owner_id"], read["email"]) == (None, "nadia@example.org")
    [line, *_] = (await profiles.client.get(f"{where}/journal", headers=staff)).json()["items"]
    assert (line["acted_by"], line["on_behalf_of"], line["reason"]) == ("nadia", None, "on_request")


async def test_a_profile_that_an_account_made_itself_keeps_what_it_said(profiles: Running, stack: Stack) -> None:
    who = stack.token("seeker", subject="nadia", territories=())
    made = await profiles.client.post("/v1/profiles", json=a_body(territory="23"), headers=who)
    where, manager = made.headers["location"], stack.token("manager", subject="manager-1")
    await profiles.client.patch(where, json={"phone": "06 98 76 54 32"}, headers=who | {"If-Match": "*"})
    gone = await profiles.client.post(f"{where}/account/removal", json=WRONG, headers=manager)
    assert (gone.status_code, gone.json()["emptied"]) == (200, [])


async def test_both_at_once_end_it_once(desk: Desk, stack: Stack) -> None:
    answers = await asyncio.gather(*(removal(desk, who) for who in (desk.counsellor, desk.counsellor, stranger(stack))))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
    lines = await desk.store.collection("journal").count_documents({"action": "account_removed"})
    assert lines == 1


async def test_a_manager_learns_of_no_limits_by_taking_an_account_off(desk: Desk, stack: Stack) -> None:
    limits = {"limits": ["heavy_lifting"]}
    said = await desk.client.put(f"{desk.where}/functional-limits", json=limits, headers=stranger(stack))
    assert said.status_code == 200, said.text
    gone = await removal(desk, stack.token("manager", subject="manager-1"))
    assert (gone.status_code, gone.json()["changed"]) == (200, [])


async def test_where_a_wrong_account_wanted_the_file_to_go_it_does_not(desk: Desk, stack: Stack) -> None:
    """The demand stayed, so another desk took the file of somebody who had asked for nothing."""
    path, there = f"{desk.where}/transfer", stack.token("manager", subject="m-87", territories=("87",))
    waits = f"/v1/transfers/{desk.where.rsplit('/', 1)[-1]}/acceptance"
    assert (await desk.client.put(path, json={"to": "87"}, headers=stranger(stack))).status_code == 200
    gone = await removal(desk, desk.counsellor)
    assert "transfer" in gone.json()["emptied"]
    assert (await desk.client.post(waits, json={}, headers=there)).status_code == 404
    # What who acts for them has asked stays.
    asked = {"to": "87", "heard": "by_phone"}
    assert (await desk.accepts(await desk.invites(owner_id="stranger"), "stranger")).status_code == 200
    assert (await desk.client.put(path, json=asked, headers=desk.counsellor)).status_code == 200
    assert "transfer" not in (await removal(desk, desk.counsellor)).json()["emptied"]
    assert (await desk.client.post(waits, json={}, headers=there)).status_code == 200
