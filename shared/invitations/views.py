"""What invitations take and answer, the same in every service."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.domain import Entity
from shared.invitations.members import Invitation
from shared.types import Email, Identifier, Line

EXAMPLES = {"address": {"value": {"email": "nadia@scierie.example", "label": "Nadia, comptabilité"}}}


class InvitationInput(Entity):
    """Somebody who is to act here too: the account that is meant, or the address that theirs must have."""

    label: Annotated[str, Line(100, blank=True)] = Field(default="", description="The inviter's own note")
    user_id: Identifier | None = Field(default=None, description="Only this account may accept")
    email: Email | None = Field(default=None, description="Only an account with this verified address may accept")

    @model_validator(mode="after")
    def _bound(self) -> Self:
        if self.user_id is None and self.email is None:
            raise PydanticCustomError("required", "Dites qui est invité : son adresse e-mail ou son compte.")
        return self


class InvitationView(BaseModel):
    """An open invitation. Whether the account that it is meant for exists is not known here; an address is not shown again."""

    id: str
    by: str
    label: str
    user_id: str | None
    role: str | None = None
    created_at: datetime
    expires_at: datetime
    link: str = Field(description="Works once, for whom it is meant; may be passed on by the inviter as well")

    @classmethod
    def of(cls, invitation: Invitation, link: str) -> Self:
        """With its link."""
        return cls(**invitation.model_dump(include=set(cls.model_fields) - {"link"}), link=link)


class Invitations(BaseModel):
    """Open invitations."""

    items: list[InvitationView]

    @classmethod
    def of(cls, found: Iterable[tuple[Invitation, str]]) -> Self:
        """With their links."""
        return cls(items=[InvitationView.of(one, link) for one, link in found])


class Members(BaseModel):
    """Who acts here: ids of accounts."""

    users: tuple[str, ...]


class Invited(BaseModel):
    """What an invitation is for, to whom may accept it."""

    id: str = Field(description="Of what the account would act for")
    place: str
    role: str | None = None
    expires_at: datetime
