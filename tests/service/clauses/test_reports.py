"""Reports: the same figures in four formats, equal to a naive recomputation, and what anybody may read of them."""

import csv
import io
import random
import re
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pypdfium2
import pytest
from openpyxl import load_workbook

from services.clauses.commands import participants
from services.clauses.commands.contracts import fold_totals
from services.clauses.documents.figures import Frame
from services.clauses.documents.pdf import as_pdf
from services.clauses.documents.tables import as_xlsx
from services.clauses.domain.employment import ExitSituation
from services.clauses.domain.person import Sex
from services.clauses.domain.report import (
    SITUATIONS,
    Column,
    ContractFact,
    Exits,
    Facts,
    GroupBy,
    MonthFact,
    PersonFact,
    Worked,
    report,
)
from services.clauses.domain.telling import masked, told_by
from services.clauses.queries.reports import KIND_LABELS
from services.clauses.queries.tallies import refresh
from shared.contracts.vocabulary import ClauseKind
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.support import Running, Stack

D = Decimal
COLUMNS: dict[str, Any] = {
    "Marchés": lambda line: line["contracts"],
    "Maîtres d'ouvrage": lambda line: line["authorities"],
    "Heures dues": lambda line: line["objective_hours"],
    "Heures attendues à ce jour": lambda line: line["expected_hours"],
    "Heures déclarées": lambda line: line["declared_hours"],
    "Heures validées": lambda line: line["validated_hours"],
    "Participants": lambda line: line["participants"],
    "Femmes": lambda line: line["by_sex"]["female"],
    "Hommes": lambda line: line["by_sex"]["male"],
    "Sexe non renseigné": lambda line: line["by_sex"]["unstated"],
    "Heures de bénéficiaires du RSA": lambda line: line["rsa_hours"],
    "Emplois terminés": lambda line: line["ended_employments"],
}
PRINTED = (
    "Marchés",
    "Maîtres d'ouvrage",
    "Heures dues",
    "Participants",
    "Femmes",
    "Hommes",
    "Heures de bénéficiaires du RSA",
)
KIND_NAMES = {kind.value: label for kind, label in KIND_LABELS.items()}


def facts(people: int = 12) -> Facts:
    contracts = [
        ContractFact(
            id=str(number),
            authority_id=f"authority-{number % 2}",
            objective=D("100.00"),
            expected=D("25.00"),
            kind=kind,
            groups={GroupBy.KIND: (kind, kind.upper())},
        )
        for number, kind in enumerate(("execution_condition", "execution_condition", "reserved_iae"))
    ]
    months = [MonthFact("2026-01", "execution_condition", 6740), MonthFact("2026-01", "reserved_iae", 3370)]
    # Everybody works on the first contract, the first half also on the reserved one; the second is nobody's.
    everybody, half = range(people), range(people // 2)
    worked = Worked(
        contract=_column(*(0 for _ in everybody), *(2 for _ in half)),
        person=_column(*everybody, *half),
        declared=_column(*(500 for _ in everybody), *(300 for _ in half)),
        validated=_column(*(400 for _ in everybody), *(250 for _ in half)),
    )
    persons = [
        PersonFact(Sex.FEMALE if n == 0 else Sex.MALE, 1960 + n * 4, ("rsa",) if n % 3 == 0 else ("aah",))
        for n in everybody
    ]
    seen = [(0, 0, SITUATIONS.index(ExitSituation.CDI)), (0, 2, SITUATIONS.index(ExitSituation.UNKNOWN))]
    exits = Exits(*(_column(*values) for values in zip(*seen, strict=True)))
    return Facts(contracts, persons, worked, months, exits, _column(0))


def _column(*values: int) -> Column:
    return np.array(values, dtype=np.int64)


def test_every_kind_of_clause_has_its_french() -> None:
    assert set(KIND_LABELS) == set(ClauseKind), "KIND_LABELS of services/clauses/queries/reports.py."
    assert all(KIND_LABELS.values())


def test_a_person_under_two_kinds_is_one_person_in_the_total() -> None:
    found = report(facts(), GroupBy.KIND, 2026)
    assert [(line.key, line.participants) for line in found.groups] == [
        ("execution_condition", 12),
        ("reserved_iae", 6),
    ]
    assert (found.total.participants, found.total.contracts, found.total.authorities) == (12, 3, 2)
    assert found.total.rsa_hours == D("4.00") * 4 + D("2.50") * 2


def test_whole_hours_are_floored_each_from_its_own_value() -> None:
    found = report(facts(), GroupBy.KIND, 2026)
    assert [line.validated_hours for line in (*found.groups, found.total)] == [D("48.00"), D("15.00"), D("63.00")]
    odd = replace(facts(), worked=facts().worked._replace(validated=_column(*(395 for _ in range(18)))))
    found = report(odd, GroupBy.KIND, 2026)
    assert [line.validated_hours for line in (*found.groups, found.total)] == [D("47.40"), D("23.70"), D("71.10")]
    assert [line.validated_whole for line in (*found.groups, found.total)] == [47, 23, 71]


def test_the_public_version_shows_nobody() -> None:
    found = masked(report(facts(), GroupBy.KIND, 2026))
    assert found.total.participants == 10
    assert found.total.by_sex == {"female": None, "male": 10, "unstated": 0}
    assert (found.total.ended_employments, found.months) == (None, [])
    few = masked(report(facts(3), GroupBy.KIND, 2026))
    assert (few.total.participants, few.total.validated_hours, few.total.rsa_hours) == (None, None, None)


def test_no_hours_of_a_few_come_out_by_subtraction() -> None:
    """Four people on the reserved contract: its hours are the total less the other line's."""
    found = masked(report(facts(8), GroupBy.KIND, 2026))
    assert [line.participants for line in found.groups] == [10, None]
    assert [(line.validated_hours, line.declared_hours, line.rsa_hours) for line in found.groups] == [(None,) * 3] * 2
    assert found.total.validated_hours == D("42.00")
    # Three of eight are recipients: theirs are hidden; so are they where three are not.
    assert found.total.rsa_hours is None
    others = replace(facts(8), persons=[PersonFact(categories=("rsa",) if n > 2 else ()) for n in range(8)])
    assert masked(report(others, None, 2026)).total.rsa_hours is None


def crossing(few: int, recipients: int = 30) -> Facts:
    """Three contracts: one buyer's works, another's works (``few`` people), the other's services."""
    cells = (("execution_condition", "a", 20), ("execution_condition", "b", few), ("reserved_iae", "b", 20))
    contracts, persons = [], []
    for id, (kind, buyer, people) in enumerate(cells):
        groups = {GroupBy.KIND: (kind, kind), GroupBy.AUTHORITY: (buyer, buyer)}
        contracts.append(ContractFact(str(id), buyer, D(100), D(25), kind, groups))
        persons += [PersonFact(categories=("rsa",) if number < recipients else ()) for number in range(people)]
    where = _column(*(id for id, cell in enumerate(cells) for _ in range(cell[2])))
    who = _column(*range(len(persons)))
    return Facts(contracts, persons, Worked(where, who, who * 0 + 500, who * 0 + 400))


@pytest.mark.parametrize(("few", "told"), [(0, True), (1, False), (4, False), (5, True)])
def test_no_hours_of_a_few_come_out_of_two_ways_of_splitting(few: int, told: bool) -> None:
    """Works less the first buyer's hours are those of the few people who work on the other's works."""
    both = crossing(few)
    for by, shows in ((GroupBy.KIND, True), (GroupBy.AUTHORITY, told)):
        found = masked(report(both, by, 2026), told_by(both, by))
        assert all((line.validated_hours is not None) is shows for line in found.groups)
        assert found.total.validated_hours == D(4) * (40 + few)


@pytest.mark.parametrize(
    ("validated", "shows"),
    [
        # Of one person hours are validated; of all but one; of some and of the others not; of nobody; of everybody.
        ([400] + [0] * 39, (False, False)),
        ([500] * 39 + [400], (True, False)),
        ([500] * 20 + [0] * 20, (True, True)),
        ([0] * 40, (True, True)),
        ([500] * 40, (True, True)),
    ],
)
def test_hours_that_are_validated_or_wait_of_a_few_only_are_not_told(
    validated: list[int], shows: tuple[bool, bool]
) -> None:
    some = crossing(0)
    amounts = replace(some, worked=some.worked._replace(validated=_column(*validated)))
    found = masked(report(amounts, GroupBy.KIND, 2026), told_by(amounts, GroupBy.KIND))
    for line in (found.total, *found.groups):
        assert (line.validated_hours is not None, line.declared_hours is not None) == shows


def test_no_hours_of_a_few_recipients_come_out_by_subtraction() -> None:
    """Three recipients of twenty on a line: their hours are those of all recipients less the other line's."""
    few = crossing(20, recipients=3)
    other = replace(few, persons=[PersonFact(categories=("rsa",)) for _ in range(40)] + list(few.persons)[40:])
    for one in (few, other):
        found = masked(report(one, GroupBy.KIND, 2026))
        assert [line.rsa_hours for line in found.groups] == [None, None]
        assert all(line.validated_hours is not None for line in found.groups)


def test_a_label_of_a_territory_is_no_formula_in_a_workbook() -> None:
    found = report(facts(), GroupBy.KIND, 2026)
    frame = Frame("=1+1", ("=2+2",), GroupBy.KIND, "aujourd'hui", {"rsa": '=HYPERLINK("http://x")', "aah": "@SUM"})
    book = load_workbook(io.BytesIO(as_xlsx(found, frame, {})))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(cell.value == '=HYPERLINK("http://x")' for cell in cells)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []


def test_progress_is_drawn_against_the_time_that_has_passed() -> None:
    """Of the objective 300 h, a quarter of the time has passed; names of any script stay a page."""
    names = ("Réhabilitation de l'école", "小学校改修工事 مشروع", "👷 #let x = $a$ <label>")
    contracts = [
        replace(one, groups={GroupBy.CONTRACT: (one.id, name)})
        for one, name in zip(facts().contracts, names, strict=True)
    ]
    found = report(replace(facts(), contracts=contracts), GroupBy.CONTRACT, 2026)
    assert (found.total.objective_hours, found.total.expected_hours) == (D("300.00"), D("75.00"))
    frame = Frame("Bilan", ("Département 23",), GroupBy.CONTRACT, "aujourd'hui", {})
    words = _words(as_pdf(found, frame, KIND_NAMES))
    assert "Avancement et temps écoulé" in words
    # 63 h of 300 in all, 48 of 100 on the first, none on the second.
    assert all(f"{percent} %" in words for percent in (21, 48, 15, 25))
    assert "#let x = $a$ <label>" in words
    nothing = _words(as_pdf(report(Facts([]), GroupBy.CONTRACT, 2026), frame, KIND_NAMES))
    assert "Avancement" not in nothing
    assert "Participants par âge" not in nothing


def _words(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


class Ledger:
    """A desk that declares at random, and counts by itself what a report should say."""

    def __init__(self, clauses: Running, people: People) -> None:
        self.clauses, self.people = clauses, people
        self.random = random.Random(23)
        self.hours: dict[str, dict[tuple[str, str], tuple[Decimal, bool]]] = defaultdict(dict)
        self.kinds: dict[str, str] = {}

    async def post(self, path: str, body: Any = None, who: dict[str, str] | None = None) -> Any:
        answer = await self.clauses.client.post(path, json=body, headers=who or self.people.facilitator)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def opens(self, kind: str, **changes: Any) -> str:
        body = contract_body(kind=kind, **changes)
        contract = await self.post("/v1/contracts", body)
        self.kinds[contract["id"]] = kind
        return str(contract["id"])

    async def works(self, contract: str, person: str, month: str) -> None:
        hours = D(self.random.randint(100, 7_000)) / 100
        body = hours_body(participant_id=person, month=month, hours=str(hours))
        made = await self.post(f"/v1/contracts/{contract}/hours", body, self.people.contractor)
        step = self.random.choice(("none", "validate", "reject", "correct", "validate-correct"))
        if "validate" in step:
            await self.post(f"/v1/hours/{made['id']}/validate")
        if "correct" in step:
            hours = D(self.random.randint(100, 7_000)) / 100
            await self.post(f"/v1/hours/{made['id']}/correct", {"hours": str(hours), "reason": "Absence"})
        if step == "reject":
            await self.post(f"/v1/hours/{made['id']}/reject", {"reason": "Illisible"})
            return
        self.hours[contract][person, month] = (hours, step == "validate")

    def naive(self, contracts: set[str], first: str = "0", last: str = "9") -> tuple[Decimal, Decimal, int]:
        counted = [
            (who, hours, validated)
            for contract in contracts
            for (who, month), (hours, validated) in self.hours[contract].items()
            if first <= month <= last
        ]
        declared = sum((hours for _, hours, _ in counted), D(0))
        validated = sum((hours for _, hours, yes in counted if yes), D(0))
        return declared, validated, len({who for who, _, _ in counted})


@pytest.fixture
async def ledger(clauses: Running, people: People) -> Ledger:
    ledger = Ledger(clauses, people)
    for number, kind in enumerate(("execution_condition", "reserved_iae", "execution_condition")):
        contract = await ledger.opens(kind, title=f"Marché {number}", commune_code="23096", carrier="PLIE")
        for person in range(4):
            for month in ("2026-01", "2026-02"):
                await ledger.works(contract, f"P-{person + number}", month)
    return ledger


async def read(ledger: Ledger, who: dict[str, str] | None = None, **query: str) -> Any:
    headers = who or ledger.people.manager
    answer = await ledger.clauses.client.get("/v1/reports", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json() if query.get("format", "json") == "json" else answer


def found(line: dict[str, Any]) -> tuple[Decimal, Decimal, int]:
    return D(line["declared_hours"]), D(line["validated_hours"]), line["participants"]


async def test_any_history_leaves_what_a_naive_recomputation_says(ledger: Ledger) -> None:
    everything = set(ledger.kinds)
    whole = await read(ledger)
    assert found(whole["total"]) == ledger.naive(everything)
    for line in whole["groups"]:
        assert found(line) == ledger.naive({id for id, kind in ledger.kinds.items() if kind == line["key"]})
    month = await read(ledger, **{"from": "2026-02", "to": "2026-02"})
    assert found(month["total"]) == ledger.naive(everything, "2026-02", "2026-02")
    by_place = await read(ledger, by="employment_area")
    assert [(line["label"], line["contracts"]) for line in by_place["groups"]] == [("Guéret", 3)]
    balances = await ledger.clauses.client.get("/v1/contracts", headers=ledger.people.facilitator)
    declared = sum(D(one["declared_hours"]) for one in balances.json()["items"])
    assert declared == D(whole["total"]["declared_hours"])


async def test_totals_that_an_older_release_left_behind_are_made_anew(ledger: Ledger) -> None:
    store = ledger.clauses.store
    before = await read(ledger)
    await store.collection("month_totals").delete_many({})
    await store.collection("presences").update_many({}, {"$set": {"declared": 0}})
    await store.collection("contracts").update_many({}, {"$inc": {"version": 1}})
    after = await read(ledger)
    assert {**before, "as_of": None} == {**after, "as_of": None}
    await store.collection("contracts").update_many({}, {"$unset": {"folded": 1}})
    assert await fold_totals(ledger.clauses.app.state.context) == 3
    assert await fold_totals(ledger.clauses.app.state.context) == 0
    contract = next(iter(ledger.kinds))
    await store.collection("contracts").update_one({"_id": contract}, {"$unset": {"folded": 1}})
    await ledger.works(contract, "P-9", "2026-01")
    assert found((await read(ledger))["total"]) == ledger.naive(set(ledger.kinds))


async def test_the_four_formats_carry_the_same_figures(ledger: Ledger) -> None:
    whole = await read(ledger)
    lines = [*whole["groups"], whole["total"]]
    table = (await read(ledger, format="csv")).text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    book = load_workbook(io.BytesIO((await read(ledger, format="xlsx")).content))
    cells = [row for row in book["Bilan"].iter_rows(values_only=True) if row[1] is not None]
    header, *values = cells
    pdf = pypdfium2.PdfDocument((await read(ledger, format="pdf")).content)
    words = "\n".join(page.get_textpage().get_text_bounded() for page in pdf).replace("\u202f", "")
    for line, row, cell in zip(lines, rows, values, strict=True):
        exact = D(line["validated_hours"])
        assert D(row["Heures validées"].replace(",", ".")) == exact
        assert round(D(cell[header.index("Heures validées")]), 2) == exact
        assert int(row["Participants"]) == cell[header.index("Participants")] == line["participants"]
        assert int(row["Heures validées (entières)"]) == line["validated_whole_hours"] == int(exact)
        assert str(int(exact)) in words
        for column, of in COLUMNS.items():
            said = D(of(line))
            assert (D(row[column].replace(",", ".")), round(D(cell[header.index(column)]), 2)) == (said, said), column
        # In the page's own columns, side by side as they are read.
        told = [int(D(COLUMNS[column](line))) for column in PRINTED]
        told.insert(3, line["validated_whole_hours"])
        assert re.search(r"(?<!\d)" + r"\s+".join(map(str, told)) + r"(?!\d)", words), told
    assert pdf.get_metadata_value("Title") == "Clauses sociales : bilan"


async def test_a_paper_says_of_which_contracts_it_is(ledger: Ledger) -> None:
    """The report of one buyer, printed, would be read as that of all."""
    desk, client = ledger.people.facilitator, ledger.clauses.client
    id = next(iter(ledger.kinds))
    contract = (await client.get(f"/v1/contracts/{id}", headers=desk)).json()
    chosen = {
        "kind": (contract["kind"], f"Genre de clause : {KIND_LABELS[ClauseKind(contract['kind'])]}"),
        "contract_id": (id, f"Marché : {contract['title']}"),
        "contracting_authority_id": (
            contract["contracting_authority"]["id"],
            f"Maître d'ouvrage : {contract['contracting_authority']['name']}",
        ),
        "carrier": ("Personne", "Structure porteuse : aucun marché"),
        "epci": ("000000000", "Intercommunalité : aucun marché"),
        "territory": ("23", "Département : Creuse (23)"),
    }
    for name, (value, said) in chosen.items():
        asked = {name: value}
        book = load_workbook(io.BytesIO((await read(ledger, format="xlsx", **asked)).content))
        above = [row[0] for row in book["Bilan"].iter_rows(max_row=4, values_only=True)]
        assert said in above, (name, above)
        pdf = pypdfium2.PdfDocument((await read(ledger, format="pdf", **asked)).content)
        words = " ".join(pdf[0].get_textpage().get_text_bounded().split())
        assert " ".join(said.replace("'", "’").split()) in words.replace("'", "’").replace("\u202f", " "), words


async def test_a_buyer_reads_its_contracts_and_nobody_of_them(ledger: Ledger, stack: Stack) -> None:
    """One authority, one participant: their category would be that person's."""
    desk, client = ledger.people.facilitator, ledger.clauses.client
    contract = (await client.get(f"/v1/contracts/{next(iter(ledger.kinds))}", headers=desk)).json()
    place = f"/v1/authorities/{contract['contracting_authority']['id']}/invitations"
    link = (await ledger.post(place, {"user_id": "buyer-1"}))["link"]
    buyer = stack.token("contracting_authority", subject="buyer-1", territories=())
    await ledger.post(f"{link[link.index('/v1/') :]}/acceptance", who=buyer)
    found = await read(ledger, buyer)
    assert (found["masked"], found["total"]["contracts"], found["months"]) == (True, 3, [])
    assert found["total"]["participants"] in (None, 5)
    assert {line["rsa_hours"] for line in (found["total"], *found["groups"])} == {None}
    progress = (await client.get(f"/v1/contracts/{contract['id']}/progress", headers=buyer)).json()
    assert progress["participants"] in (None, 0, 5)
    assert progress["validated_hours"] == contract["validated_hours"]
    window = await client.get("/v1/reports", params={"from": "2026-02"}, headers=buyer)
    assert (window.status_code, window.json()["errors"][0]["rule"]) == (422, "whole-years")


async def test_each_reads_what_is_theirs_and_the_public_what_is_masked(ledger: Ledger) -> None:
    desk, get = ledger.people, ledger.clauses.client.get
    away = await read(ledger, desk.neighbour)
    assert (away["total"]["contracts"], away["groups"]) == (0, [])
    assert (await get("/v1/reports", headers=desk.contractor)).status_code == 403
    assert (await get("/v1/reports")).status_code == 401
    public = await get("/v1/reports/public", params={"territory": "23", "year": 2026})
    assert (public.status_code, public.json()["masked"]) == (200, True)
    assert public.json()["total"]["participants"] in (None, 5, 10)
    for wrong in ({"year": "2027"}, {"year": "2026", "by": "contract"}):
        refused = await get("/v1/reports/public", params={"territory": "23"} | wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "report-refused")
    backwards = await get("/v1/reports", params={"from": "2026-02", "to": "2026-01"}, headers=desk.manager)
    assert backwards.json()["errors"][0]["field"] == "query.to"


async def test_what_is_written_after_a_report_is_in_the_next_one(ledger: Ledger) -> None:
    """Reports are read from tallies: one of an earlier version is made anew, and an erasure leaves no name in any."""
    context, store = ledger.clauses.app.state.context, ledger.clauses.store
    contract = next(iter(ledger.kinds))
    await read(ledger)
    assert await refresh(context) == 0
    await ledger.works(contract, "P-77", "2026-02")
    # Somebody who read before that entry keeps what they made only now: it says of which version it is.
    await store.collection("tallies").update_one({"_id": contract}, {"$set": {"cells": b"", "people": []}})
    assert found((await read(ledger))["total"]) == ledger.naive(set(ledger.kinds))
    await store.collection("tallies").delete_many({})
    assert await refresh(context) == len(ledger.kinds)
    assert found((await read(ledger))["total"]) == ledger.naive(set(ledger.kinds))
    profile = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"
    kept = {"version": 1, "territory": "23", "people": [profile], "cells": b""}
    for id in ("made-before", "made-meanwhile"):
        await store.collection("tallies").insert_one({"_id": id, **kept})
        if id == "made-before":
            await participants.forget(context, profile)
        assert await store.collection("tallies").count_documents({"people": profile}) == (id == "made-meanwhile")
    await fold_totals(context)
    assert await store.collection("tallies").count_documents({"people": profile}) == 0
