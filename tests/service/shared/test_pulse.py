"""When consumers begin again because of what the broker says of their topics."""

import asyncio

from shared.contracts.topics import OFFERS, PROFILES
from shared.kafka.pulse import Pulse
from shared.kafka.seen import CLOSED, Seen
from shared.settings import Settings, load_settings

KNOWN = {OFFERS.name: Seen("a", 6), PROFILES.name: Seen("b", 6)}


async def test_a_topic_that_is_closed_keeps_the_others_and_one_that_is_opened_or_made_anew_is_begun_again() -> None:
    pulse = Pulse(load_settings(Settings, environment="test"), [OFFERS, PROFILES])
    closed = KNOWN | {OFFERS.name: CLOSED}
    pulse.seen = closed
    for known in (KNOWN, closed):
        waiting = asyncio.create_task(pulse.dead_or_others(KNOWN, known))
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
    pulse.seen = KNOWN
    assert await pulse.dead_or_others(KNOWN, closed) == [OFFERS.name]
    pulse.seen = closed | {PROFILES.name: Seen("c", 6)}
    assert await pulse.dead_or_others(KNOWN, KNOWN) == [PROFILES.name]
