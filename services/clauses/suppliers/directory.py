"""Rows of a directory as structures: the employment platform's list, the FINESS list of ESAT, a desk's own table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from services.clauses.domain.employment import SupplierKind
from services.clauses.domain.supplier import Listed
from services.clauses.domain.trades import Trade, named_trades
from services.clauses.procurement.fields import FieldRefused, day_of, known_siret, siret_of, text_of, words_for
from services.clauses.procurement.files import Row, name_of
from services.clauses.procurement.postcodes import by_postcode
from shared import phones
from shared.errors import FieldError
from shared.geo import distance_km, in_france, swapped, valid
from shared.http.personal import numbers_in
from shared.reference.communes import Commune, Communes
from shared.reference.places import PREFIX, place_key
from shared.reference.text import words_of
from shared.refusals import field_errors
from shared.types import LATEST, mailbox, website

NEEDS = ("siret", "etsiret", "etnfiness", "finess")
"""Columns of which one must be there: what a structure is known by."""
_NAMES = {
    "kind": ("type", "kind", "typedestructure", "typestructure", "typesiae"),
    "siret": ("siret", "etsiret"),
    "finess": ("etnfiness", "finess", "nfiness"),
    "name": (
        "enseigne",
        "etraisonsociale",
        "nom",
        "nomdelastructure",
        "structure",
        "denomination",
        "raisonsociale",
        "name",
    ),
    "legal_name": ("nom", "raisonsociale", "denomination"),
    "address": ("adresse", "etadresse", "address"),
    "postcode": ("codepostal", "etcodepostal", "postcode", "cp"),
    "town": ("ville", "etcommunelibelle", "commune", "town"),
    "commune": ("communecode", "etcommunecode", "codeinsee", "insee", "codecommune"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
    "activity": ("naf", "ape", "codenaf"),
    "trades": ("metiers", "activites", "trades", "secteurs"),
    "site": ("site", "siteweb", "website", "url"),
    "email": ("email", "courriel", "mail", "contactemail"),
    "state": ("etat", "etatadministratif", "etatadministratifetablissement", "statut", "status"),
    "closed": ("datefermeture", "datedefermeture", "fermele", "closedon"),
    "phone": ("telephone", "phone", "tel", "contactphone"),
}
_KINDS = {words_of(kind.value): kind for kind in SupplierKind if kind is not SupplierKind.TEMP_AGENCY}
_LONG_KINDS = (
    (re.compile(r"(?:aide|accompagnement) par le travail"), SupplierKind.ESAT),
    (re.compile(r"groupements? d employeurs pour l insertion"), SupplierKind.GEIQ),
    (re.compile(r"travail temporaire d insertion"), SupplierKind.ETTI),
    (re.compile(r"adaptees? de travail temporaire"), SupplierKind.EATT),
    (re.compile(r"entreprises? adaptees?"), SupplierKind.EA),
    (re.compile(r"entreprises? d insertion"), SupplierKind.EI),
    (re.compile(r"associations? intermediaires?"), SupplierKind.AI),
    (re.compile(r"ateliers?(?: et)? chantiers? d insertion"), SupplierKind.ACI),
)
"""Written out, in one number or the other, with its letters behind it or not."""
_NOT_PROPOSED = frozenset(("opcs", "eiti"))
"""Also on the employment platform's list: who carries clauses, and where people work on their own account. One such line would
refuse the whole list."""
_CLOSED = frozenset(
    ("f", "c", "ferme", "fermee", "cesse", "cessee", "radie", "radiee", "inactif", "inactive", "closed")
)
_FARTHEST_KM = 30.0
"""A point farther from its postcode's commune than this was geocoded wrongly (scores as low as 0.16 are in the real list)."""


@dataclass
class Entry:
    """A row: a structure, or why not."""

    number: int
    listed: Listed | None = None
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_entry(row: Row, kind: SupplierKind | None, communes: Communes, today: date) -> Entry:
    """What a row lists; nothing of what the file itself says to be closed.

    ``kind``: of a list that has no such column, since it holds one kind only.
    """
    entry = Entry(row.number)
    if row.values is None:
        assert row.refused is not None
        entry.errors.append(FieldError("row", row.refused.rule, str(row.refused)))
        return entry
    values = {name_of(name): _joined(value) for name, value in row.values.items()}
    found = {
        name: next((text for one in names if (text := text_of(values.get(one)))), None)
        for name, names in _NAMES.items()
    }
    if words_of(found["state"] or "") in _CLOSED or _closed(found["closed"], today):
        entry.notes.append("Cet établissement est fermé d'après le fichier : il n'est pas repris.")
        return entry
    if _letters(found["kind"]) in _NOT_PROPOSED:
        entry.notes.append("Ce type de structure n'est pas proposé ici : la ligne n'est pas reprise.")
        return entry
    listed_kind = _kind(found["kind"]) or kind
    if listed_kind is None:
        message = "Type de structure inconnu : EI, ACI, AI, ETTI, EA, EATT, ESAT ou GEIQ."
        entry.errors.append(FieldError("type", "kind", message))
    siret, number = _numbers(found, entry)
    name = words_for(found["name"] or found["legal_name"], 200)
    if name is None:
        entry.errors.append(FieldError("nom", "required", "Le nom de la structure manque."))
    commune = _commune(found, communes, entry)
    if commune is None and not found["postcode"] and not found["commune"] and not found["lat"]:
        entry.errors.append(FieldError("code_postal", "required", "Ni adresse, ni commune, ni point : où est-elle ?"))
    words = {name: text for name, text in found.items() if name not in ("siret", "finess", "lat", "lon")}
    entry.errors += numbers_in(words)
    if entry.errors:
        return entry
    postcode = written.zfill(5) if (written := found["postcode"] or "").isascii() and written else ""
    department = commune.department if commune is not None else postcode[:2]
    try:
        entry.listed = Listed.model_validate(
            {
                "kind": listed_kind,
                "number": number,
                "siret": siret,
                "name": name,
                "also_named": None if found["legal_name"] == found["name"] else words_for(found["legal_name"], 200),
                "address": words_for(found["address"], 300) or "",
                "postcode": postcode if re.fullmatch(r"\d{5}", postcode, re.ASCII) else None,
                "town": words_for(found["town"], 100) or (commune.name if commune is not None else ""),
                "commune_code": None if commune is None else commune.code,
                "point": _point(found, commune, communes, entry),
                "activity": _activity(found["activity"]),
                "declared": _declared(found["trades"], entry),
                **_contact(found, department, entry),
            }
        )
    except ValidationError as refused:
        entry.errors += field_errors(refused)
    return entry


def _numbers(found: Mapping[str, str | None], entry: Entry) -> tuple[str | None, str | None]:
    """(SIRET, what it is known by): one list has numbers without a right key, another structures without any."""
    siret = known_siret(found["siret"])
    finess = re.sub(r"\s", "", found["finess"] or "")
    if re.fullmatch(r"\d{7,9}|2[AB]\d{7}", finess, re.ASCII):
        return siret, finess.zfill(9)
    if siret is not None:
        return siret, siret
    written = re.sub(r"[\s.]", "", found["siret"] or "")
    if re.fullmatch(r"\d{14}", written, re.ASCII) and written.strip("0"):
        entry.notes.append("Ce SIRET n'a pas la bonne clé : la structure est connue par ce numéro, sans SIRET.")
        return None, written
    message = "Ni SIRET, ni FINESS : une structure est connue par l'un des deux."
    try:
        siret_of("siret", found["siret"], entry.notes.append)
    except FieldRefused as refused:
        message = message if refused.rule == "required" else str(refused)
        entry.errors.append(FieldError("siret", refused.rule, message))
    return None, None


def _closed(written: str | None, today: date) -> bool:
    """Whether a day of closing has come; one that cannot be read closes nothing."""
    try:
        day = day_of("closed", written, LATEST)
    except FieldRefused:
        return False
    return day is not None and day <= today


def _joined(value: Any) -> Any:
    """A list of words, as JSON has them, as a cell of a table has them."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return value


def _kind(written: str | None) -> SupplierKind | None:
    words = words_of(written or "")
    short = _KINDS.get(words) or _KINDS.get(_letters(written))
    named = {kind: None for pattern, kind in _LONG_KINDS if pattern.search(words)}
    if SupplierKind.EATT in named:
        named.pop(SupplierKind.EA, None)
    # «EI et ACI» is two structures: which of them this line is, nobody can tell.
    return short or (next(iter(named)) if len(named) == 1 else None)


def _letters(written: str | None) -> str:
    """«E.T.T.I.» → ``etti``; of several words the first alone says nothing."""
    words = words_of(written or "").split()
    return "".join(words) if all(len(one) == 1 for one in words) else " ".join(words)


def _declared(written: str | None, entry: Entry) -> tuple[Trade, ...]:
    found = named_trades(written) if written else ()
    if written and not found:
        entry.notes.append("Aucun des métiers écrits n'est reconnu : elle sera proposée comme de métier inconnu.")
    return found


def _commune(found: Mapping[str, str | None], communes: Communes, entry: Entry) -> Commune | None:
    """By its code, else the one of the postcode that is named so, else the one that is named so in its département (a CEDEX is
    nobody's postcode), else any of the postcode.
    """
    town = found["town"] or ""
    code = (found["commune"] or (town if re.fullmatch(r"\d[\dABab]\d{3}", town, re.ASCII) else "")).upper()
    if code and (known := communes.commune_of(code.zfill(5))) is not None:
        return known
    postcode = (found["postcode"] or "").replace(" ", "").zfill(5)
    if not re.fullmatch(r"\d{5}", postcode, re.ASCII) or postcode == "00000":
        return None
    shared = by_postcode(communes).get(postcode, ())
    key = place_key(town)
    named = next((one for one in shared if place_key(one.name) == key), None)
    if named is not None or (len(shared) == 1 and not key):
        return named or shared[0]
    hits = communes.search(f"{postcode} {town}", 1, similar=False) if key else []
    written = communes.commune_of(hits[0].commune.code) if hits and hits[0].score >= PREFIX else None
    if written is not None and shared and postcode not in written.postcodes:
        entry.notes.append(
            f"Le code postal {postcode} n'est pas celui de la commune écrite ({written.name}) : son nom est suivi."
        )
    return written or next(iter(shared), None)


def _point(
    found: Mapping[str, str | None], commune: Commune | None, communes: Communes, entry: Entry
) -> dict[str, float] | None:
    try:
        lat, lon = float((found["lat"] or "nan").replace(",", ".")), float((found["lon"] or "nan").replace(",", "."))
    except ValueError:
        lat = lon = float("nan")
    if swapped(lat, lon):
        lat, lon = lon, lat
        entry.notes.append("Latitude et longitude étaient échangées.")
    right = valid(lat, lon) and in_france(lat, lon)
    if right and (commune is None or distance_km(lat, lon, commune.lat, commune.lon) <= _FARTHEST_KM):
        return {"lat": lat, "lon": lon}
    if commune is None:
        entry.notes.append("Lieu inconnu : elle ne sera pas trouvée par la distance.")
        return None
    if right:
        entry.notes.append("Le point est loin de la commune : celui de la commune est pris.")
    postcode = (found["postcode"] or "").replace(" ", "")
    if postcode in commune.postcodes and len(commune.postcodes) > 8:
        # Of a town with arrondissements, the one of the postcode.
        hits = (hit.commune for hit in communes.search(postcode, 5, similar=False))
        commune = next((one for one in hits if one.parent == commune.code), commune)
    return {"lat": commune.lat, "lon": commune.lon}


def _activity(written: str | None) -> str | None:
    """«8130Z», «81.30Z», «81.30Z - Services d'aménagement paysager»."""
    code = re.match(r"(\d\d)[\s.]?(\d\d)\s?([A-Z])\b", (written or "").upper(), re.ASCII)
    return "".join(code.groups()) if code is not None else None


def _contact(found: Mapping[str, str | None], department: str, entry: Entry) -> dict[str, str | None]:
    """What can be written to, called, opened; what cannot is left out with a note."""
    contact: dict[str, str | None] = {"site": None, "email": None, "phone": None}
    if found["phone"]:
        several = re.split(r"[/;,]| ou | et ", found["phone"])
        contact["phone"] = next((known for one in several if (known := phones.e164(one.strip(), department))), None)
        if contact["phone"] is None:
            entry.notes.append("Le téléphone n'est pas un numéro que l'on puisse appeler.")
    for name, reader in (("site", website), ("email", mailbox)):
        written = re.split(r"[;,\s]", found[name] or "")[0]
        if not written:
            continue
        if name == "site" and "://" not in written:
            written = f"https://{written}"
        try:
            contact[name] = reader(written)
        except ValueError:
            entry.notes.append(
                "Le site n'est pas une adresse." if name == "site" else "L'e-mail n'est pas une adresse."
            )
    return contact
