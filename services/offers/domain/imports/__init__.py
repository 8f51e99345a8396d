"""From a partner's row to an offer: every row becomes one or is refused with its reasons."""

from services.offers.domain.imports.france_travail import is_france_travail, read_france_travail
from services.offers.domain.imports.own import read_own
from services.offers.domain.imports.rows import Read, Row, RowRefused, external_id, fingerprint, id_field

__all__ = [
    "Read",
    "Row",
    "RowRefused",
    "external_id",
    "fingerprint",
    "id_field",
    "is_france_travail",
    "read_france_travail",
    "read_own",
]
