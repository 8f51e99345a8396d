"""Whose a profile is that a counsellor made: the account's that accepted the link, and nobody's whom somebody else put there."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.profiles.commands.accounts import forget_expired
from shared.clock import HandClock
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack, outbox_rows

REFUSED = (422, "link-refused")


class Desk:
    """A counsellor with a profile that they made, and people who come with a link."""

    def __init__(self, profiles: Running, stack: Stack) -> None:
        self.client, self.store, self.stack = profiles.client, profiles.store, stack
        self.context = profiles.app.state.context
        self.counsellor = stack.token("counsellor", subject="counsellor-1")
        self.where = ""

    async def makes(self) -> None:
        made = await self.client.post("/v1/profiles", json=a_body(email=None), headers=self.counsellor)
        self.where = f"/v1/profiles/{made.json()['id']}"

    async def invites(self, **whom: Any) -> str:
        made = await self.client.post(f"{self.where}/account", json=whom, headers=self.counsellor)
        assert made.status_code == 201, made.text
        link = str(made.json()["link"])
        return link[link.index("/v1/") :]

    async def accepts(self, link: str, subject: str, email: str | None = None) -> httpx.Response:
        who = self.stack.token("seeker", subject=subject, territories=(), email=email)
        return await self.client.post(f"{link}/acceptance", headers=who)

    async def owner(self) -> Any:
        return (await self.client.get(self.where, headers=self.counsellor)).json()["owner_id"]


@pytest.fixture
async def desk(profiles: Running, stack: Stack) -> Desk:
    desk = Desk(profiles, stack)
    await desk.makes()
    return desk


async def test_an_account_that_somebody_names_owns_nothing_before_it_accepts(desk: Desk, stack: Stack) -> None:
    link = await desk.invites(owner_id="seeker-1")
    seeker = stack.token("seeker", subject="seeker-1", territories=())
    assert await desk.owner() is None
    assert (await desk.client.get(desk.where, headers=seeker)).status_code == 404
    assert all(b"seeker-1" not in row["data"] for row in await outbox_rows(desk.store) if row["data"])
    # Nor is it kept from a profile of its own.
    assert (await desk.client.post("/v1/profiles", json=a_body(territory="23"), headers=seeker)).status_code == 201
    own = await desk.accepts(link, "seeker-1")
    assert (own.status_code, own.json()["code"]) == (409, "profile-exists")

    other = await desk.invites(owner_id="seeker-2")
    read = await desk.client.get(other, headers=stack.token("seeker", subject="seeker-2", territories=()))
    assert (read.status_code, read.json()["place"], read.json()["role"]) == (200, "23", None)
    accepted = await desk.accepts(other, "seeker-2")
    assert (accepted.status_code, accepted.json()["owner_id"], await desk.owner()) == (200, "seeker-2", "seeker-2")
    again = await desk.client.post(f"{desk.where}/account", json={"owner_id": "x"}, headers=desk.counsellor)
    assert (again.status_code, again.json()["code"]) == (409, "account-linked")


async def test_the_answer_to_who_invites_says_nothing_of_the_account(desk: Desk, stack: Stack) -> None:
    taken = stack.token("seeker", subject="taken", territories=())
    assert (await desk.client.post("/v1/profiles", json=a_body(territory="23"), headers=taken)).status_code == 201
    answers = []
    for whom in ("taken", "nobody"):
        made = await desk.client.post(f"{desk.where}/account", json={"owner_id": whom}, headers=desk.counsellor)
        answers.append((made.status_code, {**made.json(), "owner_id": "", "link": len(made.json()["link"])}))
    assert answers[0] == answers[1]


async def test_every_link_that_does_not_hold_gets_one_answer(desk: Desk, clock: HandClock) -> None:
    first = await desk.invites(owner_id="seeker-1")
    second = await desk.invites(email="Nadia@example.org")
    wrong = [
        await desk.accepts(first, "seeker-1"),  # another took its place
        await desk.accepts(second, "seeker-1"),
        await desk.accepts(second, "seeker-1", "other@example.org"),
        await desk.accepts(second[:-2] + "AA", "seeker-1", "nadia@example.org"),
        await desk.accepts(f"/v1/staff-invitations/{second.rsplit('/', 1)[-1]}", "seeker-1", "nadia@example.org"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in wrong} == {REFUSED}
    assert len({answer.json()["detail"] for answer in wrong[:3]}) == 1
    assert (await desk.client.delete(f"{desk.where}/account", headers=desk.counsellor)).status_code == 204
    assert (await desk.client.delete(f"{desk.where}/account", headers=desk.counsellor)).status_code == 404
    assert (await desk.accepts(second, "seeker-1", "nadia@example.org")).status_code == 422
    third = await desk.invites(email="nadia@example.org")
    clock.advance(timedelta(days=15))
    assert (await desk.accepts(third, "seeker-1", "nadia@example.org")).status_code == 422
    await forget_expired(desk.context)
    [kept] = await desk.store.collection("profiles").find({}).to_list(None)
    assert "nadia" not in str(kept["account_invitation"])


async def test_a_counsellor_who_accompanies_no_more_has_no_link_back(desk: Desk) -> None:
    link = await desk.invites(email="double@example.org")
    remove = {"action": "remove"}
    assert (
        await desk.client.post(f"{desk.where}/counsellors", json=remove, headers=desk.counsellor)
    ).status_code == 200
    refused = await desk.accepts(link, "double-account", "double@example.org")
    assert (refused.status_code, refused.json()["code"]) == REFUSED


async def test_of_two_who_accept_at_once_one_has_it_and_an_account_has_one_profile(desk: Desk) -> None:
    link = await desk.invites(email="nadia@example.org")
    answers = await asyncio.gather(*(desk.accepts(link, f"seeker-{n}", "nadia@example.org") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    links = []
    for _ in range(2):
        await desk.makes()
        links.append(await desk.invites(owner_id="greedy"))
    answers = await asyncio.gather(*(desk.accepts(one, "greedy") for one in links))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize("body", [{}, {"owner_id": ""}, {"email": "no address"}, {"owner_id": None}])
async def test_a_link_is_for_somebody(desk: Desk, body: Any) -> None:
    refused = await desk.client.post(f"{desk.where}/account", json=body, headers=desk.counsellor)
    assert refused.status_code == 422
