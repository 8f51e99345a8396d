"""Settings of the profiles service, read from ``BASSIN_*`` variables."""

from typing import Self

from pydantic import Field, model_validator

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
