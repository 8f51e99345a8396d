"""What the readers of all shapes share."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import orjson
from pydantic import ValidationError

from services.offers.domain.content import OfferInput
from shared.errors import FieldError
from shared.reference.gazetteer import CommuneFacts, Gazetteer
from shared.refusals import field_errors

Row = dict[str, Any]

UNNAMED_EMPLOYER = "Employeur non communiqué"
MAX_ID = 100
MAX_LABEL = 1_000
"""Characters of a field for pay or hours that are read: the longest real one has 200."""


class RowRefused(Exception):
    """A row that cannot become an offer, with the reasons. ``partly``: what it says beside the fields that these name."""

    def __init__(self, errors: Sequence[FieldError], partly: "Read | None" = None) -> None:
        super().__init__("; ".join(error.rule for error in errors))
        self.errors = tuple(errors)
        self.partly = partly


def refuse(field_name: str, rule: str, message: str) -> RowRefused:
    """A refusal of one field."""
    return RowRefused([FieldError(field_name, rule, message)])


class Warned(NamedTuple):
    """Something that was mended or left out."""

    field: str
    rule: str
    message: str


@dataclass
class Read:
    """A row that was understood; places and texts are checked after."""

    external_id: str
    given: OfferInput
    company_name: str
    siret: str | None = None
    warnings: list[Warned] = field(default_factory=list)


class Found(Protocol):
    """A commune found by words."""

    @property
    def commune(self) -> CommuneFacts: ...
    @property
    def score(self) -> float: ...


class SearchableGazetteer(Gazetteer, Protocol):
    """Communes by name and postcode too."""

    def search(
        self, q: str, limit: int = 10, department: str | None = None, *, similar: bool = True
    ) -> Sequence[Found]: ...


def fingerprint(row: Row) -> str:
    """The same for the same row, whatever the order of its keys."""
    text = orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def id_field(row: Row) -> str:
    """Where a row of its shape has its identifier."""
    return "external_id" if "external_id" in row else "id"


def external_id(row: object) -> str | None:
    """The partner's identifier of a row: a text or a whole number; None where there is none or it is no identifier."""
    value = row.get(id_field(row)) if isinstance(row, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    value = value.strip()
    return value if value.isprintable() and 0 < len(value) <= MAX_ID else None


def cut(name: str, text: str, limit: int, warnings: list[Warned]) -> str:
    """``text`` of at most ``limit`` characters; a cut is warned of."""
    if len(text) > limit:
        warnings.append(Warned(name, "cut", f"Le texte a été raccourci à {limit} caractères."))
    return text[:limit].rstrip()


def broken(error: ValidationError) -> RowRefused:
    """The refusal that pydantic's says, field by field."""
    return RowRefused(field_errors(error, whole="row"))
