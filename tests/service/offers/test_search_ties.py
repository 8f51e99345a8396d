"""Offers that are equal in all that is asked: which come first is the same on every replica, and little has to be fetched."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from tantivy import Query

from services.offers.queries.search import Sort
from services.offers.search import ranking
from services.offers.search.facts import Entry, Flag
from services.offers.search.index import SCHEMA, TITLE, OfferIndex, Snapshot
from services.offers.search.trades import Trades
from shared.reference.occupations import Occupations

NOW = 1_795_000_000.0
SHOWN, TAKEN, ALL = 20, 32, 10_000
COOKS = Query.term_query(SCHEMA, TITLE, "cuisinier", index_option="freq")
OFFER = Entry(
    id="",
    lat=46.17,
    lon=1.87,
    territory="23",
    commune="23096",
    occupation="G1602",
    kind="job",
    contract="cdi",
    source="platform",
    flags=Flag(0),
    hours=35.0,
    experience=0,
    confirmed=NOW,
    crowd=0,
    title="Cuisinier",
    label="",
    company="",
    place="Guéret",
    skills="",
    description="",
)


@pytest.fixture(scope="module")
def trades() -> Trades:
    return Trades(Occupations.load())


def replica(trades: Trades, batches: Iterable[Iterable[Entry]], now: float = NOW) -> Snapshot:
    index = OfferIndex(trades, now)
    for batch in batches:
        index.add(batch)
        index.commit()
    return index.snapshot


def first(snapshot: Snapshot, taken: int) -> tuple[list[str], bool]:
    """The first page of what was taken, and whether that is sure."""
    rows, keys, _ = ranking.ranked(snapshot.view, snapshot.match(COOKS, taken), None, Sort.RELEVANCE)
    return [snapshot.view.ids[row] for row in rows[:SHOWN]], ranking.whole_ties(keys, SHOWN)


def test_a_first_page_of_a_thousand_equal_offers_is_sure_without_fetching_all(trades: Trades) -> None:
    offers = [replace(OFFER, id=f"offer-{number}") for number in range(1_000)]
    # As they were deposited; and the other way round in segments of its own, with former versions between, a month later.
    one = replica(trades, [offers])
    older = [replace(offer, title="Plongeur") for offer in offers[::7]]
    other = replica(trades, [older, *(offers[at::-3] for at in (999, 998, 997))], NOW + 30 * 86_400)
    assert other.offers == one.offers == 1_000
    page, sure = first(one, TAKEN)
    assert sure
    assert first(other, TAKEN) == (page, True)
    assert first(one, ALL)[0] == first(other, ALL)[0] == page


def test_two_days_of_freshness_say_more_than_what_sets_equal_offers_apart(trades: Trades) -> None:
    offers = [replace(OFFER, id=f"offer-{number}", confirmed=NOW - 2 * 86_400 * number) for number in range(SHOWN)]
    assert first(replica(trades, [offers]), TAKEN)[0] == [offer.id for offer in offers]


def test_the_engine_counts_codes_as_the_columns_do(trades: Trades) -> None:
    communes = ("23096", "2A004", "01001", "97411", None, "É", "75056")
    occupations = ("G1602", "K1302", None, "A1101")
    offers = [
        replace(OFFER, id=f"offer-{at}", commune=communes[at % 7], occupation=occupations[at % 4]) for at in range(90)
    ]
    snapshot = replica(trades, [offers[:50], offers[50:]])
    assert ranking.counted(snapshot, COOKS) == ranking.facets(snapshot.view, snapshot.match(COOKS, ALL).rows)
