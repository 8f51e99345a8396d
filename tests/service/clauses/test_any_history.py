"""Any history of a desk leaves every balance as a naive recomputation has it, and no entry of the ledger is ever changed.

Hypothesis declares, validates, rejects, corrects, sends sheets, amends and erases over HTTP; the model keeps what was answered,
and adds it up by itself.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.clauses.commands import participants
from services.clauses.domain.participant import was_forgotten
from shared.clock import HandClock
from tests.databases import Databases
from tests.examples import examples
from tests.service.clauses.builders import contract_body, everybody_acting, hours_body
from tests.support import Running, Stack

PROFILES = tuple(f"019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b{n:02x}" for n in range(2))
PEOPLE = ("P-0", "P-1", *PROFILES)
MONTHS = ("2026-01", "2026-02", "2026-03")
HOURS = st.decimals("0.00", "120.00", places=2).map(lambda hours: f"{hours:.2f}")
WHO = st.integers(0, len(PEOPLE) - 1)
WHERE = st.integers(0, 1)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Told:
    """A declaration as the answers told of it."""

    contract: int
    person: str
    month: str
    hours: Decimal
    state: str = "declared"

    @property
    def counts(self) -> bool:
        return self.state in ("declared", "validated")


class World:
    """A running service, spoken to from code that is not asynchronous."""

    def __init__(self, runner: asyncio.Runner, running: Running, databases: Databases, stack: Stack) -> None:
        self._runner, self.running, self.databases = runner, running, databases
        self.desk = stack.token("facilitator", subject="facilitator-1")
        self.clerk = stack.token("contractor", subject="clerk-1", territories=())

    def empty(self) -> None:
        self.databases.use(self.running.store.database.name)
        self.databases.empty()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def post(self, path: str, body: Any = None, who: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        headers = (who or self.desk) | more.pop("headers", {})
        answer = self.run(self.running.client.post(path, json=body, headers=headers, **more))
        assert isinstance(answer, httpx.Response)
        assert answer.status_code < 500, answer.text
        return answer

    def get(self, path: str, **params: Any) -> Any:
        answer = self.run(self.running.client.get(path, params=params, headers=self.desk))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rows(self, collection: str) -> list[dict[str, Any]]:
        async def read() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = await self.running.store.collection(collection).find({}).to_list(None)
            return found

        rows: list[dict[str, Any]] = self.run(read())
        return rows


@pytest.fixture
def world(engine_environment: dict[str, str], local_keys: Path, databases: Databases) -> Iterator[World]:
    stack = Stack(engine_environment, local_keys, databases.prefix, databases=databases)
    clock = HandClock(datetime(2026, 3, 30, 8, tzinfo=UTC))
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        running = runner.run(opened.enter_async_context(stack.running("clauses", clock=clock)))
        made = World(runner, running, databases, stack)
        yield made
        runner.run(opened.aclose())
        made.empty()


def test_any_history_leaves_what_a_naive_recomputation_says(world: World) -> None:
    class OfThisWorld(Desk):
        def __init__(self) -> None:
            super().__init__(world)

    run_state_machine_as_test(OfThisWorld, settings=examples(4, stateful_step_count=20))


class Desk(RuleBasedStateMachine):
    """Two contracts that pool nothing, two references and two profiles."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.told: dict[str, Told] = {}
        self.entries: dict[str, tuple[Any, ...]] = {}
        self.names = dict(zip(PEOPLE, PEOPLE, strict=True))
        self.objectives = [Decimal("1000.00")] * 2

    @initialize()
    def open(self) -> None:
        self.world.empty()
        members = self.world.running.store.collection("contractors")
        self.world.run(_wait(lambda: members.insert_many(everybody_acting())))
        self.contracts = [
            str(self.world.post("/v1/contracts", contract_body(title=f"Marché {n}", kind=kind)).json()["id"])
            for n, kind in enumerate(("execution_condition", "reserved_iae"))
        ]
        for contract in self.contracts:
            for who in PROFILES:
                body = {"participant_id": who, "consented_on": "2026-01-12"}
                assert self.world.post(f"/v1/contracts/{contract}/participants", body).status_code == 201

    @rule(where=WHERE, who=WHO, month=st.sampled_from(MONTHS), hours=HOURS)
    def declare(self, where: int, who: int, month: str, hours: str) -> None:
        body = hours_body(participant_id=PEOPLE[who], month=month, hours=hours)
        made = self.world.post(f"/v1/contracts/{self.contracts[where]}/hours", body, self.world.clerk)
        if made.status_code == 201:
            self.told[made.json()["id"]] = Told(where, self.names[PEOPLE[who]], month, Decimal(hours))

    @rule(
        where=WHERE,
        month=st.sampled_from(MONTHS),
        lines=st.lists(st.tuples(WHO, HOURS), min_size=1, max_size=3),
    )
    def send_a_sheet(self, where: int, month: str, lines: list[tuple[int, str]]) -> None:
        rows = [f"{PEOPLE[who]};Intérim;Agence;{month};{hours}" for who, hours in lines]
        content = "\r\n".join(("Participant;Nature du contrat;Employeur;Mois;Heures", *rows)).encode()
        path = f"/v1/contracts/{self.contracts[where]}/sheets"
        sent = self.world.post(path, None, self.world.clerk, content=content, headers={"Content-Type": "text/csv"})
        if not sent.json()["applied"]:
            return
        for line, (who, hours) in zip(sent.json()["lines"], lines, strict=True):
            if line["outcome"] == "declared":
                self.told[line["hours_id"]] = Told(where, self.names[PEOPLE[who]], month, Decimal(hours))

    @rule(pick=st.integers(0, 1_000), step=st.sampled_from(("validate", "reject", "correct")), hours=HOURS)
    def decide(self, pick: int, step: str, hours: str) -> None:
        if not self.told:
            return
        id = sorted(self.told)[pick % len(self.told)]
        bodies = {"reject": {"reason": "Illisible"}, "correct": {"hours": hours, "reason": "Absence"}}
        answer = self.world.post(f"/v1/hours/{id}/{step}", bodies.get(step))
        if answer.status_code >= 400:
            assert answer.status_code in (409, 422), answer.text
            return
        before = self.told[id]
        state = {"validate": "validated", "reject": "rejected", "correct": "corrected"}[step]
        self.told[id] = replace(before, state=state)
        if step == "correct":
            self.told[answer.json()["id"]] = replace(before, hours=Decimal(hours), state="declared")

    @rule(where=WHERE, hours=st.integers(1, 5_000))
    def amend(self, where: int, hours: int) -> None:
        sizing = {"rule": "manual", "hours": f"{hours}.00", "reason": "Avenant"}
        body = {"effective_on": "2026-03-01", "reason": "Avenant", "objective": sizing}
        answer = self.world.post(f"/v1/contracts/{self.contracts[where]}/amendments", body)
        assert answer.status_code == 201 or Decimal(hours) == self.objectives[where], answer.text
        self.objectives[where] = Decimal(f"{hours}.00")

    @rule(who=st.sampled_from(PROFILES))
    def erase(self, who: str) -> None:
        self.world.run(participants.forget(self.world.running.app.state.context, who))
        # Whatever is declared of them afterwards would be somebody else's: nothing can be.
        gone = f"gone-{who}"
        self.told = {id: replace(one, person=gone) if one.person == who else one for id, one in self.told.items()}
        self.names[who] = gone

    @invariant()
    def no_entry_is_ever_changed(self) -> None:
        rows = {row["_id"]: row for row in self.world.rows("ledger")}
        assert self.entries.keys() <= rows.keys()
        for id, row in rows.items():
            name, reason = row.pop("participant_id"), row.pop("reason")
            frozen = tuple(sorted((key, str(value)) for key, value in row.items()))
            before, was, words = self.entries.get(id, (frozen, name, reason))
            assert frozen == before
            # Erasure takes the name of whom an entry is about, with what somebody wrote of it, and nothing else.
            erased = was in PROFILES and was_forgotten(name)
            assert (name, reason) == ((name, None) if erased else (was, words))
            self.entries[id] = (frozen, name, reason)

    def teardown(self) -> None:
        if not hasattr(self, "contracts"):
            return
        counting = [one for one in self.told.values() if one.counts]
        for where, contract in enumerate(self.contracts):
            own = [one for one in counting if one.contract == where]
            declared, validated = _sums(own)
            shown = self.world.get(f"/v1/contracts/{contract}")
            assert (Decimal(shown["declared_hours"]), Decimal(shown["validated_hours"])) == (declared, validated)
            assert Decimal(shown["objective"]["hours"]) == self.objectives[where]
            progress = self.world.get(f"/v1/contracts/{contract}/progress")
            assert (Decimal(progress["declared_hours"]), Decimal(progress["validated_hours"])) == (declared, validated)
            assert progress["participants"] == len({one.person for one in own if one.hours})
        for month in (None, *MONTHS):
            period = {} if month is None else {"from": month, "to": month}
            some = [one for one in counting if month in (None, one.month)]
            report = self.world.get("/v1/reports", by="contract", **period)
            _same(report["total"], some)
            lines = {line["key"]: line for line in report["groups"]}
            for where, contract in enumerate(self.contracts):
                _same(lines[contract], [one for one in some if one.contract == where])
        self._months_of_people(counting)

    def _months_of_people(self, counting: list[Told]) -> None:
        """What bounds a person's month; an erased one's is not kept."""
        kept = {
            (row["participant_id"], row["month"]): row["hours"].to_decimal() for row in self.world.rows("person_months")
        }
        for who in PEOPLE:
            for month in MONTHS:
                own = [one for one in counting if (one.person, one.month) == (who, month)]
                assert kept.get((who, month), ZERO) == _sums(own)[0]


def _sums(declarations: list[Told]) -> tuple[Decimal, Decimal]:
    validated = sum((one.hours for one in declarations if one.state == "validated"), ZERO)
    return sum((one.hours for one in declarations), ZERO), validated


def _same(line: dict[str, Any], counting: list[Told]) -> None:
    assert (Decimal(line["declared_hours"]), Decimal(line["validated_hours"])) == _sums(counting)
    assert line["participants"] == len({one.person for one in counting if one.hours})


async def _wait(call: Callable[[], Any]) -> Any:
    return await call()
