"""Verification of bearer tokens: keys from a key set or a provider, issuer, audience, expiry and claims checked."""

import re
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jwt

from shared.auth.keys import KeySet
from shared.auth.principal import Principal, Role
from shared.settings import ConfigurationError, Environment, Settings
from shared.types import address_key

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
# Keys made by the local stack carry this prefix, so that a production process can tell and refuse them.
LOCAL_KEY_PREFIX = "bassin-local-"
CLOCK_LEEWAY_SECONDS = 30
# Ours have a kilobyte; what is longer is not worth decoding.
MAX_TOKEN = 16_000
MAX_CLAIMS = 200
MOST_KEPT = 10_000

_ID = re.compile(r"[!-~]{1,80}")


class Unauthenticated(Exception):
    """No token, or one that does not hold; the message is safe to show."""


@dataclass(frozen=True)
class _Verified:
    """A token that held: whose it is, by which key, and until when (seconds since 1970)."""

    principal: Principal
    kid: str
    key: object
    ends_at: float


class TokenVerifier:
    """Turns a bearer token into a ``Principal``.

    A token that held is known again, letter by letter, for as long as it lasts and the very key that signed it is in the key
    set as it was read last: a signature costs as much as a good part of an answer.
    """

    def __init__(self, settings: Settings, keys: KeySet | None = None) -> None:
        self._settings = settings
        self.keys = keys or KeySet(settings.jwks, issuer=settings.issuer)
        self._verified: OrderedDict[str, _Verified] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """Check signature, audience, expiry, (when known) issuer, and that the claims are such as we can work with.

        Raises:
            Unauthenticated: with a sentence that says what is wrong, never with token content.
            KeysUnavailable: the key set cannot be read, so nothing can be said.
        """
        if len(token) > MAX_TOKEN:
            raise Unauthenticated(f"Le jeton a plus de {MAX_TOKEN} caractères.")
        known = self._verified.get(token)
        if known is not None and time.time() < known.ends_at and await self.keys.key(known.kid) is known.key:
            return known.principal
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise Unauthenticated("Ce jeton ne se lit pas (ce n'est pas un JWT) : reconnectez-vous.") from None
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Unauthenticated(f"Un jeton doit être signé par un de ces procédés : {', '.join(ALGORITHMS)}.")
        kid = str(header.get("kid", ""))
        if kid.startswith(LOCAL_KEY_PREFIX) and self._settings.environment is Environment.PRODUCTION:
            raise Unauthenticated("Ce jeton vient d'une installation locale, dont les clés sont refusées ici.")
        key = await self.keys.key(kid)
        if key is None:
            raise Unauthenticated("Ce jeton est signé par une clé inconnue : reconnectez-vous.")
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._settings.audience,
                issuer=self.keys.issuer or None,
                leeway=CLOCK_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "aud"]},
            )
            ends_at = float(claims["exp"]) + CLOCK_LEEWAY_SECONDS
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("Votre session est terminée : reconnectez-vous.") from None
        except jwt.InvalidAudienceError:
            raise Unauthenticated("Ce jeton est destiné à un autre service.") from None
        except jwt.InvalidTokenError as error:
            raise Unauthenticated(f"Ce jeton est refusé ({type(error).__name__}) : reconnectez-vous.") from None
        except (ValueError, TypeError, OverflowError, RecursionError):  # a claim such as exp: 1e400 or 10**400
            raise Unauthenticated("Le contenu de ce jeton ne se lit pas : reconnectez-vous.") from None
        principal = replace(principal_from_claims(claims), ends_at=ends_at)
        self._verified[token] = _Verified(principal, kid, key, ends_at)
        if len(self._verified) > MOST_KEPT:
            self._verified.popitem(last=False)
        return principal


def principal_from_claims(claims: dict[str, Any]) -> Principal:
    """Roles that we do not know are left out, so that an identity provider may carry others.

    Raises:
        Unauthenticated: a claim is not what it must be.
    """
    known = {role.value for role in Role}
    return Principal(
        subject=_id("sub", claims.get("sub")),
        roles=frozenset(Role(role) for role in _texts("roles", claims) if role in known),
        territories=frozenset(_texts("territories", claims)),
        organisation=None if claims.get("organisation") is None else _id("organisation", claims["organisation"]),
        email=_verified_address(claims),
    )


def _verified_address(claims: dict[str, Any]) -> str | None:
    """The address, where the provider says that it saw the mailbox; anybody may type one that is not theirs.

    In the form in which invitations keep theirs (``address_key``). What people type is mended there; a mailbox that was seen is
    the one that is written, and none that it would be mended to («Kate» with the sign of kelvin is not «kate»).
    """
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    mailbox = email.rpartition("@")[0]
    if not (mailbox.isascii() and mailbox.isprintable()):
        return None
    try:
        return address_key(email)
    except ValueError:
        return None


def _id(name: str, value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Unauthenticated(f"Dans le jeton, {name} doit avoir de 1 à 80 caractères ASCII visibles, sans espace.")
    return value


def _texts(name: str, claims: dict[str, Any]) -> list[str]:
    values = claims.get(name, [])
    if not isinstance(values, list) or len(values) > MAX_CLAIMS or not all(isinstance(one, str) for one in values):
        raise Unauthenticated(f"Dans le jeton, {name} doit être une liste de textes, {MAX_CLAIMS} au plus.")
    return values


def check_jwks_setting(settings: Settings) -> None:
    """Refuse to start without a key set.

    Raises:
        ConfigurationError: BASSIN_JWKS is empty or names no file.
    """
    source = settings.jwks
    if not source:
        raise ConfigurationError(
            "BASSIN_JWKS must name the key set that signs tokens (a URL or a file), "
            "or a provider's …/.well-known/openid-configuration."
        )
    if not source.startswith(("http://", "https://")) and not Path(source).is_file():
        raise ConfigurationError(f"BASSIN_JWKS names a file that is not there: {source}.")
