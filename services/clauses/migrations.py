"""Steps between the shapes of stored documents (``shared.store.migrations``)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.clauses.domain.authority import authority_key
from services.clauses.domain.ledger import employment_key
from services.clauses.domain.participant import FORGOTTEN
from services.clauses.domain.supplier import CONTACT_POINTS
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


_AT_ONCE = timedelta(minutes=1)


def _modifications_of_their_own(draft: Document) -> None:
    """Which modifications a concluded draft was concluded with was not kept: all of them where no publication has changed it
    since (the contract's id tells when it was made), else none. They are proposed once more then, rather than lost."""
    states = draft.get("states", [])
    for state in states[1:]:
        if state.get("number") is not None:
            state.setdefault("modifies", True)
    contract_id = draft.get("contract_id")
    if contract_id is not None and not draft.get("concluded_with"):
        untouched = abs(_aware(draft["updated_at"]) - _made_at(contract_id)) < _AT_ONCE
        draft["concluded_with"] = states if untouched else states[:1]


def _made_at(id: str) -> datetime:
    """When an id was made, to the millisecond (UUIDv7, RFC 9562); long ago for another kind of id."""
    try:
        made = UUID(id)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromtimestamp((made.int >> 80) / 1000 if made.version == 7 else 0, UTC)


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _erased_without_workplace(employment: Document) -> None:
    if str(employment.get("participant_id")).startswith(FORGOTTEN):
        employment["terms"]["workplace_commune_code"] = None


def _closed_without_contact_points(supplier: Document) -> None:
    if supplier.get("closed_on") is not None:
        supplier["listed"] |= dict.fromkeys(CONTACT_POINTS)


AUTHORITY_STEPS = (Migration("names of any script are told apart", _authority_of_every_script),)
HOURS_STEPS = (Migration("employers of any script are told apart", _slot_of_every_script),)
DRAFT_STEPS = (Migration("modifications are told from notifications", _modifications_of_their_own),)
SUPPLIER_STEPS = (Migration("nobody is reached at a structure that is closed", _closed_without_contact_points),)
EMPLOYMENT_STEPS = (Migration("nobody is led back to by where they worked", _erased_without_workplace),)
