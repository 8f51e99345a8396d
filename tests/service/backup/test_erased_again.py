"""What was taken away for good after a dump, beside whole people, is taken away again by a restore."""

from pathlib import Path
from typing import Any

from deploy.backup.dumping import named
from deploy.backup.lists import read_list, write_list
from deploy.backup.restoring import ERASING, Done, replay
from services.offers.commands import erasures as of_offers
from services.profiles.commands import erasures as of_profiles
from shared.clock import SystemClock
from tests.service.backup.test_backup import connected, dumped, restored
from tests.service.offers.support import Desk
from tests.service.profiles.builders import a_body
from tests.support import Stack

NOTE = {"kind": "call", "on": "2026-03-02", "outcome": "no_need", "note": "Mme Roy garde ses petits-enfants."}


async def again(all_of_them: list[Any], path: Path) -> list[str]:
    done = Done()
    async for _ in replay(all_of_them, read_list(path), done):
        pass
    return done.erased_again


async def test_households_and_notes_are_erased_again(stack: Stack, tmp_path: Path) -> None:
    async with stack.running("offers") as offers, connected(stack, "offers") as all_of_them:
        desk = Desk(stack, offers)
        await desk.person()
        scierie = await desk.company()
        home = await desk.company(name="Mme Aubrun", siret=None, private_employer=True)
        offer = await desk.offer(home, title="Aide à domicile (H/F)")
        assert (await desk.apply(offer)).status_code == 201
        noted = await desk.post(f"/v1/companies/{scierie}/canvassing", desk.manager, NOTE)
        path = await dumped(all_of_them, tmp_path / "a.dump")

        log = f"/v1/companies/{scierie}/canvassing"
        gone = await desk.client.delete(
            f"{log}/{noted.json()['id']}", headers=desk.manager | {"If-Match": noted.headers["etag"]}
        )
        assert gone.status_code == 204, gone.text
        assert (await desk.client.delete(f"/v1/companies/{home}", headers=desk.employer)).status_code == 204
        found = [one async for one in of_offers.erasures(named(all_of_them, "offers").store)]
        write_list(tmp_path / "list", found, SystemClock().now())
        assert "petits-enfants" not in (tmp_path / "list").read_text()

        await restored(all_of_them, path)
        assert "Aubrun" in (await desk.client.get(f"/v1/companies/{home}", headers=desk.employer)).text
        assert sorted(await again(all_of_them, tmp_path / "list")) == sorted([home, noted.json()["id"]])
        assert await again(all_of_them, tmp_path / "list") == []
        everything = [
            str(row)
            for name in ("companies", "offers", "applications", "listings")
            async for row in desk.store.collection(name).find({})
        ]
        assert not [row for row in everything if "Aubrun" in row or "petits-enfants" in row]
        assert {row["key"] for row in await desk.events() if row["data"] is None} >= {home, offer}


async def test_an_account_is_taken_off_again_unless_it_came_back(stack: Stack, tmp_path: Path) -> None:
    counsellor = stack.token("counsellor")

    async def links(client: Any, where: str, account: str) -> None:
        invited = await client.post(f"{where}/account", json={"owner_id": account}, headers=counsellor)
        link = str(invited.json()["link"])
        taken = await client.post(
            f"{link[link.index('/v1/') :]}/acceptance", headers=stack.token("seeker", subject=account)
        )
        assert taken.status_code == 200, taken.text

    async def takes_off(client: Any, where: str) -> None:
        off = await client.post(f"{where}/account/removal", json={"reason": "wrong_account"}, headers=counsellor)
        assert off.is_success, off.text

    async with stack.running("profiles") as profiles, connected(stack, "profiles") as all_of_them:
        client, places = profiles.client, {}
        for account in ("stranger", "back"):
            body = a_body(email=f"{account}@example.org")
            made = await client.post("/v1/profiles", json=body, headers=counsellor)
            places[account] = made.headers["location"]
            await links(client, places[account], account)
        path = await dumped(all_of_them, tmp_path / "a.dump")
        for where in places.values():
            await takes_off(client, where)
        await links(client, places["back"], "back")
        found = [one async for one in of_profiles.erasures(profiles.store)]
        write_list(tmp_path / "list", found, SystemClock().now())

        await restored(all_of_them, path)
        for expected in (["stranger"], []):
            assert await again(all_of_them, tmp_path / "list") == expected
        for account, status in (("stranger", 404), ("back", 200)):
            read = await client.get(places[account], headers=stack.token("seeker", subject=account))
            assert read.status_code == status, account
        journal = await profiles.store.collection("journal").find({"action": "account_removed"}).to_list(None)
        assert [(one["concerns"], one["reason"]) for one in journal] == [("stranger", "wrong_account")]


async def test_a_desks_reference_and_who_asked_not_to_be_kept_are_erased_again(stack: Stack, tmp_path: Path) -> None:
    """The desk of another département has the same reference for somebody else."""
    manager = stack.token("manager", subject="m")
    facilitators = {at: stack.token("facilitator", subject=f"f-{at}", territories=(at,)) for at in ("23", "87")}
    async with (
        stack.running("clauses") as clauses,
        stack.running("profiles") as profiles,
        connected(stack) as all_of_them,
    ):
        for at, who in facilitators.items():
            facts = {"participant_id": "P-1", "prescriber": f"Mission locale {at}"}
            assert (await clauses.client.post("/v1/participants", json=facts, headers=who)).status_code == 201
        listed = await profiles.client.post(
            "/v1/rsa-lists",
            params={"as_of": SystemClock().now().date().isoformat()},
            content="Nom;Prénom;Né le\nDupuis;Zoé;05/05/1990\nRoy;Lou;06/06/1980\n".encode(),
            headers=manager | {"Content-Type": "text/csv"},
        )
        people = [line["person_id"] for line in listed.json()["lines"]]
        path = await dumped(all_of_them, tmp_path / "a.dump")
        gone = await clauses.client.delete("/v1/participants/P-1", headers=facilitators["23"])
        assert gone.status_code == 204, gone.text
        assert (await profiles.client.delete(f"/v1/rsa-people/{people[0]}", headers=manager)).status_code == 204
        found = [
            one
            for name, there in ERASING.items()
            if name != "offers"
            async for one in there.erasures(named(all_of_them, name).store)
        ]
        write_list(tmp_path / "list", found, SystemClock().now())
        assert "Dupuis" not in (tmp_path / "list").read_text()

        await restored(all_of_them, path)
        assert sorted(await again(all_of_them, tmp_path / "list")) == sorted(["P-1", people[0]])
        assert await again(all_of_them, tmp_path / "list") == []
        kept = [row async for row in clauses.store.collection("persons").find({"participant_id": "P-1"})]
        assert [row["territory"] for row in kept] == ["87"]
        assert [row["_id"] async for row in profiles.store.collection("rsa_people").find({})] == [people[1]]
        closed = await clauses.client.post(
            "/v1/participants", json={"participant_id": "P-1"}, headers=facilitators["23"]
        )
        assert closed.status_code == 422, closed.text
