"""Looking for people by name, whatever letters they are written with."""

import pytest

from services.profiles.app import SERVICE
from services.profiles.domain.text import name_key
from shared.store.migrate import migrate
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack

PEOPLE = (
    ("Nadia", "Lemoine"),
    ("Éloïse", "D'Arc"),
    ("Иван", "Петров"),
    ("Ольга", "Martin"),
    ("محمد", "علي"),
    ("小明", "王"),
    ("Łukasz", "Żółć"),
    ("Jean-Luc", "O’Connor"),
)


@pytest.fixture
async def caseload(profiles: Running, stack: Stack) -> dict[str, str]:
    who = stack.token("counsellor", subject="counsellor-1")
    for first, last in PEOPLE:
        body = a_body(first_name=first, last_name=last, email=None, phone=None)
        assert (await profiles.client.post("/v1/profiles", json=body, headers=who)).status_code == 201
    return who


async def found(profiles: Running, who: dict[str, str], q: str) -> set[str]:
    answer = await profiles.client.get("/v1/profiles", params={"q": q, "limit": 100}, headers=who)
    assert answer.status_code == 200, answer.text
    return {item["first_name"] for item in answer.json()["items"]}


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("Иван", {"Иван"}),
        ("иван петров", {"Иван"}),
        ("ПЕТ", {"Иван"}),
        ("Ольга", {"Ольга"}),
        ("Ольга martin", {"Ольга"}),
        ("Иван martin", set()),
        ("محمد", {"محمد"}),
        ("عل", {"محمد"}),
        ("王", {"小明"}),
        ("żó", {"Łukasz"}),
        ("lukasz zolc", {"Łukasz"}),
        ("Łukasz", {"Łukasz"}),
        ("oconnor", {"Jean-Luc"}),
        ("jeanluc oconn", {"Jean-Luc"}),
        ("o connor", {"Jean-Luc"}),
        ("loisedarc", set()),
        ("éloise", {"Éloïse"}),
        ("d'arc", {"Éloïse"}),
        ("Фёдор", set()),
        ("中", set()),
        ("🙂", set()),
        ("***", set()),
        ("?!", set()),
        (".*", set()),
        ("'", set()),
    ],
)
async def test_a_name_finds_whom_it_names(profiles: Running, caseload: dict[str, str], q: str, names: set[str]) -> None:
    assert await found(profiles, caseload, q) == names


async def test_nothing_asked_is_everybody(profiles: Running, caseload: dict[str, str]) -> None:
    for q in ("", "   "):
        assert len(await found(profiles, caseload, q)) == len(PEOPLE)


async def test_a_name_of_signs_alone_is_found_by_them(profiles: Running, stack: Stack) -> None:
    who = stack.token("counsellor", subject="counsellor-1")
    for first, last in (("🙂", "☆"), ("Nadia", "Lemoine")):
        body = a_body(first_name=first, last_name=last, email=None, phone=None)
        assert (await profiles.client.post("/v1/profiles", json=body, headers=who)).status_code == 201
    assert await found(profiles, who, "🙂") == {"🙂"}
    assert await found(profiles, who, "\0") == set(), "a character that the database takes in no pattern"


async def test_people_of_the_last_release_are_found_by_their_own_letters(
    profiles: Running, caseload: dict[str, str]
) -> None:
    rows = profiles.store.collection("profiles")
    await rows.update_one({"details.last_name": "Martin"}, {"$set": {"name_key": "martin"}, "$unset": {"_schema": ""}})
    assert await found(profiles, caseload, "Ольга") == set()
    assert [progress.done async for progress in migrate(profiles.store, SERVICE.collections)]
    assert await found(profiles, caseload, "Ольга") == {"Ольга"}


@pytest.mark.parametrize(
    ("last", "first", "key"),
    [("D’Arc", "Éloïse", "d arc eloise"), ("Œuvrard", "Zoé", "oeuvrard zoe"), ("Петров", "Иван", "петров иван")],
)
def test_names_are_sorted_by_their_words(last: str, first: str, key: str) -> None:
    assert name_key(last, first) == key


async def test_two_people_of_one_name_are_told_apart_by_their_birth(profiles: Running, stack: Stack) -> None:
    """A caseload showed two lines that were alike: same name, same commune, same work."""
    who = stack.token("counsellor", subject="counsellor-1")
    for born in ("1970-05-05", "1985-01-01"):
        body = a_body(first_name="Jean", last_name="Petit", birth_date=born, birth_year=None, email=None, phone=None)
        assert (await profiles.client.post("/v1/profiles", json=body, headers=who)).status_code == 201
    lines = (await profiles.client.get("/v1/profiles", params={"q": "jean petit"}, headers=who)).json()["items"]
    assert sorted(line["birth_date"] for line in lines) == ["1970-05-05", "1985-01-01"]
