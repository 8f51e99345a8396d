"""Wishes by how they are built: structures and measures, weekdays, the clock, school, what somebody did and is followed for."""

import pytest

from services.offers.search.intent import understand
from tests.service.offers.reading import find_place, read

INSERTION, IMMERSION = {"contract_kind": "cddi"}, {"contract_kind": "immersion"}
OFFICE = {"no_early": "true", "no_late": "true", "no_night": "true"}
SCHOOL = OFFICE | {"no_weekend": "true"}
BEGINNER, SEASONAL = {"beginner": "true"}, {"contract_kind": "seasonal"}


def labels(q: str) -> list[str]:
    """What the chips say."""
    return [chip.label for chip in understand(q, find_place).chips]


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("ACI espaces verts", ["espaces", "verts"], INSERTION),
        ("maçon en aci", ["macon"], INSERTION),
        ("SIAE cuisine", ["cuisine"], INSERTION),
        ("AI ménage chez particuliers", ["menage", "particuliers"], INSERTION),
        ("EI blanchisserie", ["blanchisserie"], INSERTION),
        ("association intermédiaire, jardinier", ["jardinier"], INSERTION),
        ("entreprise d'insertion tri", ["tri"], INSERTION),
        ("poste IAE manutentionnaire", ["manutentionnaire"], INSERTION),
        ("ETTI cariste", ["cariste"], {"contract_kind": ("cddi", "temporary")}),
        ("intérim d'insertion cariste", ["cariste"], {"contract_kind": ("cddi", "temporary")}),
        ("PMSMP boulanger", ["boulanger"], IMMERSION),
        ("immersion en entreprise coiffeur", ["coiffeur"], IMMERSION),
        ("mise en situation professionnelle plombier", ["plombier"], IMMERSION),
        # who leads one, and what the letters mean elsewhere
        ("encadrante technique ACI couture", ["encadrante", "technique", "aci", "couture"], {}),
        ("directeur SIAE", ["directeur", "siae"], {}),
        ("chef de chantier d'insertion", ["chef", "chantier", "insertion"], {}),
        ("AI engineer python", ["ai", "engineer", "python"], {}),
        ("j'ai des enfants", ["enfants"], {}),
        ("POEI soudeur", ["soudeur"], {}),
        ("VAE aide-soignante", ["aide", "soignante"], {}),
    ],
)
def test_structures_and_measures_say_the_contract(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


@pytest.mark.parametrize(
    "told",
    [
        "bRSA", "DELD",
        "public QPV", "suivi PLIE", "jeune suivi mission locale", "sortie ASE", "accompagnement FLE", "remobilisation",
        "niveau A2 en français", "titre de séjour 10 ans", "réfugiée", "bénéficiaire RSA socle", "primo-arrivant", "BOETH",
        "je ne sais ni lire ni écrire", "enceinte de 3 mois", "freins mobilité", "demandeur d'asile", "dans un parcours IAE",
    ],
)  # fmt: skip
def test_what_somebody_is_followed_for_is_no_word(told: str) -> None:
    assert read(f"{told}, soudeur")[0] == ["soudeur"]


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("formateur FLE", ["formateur", "fle"]),
        ("éducatrice PJJ", ["educatrice", "pjj"]),
        ("conseillère mission locale", ["conseillere", "locale"]),
        ("référent PLIE", ["referent", "plie"]),
    ],
)
def test_who_works_with_them_is_asked_for(q: str, words: list[str]) -> None:
    assert read(q)[0] == words


@pytest.mark.parametrize(
    ("q", "parameters", "label"),
    [
        ("ménage le lundi et le jeudi", {}, "Le lundi et jeudi"),
        ("garde d'enfants le mercredi", {}, "Le mercredi"),
        ("caisse mardi mercredi vendredi", {}, "Le mardi, mercredi et vendredi"),
        ("libre le mardi et vendredi", {}, "Le mardi et vendredi"),
        ("ménage le mercredi et le samedi", {}, "Le mercredi et samedi"),
        ("vendeuse du mardi au samedi", {}, "Du mardi au samedi"),
        ("vendeuse du lundi au jeudi", {"no_weekend": "true"}, "Du lundi au jeudi"),
        ("ménage pas le mercredi", {}, "Pas le mercredi"),
        ("ménage sauf le lundi", {}, "Pas le lundi"),
        ("ménage le samedi", {"moment": "weekend"}, "Week-end"),
        ("ménage que la semaine", {"no_weekend": "true"}, "En semaine"),
        # the clock
        ("ménage de 8h à 12h", {"moment": "morning"}, "De 8 h à 12 h"),
        ("ménage entre neuf heures et seize heures", OFFICE, "De 9 h à 16 h"),
        ("ménage 5h à 8h", {"moment": "morning"}, "De 5 h à 8 h"),
        ("ménage de 14h à 18h", {"moment": "afternoon"}, "De 14 h à 18 h"),
        ("ménage de 18h à minuit", {"moment": "evening"}, "De 18 h à 24 h"),
        ("ménage de 22h à 6h", {"moment": "night"}, "De 22 h à 6 h"),
        ("ménage être rentrée à 16h30", {"no_late": "true", "no_night": "true"}, "Jusqu'à 16 h"),
        ("ménage pas avant 9h", {"no_early": "true"}, "À partir de 9 h"),
        ("ménage pas après 18h", {"no_late": "true", "no_night": "true"}, "Jusqu'à 18 h"),
        ("ménage dès 17h", {"moment": "evening"}, "À partir de 17 h"),
        # school
        ("ménage pendant l'école", SCHOOL, "Horaires d'école"),
        ("ménage quand mes enfants sont à l'école", SCHOOL, "Horaires d'école"),
        ("ménage compatible avec une vie de famille", SCHOOL, "Horaires d'école"),
        ("ménage pendant que ma fille est à la crèche", SCHOOL, "Horaires d'école"),
        ("ménage le midi", OFFICE, "Le midi"),
        ("ménage entre midi et deux", OFFICE, "Le midi"),
        # who is busy then, and who else is meant
        ("ménage la nuit le jour je garde ma mère", {"moment": "night"}, "Nuit"),
        ("ménage la nuit le matin j'ai cours", {"moment": "night"}, "Nuit"),
        ("mon mari rentre le week-end ménage le matin", {"moment": "morning"}, "Matin"),
        # what is left out by its name
        ("ménage pas de service du soir", {"no_late": "true"}, "Pas le soir"),
        ("ménage le matin pas trop d'heures", {"moment": "morning", "working_time": "part_time"}, "Temps partiel"),
        ("ménage quelques heures par semaine", {"working_time": "part_time"}, "Temps partiel"),
    ],
)
def test_when_somebody_can_work(q: str, parameters: dict[str, object], label: str) -> None:
    assert read(q)[1] == parameters
    assert label in labels(q)


def test_a_weekday_raises_what_names_it_and_bars_nothing() -> None:
    assert [word.folded for word in understand("garde d'enfants le mercredi", find_place).helpful] == ["mercredi"]
    assert understand("ménage pas le mercredi", find_place).helpful == ()


@pytest.mark.parametrize(
    ("q", "parameters"),
    [
        ("maçon depuis quinze ans", {"experience_months_max": "180"}),
        ("j'ai travaillé dix ans dans un entrepôt, cariste", {"experience_months_max": "120"}),
        ("après vingt-deux ans comme régleur, cariste", {"experience_months_max": "264"}),
        ("6 ans de métier, cariste", {"experience_months_max": "72"}),
        ("j'ai fait ça pendant six ans, cariste", {"experience_months_max": "72"}),
        # none of these is how long somebody worked
        ("je suis au chômage depuis deux ans, cariste", {}),
        ("j'habite ici depuis dix ans, cariste", {}),
        ("je suis en France depuis 3 ans, cariste", {}),
        ("cariste, j'ai 56 ans", {}),
        ("cdd de 2 ans, cariste", {"contract_kind": "cdd"}),
        # never yet
        ("ménage jamais fait avant", BEGINNER),
        ("j'ai jamais fait de ménage", BEGINNER),
        ("première fois que je travaille", BEGINNER),
        ("je n'ai pas encore d'expérience, vendeuse", BEGINNER),
        ("développeur web junior", {}),
        ("mon premier boulot", BEGINNER),
        ("jeune diplômée, comptable", BEGINNER),
    ],
)
def test_how_much_somebody_has_done(q: str, parameters: dict[str, object]) -> None:
    assert read(q)[1] == parameters


@pytest.mark.parametrize("said", ["profil confirmé", "très expérimentée", "je connais le métier", "j'ai une bonne expérience",
                                  "j'ai déjà travaillé"])  # fmt: skip
def test_experience_without_a_number_is_shown_and_filters_nothing(said: str) -> None:
    assert read(f"{said}, soudeur") == (["soudeur"], {})
    assert labels(f"{said}, soudeur") == ["Avec de l'expérience"]


@pytest.mark.parametrize(
    ("q", "parameters"),
    [
        ("serveur pour cet été", SEASONAL),
        ("serveur été", SEASONAL),
        ("cet hiver, serveur", SEASONAL),
        ("saison d'hiver serveur", SEASONAL),
        ("serveur juillet août", SEASONAL),
        ("serveur de juin à septembre", SEASONAL),
        ("serveur juillet", {}),
        ("j'ai été serveur", {}),
        ("j'ai déjà été serveur", {}),
        ("moniteur sports d'hiver", {}),
    ],
)
def test_a_season_is_said_by_its_name_or_by_months(q: str, parameters: dict[str, object]) -> None:
    assert read(q)[1] == parameters


@pytest.mark.parametrize(
    ("q", "parameters"),
    [
        ("ménage je n'ai pas de voiture", {"accessible_without_car": "true"}),
        ("ménage sans véhicule personnel", {"accessible_without_car": "true"}),
        ("ménage pas de permis ni voiture", {"no_licence": "true"}),
        ("ménage j'ai perdu mon permis", {"no_licence": "true"}),
        ("ménage on m'a retiré le permis", {"no_licence": "true"}),
        ("instructeur permis de construire", {}),
    ],
)
def test_a_car_is_no_licence(q: str, parameters: dict[str, object]) -> None:
    assert read(q)[1] == parameters
