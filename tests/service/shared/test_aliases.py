"""What employers call people without a name: of one offer of one employer, and forged by nobody."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.aliases import PREFIX, alias_of, new_key, profile_of
from shared.contracts.events.offers import CompanyState
from shared.types import Identifier

WHO = "0193a1b2-0000-7000-8000-000000000001"


def test_an_alias_is_stable_and_leads_back_with_the_key_and_the_offer_only() -> None:
    key, other = new_key(), new_key()
    alias = alias_of(key, "offer-1", WHO)
    assert alias == alias_of(key, "offer-1", WHO)
    assert TypeAdapter(Identifier).validate_python(alias) == alias
    assert profile_of(key, "offer-1", alias) == WHO
    assert profile_of(key, "offer-1", WHO) == WHO
    assert profile_of(key, "offer-2", alias) is None
    assert profile_of(other, "offer-1", alias) is None
    assert profile_of(None, "offer-1", alias) is None
    assert WHO not in alias
    names = {alias_of(one, offer, WHO) for one in (key, other) for offer in ("offer-1", "offer-2")}
    assert len(names) == 4


@pytest.mark.parametrize("forged", ["", "x", "é", "AAAA", "A" * 200, "====", " "])
def test_a_forged_alias_is_nobody_s(forged: str) -> None:
    assert profile_of(new_key(), "offer-1", PREFIX + forged) is None


@pytest.mark.parametrize("wrong", ["", "x", "é" * 43, "A" * 42, "A" * 44, f"{'A' * 42}\n"])
def test_no_event_brings_a_key_by_which_nobody_can_be_called(wrong: str) -> None:
    told = {"company_id": "scierie", "territory": "23", "approved": True, "user_ids": ["e"]}
    for key in (None, new_key()):
        assert CompanyState.model_validate(told | {"alias_key": key}).alias_key == key
    with pytest.raises(ValidationError):
        CompanyState.model_validate(told | {"alias_key": wrong})
