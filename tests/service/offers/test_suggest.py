"""What is suggested while somebody types: the word not finished yet, the common job first, places where there are offers."""

import pytest

from services.offers.search.suggest import OfferTitles, Suggester, Suggestion, SuggestionKind
from services.offers.search.trades import Trades
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations


@pytest.fixture(scope="module")
def occupations() -> Occupations:
    return Occupations.load()


@pytest.fixture(scope="module")
def trades(occupations: Occupations) -> Trades:
    return Trades(occupations)


@pytest.fixture(scope="module")
def suggester(occupations: Occupations) -> Suggester:
    return Suggester(occupations, Communes.load())


def labels(suggester: Suggester, trades: Trades, q: str, kind: SuggestionKind) -> list[str]:
    found: list[Suggestion] = suggester.suggest(
        q, 5, {}, OfferTitles((), {}), trades, lambda word: None, lambda department: 7 if department == "23" else 0
    )
    return [one.label for one in found if one.kind is kind]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("aide s", "Aide-soignant"),
        ("aide à d", "Aide à domicile"),
        ("cuis", "Cuisinier"),
        ("serveu", "Serveur"),
        ("maç", "Maçon"),
    ],
)
def test_the_common_job_that_goes_on_so_comes_first(suggester: Suggester, trades: Trades, q: str, first: str) -> None:
    assert labels(suggester, trades, q, SuggestionKind.OCCUPATION)[0] == first


def test_a_word_that_joins_may_be_whole_as_well(suggester: Suggester, trades: Trades) -> None:
    for q in ("aide s", "aide à", "aide "):
        found = labels(suggester, trades, q, SuggestionKind.OCCUPATION)
        assert "Aide-soignant" in found, q
        assert len(found) == len(set(found)) == 5, q


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("gué", "Guéret (23)"),
        ("aub", "Aubusson (23)"),
        ("aube", "Aube (10)"),
        ("tours", "Tours (37)"),
        ("10", "Aube (10)"),
    ],
)
def test_places_where_there_are_offers_come_before_others_that_begin_so(
    suggester: Suggester, trades: Trades, q: str, first: str
) -> None:
    assert labels(suggester, trades, q, SuggestionKind.PLACE)[0] == first


def test_a_word_that_joins_begins_no_departement(suggester: Suggester, trades: Trades) -> None:
    assert "Ain (01)" not in labels(suggester, trades, "par", SuggestionKind.PLACE)
