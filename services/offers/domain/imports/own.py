"""Our own shape: the fields of a deposit, an external id and the employer."""

from typing import Annotated

from pydantic import Field, ValidationError

from services.offers.domain.company import check_siret
from services.offers.domain.content import OfferInput
from services.offers.domain.errors import InvalidSiret
from services.offers.domain.imports.rows import MAX_ID, Read, Row, RowRefused, broken
from shared.domain import Entity
from shared.errors import FieldError
from shared.numbers import Numbers
from shared.types import Line


class OwnCompany(Entity):
    """The employer of a row."""

    name: Annotated[str, Line(200)]
    siret: str | None = Field(default=None, max_length=40)


class OwnRow(OfferInput):
    """A row of our own shape."""

    external_id: str = Field(min_length=1, max_length=MAX_ID)
    company: OwnCompany


_NUMBERS = Numbers(OwnRow)


def read_own(row: Row) -> Read:
    """An offer from a row of our own shape.

    Raises:
        RowRefused: with every field that is wrong.
    """
    try:
        own = OwnRow.model_validate(row)
    except ValidationError as error:
        raise broken(error) from None
    if odd := _NUMBERS.refusals(row, ()):
        raise RowRefused([FieldError(".".join(map(str, one["loc"])), one["type"], one["msg"]) for one in odd])
    siret = own.company.siret
    if siret is not None:
        try:
            siret = check_siret(siret, "company.siret")
        except InvalidSiret as wrong:
            raise RowRefused(wrong.errors) from None
    given = OfferInput.model_validate({name: getattr(own, name) for name in OfferInput.model_fields})
    return Read(own.external_id, given, own.company.name, siret)
