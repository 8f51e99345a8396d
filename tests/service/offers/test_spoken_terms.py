"""How long the work lasts, when it begins and what it pays, as texts say it; and what is none of the three."""

import time

import pytest

from services.offers.domain.imports.salary import Work, read_salary
from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_clauses import sentences
from services.offers.domain.spoken_terms import terms
from tests.service.offers.test_spoken_whose import said


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("CDD de 6 mois pouvant déboucher sur un CDI.", 6),
        ("Mission d'intérim de 3 mois, départ 3h du matin.", 3),
        ("Contrat de professionnalisation de 12 mois.", 12),
        ("Apprentissage sur 2 ans.", 24),
        ("28/35e, CDD d'un an.", 12),
        ("Contrat de projet de 3 ans.", 36),
        ("Intérim, 1 mois renouvelable.", 1),
        ("6 mois, à partir du 8 février 2027.", 6),
        ("Un an, renouvelable.", 12),
        ("Saison d'été, 5 mois à partir du 1er mai 2027.", 5),
        ("Contrat saisonnier du 15 décembre 2026 au 15 avril 2027.", 4),
        ("De mi-juin à mi-septembre. CDD.", 3),
        ("CDD (congé maternité) du 1er mars au 31 août 2027.", 6),
        ("Du 1er février 2027 à fin novembre 2027. Temps complet.", 10),
        ("CDD jusqu'à fin août 2027, à compter du 1er mars 2027.", 6),
        ("Vous animez le CDI du collège. Contrat de 10 mois à 80 %.", 10),
        ("CDD de remplacement d'un congé parental de 18 mois.", 18),
    ],
)
def test_the_length_of_the_contract_is_proposed(text: str, months: float) -> None:
    assert said(text)["duration"] == months


@pytest.mark.parametrize(
    "text",
    [
        "CDI après une période d'essai de 3 mois.",
        "CDI, 6 mois de formation.",
        "Contrat à durée indéterminée, période d'essai 2 mois renouvelable 1 fois.",
        "CDI. 3 mois d'intégration.",
        "2 ans d'expérience exigés. Permis B de plus de 3 ans.",
        "Deux enfants de 4 et 7 ans.",
        "CDI, 2 200 € brut sur 13,3 mois, prime d'un mois.",
        "Le camping est ouvert du 1er avril au 30 septembre.",
        "Magasin fermé du 1er au 31 août.",
        "La durée moyenne du process est d'un mois.",
        "CDD de 6 à 9 mois.",
        "Mission intérim jusqu'à 18 mois.",
        "CDD 3 mois ou CDD 6 mois.",
        "Un samedi par mois d'avril à octobre.",
        "Formation du 5 avril au 9 mai 2027.",
    ],
)
def test_other_lengths_are_none(text: str) -> None:
    assert "duration" not in said(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("À partir du 1er septembre 2027.", "2027-09-01"),
        ("CDD de 9 mois à compter du 15/01/2027.", "2027-01-15"),
        ("CDI 39h, prise de poste 1er décembre 2026.", "2026-12-01"),
        ("À pourvoir au 14 décembre 2026.", "2026-12-14"),
        ("Rentrée le 7 septembre 2027.", "2027-09-07"),
        ("Début : 03/05/2027.", "2027-05-03"),
        ("Saison du 19 décembre 2026 au 19 avril 2027.", "2026-12-19"),
        ("Du 12 au 23 avril 2027.", "2027-04-12"),
        ("Prise de poste début juin 2025.", "2025-06-01"),
        ("CDI, ouverture de poste au 1er avril 2027.", "2027-04-01"),
        ("Poste à pourvoir à partir du 15 juin.", None),
        ("Poste à pourvoir de juin à septembre.", None),
    ],
)
def test_the_first_day_is_proposed_and_asked_for_where_no_year_says_which(text: str, day: str | None) -> None:
    assert said(text)["start"] == day


@pytest.mark.parametrize(
    "text",
    [
        "Candidatures à partir du 5 janvier 2027.",
        "Entretiens à compter du 5 janvier 2027.",
        "Ouverture du magasin au 1er mars 2027.",
        "Notre magasin ouvre à partir du 1er mars 2027.",
        "Dès que possible.",
        "Le réseau existe depuis le 1er mai 1987.",
        "À partir du 4 janvier 2027 ou à partir du 1er février 2027.",
    ],
)
def test_other_days_begin_no_work(text: str) -> None:
    assert "start" not in said(text)


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("Taux horaire : 12,40 € brut.", "12,4 € brut de l'heure"),
        ("12,50 € de l'heure.", "12,5 € brut de l'heure"),
        ("CDI, 12,80 €/h.", "12,8 € brut de l'heure"),
        ("35h, fixe 1 900 € brut mensuel plus primes.", "1\u202f900 € brut par mois"),
        ("Fixe 1 825 € + variable jusqu'à 600 €.", "1\u202f825 € brut par mois"),
        ("Rémunération de 1 850 à 2 100 € brut par mois.", "1\u202f850 à 2\u202f100 € brut par mois"),
        ("CDI 39h, 2 300 € brut.", "2\u202f300 € brut par mois"),
        ("CDI, 45-55 k€.", "45\u202f000 à 55\u202f000 € brut par an"),
        ("CDI cadre, 40 k€ minimum.", "à partir de 40\u202f000 € brut par an"),
        ("CDI, 38 à 42 K€ sur 13 mois.", "38\u202f000 à 42\u202f000 € brut par an"),
        ("De 32 000 à 36 000 euros bruts annuels.", "32\u202f000 à 36\u202f000 € brut par an"),
        ("Salaire à 1'801 Euros brut par mois.", "1\u202f801 € brut par mois"),
        ("SMIC horaire, soit 12,02 €.", "12,02 € brut de l'heure"),
    ],
)
def test_pay_is_proposed_in_the_form_that_the_reader_of_pay_knows(text: str, pay: str) -> None:
    assert said(text)["pay"] == pay
    read, warnings = read_salary(pay, work=Work(35))
    assert (read.text, warnings) == (pay, [])
    assert read.hourly_min is not None


@pytest.mark.parametrize(
    "text",
    [
        "Prime d'équipe 4 €, panier de nuit 7 €.",
        "Ticket restaurant à 9 €/jour.",
        "250 € la pige.",
        "1 800 € net la mission.",
        "Salaire net mensuel : 2 400 €.",
        "1 950 € net.",
        "Budget de 30 000 € par an.",
        "Chiffre d'affaires de 45 k€ par mois.",
        "Gratification de 660 € par mois.",
        "13 € brut de l'heure en semaine. 15 € brut de l'heure le dimanche.",
        "Groupe de 2 500 salariés, 35 magasins.",
        "Bracelets à 12,50 €.",
        "Salaire : 20 € brut par an.",
    ],
)
def test_other_amounts_are_no_pay(text: str) -> None:
    assert "pay" not in said(text)


@pytest.mark.parametrize(
    "unit",
    [
        "cdd de ",
        "du 1er mai au ",
        "1 000 ",
        "12,40 € ",
        "a partir du ",
        "mission, ",
        "jusqu'au ",
        "6 mois (",
        "9",
        "salaire ",
    ],
)
def test_the_cost_grows_with_the_text_only(unit: str) -> None:
    def cost(length: int) -> float:
        folded = same_length_fold((unit * length)[:length])
        read, best = sentences(folded), float("inf")
        for _ in range(3):
            before = time.process_time()
            list(terms(folded, read))
            best = min(best, time.process_time() - before)
        return best

    # Four times the text: four times the work, with room for a noisy machine; a square would be sixteen.
    assert cost(10_000) < 10 * cost(2_500) + 0.01
