"""E-mail: messages are handed to an SMTP server over one kept connection a lane."""

import re
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse

from services.notifications.channels import Patience, RefusedForGood, RefusedForNow, Unreachable
from services.notifications.channels.mailer import build
from services.notifications.domain.notification import Notification
from services.notifications.domain.reach import Contact
from services.notifications.settings import NotificationsSettings, StartTls
from services.notifications.templates.texts import Texts
from shared.clock import Clock
from shared.contracts.vocabulary import Channel

_FOR_GOOD, _TOO_LARGE, _CLOSING = 500, 552, 421
_OF_ADDRESS = (501, 510, 511, 550, 551, 552, 553, 556)
"""Of a server that says no enhanced code."""
_OF_SENDER = ((1, 7), (1, 8))
"""RFC 3463: many servers wait with what they have against a sender until they know for whom it is."""
_TOO_LARGE_FOR_IT = (2, 3)
_ENHANCED = re.compile(r"\b[245]\.(\d{1,3})\.(\d{1,3})\b(?!\.)")


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
            # However long the settings let the mail server think: a repetition meanwhile would be a second copy.
            claim=timedelta(seconds=max(settings.email_claim_seconds, settings.smtp_hand_over_seconds)),
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
        self._smtp: _Connection | None = None

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
            worst = max(error.recipients, key=lambda refused: refused.code)
            raise _of_recipient(worst.code, worst.message) from None
        except aiosmtplib.SMTPSenderRefused as error:
            if error.code == _TOO_LARGE:
                raise RefusedForGood(f"smtp-{error.code}") from None
            # Our own address is not welcome: that says nothing of the recipient's.
            raise RefusedForNow(f"sender-refused-{error.code}", counts=False) from None
        except aiosmtplib.SMTPServerDisconnected:
            await self.close()
            raise RefusedForNow("disconnected", counts=False, unsure=smtp.unsure) from None
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= _FOR_GOOD:
                raise RefusedForGood(f"smtp-{error.code}") from None
            raise RefusedForNow(f"smtp-{error.code}", counts=False) from None
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            await self.close()
            raise RefusedForNow(_code(error), counts=False, unsure=smtp.unsure) from None

    async def close(self) -> None:
        """Say good-bye; a connection that is lost already is no matter."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                await smtp.quit(timeout=1.0)
            except (aiosmtplib.SMTPException, TimeoutError, OSError):
                smtp.close()

    async def _connected(self) -> "_Connection":
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        settings = self._settings
        smtp = _Connection(
            settings.smtp_data_timeout_seconds,
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


class _Connection(SMTP):
    """A connection that knows whether what it was given last may have been taken: no answer came to the whole message."""

    def __init__(self, data_timeout: float, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._data_timeout = data_timeout
        self.unsure = False

    async def data(self, message: str | bytes, **_: Any) -> SMTPResponse:
        """Servers that look at the text before they answer take their time: a repetition would be a second copy."""
        self.unsure = True
        try:
            response = await super().data(message, timeout=self._data_timeout)
        except aiosmtplib.SMTPResponseException:
            self.unsure = False
            raise
        self.unsure = False
        return response


def _of_recipient(code: int, text: str) -> RefusedForGood | RefusedForNow:
    """What an answer to RCPT means. Relays and block lists refuse there too, whoever it is for: somebody whose address is good
    must not be silenced for our relay's password. RFC 3463: x.1 and x.2 are of the mailbox, x.3 of the system, x.7 of the policy;
    two of the first are of the sender's mailbox, and one of the second of the message.
    """
    found = _ENHANCED.search(text)
    subject, detail = (int(found[1]), int(found[2])) if found else (None, None)
    if (subject, detail) in _OF_SENDER:
        return RefusedForNow(f"sender-refused-{code}", counts=False)
    if code >= _FOR_GOOD and (subject, detail) == _TOO_LARGE_FOR_IT:
        return RefusedForGood(f"smtp-{code}")
    if code < _FOR_GOOD:
        return RefusedForNow(f"smtp-{code}", counts=code != _CLOSING and subject not in (3, 4, 7))
    # 5.4.1 is Microsoft's for somebody whom it does not know, 5.4.4 a domain that there is not.
    of_address = subject in (1, 2) or (subject, detail) in ((4, 1), (4, 4)) or (found is None and code in _OF_ADDRESS)
    if of_address:
        return RefusedForGood(f"smtp-{code}", address=True)
    return RefusedForNow(f"smtp-{code}" if found is None else f"smtp-{code}-{found[0]}")


def _code(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"smtp-{error.code}"
    return type(error).__name__
