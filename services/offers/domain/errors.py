"""Refusals of the offers service, named for the business fact; codes are stable."""

from shared.errors import AlreadyExists, Forbidden, LimitReached, NotFound, Refused, StateConflict


class InvalidSiret(Refused):
    """The SIRET's check digit is wrong (Luhn; for La Poste the digits' sum is a multiple of 5)."""

    code = "invalid-siret"


class CompanyKnown(AlreadyExists):
    """A company with this SIRET is registered already."""

    code = "company-known"


class CompanyNotApproved(StateConflict):
    """A manager has not approved this company."""

    code = "company-not-approved"


class CompanyShared(StateConflict):
    """Others act for this company: it does not end by one of them."""

    code = "company-shared"


class NotAPerson(StateConflict):
    """A business is not erased: its name is no personal data, and offers and hires stay under it."""

    code = "company-not-a-person"


class LogFull(LimitReached):
    """More visits and calls than are kept of one employer."""

    code = "log-full"


class LastUser(StateConflict):
    """Nobody would be left to act for it; ``offers`` and ``applications`` count what waits for somebody."""

    code = "last-user"


class ActsNoMore(NotFound):
    """Who sent a table acts for its employer no more, or the employer is gone."""


def last_user(offers: int, applications: int) -> LastUser:
    """With what is to be done first, and the other ways out."""
    first = [
        f"fermez ou retirez vos offres en cours ({offers})" if offers else "",
        f"répondez aux candidatures en attente ({applications})" if applications else "",
    ]
    return LastUser(
        "Vous êtes la dernière personne à agir pour cette entreprise. Avant de la quitter, "
        f"{' et '.join(filter(None, first))} ; ou invitez quelqu'un qui prenne la suite ; "
        "ou mettez fin à tout en une fois.",
        offers=offers,
        applications=applications,
        allowed=["invite", "closure"],
    )


class OfferDiscriminates(Refused):
    """The text holds what the labour code forbids; ``errors`` quote the words and propose others."""

    code = "offer-discriminates"


class OfferIncomplete(Refused):
    """The offer lacks what publishing needs."""

    code = "offer-incomplete"


class UnusablePlace(Refused):
    """The place cannot be put on a map."""

    code = "unusable-place"


class CompanySuspended(Forbidden):
    """A suspended company publishes nothing."""

    code = "company-suspended"


class AgreementMissing(Refused):
    """Nobody applies without having agreed to what the employer reads of them: it would reach nobody who can answer."""

    code = "agreement-missing"


class DuplicateUnusable(StateConflict):
    """The offer that would be shown instead is not shown itself."""

    code = "duplicate-unusable"


class ReservingNotVerified(Refused):
    """Only a structure that a manager verified reserves offers to a public: who may apply tells who people are."""

    code = "reserving-not-verified"


class AlreadyApplied(AlreadyExists):
    """This person has an application to this offer."""

    code = "already-applied"


class DisclosureUsed(AlreadyExists):
    """What the person agreed to show belongs to another application of theirs: each is agreed to by itself."""

    code = "disclosure-used"


class OfferNotOpen(StateConflict):
    """The offer takes no applications now."""

    code = "offer-not-open"


class TooManySaved(LimitReached):
    """More than somebody comes back to."""

    code = "too-many-saved"


class ApplyElsewhere(StateConflict):
    """Nobody here would read it: the offer comes from a feed whose employer recruits elsewhere. Says where."""

    code = "apply-elsewhere"


class AnsweredHere(StateConflict):
    """The offer's employer is on the platform: one applies here."""

    code = "answered-here"


class AlreadyAnswered(StateConflict):
    """What became of it was said already."""

    code = "already-answered"


class TooManyApplications(LimitReached):
    """More applications in a day than a person sends by hand."""

    code = "too-many-applications"


class TooManyInvitations(LimitReached):
    """More invitations in a day than an offer needs."""

    code = "too-many-invitations"


class TooManyMessages(LimitReached):
    """More in a day than one side has to tell the other of one application."""

    code = "too-many-messages"


class TooManySteps(LimitReached):
    """More steps to and fro than one application comes to."""

    code = "too-many-steps"


class WrongParty(Forbidden):
    """This step belongs to another side."""

    code = "wrong-party"


class ReasonMissing(Refused):
    """A refusal or withdrawal says why."""

    code = "reason-missing"


NO_REASON = "Dites pourquoi : choisissez un des motifs proposés."
"""The reasons themselves are ``allowed``, for programs: a page shows them in its own words."""


class InterviewRefused(Refused):
    """An interview that cannot be; ``errors`` name every field."""

    code = "interview-refused"


class NoInterview(StateConflict):
    """No interview of this application is to come."""

    code = "no-interview"


class InterviewMoved(StateConflict):
    """The interview is not any more what was answered to."""

    code = "interview-moved"


class TooManyChanges(LimitReached):
    """An interview was changed, or answered to, so often that nobody follows any more."""

    code = "too-many-changes"


class ApplicationsHeld(StateConflict):
    """No application is made for this person for now; their profile says what is needed first."""

    code = "applications-held"


class NotReservedFor(Refused):
    """The offer is reserved to publics for which this profile carries no flag."""

    code = "offer-reserved"


class AlreadyRegistered(AlreadyExists):
    """This person is registered for this event."""

    code = "already-registered"


class ByInvitationOnly(Forbidden):
    """People come to this event by invitation."""

    code = "by-invitation-only"


class RegistrationUnknown(NotFound):
    """No such registration on this event."""

    code = "registration-unknown"


def registration_unknown() -> RegistrationUnknown:
    """One answer for what is not there and for what is not the caller's to know."""
    return RegistrationUnknown("Cet événement n'a pas cette inscription.")


class ProfileUnknown(NotFound):
    """The offers service has not heard of this profile (yet)."""

    code = "profile-unknown"


def profile_unknown(profile_id: str | None) -> ProfileUnknown:
    """One answer for whom nobody knows, or not any more, and for whom the caller may not act; None is their own account's."""
    which = "Le profil de ce compte" if profile_id is None else "Ce profil"
    return ProfileUnknown(
        f"{which} n'existe pas, ou vous ne pouvez pas agir pour lui (un nouveau profil est connu après un instant)."
    )
