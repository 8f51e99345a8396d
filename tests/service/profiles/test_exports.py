"""Everything about somebody: asked once, sealed on its way, one archive, for the person and for nobody else."""

import asyncio
import base64
import hashlib
import importlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.profiles.commands import exports as commands
from services.profiles.domain.export import OTHERS
from services.profiles.domain.journal import Action
from services.profiles.exports import store as kept
from services.profiles.exports.words import FOR_PROGRAMS, LABELS, lines
from shared.clock import HandClock
from shared.contracts.events.rights import ExportPart, RightsQuestion
from shared.contracts.topics import RIGHTS, SERVICES, STAFF_NOTICES
from shared.rights.holdings import Holding
from shared.rights.packing import pieces, to_json
from shared.rights.sealing import NotOpened, context_of, new_pair, open_sealed, seal
from tests.contract.test_stored_shapes import dumped
from tests.service.profiles.builders import a_body, outbox
from tests.service.profiles.files import a_docx
from tests.support import Running, Stack


class Desk:
    """Somebody with a profile, who accompanies them, and the other services as a test plays them."""

    def __init__(self, running: Running, stack: Stack, where: str) -> None:
        self.running, self.client, self.context, self.where = running, running.client, running.app.state.context, where
        self.id = where.rsplit("/", 1)[-1]
        self.who = stack.token("seeker", subject="seeker-1")
        self.counsellor = stack.token("counsellor", subject="counsellor-1")

    async def ask(self, who: dict[str, str] | None = None, **body: Any) -> Any:
        return await self.client.post(f"{self.where}/exports", json=body, headers=who or self.who)

    async def read(self, export: str, who: dict[str, str] | None = None) -> Any:
        return await self.client.get(f"{self.where}/exports/{export}", headers=who or self.who)

    async def fetch(self, export: str, who: dict[str, str] | None = None) -> Any:
        return await self.client.get(f"{self.where}/exports/{export}/archive", headers=who or self.who)

    async def asked(self) -> RightsQuestion:
        rows = await outbox(self.running, RIGHTS.name)
        return RightsQuestion.model_validate_json(rows[-1]["data"])

    async def answer(
        self, *services: str, piece_bytes: int = 400_000, run: str = "run-1", letter: str = "Ma lettre"
    ) -> None:
        question = await self.asked()
        for service in services or OTHERS:
            kinds = [
                {"name": "x", "title": "Candidatures", "purpose": "p", "documents": [{"_id": "a", "message": letter}]}
            ]
            parts = pieces(to_json({"service": service, "kinds": kinds}), piece_bytes)
            for number, piece in enumerate(parts):
                context = context_of(question.request_id, service, run, number, len(parts))
                sealed = seal(question.public_key or "", piece, context)
                part = ExportPart(
                    request_id=question.request_id,
                    service=service,
                    run=run,
                    part=number,
                    parts=len(parts),
                    sealed=sealed,
                )
                await commands.take(self.context, part)

    async def count(self) -> dict[str, int]:
        names = (kept.EXPORTS, kept.PARTS, kept.CHUNKS)
        return {name: await self.running.store.collection(name).count_documents({}) for name in names}


@pytest.fixture
async def desk(profiles: Running, stack: Stack) -> Desk:
    headers = stack.token("seeker", subject="seeker-1")
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=headers)
    desk = Desk(profiles, stack, made.headers["location"])
    joined = await profiles.client.post(f"{desk.where}/counsellors", json={"action": "assign"}, headers=desk.counsellor)
    assert joined.status_code == 200
    return desk


async def test_one_archive_is_made_of_what_every_service_sealed(desk: Desk, clock: HandClock) -> None:
    clock.set(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))  # the 11th in Guéret
    sent = await desk.client.post(
        "/v1/cv-files", params={"profile_id": desk.id}, headers=desk.who, files={"file": ("cv.docx", a_docx("Mon CV"))}
    )
    assert sent.status_code == 201, sent.text
    begun = (await desk.ask()).json()
    assert (begun["state"], begun["done"], begun["parts"], begun["missing"]) == ("collecting", 1, 5, list(OTHERS))
    assert (await desk.fetch(begun["id"])).status_code == 409
    await desk.answer("offers", piece_bytes=20)  # in many pieces
    assert (await desk.read(begun["id"])).json()["done"] == 2
    assert await commands.make_complete(desk.context) == 0
    await desk.answer("matching", "notifications", "clauses")
    assert await commands.make_complete(desk.context) == 1
    ready = (await desk.read(begun["id"])).json()
    assert (ready["state"], ready["done"], ready["missing"]) == ("ready", 5, [])
    fetched = await desk.fetch(begun["id"])
    assert fetched.headers["content-type"] == "application/zip"
    assert fetched.headers["content-disposition"] == 'attachment; filename="mes-donnees-2026-03-11.zip"'
    assert (len(fetched.content), fetched.headers["cache-control"]) == (ready["size"], "private, no-store")
    archive = zipfile.ZipFile(io.BytesIO(fetched.content))
    assert archive.testzip() is None
    names = set(archive.namelist())
    assert {f"donnees/{name}.json" for name in ("profiles", *OTHERS)} < names
    assert archive.read("fichiers/cv.docx") == a_docx("Mon CV")
    page = archive.read("lisez-moi.html").decode()
    assert all(word in page for word in ("Nadia", "Ma lettre", "fichiers/cv.docx", "nadia@example.org"))
    own = json.loads(archive.read("donnees/profiles.json"))
    by_kind = {kind["name"]: kind["documents"] for kind in own["kinds"]}
    assert by_kind["profiles"][0]["details"]["last_name"] == "Lemoine"
    # Neither the key that opens the parts nor anything that is not theirs.
    assert "private_key" not in archive.read("donnees/profiles.json").decode()
    assert await desk.count() == {kept.EXPORTS: 1, kept.PARTS: 0, kept.CHUNKS: 1}
    row = await desk.running.store.collection(kept.EXPORTS).find_one({})
    assert row["private_key"] is None
    journal = (await desk.client.get(f"{desk.where}/journal", headers=desk.who)).json()["items"]
    assert [one["action"] for one in journal][:2] == ["export_fetched", "export_requested"]


async def test_a_page_shows_what_people_wrote_and_runs_nothing_of_it(desk: Desk) -> None:
    begun = (await desk.ask()).json()
    await desk.answer(letter="<script>alert(1)</script> 你好")
    await commands.make_complete(desk.context)
    archive = zipfile.ZipFile(io.BytesIO((await desk.fetch(begun["id"])).content))
    page = archive.read("lisez-moi.html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "你好" in page


async def test_a_service_that_does_not_answer_is_named_and_completes_when_it_returns(
    desk: Desk, clock: HandClock
) -> None:
    begun = (await desk.ask()).json()
    await desk.answer("offers", "matching", "notifications")
    clock.advance(timedelta(hours=1))
    late = (await desk.read(begun["id"])).json()
    assert (late["state"], late["missing"]) == ("late", ["clauses"])
    assert "clauses sociales" in late["said"]
    refused = (await desk.fetch(begun["id"])).json()
    assert (refused["code"], refused["missing"]) == ("export-not-ready", ["clauses"])
    await desk.answer("clauses")
    await commands.make_complete(desk.context)
    assert (await desk.read(begun["id"])).json()["state"] == "ready"
    clock.advance(timedelta(days=7))
    assert (await desk.read(begun["id"])).json()["state"] == "expired"
    assert (await desk.fetch(begun["id"])).status_code == 409
    assert await commands.let_go(desk.context) == 1
    assert await desk.count() == {kept.EXPORTS: 1, kept.PARTS: 0, kept.CHUNKS: 0}


async def test_what_was_not_answered_in_a_week_can_be_asked_anew(desk: Desk, clock: HandClock) -> None:
    await desk.ask()
    await desk.answer("offers")
    clock.advance(timedelta(days=7))
    await commands.let_go(desk.context)
    assert (await desk.count())[kept.PARTS] == 0
    assert (await desk.ask()).status_code == 201


async def test_one_at_a_time_and_three_a_day(desk: Desk) -> None:
    first = (await desk.ask()).json()
    again = await desk.ask()
    assert (again.status_code, again.json()["export_id"]) == (409, first["id"])
    for _ in range(2):
        [export] = [
            one["id"] for one in (await desk.client.get(f"{desk.where}/exports", headers=desk.who)).json()["items"]
        ][:1]
        taken = await desk.client.delete(f"{desk.where}/exports/{export}", headers=desk.who)
        assert taken.status_code == 204
        assert (await desk.ask()).status_code == 201
    export = (await desk.client.get(f"{desk.where}/exports", headers=desk.who)).json()["items"][0]["id"]
    await desk.client.delete(f"{desk.where}/exports/{export}", headers=desk.who)
    assert (await desk.ask()).json()["code"] == "too-many-exports"


async def test_who_accompanies_says_how_they_heard_and_fetches_their_own_only(desk: Desk, stack: Stack) -> None:
    refused = await desk.ask(desk.counsellor)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "heard")
    own = (await desk.ask()).json()["id"]
    await desk.answer()
    await commands.make_complete(desk.context)
    assert (await desk.fetch(own, desk.counsellor)).status_code == 404
    heard = (await desk.ask(desk.counsellor, heard="by_phone")).json()
    assert (heard["heard"], heard["on_behalf_of"], heard["acted_by"]) == ("by_phone", desk.id, "counsellor-1")
    await desk.answer(run="run-2")
    await commands.make_complete(desk.context)
    assert (await desk.fetch(heard["id"], desk.counsellor)).status_code == 200
    assert (await desk.fetch(heard["id"])).status_code == 200
    # A newer one takes the place of the older.
    assert (await desk.read(own)).json()["state"] == "expired"
    # Who accompanies no longer fetches nothing any more, and a manager never did.
    await desk.client.post(f"{desk.where}/counsellors", json={"action": "remove"}, headers=desk.counsellor)
    assert (await desk.fetch(heard["id"], desk.counsellor)).status_code == 403
    manager = stack.token("manager", subject="manager-1")
    assert (await desk.ask(manager, heard="by_phone")).status_code == 403
    assert (await desk.fetch(heard["id"], stack.token("seeker", subject="seeker-2"))).status_code == 404


async def told(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(row["data"]) for row in await outbox(desk.running, STAFF_NOTICES.name)]


@pytest.mark.parametrize(
    ("asks", "changes", "leaves", "recipients"),
    [
        ("who", {}, False, ["P"]),
        ("who", {"email": None}, False, ["P"]),
        ("counsellor", {}, False, ["P"]),
        ("counsellor", {"email": None}, False, ["counsellor-1"]),
        ("counsellor", {"consents_to_messages": False}, False, ["counsellor-1"]),
        # Who asked accompanies them no longer and could not fetch it: the person's own way is all there is.
        ("counsellor", {"email": None}, True, ["P"]),
    ],
)
async def test_who_waits_for_an_export_is_told_once_that_it_is_ready_and_nothing_of_what_is_in_it(
    desk: Desk, asks: str, changes: dict[str, Any], leaves: bool, recipients: list[str]
) -> None:
    if changes:
        read = await desk.client.get(desk.where, headers=desk.who)
        headers = desk.who | {"If-Match": read.headers["etag"]}
        assert (await desk.client.patch(desk.where, json=changes, headers=headers)).status_code == 200
    begun = await desk.ask(desk.who) if asks == "who" else await desk.ask(desk.counsellor, heard="by_phone")
    if leaves:
        await desk.client.post(f"{desk.where}/counsellors", json={"action": "remove"}, headers=desk.counsellor)
    await desk.answer(letter="Ma lettre à moi")
    assert await told(desk) == []
    await asyncio.gather(*(commands.make_complete(desk.context) for _ in range(2)))
    await commands.make_complete(desk.context)
    assert (await desk.read(begun.json()["id"])).json()["state"] == "ready"
    [notice] = await told(desk)
    assert notice["recipients"] == [desk.id if one == "P" else one for one in recipients]
    assert (notice["template"], notice["about"]) == ("export_ready", desk.id)
    assert set(notice["params"]) == {"date", "profile_id", "export_id"}


async def test_an_export_that_was_taken_back_is_not_told_of(desk: Desk) -> None:
    begun = (await desk.ask()).json()
    await desk.answer()
    assert (await desk.client.delete(f"{desk.where}/exports/{begun['id']}", headers=desk.who)).status_code == 204
    assert await commands.make_complete(desk.context) == 0
    assert await told(desk) == []


async def test_an_archive_whose_making_was_cut_short_is_made_anew_and_nothing_of_the_first_goes_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "CHUNK_BYTES", 256)
    sent = await desk.client.post(
        "/v1/cv-files", params={"profile_id": desk.id}, headers=desk.who, files={"file": ("cv.docx", a_docx("Mon CV"))}
    )
    assert sent.status_code == 201, sent.text
    begun = (await desk.ask()).json()["id"]
    await desk.answer()
    commit, commits = type(desk.context.store).commit, []

    async def killed(self: Any, work: Any) -> Any:
        """All chunks are there, and the process ends before it says so."""
        if any(save.collection == kept.EXPORTS for save in work.saves):
            commits.append(work)
            raise asyncio.CancelledError
        return await commit(self, work)

    with monkeypatch.context() as dying:
        dying.setattr(type(desk.context.store), "commit", killed)
        with pytest.raises(asyncio.CancelledError):
            await commands.make_complete(desk.context)
    longer = (await desk.count())[kept.CHUNKS]
    assert commits
    assert (await desk.fetch(begun)).status_code == 409
    assert (await desk.client.delete(f"{desk.where}/cv/file", headers=desk.who)).status_code == 204
    assert await commands.make_complete(desk.context) == 1
    ready = (await desk.read(begun)).json()
    fetched = (await desk.fetch(begun)).content
    assert (len(fetched), hashlib.sha256(fetched).hexdigest()) == (ready["size"], ready["sha256"])
    assert 0 < (await desk.count())[kept.CHUNKS] < longer


async def test_an_erasure_leaves_nothing_of_an_export_and_what_comes_late_is_not_kept(desk: Desk) -> None:
    begun = (await desk.ask()).json()
    await desk.answer("offers")
    assert (await desk.client.delete(desk.where, headers=desk.who)).status_code == 204
    await desk.answer("matching", "notifications", "clauses")
    assert await commands.make_complete(desk.context) == 0
    assert await desk.count() == {kept.EXPORTS: 0, kept.PARTS: 0, kept.CHUNKS: 0}
    assert (await desk.read(begun["id"])).status_code == 404


async def test_a_part_that_cannot_be_opened_is_asked_for_again(desk: Desk) -> None:
    begun = (await desk.ask()).json()
    await desk.answer("matching", "notifications", "clauses")
    forged = ExportPart(
        request_id=begun["id"], service="offers", run="r", part=0, parts=1, sealed=base64.b64encode(b"x" * 80).decode()
    )
    await commands.take(desk.context, forged)
    assert await commands.make_complete(desk.context) == 0
    assert (await desk.read(begun["id"])).json()["missing"] == ["offers"]
    assert (await desk.asked()).request_id == begun["id"]
    await desk.answer("offers")
    assert await commands.make_complete(desk.context) == 1


async def test_nothing_of_the_person_is_in_what_is_asked(desk: Desk) -> None:
    await desk.ask()
    [row] = await outbox(desk.running, RIGHTS.name)
    assert set(json.loads(row["data"])) == {"request_id", "profile_id", "territory", "owner_id", "public_key"}


def test_a_piece_opens_for_its_reader_in_its_place_only() -> None:
    private, public = new_pair()
    other, _ = new_pair()
    sealed = seal(public, "Zébulonne".encode(), "here")
    assert open_sealed(private, sealed, "here").decode() == "Zébulonne"
    assert seal(public, b"x", "here") != seal(public, b"x", "here")
    for key, place, what in (
        (other, "here", sealed),
        (private, "there", sealed),
        (private, "here", "!"),
        (private, "here", ""),
    ):
        with pytest.raises(NotOpened):
            open_sealed(key, what, place)


def _names(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for name, inner in document.items():
            yield name
            yield from _names(inner)
    elif isinstance(document, list):
        for one in document:
            yield from _names(one)


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_has_french_for_what_is_kept_of_people(service: str) -> None:
    """«details.availability.weekly_hours_max», «ticks.active.given_at» stood on the page that a person reads."""
    holdings = importlib.import_module(f"services.{service}.holdings")
    kept_here = {
        one
        for found in vars(holdings).values()
        if isinstance(found, tuple)
        for one in found
        if isinstance(one, Holding)
    }
    assert kept_here
    stored = dumped("2026-11", service)
    names = {
        name
        for kind in kept_here
        if kind.exported
        for document in stored.get(kind.collection, ())
        for field, inner in document.items()
        if field not in kind.without
        for name in (field, *_names(inner))
    }
    codes = re.compile(r"[A-Z]\d{4}")
    assert not {name for name in names if not codes.fullmatch(name)} - set(LABELS) - FOR_PROGRAMS
    assert not set(LABELS) & FOR_PROGRAMS


def test_every_act_of_the_journal_has_its_french() -> None:
    assert [one for one in Action if next(iter(lines({"action": one.value}, None)))[1] == one.value] == []


def test_the_page_says_days_hours_and_choices_as_people_do() -> None:
    document = {
        "_id": "1",
        "details": {
            "first_name": "Nadia",
            "birth_year": 1989,
            "sex": "unstated",
            "occupations": [
                {"code": "K1304", "experience_months": 24, "sought": True},
                {"code": "J1301", "sought": False},
            ],
            "travel": [{"means": "moped", "range_km": 15.0}],
            "channels": ["email", "counsellor"],
            "availability": {"night": False},
        },
        "created_at": "2026-03-02T08:04:30.351000+00:00",
        "reasons": [{"code": "distance", "km": "3"}, {"code": "occupation_same", "occupation": "K1304"}],
        "starts_on": "2026-03-16",
        "home": {"postcode": "23000"},
        "action": "cv_file_kept",
        "of_a_newer_release": "shown all the same",
    }
    assert list(lines(document, ZoneInfo("Europe/Paris"))) == [
        ("Prénom", "Nadia"),
        ("Année de naissance", "1989"),
        ("Sexe", "non dit"),
        ("Métiers 1, code", "K1304"),
        ("Métiers 1, mois d'expérience", "24"),
        ("Métiers 1, recherché", "oui"),
        ("Métiers 2, code", "J1301"),
        ("Métiers 2, recherché", "non"),
        ("Déplacements, moyen", "en cyclomoteur"),
        ("Déplacements, kilomètres", "15"),
        ("Moyens choisis", "e-mail, la personne qui vous accompagne"),
        ("Disponibilités, la nuit", "non"),
        ("Créé le", "02/03/2026 à 9 h 04"),
        ("Pourquoi", "À 3 km de chez vous\nC’est le métier que vous cherchez"),
        ("Début", "16/03/2026"),
        ("Domicile, code postal", "23000"),
        ("Ce qui a été fait", "CV envoyé"),
        ("Of_a_newer_release", "shown all the same"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-30",
        "2026-13-45",
        "0000-00-00",
        "٢٠٢٦-٠٢-٣٠",
        "2026-02-01T",
        "2026-02-01Trente heures",
        "2026-02-01T99:99:99Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_looks_like_a_day_and_is_none_stays_as_somebody_wrote_it(written: str) -> None:
    """The page was not made at all: who had written such a word never got their export."""
    assert [text for _, text in lines({"message": written}, ZoneInfo("Europe/Paris"))] == [written]
