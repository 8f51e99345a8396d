"""Places that a question names: written in any way, several, homonyms, and what only looks like one."""

import pytest

from services.offers.search.chips import ChipKind
from services.offers.search.intent import understand
from services.offers.search.places import NOWHERE, Home, Places
from shared.reference.communes import Communes
from shared.reference.departments import DEPARTMENTS
from tests.service.offers.reading import read, trades


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        # Old names: the longest name is meant, not the village that it begins with.
        ("cuisinier Saint-Étienne-de-Fursac", ["cuisinier"], {"commune": "23192"}),
        ("saint pierre de fursac", [], {"commune": "23192"}),
        ("serveuse annecy le vieux", ["serveuse"], {"commune": "74010"}),
        ("cran gevrier", [], {"commune": "74010"}),
        # Typing errors, words written as one.
        ("guerret", [], {"commune": "23096"}),
        ("serveuse Anecy", ["serveuse"], {"commune": "74010"}),
        ("la souteraine", [], {"commune": "23176"}),
        ("agent d'entretien bourganneuf ", ["agent", "entretien"], {"commune": "23030"}),
        ("lahaye les roses", [], {"commune": "94038"}),
        ("clermont-ferand", [], {"commune": "63113"}),
        ("evaux les bain", [], {"commune": "23076"}),
        # The département or postcode that is named beside it.
        ("st maurice 23", [], {"commune": "23219"}),
        ("vendeuse villeneuve 47", ["vendeuse"], {"commune": "47323"}),
        ("guéret (creuse)", [], {"commune": "23096"}),
        ("saint martin haute vienne", [], {"commune": "87166"}),
        ("23 - gueret", [], {"commune": "23096"}),
        ("23000 guéret", [], {"commune": "23096"}),
        ("maçon 23011 GUERET CEDEX", ["macon"], {"commune": "23096"}),
        ("lyon cedex 03", [], {"commune": "69123"}),
        ("75015", [], {"commune": "75115"}),
        ("23", [], {"territory": "23"}),
        ("\uff9e guéret", [], {"commune": "23096"}),
        ("guéret et ses environs", [], {"commune": "23096"}),
        # A region of today or of once is its départements, no village of its name and no typing error.
        ("bretagne", [], {"territory": ("22", "29", "35", "56")}),
        ("serveur corse", ["serveur"], {"territory": ("2A", "2B")}),
        ("limousin", [], {"territory": ("19", "23", "87")}),
        ("maçon en rhone alpes", ["macon"], {"territory": ("01", "07", "26", "38", "42", "69", "73", "74")}),
        ("idf", [], {"territory": ("75", "77", "78", "91", "92", "93", "94", "95")}),
        # An old name of one word that nothing else has; a country is no village.
        ("seynod", [], {"commune": "74010"}),
        ("suisse", ["suisse"], {}),
        # A town whose name goes on, and that is so much larger than the village of its first word.
        ("la voulte", [], {"commune": "07349"}),
        ("caissière près de Tournon", ["caissiere"], {"commune": "07324"}),
        ("tournon/rhône", [], {"commune": "07324"}),
        ("chalon saone", [], {"commune": "71076"}),
        # A part of a département, and what is wider than one.
        ("nord ardèche", [], {"territory": "07"}),
        ("centre hospitalier ardèche nord", ["centre", "hospitalier"], {"territory": "07"}),
        ("maçon sud Ardèche", ["macon"], {"territory": "07"}),
        ("soudeur vallée du Rhône", ["soudeur"], {}),
        ("pays de gex", [], {"commune": "01173"}),
        ("quartier Novel Annecy", [], {"commune": "74010"}),
        # Words of any offer are no mistyped names.
        ("ranger les rayons", ["ranger", "rayons"], {}),
        ("langue des signes", ["langue", "signes"], {}),
        ("moniteur à la montagne", ["moniteur", "montagne"], {}),
        # What is worked with, and mistyped trades.
        ("opérateur sur machine", ["operateur", "machine"], {}),
        ("boulangr", ["boulangr"], {}),
        ("aide à domicille", ["aide", "domicille"], {}),
    ],
)
def test_places_are_read_as_people_write_them(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


_USUAL = (
    "notre son sens our entre serez seront bonne long avons contre mener congés règles mieux allez trois commerce pointe "
    "aller lutter tenue simple riche version mentor lecture claire hébergement plaisir guide moyenne marques septembre "
    "filière demain change mardi passage confort passe moyen chance aucun guider manuel force rive bilan campagne parce "
    "maison argent monde temps petit grand ville route école femme homme jour soir main terre porte chambre fenêtre famille "
    "heure minute semaine année mois voiture camion contrat salaire mutuelle équipe client projet travail métier sérieux "
    "motivé dynamique ponctuel rapide gentil sympa proche centre milieu début fin suite place point ligne groupe service "
    "venir partir rester prendre donner mettre trouver vouloir pouvoir savoir devoir parler écouter lire écrire compter"
)


def test_ordinary_words_are_no_places() -> None:
    placed = [word for word in _USUAL.split() if "commune" in read(word)[1]]
    assert placed == ["our"]  # «Our» in the Jura: nobody writes the word in French


def test_a_word_that_offers_have_elsewhere_is_no_place() -> None:
    def found(q: str, place: int, seen: int) -> bool:
        finder = Places(Communes.load(), trades, lambda _: (place, 0), lambda _: seen)
        return bool(understand(q, finder.find).chips)

    assert found("ahun", 0, 0)
    assert not found("ahun", 0, 30)
    assert found("ahun", 3, 30)
    assert not found("guerret", 0, 30)


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        # Offers have some of its words because they are there, or in their texts by a common stem.
        ("clermont ferand", ["63113"]),
        ("serveur saint julien en genevoi", ["74243"]),
        ("saint etiene", ["42218"]),
        # Offers have these words otherwise; two names are near some village.
        ("genevoi clermon", []),
        ("Pierre Dupont", []),
    ],
)
def test_a_mistyped_name_of_several_words_is_one_whatever_offers_lie_there(q: str, codes: list[str]) -> None:
    places = {"clermont": 50, "saint": 40, "julien": 30}
    seen = {"clermont": 90, "saint": 5_000, "julien": 100, "etiene": 300, "genevoi": 0, "clermon": 80}
    finder = Places(Communes.load(), trades, lambda term: (places.get(term, 0), 0), lambda term: seen.get(term, 0))
    assert [chip.parameters["commune"] for chip in understand(q, finder.find).chips] == codes


def test_every_departement_has_a_name() -> None:
    known = {commune.department for commune in Communes.load()}
    assert known == set(DEPARTMENTS)


def _places(q: str, home: Home = NOWHERE) -> list[object]:
    finder = Places(Communes.load(), trades, lambda _: (0, 0), home=home)
    found = [chip for chip in understand(q, finder.find).chips if chip.kind is ChipKind.PLACE]
    return [next(iter(chip.parameters.values()), chip.label) for chip in found]


@pytest.mark.parametrize(
    ("q", "places"),
    [
        ("serveuse annecy ou chambery", ["74010", "73065"]),
        ("gueret limoges", ["23096", "87085"]),
        ("creuse et haute-vienne", ["23", "87"]),
        ("maçon 23 ou 87", ["23", "87"]),
        # Words between places, and what only looks like one beside another.
        ("conducteur pl près de Valence", ["26362"]),
        ("du côté de valence", ["26362"]),
        ("entre annecy et geneve", ["74010"]),
        # Where the caller is: nobody's place until they say it.
        ("travail près de chez moi", ["Près de chez moi"]),
        ("ménage a coté de chez moi", ["Près de chez moi"]),
        ("dans mon secteur", ["Près de chez moi"]),
        ("serveur pas loin", ["Près de chez moi"]),
        ("serveur pas loin de Guéret", ["23096"]),
        ("usine à 15 minutes de limoges", ["87085"]),
        # The same said twice, and directions.
        ("creuse 23", ["23"]),
        ("haute savoie 74", ["74"]),
        ("23/87", ["23", "87"]),
        ("limoges nord", ["87085"]),
        ("cuisinier centre ville annecy", ["74010"]),
        # Ordinary words, mistyped ones and denials are none.
        ("pas le mercredi", []),
        ("job a coté des etudes", []),
        ("boulo", []),
        ("maman solo", []),
        ("sans charge lourde", []),
        ("dans toute la france", []),
        ("maçon 20", []),
        ("maçon dans le 20", [("2A", "2B")]),
    ],
)
def test_several_places_and_near_me(q: str, places: list[object]) -> None:
    assert _places(q) == places


def test_of_homonyms_the_callers_own_is_meant() -> None:
    assert _places("saint denis", Home(point=(48.85, 2.35))) == ["93066"]
    assert _places("saint denis", Home(departments=("974",))) == ["97411"]
    # In a département of their own what begins so is meant rather than what lies at the other end of the country.
    assert _places("saint martin", Home(departments=("23",)))[0] in ("23217", "23218")
    assert _places("annecy", Home(departments=("23",))) == ["74010"]
    # Near them, the name may go on: Saint-Julien-en-Genevois.
    assert _places("saint julien", Home(point=(45.9, 6.12))) == ["74243"]
    offered = Places(Communes.load(), trades, lambda _: (0, 0), offered=lambda code: code == "93")
    assert [chip.parameters for chip in understand("saint denis", offered.find).chips] == [{"commune": "93066"}]
