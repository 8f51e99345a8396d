"""Settings of the profiles service, read from ``BASSIN_*`` variables."""

from typing import Self

from pydantic import Field, model_validator

from services.profiles.domain.pool import Share
from shared.invitations.settings import InvitingSettings


class ProfilesSettings(InvitingSettings):
    """Where people reach it, the identity provider that is told of accepted roles, and the rights of people."""

    profiles_public_url: str = Field(
        default="http://localhost:8002", description="Where people reach the profiles service"
    )
    identity_realm: str = Field(
        default="",
        pattern=r"^(|https?://\S+/realms/[^/\s]+/?)$",
        description="Keycloak's realm that gives accepted roles, …/realms/bassin; empty: operators give them by hand",
    )
    identity_client: str = Field(
        default="bassin-services", description="The realm's client that may manage users; see deploy/identity"
    )
    identity_secret: str = Field(default="", description="Secret of that client")
    staff_job_seconds: float = Field(
        default=5.0, gt=0, le=3_600, description="How often the identity provider is told of accepted roles"
    )

    export_patience_minutes: float = Field(
        default=60.0, gt=0, le=10_080, description="After how long an export names the services that have not answered"
    )
    inactive_warn_months: int = Field(
        default=23, ge=1, le=120, description="After how many months without an act somebody is warned"
    )
    inactive_erase_months: int = Field(
        default=24, ge=2, le=121, description="After how many months without an act somebody who was warned is erased"
    )
    inactivity_job_minutes: float = Field(
        default=60.0, gt=0, le=1_440, description="How often people of whom nothing is heard are looked at"
    )
    export_job_seconds: float = Field(
        default=5.0, gt=0, le=3_600, description="How often exports that everybody has answered are made"
    )

    pool_account_searches_a_day: int = Field(
        default=100, ge=1, le=10_000, description="Searches of the pool of CVs that one account makes in a day"
    )
    pool_account_people_a_day: int = Field(
        default=200, ge=1, le=10_000, description="People of the pool that one account is shown in a day"
    )
    pool_account_questions_a_day: int = Field(
        default=20, ge=1, le=1_000, description="People of the pool whom one account asks in a day"
    )
    pool_company_searches_a_day: int = Field(
        default=300, ge=1, le=10_000, description="Searches that all accounts of one employer make in a day"
    )
    pool_company_people_a_day: int = Field(
        default=600, ge=1, le=10_000, description="People that all accounts of one employer are shown in a day"
    )
    pool_company_questions_a_day: int = Field(
        default=60, ge=1, le=1_000, description="People whom all accounts of one employer ask in a day"
    )

    @property
    def pool_account(self) -> Share:
        """A day of one account, whichever employers it acts for."""
        return Share(
            self.pool_account_searches_a_day, self.pool_account_people_a_day, self.pool_account_questions_a_day
        )

    @property
    def pool_company(self) -> Share:
        """A day of one employer, however many accounts it has."""
        return Share(
            self.pool_company_searches_a_day, self.pool_company_people_a_day, self.pool_company_questions_a_day
        )

    @property
    def links(self) -> dict[str, str]:
        """Invitations lead here."""
        return {"BASSIN_PROFILES_PUBLIC_URL": self.profiles_public_url, **super().links}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.inactive_warn_months >= self.inactive_erase_months:
            raise ValueError("BASSIN_INACTIVE_WARN_MONTHS must be less than BASSIN_INACTIVE_ERASE_MONTHS")
        if self.identity_realm and not self.identity_secret:
            raise ValueError("BASSIN_IDENTITY_SECRET is needed with BASSIN_IDENTITY_REALM")
        return self
