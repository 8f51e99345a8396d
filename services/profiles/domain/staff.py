"""Who works for a département: accounts that accepted an invitation to a role, and whether their identity provider knows."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from services.profiles.domain.errors import NoSuchRole
from shared.auth import Role
from shared.contracts.events.profiles import MOST_LEFT_FACILITATORS, StaffState
from shared.domain import Entity
from shared.errors import AlreadyExists, refused_field
from shared.invitations import Invitation, Members
from shared.kept_enum import StoredEnum

STAFF_UPDATED = "staff-updated.v1"
INVITABLE = (Role.COUNSELLOR, Role.MANAGER, Role.FACILITATOR)
"""Operators work for no département: whoever runs the identity provider makes them there."""


_ACCOMPANY = frozenset({Role.COUNSELLOR, Role.MANAGER})
_MOST_LEFT = 5_000


class GrantState(StoredEnum):
    """What the identity provider knows of a role. Only its tokens give it."""

    PENDING = "pending"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWING = "withdrawing"


class Grant(Entity):
    """A role that an account accepted; ``reason`` says in a code why the identity provider was not told."""

    user_id: str
    role: Role
    by: str
    accepted_at: datetime
    state: GrantState = GrantState.PENDING
    reason: str = ""

    def __hash__(self) -> int:
        return hash((self.user_id, self.role))


class Staff(Members):
    """The staff of one territory (``id``), as far as it came by invitations. ``left``: who accompanied people by a role that was
    taken back.
    """

    grants: tuple[Grant, ...] = ()
    left: tuple[str, ...] = ()
    left_facilitators: tuple[str, ...] = ()
    """Whose role on the desk of social clauses was taken back: clauses tells them of no contract any more."""

    most_users: ClassVar[int] = 1_000

    def accompanies(self, user: str) -> bool | None:
        """Whether the account accompanies people here by a role that stands; None for one that nobody invited."""
        roles = {one.role for one in self._standing() if one.user_id == user}
        if roles & _ACCOMPANY:
            return True
        gone = user in self.left or any(
            one.user_id == user and one.state is GrantState.WITHDRAWING for one in self.grants
        )
        return False if gone else None

    def with_role(self, role: Role) -> tuple[str, ...]:
        """Accounts whose role here stands."""
        return tuple(dict.fromkeys(one.user_id for one in self._standing() if one.role is role))

    def check_new(self, user: str, invitation: Invitation) -> None:
        """Somebody may have several roles, each once.

        Raises:
            AlreadyExists: they have this one, or are to have it.
        """
        if any(one.user_id == user and one.role == invitation.role for one in self._standing()):
            raise AlreadyExists("Ce compte a déjà ce rôle.", id=self.id)

    def join(self, invitation_id: str, user: str, email: str | None, now: datetime) -> Invitation:
        """The account accepts a role; its identity provider is to be told."""
        taken = super().join(invitation_id, user, email, now)
        others = tuple(one for one in self.grants if (one.user_id, one.role) != (user, taken.role))
        self.grants = (*others, Grant(user_id=user, role=Role(str(taken.role)), by=taken.by, accepted_at=now))
        self.left = tuple(one for one in self.left if one != user)
        if taken.role == Role.FACILITATOR and user in self.left_facilitators:
            self.left_facilitators = tuple(one for one in self.left_facilitators if one != user)
            self.record(STAFF_UPDATED, now)
        return taken

    def event_data(self, event_type: str) -> BaseModel:
        if event_type != STAFF_UPDATED:
            return super().event_data(event_type)
        return StaffState(territory=self.territory, left_facilitators=self.left_facilitators)

    def remove_user(self, user: str, now: datetime) -> None:
        """Every role of theirs that the provider may know is taken back. One that it refused was never given: what the
        account has there, it has from somebody else.
        """
        super().remove_user(user, now)
        had = {one.role for one in self.grants if one.user_id == user and one.state is not GrantState.REFUSED}
        if Role.FACILITATOR in had:
            others = (one for one in self.left_facilitators if one != user)
            self.left_facilitators = (*others, user)[-MOST_LEFT_FACILITATORS:]
            self.record(STAFF_UPDATED, now)
        if had & _ACCOMPANY:
            self.left = (*(one for one in self.left if one != user), user)[-_MOST_LEFT:]
        known = (one for one in self.grants if one.user_id != user or one.state is not GrantState.REFUSED)
        self.grants = tuple(
            one.model_copy(update={"state": GrantState.WITHDRAWING}) if one.user_id == user else one for one in known
        )

    def due(self) -> tuple[Grant, ...]:
        """What the identity provider is to be told."""
        return tuple(one for one in self.grants if one.state in (GrantState.PENDING, GrantState.WITHDRAWING))

    def told(self, grant: Grant, state: GrantState | None, reason: str, now: datetime) -> bool:
        """What became of it; None: the role is gone. False when it was changed meanwhile and must be looked at again."""
        if grant not in self.grants:
            return False
        changed = () if state is None else (grant.model_copy(update={"state": state, "reason": reason}),)
        if changed == (grant,):
            return False
        self.grants = (*(one for one in self.grants if one != grant), *changed)
        self.touch(now)
        return True

    def _standing(self) -> tuple[Grant, ...]:
        """Roles that the account has or is to have; after a refusal it may be invited again."""
        over = (GrantState.WITHDRAWING, GrantState.REFUSED)
        return tuple(one for one in self.grants if one.state not in over)


def check_role(role: Role) -> None:
    """Raises NoSuchRole for a role that nobody is invited to."""
    if role not in INVITABLE:
        message = f"On n'invite qu'à ces rôles : {', '.join(INVITABLE)}."
        raise refused_field(NoSuchRole, "role", "not-invitable", message)
