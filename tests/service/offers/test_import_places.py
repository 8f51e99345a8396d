"""Where a row's work is: codes, CEDEX, labels, former communes, arrondissements, points, and what only the text says."""

from typing import Any

import pytest

from services.offers.domain.imports import RowRefused, read_france_travail
from services.offers.domain.imports.fields import Fields
from services.offers.domain.imports.places import read_place
from services.offers.domain.place import settle
from shared.contracts.events.base import Point
from shared.reference.communes import Communes
from tests.service.offers.test_imports import row

communes = Communes.load()


def place(where: Any, **changes: Any) -> tuple[str | None, list[str]]:
    """The commune's code and the warnings of a row there."""
    found = read_france_travail(row(1, lieuTravail=where, **changes), communes)
    given = found.given.place
    settled, _ = settle(communes, given.commune_code, given.point, given.name, given.postcode)
    return settled.commune_code, [warning.rule for warning in found.warnings]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"libelle": "23 - GUERET"}, "23096"),
        ({"libelle": "GUERET (23)"}, "23096"),
        ({"libelle": "23-Guéret"}, "23096"),
        ({"libelle": "Guéret (Creuse)"}, "23096"),
        ({"libelle": "23000 GUERET"}, "23096"),
        ({"libelle": "23 - GUERET CEDEX", "codePostal": "23011"}, "23096"),
        ({"libelle": "TULLE", "codePostal": "19011"}, "19272"),
        ({"libelle": "63 - CLERMONT FERRAND CEDEX 1", "codePostal": "63033"}, "63113"),
        ({"libelle": "44 - NANTES", "codePostal": "44021"}, "44109"),
        ({"libelle": "03 - MONTLUCON", "codePostal": "03107"}, "03185"),
        ({"libelle": "69 - LYON CEDEX", "codePostal": "69211"}, "69123"),
        ({"libelle": "23 - Saint-Étienne-de-Fursac"}, "23192"),
        ({"libelle": "23 - ST PIERRE DE FURSAC", "commune": "23231"}, "23192"),
        ({"commune": "23231"}, "23192"),
        ({"libelle": "85 - LA MOTHE ACHARD"}, "85152"),
        ({"libelle": "20 - BASTIA"}, "2B033"),
        ({"libelle": "Bastia (20)"}, "2B033"),
        ({"libelle": "2A - AJACCIO"}, "2A004"),
        ({"libelle": "BASTIA", "codePostal": "20200"}, "2B033"),
        ({"commune": "20033"}, "2B033"),
        ({"libelle": "75 - PARIS 15", "commune": "75056", "codePostal": "75015"}, "75115"),
        ({"libelle": "75 - PARIS 16", "commune": "75056", "codePostal": "75116"}, "75116"),
        ({"libelle": "69 - LYON 03", "commune": "69123", "codePostal": "69003"}, "69383"),
        ({"libelle": "13 - MARSEILLE 13", "commune": "13055", "codePostal": "13013"}, "13213"),
        ({"libelle": "75 - PARIS 15"}, "75115"),
        ({"libelle": "974 - ST DENIS"}, "97411"),
        ({"libelle": "23 - STE FEYRE", "codePostal": 23000}, "23193"),
        ({"libelle": "23 - STE FEYRE", "codePostal": 23000.0}, "23193"),
        ({"libelle": "Nice", "codePostal": "6000"}, "06088"),
        ({"commune": 1053}, "01053"),
        ({"commune": "23096.0"}, "23096"),
        ({"codePostal": "75000"}, "75056"),
        ({"libelle": "Marseille", "codePostal": "13000"}, "13055"),
        ({"libelle": "75 - Paris XVe"}, "75115"),
        ({"libelle": "23 - GUÉRET CÉDEX 9", "codePostal": "23011"}, "23096"),
    ],
)
def test_the_named_commune_is_found_without_a_word_of_doubt(where: dict[str, Any], code: str) -> None:
    assert place(where) == (code, [])


@pytest.mark.parametrize(
    ("label", "code", "warned"),
    [
        ("23 AUBUSSON", "23008", []),
        ("2A AJACCIO", "2A004", []),
        ("974 ST PIERRE", "97416", []),
        ("12 rue du Bourg, 23000 Guéret", "23096", []),
        ("Limoges, Haute-Vienne", "87085", []),
        ("Bourg-en-Bresse, Ain", "01053", []),
        ("Gueret, Creuse, Nouvelle-Aquitaine, France", "23096", []),
        ("Saint-Denis, La Réunion", "97411", []),
        ("Saint-Pierre, Martinique", "97225", []),
        ("Gien, France", "45155", ["place_by_name"]),
        ("23 - Guéret et environs", "23096", ["place_around"]),
        ("Secteur d'Aubusson (23)", "23008", ["place_around"]),
        ("Bassin d'emploi de La Souterraine (23)", "23176", ["place_around"]),
        ("23 - Bourganeuf (rayon de 20 km)", "23030", ["place_around"]),
        ("Agglomération de Limoges", "87085", ["place_by_name", "place_around"]),
    ],
)
def test_labels_as_people_and_maps_write_them(label: str, code: str, warned: list[str]) -> None:
    assert place({"libelle": label}) == (code, warned)


@pytest.mark.parametrize(
    "label", ["Creuse, Nouvelle-Aquitaine", "Near, France", "Valence, France", "La Région", "2300 Guéret"]
)
def test_what_names_no_commune_or_several_stays_refused(label: str) -> None:
    with pytest.raises(RowRefused):
        place({"libelle": label})


@pytest.mark.parametrize(("label", "code"), [("Genève", "1200"), ("Bruxelles", "1000"), ("Vincennes", "75000")])
def test_a_code_of_four_figures_or_of_a_whole_town_moves_no_other_place_there(label: str, code: str) -> None:
    with pytest.raises(RowRefused):
        place({"libelle": label, "codePostal": code})


@pytest.mark.parametrize(("label", "given", "code"), [("Guéret", "2300", "23096"), ("Cahors", "4600", "46042")])
def test_a_code_that_lacks_another_figure_than_the_first_leaves_the_name_to_say_it(
    label: str, given: str, code: str
) -> None:
    assert place({"libelle": label, "codePostal": given}) == (code, ["place_by_name"])


def test_a_code_does_not_win_against_the_name_that_contradicts_it() -> None:
    assert place({"libelle": "23 - GUERET CEDEX", "commune": "23011"}) == ("23096", ["commune_contradicted"])
    # A quarter, a lieu-dit, another writing: the code stays.
    assert place({"libelle": "23 - Le Maupuy", "commune": "23096"}) == ("23096", [])
    assert place({"libelle": "93 - ST OUEN", "commune": "93070"}) == ("93070", [])


@pytest.mark.parametrize(
    "label", ["France", "Grand Est", "Ile-de-France", "74 - Savoie (Haute)", "36 - Indre", "75 - Paris (Dept.)", "Vienne",
              "Luxembourg (Frontalier)", "Québec Canada", ""],
)  # fmt: skip
def test_an_area_is_no_commune(label: str) -> None:
    with pytest.raises(RowRefused) as refused:
        place({"libelle": label})
    assert [error.rule for error in refused.value.errors] == ["place_too_vague"]


def test_the_text_places_a_row_only_where_it_agrees_and_quotes_itself() -> None:
    sentence = "Poste basé à Annecy (74000), au siège."
    found = read_france_travail(row(1, lieuTravail={"libelle": "74 - Savoie (Haute)"}, description=sentence), communes)
    assert found.given.place.commune_code == "74010"
    assert [warning.rule for warning in found.warnings] == ["place_from_text"]
    assert "Annecy (74000)" in found.warnings[0].message
    for label, text in (
        ("France", sentence),
        ("23 - Creuse", sentence),
        ("74 - Savoie (Haute)", "Siège : Annecy (74000). Usine : Cluses (74300)."),
    ):
        with pytest.raises(RowRefused) as refused:
            place({"libelle": label}, description=text)
        assert "Annecy (74010) ?" in refused.value.errors[0].message


@pytest.mark.parametrize(
    ("title", "label", "code"),
    [
        ("Data engineer - Services financiers - Nantes (H/F)", "44 - Loire Atlantique", "44109"),
        ("Administrateur Windows - Metz / Nancy (H/F)", "57 - Moselle", "57463"),
        ("Maçon à Guéret (H/F)", "23 - Creuse", "23096"),
    ],
)
def test_a_town_that_stands_in_the_title_and_lies_in_the_departement_is_taken_with_a_warning(
    title: str, label: str, code: str
) -> None:
    assert place({"libelle": label}, intitule=title) == (code, ["place_from_text"])
    with pytest.raises(RowRefused):
        place({"libelle": "France"}, intitule=title)


def test_a_postcode_of_several_communes_says_that_it_guessed() -> None:
    assert place({"libelle": "31 - Garonne (Haute)", "codePostal": "31790"}) == ("31490", ["postcode_ambiguous"])


def test_points_are_checked() -> None:
    gueret = {"libelle": "23 - GUERET", "commune": "23096"}
    assert place({**gueret, "latitude": 1.87, "longitude": 46.17}) == ("23096", ["point_swapped"])
    assert place({**gueret, "latitude": 48.85, "longitude": 2.35}) == ("23096", ["point_far_from_commune"])
    assert place({**gueret, "latitude": 10.0, "longitude": 2.35}) == ("23096", ["point_outside_france"])
    assert place({**gueret, "latitude": 0, "longitude": "0"}) == ("23096", [])


def test_a_point_alone_is_near_a_commune_and_says_so() -> None:
    found = read_france_travail(
        row(1, lieuTravail={"libelle": "France", "latitude": 46.19, "longitude": 1.90}), communes
    ).given.place
    settled, department = settle(communes, found.commune_code, found.point, found.name, found.postcode)
    assert (settled.name.split()[:2], department) == (["Près", "de"], "23")
    gueret = communes.get("23096")
    assert gueret is not None
    hall, _ = settle(communes, None, Point(lat=gueret.lat, lon=gueret.lon))
    assert (hall.name, hall.commune_code) == ("Guéret", "23096")


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("Vendeur\nVous rejoignez notre magasin d'Aubusson.", "Aubusson (23008)"),
        ("Vendeur\nPoste basé à Aubusson, déplacements à Guéret.", "Aubusson (23008)"),
        ("Vendeur\nMagasin de Guéret ou magasin d'Aubusson.", None),
        ("Vendeur\nNotre magasin d'Annecy recrute.", None),
        ("Vendeur\nNos clients viennent d'Aubusson.", None),
    ],
)
def test_a_workplace_without_its_postcode_is_proposed_and_never_taken(text: str, proposed: str | None) -> None:
    with pytest.raises(RowRefused) as refused:
        read_place(Fields({"lieuTravail": {"libelle": "23 - Creuse"}}), text, communes, [])
    (error,) = refused.value.errors
    assert error.rule == "place_too_vague"
    assert error.message.endswith(f"{proposed} ?") if proposed else "?" not in error.message
