"""France Travail's *Offres d'emploi v2* rows, as the API and the collections of it write them."""

import math
import re
from typing import Any

from pydantic import ValidationError

from services.offers.domain.content import OfferInput
from services.offers.domain.imports.contracts import doubted_contract, doubted_learning, read_contract
from services.offers.domain.imports.fields import Fields
from services.offers.domain.imports.hours import WorkingTime, declared, read_working_time
from services.offers.domain.imports.licences import read_licences
from services.offers.domain.imports.numbers import SPELT
from services.offers.domain.imports.places import read_place
from services.offers.domain.imports.rows import (
    UNNAMED_EMPLOYER,
    Read,
    Row,
    SearchableGazetteer,
    Warned,
    broken,
    cut,
    external_id,
    refuse,
)
from services.offers.domain.imports.salary import Work, read_salary
from shared.contracts.vocabulary import Caces, ContractKind
from shared.reference.caces_said import caces_in
from shared.reference.text import unaccented
from shared.types import website
from shared.written import in_french

_LEARNERS = frozenset({ContractKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION})
_MONTHS = {"an": 12.0, "mois": 1.0, "semaine": 12 / 52, "jour": 12 / 365}
# From the first figure of a number on: a search that begins anew at each one reads a long number as often as it has figures.
_NUMBER = rf"(?:(?<!\d)\d )?(?<!\d)1[/\u2044]2|(?<!\d)\d+(?:[.,]\d+)?|\b(?:{'|'.join(SPELT)})"
_UNITS = r"(?:mois|ans?|annees?|jours?|semaines?)\b"
_LENGTH = rf"({_NUMBER}) ?({_UNITS})(?:\(s\))?"
_DURATION = re.compile(rf"{_LENGTH}(?:,? (?:et )?{_LENGTH}| et (?P<half>demie?))?")
# «2 à 5 ans»: what is demanded is the least, but «bac+2 et 3 ans» are no range; «moins de 1 an» leaves room for none.
_FROM_TO = re.compile(
    rf"(?:({_NUMBER}) ?(?:a|-|–)|(?<!\+)(?<!\+ )(?<!bac )({_NUMBER}) ?ou|(?<=entre )({_NUMBER}) ?et)"
    rf" ?(?:{_NUMBER}) ?(?={_UNITS})"
)
_LESS_THAN = re.compile(r"(?:(?<!pas )(?<!non )(?<!au )\bmoins|^-|\s-) ?(?:de |d')$")
# Of a contract's length: the lesser end of «3 à 6 mois», the greater of «2 semaines à 3 mois», and what makes an end of a length.
_FROM = re.compile(rf"(?<![\w/.,])({_NUMBER}) ?(?:a|-|–|/|ou|(?P<et>et)) ?$")
_TO = re.compile(rf" ?(?:a|-|–|/|ou) ?{_LENGTH}")
_END_BEFORE = re.compile(
    r"(?:\b(?:(?:plus|moins) de|au (?:moins|plus)|jusqu'a|min\w*|max\w*|environ)|[<>≤≥~]) ?(?:de )?$"
)
_END_BEHIND = re.compile(
    r" ?(?:[(,]? ?(?:min(?:i|imum|imale?)?|max(?:i|imum|imale?)?|ou plus|et plus|au (?:moins|plus)|environ)\b|\+(?! ?\d))"
)
_KEPT_OUT = re.compile(r"s'abstenir|exclu|refus")
_ROME = re.compile(r"[A-N]\d{4}")
_EMPLOYERS_UNDER_STATUTE = re.compile(
    r"\b(armee|marine nationale|gendarmerie|legion|police nationale|ministere des armees)\b"
)
_STATUTE = "Code de la défense L4132-1, statuts de la fonction publique"
_PACTE = "Contrat PACTE, réservé aux 28 ans et moins et aux bénéficiaires de minima (CGFP L326-10)"
# «niveauLibelle» of a «formation», by the national frame of diplomas (décret 2019-14).
_DIPLOMAS = (
    (3, re.compile(r"\b(cap|bep)\b")),
    (4, re.compile(r"\bbac ?(?!\+ ?\d)(?:ou|$)")),
    (5, re.compile(r"\bbac ?\+ ?2\b")),
    (6, re.compile(r"\bbac ?\+ ?[34]\b")),
    (7, re.compile(r"\bbac ?\+ ?[5-8]\b")),
)
_OWN = frozenset({"external_id", "company", "title"})
_THEIRS = frozenset({"intitule", "appellationlibelle", "typeContrat", "lieuTravail", "romeCode"})


def is_france_travail(row: Row) -> bool:
    """Whether a row has this shape."""
    return "external_id" not in row and (not _THEIRS.isdisjoint(row) or _OWN.isdisjoint(row))


def read_france_travail(row: Row, communes: SearchableGazetteer) -> Read:
    """An offer from a row.

    Raises:
        RowRefused: no id or title, a field of another type, a place that is no commune, or a value out of bounds.
    """
    given = Fields(row)
    identity = external_id(row)
    if identity is None:
        raise refuse("id", "required", "L'identifiant manque.")
    warnings: list[Warned] = []
    title = _title(given, warnings)
    description = cut("description", given.prose("description"), 10_000, warnings)
    kind, contract, reserved = read_contract(given)
    if (open_to := doubted_learning(given)) is not None:
        said = f"« {open_to[:60]} » : en apprentissage ou en professionnalisation ? L'apprentissage est retenu, à confirmer."
        warnings.append(Warned("typeContrat", "learning_open", said))
    if (either := doubted_contract(given)) is not None:
        said = f"« {either[:60]} » : l'offre paraît avec un seul des deux contrats. Faites une deuxième ligne pour l'autre."
        warnings.append(Warned("typeContrat", "several", said))
    time = _working_time(given)
    warnings += time.warnings
    pay = given.part("salaire")
    salary, doubts = read_salary(
        pay.line("libelle"),
        pay.line("commentaire"),
        Work(time.weekly_hours, time.part_time, contract in _LEARNERS, pay.flag("bySize")),
    )
    warnings += doubts
    licences, unsure = read_licences(given.parts("permis"))
    warnings += unsure
    place = read_place(given, f"{title}\n{description}", communes, warnings)
    employer = given.part("entreprise")
    company = employer.line("nom")[:200]
    fields: dict[str, Any] = {
        "kind": kind,
        "title": title,
        "description": description,
        "occupation_code": _occupation(given, warnings),
        "occupation_label": given.line("romeLibelle")[:250] or None,
        "skills": _skills(given),
        "place": place,
        "positions_total": _positions(given),
        "contract_kind": contract,
        "duration_months": _duration(given, contract, warnings),
        "weekly_hours": time.weekly_hours,
        "declared_schedule": declared(time.flags),
        "salary": salary,
        "licences": licences,
        "experience_months": _experience(given),
        "qualification_level": _qualification(given),
        "caces": _caces(given),
        "reserved_publics": reserved,
        "apply_url": _url(given, warnings),
    }
    if _EMPLOYERS_UNDER_STATUTE.search(unaccented(f"{company} {title} {employer.prose('description')}")):
        fields["legal_basis"] = _STATUTE
    elif "pacte" in unaccented(given.line("natureContrat")):
        fields["legal_basis"] = _PACTE
    try:
        offer = OfferInput.model_validate(fields)
    except ValidationError as error:
        raise broken(error) from None
    return Read(identity, offer, company or UNNAMED_EMPLOYER, warnings=warnings)


def _qualification(given: Fields) -> int | None:
    """The lowest diploma that is demanded («E», exigé); one that is only wished («S») is none, and several are a choice."""
    asked = [unaccented(one.line("niveauLibelle")) for one in given.parts("formations") if one.line("exigence") == "E"]
    return min((level for text in asked for level, named in _DIPLOMAS if named.search(text)), default=None)


def _title(given: Fields, warnings: list[Warned]) -> str:
    title = given.line("intitule") or given.line("appellationlibelle")
    if len(title) < 3:
        raise refuse("intitule", "required", "L'intitulé manque.")
    return cut("intitule", title, 200, warnings)


def _working_time(given: Fields) -> WorkingTime:
    return read_working_time(
        [given.prose("dureeTravailLibelle"), *given.part("contexteTravail").texts("horaires")],
        [given.line("dureeTravailLibelleConverti")],
    )


def _positions(given: Fields) -> int:
    return int(min(1000.0, max(1.0, given.number("nombrePostes") or 1.0)))


def _duration(given: Fields, contract: ContractKind, warnings: list[Warned]) -> float | None:
    """Of a length that is open to one side, or of two, the sender is told what is taken: of two the least."""
    if contract in (ContractKind.CDI, ContractKind.SELF_EMPLOYED):
        return None
    label = given.line("typeContratLibelle")
    plain = unaccented(label).replace("’", "'")
    found = _DURATION.search(plain)
    if found is None:
        return None
    months, before, behind = _months(found), plain[: found.start()], plain[found.end() :]
    least, to = _FROM.search(before), _TO.match(behind)
    if least is not None and least["et"] and not before[: least.start()].endswith("entre "):
        least = None
    several = least is not None and (low := _count(least[1]) * _unit(found[2])) < months
    several_behind = to is not None and _count(to[1]) * _unit(to[2]) > months
    if several:
        months = low
    months = round(min(120.0, months), 2)
    if several or several_behind or _END_BEFORE.search(before) or _END_BEHIND.match(behind):
        said = f"« {label[:60]} » ne dit pas une seule durée : {in_french(months)} mois, à confirmer."
        warnings.append(Warned("typeContratLibelle", "duration_open", said))
    return months


def _months(found: re.Match[str]) -> float:
    """Of a length that was found: «18 mois», «1 an et 6 mois», «un an et demi», «1,5 an», «½ an»."""
    said = [(found[1], found[2])] + ([(found[3], found[4])] if found[3] else [])
    half = _unit(found[2]) / 2 if found["half"] else 0.0
    return sum(_count(number) * _unit(word) for number, word in said) + half


def _count(number: str) -> float:
    whole, half, _ = re.split(r"(1[/\u2044]2)|$", number, maxsplit=1)
    return float(SPELT.get(whole) or whole.replace(",", ".") or 0) + (0.5 if half else 0.0)


def _unit(word: str) -> float:
    return next(months for name, months in _MONTHS.items() if word.startswith(name))


def _skills(given: Fields) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in given.parts("competences"):
        label = one.line("libelle")[:250]
        if label:
            code = (one.code("code") or unaccented(label).replace(" ", "-"))[:60]
            found[code] = {"code": code, "label": label, "required": one.line("exigence") == "E"}
    return list(found.values())[:50]


def _caces(given: Fields) -> tuple[Caces, ...]:
    """Those that are required among the skills: «PEMP du groupe B (CACES R 486-B) - Depuis le 01/01/2020»."""
    required = [unaccented(one.line("libelle")) for one in given.parts("competences") if one.line("exigence") == "E"]
    named = {code for label in required if "caces" in label for code in caces_in(label).needed}
    return tuple(one for one in Caces if one in named)


def _experience(given: Fields) -> int:
    """Months that are required; a wished experience is none. Required without a figure counts as a year."""
    if given.line("experienceExige").upper() != "E":
        return 0
    said, ranges = _FROM_TO.subn(r"\1\2\3 ", unaccented(given.line("experienceLibelle")).replace("’", "'"))
    found = _DURATION.search(said)
    if not found:
        return 12
    if not ranges and _LESS_THAN.search(said[: found.start()]) and not _KEPT_OUT.search(said):
        return 0
    return min(600, math.ceil(round(_months(found), 6)))


def _url(given: Fields, warnings: list[Warned]) -> str | None:
    for part, name in (("origineOffre", "urlOrigine"), ("contact", "urlPostulation")):
        text = given.part(part).line(name)
        if not text:
            continue
        try:
            return website(text)
        except ValueError as problem:
            warnings.append(Warned(f"{part}.{name}", "website", f"{problem} Elle n'est pas retenue."))
    return None


def _occupation(given: Fields, warnings: list[Warned]) -> str | None:
    """A code of another referential is left out: what the title says stays."""
    code = given.code("romeCode").upper()
    if code and not _ROME.fullmatch(code):
        warnings.append(
            Warned("romeCode", "occupation_unknown", f"« {code[:20]} » n'est pas un code ROME : il n'est pas retenu.")
        )
        return None
    return code or None
