"""The caller: one account, its roles and the territories it works for."""

from dataclasses import dataclass, field

from shared.errors import Forbidden
from shared.kept_enum import StoredEnum


class Role(StoredEnum):
    """Roles in tokens; what each may do is in the README of each service."""

    SEEKER = "seeker"
    EMPLOYER = "employer"
    COUNSELLOR = "counsellor"
    MANAGER = "manager"
    FACILITATOR = "facilitator"
    CONTRACTING_AUTHORITY = "contracting_authority"
    CONTRACTOR = "contractor"
    PARTNER = "partner"
    OPERATOR = "operator"


# These work for a département and see only the territories that their token names.
STAFF = frozenset({Role.COUNSELLOR, Role.MANAGER, Role.FACILITATOR, Role.OPERATOR})


@dataclass(frozen=True)
class Principal:
    """A verified caller.

    ``organisation`` is the name of a partner's feed, where its token names one: what somebody may do for a company, a
    contractor or an authority is decided by membership. ``email`` is an address that the identity provider has verified;
    invitations are bound to it. ``ends_at``: seconds since 1970 after which the token says nothing any more; what answers for
    longer than a request asks for another one then.
    """

    subject: str
    roles: frozenset[Role] = frozenset()
    territories: frozenset[str] = field(default_factory=frozenset)
    organisation: str | None = None
    email: str | None = field(default=None, repr=False)
    ends_at: float | None = field(default=None, repr=False, compare=False)

    def has(self, *roles: Role) -> bool:
        """Whether the caller has one of ``roles``."""
        return not self.roles.isdisjoint(roles)

    def may_see(self, territory: str) -> bool:
        """Whether the caller works for ``territory``. Seekers and employers belong to none: their own things decide."""
        return territory in self.territories

    def is_staff_of(self, territory: str, *roles: Role) -> bool:
        """Whether the caller has one of ``roles`` for this territory."""
        return self.has(*roles) and self.may_see(territory)

    def require_territory(self, territory: str) -> None:
        """Refuse a territory that the token does not name.

        Raises:
            Forbidden: with the territories that it does name.
        """
        if not self.may_see(territory):
            raise Forbidden("Votre compte ne travaille pas pour ce territoire.", territories=sorted(self.territories))
