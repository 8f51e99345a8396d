"""Hours are exact, so those of a few people are nobody else's to read: on no contract, by no subtraction, in no version."""

import random
from decimal import Decimal
from itertools import product
from typing import Any

import httpx
import numpy as np
import pytest

from services.clauses.domain.report import ContractFact, Facts, GroupBy, PersonFact, Worked, report
from services.clauses.domain.telling import Yearly, masked_for_buyer, told_of
from shared.contracts.vocabulary import ClauseKind
from tests.service.clauses.builders import People, acting_for, contract_body, hours_body
from tests.support import Running, Stack

D = Decimal
FEW = range(1, 5)
KINDS = (ClauseKind.EXECUTION_CONDITION.value, ClauseKind.RESERVED_IAE.value)
YEARS = (25, 26)
BY = (GroupBy.KIND, GroupBy.AUTHORITY, GroupBy.CONTRACT)
Cell = tuple[int, int]


def test_what_is_told_of_a_contract_is_no_few_peoples() -> None:
    for validated, waiting in product(range(7), repeat=2):
        told = told_of(validated, waiting)
        assert told.hours == (validated not in FEW)
        assert told.waiting == (validated not in FEW and waiting not in FEW)


class World:
    """Contracts of two buyers, with people on them who worked in two years, hours of whom are validated or wait."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.size = draw.randint(1, 5)
        self.buyers = [f"buyer-{draw.randint(1, 2)}" for _ in range(self.size)]
        self.kinds = [draw.choice(KINDS) for _ in range(self.size)]
        self.cells: dict[Cell, dict[int, tuple[int, int]]] = {
            cell: {
                draw.randint(0, 20): draw.choice([(100, 0), (0, 100), (70, 30)])
                for _ in range(draw.choice([0, 0, 1, 4, 6, 9]))
            }
            for cell in product(range(self.size), YEARS)
        }

    def facts(self, those: list[int], years: tuple[int, ...]) -> tuple[Facts, Yearly]:
        contracts = [
            ContractFact(
                str(one), self.buyers[one], D(1), D(1), self.kinds[one],
                {by: (key, key) for by, key in zip(BY, (self.kinds[one], self.buyers[one], str(one)), strict=True)},
            )
            for one in those
        ]  # fmt: skip
        rows = [
            (those.index(c), year, who, validated, waiting)
            for (c, year), people in self.cells.items()
            if c in those
            for who, (validated, waiting) in people.items()
        ]
        contract, year, person, validated, waiting = np.array(rows, dtype=np.int64).reshape(-1, 5).T
        yearly = Yearly(contract, year, person, validated > 0, waiting > 0)
        some = np.isin(year, years)
        worked = Worked(contract[some], person[some], (validated + waiting)[some], validated[some])
        return Facts(contracts, [PersonFact()] * 21, worked), yearly

    def answers(self) -> dict[str, list[list[int]]]:
        """All that the buyers' people may read, as sums of cells: of what is validated, and of what waits."""
        found: dict[str, list[list[int]]] = {"validated": [], "waiting": []}
        everything = list(range(self.size))
        filters = [everything, *([one] for one in everything)]
        filters += [[one for one in everything if self.kinds[one] == kind] for kind in KINDS]
        filters += [[one for one in everything if self.buyers[one] == f"buyer-{n}"] for n in (1, 2)]
        for those, years, by in product(filters, (YEARS, (25,), (26,)), (None, *BY)):
            facts, yearly = self.facts(those, years)
            told = masked_for_buyer(
                report(facts, by, 2026),
                facts,
                yearly,
                by,
                years=years != YEARS,
                whole=those is everything and years == YEARS,
            )
            keys = [(told.total, those)]
            for line in told.groups:
                keys.append(
                    (
                        line,
                        [
                            one
                            for one in those
                            if facts.contracts[those.index(one)].groups[by or GroupBy.KIND][0] == line.key
                        ],
                    )
                )
            for line, of in keys:
                row = [int(c in of and year in years) for c, year in self.cells]
                if line.validated_hours is not None:
                    found["validated"].append(row)
                if line.declared_hours is not None:
                    assert line.validated_hours is not None
                    found["waiting"].append(row)
                assert line.rsa_hours is None
        return found

    def few(self, which: int) -> list[list[int]]:
        """The cells, and the contracts, of which the hours would be those of one to four people."""
        found = []
        for c in range(self.size):
            for years in ((25,), (26,), YEARS):
                who = {p for y in years for p, hours in self.cells[c, y].items() if hours[which]}
                if len(who) in FEW:
                    found.append([int(one == c and year in years) for one, year in self.cells])
        return found


def test_no_few_peoples_hours_follow_from_all_that_a_buyer_may_read() -> None:
    """Sums that are told, added and subtracted in any way, are never a cell of one to four people."""
    for seed in range(30):
        world = World(seed)
        for which, rows in enumerate(world.answers().values()):
            told = np.array(rows or [[0] * len(world.cells)])
            rank = np.linalg.matrix_rank(told)
            for row in world.few(which):
                assert np.linalg.matrix_rank(np.vstack([told, row])) > rank, (seed, row)


def test_a_buyer_reads_what_many_people_worked() -> None:
    world = World(0)
    world.size, world.buyers, world.kinds = 3, ["buyer-1"] * 3, [*KINDS, KINDS[0]]
    people = dict.fromkeys(range(9), (100, 0))
    two, three = {1: (100, 0), 2: (100, 0)}, dict.fromkeys((11, 12, 13), (100, 0))
    world.cells = {(0, 25): people, (0, 26): people, (1, 25): two, (1, 26): {}, (2, 25): three, (2, 26): {}}
    facts, yearly = world.facts([0, 1, 2], YEARS)
    told = masked_for_buyer(
        report(facts, GroupBy.CONTRACT, 2026), facts, yearly, GroupBy.CONTRACT, years=False, whole=True
    )
    assert [line.validated_hours for line in told.groups] == [D("18.00"), None, None]
    assert told.total.validated_hours == D("23.00"), "what is left of it are the hours of five people"


class Site:
    """A contract of two contractors, its buyer, and who acts for whom."""

    def __init__(self, clauses: Running, people: People, stack: Stack) -> None:
        self.clauses, self.people = clauses, people
        self.buyer = stack.token("contracting_authority", subject="buyer-1", territories=())

    async def opens(self, *contractors: str) -> str:
        body = contract_body(contractor_ids=list(contractors))
        made = (await self.clauses.client.post("/v1/contracts", json=body, headers=self.people.facilitator)).json()
        authority = made["contracting_authority"]["id"]
        await self.clauses.store.collection("authorities").update_one(
            {"_id": authority}, {"$set": {"users": ["buyer-1"]}}
        )
        return str(made["id"])

    async def works(self, contract: str, who: dict[str, str], *people: int, validated: bool = True) -> None:
        for one in people:
            body = hours_body(participant_id=f"P-{one}", hours="100.00")
            made = await self.clauses.client.post(f"/v1/contracts/{contract}/hours", json=body, headers=who)
            assert made.status_code == 201, made.text
            if validated:
                path = f"/v1/hours/{made.json()['id']}/validate"
                assert (await self.clauses.client.post(path, headers=self.people.facilitator)).status_code == 200

    async def reads(self, contract: str, who: dict[str, str]) -> tuple[httpx.Response, dict[str, Any], dict[str, Any]]:
        """The contract by its address, in the list, and its progress."""
        get = self.clauses.client.get
        one = await get(f"/v1/contracts/{contract}", headers=who)
        listed = (await get("/v1/contracts", headers=who)).json()["items"]
        assert [item for item in listed if item["id"] == contract] == [one.json()]
        return one, one.json(), (await get(f"/v1/contracts/{contract}/progress", headers=who)).json()


OF_HOURS = (
    "declared_hours", "validated_hours", "remaining_hours", "validated_share", "full_time_equivalents", "forecast_hours",
    "forecast_shortfall_hours",
)  # fmt: skip


@pytest.fixture
def site(clauses: Running, people: People, stack: Stack) -> Site:
    return Site(clauses, people, stack)


async def test_the_hours_of_a_few_people_are_the_desks_and_their_contractors(site: Site) -> None:
    contract = await site.opens("contractor-1", "contractor-2")
    first, second, desk = site.people.contractor, site.people.other_contractor, site.people.facilitator
    await site.works(contract, first, 1)
    for who in (site.buyer, second):
        answer, seen, progress = await site.reads(contract, who)
        assert (seen["declared_hours"], seen["validated_hours"], seen["version"], seen["updated_at"]) == (None,) * 4
        assert "etag" not in answer.headers
        assert {name: progress[name] for name in OF_HOURS} == dict.fromkeys(OF_HOURS)
        assert (progress["participants"], progress["objective_hours"]) == (None, "1000.00")
    for who in (first, desk, site.people.manager):
        _, seen, progress = await site.reads(contract, who)
        assert (seen["validated_hours"], progress["validated_hours"]) == ("100.00", "100.00")
    # Seven people, two of whom are the second one's: the first one would know theirs by subtraction.
    await site.works(contract, first, 2, 3, 4, 5)
    await site.works(contract, second, 11, 12)
    for who, hours in ((site.buyer, "700.00"), (second, "700.00"), (first, None)):
        answer, seen, progress = await site.reads(contract, who)
        assert (seen["validated_hours"], progress["validated_hours"]) == (hours, hours)
        assert (seen["version"], "etag" in answer.headers) == (None, False), "versions count entries"
    # Of whom one waits: what is declared less what is validated would be theirs.
    await site.works(contract, first, 6, validated=False)
    _, seen, progress = await site.reads(contract, site.buyer)
    assert (seen["declared_hours"], seen["validated_hours"], progress["forecast_hours"]) == (None, "700.00", None)


async def test_the_only_contractor_reads_its_contract_exactly(site: Site) -> None:
    contract = await site.opens("contractor-1")
    await site.works(contract, site.people.contractor, 1)
    answer, seen, progress = await site.reads(contract, site.people.contractor)
    assert (seen["validated_hours"], progress["participants"], answer.headers["etag"]) == (
        "100.00",
        1,
        f'"{seen["version"]}"',
    )


async def test_who_follows_on_the_contract_does_not_read_who_was_before(site: Site) -> None:
    contract = await site.opens("contractor-1")
    await site.works(contract, site.people.contractor, 1)
    amendment = {"effective_on": "2026-03-01", "reason": "Titulaire défaillant", "contractor_ids": ["contractor-2"]}
    path = f"/v1/contracts/{contract}/amendments"
    amended = await site.clauses.client.post(path, json=amendment, headers=site.people.facilitator)
    assert amended.status_code == 201, amended.text
    _, seen, _ = await site.reads(contract, site.people.other_contractor)
    assert (seen["validated_hours"], seen["version"]) == (None, None)


async def test_who_acts_for_both_contractors_reads_all(site: Site) -> None:
    both = acting_for(2, "clerk-1")
    await site.clauses.store.collection("contractors").replace_one({"_id": both["_id"]}, both)
    contract = await site.opens("contractor-1", "contractor-2")
    await site.works(contract, site.people.facilitator)
    _, seen, _ = await site.reads(contract, site.people.contractor)
    assert seen["version"] is not None
