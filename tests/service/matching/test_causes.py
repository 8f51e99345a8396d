"""What follows from each event of a batch carries that event's correlation; erasure wins over any sequence."""

from dataclasses import replace

import pytest

from services.matching.domain.configuration import Configuration
from shared.errors import VersionConflict
from shared.store import Work
from tests.contract.kafka_records import a_letter
from tests.service.matching.rooms import AUBUSSON, Rooms, application_state, offer_state, partition_of, profile_state


async def test_effects_of_a_batch_carry_each_its_own_correlation_and_cause(rooms: Rooms) -> None:
    await rooms.start()
    await rooms.hear(rooms.profile(profile_state("a")))
    offers = [rooms.offer(offer_state(f"offer-{number}", rooms.clock)) for number in range(4)]
    offers[2] = replace(offers[2], correlation_id="request-of-two")
    await rooms.hear(*offers)
    traced = {row["subject"]: (row["correlation_id"], row["causation_id"]) for row in await rooms.rows("outbox")}
    recommendations = await rooms.rows("recommendations")
    assert len(recommendations) == 4
    for row in recommendations:
        cause = next(event for event in offers if event.key == row["offer_id"])
        assert traced[row["_id"]] == (cause.correlation, cause.id)
    assert len({correlation for correlation, _ in traced.values()}) == 4


async def test_erasure_wins_over_any_sequence_and_nothing_older_comes_back(rooms: Rooms) -> None:
    await rooms.start()
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    application = application_state(person.profile_id, offer.offer_id, rooms.clock)
    states = [rooms.offer(offer), rooms.profile(person), rooms.application(application)]
    states = [replace(event, sequence=900_000) for event in states]
    await rooms.hear(*states)
    assert (await rooms.rows("profiles"))[0]["version"] == 900_000
    for sequence in (0, 3):
        await rooms.hear(
            *(replace(event, id=f"{event.id}-{sequence}", data=None, sequence=sequence) for event in states)
        )
        for collection in ("profiles", "offers", "applications"):
            (row,) = await rooms.rows(collection)
            assert row["version"] > 900_000
            assert "facts" not in row
            assert "profile_id" not in row
        await rooms.hear(*states)  # delivered again, out of order
        assert all("facts" not in row for row in await rooms.rows("profiles") + await rooms.rows("offers"))
        assert all("profile_id" not in row for row in await rooms.rows("applications"))


async def test_an_erasure_behind_a_state_of_its_own_batch_leaves_what_that_state_had(rooms: Rooms) -> None:
    await rooms.start()
    state = replace(rooms.profile(profile_state("a")), sequence=9)
    erasure = replace(state, id="erasure", data=None, sequence=2)
    await rooms.hear(state, erasure)
    # The same two again: the erasure is known now, and the state is no news.
    await rooms.hear(state, replace(erasure, repeated=True))
    assert [set(row) for row in await rooms.rows("profiles")] == [{"_id", "version", "partition", "active"}]


async def test_what_could_not_be_applied_about_somebody_goes_with_their_erasure(rooms: Rooms) -> None:
    await rooms.start()
    person, other = profile_state("a"), profile_state("b")
    await rooms.hear(rooms.profile(person), rooms.profile(other))
    for number, one in enumerate((person, other)):
        await rooms.store.collection("dead_letters").insert_one(a_letter(number, one.profile_id))
    await rooms.hear(rooms.profile(None, person.profile_id))
    assert [row["key"] for row in await rooms.rows("dead_letters")] == [other.profile_id.encode()]


async def test_why_a_recommendation_ended_is_said(rooms: Rooms) -> None:
    await rooms.start()
    leaves, moves = profile_state("a"), profile_state("b")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(leaves), rooms.profile(moves))
    near = (moves.travel[0].model_copy(update={"range_km": 5}),)
    await rooms.hear(rooms.profile(leaves.model_copy(update={"active": False})))
    await rooms.hear(rooms.profile(moves.model_copy(update={"point": AUBUSSON, "travel": near})))
    said = {row["profile_id"]: row["withdrawn_because"] for row in await rooms.rows("recommendations")}
    assert said == {leaves.profile_id: "profile_left", moves.profile_id: "constraint"}


async def test_who_is_pushed_out_by_another_workers_person_reads_that_the_offer_is_crowded(rooms: Rooms) -> None:
    one_each = Configuration(version=2, exposure_per_position=1)
    document = {"_id": 2, "active": True, "values": one_each.model_dump()}
    await rooms.store.collection("configurations").insert_one(document)
    await rooms.start(2)
    people = [profile_state(f"p{number}") for number in range(9)]
    first = people[0]
    other = next(one for one in people if partition_of(one.profile_id) % 2 != partition_of(first.profile_id) % 2)
    far = first.model_copy(update={"point": AUBUSSON, "travel": (first.travel[0].model_copy(update={"range_km": 60}),)})
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(far))
    assert await rooms.live() == {(far.profile_id, (await rooms.rows("offers"))[0]["_id"])}
    await rooms.hear(rooms.profile(other))
    said = {row["profile_id"]: row["withdrawn_because"] for row in await rooms.rows("recommendations")}
    assert said == {far.profile_id: "crowded", other.profile_id: None}


async def test_whoever_is_overtaken_again_and_again_gives_up_and_says_so(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.engine.worker.ATTEMPTS", 3)
    await rooms.start(following=False)  # whoever settles beside would try as well
    tried = []

    async def overtaken(work: Work) -> bool:
        tried.append(work)
        assert len(tried) < 10
        raise VersionConflict("Quelqu'un d'autre.")

    with monkeypatch.context() as patched:
        patched.setattr(rooms.store, "commit", overtaken)
        with pytest.raises(VersionConflict):
            await rooms.hear(rooms.profile(profile_state("a")), settle=False)
    assert len(tried) == 3
