"""What other cells and lines around a table say of a row: taken where a field is empty, and told where it stands."""

import signal
from datetime import date
from typing import Any

import pytest

from services.offers.domain.imports import RowRefused
from services.offers.domain.imports.rows import Read
from services.offers.domain.imports.sheets.contents import Known, fits
from services.offers.domain.imports.sheets.elsewhere import contract_implied, facts_in, facts_of_line
from services.offers.domain.imports.sheets.reading import read_sheet_row
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, SheetRows, read_table
from services.offers.domain.imports.sheets.titles import Column
from shared.tables import Cell
from tests.service.offers.tabled import as_csv, as_xlsx
from tests.service.offers.test_import_rows_whole import communes
from tests.service.offers.test_import_table_days import TODAY

KNOWN = Known(communes, None, TODAY)
GUERET, FELLETIN, AUBUSSON = "23096", "23079", "23008"


def table(*rows: list[str], **asked: Any) -> SheetRows:
    return read_table(as_csv(list(rows)), Asked(**asked), 10**7, KNOWN)


def offers(found: SheetRows) -> list[Read]:
    rows = [row for _, row in found.parsed(0, len(found)) if isinstance(row, SheetRow) and not row.errors]
    return [read_sheet_row(row, "x", communes, "23", TODAY) for row in rows]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("temps partiel 50%", {"hours": "temps partiel 50%"}),
        ("permis B, 39h", {"licence": "permis B", "hours": "39h"}),
        ("SARL Dubreuil, 23200 Aubusson", {"place": "23200 Aubusson"}),
        ("Felletin (23500)", {"place": "Felletin 23500"}),
        ("CDD 8 mois renouvelable", {"contract": "CDD 8 mois renouvelable"}),
        ("24h/semaine ; débutant accepté", {"hours": "24h/semaine", "experience": "débutant accepté"}),
        ("3 postes - permis PL exigé", {"positions": "3 postes", "licence": "permis PL exigé"}),
        ("à pourvoir au 15/01/2027", {"starts_on": "à pourvoir au 15/01/2027"}),
        ("7h-15h, du lundi au vendredi", {"schedule": "7h-15h, du lundi au vendredi"}),
        ("exp 2 ans mini", {"experience": "exp 2 ans mini"}),
        ("1 950 € brut mensuel", {"salary": "1 950 € brut mensuel"}),
        ("mi-temps + permis b", {"hours": "mi-temps", "licence": "permis b"}),
    ],
)
def test_the_parts_of_a_cell_say_each_one_thing(cell: str, said: dict[str, str]) -> None:
    assert {column.value: text for column, text in facts_in(cell, KNOWN).facts.items()} == said


@pytest.mark.parametrize(
    "cell",
    [
        "remplace Mme Martin partie en CDI", "urgent", "voir avec M. Roux 06 12 34 56 78", "logé, nourri", "budget à valider",
        "a perdu son permis B", "dispo 06 12 34 56 78", "voir M. Roux le samedi", "Mme Petit à 8h", "TP", "stage possible",
        "dispo 06.12.34.56.78", "apprentissage possible", "demander Paul le matin", "code 1234h",
        "on lui doit 35h", "le précédent était payé 1900 € brut", "CDI refusé par le siège", "", "—",
    ],
)  # fmt: skip
def test_a_sentence_that_speaks_of_it_says_nothing(cell: str) -> None:
    assert facts_in(cell, KNOWN).facts == {}


def test_a_remark_is_read_and_not_published() -> None:
    header = ["Poste", "Ville", "Contrat", "Obs."]
    (one,) = offers(table(header, ["Carreleur", "Felletin", "CDI", "permis B, 39h, urgent"]))
    assert (one.given.weekly_hours, [licence.value for licence in one.given.licences]) == (39, ["B"])
    assert "urgent" not in one.given.description
    told = [warning.message for warning in one.warnings if warning.rule == "read_elsewhere"]
    assert len(told) == 2
    assert all("D (Obs.)" in message for message in told)


@pytest.mark.parametrize(
    "remark",
    [
        "dispo 06 12 34 56 78",
        "voir M. Roux le samedi",
        "appeler Léa à 8h, le soir",
        "début Mme Martin 12",
        "2 ans d'expérience chez Roux",
    ],
)
def test_nothing_of_a_remark_that_may_name_people_is_published(remark: str) -> None:
    (one,) = offers(table(["Poste", "Ville", "Contrat", "Remarques"], ["Aide", "Felletin", "CDI", remark]))
    published = one.given.model_dump_json()
    assert not any(word in published for word in ("06 12", "Roux", "Léa", "Martin"))


def test_an_employers_name_says_where_and_nothing_else() -> None:
    (one,) = offers(
        table(["Poste", "Entreprise", "Contrat"], ["Maçon", "Dupont - TP - CDI 28h, 23500 Felletin", "CDI"])
    )
    assert (one.given.place.commune_code, one.given.weekly_hours) == (FELLETIN, None)


def test_its_own_column_wins_and_other_matters_are_left_alone() -> None:
    header = ["Poste", "Ville", "Contrat", "Heures", "Remarques", "Période d'essai"]
    (one,) = offers(table(header, ["Carreleur", "Felletin", "CDD", "28", "35h", "2 mois"]))
    assert (one.given.weekly_hours, one.given.duration_months) == (28, None)


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        (["Début", "Fin", "Poste", "Ville"], ["04/01/2027", "CDI", "Serveur", "Felletin"], "cdi"),
        (["Poste", "Ville", "Quand"], ["Serveur", "Felletin", "ASAP, CDD 6 mois"], "cdd"),
        (["Poste", "Ville", "Salaire"], ["Serveur", "Felletin", "SMIC, contrat saisonnier"], "seasonal"),
        (
            ["Poste", "Client", "Mission à", "Taux horaire"],
            ["Serveur", "confidentiel", "Felletin", "12,10"],
            "temporary",
        ),
    ],
)
def test_the_contract_may_stand_in_another_column(header: list[str], cells: list[str], kind: str) -> None:
    (one,) = offers(table(header, cells, columns={"Mission à": Column.PLACE} if "Mission à" in header else {}))
    assert one.given.contract_kind.value == kind


def test_a_term_alone_chooses_no_contract_and_asks_which() -> None:
    with pytest.raises(RowRefused) as refused:
        offers(table(["Poste", "Ville", "Durée"], ["Serveur", "Felletin", "6 mois"]))
    assert "est-ce un CDD" in refused.value.errors[0].message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Association La Main tendue - postes ouverts au 30/11/2026", {"employer": "Association La Main tendue"}),
        ("Mairie de Felletin", {"place": "Felletin", "employer": "Mairie de Felletin"}),
        ("Chantier d'insertion Les Jardins - CDDI 26h - 23000 Guéret", {"contract": "CDDI 26h", "place": "23000 Guéret"}),
        ("EI Tri & Co -- fiche des postes -- MAJ 25/11/26", {"employer": "EI Tri & Co", "contract": "CDDI"}),
        ("EMPLOIS SAISON 2027", {"contract": "Saisonnier"}),
        ("Camping du Lac, 23500 Felletin - emplois saisonniers", {
            "employer": "Camping du Lac", "place": "23500 Felletin", "contract": "emplois saisonniers"}),
        ("Offres d'emploi en alternance", {"contract": "Apprentissage"}),
        ("Postes à pourvoir dès janvier 2027", {"starts_on": "Postes à pourvoir dès janvier 2027"}),
        ("Permis B obligatoire pour tous les postes", {"licence": "Permis B obligatoire"}),
        ("Tableau des emplois vacants", {}),
        ("Liste arrêtée au 30 novembre 2026", {}),
        ("Contact : Mme Roy 05 55 64 00 11", {}),
        ("Maison Petit 06 12 34 56 78", {}),
        ("Agence de Mme Petit", {}),
        ("CONFIDENTIEL", {}),
    ],
)  # fmt: skip
def test_a_line_above_says_something_of_every_row(line: str, said: dict[str, str]) -> None:
    found = {column.value: text for column, text in facts_of_line(line, KNOWN).items()}
    if "contract" not in found and (implied := contract_implied(line)) is not None:
        found["contract"] = implied
    assert found == said


def test_lines_above_between_and_below_hold_for_their_rows() -> None:
    found = table(
        ["Chantier d'insertion Les Ateliers - 26h/semaine", "", ""],
        ["", "", ""],
        ["Poste", "Nb", "Début"],
        ["SITE DE GUERET", "", ""],
        ["Agent de tri", "2", "04/01/2027"],
        ["Aubusson", "", ""],
        ["Couturier", "1", "04/01/2027"],
        ["Jardinier", "1", "04/01/2027"],
        ["Tous les postes sont à pourvoir avec permis B", "", ""],
    )
    said = offers(found)
    assert [one.given.place.commune_code for one in said] == [GUERET, AUBUSSON, AUBUSSON]
    assert {(one.given.contract_kind.value, one.given.weekly_hours) for one in said} == {("cddi", 26)}
    assert all(any("ligne 1" in warning.message for warning in one.warnings) for one in said)
    assert sum("n'est pas une offre, elle dit : lieu" in note for note in found.notes) == 2


def test_what_a_line_says_wins_over_what_another_implies() -> None:
    found = table(
        ["Les Jardins - chantier d'insertion", ""],
        ["Tous nos contrats : CDDI 4 mois renouvelables, 26h", ""],
        ["Poste", "Lieu"],
        ["Maraîcher", "Felletin"],
    )
    given = offers(found)[0].given
    assert (given.contract_kind.value, given.duration_months, given.weekly_hours) == ("cddi", 4, 26)


@pytest.mark.parametrize(("cell", "code"), [("ADMR (Felletin)", FELLETIN), ("Felletin (Creuse)", FELLETIN)])
def test_a_place_may_stand_in_brackets(cell: str, code: str) -> None:
    (one,) = offers(table(["Poste", "Contrat", "Employeur (ville)"], ["Aide", "CDI", cell]))
    assert one.given.place.commune_code == code


def test_a_place_below_the_last_offer_holds_where_no_other_is_said() -> None:
    below = table(["Poste", "Contrat"], ["Aide", "CDI"], ["Siège : 23500 Felletin", ""])
    assert offers(below)[0].given.place.commune_code == FELLETIN
    other = table(["Mairie de Guéret", ""], ["Poste", "Contrat"], ["Aide", "CDI"], ["Siège : 23500 Felletin", ""])
    assert offers(other)[0].given.place.commune_code == GUERET


@pytest.mark.parametrize("cell", ["Felletin ou Guéret", "Felletin / Aubusson", "Felletin et Crocq"])
def test_of_several_places_the_first_is_taken_and_told(cell: str) -> None:
    (one,) = offers(table(["Poste", "Contrat", "Lieu"], ["Aide", "CDI", cell]))
    assert one.given.place.commune_code == FELLETIN
    assert any(cell in warning.message for warning in one.warnings if warning.rule == "place_by_name")


@pytest.mark.parametrize(
    ("title", "cell", "months"),
    [("Exp", "5", 60), ("Expérience (ans)", "2", 24), ("Exp. en mois", "6", 6), ("Exp", "0", 0)],
)
def test_a_bare_number_below_experience_counts_years_or_what_its_title_says(title: str, cell: str, months: int) -> None:
    (one,) = offers(table(["Poste", "Ville", "Contrat", title], ["Aide", "Felletin", "CDI", cell]))
    assert one.given.experience_months == months


def test_hours_of_a_day_times_days_are_a_weeks() -> None:
    (one,) = offers(table(["Poste", "Ville", "Contrat", "Heures"], ["Aide", "Felletin", "CDD", "2h/jour x 4 jours"]))
    assert one.given.weekly_hours == 8


def test_what_comes_on_top_in_percent_is_not_the_pay() -> None:
    (one,) = offers(
        table(["Poste", "Ville", "Contrat", "Salaire"], ["Aide", "Felletin", "CDD 35h", "12,02 + 10 % IFM"])
    )
    assert one.given.salary.hourly_min == 12.02


def test_a_note_below_of_one_post_holds_for_none() -> None:
    found = table(["Poste", "Ville", "Contrat"], ["Serveur", "Felletin", "CDD"], ["NB : le serveur est à 24h", "", ""])
    assert offers(found)[0].given.weekly_hours is None


def test_what_the_caller_says_for_all_wins_over_the_lines() -> None:
    rows = (["Mairie de Felletin", ""], ["Poste", "Contrat"], ["ATSEM", "CDD"])
    (one,) = offers(table(*rows, otherwise={Column.PLACE: "23000 Guéret"}))
    assert one.given.place.commune_code == GUERET


def test_an_employer_that_is_written_once_stands_for_the_rows_below() -> None:
    found = table(
        ["Établissement", "Métier", "Contrat"],
        ["EHPAD Les Genêts, 23500 Felletin", "Infirmier", "CDI"],
        ["", "Lingère", "CDD"],
        ["Foyer Beauséjour, 23000 Guéret", "Veilleur", "CDI"],
        ["Total", "3", ""],
    )
    said = offers(found)
    assert [one.given.place.commune_code for one in said] == [FELLETIN, FELLETIN, GUERET]
    assert [one.company_name[:5] for one in said] == ["EHPAD", "EHPAD", "Foyer"]
    assert any("Ligne 3" in note for note in found.notes)


def test_an_employer_that_is_no_first_column_may_be_meant_to_be_unknown() -> None:
    header = ["Métier", "Entreprise", "Ville", "Contrat"]
    said = offers(table(header, ["Maçon", "Bâti 23", "Felletin", "CDI"], ["Couvreur", "", "Felletin", "CDI"]))
    assert said[1].company_name != "Bâti 23"


def test_a_place_that_two_columns_say_is_asked_of_neither_line() -> None:
    rows = (["Mairie de Felletin", "", ""], ["Poste", "CP", "Contrat"], ["ATSEM", "23000", "CDD"])
    (one,) = offers(table(*rows))
    assert one.given.place.commune_code == GUERET


@pytest.mark.parametrize(
    "text", ["CDI " * 5_000, "1" * 5_000, "a" * 119, "permis b et " * 9, "12 345 " * 16, "à " * 60, "de " * 40 + "x"]
)
def test_long_cells_are_read_in_bounded_steps(text: str) -> None:
    for _ in range(50):
        facts_in(text, KNOWN)
        facts_of_line(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        # What may be parted in many ways, and ends in nothing: each took longer than anybody can wait.
        "cdi-" * 29 + "z",
        "cdi/" * 29 + "z",
        "env" * 30 + "!",
        "env " * 25 + "!",
        "cdi " + "de en " * 18 + "!",
        "cdi " + "12h12" * 20 + "!",
        "cdi " + "renouvel" * 12 + "!",
        "lundi, " * 16 + "z",
    ],
)
def test_a_cell_that_may_be_parted_in_many_ways_says_nothing_at_once(text: str) -> None:
    def late(*_: object) -> None:
        raise AssertionError("the pattern goes through every way to part it")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, 5.0)
    try:
        assert facts_in(text, KNOWN).facts == facts_of_line(text, KNOWN) == {}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize(
    "line",
    [
        "Aucun poste en CDI",
        "Les postes ne sont pas en CDI",
        "Offres hors CDI",
        "Postes sauf saisonniers",
        "Offres sans intérim",
    ],
)
def test_a_line_that_says_which_contracts_there_are_not_implies_none(line: str) -> None:
    assert contract_implied(line) is None


def test_a_workbook_is_read_alike() -> None:
    def change(book: Any) -> None:
        sheet = book["Besoins"]
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("A4:A5")
        sheet["D4"].number_format = "dd/mm/yyyy"

    rows = [
        ["Les Ateliers - chantier d'insertion, 26 h/semaine", None, None, None, None],
        [None],
        ["Site", "Emploi proposé", "Nb", "Arrivée", "Rq"],
        ["23500 Felletin", "Couturier", 2, date(2027, 1, 4), "permis B exigé"],
        [None, "Repasseur", "1", "mi-janvier", None],
        ["Total", None, 3, None, None],
    ]
    found = read_table(as_xlsx(("Lisez-moi", [["Bonjour"]]), ("Besoins", rows), change=change), Asked(), 10**7, KNOWN)
    said = offers(found)
    assert [one.given.title for one in said] == ["Couturier", "Repasseur"]
    assert [str(one.given.starts_on) for one in said] == ["2027-01-04", "2027-01-15"]
    assert {one.given.place.commune_code for one in said} == {FELLETIN}
    assert {(one.given.contract_kind.value, one.given.weekly_hours) for one in said} == {("cddi", 26)}
    assert [len(one.given.licences) for one in said] == [1, 0]


@pytest.mark.parametrize(
    "remark",
    [
        "enceinte, 7 mois", "prison, 6 mois", "arrêt maladie, 3 mois", "handicap, 80 %, permis B",
        "candidat : Ahmed, débutant, 20h",
        "Remplace Mme X, titulaire", "congé parental - 12 mois", "RSA ; 24h",
        "Léa (mi-temps thérapeutique), 50 %", "sans logement, 4 mois",
        "burn-out + 2 mois", "suivi SPIP, permis B", "a un enfant, 28h", "invalidité / 50 %",
        "réfugié, débutant accepté", "M. Roux, CDI",
    ],
)  # fmt: skip
def test_what_stands_beside_words_of_no_post_is_a_persons(remark: str) -> None:
    (one,) = offers(table(["Poste", "Ville", "Contrat", "Observations"], ["Aide", "Felletin", "Autre", remark]))
    assert not [warning for warning in one.warnings if warning.rule == "read_elsewhere"]
    given = one.given
    assert (given.weekly_hours, given.duration_months, list(given.licences)) == (None, None, [])


@pytest.mark.parametrize(
    ("remark", "hours"),
    [
        ("urgent, 24h", 24),
        ("logé, nourri, 39h", 39),
        ("28h - prime", 28),
        ("CDD, 30h, permis B", 30),
        ("mutuelle ; 20h", 20),
    ],
)
def test_what_is_of_a_post_beside_it_takes_nothing_away(remark: str, hours: int) -> None:
    (one,) = offers(table(["Poste", "Ville", "Contrat", "Observations"], ["Aide", "Felletin", "CDD", remark]))
    assert one.given.weekly_hours == hours


@pytest.mark.parametrize(
    "text",
    [
        "Mme Dupont 23000", "Paul Lefebvre 23000", "Association Martin Jean 23000", "Ahmed (23500)",
        "23000 Léa Petit", "M. Felletin 23500",
        "Maison Roux 23200", "Felletin 75001", "23000 Felletin", "Foyer Jean Petit 23500",
        "chez Mme Roy, 23200 Roy", "Mairie de Dupont 23000",
    ],
)  # fmt: skip
def test_a_place_is_a_commune_with_its_own_postcode(text: str) -> None:
    assert facts_in(text, KNOWN).facts == {}
    assert facts_of_line(text, KNOWN) == {}


@pytest.mark.parametrize("text", ["23000 Guéret", "Felletin (23500)", "23200 AUBUSSON", "Foyer, 23011 Guéret Cedex"])
def test_a_commune_with_its_postcode_is_a_place(text: str) -> None:
    assert facts_in(text, KNOWN).facts.keys() == {Column.PLACE}


@pytest.mark.parametrize(
    "text",
    [
        "0612345678 brut", "06 12 34 56 78/h", "06.12.34.56.78 brut", "+33612345678 brut",
        "salaire : 0612345678 brut", "05 55 64 00 11 € brut",
        "33612345678 brut", "06 12 34 56 78 à brut", "612345678 par heure", "0555640011/h", "12 34 56 78 brut mensuel",
    ],
)  # fmt: skip
def test_a_telephones_number_is_no_pay(text: str) -> None:
    assert facts_in(text, KNOWN).facts == {}
    assert fits(Column.SALARY, [Cell(text)], KNOWN) == 0


@pytest.mark.parametrize(
    "text",
    [
        "1 950 € brut", "12,10/h", "12.10 € brut/h", "1950 brut", "1.950 € brut mensuel",
        "1 900 à 2 100 € brut", "salaire de 12 à 13,50 € brut horaire",
        "10500 € brut", "12€ de l'heure",
    ],
)  # fmt: skip
def test_an_amount_is_pay(text: str) -> None:
    assert facts_in(text, KNOWN).facts == {Column.SALARY: text}
