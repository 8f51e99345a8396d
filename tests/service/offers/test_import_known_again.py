"""A table without references that comes again after more of it is read: each row is the offer that it was."""

from typing import Any

import pytest

from services.offers.api.imports import known_by
from services.offers.context import Context
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, read_table
from shared.ids import derived_id
from tests.service.offers.support import Desk
from tests.service.offers.tabled import as_csv

TOLD = [
    ("Poste", "Boîte", "Bourg", "Contrat", "Quotitée", "Salaire", "Ville"),
    ("Maçon", "Dupont", "23000", "CDI", "35h", "12,50 €/h", "Guéret"),
    ("Peintre", "Martin", "23200", "CDI", "28h", "12,50 €/h", "Aubusson"),
]
ASKED = [
    ("Poste", "Commune", "Quel contrat", "Quelles heures", "Quelle durée"),
    ("Serveur", "23000 Guéret", "CDD", "24", "3 mois"),
    ("Plongeur", "23000 Guéret", "CDD", "35", "6 mois"),
]
CARRIED = [
    ("Employeur", "Poste", "Commune", "Contrat", "Heures"),
    ("Dupont", "Maçon", "23000 Guéret", "CDI", "35"),
    ("", "Peintre", "", "CDI", "35"),
    ("", "Plombier", "23200 Aubusson", "CDI", "35"),
]
SPANNED = [
    ("Poste", "Lieu", "Contrat", "De", "À"),
    ("Moniteur", "23000 Guéret", "Saisonnier", "04/01/2027", "30/06/2027"),
    ("Cuisinier", "23000 Guéret", "Saisonnier", "04/01/2027", "31/03/2027"),
]
LENT = [
    ("Client", "Mission", "Poste", "Commune", "Début"),
    ("Dupont", "Coffrage", "Coffreur", "23000 Guéret", "04/01/2027"),
    ("Martin", "Toiture", "Couvreur", "23000 Guéret", "04/01/2027"),
]
REFERENCED = [
    ("Référencee", "Poste", "Commune", "Contrat"),
    ("A1", "Maçon", "23000 Guéret", "CDI"),
    ("A2", "Peintre", "23000 Guéret", "CDI"),
]
FORMER = {
    "TOLD": ["~29d15dbee395ac899057c121", "~1e4c29602bb022b05ea98cce"],
    "ASKED": ["~9955a542b0f4078ec3e8152f", "~f99456e8b9b3d8af1158011b"],
    "CARRIED": ["~e81db9b94b1d26450ead8a7e", "~754ac154065e99fcc39d3802", "~34b7008f969abac224fa7a3e"],
    "SPANNED": ["~529f2b26c274d23f9c4b0e54", "~272ac7bbe335a35e0f0740f0"],
    "LENT": ["~590a6e20c12e12e623cacf64", "~0e109573058c39ee52a074a8"],
    "REFERENCED": ["~93835d773972ba0df53b8cd4", "~1ed141761f68e83922f4d139"],
}
"""By table the identifiers that its rows had before columns were told by likeness, from the reader of that time."""


def rows_of(context: Context, table: Any) -> list[SheetRow]:
    found = read_table(as_csv(table), Asked(), 10**6, known_by(context))
    return [row for _, row in found.parsed(0, len(found)) if isinstance(row, SheetRow)]


@pytest.mark.parametrize("name", FORMER)
async def test_rows_know_what_they_were_known_by(desk: Desk, name: str) -> None:
    rows = rows_of(desk.running.app.state.context, globals()[name])
    assert [row.former_id or row.external_id for row in rows] == FORMER[name]


async def deliver(desk: Desk, table: Any, **params: Any) -> dict[str, Any]:
    answer = await desk.client.post("/v1/imports", headers=desk.partner, content=as_csv(table), params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def stored(desk: Desk) -> dict[str, tuple[str, str]]:
    found = desk.store.collection("offers").find({}, {"content.title": 1, "status": 1})
    return {row["content"]["title"]: (row["_id"], row["status"]) async for row in found}


async def as_before(desk: Desk, name: str) -> dict[str, tuple[str, str]]:
    """The offers as the reader of that time would have stored them, by their titles."""
    table = globals()[name]
    await deliver(desk, table)
    offers = desk.store.collection("offers")
    for row, former in zip(table[1:], FORMER[name], strict=True):
        offer = await offers.find_one({"content.title": row[table[0].index("Poste")]})
        assert offer is not None
        await offers.delete_one({"_id": offer["_id"]})
        offer |= {"_id": derived_id("offer", "feed-one", former)}
        offer["feed"] |= {"external_id": former, "fingerprint": "of another reading"}
        await offers.insert_one(offer)
    return await stored(desk)


@pytest.mark.parametrize("name", FORMER)
async def test_a_complete_table_that_comes_again_closes_and_doubles_nothing(desk: Desk, name: str) -> None:
    before = await as_before(desk, name)
    assert len(before) == len(FORMER[name])
    table = globals()[name]
    seen = await deliver(desk, table, preview=True)
    assert (seen["created"], seen["updated"]) == (0, len(before))
    for _ in range(2):
        report = await deliver(desk, table, complete=True)
        assert (report["created"], report["rejected"], report["closed"]) == (0, 0, 0)
        assert await stored(desk) == before
    # Without its last row the offer of that row alone is closed; where nothing is carried down in any order.
    left = table[1:-1] if name == "CARRIED" else table[-2:0:-1]
    report = await deliver(desk, [table[0], *left], complete=True)
    assert (report["created"], report["closed"]) == (0, 1)


async def test_an_offer_that_was_known_again_is_nobody_elses(desk: Desk) -> None:
    """Two rows were one offer while their hours were not read: whoever was first has it, whatever comes between."""
    before = await as_before(desk, "ASKED")
    other = ("Serveur", "23000 Guéret", "CDD", "30", "3 mois")
    report = await deliver(desk, [ASKED[0], ASKED[1], other, ASKED[2]], complete=True)
    assert (report["created"], report["rejected"], report["closed"]) == (1, 0, 0)
    again = await deliver(desk, [ASKED[0], other, ASKED[1], ASKED[2]], complete=True)
    assert (again["created"], again["unchanged"], again["closed"]) == (0, 3, 0)
    assert again["rows"][1]["offer_id"] == before["Serveur"][0]


async def test_a_row_that_cannot_be_read_keeps_its_offer_open(desk: Desk) -> None:
    before = await as_before(desk, "ASKED")
    wrong = ("Serveur", "23000 Guéret", "CDD", "24", "3 mois", "jeune homme de moins de 30 ans")
    report = await deliver(desk, [(*ASKED[0], "Description"), wrong, (*ASKED[2], "")], complete=True)
    assert (report["rejected"], report["closed"]) == (1, 0)
    assert await stored(desk) == before


async def test_the_identifier_that_an_offer_had_may_be_anothers(desk: Desk) -> None:
    before = await as_before(desk, "ASKED")
    await deliver(desk, ASKED)
    bare = [ASKED[0], ("Serveur", "23000 Guéret", "CDD", "", "")]
    report = await deliver(desk, bare)
    assert (report["created"], report["rejected"]) == (1, 0)
    assert report["rows"][0]["offer_id"] != before["Serveur"][0]
    assert (await deliver(desk, bare))["unchanged"] == 1
