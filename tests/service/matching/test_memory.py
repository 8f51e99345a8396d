"""What a worker remembers of profiles: never that somebody says nothing new who does."""

from dataclasses import replace

import pytest

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import ProfileFacts
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.engine.facts_stored import facts_bytes
from services.matching.engine.memory import Applied, Memory, Over
from services.matching.engine.restoring import Restoring, is_news
from services.matching.engine.stored import pack
from services.matching.index.layout import INLINE_SKILLS
from services.matching.index.referential import shipped_structure
from shared.clock import HandClock
from tests.service.matching.rooms import offer_state, profile_state


def test_facts_that_come_back_after_others_are_news_also_where_they_were_kept() -> None:
    memory = Memory(Configuration(), shipped_structure(), 739_000)
    first = profile_facts(profile_state("a"))
    other = replace(first, wage_floor=first.wage_floor + 100)
    assert memory.put_profiles([(first, 1)]) == {first.profile_id}
    memory.keep(first, 1)
    assert memory.put_profiles([(first, 2)]) == set()
    assert memory.profile_version(first.profile_id) == 2
    # Another worker stored these, and nothing is kept of them here.
    assert memory.put_profiles([(other, 3)]) == {first.profile_id}
    assert memory.put_profiles([(first, 4)]) == {first.profile_id}
    assert memory.profile_index.get(first.profile_id) == first


def test_what_another_worker_stored_changes_nothing_where_something_newer_is_known(clock: HandClock) -> None:
    memory = Memory(Configuration(), shipped_structure(), 739_000)
    offer = offer_facts(offer_state("one", clock))
    newer = replace(offer, positions=3)
    memory.put_offer(newer, 4)
    take = Restoring(None).take  # type: ignore[arg-type]  # what is handed in is read from nowhere
    for version in (3, 4):
        take(memory, "offers", {"_id": offer.offer_id, "version": version, "facts": facts_bytes(offer)})
        take(memory, "offers", {"_id": offer.offer_id, "version": version})
        assert memory.offers[offer.offer_id] == newer
        assert not is_news(memory, "offers", {"_id": offer.offer_id, "version": version})
    take(memory, "offers", {"_id": offer.offer_id, "version": 5, "facts": facts_bytes(offer)})
    assert memory.offers[offer.offer_id] == offer
    take(memory, "offers", {"_id": offer.offer_id, "version": 6})
    assert offer.offer_id not in memory.offers


def test_an_application_or_a_decision_is_news_while_memory_does_not_have_it_as_it_is() -> None:
    memory = Memory(Configuration(), shipped_structure(), 739_000)
    stands = {"_id": "a-1", "offer_id": "o", "profile_id": "p", "pending": True, "day": 7}
    gone = {"_id": "a-1", "offer_id": "o"}
    assert is_news(memory, "applications", stands)
    assert not is_news(memory, "applications", gone)
    memory.put_application("a-1", "o", Applied("p", True, 7))
    assert not is_news(memory, "applications", stands)
    assert is_news(memory, "applications", stands | {"pending": False})
    assert is_news(memory, "applications", gone)
    decided = {"profile_id": "p", "offer_id": "other", "kind": Over.DISMISSED}
    assert is_news(memory, "overrides", decided)
    memory.close_pair("p", "other", Over.DISMISSED)
    assert not is_news(memory, "overrides", decided)
    assert is_news(memory, "overrides", decided | {"kind": Over.PINNED})


ID = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        (ProfileFacts(ID, "23", skills=tuple(range(1, INLINE_SKILLS + 1))), True),
        (ProfileFacts(ID, "23", skills=tuple(range(1, INLINE_SKILLS + 2))), False),
        (ProfileFacts(ID, "23", runs_out=((739_000, 1),)), False),
        (ProfileFacts("no-uuid", "23"), False),
        (ProfileFacts(ID.upper(), "23"), False),
    ],
)
def test_what_a_packed_row_has_no_room_for_is_restored_from_the_facts(facts: ProfileFacts, fits: bool) -> None:
    assert (pack(facts, 1) is not None) is fits
