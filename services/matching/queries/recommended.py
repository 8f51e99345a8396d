"""What somebody is recommended, in the order in which they are to see it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.matching.context import Context
from services.matching.domain.configuration import TERMS
from services.matching.domain.order import Listed, in_order
from services.matching.domain.scale import SCALE
from services.matching.store import by_id, of_profile, shown_to

Document = dict[str, Any]
_OCCUPATION = TERMS.index("occupation")


async def recommended(
    context: Context, profile_id: str, statuses: Sequence[str]
) -> list[tuple[Document, Document | None]]:
    """Recommendations with their offers: the pinned ones, then what fits best, congestion deciding among the about equal."""
    found = await of_profile(context.store, profile_id, statuses)
    ids = {document["offer_id"] for document in found}
    offers, crowds, configuration = await asyncio.gather(
        by_id(context.store, "offers", ids), shown_to(context.store, ids), context.configuration()
    )

    def listed(document: Document) -> Listed:
        offer = document["offer_id"]
        return Listed(
            score=document["score"],
            offer_id=offer,
            own=document["terms"][_OCCUPATION] == SCALE,
            shown_to=crowds.get(offer, 0),
            positions=offers.get(offer, {}).get("positions_open", 1),
        )

    pinned = [document for document in found if document.get("pinned")]
    others = [document for document in found if not document.get("pinned")]
    ordered = [*in_order(pinned, listed, configuration), *in_order(others, listed, configuration)]
    return [(document, offers.get(document["offer_id"])) for document in ordered]
