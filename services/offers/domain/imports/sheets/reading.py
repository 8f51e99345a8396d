"""A row of a table as the row that a feed would have sent, read by the same rules; what only tables say is added. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.offers.domain.company import check_siret
from services.offers.domain.errors import InvalidSiret
from services.offers.domain.imports.hours import read_working_time
from services.offers.domain.imports.rows import Read, RowRefused, SearchableGazetteer, Warned, refuse
from services.offers.domain.imports.sheets.dates import LENGTH, TERM, days_of, has_term, term_of
from services.offers.domain.imports.sheets.kept import BLANK, Kept
from services.offers.domain.imports.sheets.places import place_of, read_at_its_place, town_of
from services.offers.domain.imports.sheets.rows import SheetRow
from services.offers.domain.imports.sheets.titles import FRENCH, PLACES, Column, period_in
from services.offers.domain.imports.sheets.units import in_unit
from shared.errors import FieldError
from shared.reference.initials import without_other_initials
from shared.reference.text import unaccented

_ROME = re.compile(r"\b[A-N]\d{4}\b", re.IGNORECASE)
_NONE = re.compile(r"^(?:non|aucun\w*|sans|pas\b.*|neant|ras|0|-+|/|x|n/?a|indifferent\w*)$")
_YES = re.compile(
    r"\b(?:oui|x|obligatoire|exigee?|requise?|indispensable|necessaire|vehicule|voiture|vehiculee?)\b|^1$"
)
_WISHED = re.compile(
    r"\b(?:souhait\w+|appreci\w+|un plus|serait|atout|preference|facultati\w+|si possible|ou pas)\b|\bpas (?:exige|oblig)"
)
_BEGINNER = re.compile(r"\bdebutante?s?\b|\bsans experience\b|\bnon exigee?\b|\bpas (?:d'|de )experience\b")
_DEMANDED = re.compile(r"\b(?:exige\w*|obligatoires?|requise?s?|indispensables?|imperati\w+|necessaires?)\b")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::00)?(?![\d:])")
_BARE_HOURS = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?")
_HOURS_WITHIN = re.compile(
    r"\d ?h\b|\d ?h\d|heures?\b|\d ?/ ?(?:5|35) ?(?:e|em|[eè]mes?)\b"
    r"|\b(?:cdi|cddi?|contrat|partiel|temps|mois|ans?)(?: à)? ?\d{2,3} ?%",
    re.IGNORECASE,
)
_FULL_OR_PART = re.compile(r"(?:t\.? ?|tps\.? ?)?(plein|complet|partiel|non complet)|t[cp]|tnc")
_CUT_SHORT = {"tc": "complet", "tp": "partiel", "tnc": "non complet"}
_SHARE = re.compile(r"(?<!\d)(100|[1-9]\d) ?%")
_PERMITS = re.compile(r"\s*(?:[+,;/&|]|\((?=[^()]{0,20}(?:v[ée]hicul|voiture))|\bet\b|\bavec\b)\s*", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,4}")
_IN_A_TITLE = re.compile(
    r"\b(?:cdi|cdd(?:i| saisonnier)?|saisonni(?:er|ère)|apprentie?|apprentissage|alternance|vacataire|contrat pro)\b",
    re.IGNORECASE,
)
_IN_A_LENGTH = re.compile(
    rf"{_IN_A_TITLE.pattern}|\bint[ée]rim(?:aire)?\b|\bsaison(?: d'été| d'hiver)?\b", re.IGNORECASE
)
_NAMED_ELSEWHERE = (
    (Column.DURATION, _IN_A_LENGTH), (Column.HOURS, _IN_A_LENGTH), (Column.STARTS_ON, _IN_A_LENGTH),
    (Column.STATUS, _IN_A_LENGTH), (Column.TITLE, _IN_A_TITLE),
)  # fmt: skip
"""Where a contract is named that has no column of its own. In a title «intérim» may be whom one works for, and «formation» with
what."""
_HEADS_A_TITLE = re.compile(r"\s*\(?(int[ée]rim)\)?\s*(?:\s[-–]|[:/|])\s*[^\W\d]", re.IGNORECASE)
"""«Intérim - Canalisateur»: in front and parted from the trade it is how one is hired."""
_LINE_OF_TERMS = re.compile(
    r"^(?:[^:\n]{1,40} : )?(?P<said>(?:cdi|cdd(?:i| saisonnier)?|saisonni(?:er|ère)|int[ée]rim|apprentissage|alternance"
    r"|contrat pro)\b.{0,100})$",
    re.IGNORECASE | re.MULTILINE,
)
"""Below «Conditions» or «Détail» a line that opens with the contract: «CDI 35h - 1 week-end sur 2 - dispo 01/10/2025»."""
_HOW_MANY = re.compile(
    r"(?P<count>[2-9]|[1-4]\d) (?P<title>[a-zà-ÿ-]{4,}[sx]\b(?<!roues)(?<!mois)(?<!heures)(?<!jours)(?<!postes).*)",
    re.IGNORECASE,
)
"""«2 bûcherons»."""

# Where the readers of feeds and the rules of an offer say what is wrong, as columns.
_OF_FIELDS: tuple[tuple[str, Column], ...] = (
    ("lieuTravail.codePostal", Column.POSTCODE), ("lieuTravail", Column.PLACE), ("place", Column.PLACE),
    ("typeContrat", Column.CONTRACT), ("contract_kind", Column.CONTRACT), ("kind", Column.CONTRACT),
    ("duration_months", Column.DURATION), ("salaire", Column.SALARY), ("salary", Column.SALARY),
    ("dureeTravail", Column.HOURS), ("weekly_hours", Column.HOURS), ("declared_schedule", Column.SCHEDULE),
    ("schedule", Column.SCHEDULE), ("intitule", Column.TITLE), ("permis", Column.LICENCE), ("licences", Column.LICENCE),
    ("romeCode", Column.OCCUPATION), ("occupation", Column.OCCUPATION), ("contact.urlPostulation", Column.URL),
    ("apply_url", Column.URL), ("id", Column.REFERENCE), ("nombrePostes", Column.POSITIONS),
    ("positions_total", Column.POSITIONS), ("experience", Column.EXPERIENCE), ("entreprise", Column.EMPLOYER),
    ("vehicle", Column.VEHICLE), ("qualification", Column.DIPLOMA), ("caces", Column.DESCRIPTION),
)  # fmt: skip


def in_columns(errors: Iterable[FieldError]) -> list[FieldError]:
    """The same, each named by the column that it is about."""
    return [FieldError(_column(error.field), error.rule, error.message) for error in errors]


def _column(field: str) -> str:
    # «lieuTravail», «lieuTravail.commune», «dureeTravailLibelle»: of a name, or of what it begins.
    return next((column.value for name, column in _OF_FIELDS if re.match(rf"{re.escape(name)}(?![a-z])", field)), field)


def read_sheet_row(
    row: SheetRow, identity: str, communes: SearchableGazetteer, home: str | None, today: date | None = None
) -> Read:
    """An offer from a row of a table. ``home``: the département that a commune without one is looked for in at last; ``today``:
    what «mi-janvier» is told from (None: such words name no day).

    Raises:
        RowRefused: as for a feed's row, by columns.
    """
    errors: list[FieldError] = []
    asked = row
    for _ in range(len(_STANDS_IN) + 1):
        try:
            read = _read(asked, identity, communes, home or row.department, today)
        except RowRefused as refused:
            errors += [one for one in in_columns(refused.errors) if one not in errors]
            named = {one.field for one in refused.errors} | {one.field for one in in_columns(refused.errors)}
            without = next(
                (fields for fields in _STANDS_IN if named & fields and not fields & set(asked.standing_in)), None
            )
            if without is None:
                raise RowRefused(errors) from None
            asked = _standing_in(asked, without, communes)
        else:
            break
    if errors:
        # All that is wrong is told at once, and what the rest says is not lost.
        raise RowRefused(errors, read)
    return read


_STANDS_IN: tuple[frozenset[Column], ...] = (frozenset({Column.CONTRACT}), PLACES)
"""What an offer cannot be without, and nobody can guess: something stands in for it while the rest of the row is read."""
_MIDDLE = (46.54, 2.43)
"""Of France: a commune that stands in for one."""


def _standing_in(row: SheetRow, fields: frozenset[Column], communes: SearchableGazetteer) -> SheetRow:
    values = {column: text for column, text in row.values.items() if column not in fields}
    if Column.CONTRACT in fields:
        values[Column.CONTRACT] = "Autre"
    else:
        values[Column.COMMUNE_CODE] = communes.nearest(*_MIDDLE).code
    found = tuple(one for one in row.found if one.column not in fields)
    return replace(row, values=values, found=found, standing_in=(*row.standing_in, *fields))


def _read(row: SheetRow, identity: str, communes: SearchableGazetteer, home: str | None, today: date | None) -> Read:
    values = row.values
    warnings: list[Warned] = []
    if row.found:
        values = {**values, **{one.column: one.text for one in row.found}}
        for one in row.found:
            message = f"« {one.text[:60]} » ({one.where[:60]}) est lu comme «{FRENCH[one.column]}», à confirmer."
            warnings.append(Warned(one.column, "read_elsewhere", message))
    extra: dict[str, Any] = {}
    kept = Kept()
    if not values.get(Column.CONTRACT, "").strip():
        values = {**values, Column.CONTRACT: (named := _contract_elsewhere(values, today))}
        message = f"Le contrat n'est pas dit : « {named} », d'après une autre colonne, est à confirmer."
        warnings.append(Warned(Column.CONTRACT, "contract_elsewhere", message))
    if (
        Column.POSITIONS not in values
        and (many := _HOW_MANY.fullmatch(values.get(Column.TITLE, "").strip())) is not None
    ):
        values = {**values, Column.POSITIONS: many["count"], Column.TITLE: many["title"]}
    if (town := town_of(values, communes, home)) is not None:
        values = {**values, Column.PLACE: town}
        warnings.append(
            Warned(
                Column.PLACE,
                "place_of_employer",
                f"Le lieu n'est pas dit : {town}, d'après l'employeur, est à confirmer.",
            )
        )
    start, end = days_of(values, kept, extra, warnings, today)
    fields = _as_feed(values, identity, kept, start, end)
    permits, vehicle = _licences(values.get(Column.LICENCE, ""))
    fields["permis"] = permits
    if (
        not permits
        and not vehicle
        and not _NONE.match(unaccented(values.get(Column.LICENCE, "")).strip(BLANK) or "non")
    ):
        kept.add("Permis", values[Column.LICENCE])
    if vehicle or _demanded(values.get(Column.VEHICLE, "")):
        extra["vehicle_required"] = True
    _contact(values, fields, kept)
    fields["description"] = kept.text(values.get(Column.DESCRIPTION, ""))
    read = read_at_its_place(fields, values, communes, home)
    siret = values.get(Column.SIRET, "")
    if siret:
        try:
            read.siret = check_siret(re.sub(r"\s", "", siret), "siret")
        except InvalidSiret:
            message = f"« {siret[:20]} » n'est pas un SIRET : il n'est pas retenu."
            warnings.append(Warned(Column.SIRET, "siret_invalid", message))
    return Read(
        read.external_id,
        read.given.model_copy(update=extra),
        read.company_name,
        read.siret,
        [*(Warned(_column(one.field), one.rule, one.message) for one in read.warnings), *warnings],
    )


def _contract_elsewhere(values: Mapping[Column, str], today: date | None) -> str:
    """The kind of contract that another column names: «Serveur CDI», «CDD 3 mois» below «Durée».

    Raises:
        RowRefused: none does; which contract it is, nobody can choose for the employer.
    """
    for column, naming in _NAMED_ELSEWHERE:
        if (named := naming.search(without_other_initials(values.get(column, "")))) is not None:
            return named[0]
    if (heads := _HEADS_A_TITLE.match(values.get(Column.TITLE, ""))) is not None:
        return heads[1]
    if (line := _terms_in(values)) is not None:
        return line
    message = "Le contrat n'est pas dit (CDI, CDD, intérim …) : écrivez-le, ou donnez-le pour toutes les lignes qui n'en ont pas."
    if has_term(values, today):
        # Of a season, of an agency, of a replacement: a term is said of each.
        message += " Un terme est dit : est-ce un CDD, un contrat saisonnier, de l'intérim ?"
    raise refuse(Column.CONTRACT, "required", message)


def _terms_in(values: Mapping[Column, str]) -> str | None:
    """The line of a description that is the contract's: kind, hours and start in short."""
    found = _LINE_OF_TERMS.search(values.get(Column.DESCRIPTION, ""))
    return found["said"] if found is not None else None


def _as_feed(
    values: Mapping[Column, str], identity: str, kept: Kept, start: date | None, end: date | None
) -> dict[str, Any]:
    """The row with the fields of a feed (``read_france_travail``)."""
    occupation = values.get(Column.OCCUPATION, "")
    rome = _ROME.search(occupation)
    label = occupation.replace(rome[0], "").strip(BLANK + "()") if rome else occupation
    contract, duration = values.get(Column.CONTRACT, ""), values.get(Column.DURATION, "")
    if end is None and LENGTH.search(unaccented(values.get(Column.ENDS_ON, ""))):
        duration = duration or values[Column.ENDS_ON]
    hours = [values.get(Column.HOURS, "")]
    if _HOURS_WITHIN.search(duration):
        hours.append(duration)
    if not any(hours) and _HOURS_WITHIN.search(contract):
        hours.extend(TERM.split(contract))
    if _BARE_HOURS.fullmatch(values.get(Column.SCHEDULE, "").strip()):
        hours.append(values[Column.SCHEDULE])
    weekly = [_weekly(part) for text in hours for part in text.split(" ; ") if part.strip()]
    if _says_no_week(weekly):
        # «4 j/semaine», «forfait jours»: no hours, and what a candidate asks after all the same.
        kept.add("Temps de travail", values.get(Column.HOURS, ""))
    term = term_of(duration, contract, start, end)
    if not term and not _HOURS_WITHIN.search(duration):
        kept.add("Durée", duration)
    count = _COUNT.search(values.get(Column.POSITIONS, ""))
    experience, level = values.get(Column.EXPERIENCE, ""), values.get(Column.DIPLOMA, "")
    demanded = _experience(experience)
    if not demanded:
        kept.add("Expérience", "" if _NONE.match(unaccented(experience)) else experience)
    kept.add("Diplôme", "" if _NONE.match(unaccented(level)) else level)
    schedule = _CLOCK.sub(r"\1h\2", values.get(Column.SCHEDULE, ""))
    if schedule.strip():
        kept.add("Horaires", values[Column.SCHEDULE])
    return {
        "id": identity,
        "intitule": values.get(Column.TITLE) or label,
        "romeCode": rome[0] if rome else None,
        "romeLibelle": label or None,
        "typeContratLibelle": f"{contract} {term}".strip(),
        "lieuTravail": place_of(values),
        "entreprise": {"nom": values.get(Column.EMPLOYER, "")},
        "dureeTravailLibelle": " ; ".join(weekly),
        "dureeTravailLibelleConverti": " ; ".join(_full_or_part(text) for text in (contract, duration)),
        "contexteTravail": {"horaires": [schedule]},
        "salaire": {"libelle": _pay(values), "bySize": True},
        "nombrePostes": int(count[0]) if count else None,
        "experienceExige": "E" if demanded else "D",
        "experienceLibelle": experience,
        "formations": [{"niveauLibelle": level, "exigence": "E" if _DEMANDED.search(unaccented(level)) else "S"}],
    }


def _says_no_week(texts: Sequence[str]) -> bool:
    """Whether something is said that tells neither hours, nor full or part time, nor a schedule."""
    found = read_working_time(texts)
    unlikely = any(one.rule == "hours_unlikely" for one in found.warnings)
    silent = found.weekly_hours is None and not found.part_time and not found.flags and not unlikely
    return silent and any(not _NONE.match(unaccented(text)) for text in texts)


def _weekly(text: str) -> str:
    """«35:00» and a bare «35» below hours are hours a week."""
    plain = _CLOCK.sub(r"\1h\2", text.strip())
    if _BARE_HOURS.fullmatch(plain):
        return f"{plain} h par semaine"
    if (bare := _FULL_OR_PART.fullmatch(unaccented(plain))) is not None:
        return f"temps {bare[1] or _CUT_SHORT[bare[0]]}"
    if (share := _SHARE.search(plain)) is not None:
        return "Temps plein" if share[1] == "100" else f"quotité {share[1]} %"
    return f"{plain} h" if plain.replace(",", "").isdecimal() else plain


def _full_or_part(text: str) -> str:
    plain = unaccented(text)
    return (
        "Temps partiel"
        if "temps partiel" in plain
        else "Temps plein"
        if re.search("temps (?:plein|complet)", plain)
        else ""
    )


def _pay(values: Mapping[Column, str]) -> str:
    low, high = values.get(Column.SALARY, ""), values.get(Column.SALARY_MAX, "")
    pay = f"{low} à {high}" if low and high and low != high else low or (f"jusqu'à {high}" if high else "")
    return pay if not pay or period_in(pay) else in_unit(pay, values.get(Column.SALARY_PERIOD, ""))


def _experience(text: str) -> bool:
    """Whether it demands some: a length, or a word that demands; never a wish or a beginner."""
    plain = unaccented(text)
    if not plain or _BEGINNER.search(plain) or _WISHED.search(plain):
        return False
    return bool(LENGTH.search(plain) or _DEMANDED.search(plain))


def _licences(text: str) -> tuple[list[dict[str, str]], bool]:
    """Licences that are demanded, as a feed has them, and whether a vehicle is."""
    permits: list[dict[str, str]] = []
    vehicle = False
    for part in _PERMITS.split(text):
        plain = unaccented(part).strip(BLANK)
        if not plain or _NONE.match(plain) or _WISHED.search(plain):
            continue
        if re.search(r"\bvehicule|\bvoiture\b", plain):
            vehicle = True
            if not re.search(r"\bpermis\b", plain):
                continue
        named = "B" if _YES.search(plain) and not re.search(r"\b[a-d]\d?e?\b|\blourd|\bpl\b|\bspl\b", plain) else plain
        permits.append({"libelle": named, "exigence": "E"})
    return permits, vehicle


def _demanded(text: str) -> bool:
    plain = unaccented(text).strip(BLANK)
    return bool(plain) and not _NONE.match(plain) and not _WISHED.search(plain) and _YES.search(plain) is not None


def _contact(values: Mapping[Column, str], fields: dict[str, Any], kept: Kept) -> None:
    """An address to apply at is kept as such; who is called or written to stands below the text, as people would write it."""
    for part in _parts(values.get(Column.URL, ""), values.get(Column.CONTACT, "")):
        if re.match(r"(?:https?://|www\.)\S+$", part, re.IGNORECASE) and "contact" not in fields:
            url = part if part.lower().startswith("http") else f"https://{part}"
            fields["contact"] = {"urlPostulation": url}
        else:
            kept.add("Contact", part)


def _parts(*texts: str) -> Iterator[str]:
    for text in texts:
        yield from (part.strip() for part in text.split(" ; ") if part.strip())
