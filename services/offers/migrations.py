"""Steps between the shapes of stored documents (``shared.store.migrations``)."""

from services.offers.domain.application import ERASED
from services.offers.domain.interview import Interview
from services.offers.domain.listing import crowd
from services.offers.domain.spoken import speaks_of_night
from shared import civil
from shared.contracts.vocabulary import ApplicationStatus
from shared.reference.text import unaccented
from shared.store.migrations import Document, Migration
from shared.types import STORED


def _vetted(company: Document) -> None:
    # What a manager approved so far is what the company says of itself now.
    if "vetted" not in company:
        details = company["details"]
        looked_at = company["status"] in ("approved", "suspended")
        identity = {name: details.get(name) for name in ("name", "siret", "iae_kind")}
        identity["private_employer"] = details.get("private_employer", False)
        company["vetted"] = identity if looked_at else None


def _number(company: Document) -> None:
    # A number that was only claimed goes free with the last one who claimed it (``Company._hold_number``).
    looked_at = company["vetted"] and company["vetted"].get("siret") == company.get("siret")
    if company["status"] == "pending" and not company.get("users") and not looked_at:
        company["siret"] = None


def _held(offer: Document) -> None:
    offer.setdefault("held", offer.get("suspended_because") == "moderation")


def _interviews(application: Document) -> None:
    # An interview was a time and a place. Its clocks are those of the territory (an offer in a commune of other clocks
    # cannot be asked here), its number stands for the id that calendars know it by.
    interviews = application.get("interviews", ())
    for number, interview in enumerate(interviews, 1):
        interview.setdefault("zone", civil.zone_of(application.get("territory")).key)
        if not interview.get("id"):
            interview["id"] = str(number)
    if "remind_at" in application or not interviews or application["profile_id"] == ERASED:
        return
    if application["status"] != ApplicationStatus.INTERVIEW:
        return
    # Of one that is over the job finds nothing to remind of, and forgets it.
    last = Interview.model_validate(interviews[-1], context=STORED)
    application["remind_at"] = last.reminder(application["submitted_at"])


def _crowd(listing: Document) -> None:
    listing.setdefault("crowd", crowd(listing.get("applications", 0)))


def _night(listing: Document) -> None:
    # Titles named nights in more ways than were read; what the text says, the listing knows already.
    if listing["card"]["schedule"].get("night") is None and not listing["night"]:
        listing["night"] = speaks_of_night(unaccented(listing["card"]["title"]), "")


APPLICATION_STEPS = (Migration("interviews have clocks, an id and a reminder", _interviews),)
COMPANY_STEPS = (
    Migration("the identity that a manager looked at", _vetted),
    Migration("numbers that nobody holds go free", _number),
)
OFFER_STEPS = (Migration("a manager's verdict outlives the suspension", _held),)
LISTING_STEPS = (
    Migration("how many applied as everybody may know it", _crowd),
    Migration("nights that only a title names", _night),
)
