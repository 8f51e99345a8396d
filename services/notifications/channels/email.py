"""E-mail: messages are handed to an SMTP server over one kept connection a lane."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr

import aiosmtplib
from aiosmtplib import SMTP

from services.notifications.channels import Patience, RefusedForGood, RefusedForNow, Unreachable
from services.notifications.channels.mailer import build
from services.notifications.domain.notification import Notification
from services.notifications.domain.reach import Contact
from services.notifications.settings import NotificationsSettings, StartTls
from services.notifications.templates.texts import Texts
from shared.clock import Clock
from shared.contracts.vocabulary import Channel


class Email:
    """The channel. Without a mail server it is off."""

    channel = Channel.EMAIL

    def __init__(self, settings: NotificationsSettings, texts: Texts, clock: Clock) -> None:
        self._settings = settings
        self._texts = texts
        self._clock = clock

    @property
    def enabled(self) -> bool:
        """Whether a mail server is named."""
        return self._settings.email_enabled

    @property
    def lanes(self) -> int:
        """Connections to the mail server at once."""
        return self._settings.smtp_connections

    @property
    def patience(self) -> Patience:
        """As the settings say."""
        settings = self._settings
        return Patience(
            attempts=settings.email_attempts,
            base=timedelta(seconds=settings.email_retry_base_seconds),
            longest=timedelta(seconds=settings.email_retry_longest_seconds),
            give_up=timedelta(hours=settings.email_give_up_hours),
            claim=timedelta(seconds=settings.email_claim_seconds),
        )

    def open(self) -> "EmailSession":
        """A lane's own connection, opened with its first message."""
        return EmailSession(self._settings, self._texts, self._clock)


class EmailSession:
    """One connection, opened when it is needed and kept until it is closed or lost."""

    def __init__(self, settings: NotificationsSettings, texts: Texts, clock: Clock) -> None:
        self._settings = settings
        self._texts = texts
        self._clock = clock
        self._sender = parseaddr(settings.smtp_from)[1]
        self._smtp: SMTP | None = None

    async def hand_over(self, message: Notification, contact: Contact, address: str) -> None:
        """Write the e-mail and hand it to the server.

        Raises:
            RefusedForGood, RefusedForNow, Unreachable: see ``channels``.
        """
        unsubscribe = self._unsubscribe_link(message)
        try:
            text = self._texts.mail(message.template, message.items, contact.first_name, unsubscribe, self._clock.now())
        except Exception as error:
            # Whatever a text holds, it is this message's own trouble: the queue goes on.
            raise RefusedForGood("message-unusable") from error
        await self.send(
            build(
                text,
                notification_id=message.id,
                sender=self._settings.smtp_from,
                to=address,
                now=self._clock.now(),
                unsubscribe=unsubscribe,
                appointments=[item.appointment for item in message.items if item.appointment is not None],
            )
        )

    async def send(self, message: EmailMessage) -> None:
        """Hand over one message; returns when the server took it.

        Raises:
            RefusedForGood, RefusedForNow, Unreachable: see ``channels``.
        """
        smtp = await self._connected()
        try:
            await smtp.send_message(message, sender=self._sender, recipients=[str(message["To"])])
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(max(refused.code for refused in error.recipients), address=True) from None
        except aiosmtplib.SMTPSenderRefused as error:
            # Our own address is not welcome: that says nothing of the recipient's.
            raise RefusedForNow(f"sender-refused-{error.code}") from None
        except aiosmtplib.SMTPServerDisconnected:
            await self.close()
            raise RefusedForNow("disconnected") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code, address=False) from None
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            await self.close()
            raise RefusedForNow(_code(error)) from None

    async def close(self) -> None:
        """Say good-bye; a connection that is lost already is no matter."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                await smtp.quit(timeout=1.0)
            except (aiosmtplib.SMTPException, TimeoutError, OSError):
                smtp.close()

    async def _connected(self) -> SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        settings = self._settings
        smtp = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_tls,
            start_tls=_starttls(settings),
        )
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            smtp.close()
            raise Unreachable(_code(error)) from None
        self._smtp = smtp
        return smtp

    def _unsubscribe_link(self, message: Notification) -> str | None:
        if message.unsubscribe_token is None:
            return None
        return f"{self._settings.notifications_public_url.rstrip('/')}/v1/unsubscribe/{message.unsubscribe_token}"


def _starttls(settings: NotificationsSettings) -> bool | None:
    """What aiosmtplib wants: None is «when offered». A password never travels in clear unless told to."""
    if settings.smtp_tls or settings.smtp_starttls is StartTls.NEVER:
        return False
    return True if settings.smtp_starttls is StartTls.ALWAYS or settings.smtp_password else None


def _refusal(code: int, *, address: bool) -> RefusedForGood | RefusedForNow:
    return RefusedForGood(f"smtp-{code}", address=address) if code >= 500 else RefusedForNow(f"smtp-{code}")


def _code(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"smtp-{error.code}"
    return type(error).__name__
