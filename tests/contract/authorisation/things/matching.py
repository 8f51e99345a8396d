"""One thing of each kind in matching: somebody to whom two offers are recommended."""

from services.matching.index.referential import shipped_structure
from tests.contract.authorisation.world import World, callers
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.support import Running, Stack


async def things(stack: Stack, running: Running) -> World:
    clock = running.runtime.clock
    rooms = Rooms(running.store, clock, shipped_structure(), running.runtime.settings)
    await rooms.start()
    offers = [offer_state(name, clock) for name in ("one", "two")]
    person = profile_state("1", profile_id="profile-1", owner_id="user-1", visible_to_employers=True)
    await rooms.hear(rooms.profile(person), *map(rooms.offer, offers), rooms.company("boss"))
    await rooms.stop()
    who = callers(stack)
    path = "/v1/profiles/profile-1/recommendations"
    found = (await running.client.get(path, headers=who["seeker own"])).json()["items"]
    return World(
        running,
        who,
        {
            "profile_id": "profile-1",
            "offer_id": offers[0].offer_id,
            "recommendation_id": found[0]["recommendation_id"],
            "version": "1",
        },
        bodies={
            "add_recommendation": {"offer_id": offers[1].offer_id, "reason": "Convient bien"},
            "dismiss": {"reason": "Trop loin pour la personne"},
            "pin": {"reason": "Convient bien"},
            "propose_configuration": {},
        },
        queries={
            "explain": {"profile": "profile-1", "offer": offers[0].offer_id},
            "read_audit": {"territory": "23"},
            "read_dismissals": {"territory": "23"},
            "what_would_help": {},
            "what_an_answer_brings": {"commune": "23096"},
        },
    )
