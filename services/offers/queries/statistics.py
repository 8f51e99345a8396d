"""Reads the facts that statistics are made of, and groups them by place, source and hidden."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.offers.context import Context
from services.offers.domain.application_rules import WAITING_FOR_EMPLOYER
from services.offers.domain.statistics import (
    ApplicationFact,
    Figures,
    OfferFact,
    Period,
    figures,
    public_report,
)
from services.offers.store import TOLD
from shared import civil
from shared.civil import ZONES_APART
from shared.contracts.vocabulary import ApplicationStatus, ContractKind, OfferSource, OfferStatus
from shared.masking import Report, report_of
from shared.reference.communes import Communes

NOWHERE = "unknown"


class GroupBy(StrEnum):
    """What figures are split by."""

    TERRITORY = "territory"
    EMPLOYMENT_AREA = "employment_area"
    EPCI = "epci"
    COMMUNE = "commune"
    SOURCE = "source"
    HIDDEN = "hidden"


async def report(
    context: Context, territories: list[str] | None, period: Period, by: GroupBy | None, *, masked: bool
) -> Report[Figures]:
    """Figures of the territories (None: all) in a period, split by ``by``; ``masked`` for the public."""
    offers, applications, labels = await _facts(context, territories, period, by)
    if masked:
        whole, parts = public_report(offers, applications, period)
        return report_of(whole, parts if by else {}, labels, masked=True)
    keys = {fact.group for fact in offers} | {fact.group for fact in applications} if by else set()
    parts = {
        key: figures(
            [fact for fact in offers if fact.group == key],
            [fact for fact in applications if fact.group == key],
            period,
        )
        for key in keys
    }
    return report_of(figures(offers, applications, period), parts, labels, masked=False)


async def _facts(
    context: Context, territories: list[str] | None, period: Period, by: GroupBy | None
) -> tuple[list[OfferFact], list[ApplicationFact], dict[str, str]]:
    labels: dict[str, str] = {}
    group_of: dict[str, str] = {}
    cell_of: dict[str, str] = {}
    wanted: dict[str, Any] = {"published_at": {"$lt": period.end + ZONES_APART}}
    if territories is not None:
        wanted["territory"] = {"$in": territories}
    fields = (
        "company.id", "source", "content.hidden", "content.place.commune_code", "content.positions_total", "territory",
        "published_at", "ended_at", "status", "positions_filled", "positions_filled_through_us", "canonical_offer_id",
    )  # fmt: skip
    now = context.clock.now()
    offers: list[OfferFact] = []
    async for row in context.store.collection("offers").find(wanted, dict.fromkeys(fields, 1)):
        group = _group(row, by, context.communes, labels)
        group_of[row["_id"]], cell_of[row["_id"]] = group, _cell(row)
        # The same job from another source is one job.
        if row.get("canonical_offer_id"):
            continue
        positions = row["content"]["positions_total"]
        live = row["status"] == OfferStatus.PUBLISHED.value
        published, ended = civil.wall(row["territory"], row["published_at"]), _wall(row, "ended_at")
        if period.end > civil.wall(row["territory"], now):
            active = max(0, positions - row["positions_filled"]) if live else 0
        else:
            active = positions if published < period.end and (ended is None or ended >= period.end) else 0
        offers.append(
            OfferFact(
                id=row["_id"],
                group=group,
                company_id=row["company"]["id"],
                source=OfferSource.of_stored(row["source"]),
                hidden=row["content"]["hidden"],
                published_at=published,
                positions=positions,
                active=active,
                filled=row["positions_filled"],
                filled_through_us=row["positions_filled_through_us"],
                cell=cell_of[row["_id"]],
            )
        )
    return offers, await _applications(context, territories, period, group_of, cell_of), labels


async def _applications(
    context: Context,
    territories: list[str] | None,
    period: Period,
    group_of: dict[str, str],
    cell_of: dict[str, str],
) -> list[ApplicationFact]:
    wanted: dict[str, Any] = {"submitted_at": {"$lt": period.end + ZONES_APART}, **TOLD}
    if territories is not None:
        wanted["territory"] = {"$in": territories}
    late = context.clock.now() - timedelta(days=context.rules.reminder_days)
    found = []
    async for row in context.store.collection("applications").find(wanted, {"history": 0, "message": 0}):
        hire = row.get("hire") or {}
        found.append(
            ApplicationFact(
                offer_id=row["offer_id"],
                group=group_of.get(row["offer_id"], NOWHERE),
                cell=f"{row['territory']} {cell_of.get(row['offer_id'], NOWHERE)}",
                submitted_at=civil.wall(row["territory"], row["submitted_at"]),
                answered=row["answered_at"] is not None,
                silent=_silent(row, late),
                interviewed=bool(row["interviews"]),
                hired_at=_wall(row, "hired_at"),
                contract=ContractKind.of_stored(hire["contract_kind"]) if hire else None,
                months=hire.get("duration_months"),
                still_there={
                    one["month"]: one["still_there"] for one in row["follow_ups"] if one["still_there"] is not None
                },
            )
        )
    return found


def _wall(row: dict[str, Any], field: str) -> datetime | None:
    """An instant by the clocks of its territory: a day of the report is the day that people there lived."""
    instant = row[field]
    return None if instant is None else civil.wall(row["territory"], instant)


def _silent(row: dict[str, Any], late: datetime) -> bool:
    if row["answered_at"] is not None:
        return False
    waiting = row["status"] in {state.value for state in WAITING_FOR_EMPLOYER} and row["submitted_at"] < late
    return bool(waiting or row["status"] == ApplicationStatus.NO_ANSWER.value)


def _cell(row: dict[str, Any]) -> str:
    """The offers that no split tells apart."""
    place = row["content"]["place"]["commune_code"]
    return f"{row['territory']} {place} {row['source']} {row['content']['hidden']}"


def _group(row: dict[str, Any], by: GroupBy | None, communes: Communes, labels: dict[str, str]) -> str:
    if by is None:
        return ""
    if by is GroupBy.SOURCE:
        return str(row["source"])
    if by is GroupBy.HIDDEN:
        return "hidden" if row["content"]["hidden"] else "not_hidden"
    if by is GroupBy.TERRITORY:
        return str(row["territory"])
    return place_of(row["content"]["place"]["commune_code"], by, communes, labels)


def place_of(commune_code: str | None, by: GroupBy, communes: Communes, labels: dict[str, str]) -> str:
    """The key of a place in a split by place; what people call it goes into ``labels``."""
    commune = communes.commune_of(commune_code or "")
    if commune is None:
        return NOWHERE
    if by is GroupBy.COMMUNE:
        key, label = commune.code, commune.name
    elif by is GroupBy.EPCI:
        key, label = commune.epci_code or NOWHERE, commune.epci_name or NOWHERE
    else:
        key, label = commune.employment_area_code, commune.employment_area_name
    labels[key] = label
    return key
