"""Words with two meanings filter only where something says so: everyday words that name a département, hours, letters."""

import pytest

from tests.service.offers.reading import read


@pytest.mark.parametrize(
    "q",
    [
        "serveur pas cher", "repas moins cher", "Cher Monsieur", "au nord", "au nord de guéret", "lot de travaux",
        "chef de lot", "pull manche", "somme nette", "un lot", "sous-traitant lot 4", "à l'aube", "allier travail et famille",
        "travaux du lot de peinture", "en somme", "aide à domicile cher", "Allier Dupont", "somme des heures",
    ],
)  # fmt: skip
def test_an_everyday_word_is_no_departement(q: str) -> None:
    assert "territory" not in read(q)[1]


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("serveur dans le Cher", "18"), ("serveur Cher", "18"), ("cher", "18"), ("cuisinier dans le lot", "46"),
        ("serveur lot", "46"), ("Lot (46)", "46"), ("46 lot", "46"), ("département du lot", "46"), ("emploi manche", "50"),
        ("serveur de la Manche", "50"), ("dans l'aude", "11"), ("ménage dans l'Aude de 8h à 12h", "11"), ("serveur aube", "10"),
        ("aide soignant (18) cher", "18"), ("serveur dans le nord", "59"), ("le lot", "46"),
    ],
)  # fmt: skip
def test_what_stands_as_a_departement_does_is_one(q: str, code: str) -> None:
    assert read(q)[1]["territory"] == code


def test_part_of_a_departement_is_that_departement_alone() -> None:
    assert read("nord de la creuse")[1] == {"territory": "23"}


@pytest.mark.parametrize(
    "only",
    ["seulement", "que", "uniquement", "forcément", "juste", "obligatoirement", "exclusivement", "nécessairement"],
)
@pytest.mark.parametrize("when", ["le soir", "la nuit", "le week-end", "le matin"])
def test_what_is_not_all_is_not_denied(only: str, when: str) -> None:
    assert read(f"serveur pas {only} {when}")[1] == {}


@pytest.mark.parametrize(
    ("q", "parameters"),
    [
        ("serveur à 8h", {}), ("serveur 1h", {}), ("à 1h", {}), ("aide à 7 heures", {}),
        ("contrat à 10h", {"weekly_hours": "10"}), ("ménage 2h par semaine", {"weekly_hours": "2"}),
        ("ménage 10h", {"weekly_hours": "10"}), ("caissière à 20h", {"weekly_hours": "20"}),
        ("serveur à 2h du matin", {"moment": "night"}), ("serveur jusqu'à 3h du matin", {"moment": "night"}),
        ("serveur de 22h à 2h du matin", {"moment": "night"}), ("serveur minuit à 3h du matin", {"moment": "night"}),
        ("serveur à 5h du matin", {"moment": "morning"}), ("serveur de 5h à 9h du matin", {"moment": "morning"}),
    ],
)  # fmt: skip
def test_hours_of_the_clock_are_none_of_a_week(q: str, parameters: dict[str, str]) -> None:
    assert read(q)[1] == parameters


@pytest.mark.parametrize(
    ("q", "contract"),
    [
        ("documentaliste centre de documentation et d'information (CDI)", None),
        ("documentaliste au CDI du lycée", None), ("professeur documentaliste au cdi", None), ("cdi du collège", None),
        ("surveillant au CDI d'un collège", None), ("aide au cdi avec les élèves", None),
        ("surveillant en cdi au collège", "cdi"), ("poste en cdi du lycée", "cdi"), ("documentaliste en CDI", "cdi"),
        ("passer du CDD au CDI", "cdi"),
        ("magasin Leclerc AI", None), ("Tremblay AI", None), ("auchan AI", None), ("ménage chez Dupont AI", None),
        ("Ménage AI", "cddi"), ("AI ménage", "cddi"), ("Contrat AI", "cddi"), ("serveur dans une AI", "cddi"),
    ],
)  # fmt: skip
def test_letters_that_mean_something_else_are_no_contract(q: str, contract: str | None) -> None:
    found = read(q)[1].get("contract_kind")
    assert contract in found if isinstance(found, tuple) else found == contract


@pytest.mark.parametrize(
    ("question", "words", "territory"),
    [
        ("serveur pas de calais", ["serveur"], "62"),
        ("serveur pas-de-calais", ["serveur"], "62"),
        ("emploi dans le pas de calais", [], "62"),
        ("nord pas de calais", [], ("59", "62")),
        ("serveur Nord-Pas-de-Calais", ["serveur"], ("59", "62")),
        ("boulanger pas à calais", ["boulanger"], None),
        ("tout sauf calais", [], None),
    ],
)
def test_the_name_of_a_departement_leaves_nothing_out(question: str, words: list[str], territory: object) -> None:
    left, parameters = read(question)
    assert (left, parameters.get("territory")) == (words, territory)
