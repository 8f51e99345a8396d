"""After an erasure matching holds nothing of the person, collection by collection: none is forgotten, one of tomorrow neither."""

import struct
from typing import Any
from uuid import UUID

from bson import encode

from services.matching.app import SERVICE
from services.matching.context import Context
from services.matching.jobs import jobs_of
from services.matching.store import recommendation_id
from shared.contracts.events.offers import OfferCompany
from shared.store.collections import MECHANISMS
from tests.contract.kafka_records import a_letter
from tests.service.matching.house import House
from tests.service.matching.rooms import application_state, offer_state, profile_state

WHY = "Motif-de-Zebulonne"
OF_PEOPLE = {
    "profiles", "recommendations", "overrides", "applications", "places", "idempotency", "dead_letters", "outbox",
}  # fmt: skip
"""What speaks of somebody, and so is seeded here before they are erased."""
OF_NOBODY = {
    "offers": "what employers offer",
    "companies": "which accounts act for which employer",
    "configurations": "numbers of the engine",
    "audit": "figures by territory, masked",
    "readings": "figures of a month, masked, and which manager read them",
    "leases": "which worker does which job",
    "bell": "ids of outbox documents",
    "epochs": "of topics",
    "migrations": "steps of collections",
    "inbox": "ids of events",
    "outbox_stuck": "ids of events: `tests/contract/test_operating.py`",
    "outbox_parked": "taken out of an outbox by an operator, erased as dead letters are: `tests/contract/test_operating.py`",
}
MARKS = {"profiles", "erasure_counts", "erasures_heard"}
"""What says that somebody was erased: an older event puts nobody back, and the erasure can be proved. No more than an id."""
OF_A_MARK = {"_id", "version", "partition", "active", "at", "found"}


def words_of(profile_id: str, *others: str) -> list[bytes]:
    """All that names somebody here: their id, as texts and as packed rows have it, and ``others``."""
    number = UUID(profile_id)
    packed = struct.pack("<QQ", number.int >> 64, number.int & (1 << 64) - 1)
    return [packed, number.bytes, profile_id.encode(), *(other.encode() for other in others)]


async def holding(house: House, words: list[bytes]) -> dict[str, list[dict[str, Any]]]:
    """By collection, documents that have one of these words anywhere, as MongoDB stores them."""
    store = house.rooms.store
    found: dict[str, list[dict[str, Any]]] = {}
    for name in await store.database.list_collection_names():
        async for document in store.database[name].find({}):
            if any(word in encode(document) for word in words):
                found.setdefault(name, []).append(document)
    return found


def test_every_collection_is_looked_at() -> None:
    every = {spec.name for spec in (*MECHANISMS, *SERVICE.collections)}
    assert every == OF_PEOPLE | set(OF_NOBODY) | MARKS


async def test_nothing_is_left_in_any_collection(house: House) -> None:
    rooms, client = house.rooms, house.client
    person, other = profile_state("a", visible_to_employers=True), profile_state("b")
    offers = [offer_state(f"offer-{n}", rooms.clock, positions_total=3, positions_open=3) for n in range(5)]
    offers.append(offer_state("elsewhere", rooms.clock, place=None, territory="87"))
    ids = [one.offer_id for one in offers]
    recommendations = [recommendation_id(person.profile_id, id) for id in ids]
    words = words_of(person.profile_id, "user-a", WHY, *recommendations)
    await rooms.hear(rooms.company("boss"), *map(rooms.offer, offers), rooms.profile(person), rooms.profile(other))

    async def post(path: str, body: dict[str, Any] | None, role: str, subject: str) -> Any:
        """By whoever may, with an answer that is kept."""
        headers = house.stack.token(role, subject=subject) | {"Idempotency-Key": f"{path}-{role}"}
        answer = await client.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text

    one, two, three, four = recommendations[:4]
    said = {"reason": WHY}
    await post(f"/v1/recommendations/{one}/seen", None, "seeker", "user-a")
    await post(f"/v1/recommendations/{two}/dismiss", {"because": "pay"}, "seeker", "user-a")
    await post(f"/v1/recommendations/{three}/pin", said, "counsellor", "counsellor-1")
    await post(f"/v1/recommendations/{four}/dismiss", said, "manager", "m")
    added = f"/v1/profiles/{person.profile_id}/recommendations"
    await post(added, said | {"offer_id": ids[5]}, "counsellor", "counsellor-1")
    await post("/v1/configurations", {"weights": {}}, "manager", "m")
    await post("/v1/configurations/2/dry-run", None, "manager", "m")
    await rooms.hear(rooms.application(application_state(person.profile_id, ids[4], rooms.clock)))
    await rooms.store.collection("dead_letters").insert_one(a_letter(1, person.profile_id))
    running: Context = client._transport.app.state.context  # type: ignore[attr-defined]  # the app behind the test's client
    for job in jobs_of(running):
        await job.run()
    for path in (f"/v1/offers/{ids[0]}/candidates", "/v1/audit/dismissals", "/v1/audit"):
        await house.get(path, role="manager", subject="m", territory="23")

    seeded = await holding(house, words)
    assert set(seeded) == OF_PEOPLE
    elsewhere = await holding(house, words_of(other.profile_id))
    del seeded, elsewhere["outbox"]

    await rooms.hear(rooms.profile(None, person.profile_id))
    # What is to be published leaves with the relay, and the topics keep it for as long as their manifest says.
    await rooms.store.collection("outbox").delete_many({})
    left = await holding(house, words)
    assert set(left) <= MARKS, left
    assert all(document.keys() <= OF_A_MARK for documents in left.values() for document in documents), left
    # Nobody else has lost anything.
    kept = await holding(house, words_of(other.profile_id))
    assert set(elsewhere) - set(kept) <= {"idempotency"}  # an answer that named both


async def test_an_employer_who_was_a_person_leaves_nothing_of_their_offers(house: House) -> None:
    rooms = house.rooms
    household = OfferCompany(id="company-9", name="Mme Zebulonne Aubrun")
    theirs = offer_state("theirs", rooms.clock, company=household, title="Aide chez Zebulonne")
    other, person = offer_state("other", rooms.clock), profile_state("a")
    await rooms.hear(
        rooms.company("boss", id="company-9"), rooms.offer(theirs), rooms.offer(other), rooms.profile(person)
    )
    id = recommendation_id(person.profile_id, theirs.offer_id)
    headers = house.stack.token("counsellor", subject="counsellor-1") | {"Idempotency-Key": "once"}
    said = {"reason": "Pas chez Zebulonne"}
    answer = await house.client.post(f"/v1/recommendations/{id}/dismiss", json=said, headers=headers)
    assert answer.status_code == 200
    held = await holding(house, [b"Zebulonne"])
    assert {"offers", "recommendations", "overrides", "idempotency"} <= set(held)

    await rooms.hear(rooms.offer_gone(theirs.offer_id), rooms.company_gone("company-9"))
    await rooms.store.collection("outbox").delete_many({})
    assert await holding(house, [b"Zebulonne", b"boss"]) == {}
    # That the pair is closed stays; nobody else's recommendation has gone.
    [decision] = await rooms.rows("overrides")
    assert (decision["kind"], "reason" in decision) == ("dismissed", False)
    assert [row["offer_id"] for row in await rooms.rows("recommendations")] == [other.offer_id]
