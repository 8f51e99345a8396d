"""Marks that somebody stacks on a letter cost no more than they are, wherever a text is put into a normal form."""

import unicodedata
from collections.abc import Callable
from contextlib import suppress

import pytest

from services.clauses.procurement.words import cleaned
from services.offers.search.words import plain
from services.profiles.cv.typography import prose
from shared import normal_forms
from shared.contact_points import names_contact, without_contact
from shared.normal_forms import MOST_MARKS, is_normal, normal, plain_figures, stacked
from shared.tables.cell import Cell
from shared.types import mailbox
from shared.visible import clean_line, clean_prose

ABOVE, BELOW, TIBETAN = "\u0315", "\u0327", "\u0f73"
"""Marks of two classes, of which the second goes before the first; one that is no mark before it is written out as two."""
TEXTS = ["a" + ABOVE * 20_000 + BELOW * 20_000, TIBETAN * 20_000, "a" + f"{ABOVE * 29}\u200d" * 700 + BELOW * 20_000]


def test_every_mark_of_unicode_is_known() -> None:
    of_all = {one for one in map(chr, range(0x110000)) if unicodedata.combining(unicodedata.normalize("NFKD", one)[0])}  # noqa: TID251
    assert of_all == set(normal_forms._MARK)


@pytest.mark.parametrize(
    "text", ["Éloïse", "e\u0301lan", "ti\u1ec7m", "हिन्दी", "שָׁלוֹם עֲלֵיכֶם", "ﬁn", "a" + ABOVE * MOST_MARKS]
)
def test_what_people_write_is_in_the_form_that_unicode_says(text: str) -> None:
    assert normal("NFC", text) == unicodedata.normalize("NFC", text)  # noqa: TID251
    assert normal("NFKC", text) == unicodedata.normalize("NFKC", text)  # noqa: TID251
    assert not stacked(text)


@pytest.mark.parametrize("text", TEXTS, ids=["two classes", "written out", "joined"])
def test_a_stack_ends_and_stays_ended(text: str) -> None:
    once = normal("NFC", clean_line(text))
    assert len(once) < len(text)
    assert not stacked(once)
    assert (normal("NFC", once), is_normal("NFC", once), is_normal("NFC", text)) == (once, True, False)


def _mailbox(text: str) -> object:
    with suppress(ValueError):
        return mailbox(f"camille@{text}.fr")
    return None


@pytest.mark.parametrize(
    "read",
    [
        clean_line,
        clean_prose,
        _mailbox,
        names_contact,
        lambda text: without_contact(f"www.exemple.fr {text}", "…"),
        lambda text: Cell(text).text,
        cleaned,
        plain,
        prose,
    ],
    ids=["line", "prose", "mailbox", "contact", "without contact", "cell", "clause", "search", "cv"],
)
def test_a_stack_costs_no_more_than_its_length(read: Callable[[str], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in what is put in order: of 40,000 marks on one letter that were four hundred millions of steps."""
    longest = 0
    put_in_order = unicodedata.normalize  # noqa: TID251

    def counted(form: str, text: str) -> str:
        nonlocal longest
        run = 0
        for one in text:
            run = run + 1 if one in normal_forms._MARK else 0
            longest = max(longest, run)
        return put_in_order(form, text)

    monkeypatch.setattr(normal_forms, "_in_form", counted)
    for text in TEXTS:
        read(text)
    assert longest <= MOST_MARKS


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("12¹", "12(1)"),
        ("1²0", "1(2)0"),
        ("12⑴ h", "12(1) h"),
        ("١٢₃", "١٢(3)"),
        ("35½", "35 1⁄2 "),
        ("１２", "12"),
        ("① m² CO₂ 7h³⁰", "1 m2 CO2 7h30"),
    ],
)
def test_a_small_figure_beside_a_figure_is_no_part_of_its_number(written: str, plain: str) -> None:
    assert plain_figures(written) == plain_figures(plain) == plain
