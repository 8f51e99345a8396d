"""Kinds of questions that others wrote and nobody here: spelt by ear, said to a telephone, of a former trade, of a valley."""

import pytest

from services.offers.search.numerals import with_numerals
from services.offers.search.words import words_of
from tests.service.offers.reading import find_place, read, trades
from tests.service.offers.searching import Ask, an_entry, asking

OFFERS = (
    an_entry("bread seller", "Vendeur en boulangerie", "D1106"),
    an_entry("baker", "Boulanger", "D1102"),
    an_entry("till", "Hôte de caisse", "D1505"),
    an_entry("hair", "Coiffeur", "D1202"),
    an_entry("dishes", "Plongeur", "G1605"),
    an_entry("guard", "Agent de sécurité", "K2503"),
    an_entry("cloud", "Ingénieur sécurité cloud", "M1802"),
    an_entry("soldier", "Militaire du rang", "K1701"),
    an_entry("mason", "Maçon", "F1703", description="Des maisons neuves."),
    an_entry("economist", "Économiste de la construction", "F1106"),
    an_entry("fast food", "Équipier polyvalent", "G1603", company="McDo"),
    an_entry("student", "Étudiant data", "M1805"),
    an_entry("cook", "Cuisinier", "G1602"),
)  # fmt: skip


@pytest.fixture(scope="module")
def ask() -> Ask:
    return asking(OFFERS)


@pytest.mark.parametrize(
    ("q", "first", "never"),
    [
        # spelt by ear, as a woman says it; letters left out
        ("job kessiere", ["till"], []),
        ("coifeuz", ["hair"], []),
        ("vandeuse en boulangri", ["bread seller"], []),
        # what is done
        ("laver des assiettes", ["dishes"], []),
        ("faire la plonge", ["dishes"], []),
        # what was done before
        ("ex militaire cherche reconversion dans la sécurité", ["guard"], ["soldier"]),
        ("j'étais caissière, je ne veux plus de la caisse", [], ["till"]),
        ("ancien boulanger cherche autre chose", [], ["baker"]),
        ("je ne veux plus travailler en cuisine", [], ["cook"]),
        # a field of work alone
        ("sécurité", ["guard"], []),
        ("travail construction", ["economist", "mason"], ["cloud"]),
        ("mcdo étudiant", ["fast food"], ["student"]),
        ("après 15 ans comme boulanger je voudrais la sécurité", ["guard"], ["baker"]),
        ("boulanger à défaut plongeur", ["baker", "dishes"], []),
    ],
)
def test_what_is_meant_is_found(ask: Ask, q: str, first: list[str], never: list[str]) -> None:
    found = ask(q)
    assert set(found[: len(first)]) == set(first)
    assert not set(never) & set(found)


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("hôtesse d'accueil trente-cinq heures", ["hotesse", "accueil"], {"weekly_hours": "35"}),
        (
            "gardien avec un salaire de mille huit cents euros",
            ["gardien"],
            {"hourly_min": "11.87"},
        ),
        ("coiffeuse tps plin", ["coiffeuse"], {"working_time": "full_time"}),
        (
            "le matin parce que je récupère mes enfants à 16h",
            [],
            {"moment": "morning", "no_late": "true", "no_night": "true"},
        ),
        ("je débute comme bûcheronne j'ai mon permis b et le be remorque", ["bucheronne"], {"beginner": "true"}),
        ("auprès de personnes âgées le jour", ["aupres", "personnes", "agees"], {"no_night": "true"}),
        ("pour Madame D. agent de propreté mobilité vélo", ["agent", "proprete"], {"accessible_without_car": "true"}),
        ("chauffeur spl grands déplacements ok", ["chauffeur", "spl"], {}),
        ("chauffeur spl libre dans 2 semaines", ["chauffeur", "spl"], {}),
        ("je trouve pas de travail dans la restauration", ["restauration"], {}),
        ("je veux plus de salaire comptable", ["comptable"], {}),
        ("ancien chef de cuisine", ["ancien", "chef", "cuisine"], {}),
        ("boulanger en contrat à durée indéterminée", ["boulanger"], {"contract_kind": "cdi"}),
        ("travail cuisine pas parle français", ["cuisine"], {}),
        (
            "serveuse je suis mobile sur Megève en cdi de préférence",
            ["serveuse"],
            {"commune": "74173", "contract_kind": "cdi"},
        ),
        ("trabalho pedreiro alta saboia", ["macon"], {"territory": "74"}),
        ("RSA, 52 ans, ancien maçon, souhaite gardiennage", ["gardiennage"], {}),
        # places
        ("aide soignante bonevile", ["aide", "soignante"], {"commune": "74042"}),
        ("infirmière thonnon", ["infirmiere"], {"commune": "74281"}),
        ("serveuse chamoni", ["serveuse"], {"commune": "74056"}),
        ("atsem la roche s/ foron", ["atsem"], {"commune": "74224"}),
        ("moniteur grd bornand", ["moniteur"], {"commune": "74136"}),
        ("dentiste laguenne", ["dentiste"], {"commune": "19101"}),
        ("ménage vallée verte", ["menage"], {"commune": "74037"}),
        ("chauffeur pays de gex", ["chauffeur"], {"commune": "01173"}),
        ("masson", ["masson"], {}),
        ("burger", ["burger"], {}),
    ],
)
def test_what_is_said_is_read(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


def test_a_commune_or_a_departement_are_two_departements() -> None:
    words = words_of("le 74 ou pays de gex")
    found = find_place(words, frozenset(range(len(words))))
    assert sorted(chip.parameters["territory"] for chip in found) == ["01", "74"]


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("trente-cinq heures", ["35", "heures"]),
        ("vingt et un", ["21"]),
        ("quatre-vingt-dix-neuf", ["99"]),
        ("soixante et onze", ["71"]),
        ("mille quatre cent cinquante", ["1450"]),
        ("deux mille", ["2000"]),
        # two numbers, or an article
        ("deux ou trois jours", ["deux", "ou", "trois", "jours"]),
        ("cinq jours sur sept", ["cinq", "jours", "sur", "sept"]),
        ("un deux", ["un", "deux"]),
        ("trois huit", ["trois", "huit"]),
    ],
)
def test_numbers_of_several_words_are_one(said: str, read_as: list[str]) -> None:
    assert [word.folded for word in with_numerals(said, words_of(said))] == read_as


def test_feminines_are_known_by_their_sound() -> None:
    assert trades.vocabulary.sounding(["kesier"]) == "caissier"


def test_a_rank_alone_is_no_trade() -> None:
    assert trades.meant("technicien") == ()
    assert trades.meant("boulanger") != ()


@pytest.mark.parametrize(
    ("q", "permanent"),
    [
        ("documentaliste cdi du lycée", False),
        ("aide au cdi d'un collège", False),
        ("surveillant cdi des écoles", False),
        ("serveur cdi", True),
        ("cdi cuisinier dans un lycée", True),
    ],
)
def test_a_schools_documentation_centre_is_no_contract(q: str, permanent: bool) -> None:
    assert ("contract_kind" in read(q)[1]) is permanent
