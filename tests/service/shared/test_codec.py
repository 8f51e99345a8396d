"""A model is written as its serializer says, in one pass, with what this release does not know of it at every depth."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from bson import Decimal128
from pydantic import BaseModel, RootModel

from services.clauses.api.examples import CONTRACT
from services.clauses.api.views import ContractCreate
from services.offers.api.offers import OfferDeposit
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
