"""A row of the DECP as what it says of a contract: the schema v2.0.3, its elder forms, the tables made of them.

https://github.com/139bercy/format-commande-publique (marchés and concessions).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from pydantic import ValidationError
from stdnum.fr import nir

from services.clauses.domain.published import (
    LONGEST_WORDS,
    MOST_HOLDERS,
    MOST_STATES,
    Holder,
    Published,
    Social,
    State,
    distinct,
)
from services.clauses.procurement.fields import (
    FieldRefused,
    amount_of,
    day_of,
    known_siret,
    months_of,
    siret_of,
    text_of,
    words_for,
)
from services.clauses.procurement.files import Row
from services.clauses.procurement.postcodes import by_postcode
from shared.errors import FieldError
from shared.http.personal import numbers_in
from shared.nir import number_error
from shared.reference.communes import Communes, department_of
from shared.reference.text import unaccented
from shared.refusals import field_errors

_TERRITORY = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[4678]")
_NUMBERS = frozenset(("id", "uid", "uuid", "acheteurid", "titulaireid"))
_NUMBERED = re.compile(r"(?:^|\.)(?:id|idAccordCadre|idaccordcadre)\d?$")
_DAYS = ("dateNotificationModification", "dateSignatureModification", "datePublicationDonneesModification")
_OF_TABLES = {
    "id": ("idmodification", "modificationid"),
    "dateNotificationModification": (
        "datenotificationmodificationmodification",
        "datenotificationmodification",
        "modificationdatenotificationmodification",
    ),
    "dateSignatureModification": (
        "datesignaturemodificationmodification",
        "datesignaturemodification",
        "modificationdatesignaturemodification",
    ),
    "datePublicationDonneesModification": (
        "datepublicationdonneesmodificationmodification",
        "datepublicationdonneesmodification",
        "modificationdatepublicationdonneesmodification",
    ),
    "montant": ("montantmodification", "modificationmontant", "valeurglobalemodification", "modificationvaleurglobale"),
    "dureeMois": ("dureemoismodification", "modificationdureemois"),
    "objetModification": ("objetmodification", "modificationobjet", "modificationobjetmodification"),
    "titulaireid": ("titulaireidmodification", "modificationtitulaireid"),
}
"""A modification's fields in the columns of tables, as ``rows_of`` names them."""
_AHEAD = timedelta(days=31)
"""Programs publish on the day before a contract is notified; a year ahead is a typing error."""


@dataclass
class Line:
    """A row of the report: what it says, or why it is refused."""

    number: int
    published: Published | None = None
    elsewhere: str | None = None
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shown_number: str | None = None

    def note(self, sentence: str) -> None:
        """Say what was mended."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def read_row(row: Row, territory: str, communes: Communes, today: date) -> Line:
    """What a row says; whatever it holds, it is refused or passed over by itself."""
    line = Line(row.number)
    if row.values is None:
        assert row.refused is not None
        line.errors.append(FieldError(row.refused.field, row.refused.rule, str(row.refused)))
        return line
    reading = _Reading(row.values, line, communes, today)
    line.shown_number = reading.number()
    where = reading.territory()
    if where is not None and where != territory:
        line.elsewhere = where
        return line
    line.errors += _personal(row.values)
    values = reading.values(where)
    if not line.errors:
        try:
            line.published = Published.model_validate(values)
        except ValidationError as refused:
            line.errors += field_errors(refused)
    return line


def _personal(values: Mapping[str, Any]) -> list[FieldError]:
    """Fields with a social security number. The register's own numbers are looked at by their key: one of 130 real
    numbers of contracts (2024202422000) looks like the other kind, and names nobody."""
    words = {name: value for name, value in values.items() if name not in _NUMBERS}
    number = re.sub(r"\D", "", str(values.get("id"))[:200])
    own = [number_error("id")] if len(number) == 15 and nir.is_valid(number) else []
    return [*own, *(error for error in numbers_in(words) if not _NUMBERED.search(error.field))]


class _Reading:
    """The fields of one row; each refusal is an error of the line."""

    def __init__(self, row: Mapping[str, Any], line: Line, communes: Communes, today: date) -> None:
        self._row = row
        self._line = line
        self._communes = communes
        self._latest = today + _AHEAD

    def number(self) -> str | None:
        """The buyer's number of the contract."""
        text = text_of(self._row.get("id"))
        return None if text is None else text[:200]

    def territory(self) -> str | None:
        """The département of the work; where no place is named, the buyer's. None where nothing tells."""
        code, kind = self._place()
        found = _department(code, kind, self._communes)
        if found is None:
            found = _as_department(text_of(self._first("acheteur_departement_code", "acheteurdepartementcode")))
        if found is None:
            buyer = known_siret(self._buyer())
            found = None if buyer is None else _department_of_body(buyer)
        return found

    def values(self, territory: str | None) -> dict[str, Any]:
        """Everything that is kept of a row."""
        if territory is None:
            self._refuse(
                FieldRefused("lieuExecution", "no-place", "Ni lieu d'exécution, ni département de l'acheteur.")
            )
        number = self.number()
        if number is None:
            self._refuse(FieldRefused("id", "required", "Le numéro du marché manque."))
        elif re.fullmatch(r"\d[.,]\d+E\+\d+", number, re.IGNORECASE):
            self._refuse(FieldRefused("id", "id-rounded", "Un tableur a arrondi ce numéro : il y manque des chiffres."))
        elif len(number) > 80:
            self._refuse(FieldRefused("id", "format", "Un numéro de marché a 80 caractères au plus."))
        # A table with a number of the modification and no columns of its own for it: the line is the contract after it.
        after = _number_of(self._first(*_OF_TABLES["id"])) if not self._of_table() else None
        days = ("dateNotification", "datenotification", "dateSignature", "dateDebutExecution")
        first = self._state(self._row, days, after)
        title = words_for(self._row.get("objet"), 300)
        code, kind = self._place()
        cpv = text_of(self._first("codeCPV", "codecpv"))
        return {
            "territory": territory,
            "buyer_siret": self._try(lambda: siret_of("acheteur.id", self._buyer(), self._line.note)),
            "buyer_name": words_for(self._first("acheteur_nom", "acheteurnom") or _member(self._body(), "nom"), 200),
            "number": number,
            "title": title,
            "cpv": cpv if cpv and re.fullmatch(r"\d{8}(-\d)?", cpv, re.ASCII) else None,
            "procedure": words_for(self._row.get("procedure"), 120),
            "commune_code": _commune(code, kind, self._communes),
            "social": _social(self._first("considerationsSociales", "considerationssociales", "considerationSociale")),
            "states": distinct((first, *self._modifications())) if first is not None else (),
        }

    def _body(self) -> Any:
        return self._first("acheteur", "autoriteConcedante")

    def _buyer(self) -> Any:
        return self._first("acheteur_id", "acheteurid", "autoriteconcedanteid") or _member(self._body(), "id")

    def _place(self) -> tuple[str | None, str]:
        place = self._first("lieuExecution", "lieuexecution")
        code = text_of(_member(place, "code") or self._first("lieuExecution_code", "lieuexecutioncode"))
        kind = text_of(_member(place, "typeCode") or self._first("lieuExecution_typeCode", "lieuexecutiontypecode"))
        return code, unaccented(kind or "")

    def _first(self, *names: str) -> Any:
        return next((self._row[name] for name in names if self._row.get(name) not in (None, "")), None)

    def _refuse(self, refused: FieldRefused) -> None:
        self._line.errors.append(FieldError(refused.field, refused.rule, str(refused)))

    def _try(self, reader: Callable[[], Any]) -> Any:
        try:
            return reader()
        except FieldRefused as refused:
            self._refuse(refused)
            return None

    def _state(
        self, row: Mapping[str, Any], days: Iterable[str], number: int | None = None, *, modifies: bool = False
    ) -> State | None:
        name = next((one for one in days if text_of(row.get(one)) is not None), None)
        on = None
        if name is None:
            self._refuse(FieldRefused("dateNotification", "required", "La date de notification manque."))
        else:
            on = self._try(lambda: day_of(name, row.get(name), self._latest))
        amount = self._try(lambda: amount_of("montant", _value_of(row, "montant", "valeurGlobale", "valeurglobale")))
        months = self._try(lambda: months_of("dureeMois", _value_of(row, "dureeMois", "dureemois")))
        holders = tuple(_holders(row))
        if on is None:
            return None
        told = self._publication(row) if modifies else {}
        return State(on=on, number=number, amount=amount, months=months, holders=holders, modifies=modifies, **told)

    def _publication(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """When a modification was published, and in which words: an odd day is none."""
        try:
            on = day_of(
                "datePublicationDonneesModification", change.get("datePublicationDonneesModification"), self._latest
            )
        except FieldRefused:
            on = None
        return {"published_on": on, "words": words_for(_value_of(change, "objetModification", "objet"), LONGEST_WORDS)}

    def _of_table(self) -> dict[str, Any]:
        """The modification that the columns of a table's line tell; empty where none is dated."""
        change = {name: value for name, names in _OF_TABLES.items() if (value := self._first(*names)) is not None}
        return change if any(text_of(change.get(day)) is not None for day in _DAYS) else {}

    def _modifications(self) -> Iterable[State]:
        """An odd one is passed over with a note: the contract itself is sound. One of the future comes again."""
        of_table = self._of_table()
        listed = islice(_entries(self._row.get("modifications"), "modification"), MOST_STATES)
        for change in [*listed, *([of_table] if of_table else [])]:
            number = _number_of(_member(change, "id"))
            sound = len(self._line.errors)
            state = self._state(change, _DAYS, number, modifies=True) if isinstance(change, dict) else None
            if state is not None and len(self._line.errors) == sound:
                yield state
                continue
            why = self._line.errors[sound].message if len(self._line.errors) > sound else "Ce n'est pas un objet."
            del self._line.errors[sound:]
            self._line.note(f"Modification {number or 'sans numéro'} passée : {why}")


def _number_of(value: Any) -> int | None:
    """A modification's number; tables write the notification's as 0, programs some of them as text."""
    text = text_of(value)
    found = None if text is None else re.fullmatch(r"0*([1-9]\d{0,5})(?:\.0+)?", text, re.ASCII)
    return None if found is None else int(found[1])


def _value_of(row: Mapping[str, Any], *names: str) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _entries(value: Any, *names: str) -> Iterator[Any]:
    """The entries of a list in the forms that programs write: of objects, bare or under a name; or one object, which was XML."""
    for entry in value if isinstance(value, list) else [value] if isinstance(value, dict) else []:
        named = [entry[name] for name in names if name in entry] if isinstance(entry, dict) else []
        inner = named[0] if named else entry
        yield from inner if isinstance(inner, list) else [inner]


def _holders(row: Mapping[str, Any]) -> Iterable[Holder]:
    """Of the group: a list in JSON, a column or numbered columns in tables."""
    listed = row.get("titulaires") or row.get("concessionnaires")
    found: list[tuple[Any, Any]] = []
    if isinstance(listed, (list, dict)):
        for one in islice(_entries(listed, "titulaire", "concessionnaire"), MOST_HOLDERS):
            if isinstance(one, dict):
                found.append((one.get("id"), one.get("denominationSociale") or one.get("nom")))
    else:
        found.append((row.get("titulaireid"), row.get("titulairenom") or row.get("titulairedenominationsociale")))
        found += [(row.get(f"titulaireid{n}"), row.get(f"titulairedenominationsociale{n}")) for n in range(1, 4)]
    seen: set[str] = set()
    for number, name in found:
        holder = Holder(siret=known_siret(number), name=words_for(name, 200) or "")
        key = holder.siret or holder.name
        if key and key not in seen:
            seen.add(key)
            yield holder


def _social(value: Any) -> tuple[Social, ...]:
    """«Clause sociale», «Critère social», «Marché réservé», «Pas de considération sociale», however they are nested."""
    found: set[Social] = set()
    waiting = [value]
    for _ in range(50):
        if not waiting:
            break
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += list(one.values())[:20]
        elif isinstance(one, list):
            waiting += one[:20]
        elif (text := text_of(one)) is not None:
            for part in re.split(r"[,;|]", unaccented(text)):
                found |= _said(part)
    return tuple(sorted(found if found == {Social.NONE} else found - {Social.NONE}))


_SOCIAL = (
    ("clause", Social.CLAUSE),
    ("condition d'exec", Social.CLAUSE),
    ("critere", Social.CRITERION),
    ("reserve", Social.RESERVED),
)


def _said(words: str) -> set[Social]:
    """«Aucune clause sociale» says that there is none."""
    if re.search(r"\b(?:pas de|pas d'|aucun|aucune|sans|non)\b", words):
        return {Social.NONE} if re.search("social|clause", words) else set()
    return {kind for stem, kind in _SOCIAL if stem in words}


def _as_department(code: str | None) -> str | None:
    if code is None:
        return None
    code = code.upper().removesuffix(".0")
    code = code.zfill(2) if len(code) < 2 else code
    return code if _TERRITORY.fullmatch(code) else None


def _department(code: str | None, kind: str, communes: Communes) -> str | None:
    if code is None:
        return None
    code = code.upper().removesuffix(".0").replace(" ", "")
    if "region" in kind or "pays" in kind:
        return None
    if "departement" in kind or len(code) <= 3:
        return _as_department(code)
    if "arrondissement" in kind or "canton" in kind:
        return _as_department(code[:3] if code.startswith("97") else code[:2])
    code = code.zfill(5) if code.isdecimal() else code
    if len(code) != 5:
        return None
    if "postal" in kind:
        return _of_postcode(code, communes)
    commune = communes.get(code)
    return commune.department if commune is not None else _of_postcode(code, communes)


def _of_postcode(code: str, communes: Communes) -> str | None:
    """By the table; that of a company (CEDEX) by its first figures, in Corsica by the third."""
    if known := by_postcode(communes).get(code):
        return known[0].department
    if code.startswith("20"):
        return _as_department("2A" if code[2] in "01" else "2B")
    return _as_department(department_of(code))


def _commune(code: str | None, kind: str, communes: Communes) -> str | None:
    """The commune of the work where the place names exactly one: by its code, or by the postcode of one only."""
    if code is None or not ("commune" in kind or "postal" in kind or not kind):
        return None
    code = code.upper().zfill(5)
    if "postal" not in kind:
        found = communes.commune_of(code) if len(code) == 5 else None
        if found is not None or "commune" in kind:
            return None if found is None else found.code
    shared = by_postcode(communes).get(code, ())
    return shared[0].code if len(shared) == 1 else None


def _department_of_body(siret: str) -> str | None:
    """Communes (21) and départements (22) carry theirs in the SIREN; overseas by its third figure, Corsica's is shared."""
    if siret[:2] not in ("21", "22") or siret[2:4] == "20":
        return None
    return _as_department(siret[2:5] if siret[2:4] == "97" else siret[2:4])
