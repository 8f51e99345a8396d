"""What asking a question has shown of a snapshot is kept as long as that is: asked again, one search of the engine is enough."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from services.offers.queries.search import Wanted
from services.offers.search.asked_work import is_titled, titles_of, words_in_titles
from services.offers.search.facts import Criteria, Flag
from services.offers.search.finder import Finder
from services.offers.search.index import Matches, OfferIndex, Snapshot
from tests.service.offers.searching import an_entry, made

TEXT = "boulanger boulanger boulanger"


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each search of the engine was to give at most."""
    asked: list[int] = []
    match = Snapshot.match

    def counted(self: Snapshot, query: Any, most: int) -> Matches:
        asked.append(most)
        return match(self, query, most)

    monkeypatch.setattr(Snapshot, "match", counted)
    return asked


def offers(works: int, others: int = 40) -> list[Any]:
    """Others fit better, so that they are the first that the engine finds."""
    return [
        *(an_entry(f"text{at}", "Vendeur", "D1106", description=TEXT) for at in range(others)),
        *(an_entry(f"work{at}", "Poste à pourvoir", "D1102", confirmed=1_768_000_000.0 - at) for at in range(works)),
    ]


def ids(finder: Finder, snapshot: Snapshot, **wanted: Any) -> list[str]:
    return finder.look_up(snapshot, Wanted(**{"q": "boulanger", **wanted})).ids


@pytest.mark.parametrize("works", [1, 19, 20, 21, 31, 32, 33, 60])
def test_where_other_work_fits_better_all_of_the_work_comes_first_for_a_second_search_and_asked_again_for_one(
    works: int, searches: list[int]
) -> None:
    finder, snapshot = made(offers(works))
    first = finder.look_up(snapshot, Wanted(q="boulanger", facets=True))
    assert len(searches) <= 2
    assert [id[:4] for id in first.ids] == ["work"] * min(works, 20) + ["text"] * max(0, 20 - works)
    assert len(set(first.ids)) == 20
    searches.clear()
    assert finder.look_up(snapshot, Wanted(q="boulanger", facets=True)) == first
    assert len(searches) == 1
    # The facets are those of the same offers: leaving them out asks nothing else.
    assert ids(finder, snapshot) == first.ids
    assert len(searches) == 2


def test_the_attempt_that_held_is_the_first_when_it_is_asked_again(searches: list[int]) -> None:
    finder, snapshot = made([an_entry("night", "Boulanger", "D1102"), an_entry("shop", "Vendeur", "D1106")])
    for q in ("boulanger traditionnel bilingue", "boulanger en CDD", "boulanger de nuit Guéret"):
        first = finder.look_up(snapshot, Wanted(q=q))
        assert first.ids
        assert len(searches) > 1
        searches.clear()
        assert finder.look_up(snapshot, Wanted(q=q)) == first
        assert len(searches) == 1
        searches.clear()


def test_a_changed_snapshot_forgets() -> None:
    finder, _ = made(())
    index = OfferIndex(finder.trades, 1_772_000_000.0)
    index.add(offers(2))
    assert ids(finder, index.commit())[:3] == ["work0", "work1", ids(finder, index.snapshot)[2]]
    index.remove(["work0"])
    index.add([an_entry("new", "Boulanger", "D1102")])
    assert ids(finder, index.commit())[:2] == ["new", "work1"]


def test_what_is_asked_otherwise_is_worked_out_by_itself() -> None:
    flagged = [replace(one, flags=Flag.NIGHT) if one.id.startswith("work") else one for one in offers(3)]
    finder, snapshot = made([*flagged, an_entry("day", "Boulanger", "D1102", territory="87")])
    all_ = ids(finder, snapshot)
    assert set(all_[:4]) == {"work0", "work1", "work2", "day"}
    by_day = Criteria(flags={"night": False})
    assert ids(finder, snapshot, criteria=by_day)[0] == "day"
    assert ids(finder, snapshot, criteria=by_day)[1].startswith("text")
    assert set(ids(finder, snapshot, criteria=Criteria(flags={"night": True}))) == {"work0", "work1", "work2"}
    assert ids(finder, snapshot, criteria=Criteria(territory=("87",))) == ["day"]
    assert ids(finder, snapshot) == all_
    assert ids(finder, snapshot, limit=2) == all_[:2]
    assert len(ids(finder, snapshot, limit=50)) == 44


TITLES = (
    "Assistant social (H/F)", "Assistante sociale", "Assistant", "Social media manager", "Boulanger", "Boulangère-vendeuse",
    "Chauffeur PL", "Conducteur poids lourd", "Chauffeur livreur", "Chef cuisinier", "Aide à domicile", "Aide-soignant H/F", "",
    "Agent d'entretien", "Agent de service / agente d'entretien", "Serveur·euse", "H/F", "Développeur C++", "Cueilleur fruits",
)  # fmt: skip


def test_titles_read_one_by_one_are_those_that_the_engine_finds() -> None:
    finder, snapshot = made([an_entry(f"o{at}", title) for at, title in enumerate((*TITLES, *TITLES))])
    told = 0
    for q in (
        *TITLES,
        "boulanger ou serveuse",
        "chauffeur poids lourds",
        "AS",
        "développeur c++",
        "cueillette de fruits",
    ):
        reading = finder.read(snapshot, Wanted(q=q))
        if reading is None:
            continue
        query, sides = titles_of(reading.question), words_in_titles(reading.question)
        assert (query is None) == (not sides)
        if query is not None:
            titled = snapshot.rows[snapshot.view.titled(snapshot.rows, partial(is_titled, sides))]
            assert np.array_equal(titled, np.sort(snapshot.match(query, 100).rows)), q
            told += len(titled)
    assert told > 30
