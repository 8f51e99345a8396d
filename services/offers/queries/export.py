"""Offers as lines of a table, for managers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared import civil
from shared.contracts.vocabulary import OfferStatus
from shared.store import Store

MOST = 50_000
COLUMNS = (
    "id", "status", "title", "company", "kind", "contract", "occupation", "commune_code", "commune", "source", "hidden",
    "exclusive", "positions", "open", "published", "confirmed", "confirm_by", "ended", "outcome", "duplicate_of",
)  # fmt: skip


async def lines(
    store: Store, territories: Sequence[str], states: Sequence[OfferStatus] | None
) -> list[tuple[object, ...]]:
    """The newest offers of the territories; days are those of each offer's place."""
    wanted: dict[str, Any] = {"territory": {"$in": list(territories)}}
    if states:
        wanted["status"] = {"$in": [one.value for one in states]}
    found = store.collection("offers").find(wanted, {"history": 0, "content.description": 0})
    return [_line(row) async for row in found.sort("_id", -1).limit(MOST)]


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    content = row["content"]
    place = content["place"]
    locality = place["commune_code"] or row["territory"]
    published, confirmed, confirm_by, ended = (
        _day(locality, row[name]) for name in ("published_at", "confirmed_at", "confirm_by", "ended_at")
    )
    return (
        row["_id"], row["status"], content["title"], row["company"]["name"], content["kind"],
        content["contract_kind"], content["occupation_code"], place["commune_code"], place["name"], row["source"],
        content["hidden"], content["exclusive"], content["positions_total"],
        max(0, content["positions_total"] - row["positions_filled"]), published, confirmed, confirm_by, ended,
        row["outcome"], row["canonical_offer_id"],
    )  # fmt: skip


def _day(locality: str, instant: datetime | None) -> str | None:
    return civil.today(locality, instant).isoformat() if instant else None
