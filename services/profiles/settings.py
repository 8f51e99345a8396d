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
    export_job_seconds: float = Field(
        default=5.0, gt=0, le=3_600, description="How often exports that everybody has answered are made"
    )

    @property
    def links(self) -> dict[str, str]:
        """Invitations lead here."""
        return {"BASSIN_PROFILES_PUBLIC_URL": self.profiles_public_url, **super().links}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.identity_realm and not self.identity_secret:
            raise ValueError("BASSIN_IDENTITY_SECRET is needed with BASSIN_IDENTITY_REALM")
        return self
