"""What an application shows of a person to one employer: agreed to beforehand, with a receipt, until the application ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, Field

from services.profiles.domain.consent import ContactPoint as ContactPoint
from services.profiles.domain.consent import Heard as Heard
from services.profiles.domain.consent import unheard
from services.profiles.domain.errors import DisclosureRefused
from services.profiles.domain.profile import Profile
from services.profiles.domain.resume import Layout
from shared.auth import Role
from shared.contracts.vocabulary import EMPLOYER_READS_NO_MORE, ApplicationStatus
from shared.domain import Aggregate, Entity
from shared.errors import FieldError, Refused, refused, refused_field
from shared.kept_enum import StoredEnum
from shared.types import Identifier

PURPOSE = "application"
"""What it is for; another purpose (a pool of CVs, a newsletter) would need an agreement of its own."""

TEXT_VERSION = "2026-11-28.2"
TEXTS = {
    "2026-11": (
        "J'accepte que mon prénom, mon nom et les moyens de me joindre cochés soient montrés aux personnes qui "
        "recrutent pour cette entreprise, pour cette candidature seulement. Elles ne voient plus rien dès que je "
        "retire ma candidature ou cet accord, ou qu'elle est refusée. Chaque lecture est notée, et je peux voir "
        "lesquelles ont eu lieu."
    ),
    "2026-11-28": (
        "J'accepte que mon prénom, mon nom, les moyens de me joindre cochés et le CV choisi soient montrés aux personnes "
        "qui recrutent pour cette entreprise, pour cette candidature seulement. Un CV fait à partir de mon profil montre "
        "aussi ma commune ; de mes coordonnées, il ne montre que ce qui est coché, jamais mon adresse. Un CV envoyé en "
        "fichier est remis tel quel : il montre tout ce qui y est écrit, même ce qui n'est pas coché. Elles ne voient "
        "plus rien dès que je retire ma candidature ou cet accord, ou qu'elle est refusée ; un CV qu'elles ont déjà "
        "enregistré leur reste. Chaque lecture est notée, et je peux voir lesquelles ont eu lieu."
    ),
    "2026-11-28.2": (
        "J'accepte que mon prénom, mon nom, les moyens de me joindre cochés et le CV choisi soient montrés aux personnes "
        "qui recrutent pour cette entreprise, pour cette candidature seulement. Un CV fait à partir de mon profil montre "
        "aussi ma commune ; de mes coordonnées, il ne montre que ce qui est coché, jamais mon adresse. Un CV envoyé en "
        "fichier est remis tel quel : il montre tout ce qui y est écrit, même ce qui n'est pas coché. Elles ne voient "
        "plus rien dès que je retire ma candidature ou cet accord, ou qu'elle est refusée, et si elles m'embauchent, au "
        "bout de 60 jours ; un CV qu'elles ont déjà enregistré leur reste. Chaque lecture est notée, et je peux voir "
        "lesquelles ont eu lieu."
    ),
}
"""Every wording that was ever agreed to: a receipt names its version. A new one is added, none is changed."""
SHOWN_AFTER_HIRE = timedelta(days=60)
"""From the day on that the hire was recorded: the two have to meet, and to write a contract. From then on the employer knows
of its employee what the contract says, and has no use for what an applicant showed. Said in the text (domain rule of ours)."""
_WITHOUT_CV = frozenset({"2026-11"})
"""Wordings that speak of no CV: who agreed to one of them shows none."""


class State(StrEnum):
    """``waiting``: no application carries it yet; ``held``: one does that shows nothing as long as it stands so (an
    invitation that is not accepted, a missed answer); ``ended``: the application is over; ``revoked``: taken back.
    """

    WAITING = "waiting"
    HELD = "held"
    SHOWN = "shown"
    ENDED = "ended"
    REVOKED = "revoked"


class CvKind(StoredEnum):
    """Which CV goes with an application: ``made`` from the profile, or the ``file`` that was sent."""

    NONE = "none"
    MADE = "made"
    FILE = "file"


class CvChoice(Entity):
    """The CV that goes with an application."""

    kind: CvKind = CvKind.NONE
    layout: Layout | None = Field(default=None, description="Of the one that is made; absent: `classic`")
    file_id: Identifier | None = Field(default=None, description="Of the file that was sent: it, and no later one")

    def settled(self) -> "CvChoice":
        """As it is kept: with the layout that it has when none is said."""
        if self.kind is CvKind.MADE and self.layout is None:
            return self.model_copy(update={"layout": Layout.CLASSIC})
        return self


NO_CV = CvChoice()


class Matter(StoredEnum):
    """What of a disclosure was read: ``person`` is the name and the contact points."""

    PERSON = "person"
    CV = "cv"


# An invitation shows nothing before it is accepted, and a missed answer nothing until the employer takes it up.
_SHOWN = frozenset(
    {
        ApplicationStatus.SUBMITTED,
        ApplicationStatus.SEEN,
        ApplicationStatus.INTERVIEW,
        ApplicationStatus.PROPOSED,
        ApplicationStatus.POSTPONED,
    }
)


@dataclass(frozen=True)
class Carrier:
    """An application that carries a disclosure, as its owner told; ``status`` is None where this release does not know it."""

    application_id: str
    profile_id: str
    company_id: str
    offer_id: str
    status: ApplicationStatus | None
    hired_at: datetime | None = None

    def shows(self, since: datetime, now: datetime) -> bool:
        """Whether it shows what it carries. ``since``: when that was agreed to; a hire whose day is not known counts from it."""
        if self.status is ApplicationStatus.HIRED:
            return now < (self.hired_at or since) + SHOWN_AFTER_HIRE
        return self.status in _SHOWN


class Relay(Entity):
    """Who accompanies the person and lets employers reach them in their place."""

    first_name: str | None = None
    email: str | None = None
    phone: str | None = None


class Reading(BaseModel):
    """That an employer's user read what was disclosed, on one day."""

    id: str
    disclosure_id: str
    company_id: str
    offer_id: str
    reader_id: str = Field(description="Account of the employer's user")
    what: Matter = Field(default=Matter.PERSON, description="`person`: name and contact points; `cv`: the chosen CV")
    first_at: datetime
    last_at: datetime
    times: int


class Disclosure(Aggregate):
    """The receipt of an agreement: what, to which employer, for which offer, in which words, said by whom and when.

    It holds no name, no contact point and no CV: those are read from the profile when they are shown, so that what was mended
    is shown mended and what was erased is gone. ``acted_by`` agreed, for ``on_behalf_of`` where it was not the person.
    """

    profile_id: str
    company_id: str
    offer_id: str
    purpose: str = PURPOSE
    contacts: tuple[ContactPoint, ...] = ()
    cv: CvChoice = NO_CV
    text_version: str
    acted_by: str
    role: Role
    on_behalf_of: str | None = None
    heard: Heard | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def revoke(self, by: str, now: datetime) -> bool:
        """Nobody reads by it any more. False when that was so already."""
        if self.revoked_at is not None:
            return False
        self.revoked_at, self.revoked_by = now, by
        self.touch(now)
        return True

    def cv_now(self, kept_file: str | None) -> CvChoice:
        """The CV that it shows while there is the file ``kept_file``: the one that was agreed to, never one in its place."""
        if self.text_version in _WITHOUT_CV or (self.cv.kind is CvKind.FILE and self.cv.file_id != kept_file):
            return NO_CV
        return self.cv

    def carried_by(self, carriers: Iterable[Carrier]) -> list[Carrier]:
        """The applications that it was given for: of this person, to this offer of this employer, and no others."""
        mine = (self.profile_id, self.company_id, self.offer_id)
        return [one for one in carriers if (one.profile_id, one.company_id, one.offer_id) == mine]

    def state(self, carriers: Iterable[Carrier], now: datetime) -> State:
        """Whether it shows anything. One application that is over ends it (a hire, after its days): applying again asks again."""
        if self.revoked_at is not None:
            return State.REVOKED
        found = self.carried_by(carriers)
        if any(one.status in EMPLOYER_READS_NO_MORE for one in found):
            return State.ENDED
        if any(one.shows(self.created_at, now) for one in found):
            return State.SHOWN
        if any(one.status is ApplicationStatus.HIRED for one in found):
            return State.ENDED
        return State.HELD if found else State.WAITING


def check(
    profile: Profile,
    relay: Relay | None,
    contacts: tuple[ContactPoint, ...],
    text_version: str,
    role: Role,
    heard: Heard | None,
    *,
    cv: CvChoice = NO_CV,
    kept_file: str | None = None,
    current: str = TEXT_VERSION,
    kind: type[Refused] = DisclosureRefused,
) -> None:
    """What was agreed to can be shown, in the words that are shown now, and who acts for somebody says how they heard it.

    ``kept_file``: id of the file that the person has as a CV.

    Raises:
        DisclosureRefused, or ``kind``: naming every field.
    """
    if text_version != current:
        raise refused_field(
            kind,
            "text_version",
            "text-changed",
            "Ce texte a changé : montrez-le de nouveau avant l'accord.",
        )
    errors = [
        FieldError(f"contacts.{index}", "nothing-to-show", _MISSING[point])
        for index, point in enumerate(contacts)
        if not _known(profile, relay, point)
    ]
    errors += _cv_errors(cv, kept_file)
    if role is not Role.SEEKER and heard is None:
        errors.append(unheard("a donné son accord"))
    if errors:
        raise refused(kind, errors)


_MISSING = {
    ContactPoint.EMAIL: "Le profil n'a pas d'adresse e-mail.",
    ContactPoint.PHONE: "Le profil n'a pas de numéro de téléphone.",
    ContactPoint.COUNSELLOR: (
        "Aucune personne qui accompagne ce profil n'a ouvert ses coordonnées aux employeurs : elle peut le faire "
        "dans les siennes."
    ),
}


def _cv_errors(cv: CvChoice, kept_file: str | None) -> Iterator[FieldError]:
    if cv.layout is not None and cv.kind is not CvKind.MADE:
        yield FieldError("cv.layout", "not-of-this-kind", "Seul un CV fait à partir du profil a une mise en page.")
    if cv.kind is not CvKind.FILE:
        if cv.file_id is not None:
            yield FieldError("cv.file_id", "not-of-this-kind", "Seul un CV envoyé en fichier est choisi par son id.")
    elif cv.file_id is None:
        yield FieldError("cv.file_id", "required", "Dites de quel fichier il s'agit : son id.")
    elif cv.file_id != kept_file:
        # The same for another person's and for none: an id tells nobody whether there is such a file.
        yield FieldError("cv.file_id", "nothing-to-show", "Ce profil n'a pas ce fichier comme CV.")


def _known(profile: Profile, relay: Relay | None, point: ContactPoint) -> bool:
    if point is ContactPoint.COUNSELLOR:
        return relay is not None
    return bool(profile.details.email if point is ContactPoint.EMAIL else profile.details.phone)
