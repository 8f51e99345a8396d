"""Which stored offer a row is: by its identifier, or by the one that it had while less of its table was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.offers.context import Context
from services.offers.domain.imports.feeds import Told, identities_of
from shared.ids import derived_id


@dataclass(frozen=True)
class Known:
    """Stored offers of some rows by the identifier that they were last delivered under, and the ids that are taken.

    An offer keeps its id when its row gets another identifier, so one does not follow from the other.
    """

    by_external: dict[str, dict[str, Any]]
    ids: set[str]


@dataclass(frozen=True)
class Recognised:
    """``external_id``: what the offer is known by from now on; ``before``: what is stored of it."""

    offer_id: str
    external_id: str
    before: dict[str, Any] | None = None


async def known_offers(context: Context, partner: str, rows: Sequence[tuple[int, object]]) -> Known:
    """What is stored of ``rows``, two look-ups in indexes for all of them."""
    externals = [external for _, row in rows for external in identities_of(row)]
    ids = [derived_id("offer", partner, external) for external in externals]
    wanted = {"$or": [{"_id": {"$in": ids}}, {"feed.partner": partner, "feed.external_id": {"$in": externals}}]}
    fields = {"feed": 1, "status": 1, "confirmed_at": 1, "territory": 1}
    found = [row async for row in context.store.collection("offers").find(wanted, fields)]
    return Known({row["feed"]["external_id"]: row for row in found if row.get("feed")}, {row["_id"] for row in found})


def recognised(one: Told, partner: str, number: int, seen: dict[str, int], known: Known) -> Recognised:
    """The offer of a row, by its own identifier first; by its former one where no other row has that offer. ``seen``: by
    identifier the number of the row that has it, filled here.

    Raises:
        RowRefused: an earlier row is this offer.
    """
    own, former = one.external_id, one.former_id
    if own not in seen and (stored := known.by_external.get(own)) is not None:
        seen[own] = number
        return Recognised(stored["_id"], own, stored)
    if own in seen and one.referenced:
        raise one.again(seen[own])
    if former is not None and former not in seen and (stored := known.by_external.get(former)) is not None:
        named = former if own in seen else own
        seen[former] = seen[named] = number
        return Recognised(stored["_id"], named, stored)
    if own in seen:
        raise one.again(seen[own])
    seen[own] = number
    offer_id = derived_id("offer", partner, own)
    # Taken by an offer that is known by something else since.
    return Recognised(derived_id("offer", partner, own, "again") if offer_id in known.ids else offer_id, own)
