"""CV Catcher: what a CV proposes, what it does not, and that only the person's word changes the profile."""

from datetime import date
from typing import Any

import pytest

from services.profiles.cv.catching import Catch, catch
from shared.clock import HandClock
from shared.contracts.vocabulary import Licence
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.service.offers.support import Desk
from tests.service.profiles.builders import a_body
from tests.service.profiles.files import a_docx, a_pdf
from tests.support import Running, Stack

TODAY = date(2026, 3, 2)
CV = (
    "Nadia BOULANGER",
    "12 rue des Tilleuls",
    "23000 GUÉRET",
    "06 12 34 56 78 - nadia@example.org",
    "Permis B et CE, véhicule personnel",
    "AIDE À DOMICILE",
    "EXPÉRIENCES PROFESSIONNELLES",
    "2019 - 2024 : Auxiliaire de vie - ADMR de la Creuse, Guéret",
    "• Aider à la toilette, préparer les repas",
    "Janvier 2015 à décembre 2018 Vendeuse en boulangerie, Boulangerie Lemoine (Aubusson)",
    "09/2012 - 06/2014 | Agent d'entretien | Mairie de La Souterraine",
    "FORMATION",
    "2011 Formatrice en anglais, lycée Favard",
    "LANGUES",
    "Français, arabe",
    "CENTRES D'INTÉRÊT",
    "2020 - 2024 couturière, cuisinier le dimanche",
)


def caught(*lines: str, name: str = "Nadia Boulanger") -> Catch:
    return catch("\n".join(lines), name, Occupations.load(), Communes.load(), TODAY)


def test_jobs_with_their_years_skills_places_and_licences_are_found() -> None:
    found = caught(*CV)
    jobs = {one.code: (one.months, one.words) for one in found.occupations}
    assert jobs == {
        "K1311": (60, "Auxiliaire de vie"),
        "D1106": (48, "Vendeuse en boulangerie"),
        "K2205": (22, "Agent d'entretien"),
        "K1302": (0, "AIDE À DOMICILE"),
    }
    skills = {one.code: one.words for one in found.skills}
    assert skills["toilette"] == "Aider à la toilette, préparer les repas"
    assert skills["vente"] == ""  # not written: usual in the occupation
    assert [(one.code, one.words) for one in found.places] == [("23096", "23000 GUÉRET")]
    assert found.licences == (Licence.B, Licence.CE)


@pytest.mark.parametrize(
    "lines",
    [
        ("Nadia Boulanger", "Maçon Sylvie"),  # names
        ("Expérience", "Aide à la toilette", "Vente en boulangerie"),  # tasks without years
        ("Centres d'intérêt", "2019 - 2020 boulanger"),
        ("Formation", "2019 CAP boulanger"),
        ("Références", "M. Lemoine, 2019, boulanger"),
        ("",),
        ("\ufffd" * 2_000,),
        ("履歴書", "職歴 2019 - 2020 パン職人"),
        ("x" * 49_000,),
        ("Expérience", "2019 " * 9_000),
        ("permis " * 7_000,),
    ],
)
def test_what_names_no_job_proposes_none(lines: tuple[str, ...]) -> None:
    assert caught(*lines, name="Nadia Boulanger Sylvie Maçon").occupations == ()


@pytest.mark.parametrize(
    ("line", "months"),
    [
        ("2019 - 2021 Maçon", 24),
        ("03/2019 - 02/2020 Maçon", 12),
        ("de mars 2019 à mars 2019 : Maçon", 1),
        ("depuis 2025 Maçon", 14),
        ("Février 2026 - aujourd'hui, maçon", 2),
        ("2019 Maçon", 0),
        ("2021 - 2019 Maçon", 0),
        ("1901 - 2024 Maçon", 720),
    ],
)
def test_the_years_on_a_line_are_added_up(line: str, months: int) -> None:
    [found] = caught("Expérience", line).occupations
    assert (found.code, found.months) == ("F1703", months)


def test_a_postcode_alone_or_of_another_place_is_no_home() -> None:
    assert caught("23000", "23000 Paris", "99999 Guéret").places == ()
    assert [one.code for one in caught("75011 Paris", "23300 la Souterraine").places] == ["75056", "23176"]


class Person:
    """A seeker with a CV."""

    def __init__(self, running: Running, stack: Stack) -> None:
        self.client = running.client
        self.seeker = stack.token("seeker", subject="seeker-1")
        self.path = ""

    async def begin(self, content: bytes, **changes: Any) -> None:
        answer = await self.client.post("/v1/profiles", json=a_body(**changes), headers=self.seeker)
        self.path = answer.headers["location"]
        sent = await self.client.post(
            "/v1/cv-files",
            params={"profile_id": answer.json()["id"]},
            files={"file": ("cv", content)},
            headers=self.seeker,
        )
        assert sent.status_code == 201, sent.text

    async def proposals(self) -> Any:
        return (await self.client.get(f"{self.path}/cv/proposals", headers=self.seeker)).json()

    async def confirm(self, **said: Any) -> Any:
        return await self.client.post(f"{self.path}/cv/proposals/confirmation", json=said, headers=self.seeker)

    async def profile(self) -> Any:
        return (await self.client.get(self.path, headers=self.seeker)).json()


@pytest.fixture
def person(profiles: Running, stack: Stack) -> Person:
    return Person(profiles, stack)


async def test_nothing_is_taken_over_before_the_person_says_so(person: Person) -> None:
    await person.begin(
        a_docx(*CV), occupations=[{"code": "K1302", "experience_months": 100}], skills=["vente"], place=None
    )
    before = await person.profile()
    found = await person.proposals()
    assert found["readable"] is True
    assert found["offers_query"].startswith("occupation=K1311&occupation=D1106&occupation=K2205&commune=23096")
    assert await person.profile() == before
    wanted = [{"code": one["code"], "experience_months": one["experience_months"]} for one in found["occupations"]]
    right = {"occupations": wanted, "skills": ["toilette", "vente"], "licences": ["B"], "commune_code": "23096"}
    first = await person.confirm(**right)
    assert first.status_code == 200, first.text
    after = first.json()
    # The person's own order and longer experience stay; what is new comes behind.
    assert [(one["code"], one["experience_months"]) for one in after["occupations"]] == [
        ("K1302", 100), ("K1311", 60), ("D1106", 48), ("K2205", 22),
    ]  # fmt: skip
    assert (after["skills"], after["licences"], after["place"]["commune_code"]) == (
        ["vente", "toilette"],
        ["B"],
        "23096",
    )
    assert (await person.confirm(**right)).json()["version"] == after["version"]


async def test_offers_are_there_before_anything_is_typed(person: Person, stack: Stack, clock: HandClock) -> None:
    """The prepared question is asked of offers as it stands, by anybody: near the home that was said, as far as they travel."""
    async with stack.running("offers", clock=clock) as running:
        desk = Desk(stack, running)
        company = await desk.company()
        lines = ("EXPÉRIENCES PROFESSIONNELLES", "2019 - 2024 : Auxiliaire de vie - ADMR", "23300 LA SOUTERRAINE")
        await person.begin(a_docx(*lines), occupations=[], travel=[{"means": "moped", "range_km": 14.5}])
        found = await person.proposals()
        wanted = {"title": "Aide à domicile (H/F)", "occupation_code": found["occupations"][0]["code"]}
        near = await desk.offer(company, **wanted, place={"commune_code": "23193"})
        await desk.offer(company, **wanted | {"title": "Auxiliaire de vie (H/F)"}, place={"commune_code": "23176"})
        await desk.offer(company)
        query = found["offers_query"]
        assert query.endswith("commune=23096&radius_km=15&limit=10")
        assert (await person.profile())["last_name"] not in query
        answer = await running.client.get(f"/v1/offers?{query}")
        assert [one["id"] for one in answer.json()["items"]] == [near], (query, answer.text)


async def test_what_the_referential_does_not_know_is_refused_by_its_field(person: Person) -> None:
    await person.begin(a_docx("x"))
    answer = await person.confirm(occupations=[{"code": "N9999"}], skills=["<script>"])
    named = [(one["field"], one["rule"]) for one in answer.json()["errors"]]
    assert named == [("occupations.0.code", "unknown-occupation"), ("skills.0", "unknown-skill")]
    answer = await person.confirm(commune_code="00000")
    assert answer.json()["errors"][0]["field"] == "place.commune_code"


async def test_a_picture_of_a_cv_proposes_nothing_and_says_why(person: Person) -> None:
    await person.begin(a_pdf(text=""), place=None)
    assert await person.proposals() == {
        "readable": False, "occupations": [], "skills": [], "places": [], "licences": [], "offers_query": None,
    }  # fmt: skip


async def test_without_a_file_there_is_nothing_to_propose(person: Person, profiles: Running) -> None:
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=person.seeker)
    answer = await profiles.client.get(f"{made.headers['location']}/cv/proposals", headers=person.seeker)
    assert (answer.status_code, answer.json()["code"]) == (404, "cv-unknown")
