"""The recomputation beside which reports are held: the whole ledger, entry by entry, in exact decimals.

It shares nothing with the product but the documents: no totals, no tallies, no whole numbers. One pass over the cells of a
period serves every way of splitting it, since what a line counts of a person is decided by their hours on each contract.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.clauses.domain.report import GroupBy
from shared.reference.communes import Communes
from tests.bench.reports_world import TODAY

_HOURS = ("objective_hours", "expected_hours", "declared_hours", "validated_hours", "rsa_hours")


class Naive:
    """The ledger with who the people are and what became of them."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[tuple[str, str], list[Decimal]]] = {}
        """Declared and validated by month, then by contract and person."""
        self.persons: dict[str, dict[str, Any]] = {}
        self.ended: list[dict[str, Any]] = []
        self.contracts: dict[str, dict[str, Any]] = {}

    async def read(self, store: Any) -> None:
        """Every entry of the ledger once."""
        names = ("contract_id", "participant_id", "month", "declared_delta", "validated_delta")
        fields = {"_id": 0, **dict.fromkeys(names, 1)}
        cells: dict[str, dict[tuple[str, str], list[Decimal]]] = defaultdict(
            lambda: defaultdict(lambda: [Decimal(0)] * 2)
        )
        cursor = store.collection("ledger").find({}, fields, batch_size=50_000)
        while rows := await cursor.to_list(50_000):
            for row in rows:
                sums = cells[row["month"]][row["contract_id"], row["participant_id"]]
                sums[0] += row["declared_delta"].to_decimal()
                sums[1] += row["validated_delta"].to_decimal()
        self.cells = cells
        self.persons = {row["participant_id"]: row async for row in store.collection("persons").find({})}
        self.ended = [row async for row in store.collection("employments").find({})]
        self.contracts = {row["_id"]: row async for row in store.collection("contracts").find({})}

    def figures(self, period: Mapping[str, str], communes: Communes) -> dict[GroupBy, dict[str, dict[str, Any]]]:
        """What each line should say, and the total, by each way of splitting."""
        first, last = period.get("from", "0"), period.get("to", "9")
        pairs: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
        for month, cells in self.cells.items():
            if first <= month <= last:
                for pair, (declared, validated) in cells.items():
                    sums = pairs[pair]
                    sums[0] += declared
                    sums[1] += validated
        return {by: self._split(by, period, pairs, communes) for by in GroupBy}

    def _split(
        self,
        by: GroupBy,
        period: Mapping[str, str],
        pairs: Mapping[tuple[str, str], list[Decimal]],
        communes: Communes,
    ) -> dict[str, dict[str, Any]]:
        first, last = period.get("from", "0"), period.get("to", "9")
        begun, days = _passed(period)
        of = {id: ("total", _key(by, row, communes)) for id, row in self.contracts.items()}
        found: dict[str, dict[str, Any]] = defaultdict(_nothing)
        worked: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for id, row in self.contracts.items():
            for line in of[id]:
                found[line]["contracts"] += 1
                found[line]["objective_hours"] += row["objective"]["hours"].to_decimal()
                expected = row["objective"]["hours"].to_decimal() * begun / days
                found[line]["expected_hours"] += expected.quantize(Decimal("0.01"), ROUND_HALF_UP)
        for (contract, person), (declared, validated) in pairs.items():
            for line in of[contract]:
                found[line]["declared_hours"] += declared
                found[line]["validated_hours"] += validated
                worked[line][person] += declared
                if "rsa" in self.persons[person]["categories"]:
                    found[line]["rsa_hours"] += validated
        for line, hours in worked.items():
            for person in (who for who, declared in hours.items() if declared > 0):
                _count(found[line], self.persons[person], int(period.get("to", "2026")[:4]))
        for row in self.ended:
            if first <= row["terms"]["ends_on"][:7] <= last:
                for line in of[row["contract_id"]]:
                    found[line]["ended_employments"] += 1
                    for one in row["exits"]:
                        found[line]["exits"][str(one["months"])][one["situation"]] += 1
        return found


def _count(line: dict[str, Any], person: Mapping[str, Any], year: int) -> None:
    age = year - person["terms"]["birth_year"]
    band = "under_26" if age < 26 else "26_to_49" if age < 50 else "50_and_over"
    line["participants"] += 1
    line["by_sex"][person["terms"]["sex"]] += 1
    line["by_age_band"][band] += 1
    line["by_category"].update(person["categories"])


def _passed(period: Mapping[str, str]) -> tuple[int, int]:
    """Days of the contracts' five years that lie in a period and have begun, of all: all of them run over the same days."""
    first = date.fromisoformat(f"{period.get('from', '2022-01')}-01")
    last = date.fromisoformat(f"{period['to']}-01") if "to" in period else TODAY
    if "to" in period:
        last = min(TODAY, (last + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    days = (date(2026, 12, 31) - date(2022, 1, 1)).days + 1
    return (last - first).days + 1, days


def _nothing() -> dict[str, Any]:
    amounts = dict.fromkeys(_HOURS, Decimal(0))
    counts = dict.fromkeys(("contracts", "participants", "ended_employments"), 0)
    parts: dict[str, Any] = {name: Counter() for name in ("by_sex", "by_age_band", "by_category")}
    return {**amounts, **counts, **parts, "exits": defaultdict(Counter)}


def _key(by: GroupBy, contract: Mapping[str, Any], communes: Communes) -> str:
    commune = communes.get(contract["commune_code"])
    assert commune is not None
    keys = {
        GroupBy.KIND: contract["terms"]["kind"],
        GroupBy.CONTRACT: contract["_id"],
        GroupBy.AUTHORITY: contract["authority_id"],
        GroupBy.CARRIER: contract["carrier"],
        GroupBy.TERRITORY: contract["territory"],
        GroupBy.EMPLOYMENT_AREA: commune.employment_area_code,
        GroupBy.EPCI: commune.epci_code,
    }
    return str(keys[by])


def same(report: Mapping[str, Any], exact: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a report says on each line what the ledger does."""
    lines = [*report["groups"], report["total"]]
    return len(lines) == len(exact) and all(_same(line, exact[line["key"]]) for line in lines)


def _same(line: Mapping[str, Any], exact: Mapping[str, Any]) -> bool:
    def some(counts: Mapping[str, int]) -> dict[str, int]:
        return {name: count for name, count in counts.items() if count}

    counts = ("contracts", "participants", "ended_employments")
    parts = ("by_sex", "by_age_band", "by_category")
    return (
        all(Decimal(line[name]) == exact[name] for name in _HOURS)
        and all(line[name] == exact[name] for name in counts)
        and all(some(line[name]) == some(exact[name]) for name in parts)
        and {months: seen for months, seen in line["exits"].items() if seen} == dict(exact["exits"])
    )
