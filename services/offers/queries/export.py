"""Offers as lines of a table, for managers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.offers.domain.life import Outcome
from shared import civil
from shared.contracts.vocabulary import ContractKind, OfferSource, OfferStatus, OpportunityKind
from shared.store import Store

MOST = 50_000


async def lines(store: Store, territories: Sequence[str], states: Sequence[OfferStatus] | None) -> list[dict[str, Any]]:
    """The newest offers of the territories, by column; days are those of each offer's place."""
    wanted: dict[str, Any] = {"territory": {"$in": list(territories)}}
    if states:
        wanted["status"] = {"$in": [one.value for one in states]}
    found = store.collection("offers").find(wanted, {"history": 0, "content.description": 0})
    return [_line(row) async for row in found.sort("_id", -1).limit(MOST)]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    content = row["content"]
    place = content["place"]
    locality = place["commune_code"] or row["territory"]
    days = {name: _day(locality, row[name]) for name in ("published_at", "confirmed_at", "confirm_by", "ended_at")}
    return {
        "id": row["_id"],
        "status": OfferStatus.of_stored(row["status"]),
        "title": content["title"],
        "company": row["company"]["name"],
        "kind": OpportunityKind.of_stored(content["kind"]),
        "contract": ContractKind.of_stored(content["contract_kind"]),
        "occupation": content["occupation_code"],
        "commune_code": place["commune_code"],
        "commune": place["name"],
        "source": OfferSource.of_stored(row["source"]),
        "hidden": content["hidden"],
        "exclusive": content["exclusive"],
        "positions": content["positions_total"],
        "open": max(0, content["positions_total"] - row["positions_filled"]),
        **days,
        "outcome": Outcome.of_stored(row["outcome"]) if row["outcome"] else None,
        "duplicate_of": row["canonical_offer_id"],
    }


def _day(locality: str, instant: datetime | None) -> str | None:
    return civil.today(locality, instant).isoformat() if instant else None
