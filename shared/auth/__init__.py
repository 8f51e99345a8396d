"""Who calls: tokens verified against a key set, roles and territories."""

from shared.auth.keys import KeySet, KeysUnavailable
from shared.auth.principal import Principal, Role
from shared.auth.territory import TerritoryRequired, territory_of
from shared.auth.tokens import TokenVerifier, Unauthenticated

__all__ = [
    "KeySet",
    "KeysUnavailable",
    "Principal",
    "Role",
    "TerritoryRequired",
    "TokenVerifier",
    "Unauthenticated",
    "territory_of",
]
