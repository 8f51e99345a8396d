"""Who acts for a company: nobody without having accepted, and nobody's contact points by another's hand."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import HandClock
from shared.invitations.members import MOST_INVITATIONS
from tests.service.offers.support import Desk
from tests.support import Stack

CONTACTS = "offers.contacts.v1"


async def invited(desk: Desk, company: str, **body: Any) -> str:
    """The path of a new invitation's link."""
    answer = await desk.post(f"/v1/companies/{company}/invitations", desk.employer, body)
    assert answer.status_code == 201, answer.text
    link = str(answer.json()["link"])
    return link[link.index("/v1/") :]


async def contacts(desk: Desk) -> list[tuple[str, int, str | None]]:
    """Whom notifications was told of: subject, sequence, e-mail. A tombstone would have no e-mail to read."""
    rows = await desk.events(CONTACTS)
    return [(row["key"], row["sequence"], json.loads(row["data"])["email"]) for row in rows]


async def test_who_accepts_an_invitation_acts_for_the_company_and_says_how_they_are_reached(desk: Desk) -> None:
    company = await desk.company()
    path = await invited(desk, company, label="Notre atelier")
    assert (await desk.client.get(f"/v1/companies/{company}", headers=desk.other_employer)).status_code == 404
    read = (await desk.client.get(path, headers=desk.other_employer)).json()
    assert (read["company_id"], read["company"]) == (company, "Scierie de la Gartempe")
    joined = await desk.post(f"{path}/acceptance", desk.other_employer, {"contact": {"email": "r@scierie.example"}})
    assert (joined.status_code, joined.json()["users"]) == (200, ["boss", "rival"])
    assert await contacts(desk) == [("boss", 1, "nadia@scierie.example"), ("rival", 1, "r@scierie.example")]
    again = await desk.post(f"{path}/acceptance", desk.other_employer, {})
    assert (again.status_code, again.json()["code"]) == (422, "link-refused")


@pytest.mark.parametrize("victim", ["marie", "p-sam", "coach", "nobody-of-that-name"])
async def test_no_call_makes_an_account_a_user_or_writes_its_contact(desk: Desk, victim: str) -> None:
    company = await desk.company()
    before = [row async for row in desk.store.collection("contacts").find({})]
    body = {"user_id": victim, "contact": {"email": "evil@x.example"}}
    assert (await desk.post(f"/v1/companies/{company}/users", desk.employer, body)).status_code in (404, 405)
    refused = await desk.post(f"/v1/companies/{company}/invitations", desk.employer, body)
    assert [error["field"] for error in refused.json()["errors"]] == ["contact"]
    # Whether the account exists cannot be told from the answer, nor does anything happen to it.
    asked = await desk.post(f"/v1/companies/{company}/invitations", desk.employer, {"user_id": victim})
    assert (asked.status_code, set(asked.json())) == (
        201, {"id", "by", "label", "user_id", "created_at", "expires_at", "link"},
    )  # fmt: skip
    gone = await desk.client.delete(f"/v1/companies/{company}/users/{victim}", headers=desk.employer)
    assert gone.status_code == 404
    assert [row async for row in desk.store.collection("contacts").find({})] == before
    assert (await desk.client.get(f"/v1/companies/{company}", headers=desk.employer)).json()["users"] == ["boss"]
    assert {row["key"] for row in await desk.events(CONTACTS)} == {"boss"}
    recipients = {
        one for row in await desk.events("offers.notices.v1") for one in json.loads(row["data"])["recipients"]
    }
    assert victim not in recipients


async def test_a_removed_user_keeps_their_inbox_and_is_known_again_when_they_come_back(desk: Desk) -> None:
    company = await desk.company()
    path = await invited(desk, company)
    await desk.post(f"{path}/acceptance", desk.other_employer, {"contact": {"email": "r@scierie.example"}})
    removed = await desk.client.delete(f"/v1/companies/{company}/users/rival", headers=desk.employer)
    assert removed.status_code == 204
    assert (await desk.client.get(f"/v1/companies/{company}", headers=desk.other_employer)).status_code == 404
    rows = await desk.events(CONTACTS)
    # An emptied contact, no tombstone: that would erase what the person was told.
    assert all(row["data"] is not None for row in rows)
    left = json.loads(rows[-1]["data"])
    assert (left["subject_id"], left["email"], left["consents_to_messages"]) == ("rival", None, False)
    again = await invited(desk, company)
    await desk.post(f"{again}/acceptance", desk.other_employer, {"contact": {"email": "new@scierie.example"}})
    assert (await contacts(desk))[1:] == [
        ("rival", 1, "r@scierie.example"), ("rival", 2, None), ("rival", 3, "new@scierie.example"),
    ]  # fmt: skip


async def test_a_removed_user_does_not_come_back_by_a_link_of_their_own(desk: Desk) -> None:
    company = await desk.company()
    path = await invited(desk, company)
    await desk.post(f"{path}/acceptance", desk.other_employer, {})
    answer = await desk.post(f"/v1/companies/{company}/invitations", desk.other_employer, {})
    kept = answer.json()["link"]
    await desk.client.delete(f"/v1/companies/{company}/users/rival", headers=desk.employer)
    refused = await desk.post(f"{kept[kept.index('/v1/') :]}/acceptance", desk.other_employer, {})
    assert (refused.status_code, refused.json()["code"]) == (422, "link-refused")


async def test_a_company_that_nobody_approved_invites_nobody(desk: Desk) -> None:
    company = await desk.company(approved=False)
    path = f"/v1/companies/{company}/invitations"
    for headers in (desk.employer, desk.manager):
        refused = await desk.post(path, headers, {})
        assert (refused.status_code, refused.json()["code"]) == (409, "company-not-approved")
    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    link = await invited(desk, company)
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager)
    late = await desk.post(f"{link}/acceptance", desk.other_employer, {})
    assert (late.status_code, late.json()["code"]) == (409, "company-not-approved")


async def test_a_link_is_for_employers_for_a_while_and_for_whom_it_names(
    desk: Desk, stack: Stack, clock: HandClock
) -> None:
    company = await desk.company()
    named = await invited(desk, company, user_id="somebody-else")
    for wrong in (named, named[:-3], f"{named[:-3]}AAA", "/v1/company-invitations/x"):
        answer = await desk.post(f"{wrong}/acceptance", desk.other_employer, {})
        assert (answer.status_code, answer.json()["code"]) == (422, "link-refused")
    assert (await desk.post(f"{named}/acceptance", desk.seeker, {})).status_code == 403
    meant = stack.token("employer", subject="somebody-else")
    assert (await desk.post(f"{named}/acceptance", meant, {})).status_code == 200
    late = await invited(desk, company)
    revoked = await invited(desk, company)
    listed = (await desk.client.get(f"/v1/companies/{company}/invitations", headers=desk.employer)).json()["items"]
    assert len(listed) == 2
    path = f"/v1/companies/{company}/invitations/{listed[1]['id']}"
    assert (await desk.client.delete(path, headers=desk.seeker)).status_code == 404
    assert (await desk.client.delete(path, headers=desk.employer)).status_code == 204
    assert (await desk.post(f"{revoked}/acceptance", desk.other_employer, {})).status_code == 422
    clock.advance(timedelta(days=15))
    assert (await desk.post(f"{late}/acceptance", desk.other_employer, {})).status_code == 422


async def test_parallel_invitations_and_acceptances_keep_their_limits(desk: Desk, stack: Stack) -> None:
    company = await desk.company()
    path = f"/v1/companies/{company}/invitations"
    answers = await asyncio.gather(*(desk.post(path, desk.employer, {}) for _ in range(MOST_INVITATIONS + 4)))
    codes = [answer.status_code for answer in answers]
    assert (codes.count(201), codes.count(429)) == (MOST_INVITATIONS, 4)
    link = next(answer.json()["link"] for answer in answers if answer.status_code == 201)
    accounts = [stack.token("employer", subject=f"colleague-{number}") for number in range(5)]
    joined = await asyncio.gather(*(desk.post(f"{link[link.index('/v1/') :]}/acceptance", one, {}) for one in accounts))
    assert sorted(answer.status_code for answer in joined) == [200, 422, 422, 422, 422]
    assert len((await desk.client.get(f"/v1/companies/{company}", headers=desk.employer)).json()["users"]) == 2


async def test_only_a_user_of_the_company_is_reached_about_it(desk: Desk) -> None:
    company = await desk.company()
    path = f"/v1/companies/{company}/contact"
    costly = await desk.client.put(path, json={"phone": "+33899123456"}, headers=desk.employer)
    assert [(e["field"], e["rule"]) for e in costly.json()["errors"]] == [("phone", "implausible-phone")]
    for written in ("05 55 52 00 00", "+33 5 55 52 00 00", "0033555520000"):
        assert (await desk.client.put(path, json={"phone": written}, headers=desk.employer)).status_code == 204
        [kept] = [row["phone"] async for row in desk.store.collection("contacts").find({"_id": "boss"})]
        assert kept == "+33555520000", written
    mine = {"first_name": "Nadia", "email": "atelier@scierie.example"}
    assert (await desk.client.put(path, headers=desk.employer, json=mine)).status_code == 204
    assert (await contacts(desk))[-1] == ("boss", 5, "atelier@scierie.example")
    assert (await desk.client.put(path, headers=desk.manager, json=mine)).status_code == 403
    assert (await desk.client.put(path, headers=desk.other_employer, json=mine)).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "URGENT: votre RSA est suspendu, appelez le 0899 12 34 56",
        "Préfecture https://x.example",
        "www.x.example",
        "Écrivez à rsa@x.example",
        "Appelez le 08.99.12.34.56",
        "\u200b\u200b",
        "   ",
        "N" * 201,
    ],
)
async def test_names_that_others_read_carry_no_message(desk: Desk, name: str) -> None:
    refused = await desk.post(
        "/v1/companies", desk.employer, {"name": name, "private_employer": True, "territory": "23"}
    )
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["name"]
    contact = {"name": "Ferme", "private_employer": True, "territory": "23", "contact": {"first_name": name}}
    answer = await desk.post("/v1/companies", desk.employer, contact)
    assert answer.status_code == (201 if not name.strip("\u200b ") else 422)


async def test_a_name_in_several_lines_is_one_line(desk: Desk) -> None:
    body = {"name": "Ferme\r\ndes  Combes", "private_employer": True, "territory": "23"}
    assert (await desk.post("/v1/companies", desk.employer, body)).json()["name"] == "Ferme des Combes"


@pytest.mark.parametrize("siret", ["0" * 14, "000 000 000 00000", "73282932000000", "00000000000018"])
async def test_a_siret_of_zeros_is_refused(desk: Desk, siret: str) -> None:
    refused = await desk.post("/v1/companies", desk.employer, {"name": "Scierie", "siret": siret, "territory": "23"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "siret")
