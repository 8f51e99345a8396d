"""Social security numbers are seen in every printed form, other numbers are left alone."""

import math
import random
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir

from shared.http.personal import numbers_in
from shared.ids import derived_id
from shared.nir import names_nir

BODIES = (
    "1850578006084",  # a man born in May 1985 in the Yvelines
    "2690549588157",
    "185052A006084",  # Corse-du-Sud
    "292112B033001",  # Haute-Corse
    "2980397411012",  # Réunion
    "1770199351045",  # born abroad
    "3850578006084",
    "4850578006084",
    "7850578006084",  # waits for theirs
    "8850578006084",
    "1853578006084",  # month unknown
)
GROUPS = (1, 2, 2, 2, 3, 3, 2)


def key_of(body: str) -> str:
    return str(nir.calc_check_digits(body))


def grouped(number: str, separator: str) -> str:
    parts, at = [], 0
    for size in GROUPS:
        parts.append(number[at : at + size])
        at += size
    return separator.join(part for part in parts if part)


@pytest.mark.parametrize("separator", ["", " ", "-", ".", "\u00a0", "\u202f", " - ", "–", "/", "_", "\u2011"])
@pytest.mark.parametrize("body", BODIES)
def test_every_printed_form_is_seen(body: str, separator: str) -> None:
    for number in (body, body + key_of(body), body + "00"):  # no key, the right one, a mistyped one
        written = grouped(number, separator)
        for text in (written, f"NIR {written}", f"NIR{written}", f"n° {written}, née à Guéret", written.lower()):
            assert names_nir(text), text


@pytest.mark.parametrize(
    "text",
    [
        "1-85-05-78-006-084-36",
        "NIR 185057800608436",
        "785057800608436",
        "1 85 05 78 006 084 | 36",
        "１８５０５７８００６０８４",
        "١٨٥٠٥٧٨٠٠٦٠٨٤",
        "⑱50578006084",
        "1850578\u200b006084",
        "sécu:1850578006084.",
        "18505 78006 08491",  # the right key, in groups of five
        "1850 5780 0608 491",
        "18505 - 78006 - 08491",
        "5 " + " - ".join("185057800608491"),
        "⒈⒏⒌057800608491",
        "185052Ａ006084",
        "Mme X (2 69 05 49 588 157 80) le 12/03/2026",
    ],
)
def test_odd_forms_are_seen(text: str) -> None:
    assert names_nir(text)


@pytest.mark.parametrize("written", ["{}", "{} suite", "n°{}", "20 {}"])
def test_a_month_that_references_have_too_is_told_by_the_key(written: str) -> None:
    body = "1855578006084"
    right, wrong = (f"{body}{(int(key_of(body)) + off) % 97:02}" for off in (0, 1))
    assert names_nir(written.format(right))
    assert not names_nir(written.format(wrong))
    assert not names_nir(body)


@pytest.mark.parametrize(
    "text",
    [
        "73282932000074",  # SIRET
        "732 829 320 00074",
        "+33 6 12 34 56 78",
        "06 12 34 56 78 / 05 55 52 00 00",
        "FR76 3000 4000 0312 3456 7890 143",
        "20260312001",
        "marché 2026-23-0142 lot 3, 12/03/2026 au 31/12/2027",
        "2026031200123",
        "9 85 05 78 006 084",
        "0 85 05 78 006 084",
        "1 85 13 78 006 084",  # no such month
        "1 85 05 00 006 084",  # no such département
        "018505780060840",
        "1234567890123456789",
        "1850 5780 0608 492",  # a grouping of nobody's, and not the key
        "",
        "Guéret",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not names_nir(text)


def test_ids_of_ours_are_left_alone() -> None:
    assert not any(names_nir(derived_id("nir", str(n))) for n in range(5_000))


@given(st.text(max_size=60))
def test_no_text_breaks_the_detector(text: str) -> None:
    assert names_nir(text) in (True, False)


def test_a_number_is_seen_wherever_it_stands() -> None:
    draw = random.Random(23)
    for _ in range(500):
        body = f"{draw.choice('12')}{draw.randrange(100):02}{draw.randint(1, 12):02}{draw.randint(1, 95):02}"
        body += f"{draw.randint(1, 990):03}{draw.randint(1, 999):03}"
        text = f"{draw.choice(['réf ', '', 'dossier n°', '('])}{grouped(body + key_of(body), draw.choice(' -.'))}"
        assert names_nir(text + draw.choice([")", "", " suite", "\n"])), text


def spent(text: str) -> float:
    """The least processor time of some looks at a text."""
    least = math.inf
    for _ in range(3):
        began = time.process_time()
        names_nir(text)
        least = min(least, time.process_time() - began)
    return least


# Of the first kind one character stands for a sentence; the others are figures without end.
@pytest.mark.parametrize(
    "much", ["\ufdfa", "1 ", "1", "1 8 5 0 5 7 8 0 0 6 0 8 4 9 2 x ", "1A", "\u2469", "185 05 78 "]
)
def test_a_long_text_costs_as_much_as_it_is_long(much: str) -> None:
    text = much * (60_000 // len(much))
    assert spent(text) < 12 * max(spent(text[: len(text) // 4]), 0.0005)
    assert spent(text) < 200 * max(spent("Maçon, 12 ans d'expérience à Guéret. " * 1_600), 0.0005)


def test_a_field_is_named_without_the_cost_of_naming_all_others() -> None:
    tracemalloc.start()
    found = numbers_in({"k" * 100_000: ["x"] * 1_000 + ["1 85 05 78 006 084 91"]})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [error.field for error in found] == ["k" * 80 + ".1000"]
    assert most < 5_000_000
