"""Settings of the services that people are invited to join."""

from pydantic import Field, field_validator

from shared.settings import Settings


class InvitingSettings(Settings):
    """What links are signed with, and where they lead."""

    link_secret: str = Field(
        default="", description="Signs the links in messages; empty: one is made and kept in the database"
    )
    invitation_page: str = Field(
        default="",
        max_length=500,
        description="Front end's page that answers invitations, before the link's token; empty: the API's own address",
    )

    @field_validator("link_secret")
    @classmethod
    def _secret(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("it signs the links in messages and needs 32 characters or more")
        return value

    @property
    def links(self) -> dict[str, str]:
        """The page that mailed invitations lead to, where there is one."""
        return {"BASSIN_INVITATION_PAGE": self.invitation_page} if self.invitation_page else {}
