"""Which accounts act for which employer, as offers tells it: the read model of every service that has to know."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.events.offers import CompanyState
from shared.contracts.topics import COMPANIES
from shared.kafka.envelope import Event
from shared.kafka.rebuild import ReadModel
from shared.reference.text import words_of
from shared.store import CollectionSpec, Store

NO_NAME = "Particulier employeur"
"""What an employer is called who was a person and was erased."""
NO_TITLE = "Offre effacée"
"""And what their offers are."""
_NOBODYS = frozenset(
    {"madame", "mademoiselle", "monsieur", "mme", "mlle", "mr", "mm", "dr", "famille", "epoux", "les", "des", "chez"}
    | {"de", "du", "la", "le", "et", "ou"}
)
_SHORTEST_NAME = 3
EMPLOYERS = CollectionSpec("companies")


def names(text: str, employer: str) -> bool:
    """Whether a text says a part of the name of an employer who is a person («chez Zoé Aubrun», of «Mme Aubrun»). Of whoever has
    short names only («Mme Li») these tell; scripts that put no space between words are looked for within them.
    """
    parts = set(words_of(employer).split()) - _NOBODYS
    telling = {one for one in parts if len(one) >= _SHORTEST_NAME}
    telling = telling or {one for one in parts if len(one) > 1 or not one.isascii()}
    said = words_of(text)
    return not telling.isdisjoint(said.split()) or any(one in said for one in telling if not one.isascii())


def _row(event: Event[Any]) -> dict[str, Any]:
    state: CompanyState = event.state
    row = {"_id": event.key, "version": event.sequence}
    return row | {"user_ids": list(state.user_ids), "approved": state.approved, "alias_key": state.alias_key}


KNOWN_EMPLOYERS = ReadModel(EMPLOYERS.name, (COMPANIES,), _row)


async def acts_for_company(store: Store, user_id: str, company_id: str) -> bool:
    """Whether the account acts for this employer, which a manager has looked at. The offers service says so, no token."""
    return user_id in await accounts_of(store, company_id)


async def accounts_of(store: Store, company_id: str) -> tuple[str, ...]:
    """Who acts for this employer: nobody, while no manager has looked at it, or one has suspended it."""
    known = await employer(store, company_id)
    return () if known is None else tuple(known.get("user_ids", ()))


async def employer(store: Store, company_id: str) -> Mapping[str, Any] | None:
    """What is known of an employer that a manager has looked at and none has suspended."""
    known = await store.collection(EMPLOYERS.name).find_one({"_id": company_id})
    return known if known is not None and known.get("approved") else None
