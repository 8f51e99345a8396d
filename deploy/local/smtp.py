"""An SMTP server that delivers to a folder: every accepted mail is one ``.eml`` file, nothing leaves the machine."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer
from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.ids import IdFactory, new_id


class MailFolder:
    """aiosmtpd handler that keeps each mail in ``folder``, whole or not at all.

    The envelope, which a mail's own headers need not show, is kept as ``X-MailFrom`` and ``X-RcptTo``.
    Names sort by time of arrival.
    """

    def __init__(self, folder: Path, ids: IdFactory = new_id) -> None:
        self._folder = folder
        self._ids = ids
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Write the mail and answer the client."""
        content = envelope.original_content or b""
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        name = self._ids()
        unfinished = self._folder / f".{name}.part"
        unfinished.write_bytes(head + content)
        unfinished.rename(self._folder / f"{name}.eml")
        return "250 OK"


async def serve(port: int, folder: Path, host: str = "127.0.0.1") -> None:
    """Accept mail until SIGTERM or SIGINT.

    Raises:
        OSError: the port is taken.
    """
    handler = MailFolder(folder)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(lambda: SMTP(handler, hostname="localhost", enable_SMTPUTF8=True), host, port)
    async with server:
        await ended.wait()


def main(
    port: Annotated[int, typer.Option(help="TCP port on loopback")],
    dir: Annotated[Path, typer.Option(help="Folder that receives one .eml file per mail")],
) -> None:
    """Run an SMTP sink."""
    asyncio.run(serve(port, dir))


if __name__ == "__main__":
    typer.run(main)
