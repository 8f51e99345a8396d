"""Somebody of whom nothing is heard: warned once, erased a month later at the earliest, never while something is under way."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.profiles.commands import inactivity as commands
from services.profiles.commands.watching import take_standing
from services.profiles.domain.export import OTHERS
from services.profiles.domain.inactivity import Answer, Do, Policy, Watch, later, next_step
from services.profiles.store import WATCHES
from shared.clock import HandClock
from shared.contracts.events.rights import RightsQuestion, Standing
from shared.contracts.topics import RIGHTS
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack

POLICY = Policy(23, 24)
BEGAN = datetime(2024, 1, 31, 8, 0, tzinfo=UTC)


def a_watch(**known: Any) -> Watch:
    return Watch(profile_id="p", territory="23", **known)


def answered(at: datetime, **of: Answer) -> dict[str, Any]:
    return {"asked_at": at, "answers": dict.fromkeys(OTHERS, Answer()) | of}


def test_months_are_those_of_the_calendar() -> None:
    assert later(BEGAN, 1) == datetime(2024, 2, 29, 8, 0, tzinfo=UTC)
    assert later(BEGAN, 23) == datetime(2025, 12, 31, 8, 0, tzinfo=UTC)
    assert later(BEGAN, -2) == datetime(2023, 11, 30, 8, 0, tzinfo=UTC)


NOW = later(BEGAN, 23)


@pytest.mark.parametrize(
    ("watch", "at", "does", "next_look"),
    [
        (a_watch(), NOW - timedelta(seconds=1), Do.NOTHING, NOW),
        (a_watch(), NOW, Do.ASK, NOW + timedelta(days=2)),
        # One service has not answered: nothing happens, however late it is, and it is asked again.
        (a_watch(asked_at=NOW, answers=dict.fromkeys(OTHERS[1:], Answer())), NOW, Do.NOTHING, NOW + timedelta(days=2)),
        (a_watch(asked_at=NOW, answers={}), NOW + timedelta(days=900), Do.ASK, NOW + timedelta(days=902)),
        # They acted elsewhere.
        (
            a_watch(**answered(NOW, matching=Answer(last_act_at=BEGAN + timedelta(days=60)))),
            NOW, Do.NOTHING, later(BEGAN + timedelta(days=60), 23),
        ),
        # Something is under way, of whatever kind.
        (a_watch(**answered(NOW, clauses=Answer(running=("employment",)))), NOW, Do.NOTHING, NOW + timedelta(days=30)),
        (a_watch(**answered(NOW, offers=Answer(running=("of a later release",)))), NOW, Do.NOTHING, NOW + timedelta(days=30)),
        (a_watch(**answered(NOW)), NOW, Do.WARN, later(BEGAN, 24)),
        # Found late: a month after the warning all the same.
        (a_watch(**answered(later(BEGAN, 40))), later(BEGAN, 40), Do.WARN, later(BEGAN, 40) + timedelta(days=30)),
        (a_watch(warned_at=NOW, **answered(NOW)), NOW + timedelta(days=1), Do.NOTHING, later(BEGAN, 24)),
        # What was answered a month ago is asked anew before anybody is erased.
        (a_watch(warned_at=NOW, **answered(NOW)), later(BEGAN, 24), Do.ASK, later(BEGAN, 24) + timedelta(days=2)),
        (
            a_watch(warned_at=NOW, **answered(later(BEGAN, 24) - timedelta(days=1))),
            later(BEGAN, 24), Do.ASK, later(BEGAN, 24) + timedelta(days=2),
        ),
        (
            a_watch(warned_at=NOW, **answered(later(BEGAN, 24))),
            later(BEGAN, 24), Do.ERASE, later(BEGAN, 24) + timedelta(days=2),
        ),
        (
            a_watch(warned_at=NOW, postponed_until=later(BEGAN, 30), **answered(later(BEGAN, 24))),
            later(BEGAN, 24), Do.NOTHING, later(BEGAN, 30),
        ),
    ],
)  # fmt: skip
def test_what_is_due(watch: Watch, at: datetime, does: Do, next_look: datetime) -> None:
    step = next_step(watch, BEGAN, OTHERS, POLICY, at)
    assert (step.do, step.look_at) == (does, next_look)


class Silence:
    """Somebody who was registered and is not heard of, and the other services as a test plays them."""

    def __init__(self, running: Running, stack: Stack, clock: HandClock) -> None:
        self.running, self.client, self.clock = running, running.client, clock
        self.context = running.app.state.context
        self.counsellor = stack.token("counsellor", subject="counsellor-1", territories=["23", "974"])
        self.where = self.id = ""

    async def begin(self, **changes: Any) -> None:
        made = await self.client.post(
            "/v1/profiles", json=a_body(**{"territory": "23"} | changes), headers=self.counsellor
        )
        self.where, self.id = made.headers["location"], made.json()["id"]

    async def run(self) -> int:
        return await commands.look(self.context)

    async def asked(self) -> list[RightsQuestion]:
        return [RightsQuestion.model_validate_json(row["data"]) for row in await outbox(self.running, RIGHTS.name)]

    async def answer(self, *services: str, running: tuple[str, ...] = ()) -> None:
        question = (await self.asked())[-1]
        for service in services or OTHERS:
            told = Standing(request_id=question.request_id, service=service, running=running)
            await take_standing(self.running.store, told, self.clock.now())

    async def warnings(self) -> list[dict[str, Any]]:
        rows = await outbox(self.running, "profiles.notices.v1")
        return [json.loads(row["data"]) for row in rows]

    async def exists(self) -> bool:
        return bool(await self.running.store.collection("profiles").count_documents({}))


@pytest.fixture
async def silence(profiles: Running, stack: Stack, clock: HandClock) -> Silence:
    silence = Silence(profiles, stack, clock)
    await silence.begin()
    return silence


async def test_warned_once_then_erased_with_a_proof(silence: Silence, clock: HandClock) -> None:
    clock.set(later(clock.now(), 23) - timedelta(hours=1))
    await silence.run()
    assert await silence.asked() == []
    clock.advance(timedelta(hours=1))
    await silence.run()
    await silence.run()  # twice is once
    assert len(await silence.asked()) == 1
    await silence.answer(*OTHERS[:-1])
    await silence.run()
    assert await silence.warnings() == []
    await silence.answer(OTHERS[-1])
    for _ in range(3):
        await silence.run()
    [warning] = await silence.warnings()
    assert (warning["template"], warning["recipients"]) == ("inactivity_warning", [silence.id])
    listed = (await silence.client.get("/v1/inactive-profiles", headers=silence.counsellor)).json()["items"]
    assert [one["profile_id"] for one in listed] == [silence.id]
    assert listed[0]["erased_on"] is not None
    clock.advance(timedelta(days=40))
    await silence.run()
    assert len(await silence.asked()) == 2
    assert await silence.exists()
    await silence.answer()
    assert await silence.run() == 1
    assert not await silence.exists()
    assert await silence.running.store.collection(WATCHES).count_documents({}) == 0
    mark = await silence.running.store.collection("erasures").find_one({"_id": silence.id})
    assert mark["by_role"] == "inactivity"
    assert await silence.running.store.collection("erasure_proofs").count_documents({"_id": silence.id}) == 1
    assert await silence.run() == 0


async def test_what_is_under_way_keeps_them_and_a_word_begins_anew(silence: Silence, clock: HandClock) -> None:
    clock.set(later(clock.now(), 25))
    await silence.run()
    await silence.answer(running=("employment",))
    await silence.run()
    seen = (await silence.client.get(f"{silence.where}/inactivity", headers=silence.counsellor)).json()
    assert (seen["kept_because"], seen["warned_at"]) == (["employment"], None)
    clock.advance(timedelta(days=31))
    await silence.run()
    await silence.answer()
    await silence.run()
    assert len(await silence.warnings()) == 1
    said = await silence.client.post(f"{silence.where}/presence", headers=silence.counsellor)
    assert (said.status_code, said.json()["warned_at"], said.json()["erased_on"]) == (200, None, None)
    clock.advance(timedelta(days=60))
    await silence.run()
    assert await silence.exists()
    assert len(await silence.warnings()) == 1


async def test_who_accompanies_somebody_and_manages_the_desk_as_well_is_heard_for_them(
    silence: Silence, stack: Stack, clock: HandClock
) -> None:
    """In a small desk one is both: what they did for their people counted for nothing, and these were erased for silence."""
    both = stack.token("counsellor", "manager", subject="counsellor-1")
    clock.set(later(clock.now(), 22))
    changed = await silence.client.patch(
        silence.where, json={"phone": "05 55 52 00 00"}, headers=both | {"If-Match": "*"}
    )
    assert changed.status_code == 200, changed.text
    clock.set(later(clock.now(), 3))
    await silence.run()
    assert await silence.asked() == []
    clock.set(later(clock.now(), 21))
    await silence.run()
    await silence.answer()
    await silence.run()
    said = await silence.client.post(f"{silence.where}/presence", headers=both)
    assert (said.status_code, said.json()["warned_at"]) == (200, None)
    alone = stack.token("manager", subject="counsellor-1")
    assert (await silence.client.post(f"{silence.where}/presence", headers=alone)).status_code == 403


async def test_more_time_is_no_word_of_the_person_and_is_followed_by_a_new_warning(
    silence: Silence, stack: Stack, clock: HandClock
) -> None:
    clock.set(later(clock.now(), 23))
    await silence.run()
    await silence.answer()
    await silence.run()
    for until in (clock.now().date() - timedelta(days=1), clock.now().date() + timedelta(days=400)):
        refused = await silence.client.put(
            f"{silence.where}/inactivity", json={"until": until.isoformat()}, headers=silence.counsellor
        )
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "until")
    until = (clock.now() + timedelta(days=100)).date()
    given = await silence.client.put(
        f"{silence.where}/inactivity", json={"until": until.isoformat()}, headers=silence.counsellor
    )
    assert given.json()["postponed_until"].startswith(until.isoformat())
    clock.advance(timedelta(days=99))
    await silence.run()
    assert (len(await silence.warnings()), await silence.exists()) == (1, True)
    clock.advance(timedelta(days=2))
    await silence.run()
    await silence.answer()
    await silence.run()
    first, second = await silence.warnings()
    assert first["notice_id"] != second["notice_id"]
    assert await silence.exists()


async def test_who_just_came_back_is_not_erased(silence: Silence, clock: HandClock) -> None:
    clock.set(later(clock.now(), 23))
    await silence.run()
    await silence.answer()
    await silence.run()
    clock.advance(timedelta(days=40))
    await silence.run()
    await silence.answer()
    changed = await silence.client.patch(
        silence.where, json={"vehicle": True}, headers=silence.counsellor | {"If-Match": "*"}
    )
    assert changed.status_code == 200
    assert await silence.run() == 0
    assert await silence.exists()


async def test_an_answer_to_an_older_question_is_nobodys(silence: Silence, clock: HandClock) -> None:
    clock.set(later(clock.now(), 23))
    await silence.run()
    old = (await silence.asked())[-1].request_id
    clock.advance(timedelta(days=3))
    await silence.run()
    told = Standing(request_id=old, service="offers")
    await take_standing(silence.running.store, told, clock.now())
    row = await silence.running.store.collection(WATCHES).find_one({"_id": silence.id})
    assert row["answers"] == {}


@pytest.mark.parametrize("letters", [6, 100_000])
async def test_however_much_a_service_names_as_under_way_its_answer_is_kept_and_keeps_the_person(
    letters: int, silence: Silence, clock: HandClock
) -> None:
    """A telling that no document holds was a dead letter, and the person was asked about again for ever."""
    clock.set(later(clock.now(), 23))
    await silence.run()
    named = tuple(f"{number:06}" + "x" * (letters - 6) for number in range(20_000_000 // max(letters, 1_000)))
    await silence.answer(running=named)
    await silence.run()
    row = await silence.running.store.collection(WATCHES).find_one({"_id": silence.id})
    assert 0 < len(row["kept_because"]) <= 20 * len(OTHERS)
    assert max(map(len, row["kept_because"])) <= 80
    assert await silence.exists()


async def test_days_of_silence_are_those_of_the_place(profiles: Running, stack: Stack, clock: HandClock) -> None:
    far = Silence(profiles, stack, clock)
    await far.begin(place={"commune_code": "97411"}, territory="974")
    # Half past nine in the evening in London is the next day's half past one at Saint-Denis.
    clock.set(later(clock.now(), 23) + timedelta(days=20, hours=13, minutes=30))
    await far.run()
    await far.answer()
    await far.run()
    [warning] = await far.warnings()
    assert warning["params"]["date"] == f"{clock.now() + timedelta(days=31):%d/%m/%Y}"
    until = (clock.now() + timedelta(days=100)).date()
    given = await far.client.put(f"{far.where}/inactivity", json={"until": until.isoformat()}, headers=far.counsellor)
    assert given.json()["postponed_until"] == f"{until.isoformat()}T19:59:59Z"
