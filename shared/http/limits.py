"""Rate limits per account and, without one, per address; told in ``RateLimit`` fields (draft-ietf-httpapi-ratelimit-headers).

The windows move and are kept in the process: with n replicas behind a balancer a caller has up to n times the quota. That is
enough against one caller who takes the service from all others, which is what these limits are for.
"""

import ipaddress
import math
import time
from typing import Any, Final

from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from shared.auth import Principal
from shared.errors import DomainError
from shared.settings import Environment, Settings

MARK: Final = "x-rate-limit"
COSTLY: Final[dict[str, Any]] = {MARK: "costly"}
"""``openapi_extra=COSTLY``: a call that costs much more than its request; callers without a token get fewer of them."""


class TooManyRequests(DomainError):
    """The quota of this account or address is used up for the moment."""

    status = 429
    code = "too-many-requests"

    def __init__(self, policy: str, seconds: int) -> None:
        super().__init__(f"Trop de demandes : attendez {seconds} s.")
        self.extra = {"violated-policies": [policy]}
        self.retry_after = seconds


class Limiter:
    """Counts the requests of a process."""

    def __init__(self, settings: Settings) -> None:
        wanted = settings.rate_limits
        self._on = settings.environment is Environment.PRODUCTION if wanted is None else wanted
        self._proxies = settings.trusted_proxies
        self._quotas: dict[str, RateLimitItem] = {
            "account": parse(settings.rate_limit_account),
            "address": parse(settings.rate_limit_address),
            "costly": parse(settings.rate_limit_costly),
        }
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, request: Request, principal: Principal | None, *, costly: bool = False) -> None:
        """Count one request and note its quota for the answer's fields.

        Raises:
            TooManyRequests: none is left in the window.
        """
        if not self._on:
            return
        if principal is not None:
            await self._take(request, "account", principal.subject)
            return
        address = client_address(request, self._proxies)
        await self._take(request, "address", address)
        if costly:
            await self._take(request, "costly", address)

    async def _take(self, request: Request, policy: str, who: str) -> None:
        quota = self._quotas[policy]
        free = await self._windows.hit(quota, policy, who)
        reset_at, left = await self._windows.get_window_stats(quota, policy, who)
        seconds = max(1, math.ceil(reset_at - time.time()))
        request.state.rate_limit = {
            "RateLimit-Policy": f'"{policy}";q={quota.amount};w={quota.get_expiry()}',
            "RateLimit": f'"{policy}";r={max(0, left)};t={seconds}',
        }
        if not free:
            raise TooManyRequests(policy, seconds)


def client_address(request: Request, proxies: int) -> str:
    """Who is on the other side: the peer, or what the outermost of ``proxies`` trusted proxies says of its own peer.

    An IPv6 caller is counted by its network (/64), of which it may use any address. Some proxies say the caller's port as well,
    which is another at each connection.
    """
    peer = request.client.host if request.client else "unknown"
    if proxies:
        said = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
        if len(said) >= proxies:
            peer = said[-proxies]
    if peer.startswith("["):
        peer = peer[1:].partition("]")[0]
    elif peer.count(":") == 1:
        peer = peer.partition(":")[0]
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer[:80]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
