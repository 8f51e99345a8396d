"""What employers write of pay, contracts and lengths in more ways than one: what it means, and what of it is doubtful."""

import pytest

from services.offers.domain.imports.rows import RowRefused
from services.offers.domain.imports.sheets.units import in_unit, period_alone
from shared.contracts.vocabulary import ContractKind
from tests.service.offers.support import Desk
from tests.service.offers.tabled import HEADER, as_csv, as_xlsx, line
from tests.service.offers.test_import_tables import send
from tests.service.offers.test_import_values import read, rules


@pytest.mark.parametrize(
    ("label", "months", "doubted"),
    [
        ("CDD 3 à 6 mois", 3, True),
        ("Contrat à durée déterminée - 12 à 18 Mois", 12, True),
        ("CDD 3/6 mois", 3, True),
        ("CDD entre 3 et 6 mois", 3, True),
        ("CDD 4 mois à un an", 4, True),
        ("Intérim de 2 semaines à 3 mois", 0.46, True),
        ("CDD 6 mois minimum", 6, True),
        ("CDD jusqu’à 6 mois", 6, True),
        ("CDD > 6 mois", 6, True),
        ("CDD 6 mois +", 6, True),
        ("CDD - 6 Mois", 6, False),
        ("CDD 6 mois renouvelable 1 fois", 6, False),
        ("CDD 6 mois, renouvelable jusqu'à 18 mois", 6, False),
        ("CDD 01/02/2027 - 6 mois", 6, False),
        ("CDD 1 an et 6 mois", 18, False),
        ("CDD 35h et 6 mois", 6, False),
        ("CDD 3 + 3 mois", 3, False),
    ],
)
def test_of_two_lengths_the_least_is_taken_and_an_open_one_is_doubted(label: str, months: float, doubted: bool) -> None:
    found = read(typeContrat="CDD", typeContratLibelle=label)
    assert (found.given.duration_months, "duration_open" in rules(found)) == (months, doubted)


@pytest.mark.parametrize(
    ("fields", "contract", "doubted"),
    [
        ({"typeContrat": "alternance"}, ContractKind.APPRENTICESHIP, True),
        ({"typeContratLibelle": "Contrat en alternance - 24 mois", "typeContrat": None}, ContractKind.APPRENTICESHIP, True),
        ({"typeContrat": "CDD", "alternance": True}, ContractKind.APPRENTICESHIP, True),
        ({"typeContrat": "Alternance (apprentissage)"}, ContractKind.APPRENTICESHIP, False),
        ({"typeContrat": "Alternance - contrat pro"}, ContractKind.PROFESSIONALISATION, False),
        (
            {"typeContrat": "CDD", "alternance": True, "natureContrat": "Cont. professionnalisation"},
            ContractKind.PROFESSIONALISATION,
            False,
        ),
        ({"typeContrat": "CDD"}, ContractKind.CDD, False),
    ],
)  # fmt: skip
def test_an_alternance_that_does_not_say_which_is_asked(
    fields: dict[str, object], contract: ContractKind, doubted: bool
) -> None:
    found = read(**fields)
    assert (found.given.contract_kind, "learning_open" in rules(found)) == (contract, doubted)


@pytest.mark.parametrize(
    ("label", "contract"),
    [
        ("contrat d'usage", ContractKind.CDD),
        ("Mission", ContractKind.TEMPORARY),
        ("mission de 3 mois", ContractKind.TEMPORARY),
        ("Contrat de mission", ContractKind.TEMPORARY),
    ],
)
def test_names_that_the_labour_code_gives_to_contracts(label: str, contract: ContractKind) -> None:
    assert read(typeContrat=None, typeContratLibelle=label).given.contract_kind is contract


def test_a_mission_of_something_else_is_no_contract() -> None:
    with pytest.raises(RowRefused):
        read(typeContrat=None, typeContratLibelle="Mission locale")


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("30 à 35 KE", (16.48, 19.23)),
        ("28 kilo-euros", (15.38, 15.38)),
        ("28 à 30 milliers d'euros", (15.38, 16.48)),
        ("2,1 KE / mois", (13.85, 13.85)),
    ],
)
async def test_thousands_however_they_are_written(desk: Desk, text: str, pay: tuple[float, float]) -> None:
    report = await send(desk, as_csv([HEADER, line(1, Salaire=text)]), preview=True)
    told = report["rows"][0]["understood"]
    assert (told["hourly_min"], told["hourly_max"]) == pay


@pytest.mark.parametrize(
    ("unit", "period"),
    [
        ("€/h", "horaire"), ("K€ / an", "annuel"), ("€ brut / mois", "mensuel"), ("€ net/mois", "mensuel net"), ("M", "mensuel"),
        ("Euros par heure", "horaire"), ("kg/h", ""), ("€", ""),
    ],
)  # fmt: skip
def test_units_of_a_pay(unit: str, period: str) -> None:
    assert period_alone(unit) == period


def test_thousands_of_a_unit_are_the_pays() -> None:
    assert in_unit("24 € à 26 €", "K€ / an") == "24 k€ à 26 k€ annuel"


async def test_a_column_of_units_is_read_with_the_pay_beside_it(desk: Desk) -> None:
    head = ["Réf", "Intitulé", "Ville", "Contrat", "Heures", "Salaire min", "Salaire max", "Unité"]
    rows = [
        ["U1", "Cariste", "Guéret (23)", "CDI", 35, 24, 26, "K€ / an"],
        ["U2", "Cariste", "Guéret (23)", "CDI", 35, 12.5, 13, "€/h"],
        ["U3", "Cariste", "Guéret (23)", "CDI", 35, 1900, 2100, "€ brut / mois"],
        ["U4", "Cariste", "Guéret (23)", "CDI", 35, 1900, 2100, "€ net / mois"],
    ]
    report = await send(desk, as_xlsx(("Offres", [head, *rows])), preview=True)
    told = [(row["understood"].get("hourly_min"), row["understood"].get("hourly_max")) for row in report["rows"]]
    assert told == [(13.19, 14.29), (12.5, 13.0), (12.53, 13.85), (None, None)]
    assert not [one for row in report["rows"] for one in row["warnings"] if one["rule"] == "salary_by_size"]


async def test_the_least_length_of_a_contract_is_no_experience_that_is_demanded(desk: Desk) -> None:
    head = [*HEADER, "Durée du contrat"]
    rows = [[*line(1, Contrat="CDD"), "6 mois min"], [*line(2, Contrat="CDD, 6 mois minimum"), ""]]
    report = await send(desk, as_csv([head, *rows]), preview=True)
    for row in report["rows"]:
        assert (row["understood"]["experience_months"], row["understood"]["duration_months"]) == (0, 6)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("4j/semaine", True), ("forfait jours", True), ("218 jours", True), ("selon planning", True), ("35-39h", True),
        ("35h", False), ("temps partiel", False), ("2x8", False), ("80%", False), ("1 ETP", False), ("0", False), ("-", False),
        ("1200 h", False),
    ],
)  # fmt: skip
async def test_a_working_time_without_hours_stays_to_be_read_below_the_text(desk: Desk, cell: str, kept: bool) -> None:
    rows = [HEADER, line(1), line(2, **{"Temps de travail": cell})]
    report = await send(desk, as_csv(rows))
    offer = (await desk.client.get(f"/v1/offers/{report['rows'][1]['offer_id']}")).json()
    assert (f"Temps de travail : {cell}" in (offer["description"] or "")) is kept
