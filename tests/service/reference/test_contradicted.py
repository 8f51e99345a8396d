"""A title that contradicts the declared occupation: said only where nothing that it may mean has to do with it."""

import pytest

from shared.contracts.events.offers import OccupationDoubt
from shared.reference.contradicted import doubt_of
from shared.reference.occupations import Occupations

KNOWN = Occupations.load()


@pytest.mark.parametrize(
    ("title", "declared", "named"),
    [
        ("Serveur H/F", "M1801", "G1803"),
        ("Boulanger (H/F)", "G1602", "D1102"),
        ("Développeur Java API", "F1703", "M1805"),
        # Nobody's title to the word, and one occupation is all but certain.
        ("CHAUFFEUR POIDS LOURD H/F", "G1602", "N4101"),
        ("Agent polyvalent en restauration - cuisine centrale", "K2303", None),
        # Many things that it may mean, none of which is simple work as the declared one is.
        ("Technicien en hygiène et traitement des nuisibles", "K2307", None),
    ],
)
def test_a_title_of_another_trade_is_told_and_named_where_it_is_one_to_the_word(
    title: str, declared: str, named: str | None
) -> None:
    assert doubt_of(KNOWN, title, declared) == OccupationDoubt(title_code=named)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Serveur H/F", OccupationDoubt(title_code="G1803")),
        ("Consultant développement informatique senior", OccupationDoubt()),
        # Simple work that is no title to the word, and what says nothing.
        ("Employé polyvalent de magasin et de ménage", None),
        ("Tous profils", None),
    ],
)
def test_where_nothing_is_declared_a_title_tells_what_it_is_or_that_it_is_no_simple_work(
    title: str, said: OccupationDoubt | None
) -> None:
    assert doubt_of(KNOWN, title, None) == said


@pytest.mark.parametrize(
    ("title", "declared"),
    [
        ("Serveur H/F", "G1803"),
        # Related: one branch, one family, a move of the referential.
        ("Chauffeur poids lourd", "K2303"),
        ("Aide cuisinier", "G1602"),
        # Words of the declared occupation stand in it, or it says nothing at all.
        ("Vendeur magasin de producteurs", "D1106"),
        ("Renfort", "K2204"),
        ("Serveur H/F", "X9999"),
    ],
)
def test_everything_else_stays_as_it_was_declared(title: str, declared: str | None) -> None:
    assert doubt_of(KNOWN, title, declared) is None


def test_a_title_that_comes_again_with_its_code_is_not_weighed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    title = "Serveur en salle, que personne n'a encore déposé"
    first = doubt_of(KNOWN, title, "M1801")
    assert first is not None
    monkeypatch.setattr(KNOWN, "meant", None)
    assert doubt_of(KNOWN, title, "M1801") is first
