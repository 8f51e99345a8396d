"""A text is folded by its bytes where that is quick, and comes out as if each character had been looked up."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain import linter
from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_letters import as_read, put_together
from shared.reference import text
from shared.reference.text import OneByOne, unaccented

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
WESTERN = "".join(dict.fromkeys(bytes(range(256)).decode("latin-1") + bytes(range(256)).decode("cp1252", "ignore")))
texts = st.text(st.one_of(st.sampled_from(WESTERN), st.characters(exclude_categories=["Cs"])), max_size=40)


def looked_up(written: str) -> str:
    common = written.lower().translate(text._FRENCH)
    return common if common.isascii() else written.translate(text._PLAIN)


def kept_in_place(written: str) -> str:
    lowered = written.lower()
    kept = lowered if len(lowered) == len(written) else "".join(one.lower()[:1] for one in written)
    return linter._BROKEN.sub(" ", as_read(put_together(kept.translate(linter._PLAIN))))


def test_each_character_by_itself() -> None:
    assert [one for one in EVERY[:0x3000] if unaccented(one) != looked_up(one)] == []
    assert [one for one in EVERY[:0x3000] if same_length_fold(one) != kept_in_place(one)] == []


@given(texts)
def test_whatever_stands_beside_it(written: str) -> None:
    assert unaccented(written) == looked_up(written)
    folded = same_length_fold(written)
    assert folded == kept_in_place(written)
    assert len(folded) == len(written)


def test_a_text_with_a_sign_that_becomes_none_or_several_is_left_to_others() -> None:
    quick = OneByOne(lambda one: {"é": "e", "œ": "oe", "«": ""}.get(one, one))
    assert quick.translate("L’été «") is None
    assert quick.translate("cœur") is None
    assert quick.translate("Ж") is None
    assert quick.translate("L’été à 5 €") == "L’ete à 5 €"


def test_what_nobody_sees_inside_a_word_is_none_of_its_letters() -> None:
    assert unaccented("ser\u00adveu\u2060se \ufeffà Gué\u00adret") == "serveuse a gueret"
