"""What an import tells whoever sent it: counts in a sentence, what each column is read as, and of a refused row all the rest."""

from typing import Any

import pytest

from tests.service.offers.support import Desk
from tests.service.offers.tabled import HEADER, as_csv, line
from tests.service.offers.test_import_tables import send


async def test_counts_are_told_in_a_sentence(desk: Desk) -> None:
    rows = [HEADER, line(1), line(2, Contrat="forfait"), line(3)]
    seen = await send(desk, as_csv(rows), preview=True)
    assert seen["summary"].startswith(
        "Aperçu, rien n'est enregistré. Sur 3 lignes, 2 offres seraient prises (2 nouvelles) ; 1 ligne est refusée"
    )
    first = await send(desk, as_csv(rows))
    assert first["summary"].startswith("Sur 3 lignes, 2 offres sont prises (2 nouvelles) ; 1 ligne est refusée")
    assert "renvoyez le fichier entier" in first["summary"]
    rows[2] = line(2)
    again = await send(desk, as_csv(rows))
    assert again["summary"].startswith("Sur 3 lignes, 3 offres sont prises (1 nouvelle, 2 inchangées)")
    assert await desk.store.collection("offers").count_documents({}) == 3
    closing = await send(desk, as_csv(rows[:2]), complete=True)
    assert "2 offres qui n'y sont plus sont closes" in closing["summary"]


async def test_each_column_is_shown_with_what_it_is_read_as_and_a_cell(desk: Desk) -> None:
    header = [*HEADER, "Zzz"]
    rows = [header, [*line(1), "secret"], [*line(2, Salaire=""), ""]]
    columns: list[dict[str, Any]] = (await send(desk, as_csv(rows), preview=True))["columns"]
    by_title = {one["title"]: one for one in columns}
    assert (by_title["Commune"]["read_as"], by_title["Commune"]["example"]) == ("lieu", "23000 Guéret")
    assert (by_title["Salaire"]["filled"], by_title["Poste"]["filled"]) == (1, 2)
    assert (by_title["Zzz"]["read_as"], by_title["Zzz"]["example"], by_title["Zzz"]["filled"]) == (None, None, 1)


async def test_no_social_security_number_is_an_example(desk: Desk) -> None:
    rows = [HEADER, line(1, Employeur="1 85 05 78 006 084 91"), line(2, Employeur="Toits 23")]
    report = await send(desk, as_csv(rows), preview=True)
    assert "1 85 05" not in str(report)
    assert next(one for one in report["columns"] if one["title"] == "Employeur")["example"] == "Toits 23"


@pytest.mark.parametrize(
    ("changes", "fields", "place", "contract"),
    [
        ({"Contrat": ""}, ["contract"], "Guéret", None),
        ({"Commune": "Nulle-Part"}, ["place"], None, "cdi"),
        ({"Contrat": "forfait", "Commune": "Nulle-Part"}, ["contract", "place"], None, None),
    ],
)
async def test_of_a_refused_row_all_that_is_wrong_is_told_and_all_that_is_read(
    desk: Desk, changes: dict[str, str], fields: list[str], place: str | None, contract: str | None
) -> None:
    for preview in (True, False):
        (row,) = (await send(desk, as_csv([HEADER, line(1, **changes)]), preview=preview))["rows"]
        assert (row["status"], [error["field"] for error in row["errors"]]) == ("rejected", fields)
        assert all(error["message"] for error in row["errors"])
        told = row["understood"]
        assert (told["place"], told["contract_kind"], told["title"]) == (place, contract, "Maçon 1")
        assert (told["weekly_hours"], told["hourly_min"], told["salary_text"]) == (35, 12.5, "12,50 €/h")
    assert await desk.store.collection("offers").count_documents({}) == 0


async def test_of_a_row_that_is_wrong_otherwise_nothing_is_said_to_be_understood(desk: Desk) -> None:
    (row,) = (await send(desk, as_csv([HEADER, line(1, Poste="")]), preview=True))["rows"]
    assert (row["status"], row["understood"]) == ("rejected", None)


async def test_a_cell_of_a_megabyte_is_its_rows_trouble(desk: Desk) -> None:
    header = [*HEADER, "Description"]
    rows = [header, [*line(1), "Vous montez des murs. " * 50_000], [*line(2), "Vous peignez,\n«vite»"]]
    report = await send(desk, as_csv(rows))
    assert [row["status"] for row in report["rows"]] == ["accepted", "accepted"]
    assert "cut" in {warning["rule"] for warning in report["rows"][0]["warnings"]}
