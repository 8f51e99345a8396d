"""Rows of a directory as structures: the employment platform's list, the FINESS list of ESAT, a desk's own table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from services.clauses.domain.employment import SupplierKind
from services.clauses.domain.supplier import Listed
from services.clauses.domain.trades import named_trades
from services.clauses.procurement.fields import known_siret, text_of, words_for
from services.clauses.procurement.files import Row
from services.clauses.procurement.postcodes import by_postcode
from shared import phones
from shared.errors import FieldError
from shared.geo import distance_km, in_france, valid
from shared.http.personal import numbers_in
from shared.reference.communes import Commune, Communes
from shared.reference.places import place_key
from shared.reference.text import words_of
from shared.types import mailbox, website

NEEDS = ("siret", "etsiret", "etnfiness", "finess")
"""Columns of which one must be there: what a structure is known by."""
_NAMES = {
    "kind": ("type", "kind", "typedestructure"),
    "siret": ("siret", "etsiret"),
    "finess": ("etnfiness", "finess", "nfiness"),
    "name": ("enseigne", "etraisonsociale", "nom", "raisonsociale", "name"),
    "legal_name": ("nom", "raisonsociale"),
    "address": ("adresse", "etadresse", "address"),
    "postcode": ("codepostal", "etcodepostal", "postcode", "cp"),
    "town": ("ville", "etcommunelibell", "etcommunelibelle", "commune", "town"),
    "commune": ("communecode", "etcommunecode", "codeinsee", "insee", "codecommune"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
    "activity": ("naf", "ape", "codenaf"),
    "trades": ("metiers", "mtiers", "activites", "activits", "trades", "secteurs"),
    "site": ("site", "siteweb", "website", "url"),
    "email": ("email", "courriel", "mail", "contactemail"),
    "phone": ("telephone", "tlphone", "phone", "tel", "contactphone"),
}
_KINDS = {words_of(kind.value): kind for kind in SupplierKind if kind is not SupplierKind.TEMP_AGENCY} | {
    "entreprise d insertion": SupplierKind.EI,
    "atelier chantier d insertion": SupplierKind.ACI,
    "atelier et chantier d insertion": SupplierKind.ACI,
    "association intermediaire": SupplierKind.AI,
    "entreprise de travail temporaire d insertion": SupplierKind.ETTI,
    "entreprise adaptee": SupplierKind.EA,
    "entreprise adaptee de travail temporaire": SupplierKind.EATT,
}
_FARTHEST_KM = 30.0
"""A point farther from its postcode's commune than this was geocoded wrongly (scores as low as 0.16 are in the real list)."""


@dataclass
class Entry:
    """A row: a structure, or why not."""

    number: int
    listed: Listed | None = None
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_entry(row: Row, kind: SupplierKind | None, communes: Communes) -> Entry:
    """What a row lists. ``kind``: of a list that has no such column, since it holds one kind only."""
    entry = Entry(row.number)
    if row.values is None:
        assert row.refused is not None
        entry.errors.append(FieldError("row", row.refused.rule, str(row.refused)))
        return entry
    values = {re.sub(r"[^a-z0-9]", "", str(name).lower())[:60]: value for name, value in row.values.items()}
    found = {
        name: next((text for one in names if (text := text_of(values.get(one)))), None)
        for name, names in _NAMES.items()
    }
    listed_kind = _KINDS.get(words_of(found["kind"] or "")) or kind
    if listed_kind is None:
        message = "Type de structure inconnu : EI, ACI, AI, ETTI, EA, EATT, ESAT ou GEIQ."
        entry.errors.append(FieldError("type", "kind", message))
    siret, number = _numbers(found, entry)
    name = words_for(found["name"] or found["legal_name"], 200)
    if name is None:
        entry.errors.append(FieldError("nom", "required", "Le nom de la structure manque."))
    commune = _commune(found, communes)
    if commune is None and not found["postcode"] and not found["commune"] and not found["lat"]:
        entry.errors.append(FieldError("code_postal", "required", "Ni adresse, ni commune, ni point : où est-elle ?"))
    words = {name: text for name, text in found.items() if name not in ("siret", "finess", "lat", "lon")}
    entry.errors += numbers_in(words)
    if entry.errors:
        return entry
    postcode = (found["postcode"] or "").zfill(5) if (found["postcode"] or "").isascii() else ""
    department = commune.department if commune is not None else postcode[:2]
    try:
        entry.listed = Listed.model_validate(
            {
                "kind": listed_kind,
                "number": number,
                "siret": siret,
                "name": name,
                "address": words_for(found["address"], 300) or "",
                "postcode": postcode if re.fullmatch(r"\d{5}", postcode, re.ASCII) else None,
                "town": words_for(found["town"], 100) or (commune.name if commune is not None else ""),
                "commune_code": None if commune is None else commune.code,
                "point": _point(found, commune, entry),
                "activity": _activity(found["activity"]),
                "declared": named_trades(found["trades"]) if found["trades"] else (),
                **_contact(found, department, entry),
            }
        )
    except ValidationError as refused:
        errors = refused.errors(include_input=False, include_url=False)
        entry.errors += [FieldError(".".join(map(str, one["loc"])), one["type"], one["msg"]) for one in errors]
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
    if re.fullmatch(r"\d{14}", written, re.ASCII):
        entry.notes.append("Ce SIRET n'a pas la bonne clé : la structure est connue par ce numéro, sans SIRET.")
        return None, written
    entry.errors.append(
        FieldError("siret", "required", "Ni SIRET, ni FINESS : une structure est connue par l'un des deux.")
    )
    return None, None


def _commune(found: Mapping[str, str | None], communes: Communes) -> Commune | None:
    """By its code, else the one of the postcode that is named so, else any of the postcode."""
    code = (found["commune"] or "").upper()
    if code and (known := communes.commune_of(code.zfill(5))) is not None:
        return known
    postcode = (found["postcode"] or "").replace(" ", "").zfill(5)
    if not re.fullmatch(r"\d{5}", postcode, re.ASCII) or postcode == "00000":
        return None
    shared = by_postcode(communes).get(postcode, ())
    if len(shared) < 2:
        return shared[0] if shared else None
    key = place_key(found["town"] or "")
    return next((one for one in shared if place_key(one.name) == key), shared[0])


def _point(found: Mapping[str, str | None], commune: Commune | None, entry: Entry) -> dict[str, float] | None:
    try:
        lat, lon = float((found["lat"] or "nan").replace(",", ".")), float((found["lon"] or "nan").replace(",", "."))
    except ValueError:
        lat = lon = float("nan")
    right = valid(lat, lon) and in_france(lat, lon)
    if right and (commune is None or distance_km(lat, lon, commune.lat, commune.lon) <= _FARTHEST_KM):
        return {"lat": lat, "lon": lon}
    if commune is None:
        entry.notes.append("Lieu inconnu : elle ne sera pas trouvée par la distance.")
        return None
    if right:
        entry.notes.append("Le point est loin de la commune : celui de la commune est pris.")
    return {"lat": commune.lat, "lon": commune.lon}


def _activity(written: str | None) -> str | None:
    code = re.sub(r"[\s.]", "", written or "").upper()
    return code if re.fullmatch(r"\d{4}[A-Z]", code, re.ASCII) else None


def _contact(found: Mapping[str, str | None], department: str, entry: Entry) -> dict[str, str | None]:
    """What can be written to, called, opened; what cannot is left out with a note."""
    contact: dict[str, str | None] = {"site": None, "email": None, "phone": None}
    if found["phone"]:
        contact["phone"] = phones.e164(found["phone"], department)
    for name, reader in (("site", website), ("email", mailbox)):
        written = found[name]
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
