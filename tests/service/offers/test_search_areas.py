"""Areas that no register of communes has, and what is left out in somebody's own words."""

import pytest

from services.offers.search.intent import understand
from services.offers.search.regions import PROVINCES, SITES, intercommunalities
from shared.reference.communes import Communes
from shared.reference.departments import DEPARTMENTS
from tests.service.offers.reading import find_place, read


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        # old provinces are départements
        ("maçon dans le Berry", ["macon"], {"territory": ("18", "36")}),
        ("maçon en berry", ["macon"], {"territory": ("18", "36")}),
        ("ouvrier Beauce", ["ouvrier"], {"territory": ("28", "41", "45")}),
        ("aide à domicile dans le Perche", ["aide", "domicile"], {"territory": ("28", "61", "41")}),
        ("serveur en Touraine", ["serveur"], {"territory": "37"}),
        ("vigneron Vosges du Nord", ["vigneron"], {"territory": ("57", "67")}),
        # a village that is called nearly so, and what is only a word
        ("serveur à Champagné", ["serveur"], {"commune": "72054"}),
        ("vendeur de champagne", ["vendeur", "champagne"], {}),
        ("technicien terre et mer", ["technicien", "terre", "mer"], {}),
        # islands and coasts, around their commune
        ("job Belle-Île-en-Mer", [], {"commune": "56152"}),
        ("cuisinier Porquerolles", ["cuisinier"], {"commune": "83069"}),
        ("cuisinier Noirmoutier", ["cuisinier"], {"commune": "85163"}),
        ("cuisinier presqu'île de Quiberon", ["cuisinier"], {"commune": "56186"}),
        # what communes call what they do together
        ("soudeur vallée de l'Hérault", ["soudeur"], {"commune": "34114"}),
        ("soudeur dans le Vallespir", ["soudeur"], {"commune": "66049"}),
        ("soudeur Cœur de Savoie", ["soudeur"], {"commune": "73270"}),
        ("soudeur dans le Beauvaisis", ["soudeur"], {"commune": "60057"}),
        # quarters, stations, sites
        ("caissière quartier de la Croix-Rousse", ["caissiere"], {"commune": "69384"}),
        ("caissière à la part-dieu", ["caissiere"], {"commune": "69383"}),
        ("infirmier Wazemmes", ["infirmier"], {"commune": "59350"}),
        ("standardiste à la Défense", ["standardiste"], {"commune": "92062"}),
        ("cariste Roissy", ["cariste"], {"commune": "95527"}),
        ("près de la gare de Lyon", [], {"commune": "75112"}),
        ("près de la gare", [], {"accessible_without_car": "true"}),
        # what is done is no town
        (
            "ménage ou de la garde de personnes âgées à Libourne",
            ["menage", "garde", "personnes", "agees"],
            {"commune": "33243"},
        ),
        ("poste à La Garde", [], {"commune": "83062"}),
    ],
)
def test_areas_are_places(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


def test_each_area_lies_where_there_is_a_place() -> None:
    communes = Communes.load()
    assert all(communes.get(code) for code in SITES.values())
    assert all(code in DEPARTMENTS or code == "20" for codes in PROVINCES.values() for code in codes)
    assert len(intercommunalities()) > 800


def left_out(q: str) -> list[str]:
    """What a question leaves out, each in the words that offers may have."""
    return [" ".join(word.folded for word in words) for words in understand(q, find_place).barred]


@pytest.mark.parametrize(
    ("q", "barred", "parameters"),
    [
        ("tout sauf ménage et aide à la personne", ["menage", "aide personne"], {}),
        ("tout sauf aide à domicile Guéret", ["aide domicile"], {"commune": "23096"}),
        ("n'importe quoi à part l'usine, Guéret", ["usine"], {"commune": "23096"}),
        ("tout métier excepté la vente et la garde d'enfants Guéret", ["vente", "garde enfants"], {"commune": "23096"}),
        ("tout hormis la caisse et la plonge", ["caisse", "plonge"], {}),
        ("tout à l'exception du repassage", ["repassage"], {}),
        ("autre chose, mais autre que la caisse", ["caisse"], {}),
        ("pas de travail à la chaîne, Guéret", ["chaine"], {"commune": "23096"}),
        ("tout sauf restauration à La Rochelle", ["restauration"], {"commune": "17300"}),
        ("tout sauf restauration à la souterraine", ["restauration"], {"commune": "23176"}),
        ("tout sauf l'intérim et le nettoyage", ["nettoyage"], None),
        ("ni usine ni froid", ["usine", "froid"], {}),
        ("je trouve pas de travail à la montagne", [], {}),
        ("fonctionnaire à part entière", [], {}),
    ],
)
def test_what_is_left_out_is_one_thing_and_lists_go_on(
    q: str, barred: list[str], parameters: dict[str, object] | None
) -> None:
    assert left_out(q) == barred
    assert parameters is None or read(q)[1] == parameters
