"""After an erasure: what was erased where, without anybody's name, and who has not told yet."""

import json
from typing import Any

from deploy.operate import proof as operating
from services.profiles.commands.proofs import look_again, take_report
from services.profiles.domain.export import OTHERS
from services.profiles.queries.proofs import not_looked_at
from services.profiles.store import PROOFS
from shared.clock import HandClock
from shared.contracts.events.rights import ErasedCount, ErasureReport
from shared.contracts.topics import CONTACTS, HOLDERS, PROFILES
from tests.contract.kafka_records import a_letter
from tests.service.profiles.builders import a_body
from tests.service.profiles.files import a_docx
from tests.support import Running, Stack, outbox_rows


def a_report(profile_id: str, service: str, left: int = 0) -> ErasureReport:
    counted = ErasedCount(collection="applications", title="Candidatures", found=3, left=left)
    return ErasureReport(request_id=profile_id, service=service, erased=(counted,), tombstones=3)


async def test_an_erasure_answers_where_its_proof_is(profiles: Running, stack: Stack, clock: HandClock) -> None:
    seeker = stack.token("seeker", subject="seeker-1")
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=seeker)
    where, id = made.headers["location"], made.json()["id"]
    files = {"file": ("cv.docx", a_docx("Mon CV"))}
    await profiles.client.post("/v1/cv-files", params={"profile_id": id}, headers=seeker, files=files)
    await profiles.client.post(f"{where}/exports", json={}, headers=seeker)
    gone = await profiles.client.delete(where, headers=seeker)
    address = gone.headers["location"]

    async def read() -> dict[str, Any]:
        found: dict[str, Any] = (await profiles.client.get(address, headers=seeker)).json()
        return found

    own = await read()
    assert (own["complete"], own["missing"]) == (False, list(OTHERS))
    [told] = own["services"]
    found = {one["collection"]: (one["found"], one["left"]) for one in told["erased"]}
    assert (found["profiles"], found["cvs.files"], found["cvs.chunks"]) == ((1, 0), (1, 0), (1, 0))
    assert (found["exports"], found["journal"]) == ((1, 0), (3, 0))
    assert told["tombstones"] == 2
    for service in OTHERS:
        assert "offres et candidatures" in own["said"]
        await take_report(profiles.store, a_report(id, service), clock.now())
    whole = await read()
    assert (whole["complete"], whole["missing"]) == (True, [])
    text = json.dumps(whole)
    assert [trace for trace in (id, "seeker-1", "Lemoine", "Nadia") if trace in text] == []
    # A later look that finds something is no proof any more.
    await take_report(profiles.store, a_report(id, "matching", left=1), clock.now())
    assert (await read())["complete"] is False
    manager = stack.token("manager", subject="manager-1")
    listed = (await profiles.client.get("/v1/erasures", headers=manager)).json()["items"]
    assert [one["id"] for one in listed] == [whole["id"]]
    elsewhere = stack.token("manager", subject="manager-1", territories=("87",))
    assert (await profiles.client.get("/v1/erasures", headers=elsewhere)).json()["items"] == []
    assert (await profiles.client.get(f"{address}x", headers=seeker)).status_code == 404

    seen = operating.Left()
    await operating.look_at_reports(profiles.runtime, id, seen)
    await operating.look_in_database("profiles", profiles.runtime, id, seen)
    assert not [name for name in seen.documents if name != "profiles.outbox"]
    assert "matching erased 3 applications; 1 left; 3 tombstones" in "\n".join(operating.sentences(seen))


async def test_a_crash_before_the_second_look_is_made_good(profiles: Running, stack: Stack, clock: HandClock) -> None:
    seeker = stack.token("seeker", subject="seeker-1")
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=seeker)
    id = made.json()["id"]
    await profiles.client.delete(made.headers["location"], headers=seeker)
    await profiles.store.collection(PROOFS).update_one({"_id": id}, {"$set": {"looked": False}, "$unset": {"told": ""}})
    for waits in await not_looked_at(profiles.store):
        await look_again(profiles.store, waits, clock.now())
    row = await profiles.store.collection(PROOFS).find_one({"_id": id})
    assert {one["collection"]: one["found"] for one in row["told"]["profiles"]["erased"]}["profiles"] == 1
    assert await not_looked_at(profiles.store) == []


async def test_nobody_who_was_not_erased_gets_a_proof_by_a_report(profiles: Running, clock: HandClock) -> None:
    await take_report(profiles.store, a_report("somebody", "offers"), clock.now())
    assert await profiles.store.collection(PROOFS).count_documents({}) == 0


async def test_what_is_stuck_about_somebody_goes_with_their_erasure(profiles: Running, stack: Stack) -> None:
    seeker = stack.token("seeker", subject="seeker-1")
    made = await profiles.client.post("/v1/profiles", json=a_body(), headers=seeker)
    letters = profiles.store.collection("dead_letters")
    speaks = b'{"profile_id": "' + made.json()["id"].encode() + b'", "name": "Lemoine"}'
    await letters.insert_many([a_letter(1, "application-1", speaks), a_letter(2, "application-2")])
    assert (await profiles.client.delete(made.headers["location"], headers=seeker)).status_code == 204
    assert [row["_id"] async for row in letters.find({})] == ["letter-2"]


async def test_an_erasure_that_somebody_has_not_reported_is_told_again_by_a_resync(
    profiles: Running, stack: Stack, clock: HandClock
) -> None:
    """A topic that was lost had it unread: matched and written to for ever, and nothing else would say it."""
    ids = []
    for subject in ("seeker-1", "seeker-2", "seeker-3"):
        seeker = stack.token("seeker", subject=subject)
        made = await profiles.client.post("/v1/profiles", json=a_body(), headers=seeker)
        ids.append(made.json()["id"])
        if subject != "seeker-3":
            await profiles.client.delete(made.headers["location"], headers=seeker)
    unheard, heard, _ = ids
    for service in HOLDERS:
        await take_report(profiles.store, a_report(heard, service), clock.now())
        if service != "matching":
            await take_report(profiles.store, a_report(unheard, service), clock.now())
    await profiles.store.collection("outbox").delete_many({})  # they left, for topics that are no more
    again = profiles.service.compose(profiles.runtime).erasures_again
    assert again is not None
    assert await again() == 1
    rows = await outbox_rows(profiles.store)
    assert sorted((row["topic"], row["type"], row["key"], row["data"]) for row in rows) == [
        (CONTACTS.name, "person-erased.v1", unheard, None),
        (PROFILES.name, "profile-updated.v1", unheard, None),
    ]
    await take_report(profiles.store, a_report(unheard, "matching"), clock.now())
    assert await again() == 0
