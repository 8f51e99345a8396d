"""What a value that this release does not know does to matching: the cautious side, until the newer release serves."""

from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.vocabulary import OfferStatus

ASKED = frozenset({"status", "kind", "contract_kind", "licences", "french_level", "reserved_publics"})
"""Fields by which an offer asks something of people: without one of them nobody can be said to meet it."""
ACCEPTED = ("kinds", "contract_kinds")
"""Lists of a profile of which an empty one means all: one that only held unknown values does not."""


def cautious_offer(state: OfferState) -> OfferState:
    """The offer, out of sight when it asks for something that is not known here."""
    if state.not_understood & ASKED:
        return state.model_copy(update={"status": OfferStatus.SUSPENDED})
    return state


def cautious_profile(state: ProfileState) -> ProfileState:
    """The profile, not to be matched when all that it accepts is not known here."""
    if any(field in state.not_understood and not getattr(state, field) for field in ACCEPTED):
        return state.model_copy(update={"active": False})
    return state
