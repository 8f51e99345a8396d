"""Settings that every process reads from the environment. A wrong value stops the start with a sentence."""

import os
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode

from shared.connections import Connections
from shared.links import refuse_unreachable_link
from shared.secret_files import UnreadableSecret
from shared.variables import unread


class Environment(StrEnum):
    """Where the process runs. ``local`` and ``test`` accept the local signing keys, ``production`` refuses them."""

    PRODUCTION = "production"
    LOCAL = "local"
    TEST = "test"


class ConfigurationError(Exception):
    """A setting is wrong or missing; the message is a sentence for the operator."""


_ORIGIN = re.compile(r"https?://[^\s/,;?#]+")
_QUOTA = r"^[1-9]\d{0,6}/(second|minute|hour)$"


class Settings(Connections):
    """What the five services have in common; each service adds its own in ``services/<name>/settings.py``."""

    environment: Environment = Field(
        default=Environment.PRODUCTION,
        description="production refuses the keys of the local stack; local and test take them and count no requests",
    )
    database_prefix: str = Field(
        default="bassin",
        pattern=r"^[a-z][a-z0-9_]{0,30}$",
        description="Before the service's name in the name of its database",
    )
    topic_prefix: str = Field(
        default="", pattern=r"^[a-zA-Z0-9._-]*$", description="Before every topic's and group's name"
    )
    kafka_idempotence: bool = Field(
        default=True, description="Idempotent producer; off only for the embedded broker, which cannot"
    )
    kafka_fetch_max_wait_ms: int = Field(
        default=500, ge=1, le=30_000, description="The longest that the broker keeps a fetch waiting for records"
    )
    kafka_idle_fetch_max_wait_ms: int = Field(
        default=10_000,
        ge=0,
        le=10_000,
        description="The same after some seconds in which nothing came; 0: no other",
    )
    kafka_session_timeout_ms: int = Field(
        default=10_000, ge=1_000, le=300_000, description="After this silence a worker's partitions go to others"
    )
    kafka_probe_seconds: float = Field(
        default=5.0, gt=0.05, le=60, description="Kafka is asked so often whether it lives"
    )
    kafka_silent_seconds: float = Field(
        default=15.0,
        gt=0,
        le=600,
        description="Without an answer for so long, consumers are let go and readiness says so",
    )
    kafka_max_record_bytes: int = Field(
        default=900_000,
        ge=10_000,
        le=64_000_000,
        description="Largest event, key and headers included; below the topics' max.message.bytes (1,048,588 by default)",
    )
    kafka_replication_factor: int = Field(
        default=1, ge=1, le=9, description="Copies of each partition of the topics that deploy.init creates"
    )
    kafka_min_insync_replicas: int = Field(
        default=1, ge=1, le=9, description="Copies that must have a record before it is confirmed (2 of 3 in a cluster)"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65_535, description="HTTP of the API")
    worker_port: int = Field(default=8100, ge=0, le=65_535, description="Health and metrics of a worker")
    jwks: str = Field(
        default="",
        description="Who signs tokens: a provider's …/.well-known/openid-configuration, or a key set (a URL or a file)",
    )
    cursor_secret: str = Field(
        default="",
        pattern=r"^(|.{32,})$",
        description="Seals the cursors of lists, 32 characters or more, the same for all replicas; empty: made of MONGODB_URL",
    )
    audience: str = Field(default="bassin", description="A token must be meant for it (aud)")
    issuer: str = Field(
        default="", description="The issuer that tokens must name; empty: as the provider's configuration says"
    )
    log_level: str = Field(
        default="INFO",
        pattern=r"^(DEBUG|INFO|WARNING|ERROR)$",
        description="Of our own lines; libraries speak from WARNING on, whatever this says",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Web pages that may call from a browser, by commas; empty: none from elsewhere"
    )
    body_idle_seconds: float = Field(
        default=15.0, gt=0, le=600, description="A body of which nothing comes for this long is given up (408)"
    )
    rate_limits: bool | None = Field(
        default=None, description="Count requests per account and address; empty: in production"
    )
    rate_limit_account: str = Field(default="1200/minute", pattern=_QUOTA, description="Requests of an account")
    rate_limit_address: str = Field(
        default="1200/minute", pattern=_QUOTA, description="Requests of an address without a token"
    )
    rate_limit_costly: str = Field(
        default="120/minute", pattern=_QUOTA, description="Costly ones among them (search, linter, figures)"
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="Proxies in front whose X-Forwarded-For names the caller; 0: the peer is the caller",
    )
    max_body_bytes: int = Field(
        default=2_000_000, ge=1_000, description="Largest body of a request (413); imports have a limit of their own"
    )
    public_url: str = Field(default="http://localhost:8001", description="Where people reach the offers service")
    offer_link: str = Field(
        default="",
        max_length=500,
        description="Front end's page of an offer, with {offer_id}, for messages, feeds and search engines; empty: the API's own "
        "address",
    )
    rome_file: str = Field(default="", description="Imported ROME referential; empty: the built-in one")
    retry_attempts: int = Field(
        default=5, ge=1, le=50, description="Tries of an event, in its place, before it becomes a dead letter"
    )
    retry_base_seconds: float = Field(
        default=0.2, gt=0, le=60, description="Pause after the first try; it doubles from one to the next"
    )
    max_consecutive_dead_letters: int = Field(
        default=50, ge=1, description="After so many one after the other the consumer stops and readiness says so"
    )
    relay_poll_seconds: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="How often unpublished events are looked for when no commit wakes the relay",
    )
    relay_stuck_seconds: float = Field(
        default=300.0, ge=0, description="After so long an event that cannot be published makes readiness say so"
    )
    traces_url: str = Field(
        default="", description="Where spans are sent (OTLP over HTTP, …/v1/traces); empty: none are made"
    )
    traces_share: float = Field(default=1.0, ge=0, le=1, description="Share of the traces that are sent, whole ones")
    lease_seconds: float = Field(
        default=10.0, gt=0.5, le=300, description="After this silence another replica takes over the relay or a job"
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Browsers compare an origin to the letter: with a path, or two in one, it would match none."""
        for origin in value:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError("each is an origin such as https://emploi.departement.fr, without a path, by commas")
        return value

    @field_validator("offer_link")
    @classmethod
    def _placeholder(cls, value: str) -> str:
        if value and "{offer_id}" not in value:
            raise ValueError("it must contain {offer_id}")
        return value

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """A traceback or a log line that shows the settings shows no secret."""
        for name, value in super().__repr_args__():
            yield name, "[secret]" if name and value and is_secret(name) else value

    @model_validator(mode="after")
    def _copies(self) -> Self:
        if self.kafka_min_insync_replicas > self.kafka_replication_factor:
            raise ValueError(
                "BASSIN_KAFKA_MIN_INSYNC_REPLICAS is more than BASSIN_KAFKA_REPLICATION_FACTOR: nothing could be written"
            )
        return self

    @property
    def links(self) -> dict[str, str]:
        """Addresses by variable that a service puts into messages, feeds or calendars: production needs public ones."""
        return {}

    @property
    def offer_pages(self) -> dict[str, str]:
        """What decides where ``link_to_offer`` leads, by variable."""
        return {"BASSIN_OFFER_LINK": self.offer_link} if self.offer_link else {"BASSIN_PUBLIC_URL": self.public_url}

    def link_to_offer(self, offer_id: str) -> str:
        """Where a person reads an offer."""
        pattern = self.offer_link or f"{self.public_url.rstrip('/')}/v1/offers/{{offer_id}}"
        return pattern.replace("{offer_id}", offer_id)

    def refuse_what_cannot_work(self) -> None:
        """Refuse, in production, what could only fail later and elsewhere.

        Raises:
            ValueError: a sentence that names the variable.
        """
        if self.environment is Environment.PRODUCTION:
            for variable, link in self.links.items():
                refuse_unreachable_link(variable, link)


_SECRET = re.compile(r"secret|password|passphrase|token|credential|(^|_)key$|mongodb_url")


def is_secret(name: str) -> bool:
    """Whether what this setting holds must be shown to nobody. By its name, so that a new one cannot be forgotten."""
    return _SECRET.search(name.lower()) is not None


def variable_of(name: str, field: FieldInfo) -> str:
    """The environment variable that a setting is read from."""
    return str(field.validation_alias or f"BASSIN_{name.upper()}")


S = TypeVar("S", bound=Settings)


def load_settings(settings_type: type[S], **overrides: Any) -> S:
    """Read the settings.

    Raises:
        ConfigurationError: with one sentence per wrong setting, naming the environment variable; also where one is
            misspelt, which would be as if nobody had chosen it.
    """
    own = {variable_of(name, field) for name, field in settings_type.model_fields.items()}
    mistaken = [one for one in unread(os.environ, own) if one.meant]
    if mistaken:
        raise ConfigurationError(" ".join(f"{one.variable} is no setting: {one.meant} is." for one in mistaken))
    try:
        return settings_type(**overrides)
    except ValidationError as error:
        sentences = []
        for problem in error.errors(include_url=False):
            if not problem["loc"]:  # several settings together: the message names them
                sentences.append(problem["msg"].removeprefix("Value error, ") + ".")
                continue
            name = str(problem["loc"][0])
            variable = name if name.isupper() else f"BASSIN_{name.upper()}"
            # What was given may be a password, or an address with one in it.
            open_value = isinstance(problem.get("input"), (int, float)) or not is_secret(name)
            got = f" (got {problem.get('input')!r})" if open_value else ""
            sentences.append(f"{variable} is not usable: {problem['msg'].removeprefix('Value error, ')}{got}.")
        raise ConfigurationError(" ".join(sentences)) from None
    except UnreadableSecret as error:
        raise ConfigurationError(str(error)) from None
