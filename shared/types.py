"""Types of bounded meaning: text, names, mailboxes, addresses, days, instants, exact amounts, ids, lists.

A refusal is a sentence for the person who fills the form. What is harmless is mended instead: odd spaces, control and
invisible characters, the order of composed letters. The same types stand in stored documents: read with ``STORED`` they
still mend, and refuse nothing, so that a rule that becomes stricter does not make yesterday's documents unreadable.

On an optional field (``Annotated[str | None, Line(100)]``) a text without anything visible is absent.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    WithJsonSchema,
)
from pydantic import ValidationError as Invalid
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.contact_points import names_contact
from shared.refusals import shaped
from shared.visible import clean_line, clean_prose, visible

STORED: Final[Mapping[str, bool]] = {"stored": True}
"""Validation context for what was accepted before."""

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
"""Nothing that this product speaks of lies outside: whoever looks for work was born later, no contract runs longer."""
MAX_URL = 500
MAX_MAIL = 254
"""RFC 5321 4.5.3.1.3, less the angle brackets."""
MAX_ID = 80
_ROOM_TO_MEND = 2_000
"""Characters beyond twice what a field allows that a text may have before blanks and hidden characters are taken out of it."""


def _is_stored(info: core_schema.ValidationInfo[Any]) -> bool:
    return bool(info.context and info.context.get("stored"))


def _far_too_long(text: str, most: int) -> bool:
    """Whether no mending makes it fit: cleaning a megabyte to say so takes half a second of everybody's event loop."""
    return len(text) > 2 * most + _ROOM_TO_MEND


@dataclass(frozen=True)
class _Text:
    """What the text types have in common. ``blank``: a field that may stay empty takes one without anything visible."""

    max_length: int
    min_length: int = 1
    blank: bool = False

    def clean(self, text: str) -> str:
        return clean_line(text)

    def refuse(self, text: str) -> None:
        """Raises PydanticCustomError for what this type does not take."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        optional = _optional(source)

        def too_long() -> PydanticCustomError:
            return PydanticCustomError(
                "too_long", "Ce texte doit avoir {most} caractères au plus.", {"most": self.max_length}
            )

        def check(value: str, info: core_schema.ValidationInfo[Any]) -> str | None:
            if _far_too_long(value, self.max_length) and not _is_stored(info):
                raise too_long()
            text = self.clean(value)
            if not visible(text):
                if optional:
                    return None
                if self.blank or _is_stored(info):
                    return "" if self.blank else text
                raise PydanticCustomError("blank", "Ce texte est vide : rien n'y est visible.")
            if _is_stored(info):
                return text
            if len(text) < self.min_length:
                raise PydanticCustomError(
                    "too_short", "Ce texte doit avoir {least} caractères au moins.", {"least": self.min_length}
                )
            if len(text) > self.max_length:
                raise too_long()
            self.refuse(text)
            return text

        least = 0 if self.blank or optional else self.min_length
        shown: dict[str, Any] = {"maxLength": self.max_length} | ({"minLength": least} if least else {})
        schema: CoreSchema = core_schema.with_info_after_validator_function(
            check, core_schema.str_schema(), metadata={"pydantic_js_updates": shown}
        )
        return core_schema.nullable_schema(schema) if optional else schema


@dataclass(frozen=True)
class Line(_Text):
    """A single line: ``Annotated[str, Line(200)]``. Line breaks become spaces."""


@dataclass(frozen=True)
class Prose(_Text):
    """Text of several lines: ``Annotated[str, Prose(10_000, blank=True)]``."""

    def clean(self, text: str) -> str:
        return clean_prose(text)


@dataclass(frozen=True)
class Name(_Text):
    """A line that other people's messages carry (company, event, person): no link, no address, no number to call."""

    def refuse(self, text: str) -> None:
        if names_contact(text):
            raise PydanticCustomError(
                "contact_in_name", "Ce texte ne prend ni lien, ni adresse e-mail, ni numéro de téléphone : retirez-les."
            )


def _optional(source: Any) -> bool:
    return get_origin(source) in (Union, UnionType) and NoneType in get_args(source)


# No top-level domain has one letter or is made of digits (RFC 3696 2, RFC 1123 2.1).
_TOP_LEVEL = re.compile(r"\.(?=[^.]*[^\d.])[^.]{2,}$")


def mailbox(text: str) -> str:
    """The address as our mails carry it: ASCII, its domain in lower case (an accented one as ``xn--…``).

    Raises:
        ValueError: nobody can be written to there; the message is a French sentence.
    """
    if _far_too_long(text, MAX_MAIL) or len(plain := clean_line(text)) > MAX_MAIL:
        raise ValueError(f"Une adresse e-mail a {MAX_MAIL} caractères au plus.")
    try:
        parts = validate_email(
            plain, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        raise ValueError("Cette adresse e-mail n'est pas valable. Exemple : camille@exemple.fr") from None
    address = f"{parts.ascii_local_part}@{parts.ascii_domain}"
    if not _TOP_LEVEL.search(parts.ascii_domain) or len(address) > MAX_MAIL or not _fits_a_header(address):
        raise ValueError("Cette adresse e-mail n'est pas valable. Exemple : camille@exemple.fr")
    return address


def address_key(text: str) -> str:
    """The form in which two addresses are compared: that of the mail's header, in lower case. Letters stay what they are:
    «straße» and «strasse» are two domains.

    Raises:
        ValueError: nobody can be written to there.
    """
    return mailbox(text).lower()


def _fits_a_header(address: str) -> bool:
    """The standard library's own parser builds our mails; what it reads otherwise than written cannot be written to."""
    message = EmailMessage(policy=policy.SMTP)
    try:
        message["To"] = Address(addr_spec=address)
        read = message["To"].addresses
        message.as_bytes()
    except (MessageError, ValueError, LookupError, AttributeError):  # its parser ends in any of these
        return False
    return [one.addr_spec for one in read] == [address]


def _mailbox(value: str, info: core_schema.ValidationInfo[Any]) -> str:
    try:
        return mailbox(value)
    except ValueError as error:
        if _is_stored(info):
            return value
        raise PydanticCustomError("email", "{sentence}", {"sentence": str(error)}) from None


@dataclass(frozen=True)
class _Checked:
    """A string with a check of its own and what the documents say of it."""

    check: Callable[[str, core_schema.ValidationInfo[Any]], str]
    max_length: int
    format: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = {"format": self.format, "maxLength": self.max_length, "minLength": 3}
        return core_schema.with_info_after_validator_function(
            self.check, core_schema.str_schema(), metadata={"pydantic_js_updates": shown}
        )


Email = Annotated[str, _Checked(_mailbox, MAX_MAIL, "email")]
"""A mailbox that our mailer can write to; kept as it is written in a header."""


def website(text: str) -> str:
    """An http(s) address of a host with a domain, in the form in which it is linked.

    Raises:
        ValueError: it is none, or longer than 500 characters once written out; the message is a French sentence.
    """
    if _far_too_long(text, MAX_URL) or len(plain := clean_line(text)) > MAX_URL or re.search(r"\s", plain):
        raise ValueError(f"Une adresse de site a {MAX_URL} caractères au plus, sans espace.")
    try:
        url = AnyHttpUrl(plain)
    except Invalid:
        raise ValueError("Cette adresse de site n'est pas valable. Exemple : https://exemple.fr") from None
    if url.username or url.password or not re.search(r"[^.]\.[^.]", url.host or ""):
        raise ValueError("Cette adresse de site n'est pas valable. Exemple : https://exemple.fr")
    written = str(url)
    if len(written) > MAX_URL:
        raise ValueError(f"Cette adresse de site dépasse {MAX_URL} caractères une fois écrite en entier.")
    return written


def _website(value: str, info: core_schema.ValidationInfo[Any]) -> str:
    try:
        return website(value)
    except ValueError as error:
        if _is_stored(info):
            return value
        raise PydanticCustomError("website", "{sentence}", {"sentence": str(error)}) from None


Website = Annotated[str, _Checked(_website, MAX_URL, "uri")]
"""A public page: http or https, a host with a domain, no credentials, 500 characters at most as it is linked."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", re.ASCII)
_LONGEST_CLOCK = len("08:30:00")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})")


def _iso_day(value: Any, info: core_schema.ValidationInfo[Any]) -> Any:
    if (
        isinstance(value, datetime)
        or not isinstance(value, (str, date))
        or (isinstance(value, str) and not _DAY.fullmatch(value) and not _is_stored(info))
    ):
        raise PydanticCustomError("date", "Une date s'écrit année-mois-jour, par exemple 2026-03-09.")
    return value


def _near_day(value: date, info: core_schema.ValidationInfo[Any]) -> date:
    if not EARLIEST <= value <= LATEST and not _is_stored(info):
        raise PydanticCustomError("date_range", "Une date est entre 1900 et 2100.")
    return value


CivilDate = Annotated[date, BeforeValidator(_iso_day), AfterValidator(_near_day)]
"""A day of the calendar between 1900 and 2100, written 2026-03-09: never a number that would be read as seconds."""


@lru_cache(maxsize=4_096)
def _clock(text: str) -> time | None:
    """What clocks show, where it is written so. A week has ten of them, and a day few that anybody writes."""
    if not _CLOCK.fullmatch(text):
        return None
    return time.fromisoformat(text if text[2] == ":" else f"0{text}")


def _clock_time(value: Any, info: core_schema.ValidationInfo[Any]) -> Any:
    shown = _clock(value) if isinstance(value, str) and len(value) <= _LONGEST_CLOCK else None
    if shown is not None:
        return shown
    if _is_stored(info) or isinstance(value, time):
        return value
    raise PydanticCustomError("clock", "Une heure s'écrit heures:minutes, par exemple 08:30.")


ClockTime = Annotated[
    time,
    BeforeValidator(_clock_time),
    WithJsonSchema(
        {"type": "string", "pattern": r"^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "examples": ["08:30"]}
    ),
]
"""A time on the clocks of a place, written 08:30: no zone, and never a number that would be read as seconds."""


def _iso_moment(value: Any, info: core_schema.ValidationInfo[Any]) -> Any:
    if not isinstance(value, (str, datetime)) or (
        isinstance(value, str) and not _MOMENT.fullmatch(value) and not _is_stored(info)
    ):
        raise PydanticCustomError(
            "instant", "Un instant s'écrit avec son fuseau, par exemple 2026-03-09T14:30:00+01:00."
        )
    return value


def _near_moment(value: datetime, info: core_schema.ValidationInfo[Any]) -> datetime:
    if not EARLIEST.year <= value.year <= LATEST.year:
        if _is_stored(info):
            return value
        raise PydanticCustomError("instant_range", "Un instant est entre 1900 et 2100.")
    # MongoDB keeps milliseconds: what is compared with what was stored must be no finer.
    return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)


Instant = Annotated[AwareDatetime, BeforeValidator(_iso_moment), AfterValidator(_near_moment)]
"""A moment with its offset, between 1900 and 2100; kept in UTC, to the millisecond."""
_NO_PLUS = re.compile(r"(T[\d:.,]+) (\d{2}:?\d{2})$")


def _with_plus(value: Any) -> Any:
    return _NO_PLUS.sub(r"\1+\2", value) if isinstance(value, str) else value


AskedInstant = Annotated[Instant, BeforeValidator(_with_plus)]
"""In a query, where a plus that was not written ``%2B`` is a blank: the refusal showed what had been sent as the remedy."""


def _cents(value: Decimal) -> Decimal:
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rounded or rounded.copy_abs()  # «-0» is nothing, and not less than nothing


MOST_HOURS: Final = Decimal(9_999_999)
"""Ten million hours are a works programme of 600 people for ten years."""

# ``max_digits`` counts the zeros of an exponent, so 1E+7000 is refused before anything is computed with it. It is the only
# upper bound because a bound in a field's default does not add to one of the type: pydantic lets the type's win.
Hours = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2), AfterValidator(_cents)]
"""Hours of work, to the hundredth, below ten million. ``= Field(le=744)`` bounds them further."""
Euros = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2), AfterValidator(_cents)]
"""An amount of a contract, below a hundred billion."""
HourlyRate = Annotated[Decimal, Field(ge=1, le=1000, max_digits=6, decimal_places=2), AfterValidator(_cents)]
"""Euros that an hour of work costs."""
Percent = Annotated[Decimal, Field(gt=0, le=100, max_digits=7, decimal_places=4)]
"""A share in per cent."""

Identifier = Annotated[
    str,
    Field(
        min_length=1, max_length=MAX_ID, pattern=shaped(r"^[!-~]+$", "Un identifiant s'écrit sans espace ni accent.")
    ),
]
"""An id, whoever gave it: printable ASCII without blanks."""


@dataclass(frozen=True)
class Distinct:
    """A list of at most ``max_items``, each once, in the order given: ``Annotated[tuple[Licence, ...], Distinct(20)]``.

    The length is looked at before the items, so that a list of a million costs no more than one of a hundred.
    """

    max_items: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: Any, inner: ModelWrapValidatorHandler[Any], info: core_schema.ValidationInfo[Any]) -> Any:
            if isinstance(value, Sequence) and len(value) > self.max_items and not _is_stored(info):
                raise PydanticCustomError(
                    "too_many", "Cette liste a {most} éléments au plus.", {"most": self.max_items}
                )
            items = inner(value)
            return items if len(items) < 2 else type(items)(dict.fromkeys(items))

        return core_schema.with_info_wrap_validator_function(
            check, handler(source), metadata={"pydantic_js_updates": {"maxItems": self.max_items}}
        )
