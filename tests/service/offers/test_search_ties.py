"""Offers that are equal in all that is asked: which come first is the same on every replica, and little has to be fetched."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tantivy import Query

from services.offers.queries.search import Sort, Wanted
from services.offers.search import ranking
from services.offers.search.facts import Entry, Flag
from services.offers.search.finder import Finder
from services.offers.search.index import OfferIndex, Snapshot
from services.offers.search.schema import SCHEMA, TITLE
from services.offers.search.trades import Trades
from shared.clock import HandClock
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.bench.search_quality import nowhere

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
    found, _ = ranking.ranked(snapshot.view, snapshot.match(COOKS, taken), None, Sort.RELEVANCE)
    return [snapshot.view.ids[row] for row in found.rows[:SHOWN]], ranking.whole_ties(found.scores, SHOWN)


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


@pytest.mark.parametrize("q", ["cuisinier", "cuisinier guéret", "sauf boulanger"])
def test_pages_go_on_where_they_ended_while_offers_come(trades: Trades, q: str) -> None:
    finder = Finder(nowhere(), HandClock(datetime.fromtimestamp(NOW, UTC)), Communes.load(), Occupations.load())
    index = OfferIndex(trades, NOW)
    titles = ("Cuisinier", "Cuisinier de collectivité", "Chef cuisinier")
    offers = [replace(OFFER, id=f"o-{at}", title=titles[at % 3], confirmed=NOW - 7_200 * at) for at in range(60)]
    index.add(offers)
    seen: list[str] = []
    page = finder.look_up(index.commit(), Wanted(q=q, limit=10))
    while page.position is not None:
        seen += page.ids
        # One that fits better than all, and is newer: what the others are worth beside the best one falls.
        new = replace(OFFER, id=f"new-{len(seen)}", title="Cuisinier de collectivité", confirmed=NOW + 3_600)
        index.add([new])
        page = finder.look_up(index.commit(), Wanted(q=q, limit=10, after=page.position))
    seen = [id for id in (*seen, *page.ids) if not id.startswith("new")]
    assert sorted(seen) == sorted(offer.id for offer in offers)


def test_a_page_does_not_begin_anew_where_its_last_offer_was_confirmed_since(trades: Trades) -> None:
    finder = Finder(nowhere(), HandClock(datetime.fromtimestamp(NOW, UTC)), Communes.load(), Occupations.load())
    index = OfferIndex(trades, NOW)
    offers = [replace(OFFER, id=f"o-{at}", confirmed=NOW - 7_200 * at) for at in range(90)]
    index.add(offers)
    page = finder.look_up(index.commit(), Wanted(q="cuisinier", limit=45))
    index.add([replace(offers[44], confirmed=NOW)])
    following = finder.look_up(index.commit(), Wanted(q="cuisinier", limit=45, after=page.position))
    assert following.ids == [offer.id for offer in offers[45:]]


def test_the_engine_counts_codes_as_the_columns_do(trades: Trades) -> None:
    communes = ("23096", "2A004", "01001", "97411", None, "É", "75056")
    occupations = ("G1602", "K1302", None, "A1101")
    offers = [
        replace(OFFER, id=f"offer-{at}", commune=communes[at % 7], occupation=occupations[at % 4]) for at in range(90)
    ]
    snapshot = replica(trades, [offers[:50], offers[50:]])
    assert ranking.counted(snapshot, COOKS) == ranking.facets(snapshot.view, snapshot.match(COOKS, ALL).rows)
