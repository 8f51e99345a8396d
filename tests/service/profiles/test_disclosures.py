"""What an application shows: agreed to before, read by the right company only, noted, ended at once, erased whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.profiles.commands import disclosures as commands
from services.profiles.domain.disclosure import (
    SHOWN_AFTER_HIRE,
    TEXT_VERSION,
    TEXTS,
    Carrier,
    Disclosure,
    State,
)
from services.profiles.domain.staff import Staff
from shared.auth import Role
from shared.clock import HandClock
from shared.contracts.vocabulary import ApplicationStatus
from shared.invitations import Invitation
from shared.store import Work
from tests.service.profiles.builders import NOW, a_body
from tests.service.profiles.disclosing import MARKS, Desk, company, said
from tests.service.profiles.files import a_docx
from tests.support import Running, Stack

LATER = NOW + timedelta(days=14)


async def test_what_is_shown_is_shown_before_and_only_what_was_ticked(desk: Desk) -> None:
    preview = (await desk.get("disclosure")).json()
    assert preview["everything"] == {
        "first_name": "Nadia",
        "last_name": "Lemoine",
        "email": "nadia@example.org",
        "phone": "+33612345678",
        "counsellor": None,
    }
    assert preview["choices"] == ["email", "phone"]
    receipt = (await desk.agree(text_version=preview["text_version"])).json()
    assert (receipt["state"], receipt["text"], receipt["purpose"]) == ("waiting", preview["text"], "application")
    assert receipt["cv"] == {"kind": "none", "layout": None, "file_id": None}
    assert not any(mark in str(receipt) for mark in MARKS)
    # Agreed to, and not applied: nobody reads.
    assert (await desk.read(receipt["id"])).status_code == 404
    await desk.hear(desk.application("submitted", 1, receipt["id"]))
    answer = await desk.read(receipt["id"])
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.json()
    assert (shown["first_name"], shown["last_name"], shown["phone"]) == ("Nadia", "Lemoine", "+33612345678")
    assert (shown["email"], shown["counsellor"], shown["cv"]) == (None, None, "none")
    assert (await desk.read_cv(receipt["id"])).status_code == 404
    # What is mended later is shown mended.
    await desk.running.client.patch(
        f"/v1/profiles/{desk.profile}", json={"phone": "06 99 99 99 99"}, headers=desk.seeker | {"If-Match": "*"}
    )
    assert (await desk.read(receipt["id"])).json()["phone"] == "+33699999999"


async def test_each_reading_leaves_a_trace_that_the_person_sees(desk: Desk, clock: HandClock) -> None:
    receipt = (await desk.agree()).json()
    await desk.hear(desk.application("submitted", 1, receipt["id"]))
    for who in (desk.recruiter, desk.stranger, desk.recruiter):
        await desk.read(receipt["id"], who)
    [trace] = (await desk.get("disclosures/readings")).json()["items"]
    assert (trace["company_id"], trace["reader_id"], trace["times"]) == ("company-1", "boss", 2)
    assert (await desk.get("disclosures/readings", desk.counsellor)).json()["items"] == [trace]
    assert (await desk.get("disclosures/readings?disclosure_id=other")).json()["items"] == []
    assert (await desk.get("disclosures/readings", desk.recruiter)).status_code == 404
    [listed] = (await desk.get("disclosures")).json()["items"]
    assert (listed["state"], listed["application_ids"]) == ("shown", ["application-1"])


ENDS: dict[str, Any] = {
    "withdrawn": lambda desk, receipt: desk.application("withdrawn", 2, receipt),
    "refused": lambda desk, receipt: desk.application("refused", 2, receipt),
    "obsolete": lambda desk, receipt: desk.application("obsolete", 2, receipt),
    "unanswered": lambda desk, receipt: desk.application("no_answer", 2, receipt),
    "another disclosure": lambda desk, receipt: desk.application("submitted", 2, "other"),
    "erased": lambda desk, receipt: replace(desk.application("submitted", 0, receipt), data=None),
    "suspended company": lambda desk, receipt: company("boss", approved=False, sequence=2),
    "removed user": lambda desk, receipt: company("somebody-else", sequence=2),
    "company gone": lambda desk, receipt: replace(company("boss", sequence=2), data=None),
}


@pytest.mark.parametrize("end", ENDS)
async def test_what_ends_it_ends_the_reading_at_once(desk: Desk, end: str) -> None:
    file = await desk.send(a_docx("Maçonne"))
    receipt = (await desk.agree(cv={"kind": "file", "file_id": file["id"]})).json()["id"]
    shown = desk.application("submitted", 1, receipt)
    await desk.hear(shown)
    assert (await desk.read(receipt)).status_code == 200
    assert (await desk.read_cv(receipt)).status_code == 200
    last = ENDS[end](desk, receipt)
    await desk.hear(last)
    gone = await desk.read(receipt)
    assert (gone.status_code, gone.json()["code"]) == (404, "disclosure-unknown")
    # Told twice, and the old state once more: it stays ended.
    await desk.hear(last, shown, company("boss", sequence=1))
    assert (await desk.read(receipt)).status_code == 404
    assert said(await desk.read_cv(receipt)) == said(gone)


async def test_who_takes_it_back_while_it_is_being_read_is_not_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = (await desk.agree()).json()["id"]
    await desk.hear(desk.application("submitted", 1, receipt))
    readable = commands.readable

    async def overtaken(*given: Any) -> Any:
        found = await readable(*given)
        await desk.running.client.delete(f"/v1/profiles/{desk.profile}/disclosures/{receipt}", headers=desk.seeker)
        return found

    monkeypatch.setattr(commands, "readable", overtaken)
    assert (await desk.read(receipt)).status_code == 404
    assert await desk.running.store.collection("disclosure_readings").count_documents({}) == 0


async def test_who_is_erased_while_they_agree_leaves_no_receipt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    known = commands.relay_of

    async def overtaken(*given: Any) -> Any:
        found = await known(*given)
        await desk.running.client.delete(f"/v1/profiles/{desk.profile}", headers=desk.seeker)
        return found

    monkeypatch.setattr(commands, "relay_of", overtaken)
    assert (await desk.agree()).status_code == 404
    assert await desk.running.store.collection("disclosures").count_documents({}) == 0


@pytest.mark.parametrize(
    "other",
    [{"profile_id": "somebody-else"}, {"company_id": "company-2"}, {"offer_id": "offer-2"}, {"disclosure_id": None}],
    ids=str,
)
async def test_an_application_of_somebody_else_shows_nothing_and_ends_nothing(
    desk: Desk, other: dict[str, Any]
) -> None:
    receipt = (await desk.agree()).json()["id"]
    await desk.hear(desk.application("submitted", 1, receipt, id="foreign", **other))
    assert (await desk.read(receipt)).status_code == 404
    await desk.hear(desk.application("submitted", 1, receipt))
    await desk.hear(desk.application("withdrawn", 2, receipt, id="foreign", **other))
    assert (await desk.read(receipt)).status_code == 200


async def test_a_hire_goes_on_showing_for_the_days_that_the_text_names(desk: Desk, clock: HandClock) -> None:
    assert f"bout de {SHOWN_AFTER_HIRE.days} jours" in TEXTS[TEXT_VERSION]
    receipt = (await desk.agree()).json()["id"]
    clock.advance(timedelta(days=200))
    await desk.hear(desk.application("hired", 1, receipt, hired_at=clock.now()))
    clock.advance(SHOWN_AFTER_HIRE - timedelta(seconds=1))
    assert (await desk.read(receipt)).status_code == 200
    clock.advance(timedelta(seconds=1))
    gone = await desk.read(receipt)
    assert (gone.status_code, said(await desk.read_cv(receipt))) == (404, said(gone))
    [listed] = (await desk.get("disclosures")).json()["items"]
    assert listed["state"] == "ended"
    # What the release before told says no day: it counts from the agreement, never for ever.
    await desk.hear(desk.application("hired", 2, receipt))
    assert (await desk.read(receipt)).status_code == 404


async def test_who_says_no_contact_point_is_reached_through_who_accompanies_them(desk: Desk) -> None:
    assert (await desk.agree(contacts=None)).json()["contacts"] == []
    points = {"first_name": "Claire", "phone": "05 55 51 00 00", "relays_employers": True, "territory": "23"}
    put = await desk.running.client.put("/v1/contacts/me", json=points, headers=desk.counsellor)
    assert put.status_code == 201, put.text
    made = await desk.running.client.post("/v1/profiles", json=a_body(), headers=desk.counsellor)
    desk.profile = made.json()["id"]
    receipt = (await desk.agree(desk.counsellor, contacts=None, heard="by_phone")).json()
    assert receipt["contacts"] == ["counsellor"]
    # Said to be nothing, it is nothing.
    assert (await desk.agree(desk.counsellor, contacts=[], heard="by_phone")).json()["contacts"] == []
    await desk.hear(desk.application("submitted", 1, receipt["id"]))
    shown = (await desk.read(receipt["id"])).json()
    assert (shown["email"], shown["phone"], shown["counsellor"]["phone"]) == (None, None, "+33555510000")


async def test_an_invitation_shows_nothing_until_it_is_accepted(desk: Desk) -> None:
    receipt = (await desk.agree()).json()["id"]
    await desk.hear(desk.application("invited", 1, receipt))
    assert (await desk.read(receipt)).status_code == 404
    await desk.hear(desk.application("submitted", 2, receipt))
    assert (await desk.read(receipt)).status_code == 200


async def test_a_step_that_this_release_cannot_name_shows_nothing(desk: Desk) -> None:
    receipt = (await desk.agree()).json()["id"]
    unknown = desk.application("postponed", 1, receipt)
    assert unknown.data is not None
    unknown.data.mark_not_understood(["status"])
    await desk.hear(unknown)
    assert (await desk.read(receipt)).status_code == 404


async def test_taking_it_back_ends_it_whatever_becomes_of_the_application(desk: Desk) -> None:
    receipt = (await desk.agree(cv={"kind": "made"})).json()["id"]
    await desk.hear(desk.application("submitted", 1, receipt))
    path = f"/v1/profiles/{desk.profile}/disclosures/{receipt}"
    assert (await desk.running.client.delete(path, headers=desk.recruiter)).status_code == 404
    for _ in range(2):
        assert (await desk.running.client.delete(path, headers=desk.seeker)).status_code == 204
    await desk.hear(desk.application("interview", 2, receipt))
    assert (await desk.read(receipt)).status_code == 404
    assert (await desk.read_cv(receipt)).status_code == 404
    [listed] = (await desk.get("disclosures")).json()["items"]
    assert listed["state"] == "revoked"
    elsewhere = f"/v1/profiles/{desk.profile}/disclosures/of-somebody-else"
    assert (await desk.running.client.delete(elsewhere, headers=desk.seeker)).status_code == 404


async def test_the_relay_shows_the_counsellor_who_opened_their_contact_points(desk: Desk, stack: Stack) -> None:
    manager = stack.token("manager", subject="chief")
    path = f"/v1/profiles/{desk.profile}/counsellors"
    await desk.running.client.post(path, json={"counsellor_id": "counsellor-1"}, headers=manager)
    contact: dict[str, Any] = {"first_name": "Claire", "phone": "05 55 52 00 00", "territory": "23"}
    put = await desk.running.client.put("/v1/contacts/me", json=contact, headers=desk.counsellor)
    assert put.json()["relays_employers"] is False
    closed = await desk.agree(contacts=["counsellor"])
    assert [(e["field"], e["rule"]) for e in closed.json()["errors"]] == [("contacts.0", "nothing-to-show")]
    contact["relays_employers"] = True
    await desk.running.client.put("/v1/contacts/me", json=contact, headers=desk.counsellor)
    silent = await desk.agree(desk.counsellor, contacts=["counsellor"])
    assert [(e["field"], e["rule"]) for e in silent.json()["errors"]] == [("heard", "required")]
    receipt = (await desk.agree(desk.counsellor, contacts=["counsellor"], heard="by_phone")).json()
    assert (receipt["acted_by"], receipt["on_behalf_of"]) == ("counsellor-1", desk.profile)
    await desk.hear(desk.application("submitted", 1, receipt["id"]))
    shown = (await desk.read(receipt["id"])).json()
    assert shown["counsellor"] == {"first_name": "Claire", "email": None, "phone": "+33555520000"}
    assert (shown["email"], shown["phone"]) == (None, None)
    # Whoever was invited to work here and does no more stands for nobody.
    store = desk.running.store
    staff = Staff(id="23", territory="23", created_at=NOW, updated_at=NOW)
    staff.invite(Invitation(id="i-1", by="chief", role="counsellor", created_at=NOW, expires_at=LATER), NOW)
    staff.join("i-1", "counsellor-1", None, NOW)
    for leaves, relayed in ((False, True), (True, False)):
        if leaves:
            staff.remove_user("counsellor-1", NOW)
            [grant] = staff.due()
            staff.told(grant, None, "", NOW)
        work = Work(lambda: "unused")
        work.save("staff", staff)
        await store.commit(work)
        assert bool((await desk.read(receipt["id"])).json()["counsellor"]) is relayed
    assert (await desk.agree(contacts=["counsellor"])).status_code == 422


@pytest.mark.parametrize("status", ["invited", "no_answer"])
async def test_an_application_that_shows_nothing_as_it_stands_holds_it(desk: Desk, status: str) -> None:
    receipt = (await desk.agree()).json()["id"]
    await desk.hear(desk.application(status, 1, receipt))
    [listed] = (await desk.get("disclosures")).json()["items"]
    assert (listed["state"], listed["application_ids"]) == ("held", ["application-1"])
    assert (await desk.read(receipt)).status_code == 404
    await desk.hear(desk.application("interview", 2, receipt))
    assert (await desk.get("disclosures")).json()["items"][0]["state"] == "shown"


async def test_what_cannot_be_shown_or_was_not_read_is_refused_by_its_field(stack: Stack, profiles: Running) -> None:
    desk = Desk(stack, profiles)
    await desk.begin(email=None, phone=None)
    answer = await desk.agree(contacts=["email", "phone"])
    assert [(e["field"], e["rule"]) for e in answer.json()["errors"]] == [
        ("contacts.0", "nothing-to-show"),
        ("contacts.1", "nothing-to-show"),
    ]
    old = await desk.agree(text_version="2019-01", contacts=[])
    assert [(e["field"], e["rule"]) for e in old.json()["errors"]] == [("text_version", "text-changed")]
    assert (await desk.agree(contacts=[])).status_code == 201
    assert (await desk.agree(desk.recruiter, contacts=[])).status_code == 404


async def test_an_erased_person_leaves_no_receipt_no_trace_and_no_reading(desk: Desk) -> None:
    file = await desk.send(a_docx("Maçonne"))
    receipt = (await desk.agree(cv={"kind": "file", "file_id": file["id"]})).json()["id"]
    await desk.hear(desk.application("submitted", 1, receipt))
    await desk.read(receipt)
    assert (await desk.read_cv(receipt)).status_code == 200
    gone = await desk.running.client.delete(f"/v1/profiles/{desk.profile}", headers=desk.seeker)
    assert gone.status_code == 204
    assert (await desk.read(receipt)).status_code == 404
    assert (await desk.read_cv(receipt)).status_code == 404
    left = []
    for name in await desk.running.store.database.list_collection_names():
        # Ids only: what proves the erasure is kept, and by what it is known that nothing comes back.
        if name in ("outbox", "erasures", "erasure_proofs", "erasures_heard"):
            continue
        rows = [row async for row in desk.running.store.collection(name).find({})]
        left += [(name, mark) for mark in (desk.profile, receipt, file["id"], *MARKS) if mark in str(rows)]
    assert left == []


def test_every_state_of_an_application_either_shows_or_does_not() -> None:
    """A status that is added to the vocabulary shows nothing until somebody decides that it does."""
    disclosure = Disclosure(
        id="d", territory="23", created_at=NOW, updated_at=NOW, profile_id="p", company_id="c", offer_id="o",
        text_version="2026-11", acted_by="s", role=Role.SEEKER,
    )  # fmt: skip
    shows = {
        status: disclosure.state([Carrier("a", "p", "c", "o", status)], NOW) is State.SHOWN
        for status in ApplicationStatus
    }
    hidden = {"invited", "withdrawn", "obsolete", "refused", "no_answer"}
    assert {status.value for status, seen in shows.items() if not seen} == hidden
    ended = [Carrier("a", "p", "c", "o", ApplicationStatus.WITHDRAWN)]
    again = Carrier("b", "p", "c", "o", ApplicationStatus.SUBMITTED)
    assert disclosure.state([*ended, again], NOW) is State.ENDED
