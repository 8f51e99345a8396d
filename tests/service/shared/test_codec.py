"""A model is written as its serializer says, in one pass, with what this release does not know of it at every depth."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from bson import Decimal128
from pydantic import BaseModel, RootModel, ValidationError

from services.clauses.api.examples import CONTRACT
from services.clauses.api.views import ContractCreate
from services.clauses.domain.contract import Contract
from services.offers.api.offers import OfferDeposit
from services.offers.domain.company import Company
from services.offers.domain.offer import Offer
from shared.store import codec
from shared.store.codec import decode, encode
from tests.bench import http_bodies


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


class Part(BaseModel):
    name: str
    at: time | None = None


class OtherPart(Part):
    secret: str = "kept to itself"


class Whole(BaseModel):
    part: Part
    parts: tuple[Part, ...] = ()
    named: dict[Colour, Part] = {}
    either: Part | int | None = None
    amount: Decimal = Decimal("1.10")
    days: frozenset[date] = frozenset()
    sizes: dict[str, list[Size]] = {}
    made_at: datetime = datetime(2026, 11, 29, tzinfo=UTC)


@dataclass
class Plain:
    x: int


class WithOdd(BaseModel):
    plain: Plain
    anything: Any = None


class Listed(RootModel[list[int]]):
    pass


def in_three_passes(model: BaseModel) -> Any:
    return encode(codec._with_unknown(model, model.model_dump(mode="python")))


def test_it_is_what_the_serializer_and_the_unknown_make_of_it() -> None:
    part = {"name": "a", "at": "06:30", "newer": {"deep": [1, {"x": date(2026, 1, 2)}]}}
    whole = Whole.model_validate(
        {
            "part": part,
            "parts": [part, {"name": "b"}],
            "named": {"red": part},
            "either": part,
            "days": ["2026-03-02", "2026-03-01"],
            "sizes": {"x": [1]},
            "later": Decimal("2.5"),
        },
        extra="allow",
    )
    written = encode(whole)
    assert written == in_three_passes(whole)
    assert written["named"]["red"]["newer"] == {"deep": [1, {"x": "2026-01-02"}]}
    assert written["later"] == Decimal128("2.5")
    assert written["days"] == ["2026-03-01", "2026-03-02"]
    assert encode(Whole.model_validate(decode(written), extra="allow")) == written, "read and saved by this release"


def test_of_another_model_than_a_field_names_it_shows_what_the_field_names() -> None:
    whole = Whole(part=OtherPart(name="a"), parts=(Part(name="b"),))
    assert encode(whole) == in_three_passes(whole)
    assert "secret" not in encode(whole)["part"]
    assert "secret" in encode(OtherPart(name="a"))


def test_what_only_its_serializer_knows_is_left_to_it() -> None:
    for odd in (WithOdd(plain=Plain(1), anything=Part(name="a")), Listed([1, 2])):
        assert encode(odd) == in_three_passes(odd)


def test_whatever_people_send_is_written_alike() -> None:
    for body in http_bodies.offers("01961d3e-0000-7000-8000-000000000001")[:40]:
        offer = OfferDeposit.model_validate(body)
        assert encode(offer) == in_three_passes(offer)
    contract = ContractCreate.model_validate(CONTRACT["labour_share"]["value"])
    assert encode(contract) == in_three_passes(contract)


def test_only_what_may_be_an_exact_decimal_is_decoded() -> None:
    assert [codec.may_hold_decimals(one) for one in (Offer, Company, Contract, Whole, WithOdd)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    newer = {"later": Decimal128("2.5")}
    assert encode(Part.model_validate({"name": "a", **newer}, extra="allow"))["later"] == newer["later"]


def test_what_a_body_leaves_out_is_shared_and_not_copied_for_each() -> None:
    body = CONTRACT["labour_share"]["value"]
    one, other = (ContractCreate.model_validate(body) for _ in range(2))
    assert one.rules is other.rules
    assert one.parameters is other.parameters
    with pytest.raises(ValidationError):
        one.rules.due_day = 3


def test_exact_decimals_keep_their_digits() -> None:
    for written in ("1", "1.0", "1.00", "0", "0.00", "-0.5", "1607.00", "9999999999.99", "1E+3", "0.0001"):
        there = encode(Decimal(written))
        assert there == Decimal128(written)
        assert str(decode(there)) == written


def test_equal_times_of_different_zones_are_written_as_each_is() -> None:
    paris, greenwich = time(8, tzinfo=timezone(timedelta(hours=1))), time(7, tzinfo=UTC)
    assert paris == greenwich
    assert [encode(one) for one in (greenwich, paris, time(7), time(7, 0, 0, 500))] == [
        "07:00:00+00:00",
        "08:00:00+01:00",
        "07:00:00",
        "07:00:00.000500",
    ]


def test_what_derives_from_a_plain_class_is_written_as_its_kind() -> None:
    class Named(str):
        pass

    class Row(OrderedDict[str, Any]):
        pass

    written = encode([Named("x"), Row(at=time(6)), Size.SMALL, Colour.RED, frozenset({3, 1}), date(2026, 1, 2)])
    assert written == ["x", {"at": "06:00:00"}, 1, "red", [1, 3], "2026-01-02"]
    assert [type(one) for one in written[2:4]] == [int, str]
