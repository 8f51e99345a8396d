"""Who comes to the trial: tokens of a key set of its own, and somebody who deposits offers without pause."""

import asyncio
import base64
import json
import ssl
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Issuer:
    """An identity provider in a file: its key set lies in the secrets' folder, where compose mounts it."""

    def __init__(self, keys: Path) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        numbers = self._key.public_key().public_numbers()
        keys.mkdir(parents=True, exist_ok=True)
        public = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": "trial",
            "n": _b64(numbers.n),
            "e": _b64(numbers.e),
        }
        (keys / "jwks.json").write_text(json.dumps({"keys": [public]}))

    def headers(self, role: str, subject: str) -> dict[str, str]:
        """An Authorization header, good for an hour."""
        now = int(time.time())
        claims = {
            "sub": subject, "aud": "bassin", "iat": now, "exp": now + 3_600, "roles": [role], "territories": ["23"],
        }  # fmt: skip
        token = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "trial"})
        return {"Authorization": f"Bearer {token}"}


def _b64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Deposits:
    """What became of the offers that were deposited."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)
    longest: float = 0.0

    @property
    def failures(self) -> int:
        """5xx answers."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


class Visitors:
    """Clients of the gateway."""

    def __init__(self, address: str, ca_file: Path, issuer: Issuer) -> None:
        self._address = address
        self._tls = ssl.create_default_context(cafile=str(ca_file))
        self._issuer = issuer
        self.company = ""

    def client(self, *, connections: int = 20) -> httpx.AsyncClient:
        """A client that trusts the installation's own authority; it sends nothing twice by itself."""
        limits = httpx.Limits(max_connections=connections, keepalive_expiry=5)
        return httpx.AsyncClient(base_url=self._address, verify=self._tls, timeout=20, limits=limits)

    async def prepare(self) -> None:
        """A company that may deposit offers.

        Raises:
            httpx.HTTPStatusError: it was refused.
        """
        employer, manager = self._issuer.headers("employer", "trial"), self._issuer.headers("manager", "paul")
        async with self.client() as client:
            body = {"name": f"Trial {uuid.uuid4().hex[:6]}", "private_employer": True, "territory": "23"}
            made = (await client.post("/offers/v1/companies", headers=employer, json=body)).raise_for_status()
            self.company = made.json()["id"]
            approved = await client.post(f"/offers/v1/companies/{self.company}/approve", headers=manager, json={})
            approved.raise_for_status()
            # One that is public: partners hear of no draft.
            offer = (await client.post("/offers/v1/offers", headers=employer, json=self._offer())).raise_for_status()
            published = await client.post(f"/offers/v1/offers/{offer.json()['id']}/publish", headers=employer, json={})
            published.raise_for_status()

    def _offer(self) -> dict[str, object]:
        return {
            "company_id": self.company, "title": "Auxiliaire de vie", "description": "Accompagner une personne chez elle.",
            "occupation_code": "K1302", "place": {"commune_code": "23096"}, "contract_kind": "cdi", "weekly_hours": 28,
        }  # fmt: skip

    async def deposit(self, until: asyncio.Event, rate: float) -> Deposits:
        """Deposit ``rate`` offers a second until told to stop; nothing is tried again."""
        found = Deposits()
        pending: set[asyncio.Task[None]] = set()
        async with self.client() as client:
            began = time.monotonic()
            while not until.is_set():
                pending.add(task := asyncio.create_task(self._one(client, found)))
                task.add_done_callback(pending.discard)
                found.sent += 1
                await asyncio.sleep(max(0.0, began + found.sent / rate - time.monotonic()))
            await asyncio.gather(*pending)
        return found

    async def _one(self, client: httpx.AsyncClient, found: Deposits) -> None:
        began = time.monotonic()
        try:
            answer = await client.post(
                "/offers/v1/offers", headers=self._issuer.headers("employer", "trial"), json=self._offer()
            )
        except httpx.HTTPError as error:
            found.broken[type(error).__name__] += 1
            return
        finally:
            found.longest = max(found.longest, time.monotonic() - began)
        found.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            found.acknowledged.add(answer.json()["id"])

    async def lost(self, ids: set[str]) -> int:
        """How many of these offers cannot be read."""
        employer = self._issuer.headers("employer", "trial")
        async with self.client() as client:
            room = asyncio.Semaphore(10)

            async def missing(id: str) -> bool:
                async with room:
                    return (await client.get(f"/offers/v1/offers/{id}", headers=employer)).status_code != 200

            return sum(await asyncio.gather(*map(missing, ids)))

    async def status(self, path: str, **options: object) -> int:
        """The status of a request without a token."""
        async with self.client() as client:
            return (await client.request("GET", path, **options)).status_code  # type: ignore[arg-type]  # httpx's own options
