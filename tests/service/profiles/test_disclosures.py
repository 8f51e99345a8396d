"""What an application shows: agreed to before, read by the right company only, noted, ended at once, erased whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.profiles.commands import disclosed_cvs
from services.profiles.consumers import subscriptions
from services.profiles.cv.printing import print_cv
from services.profiles.domain.disclosure import (
    SHOWN_AFTER_HIRE,
    TEXT_VERSION,
    TEXTS,
    Carrier,
    CvChoice,
    CvKind,
    Disclosure,
    State,
)
from services.profiles.domain.staff import Staff
from shared.auth import Role
from shared.clock import HandClock
from shared.contracts.events.offers import CompanyState
from shared.contracts.topics import COMPANIES
from shared.contracts.vocabulary import ApplicationStatus
from shared.invitations import Invitation
from shared.kafka.envelope import Event
from shared.store import Work
from tests.service.notifications import builders
from tests.service.profiles.builders import NOW, a_body
from tests.service.profiles.files import a_docx
from tests.service.profiles.pages import look
from tests.support import Running, Stack

LATER = NOW + timedelta(days=14)
MARKS = ("Nadia", "Lemoine", "nadia@example.org", "+33612345678")


class Desk:
    """A person, their counsellor, and who recruits for a company, as profiles meets them."""

    def __init__(self, stack: Stack, running: Running) -> None:
        self.running = running
        self.seeker = stack.token("seeker", subject="seeker-1")
        self.counsellor = stack.token("counsellor", subject="counsellor-1")
        self.recruiter = stack.token("employer", subject="boss")
        self.stranger = stack.token("employer", subject="rival")
        self.profile = ""
        self.handlers = {one.topic.name: one.handler for one in subscriptions(running.app.state.context)}

    async def begin(self, **changes: Any) -> str:
        made = await self.running.client.post("/v1/profiles", json=a_body(**changes), headers=self.seeker)
        self.profile = made.json()["id"]
        await self.hear(company("boss"))
        return self.profile

    async def hear(self, *events: Event[Any]) -> None:
        for event in events:
            await self.handlers[event.topic.name]([event])

    async def agree(self, who: dict[str, str] | None = None, **changes: Any) -> Any:
        body = {"company_id": "company-1", "offer_id": "offer-1", "contacts": ["phone"], "text_version": TEXT_VERSION}
        path = f"/v1/profiles/{self.profile}/disclosures"
        return await self.running.client.post(path, json=body | changes, headers=who or self.seeker)

    async def read(self, disclosure: str, who: dict[str, str] | None = None) -> Any:
        return await self.running.client.get(f"/v1/disclosures/{disclosure}", headers=who or self.recruiter)

    async def read_cv(self, disclosure: str, who: dict[str, str] | None = None) -> Any:
        return await self.running.client.get(f"/v1/disclosures/{disclosure}/cv", headers=who or self.recruiter)

    async def send(self, content: bytes, name: str = "cv.docx", **person: Any) -> dict[str, Any]:
        """A CV as a file; its description."""
        where = {"profile_id": person.get("profile", self.profile)}
        who, files = person.get("who", self.seeker), {"file": (name, content)}
        sent = await self.running.client.post("/v1/cv-files", params=where, files=files, headers=who)
        assert sent.status_code == 201, sent.text
        found: dict[str, Any] = sent.json()
        return found

    async def get(self, path: str, who: dict[str, str] | None = None) -> Any:
        return await self.running.client.get(f"/v1/profiles/{self.profile}/{path}", headers=who or self.seeker)

    def application(self, status: str, sequence: int, disclosure: str, **changes: Any) -> Event[Any]:
        values = {"profile_id": self.profile, "disclosure_id": disclosure} | changes
        return builders.application(status, sequence=sequence, **values)


def company(*users: str, approved: bool = True, sequence: int = 1) -> Event[Any]:
    state = CompanyState(company_id="company-1", territory="23", approved=approved, user_ids=users)
    return builders.event(COMPANIES, "company-updated", "company-1", state, sequence=sequence)


@pytest.fixture
async def desk(stack: Stack, profiles: Running) -> Desk:
    made = Desk(stack, profiles)
    await made.begin()
    return made


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


def said(answer: Any) -> Any:
    """A refusal without what is of one request alone."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "request_id", "trace_id")}


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


FINDS = ("nadia@example.org", "06 12 34 56 78", "06.98.76.54.32", "Tilleuls", "linkedin")
"""Ways to find the person that the profile below has, in its fields and in its texts."""
WORDY = {
    "headline": "Aide à domicile, 06.98.76.54.32",
    "presentation": "J'habite 3, rue des Tilleuls à Guéret : nadia@example.org ou 06 12 34 56 78, linkedin.com/in/nadia",
    "experiences": [{"title": "Vendeuse", "employer": "Aubusson", "tasks": "Caisse (rue des TILLEULS)"}],
    "interests": ["Jardinage nadia@example.org"],
}


@pytest.mark.parametrize(
    ("contacts", "layout", "seen"),
    [([], "classic", []), (["phone"], "sidebar", ["06 12 34 56 78"]), (["email"], "compact", ["nadia@example.org"])],
    ids=["nothing", "phone", "email"],
)
async def test_the_made_cv_shows_what_was_ticked_and_no_other_way_to_find_the_person(
    stack: Stack, profiles: Running, contacts: list[str], layout: str, seen: list[str]
) -> None:
    desk = Desk(stack, profiles)
    await desk.begin(cv=WORDY)
    receipt = (await desk.agree(contacts=contacts, cv={"kind": "made", "layout": layout})).json()
    assert receipt["cv"] == {"kind": "made", "layout": layout, "file_id": None}
    assert not any(mark in str(receipt) for mark in MARKS)
    assert (await desk.read_cv(receipt["id"])).status_code == 404  # nobody applied yet
    await desk.hear(desk.application("submitted", 1, receipt["id"]))
    assert (await desk.read(receipt["id"])).json()["cv"] == "made"
    answer = await desk.read_cv(receipt["id"])
    assert answer.status_code == 200, answer.text
    page = look(answer.content)
    words = " ".join(page.words.split())
    assert page.pages == 1
    assert [one for one in FINDS if one.casefold() in words.casefold()] == seen
    for kept in ("Nadia Lemoine", "23000 Guéret", "Aide à domicile", "Vendeuse", "Jardinage"):
        assert kept in words
    safe = ("content-type", "content-disposition", "x-content-type-options", "content-security-policy", "cache-control")
    assert [answer.headers[name] for name in safe] == [
        "application/pdf",
        "attachment; filename=\"cv.pdf\"; filename*=UTF-8''cv.pdf",
        "nosniff",
        "default-src 'none'; sandbox",
        "private, no-store",
    ]
    # It was seen before, by the person alone.
    path = "&".join([f"disclosure/cv.pdf?layout={layout}", *(f"contact={one}" for one in contacts)])
    before = await desk.get(path)
    assert " ".join(look(before.content).words.split()) == words
    assert (await desk.get(path, desk.recruiter)).status_code == 404


async def test_the_made_cv_names_who_passes_messages_on_in_the_place_of_the_person(desk: Desk, stack: Stack) -> None:
    path = f"/v1/profiles/{desk.profile}/counsellors"
    chief = stack.token("manager", subject="chief")
    await desk.running.client.post(path, json={"counsellor_id": "counsellor-1"}, headers=chief)
    contact = {"first_name": "Claire", "phone": "05 55 52 00 00", "territory": "23", "relays_employers": True}
    await desk.running.client.put("/v1/contacts/me", json=contact, headers=desk.counsellor)
    agreed = {"contacts": ["counsellor"], "cv": {"kind": "made"}, "heard": "by_phone"}
    receipt = (await desk.agree(desk.counsellor, **agreed)).json()
    assert (receipt["cv"]["layout"], receipt["on_behalf_of"]) == ("classic", desk.profile)
    await desk.hear(desk.application("submitted", 1, receipt["id"]))
    words = " ".join(look((await desk.read_cv(receipt["id"])).content).words.split())
    assert "Joindre par Claire : 05 55 52 00 00" in words
    assert not any(one in words for one in FINDS)


async def test_the_file_is_given_as_it_was_sent_and_no_other_in_its_place(desk: Desk) -> None:
    content = a_docx("Nadia Lemoine", "3 rue des Tilleuls")
    file = await desk.send(content, "CV Nadia é.docx")
    preview = (await desk.get("disclosure")).json()["cv"]
    assert (preview["choices"], preview["file"], preview["commune"]) == (["none", "made", "file"], file, "23000 Guéret")
    receipt = (await desk.agree(cv={"kind": "file", "file_id": file["id"]})).json()
    assert receipt["cv"] == {"kind": "file", "layout": None, "file_id": file["id"]}
    assert "tel quel" in receipt["text"]
    await desk.hear(desk.application("submitted", 1, receipt["id"]))
    answer = await desk.read_cv(receipt["id"])
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == (
        "nosniff",
        "private, no-store",
    )
    for end in ("replaced", "taken back"):
        if end == "replaced":
            await desk.send(content)
        else:
            taken = f"/v1/profiles/{desk.profile}/cv/file"
            assert (await desk.running.client.delete(taken, headers=desk.seeker)).status_code == 204
        gone = await desk.read_cv(receipt["id"])
        assert (gone.status_code, gone.json()["code"]) == (404, "disclosure-unknown")
        # Who applied is read as before, without it.
        assert (await desk.read(receipt["id"])).json()["cv"] == "none"
    [_, trace] = (await desk.get("disclosures/readings")).json()["items"][::-1]
    assert (trace["what"], trace["times"]) == ("cv", 1)


async def test_reading_the_cv_is_noted_apart_and_only_where_it_was_read(desk: Desk) -> None:
    receipt = (await desk.agree(cv={"kind": "made"})).json()["id"]
    await desk.hear(desk.application("submitted", 1, receipt))
    await desk.read(receipt)
    for who in (desk.recruiter, desk.stranger, desk.seeker, desk.counsellor, desk.recruiter):
        await desk.read_cv(receipt, who)
    lines = (await desk.get("disclosures/readings")).json()["items"]
    assert {(one["what"], one["reader_id"], one["times"]) for one in lines} == {
        ("person", "boss", 1),
        ("cv", "boss", 2),
    }
    assert len({one["id"] for one in lines}) == 2
    page = (await desk.get("disclosures/readings?limit=1")).json()
    rest = (await desk.get(f"disclosures/readings?limit=1&cursor={page['next_cursor']}")).json()
    assert [*page["items"], *rest["items"]] == lines


async def test_what_ends_while_the_page_is_set_is_not_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = (await desk.agree(cv={"kind": "made"})).json()["id"]
    await desk.hear(desk.application("submitted", 1, receipt))

    async def slowly(*given: Any, **named: Any) -> Any:
        made = await print_cv(*given, **named)
        await desk.hear(desk.application("withdrawn", 2, receipt))
        return made

    monkeypatch.setattr(disclosed_cvs, "print_cv", slowly)
    assert (await desk.read_cv(receipt)).status_code == 404
    assert (await desk.get("disclosures/readings")).json()["items"] == []


@pytest.mark.parametrize(
    ("cv", "field", "rule"),
    [
        ({"kind": "file"}, "cv.file_id", "required"),
        ({"kind": "file", "file_id": "no-such-file"}, "cv.file_id", "nothing-to-show"),
        ({"kind": "file", "file_id": "FOREIGN"}, "cv.file_id", "nothing-to-show"),
        ({"kind": "file", "file_id": "OWN", "layout": "classic"}, "cv.layout", "not-of-this-kind"),
        ({"kind": "made", "file_id": "OWN"}, "cv.file_id", "not-of-this-kind"),
        ({"file_id": "OWN"}, "cv.file_id", "not-of-this-kind"),
        ({"kind": "made", "layout": "fancy"}, "cv.layout", "enum"),
        ({"kind": "photo"}, "cv.kind", "enum"),
        ({"kind": "made", "anonymous": True}, "cv.anonymous", "extra-forbidden"),
    ],
    ids=str,
)
async def test_a_cv_that_is_not_there_is_refused_by_its_field(
    desk: Desk, stack: Stack, cv: dict[str, Any], field: str, rule: str
) -> None:
    other = stack.token("seeker", subject="seeker-2")
    made = await desk.running.client.post("/v1/profiles", json=a_body(), headers=other)
    foreign = await desk.send(a_docx("x"), profile=made.json()["id"], who=other)
    own = await desk.send(a_docx("x"))
    ids = {"FOREIGN": foreign["id"], "OWN": own["id"]}
    answer = await desk.agree(cv={name: ids.get(value, value) for name, value in cv.items()})
    assert answer.status_code == 422
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [(field, rule)]
    assert (await desk.get("disclosures")).json()["items"] == []


async def test_a_receipt_that_was_stored_before_there_was_a_cv_shows_none(desk: Desk) -> None:
    receipt = (await desk.agree(cv={"kind": "made"})).json()["id"]
    await desk.hear(desk.application("submitted", 1, receipt))
    await desk.read(receipt)
    stored = desk.running.store.collection("disclosures")
    await stored.update_one({"_id": receipt}, {"$set": {"text_version": "2026-11"}, "$unset": {"cv": ""}})
    await desk.running.store.collection("disclosure_readings").update_many({}, {"$unset": {"what": ""}})
    assert (await desk.read_cv(receipt)).status_code == 404
    assert (await desk.read(receipt)).json()["cv"] == "none"
    [listed] = (await desk.get("disclosures")).json()["items"]
    assert (listed["cv"]["kind"], listed["text"]) == ("none", TEXTS["2026-11"])
    [trace] = (await desk.get("disclosures/readings")).json()["items"]
    assert (trace["what"], trace["times"]) == ("person", 2)
    # The words decide, whatever stands beside them.
    await stored.update_one({"_id": receipt}, {"$set": {"cv": {"kind": "made", "layout": "classic"}}})
    assert (await desk.read_cv(receipt)).status_code == 404


@pytest.mark.parametrize("version", TEXTS)
def test_a_cv_is_shown_only_by_words_that_speak_of_one(version: str) -> None:
    disclosure = Disclosure(
        id="d", territory="23", created_at=NOW, updated_at=NOW, profile_id="p", company_id="c", offer_id="o",
        text_version=version, acted_by="s", role=Role.SEEKER, cv=CvChoice(kind=CvKind.MADE),
    )  # fmt: skip
    assert (disclosure.cv_now(None).kind is CvKind.MADE) == ("CV" in TEXTS[version])


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
        # Ids only: what proves the erasure is kept.
        if name in ("outbox", "erasures", "erasure_proofs"):
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
