"""The consent of who has parental authority, for people from sixteen to eighteen: a dated receipt of who gave it and how."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from services.profiles.domain.consent import Heard
from services.profiles.domain.errors import GuardianConsentRefused
from services.profiles.domain.journal import Actor
from services.profiles.domain.profile import Profile
from shared.ages import Standing, standing_on
from shared.domain import Aggregate, Entity
from shared.errors import FieldError, refused, refused_field
from shared.kept_enum import StoredEnum
from shared.types import CivilDate, Name

TEXT_VERSION = "2026-11"
TEXTS = {
    "2026-11": (
        "J'ai l'autorité parentale sur cette personne, qui a 16 ou 17 ans. J'accepte qu'elle soit inscrite sur la plateforme "
        "emploi du département, que des offres lui soient proposées et qu'elle y réponde. Je peux revenir sur cet accord à tout "
        "moment, auprès d'un conseiller : plus rien n'est alors proposé ni envoyé. Il prend fin à ses 18 ans."
    )
}
"""Every wording that was ever agreed to: a receipt names its version. A new one is added, none is changed."""


class Guardian(StoredEnum):
    """Who has parental authority (code civil, articles 371-1, 390 and 411; ``child_welfare``: the département's own service)."""

    PARENT = "parent"
    LEGAL_GUARDIAN = "legal_guardian"
    CHILD_WELFARE = "child_welfare"


class GuardianConsentGiven(Entity):
    """As a counsellor or manager heard it."""

    given_by: Guardian
    name: Annotated[str, Name(200)] = Field(description="Of who gave it")
    given_on: CivilDate
    heard: Heard
    text_version: str = Field(max_length=20, description="Of the words that were read to them")


class GuardianConsent(Aggregate):
    """The receipt. It stands until it is taken back or the person comes of age; erased with the person."""

    profile_id: str
    given_by: Guardian
    name: str
    given_on: date
    heard: Heard
    text_version: str
    recorded_by: str
    role: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    @classmethod
    def heard_from(
        cls, id: str, profile: Profile, given: GuardianConsentGiven, actor: Actor, today: date, now: datetime
    ) -> Self:
        """What a guardian said of somebody who is sixteen or seventeen today.

        Raises:
            GuardianConsentRefused: naming what cannot be: an age that asks for none or is not known, a day that has not come or
                is before the sixteenth year, other words than those of now.
        """
        born = profile.details.birth_date
        if born is None or standing_on(today, born) is not Standing.MINOR:
            rule = "required" if born is None else "not-a-minor"
            message = (
                "Indiquez d'abord la date de naissance de la personne."
                if born is None
                else "Cet accord se recueille pour une personne de 16 ou 17 ans."
            )
            raise refused_field(GuardianConsentRefused, "birth_date", rule, message)
        errors = []
        if given.given_on > today:
            errors.append(FieldError("given_on", "in-the-future", "Cet accord n'est pas encore donné."))
        elif standing_on(given.given_on, born) is Standing.UNDER_16:
            message = "Un accord donné avant les 16 ans ne vaut pas : recueillez-le de nouveau."
            errors.append(FieldError("given_on", "too-early", message))
        if given.text_version != TEXT_VERSION:
            errors.append(FieldError("text_version", "changed", "Le texte a changé : relisez-le à la personne."))
        if errors:
            raise refused(GuardianConsentRefused, errors)
        made = cls(
            id=id,
            territory=profile.territory,
            created_at=now,
            updated_at=now,
            profile_id=profile.id,
            **dict(given),
            recorded_by=actor.user_id,
            role=actor.role,
        )
        made.touch(now)
        return made

    def revoke(self, by: str, now: datetime) -> bool:
        """Taken back; False when it was before."""
        if self.revoked_at is not None:
            return False
        self.revoked_at, self.revoked_by = now, by
        self.touch(now)
        return True
