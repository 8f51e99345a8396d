"""Where the work is that a row of a table offers: what people write beside a commune's name, and where it is looked for. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from services.offers.domain.imports.france_travail import read_france_travail
from services.offers.domain.imports.rows import Read, RowRefused, SearchableGazetteer, Warned, refuse
from services.offers.domain.imports.sheets.titles import Column
from shared.reference.departments import department_named
from shared.reference.gazetteer import CommuneFacts
from shared.reference.places import place_key

_LONGEST = 200
_ADDRESS = re.compile(r"\b(\d{5})\s+(?=\D)([^,;()]{2,60})")
_BEFORE = re.compile(
    r"^\s*(?:(?:mairie|ville|commune|site|chantier|agence|bourg|centre|ehpad|[ée]cole|coll[èe]ge|lyc[ée]e|h[ôo]pital|cr[èe]che)s?"
    r" (?:de |du |d['’])|secteur )",
    re.IGNORECASE,
)
_TOWN_HALL = re.compile(r"(?:mairie|ville|commune) (?:de |du |d['’])?(.{2,60})", re.IGNORECASE)
_NAMED_BY_TOWN = re.compile(
    r"(?:ehpad|mapad|usld|[ée]cole|coll[èe]ge|lyc[ée]e|h[ôo]pital|cr[èe]che|m[ée]diath[èe]que|office de tourisme|camping"
    r"|super ?march[ée]|super u|intermarch[ée]|carrefour(?: contact| market)?|boulangerie|boucherie|pharmacie|garage|scierie)\b"
    r"(?: municipale?)?(?: de| du| d['’])?\s*(.{3,60})",
    re.IGNORECASE,
)
"""Establishments that are told from their like by where they are."""
_BEHIND_A_NAME = re.compile(r".+?(?:,|\s[-–/])\s*([^,–/\d]{3,60})$")
"""«GAEC du Puy, Saint-Vaury»."""
_BESIDE = re.compile(
    r"\s+(?:centre(?:[- ]ville)?|bourg|gare|nord|sud|est|ouest|z\.?[aic]\.?\b.*|zone .*)$", re.IGNORECASE
)


_OR = re.compile(r"\s+(?:ou|et|puis)\s+|\s*[/+&]\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[^()]{2,80}\(([^\d()]{3,60})\)")


def place_of(values: Mapping[Column, str]) -> dict[str, Any]:
    label, postcode = values.get(Column.PLACE, ""), re.sub(r"\s", "", values.get(Column.POSTCODE, ""))
    written = _ADDRESS.search(values.get(Column.ADDRESS, ""))
    if written is not None:
        label, postcode = label or written[2].strip(), postcode or written[1]
    if not label and not postcode:
        label = values.get(Column.ADDRESS, "")
    return {"libelle": label, "codePostal": postcode, "commune": values.get(Column.COMMUNE_CODE) or None}


def town_of(values: Mapping[Column, str], communes: SearchableGazetteer, home: str | None) -> str | None:
    """«Bonnat» of a row that says no place and whose employer is «Mairie de Bonnat»; of others only what is a commune's name."""
    if any(values.get(column) for column in (Column.PLACE, Column.ADDRESS, Column.POSTCODE, Column.COMMUNE_CODE)):
        return None
    employer = values.get(Column.EMPLOYER, "").strip()[:_LONGEST]
    if (hall := _TOWN_HALL.fullmatch(employer)) is not None:
        return hall[1]
    behind = _BEHIND_A_NAME.fullmatch(employer)
    town = behind[1].strip() if behind is not None else ""
    # Whoever puts it behind a comma names a town, which may be of a neighbouring département.
    if town and any(_communes_named(town, communes, department) for department in dict.fromkeys((home, None))):
        return town
    if home is None or (named := _NAMED_BY_TOWN.fullmatch(employer)) is None:
        return None
    words = named[1].split()
    endings = (" ".join(words[first:]) for first in range(len(words)))
    return next((one for one in endings if len(one) > 3 and _communes_named(one, communes, home)), None)


def _communes_named(name: str, communes: SearchableGazetteer, department: str | None) -> bool:
    hits = communes.search(name, 3, department, similar=False)
    return any(_named_so(hit.commune, name) for hit in hits)


def read_at_its_place(
    fields: dict[str, Any], values: Mapping[Column, str], communes: SearchableGazetteer, home: str | None
) -> Read:
    """As it is written; a commune that several départements have is the one of the row's own, or of ``home``, and what stands
    beside its name («Guéret centre», «Guéret - piscine», «Mairie de Guéret») is no part of it.
    """
    where = fields["lieuTravail"]
    own = _department(values.get(Column.DEPARTMENT, ""))
    refused: RowRefused | None = None
    for label in _labels(where["libelle"], own, None if where["codePostal"] else home):
        try:
            read = read_france_travail({**fields, "lieuTravail": {**where, "libelle": label}}, communes)
        except RowRefused as again:
            # Of what was tried, what was written is told.
            refused = again if refused is None or label == where["libelle"] else refused
            if not any(error.field.startswith("lieuTravail") for error in again.errors):
                break
        else:
            commune = communes.get(read.given.place.commune_code or "")
            if (
                commune is not None
                and own is None
                and label != where["libelle"]
                and not _named_so(commune, where["libelle"])
                and not _says_postcode(commune, where["libelle"])
            ):
                message = f"« {where['libelle'][:60]} » est lu comme {commune.name} ({commune.department})."
                read.warnings.append(Warned(Column.PLACE, "place_by_name", message))
            return read
    raise refused or refuse(Column.PLACE, "required", "Le lieu manque.")


def _labels(label: str, own: str | None, home: str | None) -> list[str]:
    inner = _IN_BRACKETS.fullmatch(label.strip())
    # «ADMR (Dun-le-Palestel)»: who it is, and where; «Tulle (Corrèze)» is read as it stands before.
    first = _OR.split(label, 1)
    return [
        *_labels_of(label, own, home),
        *(_labels_of(inner[1], own, home) if inner is not None else ()),
        # Of several the first: the sender is told which.
        *(_labels_of(first[0], own, home) if len(first) > 1 else ()),
    ]


def _labels_of(label: str, own: str | None, home: str | None) -> list[str]:
    bare = _BESIDE.sub("", _BEFORE.sub("", re.split(r"\s+[-–/(]\s*|,", label)[0])).strip()
    department = own or home
    if department is None or not bare or "(" in label:
        return list(dict.fromkeys((label, bare or label)))
    words = bare.split()
    # «SARL Dupuy - Bourganeuf»: who it is, and where.
    behind = _BEHIND_A_NAME.fullmatch(label)
    last = [f"{behind[1].strip()} ({department})", behind[1].strip()] if behind is not None else []
    # At last, of a known département, the longest beginning that is a commune's name: «Guéret Résidence autonomie».
    shorter = [f"{' '.join(words[:length])} ({department})" for length in range(len(words) - 1, 0, -1)]
    plain = [label, bare] if own is None else [f"{label} ({own})"]
    return [one for one in dict.fromkeys([f"{bare} ({department})", *plain, *last, *shorter[:5]]) if one.strip()]


def _says_postcode(commune: CommuneFacts, label: str) -> bool:
    """«23000 Guéret»: nothing is left to doubt."""
    words = label.split()
    return any(one in words for one in commune.postcodes) and place_key(commune.name) in place_key(label)


def _named_so(commune: CommuneFacts, label: str) -> bool:
    return place_key(commune.name) == place_key(label)


def _department(text: str) -> str | None:
    plain = text.strip().upper()
    return department_named(text) or (plain if re.fullmatch(r"\d{2}|2[AB]|97\d", plain) else None)
