"""Volumes read from a clause's words: what is demanded, what is not, by which lot; real texts measured; cost by length."""

import time

import pytest

from services.clauses.procurement.clause_text import MOST_PROPOSALS, propose
from tests.bench.clause_texts import TEXTS, score, texts_of
from tests.service.clauses.builders import People
from tests.support import Running


def said(text: str) -> list[str]:
    """Each proposal in one word: number, unit, lots, what it is owed for."""
    found = []
    for one in propose(text):
        lots = f"@{'+'.join(one.lots)}" if one.lots else ""
        per = f"/{one.per}" + ("" if one.per_amount is None else f"{one.per_amount}") if one.per else ""
        found.append(f"{one.number.normalize():f} {one.unit}{lots}{per}")
    return found


@pytest.mark.parametrize(
    ("text", "demanded"),
    [
        ("Le titulaire réalisera au minimum 1 200 heures d'insertion.", ["1200 hours"]),
        ("Réserver mille deux cents (1 200) heures de travail à des personnes éloignées de l'emploi", ["1200 hours"]),
        ("un volume d'insertion de 2500h (deux mille cinq cents heures)", ["2500 hours"]),
        ("5 % des heures travaillées seront réservées à l'insertion", ["5 percent"]),
        ("Insertion sociale : cinq pour cent des heures", ["5 percent"]),
        ("L'entreprise réservera au minimum 140h à des publics en insertion", ["140 hours"]),
        ("Clause d'insertion : 1,5 ETP sur la durée du marché", ["1.5 fte"]),
        ("Insertion : 2 équivalents temps plein. Un ETP correspond à 1 607 heures.", ["2 fte"]),
        ("Une clause sociale oblige à l'embauche de deux personnes éloignées de l'emploi.", ["2 people"]),
        ("Clause sociale. Nombre d'heures :\nLot 1 : 350\nLot 2 : 120 h\n", ["350 hours@1", "120 hours@2"]),
        ("Insertion : lots 1 et 2, respectivement 100 et 200 heures", ["100 hours@1", "200 hours@2"]),
        ("Heures d'insertion : 250 h pour le lot 1 et 140 h pour le lot 2A", ["250 hours@1", "140 hours@2A"]),
        ("LOT 1 200 heures d'insertion, LOT 2 150 heures", ["200 hours@1", "150 hours@2"]),
        ("Insertion : lots 1 à 3 : 70 heures chacun", ["70 hours@1+2+3"]),
        ("Clause sociale\n| Lot n° 01 | 120 h |\n| Lot n° 02 | 60 h |", ["120 hours@1", "60 hours@2"]),
        ("Insertion\nLot 3 - Vert\nTranche 1 : 20 heures\nTranche 2 : 35 heures", ["20 hours@3", "35 hours@3"]),
        ("clause d'insertionlot 01 : 50 heureslot 06 : 35 heuresLes offres", ["50 hours@1", "35 hours@6"]),
        ("5 heures d'insertion par tranche de 10 000 € HT", ["5 hours/amount10000"]),
        ("500 h d'insertion/an", ["500 hours/year"]),
        ("Le nombre d'heures d'insertion passe de 1 000 heures à 600 heures", ["600 hours"]),
        ("600 heures d'insertion au lieu de 1 000 heures", ["600 hours"]),
        ("Le titulaire assurera 140 heures 30 d'insertion", ["140.5 hours"]),
        ("1'200 heures d'insertion ; 150h (lot 1) et 75h (lot 2)", ["1200 hours", "150 hours@1", "75 hours@2"]),
        ("Insertion : 5 % des heures, soit 350 heures", ["5 percent", "350 hours"]),
        ("١٤٠ heures d'insertion", ["140 hours"]),
        ("un volume de trois mille cinq cents heures d'insertion", ["3500 hours"]),
        ("Volume global : 12 000 heures d'insertion sur 48 mois (lot 1 : 7 000 h)", ["12000 hours", "7000 hours@1"]),
        ("L'offre de base comporte 1000 heures d'insertion", ["1000 hours"]),
        ("Nombre d'heures d'insertion : Lot 1 = 500 ; Lot 2 = 250", ["500 hours@1", "250 hours@2"]),
        ("Insertion : 1 400 heures la première année, 1 600 heures les années suivantes", ["1400 hours", "1600 hours"]),
        ("Il emploie 3 salariés en insertion à raison de 26 heures hebdomadaires", ["3 people"]),
        ("Insertion : 15 semaines à 35 heures, soit 525 heures", ["525 hours"]),
        ("2 100 heures d'insertion (deux mille cent heures)", ["2100 hours"]),
        ("mille cent vingt heures d'insertion", ["1120 hours"]),
        ("300¹ heures d'insertion", ["300 hours"]),
        ("Insertion : 1 500(2) h", ["1500 hours"]),
        ("½ ETP d'insertion", ["0.5 fte"]),
        ("Insertion : 1 ½ ETP", ["1.5 fte"]),
        ("140 heures d'insertion tous les mois", ["140 hours/month"]),
        ("150 h d'insertion par période d’un an", ["150 hours/year"]),
        ("300 heures d'insertion tous les ans", ["300 hours/year"]),
        ("200 heures d'insertion par annexe", ["200 hours"]),
    ],
)
def test_what_is_demanded(text: str, demanded: list[str]) -> None:
    assert said(text) == demanded


@pytest.mark.parametrize(
    "text",
    [
        "Salariés en insertion : durée hebdomadaire de 26 heures",
        "Clause d'insertion. Le chantier est ouvert de 8h à 17h, 35 heures par semaine.",
        "Insertion : accueil 8h-12h / 14h-17h, 35 heures hebdomadaires d'insertion",
        "Clause sociale. Le titulaire intervient sous 48 heures, 24h/24.",
        "Insertion : prendre rendez-vous au 05 55 24 18 03 dans les 72 heures",
        "Publics éloignés de l'emploi ayant travaillé moins de 78 heures par mois",
        "Marché réservé à qui emploie au moins 50 % de travailleurs handicapés",
        "Le critère insertion est pondéré à 10 %",
        "Clause sociale : pénalité de 60 € par heure ; avance de 10 %",
        "Formation de 14 heures pour les salariés en insertion",
        "Insertion : jeunes de moins de 26 ans, article L. 2112-2, lots 1, 2 et 12",
        "Début des travaux dans 300 heures de grue",
        "30 % des heures d'insertion seront réalisées par des femmes",
        "Le critère insertion est noté : 1 point par tranche de 50 heures",
        "Insertion : sur la base de 1 607 heures par an",
        "",
        "heures",
    ],
)
def test_what_is_none(text: str) -> None:
    assert said(text) == []


def test_a_proposal_shows_the_words_that_say_it() -> None:
    [one] = propose("Objet : voirie. Le titulaire réserve 140 h minimum à l'insertion. Les offres sont remises à 12 h.")
    assert (one.written, one.bound) == ("140 h", "minimum")
    assert one.sentence == "Le titulaire réserve 140 h minimum à l'insertion."


def test_real_clauses_are_read_as_they_were_labelled() -> None:
    if not TEXTS.exists():
        pytest.skip("the real texts are not here (../shared/data/clauses)")
    texts = texts_of()
    held, unseen = score("held_out", texts), score("unseen", texts)
    assert min(held.precision, held.recall) >= 0.9
    assert min(unseen.precision, unseen.recall) >= 0.9


HARD = {
    "numbers": "1 ",
    "digits": "9",
    "hours": "5 heures d'insertion, ",
    "lots": "lot 1, 2, ",
    "lots and hours": "lot 1 : 2 h ; ",
    "tags": "<",
    "spelt": "vingt et un mille ",
    "glued": "lot",
    "letters": "aB",
    "signs": "((((",
    "respectively": "respectivement 1, 2 et ",
}


@pytest.mark.parametrize("kind", HARD)
def test_four_times_the_text_is_about_four_times_the_work(kind: str) -> None:
    """Processor time at its least of some tries: what grows with the square would be sixteen times as much."""

    def spent(length: int) -> float:
        text = (HARD[kind] * length)[:length]
        tries = []
        for _ in range(3):
            began = time.process_time()
            propose(text)
            tries.append(time.process_time() - began)
        return max(min(tries), 0.002)

    assert spent(20_000) < 8 * spent(5_000)


async def test_a_facilitator_is_shown_proposals_and_nothing_is_set(clauses: Running, people: People) -> None:
    text = {"text": "Clause d'insertion. Lot 1 : au minimum 1 200 heures."}
    answer = await clauses.client.post("/v1/clause-texts", json=text, headers=people.facilitator)
    assert answer.status_code == 200
    [one] = answer.json()["proposals"]
    assert (one["number"], one["unit"], one["lots"], one["bound"]) == ("1200", "hours", ["1"], "minimum")
    for who, status in ((people.manager, 403), (people.contractor, 403), ({}, 401)):
        assert (await clauses.client.post("/v1/clause-texts", json=text, headers=who)).status_code == status
    most = {"text": "5 heures d'insertion. 6 h. " * 3_000}
    refused = await clauses.client.post("/v1/clause-texts", json=most, headers=people.facilitator)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "text")
    assert len(propose("Insertion.\n" + "\n".join(f"{n} heures" for n in range(1, 5_000)))) == MOST_PROPOSALS
