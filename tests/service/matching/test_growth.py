"""Enumerations grow, rows and documents of another release are met: nothing is misread, nothing silently overlaps."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.matching.api.french import sentence
from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import Failed, failed
from services.matching.domain.facts import ALL_KINDS, OfferFacts, ProfileFacts
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.engine.facts_stored import facts_bytes, offer_from, profile_from
from services.matching.engine.stored import STAMP
from services.matching.index import layout
from services.matching.index.kernel import Rules
from services.matching.index.layout import LayoutTooNarrow, lay_out, narrowest
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from shared.clock import HandClock
from shared.contracts.events.offers import OfferState, ScheduleFlags
from shared.contracts.events.profiles import ProfileState
from shared.contracts.tolerance import understand
from shared.contracts.vocabulary import ContractKind, Licence, OpportunityKind
from tests.contract.test_stored_shapes import dumped
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.service.matching.worlds import AFFINITIES, TODAY

ROOT = Path(__file__).parents[3]
RULES = Configuration()


def test_with_more_values_in_every_enumeration_the_index_still_answers_like_the_oracle() -> None:
    chosen = "scalar_and_the_vectorised or gives_back_the_profile or a_block_of_profiles or grown"
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.service.matching.wider", "-k", chosen]
    tests = [f"tests/service/matching/{name}" for name in ("test_index.py", "test_growth.py")]
    # The same properties are tried on more examples where the enumerations are as they are.
    few = {**os.environ, "EXAMPLES": "0.3"}
    run = subprocess.run(
        [*command, *tests], cwd=ROOT, env=few, capture_output=True, text=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stdout[-4_000:]
    assert "4 passed" in run.stdout


@pytest.mark.skipif(not hasattr(Licence, "LATER_0"), reason="only meant under the plugin that lets enumerations grow")
def test_a_grown_licence_is_a_hard_constraint_in_the_index_too() -> None:
    assert hasattr(ContractKind, "LATER_0")
    later = 1 << len(Licence) - 1
    offer = OfferFacts("offer", "23", licences=later)
    without, holding = ProfileFacts("without", "23"), ProfileFacts("holding", "23", licences=later)
    index = ProfileIndex(Rules(RULES, AFFINITIES))
    index.put(without)
    index.put(holding)
    assert [name for name, _ in index.rank(offer, 5, TODAY)] == ["holding"]


@pytest.mark.parametrize("more", range(30, 45))
def test_spans_never_overlap_and_a_word_too_narrow_is_refused_with_a_sentence(more: int) -> None:
    widths = {"flags": 6, "licences": 7, "kinds": 7, "contracts": more, "french": 7}
    if sum(widths.values()) > layout.WORD:
        with pytest.raises(LayoutTooNarrow, match=re.escape(f"contracts {more}")):
            lay_out(widths)
        return
    spans = lay_out(widths)
    bits = [span.put(span.mask) for span in spans.values()]
    assert sum(bits) == (1 << sum(widths.values())) - 1
    assert all(span.take(span.put(5 & span.mask)) == 5 & span.mask for span in spans.values())


def test_a_column_is_as_wide_as_its_enumeration() -> None:
    assert [narrowest(bits, "x") for bits in (3, 8, 9, 16, 17, 64)] == ["<u1", "<u1", "<u2", "<u2", "<u4", "<u8"]
    with pytest.raises(LayoutTooNarrow, match="ContractKind has 65 values"):
        narrowest(65, "ContractKind")


def odd_offer(clock: HandClock, **fields: Any) -> OfferFacts:
    """The facts of an offer with values that only a newer release knows, as its event is read."""
    sent = offer_state("odd", clock).model_dump(mode="json") | fields
    return offer_facts(understand(OfferState, orjson.dumps(sent)))


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "sabbatical"},
        {"contract_kind": "zero_hours"},
        {"licences": (Licence.B, "DE")},
        {"reserved_publics": ("veterans",)},
        {"french_level": "C3"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_offer_that_needs_something_unknown_is_matched_to_nobody(clock: HandClock, fields: dict[str, Any]) -> None:
    offer = odd_offer(clock, **fields)
    person = profile_facts(profile_state("a", licences=tuple(Licence)))
    today = clock.now().date().toordinal()
    assert offer.beyond
    assert failed(offer, person, RULES, AFFINITIES, today) & Failed.BEYOND
    assert sentence({"code": "beyond"}) != "beyond"
    by_profile, by_offer = ProfileIndex(Rules(RULES, AFFINITIES)), OfferIndex(Rules(RULES, AFFINITIES))
    by_profile.put(person)
    by_offer.put(offer)
    assert by_profile.rank(offer, 5, today) == by_offer.rank(person, 5, today) == []
    assert offer_from(facts_bytes(offer)) == offer


def test_what_only_a_newer_release_knows_of_a_person_opens_nothing_and_closes_nothing_else() -> None:
    state = profile_state("a", licences=(Licence.B,), contract_kinds=(ContractKind.CDI,))
    update = {"licences": ["B", "DE"], "kinds": ["sabbatical"], "reserved_eligible": ["veterans"], "french_level": "C3"}
    facts = profile_facts(understand(ProfileState, orjson.dumps(state.model_dump(mode="json") | update)))
    # A kind that nobody here knows is not «any kind»: the person asked for that one only.
    assert (facts.kinds, facts.reserved, facts.french) == (0, 0, 1)
    assert facts.licences == profile_facts(state).licences


def test_sets_are_stored_by_name_and_everything_stays_everything() -> None:
    stored = orjson.loads(facts_bytes(profile_facts(profile_state("a", licences=(Licence.B,)))))
    assert stored["licences"] == ["AM", "B"]
    assert stored["kinds"] is stored["contracts"] is None
    stored |= {"licences": ["B", "DE"], "contracts": ["cdi", "zero_hours"]}
    read = profile_from(orjson.dumps(stored))
    assert (read.kinds, read.licences, read.contracts) == (ALL_KINDS, 4, 1)
    offer = orjson.loads(facts_bytes(OfferFacts("o", "23")))
    assert offer_from(orjson.dumps(offer | {"licences": ["DE"]})).beyond
    assert offer_from(orjson.dumps(offer | {"contract": ["zero_hours"]})).beyond


def test_facts_that_the_first_release_stored_as_bits_are_read() -> None:
    collections = dumped("2026-11", "matching")
    people = [profile_from(document["facts"]) for document in collections["profiles"]]
    assert people
    assert all(person.kinds == ALL_KINDS for person in people)
    offers = [offer_from(document["facts"]) for document in collections["offers"]]
    assert {offer.contract for offer in offers} <= {1 << at for at in range(12)}
    by_id = {document["_id"]: document for document in collections["offers"]}
    for offer in offers:
        assert list(ContractKind)[offer.contract.bit_length() - 1].value == by_id[offer.offer_id]["contract_kind"]
        assert list(OpportunityKind)[offer.kind.bit_length() - 1].value == by_id[offer.offer_id]["kind"]
        assert not offer.beyond


async def test_rows_of_another_layout_are_made_anew_from_the_facts(rooms: Rooms) -> None:
    await rooms.start(following=False)
    person, other = profile_state("a", licences=(Licence.B,)), profile_state("b")
    await rooms.hear(rooms.profile(person), rooms.profile(other), rooms.offer(offer_state("one", rooms.clock)))
    profiles = rooms.store.collection("profiles")
    stored = await profiles.find_one({"_id": person.profile_id})
    assert stored["layout"] == STAMP
    # As another release left it: bytes that would be misread, without a stamp or with another.
    wrong = {"packed": bytes(len(stored["packed"]))}
    await profiles.update_one({"_id": person.profile_id}, {"$set": wrong, "$unset": {"layout": ""}})
    await profiles.update_one({"_id": other.profile_id}, {"$set": wrong | {"layout": STAMP + 1}})
    await rooms.stop()
    await rooms.start(following=False)
    await rooms.engines[0].look()
    index = rooms.engines[0].memory.profile_index
    assert index.get(person.profile_id) == profile_facts(person)
    assert index.get(other.profile_id) == profile_facts(other)


def test_an_offer_says_whether_anybody_knows_its_schedule(clock: HandClock) -> None:
    unsaid = offer_state("a", clock)
    assert not offer_facts(unsaid).schedule_known
    assert offer_facts(unsaid.model_copy(update={"schedule": ScheduleFlags(night=True)})).schedule_known
    assert offer_facts(unsaid.model_copy(update={"schedule_known": True})).schedule_known
    assert not offer_facts(unsaid.model_copy(update={"schedule_known": False})).schedule_known
