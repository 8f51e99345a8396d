"""What stands in a CV: the profile in words. What the law forbids to ask, and statuses, age, sex, are never in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import phonenumbers

from services.profiles.cv.typography import duration, line, listed, prose, when
from services.profiles.cv.unnaming import hider, whereabouts_hider
from services.profiles.domain.certificates import kinds_of
from services.profiles.domain.disclosure import Relay
from services.profiles.domain.home import Home
from services.profiles.domain.profile import Profile
from services.profiles.domain.resume import Resume
from shared import civil
from shared.contracts.events.profiles import Certificate
from shared.contracts.vocabulary import Card, ContractKind
from shared.kept_enum import Otherwise
from shared.reference.caces import in_words
from shared.reference.occupations import Occupations

_CARDS = Otherwise(
    {
        Card.CACES: "CACES",
        Card.ELECTRICAL: "Habilitation électrique",
        Card.CARE: "Diplôme ou titre de l’aide à la personne",
        Card.ROAD: "FIMO, FCO ou ADR",
        Card.SECURITY: "Carte professionnelle de sécurité",
        Card.ANIMATION: "BAFA ou diplôme de l’animation",
        Card.WELDING: "Qualification de soudeur",
        Card.PHYTO: "Certiphyto",
    },
    str,
)
_CONTRACTS = {
    ContractKind.CDI: "CDI",
    ContractKind.CDD: "CDD",
    ContractKind.TEMPORARY: "intérim",
    ContractKind.SEASONAL: "travail saisonnier",
    ContractKind.APPRENTICESHIP: "apprentissage",
    ContractKind.PROFESSIONALISATION: "contrat de professionnalisation",
    ContractKind.TRAINING: "formation",
    ContractKind.IMMERSION: "immersion",
    ContractKind.VOLUNTEERING: "bénévolat",
    ContractKind.SELF_EMPLOYED: "à mon compte",
}
"""Those that say nothing of a status: a CDDI is for people who have one."""
_LEVELS = {3: "CAP, BEP", 4: "bac", 5: "bac + 2", 6: "bac + 3 ou 4", 7: "bac + 5", 8: "doctorat"}


class Part(StrEnum):
    """Parts of a CV, named as the fields of the profile that fill them."""

    NAME = "last_name"
    HEADLINE = "cv.headline"
    CONTACT = "contact"
    PRESENTATION = "cv.presentation"
    EXPERIENCES = "cv.experiences"
    OCCUPATIONS = "occupations"
    SKILLS = "skills"
    DIPLOMAS = "cv.diplomas"
    LANGUAGES = "cv.languages"
    PRACTICAL = "availability"
    INTERESTS = "cv.interests"


@dataclass(frozen=True)
class Work:
    """One experience, in words."""

    title: str
    where: str
    when: str
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """A CV in words. ``name`` is empty where the person is not to be named."""

    name: str
    headline: str
    contact: tuple[str, ...]
    presentation: tuple[str, ...]
    experiences: tuple[Work, ...]
    occupations: tuple[str, ...]
    skills: tuple[str, ...]
    diplomas: tuple[str, ...]
    languages: tuple[str, ...]
    practical: tuple[str, ...]
    interests: tuple[str, ...]


def content_of(
    profile: Profile,
    occupations: Occupations,
    today: date,
    *,
    anonymous: bool = False,
    reached: tuple[str, ...] | None = None,
) -> Content:
    """The profile as a CV says it. ``anonymous``: without name, address, telephone and mail, in the texts as well.

    ``reached``: for somebody else than the person: how they may be reached, in lines (``lines_of_reach``), and nothing else of
    the kind, in the texts neither. None is the person's own CV, with all that they have.
    """
    details, resume = profile.details, profile.details.cv
    wished = [_wish(occupations, one.code, one.experience_months) for one in details.sought]
    first = details.sought[0].code if details.sought else ""
    known = occupations.get(first)
    found = Content(
        name="" if anonymous else line(f"{details.first_name} {details.last_name}"),
        headline=line(resume.headline or (known.label if known else "")),
        contact=() if anonymous else _own_contact(profile) if reached is None else reached,
        presentation=tuple(prose(resume.presentation)),
        experiences=_works(resume),
        occupations=tuple(wish for wish in wished if wish),
        skills=_skills(details.skills, occupations),
        diplomas=_diplomas(resume, details.qualification_level),
        languages=tuple(_language(one.name, one.level, mother=one.mother_tongue) for one in resume.languages),
        practical=_practical(profile, today),
        interests=tuple(line(one) for one in resume.interests),
    )
    if anonymous:
        return _hidden(found, hider(details.first_name, details.last_name))
    return found if reached is None else _hidden(found, whereabouts_hider(profile.home))


def _wish(occupations: Occupations, code: str, months: int) -> str:
    known = occupations.get(code)
    if known is None:
        return ""  # a code says nothing to whoever reads a CV
    return f"{line(known.label)} ({duration(months)} d’expérience)" if months else line(known.label)


def lines_of_reach(
    home: Home | None,
    phone: str | None,
    email: str | None,
    relay: Relay | None = None,
) -> tuple[str, ...]:
    """Commune, telephone, mail, and who passes messages on. Never the address."""
    said = [place_of(home), _phone(phone), email]
    if relay is not None:
        who = f"Joindre par {relay.first_name or 'la personne qui m’accompagne'}"
        said += [f"{who} : {point}" for point in (_phone(relay.phone), relay.email) if point]
    return tuple(line(one) for one in said if one)


def place_of(home: Home | None) -> str | None:
    """The commune as a CV says it."""
    return None if home is None else " ".join(filter(None, (home.postcode, home.commune_name)))


def _own_contact(profile: Profile) -> tuple[str, ...]:
    details, home = profile.details, profile.home
    address = (line(home.address),) if home and home.address else ()
    return address + lines_of_reach(home, details.phone, details.email)


def _phone(number: str | None) -> str | None:
    if number is None:
        return None
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    national = read.country_code == 33
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(read, form)).replace(" ", "\u00a0")


def _works(resume: Resume) -> tuple[Work, ...]:
    return tuple(
        Work(
            line(one.title),
            ", ".join(line(said) for said in (one.employer, one.place) if said),
            when(one.begin, one.end),
            tuple(prose(one.tasks)),
        )
        for one in resume.experiences
    )


def _skills(codes: tuple[str, ...], occupations: Occupations) -> tuple[str, ...]:
    labels = {code: label for occupation in occupations for code, label in occupation.skills}
    return tuple(dict.fromkeys(line(labels.get(code, code)) for code in codes))


def _diplomas(resume: Resume, level: int | None) -> tuple[str, ...]:
    said = tuple(
        ", ".join(str(part) for part in (line(one.title), one.school and line(one.school), one.year) if part)
        for one in resume.diplomas
    )
    if not said and level in _LEVELS:
        return (f"Niveau {_LEVELS[level]}",)
    return said


def _language(name: str, level: str | None, *, mother: bool) -> str:
    return line(name) + (" (langue maternelle)" if mother else f" ({level})" if level else "")


def _certificates(card: Card, held: Sequence[Certificate], today: date) -> Iterator[str]:
    """A kind as exactly as it is said: together what is valid until the same day, and until when."""
    ends: dict[date | None, list[Certificate]] = {}
    for one in held:
        if one.card is card:
            ends.setdefault(one.valid_until, []).append(one)
    if not ends:
        yield _CARDS[card]
    for until, some in ends.items():
        which = in_words(one.caces for one in some if one.caces is not None)
        said = f"{_CARDS[card]} {which}" if which else _CARDS[card]
        if until is None:
            yield said
        else:
            yield f"{said} ({'valable jusqu’au' if until >= today else 'à renouveler depuis le'} {until:%d/%m/%Y})"


def _practical(profile: Profile, today: date) -> tuple[str, ...]:
    details = profile.details
    said = []
    if details.licences:
        said.append(f"Permis {listed(details.licences)}{', véhicule' if details.vehicle else ''}")
    elif details.vehicle:
        said.append("Véhicule personnel")
    said += [
        text
        for card in kinds_of(details.cards, details.certificates)
        for text in _certificates(card, details.certificates, today)
    ]
    if details.travel:
        said.append(f"Mobile jusqu’à {max(one.range_km for one in details.travel):.0f}\u00a0km")
    begins = details.availability.from_date
    if details.active and (begins is None or begins <= today):
        said.append("Disponible")
    elif begins is not None and begins > today:
        said.append(f"Disponible à partir du {civil.day_in_words(begins)}")
    if contracts := [_CONTRACTS[one] for one in details.wished_contract_kinds if one in _CONTRACTS]:
        said.append(f"Contrat souhaité\u00a0: {listed(contracts)}")
    if details.wished_weekly_hours:
        said.append(f"{details.wished_weekly_hours:g}\u00a0heures par semaine".replace(".", ","))
    return tuple(said)


def _hidden(content: Content, hide: Callable[[str], str]) -> Content:
    """With what a person typed as ``hide`` leaves it."""

    def all_of(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(hide(one) for one in texts)

    return replace(
        content,
        headline=hide(content.headline),
        presentation=all_of(content.presentation),
        experiences=tuple(
            Work(hide(one.title), hide(one.where), one.when, all_of(one.tasks)) for one in content.experiences
        ),
        skills=all_of(content.skills),
        diplomas=all_of(content.diplomas),
        languages=all_of(content.languages),
        interests=all_of(content.interests),
    )
