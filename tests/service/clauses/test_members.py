"""Who acts for an authority or a contractor: accounts that accepted an invitation, whatever their tokens say."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.clauses.commands.members import forget_expired
from shared.clock import HandClock
from shared.store import Work
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.support import Running, Stack, outbox_rows

CONTRACTOR = "/v1/contractors/23/contractor-1"
REFUSED = (422, "link-refused")


async def made(clauses: Running, headers: dict[str, str], path: str, body: Any) -> dict[str, Any]:
    answer = await clauses.client.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accepted(clauses: Running, link: str, headers: dict[str, str]) -> httpx.Response:
    return await clauses.client.post(f"{link[link.index('/v1/') :]}/acceptance", headers=headers)


async def told(clauses: Running, topic: str) -> list[dict[str, Any] | None]:
    rows = [row for row in await outbox_rows(clauses.store) if row["topic"] == topic]
    return [None if row["data"] is None else json.loads(row["data"]) for row in rows]


async def test_an_account_without_any_claim_declares_hours_for_the_contractor_that_it_accepted(
    clauses: Running, stack: Stack, people: People
) -> None:
    contract = await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    hours = f"/v1/contracts/{contract['id']}/hours"
    account = stack.token(subject="newcomer", territories=(), email="new@btp.example")
    assert (await clauses.client.post(hours, json=hours_body(), headers=account)).status_code == 404
    assert (await clauses.client.get("/v1/contracts", headers=account)).status_code == 403
    claimed = stack.token("contractor", subject="newcomer", territories=(), organisation="contractor-1")
    assert (await clauses.client.post(hours, json=hours_body(), headers=claimed)).status_code == 404

    link = (await made(clauses, people.facilitator, f"{CONTRACTOR}/invitations", {"email": "New@BTP.example"}))["link"]
    read = (await clauses.client.get(link[link.index("/v1/") :], headers=account)).json()
    assert (read["id"], read["place"]) == ("contractor-1", "contractor-1")
    assert (await accepted(clauses, link, account)).status_code == 200
    keyed = account | {"Idempotency-Key": "once"}
    assert (await clauses.client.post(hours, json=hours_body(), headers=keyed)).status_code == 201
    assert (await clauses.client.post(hours, json=hours_body(), headers=keyed)).status_code == 201
    listed = (await clauses.client.get("/v1/contracts", headers=account)).json()["items"]
    assert [one["id"] for one in listed] == [contract["id"]]
    users = (await clauses.client.get(f"{CONTRACTOR}/users", headers=account)).json()["users"]
    assert users == ["clerk-1", "newcomer"]

    assert (await clauses.client.delete(f"{CONTRACTOR}/users/newcomer", headers=people.contractor)).status_code == 204
    assert (await clauses.client.post(hours, json=hours_body(), headers=account)).status_code == 404
    # Nor is what was answered before repeated to whoever acts for it no more.
    repeated = await clauses.client.post(hours, json=hours_body(), headers=keyed)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "already-applied")
    assert "P-1" not in repeated.text


async def test_an_invited_address_is_the_accounts_whatever_its_script(
    clauses: Running, stack: Stack, people: People
) -> None:
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    link = (await made(clauses, people.facilitator, f"{CONTRACTOR}/invitations", {"email": "Marie@mairie-guéret.fr"}))[
        "link"
    ]
    near = stack.token(subject="near", territories=(), email="marie@mairie-gueret.fr")
    assert (await accepted(clauses, link, near)).status_code == 422
    marie = stack.token(subject="marie", territories=(), email="marie@mairie-guéret.fr")
    assert (await accepted(clauses, link, marie)).status_code == 200


async def test_who_acts_for_a_contractor_in_one_territory_is_a_stranger_in_another(
    clauses: Running, stack: Stack, people: People
) -> None:
    mine = await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    await made(clauses, people.neighbour, "/v1/contracts", contract_body(title="Ailleurs"))
    # The neighbour names the same contractor and invites somebody: nothing of ours is theirs.
    path = "/v1/contractors/87/contractor-1/invitations"
    link = (await made(clauses, people.neighbour, path, {"user_id": "spy"}))["link"]
    spy = stack.token(subject="spy", territories=())
    assert (await accepted(clauses, link, spy)).status_code == 200
    assert (await clauses.client.get(f"/v1/contracts/{mine['id']}", headers=spy)).status_code == 404
    assert len((await clauses.client.get("/v1/contracts", headers=spy)).json()["items"]) == 1
    assert (await clauses.client.get(f"{CONTRACTOR}/users", headers=spy)).status_code == 404
    refused = await clauses.client.post(f"{CONTRACTOR}/invitations", json={"user_id": "x"}, headers=people.neighbour)
    assert refused.status_code == 404
    # A contractor that no contract of the territory names is nobody's to invite for.
    unnamed = await clauses.client.post(
        "/v1/contractors/23/contractor-77/invitations", json={"user_id": "x"}, headers=people.facilitator
    )
    assert (unnamed.status_code, unnamed.json()["code"]) == (404, "contractor-unknown")


async def test_an_authority_is_read_by_whom_it_or_its_facilitator_invited(
    clauses: Running, stack: Stack, people: People
) -> None:
    contract = await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    authority = f"/v1/authorities/{contract['contracting_authority']['id']}"
    buyer, colleague = (stack.token(subject=name, territories=()) for name in ("buyer", "colleague"))
    link = (await made(clauses, people.facilitator, f"{authority}/invitations", {"user_id": "buyer"}))["link"]
    assert (await accepted(clauses, link, buyer)).status_code == 200
    assert (await clauses.client.get(f"/v1/contracts/{contract['id']}/progress", headers=buyer)).status_code == 200
    assert (await clauses.client.get(f"/v1/contracts/{contract['id']}/hours", headers=buyer)).status_code == 403
    onward = (await made(clauses, buyer, f"{authority}/invitations", {"user_id": "colleague"}))["link"]
    # Only what staff ask for is told: a colleague's invitation is passed on by themselves.
    assert [notice["recipients"] for notice in await told(clauses, "clauses.notices.v1") if notice] == [["buyer"]]
    assert (await clauses.client.delete(f"{authority}/users/buyer", headers=people.facilitator)).status_code == 204
    refused = await accepted(clauses, onward, colleague)
    assert (refused.status_code, refused.json()["code"]) == REFUSED, "links of who was removed go with them"
    assert (await clauses.client.get(f"/v1/contracts/{contract['id']}", headers=buyer)).status_code == 404


async def test_who_is_removed_does_not_come_back_by_a_second_link(
    clauses: Running, stack: Stack, people: People
) -> None:
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    meant = stack.token(subject="meant", territories=(), email="meant@example.org")
    path = f"{CONTRACTOR}/invitations"
    first, second = [
        (await made(clauses, people.facilitator, path, {"email": "meant@example.org"}))["link"] for _ in range(2)
    ]
    third = (await made(clauses, people.contractor, path, {"user_id": "meant"}))["link"]
    other = (await made(clauses, people.facilitator, path, {"email": "other@example.org"}))["link"]
    assert (await accepted(clauses, first, meant)).status_code == 200
    # Whose address it is, nobody knows who makes this one; and it stays open to whoever else has that address.
    later = (await made(clauses, people.facilitator, path, {"email": "meant@example.org"}))["link"]
    assert (await clauses.client.delete(f"{CONTRACTOR}/users/meant", headers=people.contractor)).status_code == 204
    for link in (second, third, later):
        refused = await accepted(clauses, link, meant)
        assert (refused.status_code, refused.json()["code"]) == REFUSED
    listed = (await clauses.client.get(path, headers=people.facilitator)).json()["items"]
    assert [one["link"] for one in listed] == [other, later], "nobody else's goes with them"
    successor = stack.token(subject="successor", territories=(), email="meant@example.org")
    assert (await accepted(clauses, later, successor)).status_code == 200
    again = (await made(clauses, people.facilitator, path, {"user_id": "meant"}))["link"]
    assert (await accepted(clauses, again, meant)).status_code == 200


async def test_who_accepts_while_being_removed_is_out(clauses: Running, stack: Stack, people: People) -> None:
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    path, meant = f"{CONTRACTOR}/invitations", stack.token(subject="meant", territories=(), email="meant@example.org")
    invited = {"email": "meant@example.org"}
    first = (await made(clauses, people.facilitator, path, invited))["link"]
    assert (await accepted(clauses, first, meant)).status_code == 200
    for _ in range(4):
        later = (await made(clauses, people.facilitator, path, invited))["link"]
        gone, back = await asyncio.gather(
            clauses.client.delete(f"{CONTRACTOR}/users/meant", headers=people.contractor),
            accepted(clauses, later, meant),
        )
        assert (gone.status_code, back.status_code in (409, 422)) == (204, True)
        assert "meant" not in (await clauses.client.get(f"{CONTRACTOR}/users", headers=people.contractor)).text
        again = (await made(clauses, people.facilitator, path, {"user_id": "meant"}))["link"]
        assert (await accepted(clauses, again, meant)).status_code == 200


async def test_every_link_that_does_not_hold_gets_one_answer(
    clauses: Running, stack: Stack, people: People, clock: HandClock
) -> None:
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    path = f"{CONTRACTOR}/invitations"

    async def link(**body: Any) -> str:
        return str((await made(clauses, people.facilitator, path, body))["link"])

    meant = stack.token(subject="meant", territories=(), email="meant@example.org")
    other = stack.token(subject="other", territories=(), email="other@example.org")
    unverified = stack.token(subject="somebody", territories=())
    used, revoked, expired = [await link(email="meant@example.org") for _ in range(3)]
    addressed, named = await link(email="meant@example.org"), await link(user_id="nobody-of-that-name")
    both = await link(user_id="meant", email="else@example.org")
    assert (await accepted(clauses, used, meant)).status_code == 200
    listed = (await clauses.client.get(path, headers=people.facilitator)).json()["items"]
    assert "example.org" not in json.dumps([{k: v for k, v in one.items() if k != "link"} for one in listed])
    gone = next(one["id"] for one in listed if one["link"] == revoked)
    assert (await clauses.client.delete(f"{path}/{gone}", headers=people.facilitator)).status_code == 204
    assert (await clauses.client.delete(f"{path}/{gone}", headers=people.facilitator)).status_code == 404
    answers = [
        await accepted(clauses, one, who)
        for one, who in (
            (used, other), (revoked, meant), (addressed, other), (addressed, unverified), (named, meant), (both, meant),
            (addressed[:-2] + "AA", meant), (addressed.replace("contractor-inv", "authority-inv"), meant),
        )
    ]  # fmt: skip
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {REFUSED}
    assert len({answer.json()["detail"] for answer in answers[:6]}) == 1
    clock.advance(timedelta(days=15))
    late = await accepted(clauses, expired, meant)
    assert (late.status_code, late.json()["code"]) == REFUSED


@pytest.mark.parametrize("body", [{}, {"label": "x"}, {"email": "no address"}, {"user_id": ""}, {"email": 7}])
async def test_an_invitation_is_bound_to_somebody(clauses: Running, people: People, body: Any) -> None:
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    refused = await clauses.client.post(f"{CONTRACTOR}/invitations", json=body, headers=people.facilitator)
    assert refused.status_code == 422
    assert await told(clauses, "clauses.contacts.v1") == []


async def test_an_address_is_forgotten_everywhere_once_its_invitation_is_over(
    clauses: Running, stack: Stack, people: People, clock: HandClock
) -> None:
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    path = f"{CONTRACTOR}/invitations"
    made_ = [
        await made(clauses, people.facilitator, path, {"email": f"{name}@example.org"}) for name in ("a", "b", "c")
    ]
    known = await told(clauses, "clauses.contacts.v1")
    assert [contact["email"] for contact in known if contact] == ["a@example.org", "b@example.org", "c@example.org"]
    joining = stack.token(subject="a", territories=(), email="a@example.org")
    await accepted(clauses, made_[0]["link"], joining)
    await clauses.client.delete(f"{path}/{made_[1]['id']}", headers=people.facilitator)
    clock.advance(timedelta(days=15))
    assert await forget_expired(clauses.app.state.context) == 1
    assert await forget_expired(clauses.app.state.context) == 0
    rows = [row for row in await outbox_rows(clauses.store) if row["topic"] == "clauses.contacts.v1"]
    ended = [row["key"] for row in rows if row["data"] is None]
    assert sorted(ended) == sorted(f"invitation-{one['id']}" for one in made_)
    document = await clauses.store.collection("contractors").find_one({"_id": "23:contractor-1"})
    assert "example.org" not in str(document)


async def test_an_invitation_is_accepted_once_and_not_while_it_is_taken_back(
    clauses: Running, stack: Stack, people: People
) -> None:
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    path = f"{CONTRACTOR}/invitations"
    for _ in range(4):
        invitation = await made(clauses, people.facilitator, path, {"email": "meant@example.org"})
        twins = [stack.token(subject=f"twin-{n}", territories=(), email="meant@example.org") for n in range(3)]
        back = clauses.client.delete(f"{path}/{invitation['id']}", headers=people.facilitator)
        *joined, taken_back = await asyncio.gather(*(accepted(clauses, invitation["link"], one) for one in twins), back)
        outcome = [answer.status_code for answer in joined]
        # Exactly one of all who wanted it had it: an account, or whoever took it back.
        assert outcome.count(200) + (taken_back.status_code == 204) == 1, (outcome, taken_back.status_code)
        assert set(outcome) <= {200, 422}
        await clauses.store.collection("contractors").update_one({"_id": "23:contractor-1"}, {"$set": {"users": []}})


async def test_who_is_removed_while_they_invite_or_remove_somebody_does_neither(
    clauses: Running, stack: Stack, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their link would let them back in, and the removal would be a stranger's."""
    await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    store = clauses.app.state.context.store
    commit, client = store.commit, clauses.client
    back = await made(clauses, people.facilitator, f"{CONTRACTOR}/invitations", {"user_id": "colleague"})
    assert (await accepted(clauses, back["link"], stack.token(subject="colleague", territories=()))).status_code == 200
    for method, path, body in (
        ("POST", f"{CONTRACTOR}/invitations", {"user_id": "clerk-1b"}),
        ("DELETE", f"{CONTRACTOR}/users/colleague", None),
    ):

        async def late(work: Work) -> bool:
            monkeypatch.setattr(store, "commit", commit)
            removed = await client.delete(f"{CONTRACTOR}/users/clerk-1", headers=people.facilitator)
            assert removed.status_code == 204
            return bool(await commit(work))

        monkeypatch.setattr(store, "commit", late)
        refused = await client.request(method, path, json=body, headers=people.contractor)
        assert refused.status_code == 404, refused.text
        kept = await client.get(f"{CONTRACTOR}/invitations", headers=people.facilitator)
        assert kept.json()["items"] == []
        users = (await client.get(f"{CONTRACTOR}/users", headers=people.facilitator)).json()["users"]
        assert users == ["colleague"]
        again = await made(clauses, people.facilitator, f"{CONTRACTOR}/invitations", {"user_id": "clerk-1"})
        assert (await accepted(clauses, again["link"], people.contractor)).status_code == 200


async def test_the_last_one_leaves_and_the_desk_hears_that_nobody_declares(clauses: Running, people: People) -> None:
    contract = await made(clauses, people.facilitator, "/v1/contracts", contract_body())
    other = contract_body(contractor_ids=["contractor-2"])
    await made(clauses, people.facilitator, "/v1/contracts", other | {"title": "Un autre marché"})
    path = f"/v1/contracts/{contract['id']}"
    declared = await clauses.client.post(f"{path}/hours", json=hours_body(), headers=people.contractor)
    assert declared.status_code == 201, declared.text
    before = (await clauses.client.get(path, headers=people.facilitator)).json()
    await clauses.store.collection("contractors").update_one(
        {"_id": "23:contractor-1"}, {"$push": {"users": "clerk-9"}}
    )

    async def leaves(user: str) -> list[str]:
        gone = await clauses.client.delete(f"{CONTRACTOR}/users/{user}", headers=people.facilitator)
        assert gone.status_code == 204
        return [one["params"]["contract_title"] for one in await told(clauses, "clauses.notices.v1") if one is not None]

    assert await leaves("clerk-9") == []
    assert await leaves("clerk-1") == [contract["title"]]
    [notice] = [one for one in await told(clauses, "clauses.notices.v1") if one is not None]
    assert (notice["template"], notice["recipients"]) == ("clause_contractor_left", ["facilitator-1"])
    # What is owed and what was done are as they were, and the desk declares in its place.
    assert (await clauses.client.get(path, headers=people.facilitator)).json() == before
    more = hours_body() | {"participant_id": "ref-77"}
    assert (await clauses.client.post(f"{path}/hours", json=more, headers=people.facilitator)).status_code == 201
