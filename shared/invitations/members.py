"""Who acts for something, and the open invitations to it. Nobody acts who has not accepted to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field, PrivateAttr

from shared.domain import Aggregate, Entity
from shared.errors import AlreadyExists, LimitReached, NotFound
from shared.invitations.links import LinkRefused
from shared.types import Line

MOST_USERS = 50
MOST_INVITATIONS = 20
"""Open at once: who needs more has links lying about."""


class TooManyUsers(LimitReached):
    """More users or open invitations than there may be."""

    code = "too-many-users"


class Invitation(Entity):
    """A link that lets one account join; it works once.

    ``user_id``: only this account may accept; ``email``: only one with this verified address. ``role`` is what the accepting
    account becomes, where there is a choice. ``label`` is the inviter's own note. ``not_for``: who was removed while it was
    open, and perhaps has the address that it names.
    """

    id: str
    by: str
    label: Annotated[str, Line(100, blank=True)] = ""
    user_id: str | None = None
    email: str | None = Field(default=None, max_length=254, repr=False)
    role: str | None = None
    told: bool = False
    created_at: datetime
    expires_at: datetime
    not_for: tuple[str, ...] = ()

    def is_for(self, user: str, email: str | None) -> bool:
        """Whether this account, with this verified address, is the one that is meant."""
        meant = self.user_id in (None, user) and (self.email is None or self.email == email)
        return meant and user not in self.not_for


class Members(Aggregate):
    """Something that accounts act for. ``users`` are who began it, and who accepted an invitation to it."""

    users: tuple[str, ...] = ()
    invitations: tuple[Invitation, ...] = ()

    most_users: ClassVar[int] = MOST_USERS

    _gone: list[Invitation] = PrivateAttr(default_factory=list)

    @property
    def gone(self) -> tuple[Invitation, ...]:
        """Invitations that were used, taken back or found to be too old since this was read."""
        return tuple(self._gone)

    def check_open(self) -> None:
        """Raises a refusal when nobody may be invited or join just now."""

    def check_acts(self, user: str | None) -> None:
        """Raises NotFound for somebody who acts here no more; None is staff, who need not."""
        if user is not None and user not in self.users:
            raise NotFound("Vous n'agissez plus ici.", id=self.id)

    def check_new(self, user: str, invitation: Invitation) -> None:
        """Raises AlreadyExists when the account has what the invitation would give."""
        if user in self.users:
            raise AlreadyExists("Ce compte agit déjà ici.", id=self.id)

    def invite(self, invitation: Invitation, now: datetime) -> None:
        """Offer a place among the users; nobody is a user before they accept.

        Raises:
            TooManyUsers: too many links are open.
        """
        self.check_open()
        self.drop_expired(now)
        if len(self.invitations) >= MOST_INVITATIONS:
            found = len(self.invitations)
            raise TooManyUsers(f"{found} invitations sont déjà ouvertes : retirez-en une.", limit=MOST_INVITATIONS)
        self.invitations += (invitation,)
        self.touch(now)

    def open_invitations(self, now: datetime) -> tuple[Invitation, ...]:
        """Invitations that may still be accepted."""
        return tuple(one for one in self.invitations if one.expires_at > now)

    def revoke(self, invitation_id: str, now: datetime) -> None:
        """Take an invitation back. Raises NotFound when it is not open."""
        if invitation_id not in {one.id for one in self.open_invitations(now)}:
            raise NotFound("Cette invitation n'est pas ouverte.", id=invitation_id)
        self._keep(one for one in self.open_invitations(now) if one.id != invitation_id)
        self.touch(now)

    def invited(self, invitation_id: str, user: str, email: str | None, now: datetime) -> Invitation:
        """The invitation that this account may accept.

        Raises:
            LinkRefused: used, taken back, too old or somebody else's: one answer for all.
        """
        found = next((one for one in self.open_invitations(now) if one.id == invitation_id), None)
        if found is None or not found.is_for(user, email):
            raise LinkRefused("Cette invitation n'est plus valable.")
        self.check_open()
        return found

    def join(self, invitation_id: str, user: str, email: str | None, now: datetime) -> Invitation:
        """The account accepts an invitation, which is used up by it.

        Raises:
            LinkRefused: as ``invited``.
            AlreadyExists: it acts here already.
            TooManyUsers: there are as many as there may be.
        """
        taken = self.invited(invitation_id, user, email, now)
        self.check_new(user, taken)
        if user not in self.users:
            if len(self.users) >= self.most_users:
                raise TooManyUsers("Le nombre maximal d'utilisateurs est atteint.", limit=self.most_users)
            self.users += (user,)
        self._keep(one for one in self.open_invitations(now) if one.id != taken.id)
        # Other links to this address are this account's: they go with it when it is removed.
        self.invitations = tuple(
            one.model_copy(update={"user_id": user}) if one.email and one.is_for(user, email) else one
            for one in self.invitations
        )
        self.touch(now)
        return taken

    def remove_user(self, user: str, now: datetime) -> None:
        """Raises NotFound for a stranger."""
        if user not in self.users:
            raise NotFound("Cette personne n'agit pas ici.", user_id=user)
        self.users = tuple(one for one in self.users if one != user)
        # Links that they made, or that are open to them, would let them back in.
        self._keep(one for one in self.open_invitations(now) if user not in (one.by, one.user_id))
        # Whose address the others name is not known before somebody comes with it.
        self.invitations = tuple(
            one.model_copy(update={"not_for": (*one.not_for, user)}) if one.user_id is None else one
            for one in self.invitations
        )
        self.touch(now)

    def drop_expired(self, now: datetime) -> bool:
        """Forget invitations that are too old, and with them whom they were for; whether there were any."""
        before = len(self.invitations)
        self._keep(self.open_invitations(now))
        return len(self.invitations) < before

    def drop_invitations(self) -> None:
        """Nobody may come any more."""
        self._keep(())

    def mark_saved(self) -> None:
        super().mark_saved()
        self._gone.clear()

    def _keep(self, kept: Iterable[Invitation]) -> None:
        left = tuple(kept)
        ids = {one.id for one in left}
        self._gone += [one for one in self.invitations if one.id not in ids]
        self.invitations = left
