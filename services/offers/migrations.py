"""Steps between the shapes of stored documents (``shared.store.migrations``)."""

from shared.store.migrations import Document, Migration


def _vetted(company: Document) -> None:
    # What a manager approved so far is what the company says of itself now.
    if "vetted" not in company:
        details = company["details"]
        looked_at = company["status"] in ("approved", "suspended")
        identity = {name: details.get(name) for name in ("name", "siret", "iae_kind")}
        identity["private_employer"] = details.get("private_employer", False)
        company["vetted"] = identity if looked_at else None


def _held(offer: Document) -> None:
    offer.setdefault("held", offer.get("suspended_because") == "moderation")


COMPANY_STEPS = (Migration("the identity that a manager looked at", _vetted),)
OFFER_STEPS = (Migration("a manager's verdict outlives the suspension", _held),)
