"""Ids that follow from what they are of: the same in every process, service and release, for ever."""

from uuid import UUID, uuid5

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.ids import derived_id
from shared.telemetry import trace_hex

OF_OURS = UUID("6f0e1f0a-6a7b-5d0c-9b77-0b6a551a0001")


@given(st.lists(st.text(), min_size=1, max_size=4))
@example(["recommendation", "0190b6a4-0000-7000-8000-0123456789ab", "é·日本\x00"])
def test_a_derived_id_is_that_of_the_standard(parts: list[str]) -> None:
    assert derived_id(*parts) == str(uuid5(OF_OURS, "\x1f".join(parts)))


def test_what_is_no_text_has_no_id() -> None:
    with pytest.raises(UnicodeEncodeError):
        derived_id("half a character: \ud800")


@pytest.mark.parametrize(
    ("correlation", "own"),
    [
        ("0190B6A4-0000-7000-8000-0123456789ab", True),
        ("0" * 32, False),
        ("0190b6a4-0000-7000-8000-0123456789ag", False),
        ("0190b6a400007000800001234567890b\n", False),
        ("٠" * 32, False),
        ("chosen-by-a-client", False),
    ],
)
def test_a_trace_has_the_digits_of_its_correlation_where_it_has_any(correlation: str, own: bool) -> None:
    trace = trace_hex(correlation)
    assert (trace == correlation.replace("-", "").lower()) is own
    assert len(trace) == 32
    assert set(trace) <= set("0123456789abcdef")
