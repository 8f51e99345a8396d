"""Settings of the notifications service (environment variables ``BASSIN_…``)."""

from email.utils import getaddresses, parseaddr
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from shared.links import fictitious, refuse_unreachable_sender
from shared.settings import Environment, Settings


class StartTls(StrEnum):
    """STARTTLS: ``auto`` uses it where the server offers it, and insists once there is a password to protect."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class NotificationsSettings(Settings):
    """What this service reads beside the common settings. Durations are in the unit that the name says."""

    smtp_host: str = Field(default="", description="Empty: the e-mail channel is off and the others carry everything")
    smtp_port: int = Field(default=25, ge=1, le=65_535, description="Port of the mail server")
    smtp_username: str = Field(default="", description="Empty: the mail server asks for no name")
    smtp_password: str = Field(default="", description="With smtp_username")
    smtp_starttls: StartTls = Field(
        default=StartTls.AUTO, description="auto: where it is offered, and always with a password; always; never"
    )
    smtp_tls: bool = Field(default=False, description="Encrypted from the first byte (port 465)")
    smtp_from: str = Field(
        default="Bassin <ne-pas-repondre@bassin.invalid>", description="Sender of every e-mail: name and address"
    )
    smtp_timeout_seconds: float = Field(default=20.0, gt=0, le=300, description="Of each answer of the mail server")
    # RFC 5321 §4.5.3.2.6 gives a server ten minutes; a claim lasts at least as long as all of it.
    smtp_data_timeout_seconds: float = Field(
        default=60.0, gt=0, le=600, description="Of its answer to a whole message, which it may look at before"
    )
    smtp_connections: int = Field(default=4, ge=1, le=50, description="Messages of one process under way at once")

    email_attempts: int = Field(
        default=8,
        ge=1,
        le=50,
        description="Tries after which one has failed that is refused for its reader",
    )
    email_retry_base_seconds: float = Field(
        default=30.0, gt=0, le=3_600, description="Pause after the first refusal; it doubles from one to the next"
    )
    email_retry_longest_seconds: float = Field(default=3_600.0, gt=0, le=86_400, description="The longest such pause")
    # RFC 5321 §4.5.4.1: a mail server gives up after 4–5 days; what we tell is stale before that.
    email_give_up_hours: float = Field(
        default=48.0, gt=0, le=240, description="An e-mail that could not be handed over for so long has failed"
    )
    email_claim_seconds: float = Field(
        default=90.0,
        ge=1,
        le=3_600,
        description="After this a sender is taken for dead; at the least, after as long as the mail server may take",
    )
    sender_poll_seconds: float = Field(
        default=1.0, gt=0, le=60, description="How often e-mails that are due are looked for"
    )

    digest_seconds: float = Field(default=0.2, ge=0, le=86_400, description="How long an e-mail waits for more offers")
    digest_gap_seconds: float | None = Field(
        default=None, ge=0, le=604_800, description="Least time between two e-mails with offers for one person"
    )
    digest_offers: int = Field(default=10, ge=1, le=50, description="Offers spelt out in one e-mail")

    inbox_handful: int = Field(
        default=5, ge=1, le=200, description="Offers of one burst that get an item each; further ones share one"
    )
    inbox_deliveries: bool = Field(
        default=False,
        description="Publish what became of inbox items too, for whoever reads notifications.deliveries.v1; an item that "
        "is written is delivered",
    )
    inbox_burst_minutes: float = Field(default=60.0, gt=0, le=1_440, description="What comes within this is one burst")

    waiting_retry_seconds: float = Field(
        default=2.0, gt=0, le=600, description="How often it is looked whether somebody who was unknown is known now"
    )
    waiting_days: float = Field(default=30.0, gt=0, le=90, description="How long a message waits for its recipient")
    effect_days: float = Field(default=7.0, gt=0, le=30, description="Events older than this are not told any more")
    retention_days: float = Field(default=180.0, gt=0, le=1_825, description="How long inbox items and deliveries stay")

    stream_heartbeat_seconds: float = Field(
        default=15.0, gt=0, le=120, description="A quiet stream says so often that it lives"
    )
    stream_minutes: float = Field(default=30.0, gt=0, le=720, description="A stream ends then; the client comes back")
    stream_queue: int = Field(default=200, ge=1, le=10_000, description="Items that a slow reader may lag behind")

    notifications_public_url: str = Field(
        default="http://localhost:8004", description="Where people reach this service (unsubscribe links)"
    )

    @field_validator("smtp_from")
    @classmethod
    def _address(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or "\n" in value or len(getaddresses([value])) != 1:
            raise ValueError("it must be an address such as 'Bassin <emploi@departement.fr>'")
        return value

    @field_validator("smtp_host")
    @classmethod
    def _host_alone(cls, value: str) -> str:
        if "/" in value or value.count(":") == 1:
            raise ValueError("it is a host's name alone; its port is BASSIN_SMTP_PORT")
        return value

    @property
    def links(self) -> dict[str, str]:
        """What messages lead to: offers, and where one unsubscribes."""
        return {"BASSIN_NOTIFICATIONS_PUBLIC_URL": self.notifications_public_url, **self.offer_pages}

    def refuse_what_cannot_work(self) -> None:
        """Refuse, in production, mail that would not arrive, would not be believed, or would tell the password.

        Raises:
            ValueError: a sentence that names the variable.
        """
        super().refuse_what_cannot_work()
        if self.environment is not Environment.PRODUCTION or not self.email_enabled:
            return
        refuse_unreachable_sender("BASSIN_SMTP_FROM", self.smtp_from)
        if fictitious(self.smtp_host):
            raise ValueError(f"BASSIN_SMTP_HOST is {self.smtp_host}, a name that never exists")

    @model_validator(mode="after")
    def _mail(self) -> Self:
        if bool(self.smtp_username) != bool(self.smtp_password):
            raise ValueError("BASSIN_SMTP_USERNAME and BASSIN_SMTP_PASSWORD go together")
        if self.smtp_password and self.smtp_starttls is StartTls.NEVER and not self.smtp_tls:
            raise ValueError("BASSIN_SMTP_STARTTLS=never would send BASSIN_SMTP_PASSWORD in the clear")
        if self.smtp_tls and self.smtp_starttls is StartTls.ALWAYS:
            raise ValueError("BASSIN_SMTP_TLS and BASSIN_SMTP_STARTTLS=always exclude each other")
        return self

    @property
    def smtp_hand_over_seconds(self) -> float:
        """The longest that a mail server takes for a message: sender, recipient, the way to the text, and the text."""
        return 3 * self.smtp_timeout_seconds + self.smtp_data_timeout_seconds

    @property
    def email_enabled(self) -> bool:
        """Whether there is a mail server to hand messages to."""
        return bool(self.smtp_host)

    @property
    def digest_gap(self) -> float:
        """Seconds between two e-mails with offers for one person: an hour, none where people try things out."""
        if self.digest_gap_seconds is not None:
            return self.digest_gap_seconds
        return 3_600.0 if self.environment is Environment.PRODUCTION else 0.0
