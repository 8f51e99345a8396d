"""HTTP as the users speak it: a token each, every POST with an Idempotency-Key, repeated until it is answered.

A service that is killed in between answers later: connection errors, 5xx and «still being served» are waited out, so the
effect happens once and the demo goes on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from shared.auth import Role
from shared.auth.local import local_token

GIVE_UP_SECONDS = 75.0
"""A killed service is back in seconds; a request that it was serving may be taken again after 30 s."""
_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 1.0
_CONCURRENT = 8
_TIMEOUT_SECONDS = 20.0
_FILE_TIMEOUT_SECONDS = 300.0

Json = dict[str, Any]


class DemoFailed(Exception):
    """The demo cannot go on; the message is a sentence for the person who watches."""


class AlreadyApplied(Exception):
    """The effect of the request is there, its answer was lost with the process that made it."""


@dataclass(frozen=True)
class Account:
    """Somebody who has a token."""

    subject: str
    role: Role
    organisation: str | None = None


class Client:
    """Speaks to the five services as any account. Use as ``async with``.

    Args:
        urls: base address per service.
        keys: folder of the local stack's signing key.
        territory: what the staff's tokens name.
        run: goes into every Idempotency-Key, so that two demos on one installation do not meet.
    """

    def __init__(self, urls: Mapping[str, str], keys: Path, territory: str, run: str) -> None:
        self._urls = urls
        self._keys = keys
        self._territory = territory
        self._run = run
        self._tokens: dict[Account, str] = {}
        self._gate = asyncio.Semaphore(_CONCURRENT)
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(20.0), limits=httpx.Limits(max_connections=2 * _CONCURRENT)
        )
        self.retries = 0

    async def get(self, service: str, path: str, by: Account | None = None, **query: str | int) -> Any:
        """What the service answers.

        Raises:
            DemoFailed: refused, or nobody answered for ``GIVE_UP_SECONDS``.
        """
        return await self._until_answered("GET", service, path, by, query=query)

    async def post(self, service: str, path: str, key: str, body: Any, by: Account) -> Any:
        """As ``get``. ``key`` names what is done, once per demo.

        Raises:
            AlreadyApplied: it was done, but what came of it must be read.
        """
        return await self._until_answered("POST", service, path, by, key=f"{self._run}:{key}", body=body)

    async def create(
        self, service: str, path: str, key: str, body: Any, by: Account, found: Callable[[], Awaitable[Any]]
    ) -> Any:
        """``post``; where the answer was lost, what ``found`` reads instead (None: not there).

        Raises:
            DemoFailed: also when ``found`` finds nothing.
        """
        try:
            return await self.post(service, path, key, body, by)
        except AlreadyApplied:
            result = await found()
            if result is None:
                raise DemoFailed(f"POST {path} was applied, but what it made cannot be found.") from None
            return result

    async def everything(self, service: str, path: str, by: Account, **query: str | int) -> list[Json]:
        """All pages of a list."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await self.get(service, path, by, **query, **more)
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items

    async def send_file(self, service: str, path: str, key: str, content: bytes, content_type: str, by: Account) -> Any:
        """``post`` with a file as it is; a large one may take minutes."""
        return await self._until_answered(
            "POST", service, path, by, key=f"{self._run}:{key}", content=content, content_type=content_type
        )

    async def put(self, service: str, path: str, body: Any, by: Account) -> Any:
        """PUT is repeatable by itself."""
        return await self._until_answered("PUT", service, path, by, body=body)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def _token(self, account: Account) -> str:
        if account not in self._tokens:
            self._tokens[account] = local_token(
                self._keys,
                [account.role],
                account.subject,
                territories=[self._territory],
                organisation=account.organisation,
            )
        return self._tokens[account]

    async def _until_answered(
        self,
        method: str,
        service: str,
        path: str,
        by: Account | None,
        *,
        query: Mapping[str, str | int] | None = None,
        key: str | None = None,
        body: Any = None,
        content: bytes | None = None,
        content_type: str | None = None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._token(by)}"} if by else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        if content_type is not None:
            headers["Content-Type"] = content_type
        # From the first try on: on a slow machine hundreds wait longer than that for their turn.
        deadline: float | None = None
        pause = _PAUSE_SECONDS
        what = f"{method} {path} ({service})"
        while True:
            try:
                async with self._gate:
                    deadline = deadline or time.monotonic() + GIVE_UP_SECONDS
                    answer = await self._http.request(
                        method,
                        self._urls[service] + path,
                        params=query,
                        json=body,
                        content=content,
                        headers=headers,
                        timeout=_TIMEOUT_SECONDS if content is None else _FILE_TIMEOUT_SECONDS,
                    )
                if answer.is_success:
                    return answer.json() if answer.content else None
                waited_for = _wait_for(answer)
            except httpx.TransportError as error:
                waited_for = type(error).__name__
            if deadline is not None and time.monotonic() > deadline:
                raise DemoFailed(f"{what} got no answer for {GIVE_UP_SECONDS:.0f} s: {waited_for}.")
            self.retries += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _wait_for(answer: httpx.Response) -> str:
    """Why the request is worth repeating.

    Raises:
        AlreadyApplied: it need not be.
        DemoFailed: it is not.
    """
    problem = _problem(answer)
    code = str(problem.get("code") or problem.get("type", "")).rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    if answer.status_code == httpx.codes.CONFLICT and code == "already-applied":
        raise AlreadyApplied
    if answer.status_code >= 500 or code == "request-in-progress" or answer.status_code == 429:
        return f"{answer.status_code} {code}"
    details = "; ".join(
        f"{error.get('field')}: {error.get('message')}"
        for error in problem.get("errors", ())
        if isinstance(error, dict)
    )
    said = problem.get("detail") or problem.get("title") or answer.text[:200]
    raise DemoFailed(
        f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {said} {details}"
    )


def _problem(answer: httpx.Response) -> Json:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
