"""The SMTP sink keeps what it accepts."""

import smtplib
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from deploy.local.process import Process, free_port
from tests.local.waiting import until


def listening(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5):
            return True
    except OSError:
        return False


def test_a_mail_becomes_a_file(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "mail"
    argv = [sys.executable, "-m", "deploy.local.smtp", "--port", str(port), "--dir", str(folder)]
    sink = Process("SMTP sink", argv, log=tmp_path / "smtp.log")
    sink.start()
    try:
        until(lambda: listening(port), "the sink listens")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "bassin@exemple.fr", "lea@exemple.fr", "Une offre à Guéret"
        mail.set_content("Aide à domicile, à 12 km de chez vous.\n")
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.send_message(mail, to_addrs=["lea@exemple.fr", "copie@exemple.fr"])
            client.send_message(mail)
        kept = sorted(folder.iterdir())
        assert [file.suffix for file in kept] == [".eml", ".eml"]
        read = message_from_bytes(kept[0].read_bytes(), policy=policy.default)
        assert read["Subject"] == "Une offre à Guéret"
        assert read["X-RcptTo"] == "lea@exemple.fr, copie@exemple.fr"
        assert "à 12 km" in read.get_body().get_content()
    finally:
        sink.terminate()
    assert sink.returncode == 0
