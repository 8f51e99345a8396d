"""What somebody is recommended, in the order in which they are to see it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.matching.context import Context
from services.matching.domain.surplus import surplus
from services.matching.store import by_id, of_profile, shown_to

Document = dict[str, Any]


async def recommended(
    context: Context, profile_id: str, statuses: Sequence[str]
) -> list[tuple[Document, Document | None]]:
    """Recommendations with their offers: the pinned ones, then those of which the person may expect most."""
    found = await of_profile(context.store, profile_id, statuses)
    ids = {document["offer_id"] for document in found}
    offers, crowds, configuration = await asyncio.gather(
        by_id(context.store, "offers", ids), shown_to(context.store, ids), context.configuration()
    )

    def worth(document: Document) -> tuple[bool, int, str]:
        offer = document["offer_id"]
        positions = offers.get(offer, {}).get("positions_open", 1)
        expected = surplus(document["score"], crowds.get(offer, 0), positions, configuration)
        return not document.get("pinned"), -expected, document["_id"]

    return [(document, offers.get(document["offer_id"])) for document in sorted(found, key=worth)]
