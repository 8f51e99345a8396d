"""What titles and texts ask beside the fields: right values, and what must not be taken for a demand."""

import pytest

from shared.contracts.vocabulary import Card
from shared.reference.demands import HEAD, LEADER, WORKER, Ask, demands, rung_of
from shared.reference.occupations import Occupation, Occupations
from shared.reference.standing import standing_of


@pytest.mark.parametrize(
    ("title", "rung"),
    [
        ("Chef d'équipe nettoyage H/F", LEADER),
        ("CHEFFE D’ÉQUIPE ESPACES VERTS", LEADER),
        ("Responsable de rayon boucherie", LEADER),
        ("Manager de rayon fruits et légumes", LEADER),
        ("Second de cuisine", LEADER),
        ("Directeur adjoint / Directrice adjointe de magasin", LEADER),
        ("Adjoint au responsable de magasin", LEADER),
        ("Assistant manager en restauration rapide", LEADER),
        ("Directeur / Directrice d'EHPAD", HEAD),
        ("Gérant(e) de station-service", HEAD),
        ("Responsable d'agence de travail temporaire", HEAD),
        ("Assistante de direction", WORKER),
        ("Secrétaire du directeur", WORKER),
        ("Adjoint technique des espaces verts", WORKER),
        ("Chef de rang (H/F)", WORKER),
        ("Chef / Cheffe de partie", WORKER),
        ("Aide au chef de cuisine", WORKER),
        ("Emballeur éco-responsable", WORKER),
        ("Aide-soignant / Aide-soignante", WORKER),
        ("", WORKER),
        ("Работник склада", WORKER),
    ],
)
def test_a_title_names_the_rung_of_responsibility(title: str, rung: int) -> None:
    assert rung_of(title) == rung


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Vous justifiez de 5 ans d'expérience minimum sur un poste similaire.", 60),
        ("Expérience d'au moins 2 ans en maçonnerie.", 24),
        ("Une expérience de 18 mois est exigée.", 18),
        ("Profil : trois ans d'expérience en cuisine collective", 36),
        ("Expérience exigée.", 12),
        ("Expérience confirmée en soudage.", 36),
        ("5 ans d'expérience minimum. Débutant accepté si motivé.", 0),
        ("Idéalement 3 ans d'expérience.", 0),
        ("Une expérience de 2 ans serait un plus.", 0),
        ("Fort de ses 10 ans d'expérience, notre cabinet recrute.", 0),
        ("Notre entreprise existe depuis 30 ans.", 0),
        ("Diplôme ou 3 ans d'expérience dans le métier.", 0),
        ("Contrat de 6 mois renouvelable.", 0),
    ],
)
def test_months_of_experience_are_those_that_are_demanded(text: str, months: int) -> None:
    assert demands("Maçon", text).months == months


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Vous êtes titulaire d'un bac+2 minimum en comptabilité.", 5),
        ("Diplôme d'ingénieur exigé.", 7),
        ("Titulaire d'un CAP cuisine ou d'un bac pro.", 3),
        ("De formation BTS ou licence pro.", 5),
        ("Un bac +3 serait apprécié.", 0),
        ("Vous avez un CAP ou une expérience équivalente.", 0),
        ("Le CAP de la sécurité est notre priorité.", 0),
    ],
)
def test_a_diploma_is_asked_by_its_lowest_level(text: str, level: int) -> None:
    assert demands("Poste", text).level == level


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Vous possédez les CACES 1, 3 et 5 à jour.", {Ask.CACES}),
        ("R489 cat. 3 obligatoire", {Ask.CACES}),
        ("Nous vous formons au CACES.", set()),
        ("Le CACES serait un plus.", set()),
        ("Habilitations électriques BR et B2V exigées", {Ask.ELECTRICAL}),
        ("FIMO et carte conducteur à jour", {Ask.ROAD}),
        ("Titulaire du DEAES", {Ask.CARE}),
        ("BAFA exigé", {Ask.ANIMATION}),
        ("Carte professionnelle CNAPS en cours de validité", {Ask.SECURITY}),
        ("Permis B obligatoire", {Ask.LICENCE_B}),
        ("Permis B souhaité", set()),
        ("Nettoyer les véhicules et la benne", set()),
        ("Statut d'auto-entrepreneur", {Ask.OWN_ACCOUNT}),
        ("Franchise et humilité sont nos valeurs", set()),
        ("Poste de nuit", {Ask.NIGHT}),
        ("Travail un week-end sur deux", {Ask.WEEKEND}),
        ("Pas de travail le week-end", set()),
        ("Vos week-ends sont libres", set()),
        ("Anglais courant exigé", {Ask.FOREIGN_LANGUAGE}),
    ],
)
def test_cards_and_needs_that_stand_in_the_text_only(text: str, asked: set[Ask]) -> None:
    assert demands("Poste", text).asks == asked


def test_the_words_of_a_demand_are_kept_and_odd_texts_ask_nothing() -> None:
    found = demands("Cariste", "Équipe jeune. Vous possédez le CACES 3 à jour. Bonne humeur.")
    assert dict(found.words)["caces"] == "vous possedez le caces 3 a jour"
    for odd in ("", "…", "•" * 9_000, "ا ب ت", "a" * 10_000, "1 " * 5_000):
        assert demands("x", odd).asks == frozenset()


def test_every_card_is_something_that_a_text_may_ask() -> None:
    assert [card.value for card in Card] == [ask.value for ask in list(Ask)[: len(Card)]]


def test_the_standing_of_an_occupation_is_that_of_its_label_and_lowest_diploma() -> None:
    skills = (("1", "BTS électrotechnique"), ("2", "CAP électricien"), ("3", "Lire un plan"))
    electrician = Occupation("F1602", "Électricien / Électricienne du bâtiment", "", skills, (), "F1602")
    assert (standing_of(electrician).level, standing_of(electrician).rung) == (3, WORKER)
    assert standing_of(electrician).cards == {Card.ELECTRICAL}
    chef = Occupation("D1502", "Chef / Cheffe de rayon", "", (), (), "D1502")
    assert (standing_of(chef).level, standing_of(chef).rung) == (0, LEADER)
    simple = {
        code for occupation in Occupations.load() if standing_of(occupation).simple for code in (occupation.code,)
    }
    assert {"K2204", "N1103"} <= simple
    assert not {"J1501", "F1602"} & simple
