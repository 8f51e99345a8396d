"""Refusals of the profiles service, named for the business fact; codes are stable."""

from shared.errors import AlreadyExists, Forbidden, LimitReached, NotFound, Refused, StateConflict, Unavailable


class ProfileRefused(Refused):
    """What was said of the person cannot be; ``errors`` name every field."""

    code = "profile-refused"


class ContactRefused(Refused):
    """A contact point cannot be right; ``errors`` name every field."""

    code = "contact-refused"


class StaffOnly(Forbidden):
    """These fields are decided by the people who accompany, not by the person; ``errors`` name them."""

    code = "staff-only-fields"


class ProfileExists(AlreadyExists):
    """One profile per account."""

    code = "profile-exists"


class ProfileUnknown(NotFound):
    """No such profile, or none that the caller may know of."""

    code = "profile-unknown"


class ContactUnknown(NotFound):
    """The account has not left any contact points."""

    code = "contact-unknown"


class ContactInProfile(StateConflict):
    """A seeker's contact points belong to the profile."""

    code = "contact-in-profile"


class AccountLinked(StateConflict):
    """The profile belongs to another account already."""

    code = "account-linked"


class NoAccount(NotFound):
    """No account is linked to the profile just now."""

    code = "no-account"


class InvitationUnknown(NotFound):
    """No account is invited to the profile just now."""

    code = "invitation-unknown"


class AlreadyAssigned(AlreadyExists):
    """This counsellor accompanies the person already."""

    code = "already-assigned"


class CounsellorRefused(Refused):
    """The account is known not to accompany anybody there; ``errors`` name the field."""

    code = "counsellor-refused"


class TooManyCounsellors(StateConflict):
    """As many accompany the person as may: each of them reads all of it, and is told of all that happens."""

    code = "too-many-counsellors"

    @classmethod
    def of(cls, most: int) -> "TooManyCounsellors":
        """``most``: how many may."""
        sentence = f"{most} personnes au plus en accompagnent une autre : retirez d'abord qui ne l'accompagne plus."
        return cls(sentence, limit=most, allowed=["remove"])


class NotAssigned(NotFound):
    """This counsellor does not accompany the person."""

    code = "not-assigned"


class DisclosureRefused(Refused):
    """What was agreed to cannot be shown so; ``errors`` name every field."""

    code = "disclosure-refused"


class DisclosureUnknown(NotFound):
    """No such disclosure, none to the caller, or one that shows nothing (any more): one answer for all."""

    code = "disclosure-unknown"


class TooManyDisclosures(LimitReached):
    """More agreements in a day than anybody needs."""

    code = "too-many-disclosures"


class StaffUnknown(NotFound):
    """The account does not work here by an invitation."""

    code = "staff-unknown"


class NoSuchRole(Refused):
    """Nobody is invited to this role."""

    code = "role-not-invitable"


class CvNotMade(Unavailable):
    """The typesetter did not come to an end in its time."""

    code = "cv-not-made"


class CvRefused(Refused):
    """A file that may not be kept; ``errors`` name the field and the rule."""

    code = "cv-refused"


class CvUnknown(NotFound):
    """The person has no CV as a file."""

    code = "cv-unknown"


class PoolRefused(Refused):
    """What was asked of the pool cannot be; ``errors`` name the fields."""

    code = "pool-refused"


class PoolUnknown(NotFound):
    """Nobody of the pool, or nothing that the caller may know of."""

    code = "pool-unknown"


class PoolLimit(LimitReached):
    """More of the pool in a day than filling a post needs."""

    code = "pool-limit"


class ExportRunning(AlreadyExists):
    """One export of a person at a time; ``export_id`` is the one that is being made."""

    code = "export-running"


class ExportNotReady(StateConflict):
    """There is nothing to fetch yet, or not any more; ``missing`` names the services that have not answered."""

    code = "export-not-ready"


class ExportUnknown(NotFound):
    """No such export, or none that the caller asked for."""

    code = "export-unknown"


class ExportRefused(Refused):
    """An export that may not be asked so; ``errors`` name the fields."""

    code = "export-refused"


class TooManyExports(LimitReached):
    """More exports in a day than anybody needs."""

    code = "too-many-exports"


class ErasureUnknown(NotFound):
    """No proof of an erasure under this address."""

    code = "erasure-unknown"


class TransferRefused(Refused):
    """A file cannot go there; ``errors`` name the fields."""

    code = "transfer-refused"


class TransferUnknown(NotFound):
    """Nobody asks for this, or it is none of the caller's business."""

    code = "transfer-unknown"


class ConsentUnknown(NotFound):
    """No such agreement, or none that is taken back here."""

    code = "consent-unknown"


class PostponementRefused(Refused):
    """More time that cannot be given; ``errors`` name the field."""

    code = "postponement-refused"


class GuardianConsentRefused(Refused):
    """A guardian's consent that cannot be recorded so; ``errors`` name every field."""

    code = "guardian-consent-refused"


class GuardianConsentUnknown(NotFound):
    """No such consent of this person."""

    code = "guardian-consent-unknown"


class ProfileWithheld(StateConflict):
    """The person's age asks for something first: ``detail`` says what. Nothing is shown or sent to employers until then."""

    code = "profile-withheld"


class StatusRefused(Refused):
    """A status that cannot be recorded so; ``errors`` name every field."""

    code = "status-refused"


class StatusUnknown(NotFound):
    """No such record of this person."""

    code = "status-unknown"


class StatusStands(AlreadyExists):
    """A record of this category stands already: correct it or end it."""

    code = "status-stands"


class RsaListRefused(Refused):
    """A list of which nothing is taken; ``errors`` name the field and the rule."""

    code = "rsa-list-refused"


class RsaListOutdated(StateConflict):
    """A list of a later day was imported before."""

    code = "rsa-list-outdated"


class RsaListEndsMost(StateConflict):
    """More people would leave with it than stay, and nobody has said that this is meant."""

    code = "rsa-list-ends-most"


class RsaPersonUnknown(NotFound):
    """Nobody of the list, or nobody that the caller may know of."""

    code = "rsa-person-unknown"
