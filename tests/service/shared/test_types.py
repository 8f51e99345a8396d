"""Types of bounded meaning: what is mended, what is refused, and that nothing kept can break what is made of it."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from email import message_from_bytes, policy
from typing import Annotated, Any
from unicodedata import is_normalized  # noqa: TID251 - of two letters
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.notifications.channels.mailer import build
from services.notifications.templates.texts import Mail
from shared.contact_points import names_contact, without_contact
from shared.domain import Aggregate
from shared.types import (
    STORED,
    CivilDate,
    ClockTime,
    Distinct,
    Email,
    Euros,
    HourlyRate,
    Hours,
    Identifier,
    Instant,
    Line,
    Name,
    Percent,
    Prose,
    Website,
)
from shared.visible import _BEYOND_LATIN, _plain, without_hidden

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def read(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refusal(kind: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        read(kind, value)
    return str(refused.value.errors()[0]["type"])


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        "   ",
        "\n\n\n",
        "\t",
        "\u00a0",
        "\u200b" * 3,
        "\ufeff",
        "\u202c",
        "\u2028",
        "\u3164",
        "\u2800",
        "\x00",
        "\x1b",
        "\u00ad\u00ad",
        "\u034f",
        "\u0301",
        "\ufe0f",
        "\u200d",
        "\U000e0041",
        "\u2066 \u2069",
        "\ud800",
    ],
)
def test_text_in_which_nothing_is_visible_is_blank(nothing: str) -> None:
    assert refusal(Annotated[str, Line(200)], nothing) == "blank"
    assert refusal(Annotated[str, Prose(200)], nothing) == "blank"
    assert refusal(Annotated[str, Name(200)], nothing) == "blank"
    assert read(Annotated[str | None, Line(200)], nothing) is None
    assert read(Annotated[str, Prose(200, blank=True)], nothing) == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Maçon\u000b (H/F)", "Maçon (H/F)"),
        ("Maçon\x00\x1b\x0c\ufffe", "Maçon"),
        ("  Maçon\r\n\tconfirmé  ", "Maçon confirmé"),
        ("Mac\u0327on", "Maçon"),
        ("\u202eecivreS", "ecivreS"),
        ("Ser\u200bvice\u2060", "Service"),
        ("Boucher\u00a0: Guéret", "Boucher\u00a0: Guéret"),
        ("lone \ud800 half", "lone half"),
        ("नमस्\u200dते", "नमस्\u200dते"),
        ("👩\u200d🍳 Cuisine", "👩\u200d🍳 Cuisine"),
        ("V\u200dendeur", "Vendeur"),
        # Letters for show are read aloud one by one, and no search finds their words.
        ("𝗠𝗮𝗰\u0327𝗼𝗻 𝑐𝑜𝑛𝑓𝑖𝑟𝑚𝑒\u0301, 𝟑𝟓 h", "Maçon confirmé, 35 h"),
        ("ＭＡÇＯＮ Ⓥⓡⓓ", "MAÇON Vrd"),
        ("H₂O, 20 m², ½ journée, Иван", "H₂O, 20 m², ½ journée, Иван"),
        # No script draws more than five marks on a letter: a tower of them stands over the lines above and below.
        ("Ma" + "\u033b" * 27 + "çon", "Ma" + "\u033b" * 5 + "çon"),
        ("Ma" + "\u033b\u200d" * 27 + "\u033bçon", "Ma" + "\u033b\u200d" * 4 + "\u033bçon"),
        ("Ma" + "\U0001e000" * 27 + "çon", "Ma" + "\U0001e000" * 5 + "çon"),
        ("Ma" + "\U0001d167\u033b" * 12 + "çon 🙂", "Ma" + "\U0001d167" * 5 + "çon 🙂"),
        ("Maçon" + "\u20dd\u20de\u0489" * 5, "Maçon" + "\u20dd\u20de\u0489\u20dd\u20de"),
        ("בְּרֵאשִׁ֖ית, ကြွှုံ့, Tiếng Việt, หนี้, हिन्दी", "בְּרֵאשִׁ֖ית, ကြွှုံ့, Tiếng Việt, หนี้, हिन्दी"),
    ],
)
def test_a_line_keeps_what_is_read(written: str, kept: str) -> None:
    assert read(Annotated[str, Line(200)], written) == kept


def test_prose_keeps_its_lines() -> None:
    assert read(Annotated[str, Prose(200)], "Vous  ferez :\r\n- ceci   \r- cela\x00\u2029fin\n\n") == (
        "Vous  ferez :\n- ceci\n- cela\nfin"
    )
    assert read(Annotated[str, Prose(200)], "𝗣𝗿𝗼𝗳𝗶𝗹 :\n- 𝟏 permis") == "Profil :\n- 1 permis"


def test_length_is_that_of_what_is_kept() -> None:
    assert read(Annotated[str, Line(5)], "  abcde\u200b  ") == "abcde"
    assert refusal(Annotated[str, Line(5)], "abcdef") == "too_long"


@pytest.mark.parametrize("kind", [Line(200), Prose(200, blank=True), Name(200)])
@pytest.mark.parametrize("much", ["\u200b", " ", "\n", "e\u0301", "a"])
def test_a_text_out_of_all_proportion_is_refused_before_it_is_mended(kind: Any, much: str) -> None:
    assert refusal(Annotated[str, kind], much * 60_000) == "too_long"
    assert read(Annotated[str, kind], "Maçon" + "\u200b" * 2_000) == "Maçon"
    assert refusal(Annotated[str, Line(9, min_length=3)], "ab\u200b") == "too_short"


@given(st.text(st.characters(), max_size=80))
def test_no_text_that_is_kept_breaks_xml_and_cleaning_it_again_changes_nothing(text: str) -> None:
    for kind in (Annotated[str, Line(200, blank=True)], Annotated[str, Prose(200, blank=True)]):
        kept = read(kind, text)
        element = ElementTree.Element("title")
        element.text = kept
        again = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8")).text or ""
        assert again == kept
        assert read(kind, kept) == kept


@pytest.mark.parametrize(
    "name",
    [
        "Appelez le 08 99 12 34 56",
        "0899123456",
        "+33 6.12.34.56.78",
        "０８９９１２３４５６",
        "0-8-9-9-1-2-3-4-5-6",
        "https://x.example",
        "hＴＴp：／／x.example",
        "www.exemple.fr",
        "javascript:alert",
        "mailto:x",
        "x.example/a",
        "Écrivez à a@b.fr",
        "12/03/2026 0899123456",
        "٠٨٩٩١٢٣٤٥٦",
        "०८ ९९ १२ ३४ ५६",
    ],
)
def test_a_name_carries_nothing_to_follow_or_call(name: str) -> None:
    assert refusal(Annotated[str, Name(200)], name) == "contact_in_name"


def test_a_number_in_any_digits_is_hidden_and_other_figures_stay_as_they_are_written() -> None:
    said = "هاتفي ٠٦١٢٣٤٥٦٧٨ منذ ٢٠١٩"
    assert without_contact(said, "[…]") == "هاتفي […] منذ ٢٠١٩"


@pytest.mark.parametrize(
    "name",
    [
        "Boulangerie Dupré & Fils",
        "Garage 2000",
        "S.A.R.L. Petit",
        "Forum de l'emploi 2025-2026",
        "1001 services",
        "Job dating du 12/03/2026 au 14/03/2026",
        "Atelier CV 09.03.2026 à 14h30",
        "3e RPIMa",
        "Иван",
        "محمد",
        "D'Arc",
    ],
)
def test_usual_names_are_taken(name: str) -> None:
    assert not names_contact(name)
    assert read(Annotated[str, Name(200)], name) == name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" camille@orange.fr ", "camille@orange.fr"),
        ("camille@orange.fr\u200b", "camille@orange.fr"),
        ("\ufeffcamille@orange.fr\u202c", "camille@orange.fr"),
        ("Camille.O'Neil+job@Orange.FR", "Camille.O'Neil+job@orange.fr"),
        ("camille@hôtel-creuse.fr", "camille@xn--htel-creuse-2eb.fr"),
    ],
)
def test_mailboxes_are_mended_where_that_is_harmless(written: str, kept: str) -> None:
    assert read(Email, written) == kept


@pytest.mark.parametrize(
    "address",
    [
        "<a@b.fr>",
        "(@b.c",
        "a@[b.c",
        "a@[127.0.0.1]",
        "mailto:a@b.fr",
        "a@b.fr,",
        "a@b.fr;",
        "a@b.fr, c@d.fr",
        ".a@b.fr",
        "a.@b.fr",
        "cam..ille@b.fr",
        "éloïse@b.fr",
        "a b@c.fr",
        '"a b"@c.fr',
        "a@b",
        "a@-b.fr",
        "a@b..fr",
        "@b.fr",
        "a@",
        "Camille <a@b.fr>",
        "a@b.fr\nBcc: c@d.fr",
        "a@b@c.fr",
        "a" * 65 + "@b.fr",
        "a@" + "b" * 64 + ".fr",
        "\\@b.fr",
        "a@" + ".".join(["b" * 60] * 5) + ".fr",
        "a(c)@b.fr",
        "=?utf-8?q?a?=@b.fr",
        "camille@orange.f",
        "camille@123.456",
    ],
)
def test_what_is_no_mailbox_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(Email, address)
    sentence = refused.value.errors()[0]["msg"]
    assert sentence.startswith(("Cette adresse", "Une adresse"))
    assert address not in sentence


@given(
    st.one_of(
        st.emails(),
        st.from_regex(r"[!-~]{1,12}@[!-~]{1,12}\.[a-z]{2}", fullmatch=True),
        st.from_regex(r".{1,12}@.{1,12}\..{1,4}", fullmatch=True),
    )
)
def test_every_mailbox_that_is_taken_can_be_written_to(address: str) -> None:
    try:
        kept = read(Email, address)
    except ValidationError:
        return
    mail = build(
        Mail("Objet", "texte", "<p>texte</p>"),
        notification_id="n1",
        sender="B <b@c.fr>",
        to=kept,
        now=NOW,
        unsubscribe=None,
    )
    back = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert [one.addr_spec for one in back["To"].addresses] == [kept]


@pytest.mark.parametrize(
    "address",
    [
        "https://exemple.fr/" + "é" * 240,
        "http://interne",
        "ftp://exemple.fr",
        "https://u:p@exemple.fr",
        "javascript:x",
        "https://exemple.fr/a b",
        "//exemple.fr",
        "https://",
        "https://.fr",
        "https://exemple.fr/" + "a" * 500,
    ],
)
def test_websites_that_nobody_can_open_are_refused(address: str) -> None:
    assert refusal(Website, address) == "website"


@pytest.mark.parametrize(("what", "written"), [(Email, "a@b.fr"), (Website, "https://exemple.fr")])
def test_what_no_mending_makes_fit_is_refused_before_it_is_mended(what: Any, written: str) -> None:
    """Of a megabyte of hidden characters around an address that address was made, half a second of the event loop each."""
    assert read(what, written + 2_000 * "\u200b").startswith(written)
    assert refusal(what, written + 1_000_000 * "\u200b") in ("email", "website")


def test_a_website_is_kept_as_it_is_linked_and_fits_again() -> None:
    kept = read(Website, " HTTPS://Exemple.FR/métiers\u200b ")
    assert kept == "https://exemple.fr/m%C3%A9tiers"
    assert read(Website, kept) == kept


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31", "2101-01-01"])
def test_days_that_nobody_means_are_refused(day: str) -> None:
    assert refusal(CivilDate, day) == "date_range"


@pytest.mark.parametrize("day", [0, 20260309, "0", "1700000000", "2026-3-9", "09/03/2026", "2026-03-09T00:00:00", True])
def test_a_day_is_written_as_one(day: object) -> None:
    assert refusal(CivilDate, day) == "date"


@pytest.mark.parametrize(
    ("moment", "rule"),
    [
        ("2026-12-03T14:30:00", "instant"),
        (1_700_000_000, "instant"),
        ("1700000000", "instant"),
        ("2026-12-03", "instant"),
        ("0001-01-01T00:00:00+14:00", "instant_range"),
        ("9999-12-31T23:59:59-12:00", "instant_range"),
    ],
)
def test_a_moment_has_an_offset_and_is_of_our_time(moment: object, rule: str) -> None:
    assert refusal(Instant, moment) == rule


def test_a_moment_is_kept_as_the_store_keeps_it() -> None:
    kept = read(Instant, "2026-12-03T14:30:00.123456+01:00")
    assert kept == datetime(2026, 12, 3, 13, 30, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize("kind", [Hours, Euros, HourlyRate, Percent])
@pytest.mark.parametrize(
    "amount", ["1E+7000", "-1", "NaN", "Infinity", "1E-7000", "9" * 5_000, "1.23456", "999999999999.99"]
)
def test_amounts_out_of_all_proportion_are_refused(kind: Any, amount: str) -> None:
    refusal(kind, amount)


def test_amounts_are_exact_to_the_cent() -> None:
    assert str(read(Hours, 0.1)) == "0.10"
    assert str(read(Euros, "0E+7000")) == "0.00"
    assert str(read(HourlyRate, "30")) == "30.00"


def test_a_field_may_bound_hours_further() -> None:
    class Month(BaseModel):
        hours: Hours = Field(le=744)

    assert Month.model_validate({"hours": "744"}).hours == 744
    with pytest.raises(ValidationError):
        Month.model_validate({"hours": "745"})


def test_ids_are_short_and_printable() -> None:
    assert read(Identifier, "auth0|17") == "auth0|17"
    for id in ("", "a" * 81, "a b", "a\x00", "é", "\u200b"):
        refusal(Identifier, id)


def test_a_list_is_bounded_before_its_items_are_looked_at() -> None:
    kind = Annotated[tuple[int, ...], Distinct(3)]
    assert read(kind, [2, 1, 2]) == (2, 1)
    with pytest.raises(ValidationError) as refused:
        read(kind, ["x"] * 100_000)
    assert refused.value.error_count() == 1
    assert refused.value.errors()[0]["type"] == "too_many"


class Kept(Aggregate):
    """A document with every kind of field."""

    title: Annotated[str, Line(10, min_length=3)]
    name: Annotated[str, Name(10)]
    email: Email
    site: Website
    day: CivilDate
    numbers: Annotated[tuple[int, ...], Distinct(2)]


def test_what_was_stored_under_milder_rules_is_read() -> None:
    fields: dict[str, object] = {
        "title": " a\x0b ",
        "name": "www.exemple.fr et plus",
        "email": "(@b.c",
        "site": "http://interne",
        "day": "0001-01-01",
        "numbers": [1, 1, 2, 3],
    }
    document: dict[str, object] = {"territory": "23", "created_at": NOW, "updated_at": NOW, **fields}
    with pytest.raises(ValidationError) as refused:
        Kept.model_validate({"id": "1", **document})
    assert refused.value.error_count() == len(fields)
    kept = Kept.restore({"_id": "1", **document})
    assert (kept.title, kept.email, kept.day, kept.numbers) == ("a", "(@b.c", date(1, 1, 1), (1, 2, 3))


def test_the_documents_say_the_bounds() -> None:
    class Form(BaseModel):
        title: Annotated[str, Line(200, min_length=3)]
        note: Annotated[str | None, Line(50)] = None
        hours: Hours = Decimal(0)
        numbers: Annotated[tuple[int, ...], Distinct(2)] = ()

    properties = Form.model_json_schema()["properties"]
    assert (properties["title"]["minLength"], properties["title"]["maxLength"]) == (3, 200)
    assert properties["note"]["anyOf"][0]["maxLength"] == 50
    assert properties["numbers"]["maxItems"] == 2
    assert properties["hours"]["anyOf"][0]["minimum"] == 0


def test_stored_is_no_way_around_types() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Annotated[str, Line(10)]).validate_python(5, context=dict(STORED))


@pytest.mark.parametrize(
    "written", ["7:5", "24:00", "25:00", "07:60", "\uff10\uff17:00", "\u0660\u0667:00", "7h30", "07:00Z", "", 7]
)
def test_what_no_clock_shows_is_no_time(written: object) -> None:
    assert refusal(ClockTime, written) == "clock"


@pytest.mark.parametrize(
    ("written", "shown"),
    [("7:30", time(7, 30)), ("07:30", time(7, 30)), ("7:30:05", time(7, 30, 5)), ("23:59:59", time(23, 59, 59))],
)
def test_a_time_is_what_clocks_show(written: str, shown: time) -> None:
    assert [read(ClockTime, written), read(ClockTime, shown)] == [shown, shown]


def test_no_character_that_is_taken_for_latin_would_be_mended() -> None:
    latin = [one for one in map(chr, range(0x11_0000)) if not _BEYOND_LATIN.search(one)]
    assert len(latin) > 800
    for one in latin:
        assert one in "\n\t" or not one.isprintable() or without_hidden(_plain(f"a{one}b")) == f"a{one}b"
        # Nothing of them becomes one letter with the one before it.
        assert is_normalized("NFC", f"a{one}")
