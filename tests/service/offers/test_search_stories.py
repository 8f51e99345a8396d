"""Long dictated questions: what is wished counts, what was and what others do does not."""

import pytest

from tests.service.offers.reading import read


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        (
            "bonjour, je finis mon contrat de cariste et la logistique j'en ai marre, je préférerais travailler comme serveur "
            "dans un restaurant",
            ["serveur", "restaurant"],
            {},
        ),
        (
            "alors mon mari travaille de nuit et il a eu un accident l'an dernier, donc moi je recherche des heures de ménage",
            ["menage"],
            {},
        ),
        (
            "voilà j'ai gardé des enfants pendant six ans, la petite entre à l'école, je cherche maintenant un poste de "
            "cariste s'il vous plaît",
            ["cariste"],
            {},
        ),
        (
            "je rentre tous les week-ends chez mes parents mais je suis motivé, je voudrais un travail de serveur "
            "dès que possible",
            ["serveur"],
            {},
        ),
        # what somebody is stands where the wish names no work
        (
            "bonjour je suis infirmière et j'aimerais vraiment retrouver un meilleur équilibre, donc rentrer chez moi à des "
            "heures possibles",
            ["infirmiere", "meilleur"],
            {},
        ),
    ],
)  # fmt: skip
def test_a_wish_counts_more_than_what_was(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


@pytest.mark.parametrize(
    ("q", "parameters"),
    [
        ("serveur été Corse", {"contract_kind": "seasonal"}),
        ("vendanges septembre", {"contract_kind": "seasonal"}),
        ("j'ai toujours été serveur", {}),
        ("serveur septembre", {}),
        ("CDD d'insertion cariste", {"contract_kind": "cddi"}),
        ("contrat à durée déterminée d'insertion cariste", {"contract_kind": "cddi"}),
        ("serveur avec mes week-ends libres", {"no_weekend": "true"}),
        ("serveur libre le week-end", {"moment": "weekend"}),
    ],
)
def test_seasons_and_contracts(q: str, parameters: dict[str, object]) -> None:
    found = read(q)[1]
    assert {name: value for name, value in found.items() if name != "territory"} == parameters
