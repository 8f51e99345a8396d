"""The département's list: read, matched, taken over whole or not at all, and nothing of it where it does not belong."""

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from services.profiles.commands import rsa_people
from services.profiles.domain.rsa_list import Found, Known, Listed, match
from services.profiles.domain.text import name_key
from services.profiles.rsa.lines import holds_people, read_list
from shared.clock import HandClock
from shared.tables import UnreadableSheet, read_sheet
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack

TODAY = date(2026, 3, 2)
HEAD = "Référence;Nom;Prénom;Date de naissance;Depuis\n"
ROGER = Listed("Vallade", "Roger", date(1971, 9, 2), "d1042", None)


def known(id: str, born: date | None, *references: str, year: int | None = None, name: str = "vallade roger") -> Known:
    return Known(id, name, born, year, frozenset(references))


@pytest.mark.parametrize(
    ("people", "found"),
    [
        ([], Found()),
        ([known("a", date(1971, 9, 2))], Found("a")),
        ([known("a", None, "d1042")], Found("a")),
        (
            [known("a", date(1971, 9, 2), "d1042", name="durand roger")],
            Found("a"),
        ),  # another name since, the same person
        ([known("a", date(1980, 1, 1), "d1042", name="durand anne")], Found(candidates=("a",))),
        ([known("a", date(1971, 9, 2)), known("b", date(1971, 9, 2))], Found(candidates=("a", "b"))),
        ([known("a", date(1971, 9, 2), "d9")], Found(candidates=("a",))),
        ([known("a", None)], Found(candidates=("a",))),
        ([known("a", None, year=1971)], Found(candidates=("a",))),
        ([known("a", None, year=1980)], Found()),
        ([known("a", date(1971, 2, 9))], Found()),
        ([known("a", date(1971, 9, 2)), known("b", None)], Found("a")),
    ],
)
def test_who_is_meant_and_what_is_left_to_a_person(people: list[Known], found: Found) -> None:
    assert match(ROGER, people) == found


@pytest.mark.parametrize(
    ("last", "first", "listed", "certain"),
    [
        ("O’Connor", "Zoé", ("OCONNOR", "ZOE"), True),
        ("De La Fontaine", "Marie Claude", ("DELAFONTAINE", "MARIE-CLAUDE"), True),
        ("Wójcik", "Łukasz", ("WOJCIK", "LUKASZ"), True),
        ("Đorđević", "Søren", ("DORDEVIC", "SOREN"), True),
        ("Lefèvre", "Jean-Philippe", ("LEFEVRE", "JEAN"), False),
        ("Lefèvre", "Jean-Philippe", ("LEFEVRE", "JEAN PHILIPPE MARIE PAUL"), False),
        ("El Amrani", "Fatima Zahra", ("EL AMRANI", "FATIMA"), False),
        ("Ben Ali", "Mohammed", ("BEN ALI", "MOHAMED"), False),
        ("Lefèvre", "Anne", ("DURAND", "ANNE"), False),
        ("Lefèvre", "Anne", ("ANNE", "LEFEVRE"), False),
        ("Martin", "Léa", ("MARTIN", "HUGO"), None),
        ("Vallade", "Roger", ("DURAND", "ANNE"), None),
    ],
)
def test_a_name_written_in_two_ways_is_one_and_one_that_may_be_the_same_is_a_doubt(
    last: str, first: str, listed: tuple[str, str], certain: bool | None
) -> None:
    born = date(1980, 5, 12)
    line = Listed(*listed, born, None, None)

    def found(day: date, *references: str, of: Listed = line) -> Found:
        return match(of, [Known("a", name_key(last, first), day, None, frozenset(references), first)])

    assert found(born) == {True: Found("a"), False: Found(candidates=("a",)), None: Found()}[certain]
    assert found(date(1980, 5, 13)) == Found()
    if certain is False:  # a number that is another's: who is called otherwise is somebody else
        assert found(born, "d9", of=Listed(*listed, born, "d1042", None)) == Found()


def test_who_is_called_as_a_line_says_is_meant_before_who_may_be() -> None:
    born = date(1980, 5, 12)
    people = [
        Known(id, f"martin {first}", born, None, frozenset(), first) for id, first in (("a", "lea"), ("b", "leo"))
    ]
    assert match(Listed("Martin", "Léa", born, None, None), people) == Found("a")


@pytest.mark.parametrize(
    "header",
    [
        "NOM;PRENOM;DATE NAISS.;N° DOSSIER", "Nom;Prén.;D. naissance;Réf. dossier", "Nom;Prénom;Naiss.;Matr.",
        "Nom bénéficiaire;Prénom bénéficiaire;Date naiss;Réf. dossier",
    ],
)  # fmt: skip
def test_titles_that_are_cut_short_are_read_whole(header: str) -> None:
    sheet = read_sheet(f"{header}\nVallade;Roger;02/09/1971;D1042\n".encode(), holds_people)
    assert [line.listed for line in read_list(sheet, TODAY)] == [ROGER]


@pytest.mark.parametrize("header", ["Nom;Prénom;Date;Réf.", "Nom;Prénom;Da.;Réf.", "Nom;Prénom;Nationalité;Réf."])
def test_a_title_that_could_be_two_or_none_is_not_read(header: str) -> None:
    sheet = read_sheet(f"{header}\nVallade;Roger;02/09/1971;D1042\n".encode(), holds_people)
    assert [line.listed and line.listed.birth_date for line in read_list(sheet, TODAY)] == [None]


@pytest.mark.parametrize(
    ("line", "field", "rule"),
    [
        ("D-1;;Roger;02/09/1971;", "last_name", "required"),
        ("D-1;Vallade;;02/09/1971;", "first_name", "required"),
        (";Vallade;Roger;;", "birth_date", "required"),
        ("1,23E+09;Vallade;Roger;02/09/1971;", "reference", "abridged"),
        # Two people whose number was not found would be one.
        ("#N/A;Vallade;Roger;02/09/1971;", "reference", "formula"),
        ("D-1;Vallade;Roger;31/02/1971;", "birth_date", "not-a-date"),
        ("D-1;Vallade;Roger;septembre 1971;", "birth_date", "not-a-date"),
        ("D-1;Vallade;Roger;09/25/1971;", "birth_date", "not-a-date"),
        ("D-1;Vallade;Roger;02/09/2012;", "birth_date", "under-16"),
        ("D-1;Vallade;Roger;02/09/1871;", "birth_date", "implausible-birth-date"),
        ("D-1;Vallade;Roger;02/09/1971;03/03/2026", "since", "in-the-future"),
        ("1 71 09 23 096 001 23;Vallade;Roger;02/09/1971;", "reference", "nir"),
        ("D-1;Vallade;Roger;02/09/1971;;1710923096001", "column-6", "nir"),
        ("D-1;Vallade;Roger;02/09/1971;;Guéret", "line", "more-cells"),
    ],
)
def test_each_refused_line_names_its_field_and_repeats_nothing(line: str, field: str, rule: str) -> None:
    [read] = read_list(read_sheet((HEAD + line + "\n").encode(), holds_people), TODAY)
    assert [(error.field, error.rule) for error in read.errors] == [(field, rule)]
    assert not [word for word in ("Vallade", "Roger", "1971", "2012") if word in str(read.errors)]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("Nom;Prénom;N° de sécurité sociale;Date de naissance\nVallade;Roger;;02/09/1971\n", "nir"),
        ("Nom;Prénom;Code INSEE;N° INSEE;Né le\nVallade;Roger;23096;;02/09/1971\n", "nir"),
        ("Nom;Prénom;NIR;Date de naissance\nVallade;Roger;;02/09/1971\n", "nir"),
        ("Nom;Prénom\nVallade;Roger\n", "no-key"),
        ("Nom;Prénom;Né le;Nom\nVallade;Roger;02/09/1971;V\n", "column-twice"),
        ("Personne\nRoger\n", "no-header"),
        (HEAD, "no-lines"),
    ],
)
def test_a_list_that_is_none_says_why(content: str, rule: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_list(read_sheet(content.encode("cp1252"), holds_people), TODAY)
    assert refused.value.rule == rule


def test_dates_and_numbers_are_read_as_spreadsheets_keep_them() -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (["N° dossier", "NOM", "Prénoms", "Né(e) le"], [1042.0, "VALLADE", "Roger", date(1971, 9, 2)]):
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    [line] = read_list(read_sheet(out.getvalue(), holds_people), TODAY)
    assert line.listed == Listed("VALLADE", "Roger", date(1971, 9, 2), "1042", None)


@pytest.mark.parametrize(
    "born", ["02/09/71", "2 sept. 1971", "jeudi 2 septembre 1971", "2-sept.-71", "1971-09-02 00:00:00"]
)
def test_a_birth_is_read_in_any_writing_and_two_figures_are_of_somebody_old_enough(born: str) -> None:
    [line] = read_list(read_sheet(f"{HEAD}D-1042;Vallade;Roger;{born};1er juin 09\n".encode(), holds_people), TODAY)
    assert line.listed == Listed("Vallade", "Roger", date(1971, 9, 2), "d1042", date(2009, 6, 1))
    [young] = read_list(read_sheet(f"{HEAD}D-1;Vallade;Roger;01/03/10;\n".encode(), holds_people), TODAY)
    [old] = read_list(read_sheet(f"{HEAD}D-1;Vallade;Roger;01/04/40;\n".encode(), holds_people), TODAY)
    assert [one.listed and one.listed.birth_date for one in (young, old)] == [date(2010, 3, 1), date(1940, 4, 1)]


def test_a_bare_number_is_a_birth_where_the_whole_column_is_one_of_numbers() -> None:
    lines = [f"D-{number};Vallade;Roger;{born};\n" for number, born in enumerate((26178, 26179))]
    alone, both = (
        read_list(read_sheet((HEAD + "".join(some)).encode(), holds_people), TODAY) for some in (lines[:1], lines)
    )
    assert [[error.rule for error in line.errors] for line in alone] == [["not-a-date"]]
    assert [one.listed and one.listed.birth_date for one in both] == [date(1971, 9, 2), date(1971, 9, 3)]


def test_sums_repeated_titles_and_dashes_refuse_no_list_and_broken_letters_are_mended() -> None:
    """One refused line refuses the whole list: a line that is nobody must not."""
    lines = ["D-1;Lefèvre;Zoé;01/03/1980;-", HEAD.strip(), "D-2;Petit;Ali;02/03/1980;", "Total : 2;;;;"]
    sheet = read_sheet((HEAD + "\n".join(lines)).encode().decode("cp1252", errors="ignore").encode(), holds_people)
    read = read_list(sheet, TODAY)
    assert [line.listed and (line.listed.last_name, line.listed.first_name) for line in read] == [
        ("Lefèvre", "Zoé"), ("Petit", "Ali"),
    ]  # fmt: skip
    assert sheet.notes == ["Ligne 5 : un total, qui n'est personne."]
    other = read_sheet(f"{HEAD}D-1;Total;Anne;01/03/1980;\nD-2;L\ufffdon;Anne;01/03/1981;\n".encode(), holds_people)
    assert [[error.rule for error in line.errors] for line in read_list(other, TODAY)] == [[], ["encoding"]]


def test_of_two_columns_that_may_be_the_reference_the_named_one_counts() -> None:
    content = "Référence;Matricule CAF;Nom;Prénom;Date de naissance\nD-1;0123;Vallade;Roger;02/09/1971\n"
    [line] = read_list(read_sheet(content.encode(), holds_people), TODAY)
    assert line.listed == Listed("Vallade", "Roger", date(1971, 9, 2), "d1", None)


def test_a_list_that_is_too_long_says_what_to_do() -> None:
    with pytest.raises(UnreadableSheet, match="10 000 lignes et 60 colonnes au plus : envoyez ce tableau en plusieurs"):
        read_sheet((HEAD + "D-1;V;R;01/03/1980;\n" * 10_100).encode(), holds_people)


@pytest.mark.parametrize(
    "titles",
    [
        "N° dossier CAF;Nom bénéficiaire;Prénom bénéficiaire;Date de naissance bénéficiaire;Date d'entrée RSA",
        "Matricule CAF;Nom de naissance;Prénom;Né(e) le;Ouverture RSA",
        "RÃ©fÃ©rence;Nom;PrÃ©nom;Date de naissance;Depuis",
        "N° dossier;NOM *;PRÉNOM *;Date de naissance (JJ/MM/AAAA);Date d'ouverture des droits",
        "Numéro du dossier :;Nom;Prénom(s);Date naissance;Depuis le (obligatoire)",
        "\ufeffReference;nom_de_famille;pre\u0301nom;DATE  DE  NAISSANCE;Ouverture des droits",
    ],
)
def test_titles_as_people_dress_them(titles: str) -> None:
    """A column whose title nobody knew was passed over without a word, and people were told apart by their names alone."""
    line = "D-1042;Val\u200blade;Roger;\u200e02/09/1971;01/06/2009"
    [read] = read_list(read_sheet(f"{titles}\n\ufeff{line}\n".encode(), holds_people), TODAY)
    assert read.listed == Listed("Vallade", "Roger", date(1971, 9, 2), "d1042", date(2009, 6, 1))


class Territory:
    """A manager who sends lists, a counsellor who invites."""

    def __init__(self, running: Running, stack: Stack) -> None:
        self.running, self.client = running, running.client
        self.manager = stack.token("manager", subject="manager-1")
        self.counsellor = stack.token("counsellor", subject="counsellor-1")

    async def person(self, **changes: Any) -> str:
        body = a_body(birth_year=None, birth_date="1971-09-02", first_name="Roger", last_name="Vallade") | changes
        made = await self.client.post("/v1/profiles", json=body, headers=self.manager)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def send(self, *lines: str, as_of: str = "2026-03-01", who: Any = None, **query: Any) -> Any:
        content = (HEAD + "\n".join(lines) + "\n").encode()
        return await self.client.post(
            "/v1/rsa-lists", params={"as_of": as_of, **query}, content=content,
            headers=(who or self.manager) | {"Content-Type": "text/csv"},
        )  # fmt: skip

    async def stored(self) -> dict[str, list[Any]]:
        database = self.running.store.database
        names = [
            name for name in await database.list_collection_names() if name not in ("leases", "idempotency", "bell")
        ]
        return {name: await database[name].find({}).sort("_id", 1).to_list(None) for name in sorted(names)}

    async def waiting(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/rsa-people", params=query, headers=self.counsellor)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
def here(profiles: Running, stack: Stack) -> Territory:
    return Territory(profiles, stack)


LINES = (
    "D-1042;VALLADE;Roger;02/09/1971;01/06/2025",
    "D-7;Lemoine;Nadia;17/04/1989;",
    "D-8;Dupuis;Zoé;05/05/1990;",
)


async def test_a_list_is_taken_once_whole_or_not_at_all(here: Territory, stack: Stack) -> None:
    roger = await here.person()
    nadia = await here.person(first_name="Nadia", last_name="Lemoine", birth_date=None)
    before = await here.stored()
    preview = (await here.send(*LINES, preview=True)).json()
    assert [line["outcome"] for line in preview["lines"]] == ["recorded", "ambiguous", "waiting"]
    refused = (await here.send(*LINES, "D-9;Sans;Date;31/02/1990;")).json()
    assert (refused["applied"], refused["counts"]["refused"]) == (False, 1)
    nir = await here.send(*LINES, "D-9;Faux;Paul;01/01/1980;;1 85 05 78 006 084 91")
    assert nir.json()["lines"][3]["errors"][0]["rule"] == "nir"
    assert (await here.send(*LINES, who=stack.token("manager", territories=["41"]), territory="23")).status_code == 403
    assert (await here.send(*LINES, who=here.counsellor)).status_code == 403
    assert (await here.send(*LINES, as_of="2026-03-03")).json()["errors"][0]["field"] == "query.as_of"
    assert await here.stored() == before

    taken = (await here.send(*LINES, complete=True)).json()
    assert taken["applied"]
    assert (taken["lines"][0]["profile_id"], taken["lines"][1]["candidates"]) == (roger, [nadia])
    once = await here.stored()
    again = (await here.send(*LINES, complete=True)).json()
    assert [line["outcome"] for line in again["lines"]] == ["unchanged", "ambiguous", "waiting"]
    assert await here.stored() == once
    [status] = (await here.client.get(f"/v1/profiles/{roger}/statuses", headers=here.manager)).json()["items"]
    assert (status["source"], status["since"], status["as_of"]) == ("department_list", "2025-06-01", "2026-03-01")
    said = b"".join(row["data"] for row in await outbox(here.running) if row["data"])
    assert not [word for word in (b"D-1042", b"d1042", b"Dupuis", b"rsa", b"1971") if word in said]

    # What somebody decides is kept: the next list is read by it, although the name has changed.
    [doubt] = await here.waiting(ambiguous=True)
    decided = await here.client.post(
        f"/v1/rsa-people/{doubt['id']}/decision", json={"profile_id": nadia}, headers=here.counsellor
    )
    assert decided.status_code == 200, decided.text
    later = (
        await here.send("D-1042;Vallade;Roger;02/09/1971;", "D-7;Martin;Nadia;17/04/1989;", as_of="2026-03-02")
    ).json()
    assert [line["outcome"] for line in later["lines"]] == ["unchanged", "unchanged"]
    old = await here.send(*LINES, as_of="2026-02-01")
    assert (old.status_code, old.json()["code"]) == (409, "rsa-list-outdated")

    # Whoever is on the list no longer has left only where everybody is on it.
    assert (await here.send("D-7;Lemoine;Nadia;17/04/1989;", as_of="2026-03-02")).json()["ended"] == []
    left = (await here.send("D-7;Lemoine;Nadia;17/04/1989;", as_of="2026-03-02", complete=True)).json()
    assert (left["ended"], await here.waiting()) == ([roger], [])
    [status] = (await here.client.get(f"/v1/profiles/{roger}/statuses", headers=here.manager)).json()["items"]
    assert (status["ended_on"], status["stands"]) == ("2026-03-02", False)
    back = (await here.send(*LINES, as_of="2026-03-02", complete=True)).json()
    assert [line["outcome"] for line in back["lines"]] == ["recorded", "unchanged", "waiting"]


async def test_who_is_written_otherwise_is_not_invited_a_second_time(here: Territory) -> None:
    sean = await here.person(first_name="Seán", last_name="O’Connor", birth_date="1991-02-03")
    fatima = await here.person(first_name="Fatima Zahra", last_name="El Amrani", birth_date="1988-08-08")
    lines = "D-1;OCONNOR;SEAN;03/02/1991;", "D-2;EL AMRANI;FATIMA;08/08/1988;", "D-3;PETIT;FATIMA;09/08/1988;"
    taken = (await here.send(*lines, complete=True)).json()
    assert [line["outcome"] for line in taken["lines"]] == ["recorded", "ambiguous", "waiting"]
    assert (taken["lines"][0]["profile_id"], taken["lines"][1]["candidates"]) == (sean, [fatima])


async def test_who_is_not_here_is_invited_with_one_call_or_forgotten(
    here: Territory, stack: Stack, clock: HandClock
) -> None:
    await here.send(*LINES)
    dupuis, lemoine, vallade = await here.waiting()
    assert (dupuis["first_name"], dupuis["reference"], dupuis["candidates"]) == ("Zoé", "d8", [])
    away = stack.token("counsellor", territories=["41"], subject="counsellor-4")
    path = f"/v1/rsa-people/{dupuis['id']}/registration"
    assert (await here.client.post(path, json={}, headers=away)).status_code == 404
    made = await here.client.post(path, json={"phone": "05 55 52 00 00"}, headers=here.counsellor)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["birth_date"], body["counsellor_ids"]) == ("1990-05-05", ["counsellor-1"])
    assert (body["statuses"]["rsa_recipient"], body["reserved_eligible"]) == (True, ["clause"])
    assert (await here.client.post(path, json={}, headers=here.counsellor)).status_code == 404
    [registered] = await outbox(here.running, "profiles.registrations.v1")
    assert json.loads(registered["data"])["onboarding_workshop"]
    assert (await here.client.delete(f"/v1/rsa-people/{lemoine['id']}", headers=here.counsellor)).status_code == 204
    again = (await here.send(*LINES)).json()
    assert [line["outcome"] for line in again["lines"]] == ["waiting", "passed_over", "unchanged"]
    assert "Lemoine" not in str(await here.stored())
    assert [one["id"] for one in await here.waiting()] == [vallade["id"]]

    context = here.running.app.state.context
    assert await rsa_people.purge(context) == 0
    clock.advance(timedelta(days=91))
    assert await here.waiting() == []
    assert await rsa_people.purge(context) == 1
    assert "Vallade" not in str(await here.stored())
    # A list as old as that brings nobody back who would be kept too long.
    assert (await here.send(LINES[0])).json()["applied"]
    assert await here.running.store.collection("rsa_people").count_documents({}) == 0


async def test_who_leaves_a_list_without_references_ends_as_well(here: Territory) -> None:
    """They were looked for by the number that the list gave them alone, so nobody of such a list ever ended."""
    roger = await here.person()
    nadia = await here.person(first_name="Nadia", last_name="Lemoine", birth_date="1989-04-17")
    by_paper = await here.person(first_name="Zoé", last_name="Dupuis", birth_date="1990-05-05")
    paper = {"category": "rsa", "evidence": "caf_statement"}
    seen = await here.client.post(f"/v1/profiles/{by_paper}/statuses", json=paper, headers=here.manager)
    assert seen.status_code == 201, seen.text
    both = (";Vallade;Roger;02/09/1971;", ";Lemoine;Nadia;17/04/1989;")
    taken = (await here.send(*both, complete=True)).json()
    assert [line["profile_id"] for line in taken["lines"]] == [roger, nadia]
    left = (await here.send(both[1], as_of="2026-03-02", complete=True)).json()
    assert left["ended"] == [roger], "who was on no list ends by none"


async def test_a_list_ends_nothing_that_came_along_from_another_desk_until_it_has_named_them(
    here: Territory, stack: Stack
) -> None:
    roger = await here.person()
    there = stack.token("manager", subject="m-87", territories=["87"])
    both = (";Vallade;Roger;02/09/1971;", ";Lemoine;Nadia;17/04/1989;")
    assert (await here.send(both[0], complete=True)).json()["counts"]["recorded"] == 1
    asked = {"to": "87", "heard": "in_person"}
    assert (
        await here.client.put(f"/v1/profiles/{roger}/transfer", json=asked, headers=here.manager)
    ).status_code == 200
    took = await here.client.post(f"/v1/transfers/{roger}/acceptance", json={}, headers=there)
    assert took.status_code == 200, took.text

    async def there_sends(*lines: str) -> Any:
        return (await here.send(*lines, as_of="2026-03-02", who=there, territory="87", complete=True)).json()

    assert (await there_sends(both[1]))["ended"] == [], "the desk that they came to may list them a month later"
    assert (await there_sends(*both))["lines"][0]["outcome"] == "recorded"
    assert (await there_sends(both[1]))["ended"] == [roger]


async def test_a_list_that_ends_more_than_stay_is_confirmed(here: Territory) -> None:
    """A file that was filtered for one commune ended everybody else's at once."""
    letters = "abcdefghijkl"
    for one in letters:
        await here.person(first_name=f"Zoé{one}", last_name="Dupuis")
    whole = [f";Dupuis;Zoé{one};02/09/1971;" for one in letters]
    assert (await here.send(*whole, complete=True)).json()["counts"]["recorded"] == 12
    before = await here.stored()
    cut = await here.send(*whole[:1], as_of="2026-03-02", complete=True)
    assert (cut.status_code, cut.json()["code"], cut.json()["ended"]) == (409, "rsa-list-ends-most", 11)
    assert (await here.send(*whole[:1], as_of="2026-03-02", complete=True, ends=12)).status_code == 409
    assert len((await here.send(*whole[:1], as_of="2026-03-02", complete=True, preview=True)).json()["ended"]) == 11
    assert await here.stored() == before
    assert len((await here.send(*whole[:1], as_of="2026-03-02", complete=True, ends=11)).json()["ended"]) == 11
