"""A few offers of Guéret, and the search over them with the referential and the communes, in memory."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from services.offers.queries.search import Wanted
from services.offers.search.facts import Entry, Flag
from services.offers.search.finder import Finder
from services.offers.search.index import OfferIndex, Snapshot
from shared.clock import HandClock
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.bench.search_quality import nowhere

Ask = Callable[[str], list[str]]
"""Ids that answer a question, the best first."""

_NOW = 1_772_000_000.0
_PLAIN = Entry(
    id="", lat=46.17, lon=1.87, territory="23", commune="23096", occupation=None, kind="job", contract="cdi", source="partner",
    flags=Flag(0), hours=None, experience=0, confirmed=_NOW, crowd=0, title="", label="", company="", place="Guéret",
    skills="", description="",
)  # fmt: skip


def an_entry(id: str, title: str, occupation: str | None = None, **more: object) -> Entry:
    """An offer as the search knows it."""
    return replace(_PLAIN, id=id, title=title, occupation=occupation, **more)  # type: ignore[arg-type]  # fields by name


def made(offers: Iterable[Entry]) -> tuple[Finder, Snapshot]:
    """The search over these offers."""
    finder = Finder(nowhere(), HandClock(datetime.fromtimestamp(_NOW, UTC)), Communes.load(), Occupations.load())
    index = OfferIndex(finder.trades, _NOW)
    index.add(offers)
    return finder, index.commit()


def asking(offers: Iterable[Entry]) -> Ask:
    """The search over these offers."""
    finder, snapshot = made(offers)
    return lambda q: finder.look_up(snapshot, Wanted(q=q)).ids
