"""What somebody is recommended, in the order in which they are to see it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.matching.access import side_of
from services.matching.context import Context
from services.matching.domain.configuration import TERMS, Configuration
from services.matching.domain.order import Listed, in_order
from services.matching.domain.scale import SCALE
from services.matching.engine.restoring import in_force
from services.matching.queries.overviews import live_of
from services.matching.store import IN_FORCE, crowds, of_profile, shown_to
from shared.auth import Principal
from shared.store import Find, Reading

Document = dict[str, Any]
_OCCUPATION = TERMS.index("occupation")


class List(NamedTuple):
    """What somebody sees: their profile, and recommendations with their offers."""

    profile: Document
    rows: list[tuple[Document, Document | None]]


async def recommended(context: Context, principal: Principal, profile_id: str, statuses: Sequence[str]) -> List:
    """The pinned ones, then what fits best, congestion deciding among the about equal.

    Raises:
        ProfileUnknown: no such profile, or none of the caller's business.
    """
    return await context.store.read(_recommended(principal, profile_id, statuses))


async def how_many(context: Context, profile_id: str) -> int:
    """How much is recommended to somebody now."""
    return await context.store.collection("recommendations").count_documents(live_of([profile_id]))


def _recommended(principal: Principal, profile_id: str, statuses: Sequence[str]) -> Reading[List]:
    profiles, found = yield Find("profiles", {"_id": profile_id}, limit=1), of_profile(profile_id, statuses)
    profile, _ = side_of(principal, profiles[0] if profiles else None, profile_id)
    ids = sorted({document["offer_id"] for document in found})
    known, shown, configurations = yield Find("offers", {"_id": {"$in": ids}}), shown_to(ids), IN_FORCE
    offers = {document["_id"]: document for document in known}
    return List(profile, _in_order(found, offers, crowds(shown), in_force(configurations)))


def _in_order(
    found: Sequence[Document], offers: Mapping[str, Document], crowded: Mapping[str, int], configuration: Configuration
) -> list[tuple[Document, Document | None]]:
    def listed(document: Document) -> Listed:
        offer = document["offer_id"]
        return Listed(
            score=document["score"],
            offer_id=offer,
            own=document["terms"][_OCCUPATION] == SCALE,
            shown_to=crowded.get(offer, 0),
            positions=offers.get(offer, {}).get("positions_open", 1),
        )

    pinned = [document for document in found if document.get("pinned")]
    others = [document for document in found if not document.get("pinned")]
    ordered = [*in_order(pinned, listed, configuration), *in_order(others, listed, configuration)]
    return [(document, offers.get(document["offer_id"])) for document in ordered]
