"""E-mails as another parser reads them, whatever people are called and wherever they live."""

import email
import email.header
import email.policy
import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.channels import RefusedForGood
from services.notifications.channels.mailer import build, text_header
from services.notifications.domain import french
from services.notifications.templates.texts import Mail
from shared.reference.communes import Communes

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
USUAL = (
    "Maçon / Maçonne (H/F)",
    "Aide à domicile (H/F)",
    "Auxiliaire de vie sociale (H/F)",
    "Agent / Agente d'entretien des locaux (H/F)",
    "Employé / Employée de libre-service (H/F)",
    "Conducteur routier / Conductrice routière SPL (H/F)",
    "Serveur / Serveuse de restaurant (H/F)",
    "Cuisinier / Cuisinière de collectivité (H/F)",
    "Ouvrier / Ouvrière agricole polyvalent(e)",
    "Aide-soignant / Aide-soignante de nuit (H/F)",
    "Infirmier / Infirmière en EHPAD – CDI temps plein",
    "Vendeur / Vendeuse en boulangerie-pâtisserie",
    "Préparateur / Préparatrice de commandes (CACES 1)",
    "Électricien / Électricienne du bâtiment (H/F)",
    "Peintre en bâtiment : intérieur & extérieur",
    "Assistant maternel / Assistante maternelle",
    "Secrétaire comptable (« mi-temps », H/F)",
    "Bûcheron / Bûcheronne",
    "Opérateur / Opératrice de scierie – 2x8",
    "Animateur / Animatrice périscolaire, 15 h/semaine",
)


def a_mail(subject: str = "Bonjour", text: str = "Bonjour,\n", html: str = "<p>Bonjour</p>") -> Mail:
    return Mail(subject, text, html)


def written(subject: str, *, sender: str = "Bassin <emploi@creuse.fr>", **changes: object) -> bytes:
    values: dict[str, object] = {
        "notification_id": "n-1",
        "sender": sender,
        "to": "a@b.fr",
        "now": NOW,
        "unsubscribe": None,
    }
    message: EmailMessage = build(a_mail(subject), **(values | changes))  # type: ignore[arg-type]  # by name, as given
    return message.as_bytes()


def read(raw: bytes, name: str = "Subject") -> str:
    """By the standard library's newer parser, which must agree with its older one."""
    new = str(email.message_from_bytes(raw, policy=email.policy.default)[name])
    old = email.message_from_bytes(raw, policy=email.policy.compat32)[name]
    decoded = str(email.header.make_header(email.header.decode_header(old.replace("\r\n", "").replace("\n", ""))))
    assert decoded == new
    return new


def lines_of(raw: bytes) -> list[bytes]:
    return raw.split(b"\n\n")[0].replace(b"\r\n", b"\n").split(b"\n")


@pytest.mark.parametrize("title", USUAL)
def test_subjects_of_usual_titles_in_every_commune_of_the_creuse_survive(title: str) -> None:
    for commune in Communes.load().by_department("23"):
        subject = f"Une offre pour vous : {title}, {french.a(commune.name)}"
        raw = f"Subject: {text_header(subject)}\n\n".encode()
        assert str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"]) == subject
    assert read(written(subject)) == subject


def test_subjects_of_all_titles_of_the_demo_survive_in_every_commune_of_the_creuse() -> None:
    reference = json.loads((ROOT / "shared/reference/data/occupations.json").read_text())["occupations"]
    imported = json.loads((ROOT / "deploy/demo/data/offers_france_travail.json").read_text())["resultats"]
    titles = {f"{known['titles'][0]} (H/F)" for known in reference} | {row["intitule"] for row in imported}
    communes = Communes.load().by_department("23")
    assert len(titles) > 150
    assert len(communes) > 250
    for title in titles:
        for commune in communes:
            subject = f"Une offre pour vous : {title}, {french.a(commune.name)}"
            folded = text_header(subject).replace("\n", "")
            assert str(email.header.make_header(email.header.decode_header(folded))) == subject


@pytest.mark.parametrize(
    "subject",
    [
        "«Maçon», «Maçonne» : à Guéret",
        "Une offre : طباخ / طباخة، في غيريه",
        "Предложение: повар (м/ж), Гере",
        "招聘：厨师，盖雷",
        "Cuisinier 👩🏽‍🍳👨‍👩‍👧‍👦 et 🏳️‍🌈, à Guéret",
        "A" * 200,
        "É" * 200,
        "mot " * 49 + "fin",
        "=?utf-8?q?Vous_avez_gagn=C3=A9?=",
        "=?iso-8859-1?b?6Q==?= à Guéret",
        "Subject: deux",
        "100 % à 50 €/h — « vite »",
        "e\u0301te\u0301 décomposé",
        "une   suite   de   blancs",
        "avant\x00après\x1b",
        "a\u00a0insécable : à Guéret",
        "'; DROP TABLE offers; --",
        "f" * 75 + " é",
    ],
)
def test_every_script_survives(subject: str) -> None:
    raw = written(subject)
    assert read(raw) == subject
    assert all(len(line) <= 78 for line in lines_of(raw) if b"=?utf-8?" in line)
    assert all(len(line) <= 998 for line in lines_of(raw))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=200))
def test_any_subject_survives(text: str) -> None:
    subject = " ".join(text.split())
    if subject:
        assert read(written(subject)) == subject


@pytest.mark.parametrize(
    "sender",
    [
        "Bassin <emploi@creuse.fr>",
        '"Département de la Creuse – Service emploi (H/F), à Guéret" <emploi@creuse.fr>',
        '"Emploi, insertion" <emploi@creuse.fr>',
        "emploi@creuse.fr",
    ],
)
def test_the_sender_is_who_it_is(sender: str) -> None:
    message = email.message_from_bytes(written("Bonjour", sender=sender), policy=email.policy.default)
    [address] = message["From"].addresses
    assert (address.display_name, address.addr_spec) == email.utils.parseaddr(sender)


def test_long_addresses_and_links_are_not_cut() -> None:
    to = "a" * 60 + "@" + ".".join(["b" * 60, "c" * 60, "d" * 50, "fr"])
    link = "https://emploi.creuse.fr/" + "x" * 400
    message = email.message_from_bytes(written("Bonjour", to=to, unsubscribe=link), policy=email.policy.default)
    assert [one.addr_spec for one in message["To"].addresses] == [to]
    assert str(message["List-Unsubscribe"]).replace(" ", "") == f"<{link}>"


@pytest.mark.parametrize(
    "address",
    [
        "<a@b.c",
        "<camille@orange.fr>",
        "(@b.c",
        "a@[b.c",
        "camille@orange.fr,",
        "camille@orange.fr;",
        "mailto:camille@orange.fr",
        "cam..ille@orange.fr",
        ".camille@orange.fr",
        "camille.@orange.fr",
        "éloïse@orange.fr",
        "camille@orange.fr\u200b",
        "camille@hôtel-creuse.fr",
        "camille@orange.fr\r\nBcc: x@y.fr",
        '"a b"@orange.fr\n',
        "a@b@c.fr",
        "",
        "@",
        "camille@" + "a" * 300 + ".fr",
    ],
)
def test_an_address_that_cannot_be_written_to_is_a_bounce(address: str) -> None:
    with pytest.raises(RefusedForGood) as refused:
        written("Bonjour", to=address)
    assert (refused.value.reason, refused.value.address) == ("address-unusable", True)


@pytest.mark.parametrize(
    "mail",
    [
        a_mail("demi \ud83d caractère"),
        a_mail(text="demi \ud83d caractère"),
        a_mail(html="<p>\udfff</p>"),
    ],
)
def test_a_message_that_cannot_be_written_is_a_bounce_that_leaves_the_address_alone(mail: Mail) -> None:
    with pytest.raises(RefusedForGood) as refused:
        build(mail, notification_id="n", sender="a@b.fr", to="c@d.fr", now=NOW, unsubscribe=None)
    assert (refused.value.reason, refused.value.address) == ("message-unusable", False)


def test_line_ends_in_a_subject_add_no_header() -> None:
    message = email.message_from_bytes(written("deux\nlignes\r\nBcc: x@y.fr"), policy=email.policy.default)
    assert message["Bcc"] is None
    assert message["Subject"] == "deux lignes Bcc: x@y.fr"


def test_text_in_any_script_arrives_as_it_was() -> None:
    text = "Bonjour Иван,\n\n– À 12 km de chez vous 🙂\n" + "x" * 2_000 + "\n.\n..\nFrom ici\n"
    message = build(
        Mail("s", text, f"<p>{text}</p>"), notification_id="n", sender="a@b.fr", to="c@d.fr", now=NOW, unsubscribe=None
    )
    read_back = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(read_back, EmailMessage)
    plain = read_back.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == text
