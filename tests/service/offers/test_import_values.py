"""What a feed's fields mean: pay, hours, schedule, licences, contracts. The right values come from public bug reports."""

import time
from typing import Any

import pytest

from services.offers.domain.imports import RowRefused, read_france_travail
from services.offers.domain.imports.hours import read_working_time
from services.offers.domain.imports.numbers import NUMBER, value_of
from services.offers.domain.imports.salary import Work, read_salary
from shared.contracts.vocabulary import ContractKind, Licence, OpportunityKind, ReservedPublic
from shared.reference.communes import Communes
from tests.service.offers.test_imports import row

communes = Communes.load()


def read(**changes: Any) -> Any:
    return read_france_travail(row(1, **changes), communes)


def rules(found: Any) -> set[str]:
    return {warning.rule for warning in found.warnings}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1800", 1800), ("1800.0", 1800), ("1 800", 1800), ("1\u202f800,50", 1800.5), ("1.800,00", 1800),
        ("1,800.00", 1800), ("21450,00", 21450), ("12.5", 12.5), ("12,500", 12_500), ("1.234.567", 1_234_567), ("11,98", 11.98),
    ],
)  # fmt: skip
def test_numbers_in_french_writing(text: str, value: float) -> None:
    found = NUMBER.search(f"de {text} Euros")
    assert found is not None
    assert found[0] == text
    assert value_of(found[0]) == value


@pytest.mark.parametrize(
    ("label", "hours", "low", "high"),
    [
        ("Mensuel de 1250.0 Euros", 24, 12.02, 12.02),
        ("Mensuel de 840.0 Euros", 14, 13.85, 13.85),
        ("Mensuel de 520.0 Euros", 7, 17.14, 17.14),
        ("Mensuel de 2600 Euros", 42, 14.29, 14.29),
        ("Mensuel de 1800 à 2000 Euros sur 12 mois", None, 11.87, 13.19),
        ("Mensuel de 1800.0 Euros à 2000.0 Euros sur 13.0 mois", 35, 11.87, 13.19),
        ("Mensuel de 1.800,00 Euros", None, 11.87, 11.87),
        ("Mensuel de 1 800,00 Euros à 2 000,00 Euros", 35, 11.87, 13.19),
        ("Entre 1 800 € et 2 000 € par mois", 35, 11.87, 13.19),
        ("1800 - 2000 euros brut mensuel", 35, 11.87, 13.19),
        ("Annuel de 35000,00 Euros à 45000,00 Euros", None, 19.23, 24.73),
        ("Annuel de 30.000 Euros", 35, 16.48, 16.48),
        ("35-40 k€ par an", 35, 19.23, 21.98),
        ("35 k€ à 40 k€", 35, 19.23, 21.98),
        ("Annuel de 12000 Euros", 17.5, 13.19, 13.19),
        ("Horaire de 11,98 Euros à 11,98 Euros", None, 11.98, 11.98),
        ("Horaire de 12.500 Euros", None, 12.5, 12.5),
        ("12,50 € de l'heure", 20, 12.5, 12.5),
        ("Horaire de 11.88 Euros sur 12 mois", 24, 11.88, 11.88),
        ("Mensuel de 2000 Euros à 1800 Euros", 35, 11.87, 13.19),
        ("Horaire de 11.88 Euros à 12.5", 35, 11.88, 12.5),
        ("1’900 € par mois", 35, 12.53, 12.53),
        ("1\u2009900 EUR / mois", 35, 12.53, 12.53),
        ("13€20/h", 35, 13.2, 13.2),
        ("13 euros 20 de l'heure", 35, 13.2, 13.2),
        ("13€20 brut de l'heure + panier 9,50 €", 35, 13.2, 13.2),
        ("Horaire de 12,02 Euros + prime de 150 euros par mois", 35, 12.02, 12.02),
        ("1 950 € brut mensuel + tickets restaurant à 9 €", 35, 12.86, 12.86),
        ("1900 euros/mois + logement (valeur 300 euros)", 35, 12.53, 12.53),
        ("1 900 € bruts par mois (12,53 €/h)", 35, 12.53, 12.53),
        ("Minimum 12 € maximum 14 € de l'heure", 35, 12, 14),
    ],
)
def test_pay_is_divided_by_the_hours_that_it_pays(label: str, hours: float | None, low: float, high: float) -> None:
    salary, warnings = read_salary(label, work=Work(hours))
    assert (salary.hourly_min, salary.hourly_max, warnings) == (low, high, [])
    assert salary.text == label


@pytest.mark.parametrize(
    ("label", "work", "rule", "proposal"),
    [
        ("Mensuel de 21450,00 Euros", Work(), "salary_unlikely", "annuel"),
        ("Mensuel de 12,50 Euros", Work(), "salary_unlikely", "horaire"),
        ("Annuel de 1850 Euros", Work(), "salary_unlikely", "mensuel"),
        ("Horaire de 1850 Euros", Work(), "salary_unlikely", "mensuel"),
        ("Annuel de 2000,00 Euros à 26000,00 Euros", Work(), "salary_unlikely", ""),
        ("De 25000,00 Euros à 30000,00 Euros", Work(), "salary_period", "annuel"),
        ("Mensuel de 900 Euros", Work(part_time=True), "salary_without_hours", ""),
        ("Mensuel de 1500 Euros net", Work(), "salary_net", ""),
    ],
)
def test_what_is_not_likely_stays_a_text(label: str, work: Work, rule: str, proposal: str) -> None:
    salary, warnings = read_salary(label, work=work)
    assert (salary.hourly_min, salary.hourly_max, salary.text) == (None, None, label)
    assert [warning.rule for warning in warnings] == [rule]
    assert proposal in warnings[0].message


def test_a_learner_may_earn_less_and_silence_is_no_warning() -> None:
    assert read_salary("Mensuel de 800 Euros", work=Work(35, learner=True))[0].hourly_min == 5.27
    assert read_salary("Mensuel de 800 Euros", work=Work(35))[0].hourly_min is None
    assert read_salary("", "Selon profil") == (read_salary("Selon profil")[0], [])


@pytest.mark.parametrize(
    ("texts", "hours"),
    [
        (["35H Travail en journée"], 35),
        (["35 H", "35 H"], 35),
        (["37H30 Autre"], 37.5),
        (["39H10\nTravail en journée"], 39.17),
        (["17,5 heures/semaine"], 17.5),
        (["17.5H/semaine"], 17.5),
        (["35,50H/semaine"], 35.5),
        (["Temps partiel - 17H30/semaine\nTravail en journée"], 17.5),
        (["temps partiel - 7H30 Travail en journée"], 7.5),
        (["24 h par semaine"], 24),
        (["35 heures hebdomadaires"], 35),
        (["15H/mois"], 3.46),
        (["40H/mois"], 9.23),
        (["151,67 heures par mois"], 35),
        (["1607 h/an"], 35),
        (["1 607 h"], 35),
        (["1 607 heures annualisées"], 35),
        (["151,67 h"], 35),
        (["169 h mensualisées"], 39),
        (["de 20 à 25 h"], None),
        (["30 à 35 heures par semaine"], None),
        (["Temps partiel : 15 ou 20h/semaine"], None),
        (["de 8 à 16h, 20 h par semaine"], 20),
        (["Horaires de 8h à 16h"], None),
        (["8h-12h / 14h-18h"], None),
        (["de 8 h 30 à 12 h 30, 20 h par semaine"], 20),
        (["Début à 6h"], None),
        (["jusqu'à 22h"], None),
        (["de 20h à 25h/semaine"], None),
        (["7h par jour"], None),
        (["2h/jour du lundi au vendredi"], 10),
        (["1 h 30 par jour, 5 jours par semaine"], 7.5),
        (["7h/jour, 4 jours/semaine"], 28),
        (["28/35e"], 28),
        (["TNC 17,5/35ème annualisé"], 17.5),
        (["24h/35h"], 24),
        (["12h de nuit"], None),
        (["35h de nuit"], 35),
        (["12h par garde"], None),
        (["7/7, 24h/24"], None),
        (["Travail en journée"], None),
        (["90H/semaine"], None),
        ([""], None),
    ],
)
def test_hours_a_week(texts: list[str], hours: float | None) -> None:
    assert read_working_time(texts).weekly_hours == hours


def test_full_time_is_thirty_five_and_says_so_part_time_is_asked_for() -> None:
    full = read_working_time([""], ["Temps plein"])
    assert (full.weekly_hours, [one.rule for one in full.warnings]) == (35.0, ["hours_assumed"])
    part = read_working_time(["Temps partiel"])
    assert (part.weekly_hours, part.part_time, [one.rule for one in part.warnings]) == (None, True, ["hours_missing"])
    both = read_working_time(["35H", "39H/semaine"])
    assert (both.weekly_hours, [one.rule for one in both.warnings]) == (35.0, ["hours_contradict"])


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("35H Autre", {}),
        ("35H Travail en journée", {"early": False, "late": False, "night": False}),
        ("35H Travail de nuit", {"late": True, "night": True}),
        ("35H/semaine Travail les week-ends et jours fériés", {"weekend": True}),
        ("35H/semaine\nTravail posté (2x8, 3x8, 5x8, etc.)", {"early": True, "late": True}),
        ("Travail en 3x8", {"early": True, "late": True, "night": True}),
        ("Pas de travail le week-end", {"weekend": False}),
        ("Horaires de 8h à 16h", {"early": False, "late": False, "night": False}),
        ("21h - 6h", {"early": True, "late": True, "night": True}),
        ("35 H  Horaires normaux", {"early": False, "late": False, "night": False, "weekend": False}),
        ("Travail en 5x8", {"early": True, "late": True, "night": True, "weekend": True}),
        ("VSD", {"weekend": True}),
        ("35H - Poste à pourvoir", {}),
        ("35H équipe de jour", {}),
        ("35H, repos le week-end", {"weekend": False}),
        ("Repos samedi et dimanche", {"weekend": False}),
        ("Dimanche et lundi de repos", {"weekend": False}),
        ("Samedi travaillé, dimanche libre", {"weekend": True}),
        ("Pas de nuit ni de week-end", {"late": False, "night": False, "weekend": False}),
    ],
)
def test_what_nobody_says_of_a_schedule_is_unknown(text: str, flags: dict[str, bool]) -> None:
    assert read_working_time([text]).flags == flags


def test_an_unknown_night_is_null_all_the_way() -> None:
    offer = read(intitule="Aide-soignant de nuit (H/F)", dureeTravailLibelle="35H").given
    assert offer.declared_schedule is None
    assert offer.demands.unknown == ("early", "late", "night", "weekend")
    day = read(dureeTravailLibelle="35H Travail en journée").given
    assert (day.demands.night, day.demands.unknown) == (False, ("weekend",))


@pytest.mark.parametrize(
    ("label", "kept", "warned"),
    [
        ("B - Véhicule léger", Licence.B, None),
        ("C1E - Poids lourd léger + remorque", Licence.CE, "licence_nearest"),
        ("D1 - Minibus", Licence.D, "licence_nearest"),
        ("D1E - Minibus + remorque", Licence.D, "licence_nearest"),
        ("B96 - Véhicule léger + remorque", Licence.B, "licence_nearest"),
        ("B1 - Quadricycle lourd", Licence.B, "licence_nearest"),
        ("CE - Poids lourd + remorque (= EC)", Licence.CE, None),
        ("EC - Poids lourd + remorque", Licence.CE, None),
        ("B mention 79.06 (= EB)", Licence.BE, None),
        ("Permis C", Licence.C, None),
        ("B et BE", Licence.BE, None),
        ("Permis poids lourd", Licence.C, None),
        ("Permis bateau", None, "licence_unknown"),
    ],
)
def test_a_demanded_licence_is_kept_or_told(label: str, kept: Licence | None, warned: str | None) -> None:
    found = read(permis=[{"libelle": label, "exigence": "E"}])
    assert found.given.licences == ((kept,) if kept else ())
    assert {rule for rule in rules(found) if rule.startswith("licence")} == ({warned} if warned else set())
    assert read(permis=[{"libelle": label, "exigence": "S"}]).given.licences == ()


@pytest.mark.parametrize(
    ("changes", "kind", "contract", "reserved"),
    [
        (
            {"typeContrat": "DDI", "natureContrat": "Insertion par l'activ.éco."},
            OpportunityKind.IAE_POST, ContractKind.CDDI, (ReservedPublic.IAE,),
        ),
        ({"typeContrat": "TTI"}, OpportunityKind.IAE_POST, ContractKind.TEMPORARY, (ReservedPublic.IAE,)),
        (
            {"typeContrat": "CDD", "typeContratLibelle": "CDD Insertion - 6 Mois"},
            OpportunityKind.IAE_POST, ContractKind.CDDI, (ReservedPublic.IAE,),
        ),
        ({"natureContrat": "Contrat apprentissage"}, OpportunityKind.APPRENTICESHIP, ContractKind.APPRENTICESHIP, ()),
        ({"alternance": True}, OpportunityKind.APPRENTICESHIP, ContractKind.APPRENTICESHIP, ()),
        (
            {"natureContrat": "Cont. professionnalisation", "alternance": "True"},
            OpportunityKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION, (),
        ),
        ({"alternance": "False"}, OpportunityKind.JOB, ContractKind.CDI, ()),
        (
            {"typeContrat": "CDD", "natureContrat": "Contrat unique d'insertion - CAE"},
            OpportunityKind.JOB, ContractKind.CDD, (),
        ),
        ({"typeContrat": "DDT"}, OpportunityKind.JOB, ContractKind.CDD, (ReservedPublic.DISABILITY,)),
        ({"typeContrat": "CDI intérimaire"}, OpportunityKind.JOB, ContractKind.CDI, ()),
        ({"typeContrat": "CDD insertion"}, OpportunityKind.IAE_POST, ContractKind.CDDI, (ReservedPublic.IAE,)),
        ({"typeContrat": "Contrat à durée indéterminée"}, OpportunityKind.JOB, ContractKind.CDI, ()),
        ({"typeContrat": "CDD pouvant déboucher sur un CDI"}, OpportunityKind.JOB, ContractKind.CDD, ()),
        (
            {"typeContrat": None, "typeContratLibelle": "Contrat à durée déterminée - 6 Mois"},
            OpportunityKind.JOB, ContractKind.CDD, (),
        ),
        ({"typeContrat": "c.d.i."}, OpportunityKind.JOB, ContractKind.CDI, ()),
        (
            {"typeContrat": "", "typeContratLibelle": "C.D.D.I. de 6 mois"},
            OpportunityKind.IAE_POST,
            ContractKind.CDDI,
            (ReservedPublic.IAE,),
        ),
        ({"typeContratLibelle": "CDI inclusion"}, OpportunityKind.IAE_POST, ContractKind.CDI, (ReservedPublic.IAE,)),
        (
            {"typeContrat": "CDD", "typeContratLibelle": "CDD-I 6 mois"},
            OpportunityKind.IAE_POST, ContractKind.CDDI, (ReservedPublic.IAE,),
        ),
        (
            {"typeContrat": "CDD", "natureContrat": "Emploi en SIAE"},
            OpportunityKind.IAE_POST, ContractKind.CDDI, (ReservedPublic.IAE,),
        ),
        ({"typeContrat": "CDD en ACI"}, OpportunityKind.IAE_POST, ContractKind.CDDI, (ReservedPublic.IAE,)),
        ({"typeContratLibelle": "CDI ou CDD"}, OpportunityKind.JOB, ContractKind.CDI, ()),
        ({"typeContrat": "Vacation"}, OpportunityKind.JOB, ContractKind.CDD, ()),
        ({"typeContrat": "Saisonnier"}, OpportunityKind.JOB, ContractKind.SEASONAL, ()),
        ({"typeContrat": "Intérim"}, OpportunityKind.JOB, ContractKind.TEMPORARY, ()),
        ({"typeContrat": "Stage"}, OpportunityKind.TRAINING, ContractKind.TRAINING, ()),
        ({"typeContrat": "Service civique"}, OpportunityKind.VOLUNTEERING, ContractKind.VOLUNTEERING, ()),
        ({"typeContrat": "Contrat en alternance"}, OpportunityKind.APPRENTICESHIP, ContractKind.APPRENTICESHIP, ()),
    ],
)  # fmt: skip
def test_the_contract_says_for_whom_the_post_is(
    changes: dict[str, Any], kind: OpportunityKind, contract: ContractKind, reserved: tuple[ReservedPublic, ...]
) -> None:
    offer = read(**changes).given
    assert (offer.kind, offer.contract_kind, offer.reserved_publics) == (kind, contract, reserved)


@pytest.mark.parametrize(("code", "rule"), [(None, "required"), ("XYZ", "unknown")])
def test_a_contract_that_nobody_names_or_knows_is_refused(code: str | None, rule: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read(typeContrat=code, typeContratLibelle=None)
    assert [(error.field, error.rule) for error in refused.value.errors] == [("typeContrat", rule)]


@pytest.mark.parametrize("field", ["typeContrat", "typeContratLibelle"])
def test_of_a_contract_no_more_is_read_than_a_label_has(field: str) -> None:
    fields = {"typeContrat": None, "typeContratLibelle": None}
    assert read(**fields | {field: "poste " * 10 + "CDI"}).given.contract_kind is ContractKind.CDI
    with pytest.raises(RowRefused):
        read(**fields | {field: "\ufdfa " * 600 + "CDI"})


def test_a_web_pages_text_is_read_as_it_is_seen() -> None:
    found = read(
        intitule="<b>Aide</b> à domicile &lt; 20 h",
        description="<p>Bonjour</p><ul><li>un&nbsp;</li><li>deux</li></ul>fin",
    ).given
    assert found.title == "Aide à domicile < 20 h"
    assert found.description == "Bonjour\n- un\n- deux\nfin"


@pytest.mark.parametrize(
    ("changes", "field", "value", "warned"),
    [
        ({"romeCode": "k2204"}, "occupation_code", "K2204", set()),
        ({"romeCode": "43412"}, "occupation_code", None, {"occupation_unknown"}),
        ({"origineOffre": {"urlOrigine": "HTTPS://Exemple.FR/a"}}, "apply_url", "https://exemple.fr/a", set()),
        ({"origineOffre": {"urlOrigine": "http://localhost/a"}}, "apply_url", None, {"website"}),
        ({"origineOffre": {"urlOrigine": "javascript:alert(1)"}}, "apply_url", None, {"website"}),
        (
            {"origineOffre": {"urlOrigine": "www.exemple.fr"}, "contact": {"urlPostulation": "https://exemple.fr/b"}},
            "apply_url", "https://exemple.fr/b", {"website"},
        ),
        ({"experienceExige": "e", "experienceLibelle": "2 ans"}, "experience_months", 24, set()),
        ({"experienceExige": "E", "experienceLibelle": "3 semaines"}, "experience_months", 1, set()),
    ],
)  # fmt: skip
def test_an_odd_optional_field_costs_no_offer(
    changes: dict[str, Any], field: str, value: Any, warned: set[str]
) -> None:
    found = read(**changes)
    assert (getattr(found.given, field), rules(found)) == (value, warned)


def test_an_empty_title_is_the_occupations_name_and_hidden_characters_fall_away() -> None:
    assert read(intitule="", appellationlibelle="Maçon / Maçonne").given.title == "Maçon / Maçonne"
    assert read(intitule="Ma\u000bçon\u200b (H/F)\ufffe").given.title == "Maçon (H/F)"
    with pytest.raises(RowRefused):
        read(intitule=" \u200b ", appellationlibelle=None)


@pytest.mark.parametrize(
    ("label", "months"),
    [
        ("CDD - 6 Mois", 6),
        ("Mission intérimaire - 15 Jour(s)", 0.49),
        ("CDD - 2 An(s)", 24),
        ("CDD", None),
        ("CDD - 1 an et 6 mois", 18),
    ],
)
def test_durations(label: str, months: float | None) -> None:
    assert read(typeContrat="CDD", typeContratLibelle=label).given.duration_months == months


@pytest.mark.parametrize(
    ("label", "months"),
    [
        ("1,5 an", 18), ("½ an", 6), ("1 An(s) 6 mois", 18), ("2 ans et demi", 30), ("un an", 12), ("2-5 ans", 24),
        ("0 à 2 ans", 0), ("Moins de 1 an", 0), ("Exp. - d'1 an", 0), ("Plus de 10 ans", 120), ("- 3 An(s)", 36), ("Exigée", 12),
        ("2 à 5 ans", 24), ("pas moins de 2 ans", 24), ("au moins de 2 ans", 24), ("Expérience - de 2 à 5 ans", 24),
        ("Moins de 2 ans s’abstenir", 24), ("Bac+2 et 3 ans", 36), ("Bac +2 ou 3 ans", 36), ("1 ou 2 ans", 12),
        ("Entre 2 et 3 ans", 24),
    ],
)  # fmt: skip
def test_the_least_experience_that_is_demanded_is_kept(label: str, months: int) -> None:
    assert read(experienceExige="E", experienceLibelle=label).given.experience_months == months


@pytest.mark.parametrize(
    ("label", "hours"),
    [
        ("12H/quinzaine", 6.0), ("12h toutes les 2 semaines", 6.0), ("70h par quinzaine", 35.0), ("8h tous les 15 jours", 4.0),
        ("Semaine de 4 jours - 35h", 35.0), ("35h - 8h-17h", 35.0), ("7h par jour, 5 jours", 35.0), ("28:30/semaine", 28.5),
        ("7h par jour, 2 jours de repos", None), ("garde de 24h", None), ("poste - 24h", None), ("22h-6h", None),
    ],
)  # fmt: skip
def test_hours_of_two_weeks_are_halved_and_more_than_a_clock_has_are_no_hour_of_it(
    label: str, hours: float | None
) -> None:
    assert read(dureeTravailLibelle=label).given.weekly_hours == hours


@pytest.mark.parametrize(
    "label",
    [
        "Hebdomadaire de 430 Euros",
        "450 € la semaine",
        "430€/sem",
        "100 € par jour",
        "Cachet de 120 Euros",
        "50 € la pièce",
    ],
)
def test_pay_of_a_week_a_day_or_a_piece_is_not_called_unsaid_nor_proposed_as_another(label: str) -> None:
    salary, [warned] = read_salary(label)
    assert (salary.hourly_min, salary.text, warned.rule) == (None, label, "salary_period")
    assert "pas dite" not in warned.message
    assert "Lu comme" not in warned.message


def test_a_pacte_contract_has_its_age_from_the_law() -> None:
    assert "L326-10" in str(read(typeContrat="CDD", natureContrat="Contrat pacte").given.legal_basis)


@pytest.mark.parametrize(
    ("asked", "level"),
    [
        ([("Bac+2 ou équivalents", "E")], 5),
        ([("CAP, BEP et équivalents", "E"), ("Bac ou équivalent", "E")], 3),
        ([("Bac ou équivalent", "E")], 4),
        ([("Bac+3, Bac+4 ou équivalents", "E")], 6),
        ([("Bac+5 et plus ou équivalents", "E")], 7),
        ([("Bac+5 et plus ou équivalents", "S")], None),
        ([("Aucune formation scolaire", "E")], None),
        ([], None),
    ],
)
def test_the_lowest_diploma_that_is_demanded_is_kept_and_a_wish_is_none(
    asked: list[tuple[str, str]], level: int | None
) -> None:
    formations = [{"niveauLibelle": label, "exigence": need} for label, need in asked]
    assert read(formations=formations).given.qualification_level == level


@pytest.mark.parametrize("field", ["typeContratLibelle", "experienceLibelle"])
def test_a_number_without_end_costs_what_its_length_costs(field: str) -> None:
    def cost(figures: int) -> float:
        best = float("inf")
        for _ in range(3):
            before = time.process_time()
            read(experienceExige="E", typeContrat="CDD", **{field: "1" * figures})
            best = min(best, time.process_time() - before)
        return best

    # Four times the text, with room for a noisy machine; a square would be sixteen, and half an hour for the longest row.
    assert cost(8_000) < 8 * cost(2_000) + 0.02


def test_what_no_reader_of_a_page_sees_is_no_text_and_letters_are_mended() -> None:
    page = "<div><!-- x --><p>Murs</p><script>alert(1)</script><STYLE>p{}</STYLE><img src=x onerror=y>droits</div>"
    found = read(description=page, intitule="MaÃ§on <script>")
    assert (found.given.description, found.given.title) == ("Murs\ndroits", "Maçon <script>")


@pytest.mark.parametrize(
    ("said", "open_which"),
    [
        ("CDI ou CDD", True), ("CDD/CDI", True), ("Contrat à durée déterminée ou indéterminée", True), ("C.D.I., C.D.D.", True),
        ("Alternance ou CDI", True), ("CDD saisonnier", False), ("CDI intérimaire", False), ("CDI ou à temps partiel", False),
        ("CDD pouvant déboucher sur un CDI", False), ("CDD - Contrat à durée déterminée", False),
    ],
)  # fmt: skip
def test_a_cell_that_names_two_contracts_says_that_one_of_them_is_shown(said: str, open_which: bool) -> None:
    read = read_france_travail(row(1, typeContrat="", typeContratLibelle=said), communes)
    warned = [one for one in read.warnings if one.rule == "several"]
    assert bool(warned) is open_which
    if open_which:
        assert warned[0].field == "typeContrat"
        assert said in warned[0].message
    coded = read_france_travail(row(1, typeContrat="CDD", typeContratLibelle=said), communes)
    assert "several" not in [one.rule for one in coded.warnings]
