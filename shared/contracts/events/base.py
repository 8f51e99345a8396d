"""What event models share: unknown fields are ignored on reading, so that a producer may add one."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.refusals import shaped

Id = Annotated[str, Field(min_length=1, max_length=80)]
# INSEE code of a département: 01–95, 2A, 2B, 971–976, 98x.
Territory = Annotated[
    str,
    Field(
        pattern=shaped(
            r"^(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-8]|98[4678])$",
            "Un département s'écrit par son numéro, par exemple 23 ou 2A.",
        )
    ),
]
# ROME code of an occupation, e.g. N1103.
OccupationCode = Annotated[
    str,
    Field(
        pattern=shaped(r"^[A-N][0-9]{4}$", "Un code ROME a une lettre et quatre chiffres, par exemple K1302."),
        examples=["K1302"],
    ),
]
# The calendar has a last day, after which there is none in another zone and no week to add: a reader that counts on from it
# overflows, at every try anew. What is sent over HTTP is between 1900 and 2100 (shared.types); these bounds are wide enough
# for whatever an older release stored.
Instant = Annotated[AwareDatetime, Field(ge=datetime(1000, 1, 1, tzinfo=UTC), le=datetime(9000, 1, 1, tzinfo=UTC))]
Day = Annotated[date, Field(ge=date(1000, 1, 1), le=date(9000, 1, 1))]

# A number, a list or a text without an end is refused by what it is put into (a database's integers have 64 bits), at every try
# anew; a reader refuses it at once. Nothing honest comes near these: larger integers are not the same to all readers of JSON
# (RFC 8259, 6), and no record is longer than such a text.
MOST = 1_000_000
MOST_COUNTED = 2**53 - 1
MOST_WRITTEN = 64_000_000
Count = Annotated[int, Field(ge=0, le=MOST_COUNTED)]
HourSum = Annotated[Decimal, Field(ge=0, le=1_000_000_000_000, decimal_places=2)]
Words = Annotated[str, Field(max_length=MOST_WRITTEN)]

_NOTED = "not understood"
_NOTHING: frozenset[str] = frozenset()


class EventPart(BaseModel):
    """A part of an event's data. Consumers ignore fields they do not know (forward compatibility)."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class EventModel(EventPart):
    """Base of every event's data.

    What the reader notes lies beside the fields, where a ``cached_property`` would: a private attribute of pydantic's is made for
    each event, which is a third of reading one.
    """

    @property
    def not_understood(self) -> frozenset[str]:
        """Fields that held an enumeration value that this release does not know (``shared.contracts.tolerance``)."""
        found: frozenset[str] = self.__dict__.get(_NOTED, _NOTHING)
        return found

    def mark_not_understood(self, fields: Iterable[str]) -> None:
        """Say so; the reader of the event does."""
        self.__dict__[_NOTED] = frozenset(fields)


class Point(EventPart):
    """A place on Earth: WGS 84 degrees."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Place(EventPart):
    """Where an offer is: commune (INSEE code) and, when known, a point."""

    commune_code: str | None = Field(default=None, max_length=5)
    name: str = Field(max_length=120)
    postcode: str | None = Field(default=None, max_length=5)
    point: Point | None = None


class Shift(EventPart):
    """A weekly slot of work: weekday 0 (Monday) to 6; ``end`` at or before ``start`` means the next day."""

    weekday: int = Field(ge=0, le=6)
    start: time
    end: time


class Skill(EventPart):
    """A skill by code, with its label; ``required`` weighs more than a wished one."""

    code: str = Field(min_length=1, max_length=60)
    label: str = Field(min_length=1, max_length=250)
    required: bool = False
