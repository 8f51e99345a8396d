"""An SMTP handler that keeps what it gets, and refuses what a test tells it to."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import Envelope


class SmtpSink:
    """``replies``: answers to RCPT by address, used up one by one when they are a list."""

    def __init__(self) -> None:
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.replies: dict[str, str | list[str]] = {}
        self.data_reply: str | None = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        reply = self.replies.get(address, "250 OK")
        if isinstance(reply, list):
            reply = reply.pop(0) if reply else "250 OK"
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data_reply is not None:
            return self.data_reply
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def text(self, index: int = -1) -> str:
        """The plain part of a message."""
        body = self.messages[index].get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def html(self, index: int = -1) -> str:
        """The HTML part of a message."""
        body = self.messages[index].get_body(("html",))
        assert body is not None
        return str(body.get_content())
