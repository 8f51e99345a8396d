"""What a worker remembers of profiles: never that somebody says nothing new who does."""

from dataclasses import replace

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import profile_facts
from services.matching.engine.memory import Memory
from services.matching.index.referential import shipped_structure
from tests.service.matching.rooms import profile_state


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
