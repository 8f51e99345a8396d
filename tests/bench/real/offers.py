"""Even-hash real offers as the product would publish them, out of the materials beside the project.

An offer is *even* when the SHA-256 of its id is: the odd half is left alone, so that others may try the product on it.
Offers without a text are left out: nobody could read whether they suit. Some of the collections have lost the occupation
(and kept all else); the code that the employer would have chosen was read from the text, ``data/occupations-read.tsv``.
"""

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from services.offers.domain.imports import RowRefused, read_france_travail
from services.offers.domain.offer import Offer
from services.offers.domain.place import settle
from shared.contracts.events.offers import OfferCompany, OfferState
from shared.contracts.vocabulary import OfferSource, OfferStatus
from shared.errors import DomainError
from shared.reference.communes import Communes
from shared.reference.contradicted import doubt_of
from shared.reference.two_trades import beside_declared
from tests.bench.recommending import referential

MATERIALS = Path(__file__).resolve().parents[4] / "shared" / "data"
DATA = Path(__file__).resolve().parents[1] / "data"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""The day of the evaluation. Every offer is taken as confirmed on it: the collections span five years."""
LEAST_TEXT = 120
_CODES = {"Intérim": "MIS", "Saisonnier": "SAI", "Franchise": "FRA", "Profession": "LIB"}
"""Some rows carry the label in the place of the code."""


@dataclass(frozen=True)
class RealOffer:
    """An offer as others see it, and the row that it came from."""

    state: OfferState
    row: dict[str, Any]


def at_hand() -> bool:
    """Whether the materials are beside the project."""
    return (MATERIALS / "offers" / "offers_flat.csv.gz").is_file()


def even(offer_id: str) -> bool:
    """The half that may be read here."""
    return hashlib.sha256(offer_id.encode()).digest()[-1] % 2 == 0


def _rows() -> Iterator[dict[str, Any]]:
    with gzip.open(MATERIALS / "offers" / "france_travail_v2.jsonl.gz", "rt", encoding="utf-8") as lines:
        full = {row["id"]: row for row in map(json.loads, lines)}
    with gzip.open(MATERIALS / "offers" / "offers_flat.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        for flat in csv.DictReader(lines):
            if even(flat["id"]) and len(flat["description"]) >= LEAST_TEXT:
                yield _row(flat, full.get(flat["id"], {}))


def _row(flat: dict[str, str], full: dict[str, Any]) -> dict[str, Any]:
    """The flat row in the shape of the API, with all that the full one says beside it."""
    row: dict[str, Any] = {
        "id": flat["id"],
        "intitule": flat["intitule"],
        "description": flat["description"],
        "romeCode": flat["rome_code"] if re.fullmatch(r"[A-N]\d{4}", flat["rome_code"]) else None,
        "appellationlibelle": flat["appellation"] or None,
        "typeContrat": _CODES.get(kind := flat["type_contrat"].split(" ")[0], kind),
        "typeContratLibelle": flat["type_contrat"],
        "natureContrat": flat["nature_contrat"] or None,
        "lieuTravail": {
            "libelle": flat["lieu_libelle"],
            "commune": flat["code_insee"] or None,
            "codePostal": flat["code_postal"] or None,
        },
        "salaire": {"libelle": flat["salaire_libelle"] or None},
        "experienceExige": flat["experience_exige"] or None,
        "experienceLibelle": flat["experience_libelle"] or None,
        "dureeTravailLibelle": flat["duree"] or None,
        "dureeTravailLibelleConverti": flat["temps_plein"] or None,
        "nombrePostes": int(flat["nb_postes"] or 1),
        "permis": json.loads(flat["permis"] or "[]"),
        "competences": json.loads(flat["competences"] or "[]"),
        "formations": json.loads(flat["formations"] or "[]"),
        "entreprise": {"nom": flat["entreprise"] or None},
    }
    return row | {key: value for key, value in full.items() if value is not None and key not in ("typeContrat", "id")}


@cache
def occupations_read() -> dict[str, str]:
    """Offer id → code, where the collection has none; an empty code: no occupation can be told."""
    with (DATA / "occupations-read.tsv").open(encoding="utf-8", newline="") as lines:
        return {row["offer"]: row["code"] for row in csv.DictReader(lines, delimiter="\t")}


@cache
def real_offers() -> dict[str, RealOffer]:
    """Offer id → offer, of all rows that the product's own import accepts."""
    communes = Communes.load()
    found: dict[str, RealOffer] = {}
    for row in _rows():
        if not row["romeCode"]:
            row["romeCode"] = occupations_read().get(row["id"]) or None
        state = _published(row, communes)
        if state is not None:
            found[state.offer_id] = RealOffer(state, row)
    return found


def _published(row: dict[str, Any], communes: Communes) -> OfferState | None:
    try:
        given = read_france_travail(row, communes)
        where = given.given.place
        place, territory = settle(communes, where.commune_code, where.point, where.name, where.postcode)
    except (RowRefused, DomainError):
        return None
    content = given.given.settled(place)
    content.occupation_doubt = doubt_of(referential().occupations, content.title, content.occupation_code)
    content.occupation_also = beside_declared(referential().occupations, content.title, content.occupation_code)
    state = Offer(
        id=row["id"],
        territory=territory,
        created_at=NOW,
        updated_at=NOW,
        company=OfferCompany(id=given.company_name[:80], name=given.company_name),
        content=content,
        source=OfferSource.PARTNER,
        deposited_by="import",
        status=OfferStatus.PUBLISHED,
        published_at=NOW,
        confirmed_at=NOW,
    ).event_data("offer-created.v1")
    assert isinstance(state, OfferState)
    return state
