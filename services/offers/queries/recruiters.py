"""Employers that registered, by place: the half of Job 23's and Job 41's registrations that offers knows."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.offers.context import Context
from services.offers.domain.company import CompanyStatus
from services.offers.queries.statistics import GroupBy, place_of
from shared import civil
from shared.civil import ZONES_APART
from shared.masking import blurred, shown

PLACES = frozenset({GroupBy.TERRITORY, GroupBy.EMPLOYMENT_AREA, GroupBy.EPCI, GroupBy.COMMUNE})


@dataclass(frozen=True)
class RecruitersOf:
    """Employers of one place; None is masked."""

    key: str
    label: str
    registered: int | None


@dataclass(frozen=True)
class Registered:
    """The whole and, where the split is by place, its parts."""

    whole: int | None
    groups: list[RecruitersOf]


async def registered(
    context: Context, territories: list[str] | None, first: date, last: date, by: GroupBy | None, *, masked: bool
) -> Registered:
    """Employers that registered from ``first`` to ``last``, by the days of their territory, and that a manager approved.

    An employer counts in its first place; with none that is known, in ``unknown``.
    """
    near = {
        "$gte": civil.midnight(None, first) - ZONES_APART,
        "$lt": civil.end_of(None, last) + ZONES_APART,
    }
    wanted: dict[str, Any] = {"created_at": near, "status": CompanyStatus.APPROVED.value}
    if territories is not None:
        wanted["territory"] = {"$in": territories}
    fields = {"territory": 1, "created_at": 1, "details.places.commune_code": 1}
    labels: dict[str, str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    async for row in context.store.collection("companies").find(wanted, fields):
        if first <= civil.today(row["territory"], row["created_at"]) <= last:
            # The smallest cell of all splits, and its group in this one.
            counts[_group(context, row, by, labels), f"{row['territory']} {_commune(row)}"] += 1
    sums: defaultdict[str, float] = defaultdict(float)
    for (group, _), count in (blurred(counts) if masked else counts).items():
        sums[group] += count
    told: Callable[[float], int | None] = shown if masked else int
    keys = sorted(sums) if by in PLACES else []
    groups = [RecruitersOf(key, labels.get(key, key), told(sums[key])) for key in keys]
    return Registered(told(sum(sums.values())), groups)


def _commune(row: dict[str, Any]) -> str | None:
    places = row["details"].get("places") or [{}]
    found: str | None = places[0].get("commune_code")
    return found


def _group(context: Context, row: dict[str, Any], by: GroupBy | None, labels: dict[str, str]) -> str:
    if by is None or by not in PLACES:
        return ""
    if by is GroupBy.TERRITORY:
        return str(row["territory"])
    return place_of(_commune(row), by, context.communes, labels)
