"""The whole way on a real broker: events in, recommendations stored, told and readable."""

from services.matching.app import SERVICE
from services.matching.index.referential import shipped_structure
from shared.clock import HandClock
from shared.contracts.topics import OFFERS, RECOMMENDATIONS, dead_letter_topic
from tests.service.matching.publishing import publish
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.service.matching.test_engine import a_life_of_changes
from tests.service.notifications.kafka import read_all
from tests.support import Stack, eventually


async def test_events_become_recommendations_and_a_bad_one_a_dead_letter(stack: Stack, clock: HandClock) -> None:
    async with stack.running("matching", clock=clock, worker=True) as running:
        settings = running.runtime.settings
        rooms = Rooms(running.store, clock, shipped_structure(), settings)
        offer, person = offer_state("one", clock), profile_state("a")
        wrong = rooms.offer(offer_state("two", clock, positions_open=2, positions_total=1))
        await publish(settings, [wrong, rooms.offer(offer), rooms.profile(person)])
        headers = stack.token("seeker", subject="user-a")

        async def recommended() -> list[dict[str, object]]:
            path = f"/v1/profiles/{person.profile_id}/recommendations"
            response = await running.client.get(path, headers=headers)
            return list(response.json()["items"]) if response.status_code == 200 else []

        (found,) = await eventually(recommended)
        assert found["offer_id"] == offer.offer_id

        async def told() -> bool:
            return len(await read_all(settings, RECOMMENDATIONS)) == 1

        await eventually(told)
        assert len(await read_all(settings, dead_letter_topic("matching", OFFERS))) == 1


async def test_two_workers_on_one_group_agree_with_the_oracle(stack: Stack, clock: HandClock) -> None:
    async with (
        stack.running(SERVICE, clock=clock, worker=True) as first,
        stack.running(SERVICE, clock=clock, worker=True),
    ):
        rooms = Rooms(first.store, clock, shipped_structure(), first.runtime.settings)
        events = a_life_of_changes(rooms, 5)
        await publish(first.runtime.settings, events)
        last = {event.key: event.sequence for event in events}

        async def all_heard() -> bool:
            heard = {
                row["_id"]: row["version"]
                for collection in ("offers", "profiles", "applications")
                for row in await rooms.rows(collection)
            }
            return heard == last

        await eventually(all_heard, 60)

        async def settled() -> bool:
            return await rooms.live() == await rooms.expected()

        await eventually(settled, 60)
