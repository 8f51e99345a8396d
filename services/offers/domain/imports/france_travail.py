"""France Travail's *Offres d'emploi v2* rows, as the API and the collections of it write them."""

import html
import re
from typing import Any

from pydantic import ValidationError

from services.offers.domain.content import OfferInput, PlaceInput
from services.offers.domain.imports.rows import (
    MAX_ID,
    UNNAMED_EMPLOYER,
    Read,
    Row,
    RowRefused,
    SearchableGazetteer,
    refuse,
    text_of,
)
from services.offers.domain.imports.salary import read_salary
from shared.contracts.events.base import Point
from shared.contracts.events.offers import ScheduleFlags
from shared.contracts.vocabulary import ContractKind, Licence, OpportunityKind
from shared.errors import FieldError
from shared.geo import distance_km, in_france, swapped
from shared.reference.text import unaccented

_CONTRACTS = {
    "CDI": ContractKind.CDI,
    "DIN": ContractKind.CDI,  # permanent contract of a temp agency
    "CDD": ContractKind.CDD,
    "MIS": ContractKind.TEMPORARY,
    "TTI": ContractKind.TEMPORARY,  # temp agency for insertion
    "SAI": ContractKind.SEASONAL,
    "DDI": ContractKind.CDDI,
    "LIB": ContractKind.SELF_EMPLOYED,
    "FRA": ContractKind.SELF_EMPLOYED,
    "CCE": ContractKind.SELF_EMPLOYED,
    "REP": ContractKind.SELF_EMPLOYED,
}
_IAE = frozenset({"DDI", "TTI"})
_LICENCES = {
    "AM": Licence.AM, "A": Licence.A, "A1": Licence.A, "A2": Licence.A, "B": Licence.B, "BE": Licence.BE, "EB": Licence.BE,
    "C": Licence.C, "C1": Licence.C, "CE": Licence.CE, "EC": Licence.CE, "D": Licence.D, "DE": Licence.D, "ED": Licence.D,
}  # fmt: skip
_DURATION = re.compile(r"(\d+)\s*(mois|jour|semaine|an)", re.IGNORECASE)
_MONTHS = {"mois": 1.0, "jour": 12 / 365.25, "semaine": 12 * 7 / 365.25, "an": 12.0}
_HOURS = re.compile(r"(?<!\d)(\d{1,2})\s?h(?:eures?)?\s?([0-5]\d)?(?!\d)(?!\s?/\s?jour)", re.IGNORECASE)
_EXPERIENCE = re.compile(r"(\d+)(?:\s*a\s*\d+)?\s*(an|mois)")
_EMPLOYERS_UNDER_STATUTE = re.compile(
    r"\b(armee|marine nationale|gendarmerie|legion|police nationale|ministere des armees)\b"
)
_STATUTE = "Code de la défense L4132-1, statuts de la fonction publique"
_NEAR_KM = 60.0


def is_france_travail(row: Row) -> bool:
    """Whether a row has this shape."""
    return "intitule" in row


def read_france_travail(row: Row, communes: SearchableGazetteer) -> Read:
    """An offer from a row.

    Raises:
        RowRefused: no id or title, a place that is no commune, or a value out of bounds.
    """
    external_id = str(row.get("id") or "").strip()
    if not external_id or len(external_id) > MAX_ID:
        raise refuse("id", "required", f"L'identifiant manque ou dépasse {MAX_ID} caractères.")
    title, cut_title = text_of(html.unescape(str(row.get("intitule") or "")), 200)
    description, cut_text = text_of(html.unescape(str(row.get("description") or "")), 10_000)
    if len(title) < 3:
        raise refuse("intitule", "required", "L'intitulé manque.")
    code = str(row.get("typeContrat") or "").upper()
    contract = _CONTRACTS.get(code)
    if contract is None:
        raise refuse("typeContrat", "unknown", f"Le type de contrat « {code} » n'est pas connu.")
    kind, contract = _kind(row, code, contract)
    salary, doubt = read_salary(_part(row, "salaire", "libelle"), _part(row, "salaire", "commentaire"))
    warnings: list[tuple[str, str, str]] = []
    place = _place(row, communes, warnings)
    company, _ = text_of(_part(row, "entreprise", "nom"), 200)
    fields: dict[str, Any] = {
        "kind": kind,
        "title": title,
        "description": description,
        "occupation_code": row.get("romeCode") or None,
        "occupation_label": text_of(row.get("romeLibelle"), 250)[0] or None,
        "skills": _skills(row),
        "place": place,
        "positions_total": _positions(row),
        "contract_kind": contract,
        "duration_months": _duration(row, contract),
        "weekly_hours": _weekly_hours(row),
        "declared_schedule": _schedule(row),
        "salary": salary,
        "licences": _licences(row),
        "experience_months": _experience(row),
        "apply_url": _url(row),
    }
    if _EMPLOYERS_UNDER_STATUTE.search(
        unaccented(f"{company} {title} {_part(row, 'entreprise', 'description') or ''}")
    ):
        fields["legal_basis"] = _STATUTE
    try:
        given = OfferInput.model_validate(fields)
    except ValidationError as error:
        raise RowRefused(
            [
                FieldError(".".join(str(part) for part in one["loc"]) or "row", str(one["type"]), str(one["msg"]))
                for one in error.errors(include_url=False, include_context=False)
            ]
        ) from None
    read = Read(external_id, given, company or UNNAMED_EMPLOYER)
    for field, rule, message in warnings:
        read.warn(field, rule, message)
    if cut_title or cut_text:
        read.warn("intitule" if cut_title else "description", "cut", "Le texte a été raccourci.")
    if doubt:
        read.warn("salaire.libelle", "salary_unlikely", doubt)
    return read


def _part(row: Row, outer: str, inner: str) -> Any:
    value = row.get(outer)
    return value.get(inner) if isinstance(value, dict) else None


def _kind(row: Row, code: str, contract: ContractKind) -> tuple[OpportunityKind, ContractKind]:
    nature = unaccented(str(row.get("natureContrat") or ""))
    if "apprentissage" in nature:
        return OpportunityKind.APPRENTICESHIP, ContractKind.APPRENTICESHIP
    if "professionnalisation" in nature:
        return OpportunityKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION
    if code in _IAE or "insertion par l'activ" in nature:
        allowed = (ContractKind.CDDI, ContractKind.TEMPORARY, ContractKind.CDI)
        return OpportunityKind.IAE_POST, contract if contract in allowed else ContractKind.CDDI
    return OpportunityKind.JOB, contract


def _place(row: Row, communes: SearchableGazetteer, warnings: list[tuple[str, str, str]]) -> PlaceInput:
    where = row.get("lieuTravail") if isinstance(row.get("lieuTravail"), dict) else {}
    assert isinstance(where, dict)
    code = where.get("commune") or row.get("code_insee")
    postcode = where.get("codePostal") or row.get("code_postal")
    label = str(where.get("libelle") or row.get("nom_commune") or "")
    commune = communes.get(str(code)) if code else None
    point = _point(where)
    if code and commune is None:
        warnings.append(("lieuTravail.commune", "commune_unknown", f"Le code commune {code} n'existe pas."))
    if commune is None and postcode:
        hits = communes.search(f"{postcode} {label.split(' - ')[-1]}", 1) or communes.search(str(postcode), 1)
        commune = hits[0].commune if hits else None
    if point is not None:
        lat, lon = point
        if swapped(lat, lon):
            lat, lon = lon, lat
            warnings.append(("lieuTravail", "point_swapped", "Latitude et longitude étaient échangées."))
        if not in_france(lat, lon):
            warnings.append(("lieuTravail", "point_outside_france", "Le point n'est pas en France : il est ignoré."))
            point = None
        elif commune is not None and distance_km(lat, lon, commune.lat, commune.lon) > _NEAR_KM / 1.5:
            warnings.append(
                ("lieuTravail", "point_far_from_commune", f"Le point est loin de {commune.name} : il est ignoré.")
            )
            point = None
        else:
            point = (lat, lon)
    if commune is None and point is None:
        said = f"« {label} »" if label else "Le lieu"
        raise refuse("lieuTravail", "place_too_vague", f"{said} ne désigne ni une commune ni un point.")
    return PlaceInput(
        commune_code=commune.code if commune else None,
        point=Point(lat=point[0], lon=point[1]) if point else None,
        postcode=str(postcode) if postcode and re.fullmatch(r"\d{5}", str(postcode)) else None,
    )


def _point(where: dict[str, Any]) -> tuple[float, float] | None:
    try:
        lat, lon = float(where["latitude"]), float(where["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    return (lat, lon) if abs(lat) <= 180 and abs(lon) <= 180 and (lat, lon) != (0.0, 0.0) else None


def _positions(row: Row) -> int:
    try:
        return min(1000, max(1, int(row.get("nombrePostes") or 1)))
    except (TypeError, ValueError):
        return 1


def _duration(row: Row, contract: ContractKind) -> float | None:
    if contract in (ContractKind.CDI, ContractKind.SELF_EMPLOYED):
        return None
    found = _DURATION.search(str(row.get("typeContratLibelle") or ""))
    return round(min(120.0, int(found[1]) * _MONTHS[found[2].lower()]), 2) if found else None


def _hours_text(row: Row) -> str:
    slots = _part(row, "contexteTravail", "horaires")
    listed = " ".join(str(one) for one in slots) if isinstance(slots, list) else ""
    return unaccented(f"{row.get('dureeTravailLibelle') or ''} {listed}")


def _weekly_hours(row: Row) -> float | None:
    found = _HOURS.search(_hours_text(row))
    if not found:
        return None
    hours = int(found[1]) + int(found[2] or 0) / 60
    return round(hours, 2) if 1 <= hours <= 60 else None


def _schedule(row: Row) -> ScheduleFlags | None:
    text = _hours_text(row)
    shift_work = re.search(r"[235]\s?x\s?[48]|poste\b|horaires decales|equipes", text) is not None
    night = "nuit" in text
    weekend = re.search(r"samedi|dimanche|week-?end|jours feries", text) is not None
    if not (shift_work or night or weekend or "journee" in text or "horaires normaux" in text):
        return None
    # Shift work turns: it meets early mornings and late evenings.
    return ScheduleFlags(early=shift_work, late=shift_work or night, night=night, weekend=weekend)


def _skills(row: Row) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in row.get("competences") or ():
        if not isinstance(one, dict) or not one.get("libelle"):
            continue
        label = text_of(one["libelle"], 250)[0]
        code = str(one.get("code") or unaccented(label).replace(" ", "-"))[:60]
        found[code] = {"code": code, "label": label, "required": one.get("exigence") == "E"}
    return list(found.values())[:50]


def _licences(row: Row) -> list[Licence]:
    needed: dict[Licence, None] = {}
    for one in row.get("permis") or ():
        if isinstance(one, dict) and one.get("exigence") == "E":
            words = str(one.get("libelle") or "").split()
            licence = _LICENCES.get(words[0].upper()) if words else None
            if licence is not None:
                needed[licence] = None
    return list(needed)


def _experience(row: Row) -> int:
    """Months that are required; a wished experience is none. Required without a figure counts as a year."""
    if row.get("experienceExige") != "E":
        return 0
    found = _EXPERIENCE.search(unaccented(str(row.get("experienceLibelle") or "")))
    if not found:
        return 12
    return min(600, int(found[1]) * (12 if found[2] == "an" else 1))


def _url(row: Row) -> str | None:
    url = _part(row, "origineOffre", "urlOrigine") or _part(row, "contact", "urlPostulation")
    text = str(url or "").strip()
    return text if re.fullmatch(r"https?://\S{1,490}", text) else None
