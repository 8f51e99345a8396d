"""The e-mail channel: builds messages and hands them to an SMTP server over one kept connection."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import aiosmtplib
from aiosmtplib import SMTP

from services.notifications.settings import NotificationsSettings, StartTls
from services.notifications.texts import Mail


class RefusedForGood(Exception):
    """The server refused this message and will always: ``reason`` is a code, never the server's sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedForNow(Exception):
    """The server may take it later, or we do not know whether it took it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Exception):
    """No server to hand anything to (down, or it refuses us): nothing was tried with the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def message_id(notification_id: str, sender: str) -> str:
    """The idempotency key of an e-mail: the same on every try, so that a repetition can be told as one."""
    return f"<{notification_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"


def build(
    mail: Mail, *, notification_id: str, sender: str, to: str, now: datetime, unsubscribe: str | None
) -> EmailMessage:
    """The message, text and HTML.

    Raises:
        RefusedForGood: the address cannot be written in a header.
    """
    message = EmailMessage()
    try:
        address = Address(addr_spec=to)
        to.encode("ascii")
    except (ValueError, IndexError):  # the parser of the standard library ends in either
        raise RefusedForGood("address-unusable") from None
    name, own = parseaddr(sender)
    message["From"] = Address(name, addr_spec=own)
    message["To"] = address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(notification_id, sender)
    # RFC 3834: no out-of-office answers to a machine.
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


class Mailer:
    """One connection, opened when it is needed and kept until it is closed or lost."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._settings = settings
        self._smtp: SMTP | None = None

    async def send(self, message: EmailMessage) -> None:
        """Hand over one message; returns when the server took it.

        Raises:
            RefusedForGood, RefusedForNow, Unreachable: see there.
        """
        smtp = await self._connected()
        try:
            await smtp.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(max(refused.code for refused in error.recipients)) from None
        except aiosmtplib.SMTPSenderRefused as error:
            # Our own address is not welcome: that says nothing of the recipient's.
            raise RefusedForNow(f"sender-refused-{error.code}") from None
        except aiosmtplib.SMTPServerDisconnected:
            await self.close()
            raise RefusedForNow("disconnected") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code) from None
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            await self.close()
            raise RefusedForNow(_code(error)) from None
        except UnicodeEncodeError:
            raise RefusedForGood("address-unusable") from None

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


def _starttls(settings: NotificationsSettings) -> bool | None:
    """What aiosmtplib wants: None is «when offered». A password never travels in clear unless told to."""
    if settings.smtp_tls or settings.smtp_starttls is StartTls.NEVER:
        return False
    return True if settings.smtp_starttls is StartTls.ALWAYS or settings.smtp_password else None


def _refusal(code: int) -> RefusedForGood | RefusedForNow:
    return RefusedForGood(f"smtp-{code}") if code >= 500 else RefusedForNow(f"smtp-{code}")


def _code(error: BaseException) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"smtp-{error.code}"
    return type(error).__name__
