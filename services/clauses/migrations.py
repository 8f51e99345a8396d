"""Steps between the shapes of stored documents (``shared.store.migrations``)."""

from services.clauses.domain.authority import authority_key
from services.clauses.domain.ledger import employment_key
from shared.store.migrations import Document, Migration


def _authority_of_every_script(authority: Document) -> None:
    authority["name_key"] = authority_key(authority["name"])


def _slot_of_every_script(declaration: Document) -> None:
    slot = declaration.get("slot")
    if isinstance(slot, str):
        parts = slot.split("\x1f")
        employment = declaration["employment"]
        parts[3] = employment_key(employment["kind"], employment["employer"], employment.get("id"))
        declaration["slot"] = "\x1f".join(parts)


AUTHORITY_STEPS = (Migration("names of any script are told apart", _authority_of_every_script),)
HOURS_STEPS = (Migration("employers of any script are told apart", _slot_of_every_script),)
