"""The CV that an application shows: made anew or the file as it was sent, noted apart, never another in its place."""

from typing import Any

import pytest

from services.profiles.commands import disclosed_cvs
from services.profiles.cv.printing import print_cv
from services.profiles.domain.disclosure import (
    TEXTS,
    CvChoice,
    CvKind,
    Disclosure,
)
from shared.auth import Role
from tests.service.profiles.builders import NOW, a_body
from tests.service.profiles.disclosing import MARKS, Desk
from tests.service.profiles.files import a_docx
from tests.service.profiles.pages import look
from tests.support import Running, Stack

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
