"""How an e-mail is written, so that every reader's parser gets back what was said.

The standard library folds and encodes headers as it writes them and loses blanks at word ends on the way (cpython#92081:
«(H/F), à Guéret» arrives as «(H/F),à Guéret»), and reads ``=?…?=`` in a text as something encoded. So the headers with
text are written here.
"""

import base64
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from services.notifications.channels import RefusedForGood
from services.notifications.templates.texts import Mail
from shared.calendars import ics, method
from shared.contracts.events.offers import Appointment
from shared.types import mailbox

_WIDTH = 76
"""RFC 2047 §2: a line with an encoded word has 76 characters at most."""
_WORD_BYTES = 39
"""52 letters of Base64 in a word of 64 characters, which with «Subject: » stays within a line."""


class _Written(str):
    """A header in its final form. The policy takes whatever has a ``name`` for a header and lets it fold itself."""

    name: str
    folded: str

    @classmethod
    def of(cls, name: str, text: str, folded: str) -> "_Written":
        header = cls(text)
        header.name, header.folded = name, folded
        return header

    def fold(self, *, policy: EmailPolicy) -> str:
        """Whole lines, as the generator wants them."""
        return f"{self.name}: {self.folded.replace(chr(10), policy.linesep)}{policy.linesep}"


def build(
    mail: Mail,
    *,
    notification_id: str,
    sender: str,
    to: str,
    now: datetime,
    unsubscribe: str | None,
    appointments: Sequence[Appointment] = (),
) -> EmailMessage:
    """The message, text and HTML, and each appointment as a file for the reader's calendar.

    Raises:
        RefusedForGood: it cannot be written, for its address or for what it says.
    """
    try:
        if mailbox(to) != to:
            raise ValueError("not as it is written in a header")
        address = Address(addr_spec=to)
    except Exception as error:  # the parser of the standard library ends in many
        raise RefusedForGood("address-unusable", address=True) from error
    try:
        message = _message(mail, notification_id, sender, address, now, unsubscribe)
        for appointment in appointments:
            message.add_attachment(
                ics(appointment, now).decode(),
                subtype="calendar",
                filename="entretien.ics",
                params={"method": method(appointment)},
            )
        message.as_bytes()
    except Exception as error:
        # Lone surrogates, a header that no policy takes …: whatever it is, one message must not stop the queue.
        raise RefusedForGood("message-unusable") from error
    return message


def _message(
    mail: Mail, notification_id: str, sender: str, address: Address, now: datetime, unsubscribe: str | None
) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    name, own = parseaddr(sender)
    message["From"] = _Written.of("From", str(Address(name, addr_spec=own)), _from(name, own))
    message["To"] = _Written.of("To", address.addr_spec, address.addr_spec)
    subject = " ".join(mail.subject.splitlines())
    message["Subject"] = _Written.of("Subject", subject, text_header(subject))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _written("Message-ID", message_id(notification_id, sender))
    # RFC 3834: no out-of-office answers to a machine.
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe is not None:
        message["List-Unsubscribe"] = _written("List-Unsubscribe", f"<{unsubscribe}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def message_id(notification_id: str, sender: str) -> str:
    """The idempotency key of an e-mail: the same on every try, so that a repetition can be told as one."""
    return f"<{notification_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"


def text_header(text: str) -> str:
    """A header's text: folded at its blanks when it is plain ASCII, else as encoded words; lines end in ``\\n``.

    Blanks between encoded words are no part of the text (RFC 2047 §6.2), so all of it is encoded, its blanks too.
    """
    lines = textwrap.wrap(text, _WIDTH - len("Subject: "), break_long_words=False, break_on_hyphens=False)
    if text.isascii() and text.isprintable() and "=?" not in text and " ".join(lines) == text:
        return "\n ".join(lines)
    return "\n ".join(_word(part) for part in _parts(text))


def _word(part: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(part).decode()}?="


def _parts(text: str) -> Iterator[bytes]:
    """UTF-8 in pieces that fit a word each and never cut a character (RFC 2047 §5)."""
    part = b""
    for one in text:
        encoded = one.encode()
        if len(part) + len(encoded) > _WORD_BYTES:
            yield part
            part = b""
        part += encoded
    yield part


def _from(name: str, own: str) -> str:
    if name.isascii() and "=?" not in name:
        return str(Address(name, addr_spec=own))
    # One word, however long: between two of them in a name, parsers disagree whether there is a blank.
    return f"{_word(name.encode())}\n <{own}>"


def _written(name: str, value: str) -> _Written:
    """A header of ASCII that must not be cut: an id, an address of a page."""
    value.encode("ascii")
    return _Written.of(name, value, value)
