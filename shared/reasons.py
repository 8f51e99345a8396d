"""Why an offer is proposed or not: every reason code, once, with the sentence that people read.

Matching makes the codes with their arguments; they travel in events, and each service that shows them says the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from shared.contracts.vocabulary import ReservedPublic
from shared.reference.caces import in_words

Arguments = Mapping[str, str]


class ReasonCode(StrEnum):
    """What speaks for a pair, what one should know, and what stands in the way."""

    OCCUPATION_SAME = "occupation_same"
    OCCUPATION_NEAR = "occupation_near"
    OCCUPATION_PRACTISED = "occupation_practised"
    OCCUPATION_SKILLS = "occupation_skills"
    OCCUPATION_TEXT = "occupation_text"
    OCCUPATION_DOUBTED = "occupation_doubted"
    OCCUPATION_DOMAIN = "occupation_domain"
    OCCUPATION_FAR = "occupation_far"
    ASKS_MORE = "asks_more"
    TEXT_ASKS = "text_asks"
    CACES_UNSAID = "caces_unsaid"
    ON_THE_ROAD = "on_the_road"
    DEMANDS = "demands"
    OCCUPATION_OPEN = "occupation_open"
    OCCUPATION_UNSAID = "occupation_unsaid"
    DISTANCE = "distance"
    DISTANCE_UNKNOWN = "distance_unknown"
    SKILLS = "skills"
    EXPERIENCE = "experience"
    CONTRACT_WISHED = "contract_wished"
    WAGE_MET = "wage_met"
    HOURS_WISHED = "hours_wished"
    SCHEDULE_UNKNOWN = "schedule_unknown"
    HOURS_UNKNOWN = "hours_unknown"
    WAGE_UNKNOWN = "wage_unknown"
    FRESH = "fresh"
    EMPLOYER_ANSWERS = "employer_answers"
    ADDED_BY_COUNSELLOR = "added_by_counsellor"
    OFFER_CLOSED = "offer_closed"
    NOT_SOUGHT = "not_sought"
    REGULATED = "regulated"
    BEYOND = "beyond"
    PROFILE_INACTIVE = "profile_inactive"
    TOO_FAR = "too_far"
    OTHER_TERRITORY = "other_territory"
    LICENCE = "licence"
    VEHICLE = "vehicle"
    EARLY = "early"
    LATE = "late"
    NIGHT = "night"
    WEEKEND = "weekend"
    HOURS = "hours"
    KIND = "kind"
    CONTRACT = "contract"
    FRENCH = "french"
    RESERVED = "reserved"
    AVAILABILITY = "availability"
    OCCUPATION = "occupation"
    APPLIED = "applied"
    REFUSED = "refused"
    DISMISSED = "dismissed"
    PINNED = "pinned"
    SCORE_TOO_LOW = "score_too_low"
    CROWDED = "crowded"
    BETTER_ONES = "better_ones"


SAID_BEFORE = frozenset({ReasonCode.OCCUPATION_DOMAIN})
"""Codes that stored recommendations of earlier releases still carry, and that nobody makes any more."""

PUBLICS = {
    ReservedPublic.CLAUSE: "aux personnes suivies dans le cadre d’une clause sociale",
    ReservedPublic.IAE: "aux personnes éligibles à l’insertion par l’activité économique",
    ReservedPublic.DISABILITY: "aux personnes en situation de handicap",
}


def _months(text: str) -> str:
    months = int(text)
    if months % 12 == 0:
        years = months // 12
        return f"{years} an{'s' if years > 1 else ''}"
    return f"{months} mois"


def _demanded_months(text: str) -> str:
    return f"{_months(text)} demandé{'' if text in ('1', '12') else 's'}"


def _experience(reason: Arguments) -> str:
    asked, elsewhere = reason["months"], "near" in reason
    if "short" in reason:
        has = (
            f"avez {_months(reason['short'])} dans un métier proche"
            if elsewhere
            else f"en avez {_months(reason['short'])}"
        )
        return f"L’offre demande {_months(asked)} d’expérience, vous {has}"
    if elsewhere:
        return f"Votre expérience d’un métier proche peut compter ({_demanded_months(asked)})"
    return f"Votre expérience correspond ({_demanded_months(asked)})"


def _hours(text: str) -> str:
    """17.5 → 17,5 h; 25.4167 → 25 h 25: what is no tenth of an hour is said in minutes."""
    minutes = round(float(text) * 60)
    if minutes % 6 == 0:
        return f"{minutes / 60:g} h".replace(".", ",")
    return f"{minutes // 60} h {minutes % 60:02d}"


def _skills(reason: Arguments) -> str:
    have, asked = int(reason["have"]), int(reason["asked"])
    if have == asked:
        return "Vous avez toutes les compétences demandées" if asked > 1 else "Vous avez la compétence demandée"
    missing = reason["missing"]
    return (
        f"Vous avez {have} des {asked} compétences demandées (il manque : {missing})"
        if have
        else (f"Compétences demandées : {missing}")
    )


def _joined(parts: Sequence[str], last: str) -> str:
    """«a», «a et b», «a, b et c»."""
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


_SLOTS = {"early": "avant 7 h", "late": "après 19 h", "night": "de nuit", "weekend": "le week-end"}


def _schedule_unknown(reason: Arguments) -> str:
    refused, unsaid = (
        [_SLOTS[slot] for slot in reason.get(name, "").split(", ") if slot in _SLOTS] for name in ("refused", "unsaid")
    )
    # Where some of the schedule is said, only the rest is not.
    said = f"Travail {_joined(unsaid, 'ou')} : non précisé" if unsaid else "Horaires non précisés"
    if not refused:
        return said
    if unsaid:
        return f"Travail {_joined(refused, 'ou')} : non précisé, demandez s’il y en a"
    return f"{said} : demandez s’il y a du travail {_joined(refused, 'ou')}"


_ASKED = {
    "rung": "de diriger une équipe",
    "months": "une expérience",
    "level": "un diplôme",
    "either": "un diplôme ou une expérience, l’un ou l’autre",
    "caces": "un CACES",
    "electrical": "une habilitation électrique",
    "care": "un diplôme ou un titre de l’aide à la personne ou du soin",
    "road": "la FIMO, la FCO ou l’ADR",
    "security": "une carte professionnelle de sécurité",
    "animation": "le BAFA ou un diplôme de l’animation",
    "welding": "une qualification de soudage",
    "phyto": "le Certiphyto",
    "foreign_language": "une langue étrangère",
    "own_account": "de se mettre à son compte",
    "licence_b": "le permis B",
    "own_vehicle": "un véhicule",
    "night": "du travail de nuit",
    "weekend": "du travail le week-end",
    "early": "de commencer avant 7 h",
    "late": "de finir après 19 h",
    "licence_c": "le permis C",
    "licence_ce": "le permis CE",
    "licence_d": "le permis D",
    "licence_be": "le permis BE",
    "learner": "d’être en formation (alternance ou stage)",
    "volunteer": "un engagement volontaire ou bénévole",
    "enlistment": "de s’engager dans l’armée",
    "on_the_road": "des déplacements fréquents",
}

_LOWER = "lower"
"""Not asked of anybody: the work has less responsibility than what is sought."""
_LEVELS = {"3": "CAP", "4": "bac", "5": "bac + 2", "6": "bac + 3", "7": "bac + 5", "8": "doctorat"}


def _caces(reason: Arguments) -> str:
    """«R489 catégories 3 et 5», or «3 ou 5» where one of them is enough."""
    return in_words(_listed(reason, "caces"), "ou" if reason.get("one_of") else "et")


def certificate_in_words(which: str) -> str:
    """«le CACES R489 catégories 1A et 3», «la FIMO, la FCO ou l’ADR»: categories of CACES, or a kind of certificate."""
    return _ASKED[which] if which in _ASKED else f"le CACES {in_words(which.split(', '))}"


def _listed(reason: Arguments, name: str) -> list[str]:
    return reason[name].split(", ") if reason.get(name) else []


def _demanded(what: str, reason: Arguments) -> str:
    said = f"le CACES {_caces(reason)}" if what == "caces" and reason.get("caces") else _ASKED[what]
    if what == "months" and reason.get("months"):
        said = f"{said} de {_months(reason['months'])}"
    if what == "level" and reason.get("level") in _LEVELS:
        said = f"{said} de niveau {_LEVELS[reason['level']]}"
    return f"{said} (à renouveler)" if what in _listed(reason, "run_out") else said


def _quoted(reason: Arguments) -> str:
    return f" : « {reason['words']} »" if reason.get("words") else ""


def _demands(reason: Arguments) -> str:
    asked = [what for what in _listed(reason, "asked") if what in _ASKED or what == _LOWER]
    if not asked:
        return "L’annonce demande plus que ce que dit votre profil"
    lower = "Ce poste donne moins de responsabilités que le métier que vous cherchez" if _LOWER in asked else ""
    more = [_demanded(what, reason) for what in asked if what != _LOWER]
    if not more:
        return lower
    who = "ce métier" if reason.get("by") == "law" else "l’annonce"
    return f"{lower}{'. ' if lower else ''}À vérifier, {who} demande {_joined(more[:3], 'et')}{_quoted(reason)}"


def _by_text(reason: Arguments) -> str:
    if reason.get("by") == "title":
        return f"L’annonce nomme deux métiers, et l’un d’eux est le vôtre ou en est proche{_quoted(reason)}"
    return f"Le texte de l’offre parle aussi d’un travail que vous cherchez, ou proche{_quoted(reason)}"


_UNKNOWN = {
    "person": "dites dans quelle commune vous êtes, même sans adresse",
    "offer": "le lieu de travail n’est pas précisé",
}


def _distance_unknown(reason: Arguments) -> str:
    # Earlier releases did not say whose place it is.
    return f"Distance inconnue : {_UNKNOWN.get(reason.get('whose', ''), 'un des deux lieux n’est pas renseigné')}"


def _too_far(reason: Arguments) -> str:
    if "km" not in reason:
        return "C’est plus loin que la distance que vous avez indiquée"
    away, reach = reason["km"].replace(".", ","), reason["range_km"].replace(".", ",")
    return f"À {away} km de chez vous, plus que les {reach} km que vous avez indiqués"


SENTENCES: dict[ReasonCode, Callable[[Arguments], str]] = {
    ReasonCode.OCCUPATION_SAME: lambda _: "C’est le métier que vous cherchez",
    ReasonCode.OCCUPATION_NEAR: lambda _: "C’est un métier proche du vôtre",
    ReasonCode.OCCUPATION_PRACTISED: lambda _: "C’est un métier proche d’un métier que vous avez exercé",
    ReasonCode.OCCUPATION_SKILLS: lambda _: (
        "Vos compétences vont avec ce métier, ou avec un métier proche : dites si vous le cherchez"
    ),
    ReasonCode.OCCUPATION_TEXT: _by_text,
    ReasonCode.OCCUPATION_DOUBTED: lambda _: (
        "À vérifier : le titre et le métier déclaré de cette offre ne disent pas la même chose"
    ),
    ReasonCode.OCCUPATION_DOMAIN: lambda _: "C’est un métier du même domaine que le vôtre",
    ReasonCode.OCCUPATION_FAR: lambda _: "Pour élargir : un métier plus éloigné de ceux que vous cherchez",
    ReasonCode.ASKS_MORE: lambda _: "Pour élargir : l’annonce demande plus que ce que dit votre profil",
    ReasonCode.TEXT_ASKS: _demands,
    ReasonCode.DEMANDS: _demands,
    ReasonCode.CACES_UNSAID: lambda r: (
        f"CACES à vérifier : l’annonce demande le {_caces(r)}, votre profil ne dit pas lequel vous avez"
    ),
    ReasonCode.ON_THE_ROAD: lambda r: "Des déplacements sont annoncés" + _quoted(r),
    ReasonCode.OCCUPATION_OPEN: lambda _: "Ce poste est ouvert à tous les parcours",
    ReasonCode.OCCUPATION_UNSAID: lambda _: "Le métier de cette offre n’est pas précisé",
    ReasonCode.DISTANCE: lambda r: f"À {r['km'].replace('.', ',')} km de chez vous",
    ReasonCode.DISTANCE_UNKNOWN: _distance_unknown,
    ReasonCode.SKILLS: _skills,
    ReasonCode.EXPERIENCE: _experience,
    ReasonCode.CONTRACT_WISHED: lambda _: "C’est le type de contrat que vous souhaitez",
    ReasonCode.WAGE_MET: lambda _: "Le salaire correspond à votre souhait",
    ReasonCode.HOURS_WISHED: lambda r: f"Le temps de travail vous convient ({_hours(r['hours'])} par semaine)",
    ReasonCode.SCHEDULE_UNKNOWN: _schedule_unknown,
    ReasonCode.HOURS_UNKNOWN: lambda _: "Temps de travail non précisé",
    ReasonCode.WAGE_UNKNOWN: lambda _: "Salaire non précisé",
    ReasonCode.FRESH: lambda _: "L’employeur vient de confirmer cette offre",
    ReasonCode.EMPLOYER_ANSWERS: lambda _: "Cet employeur répond presque toujours",
    ReasonCode.ADDED_BY_COUNSELLOR: lambda _: "Proposée par votre conseillère ou votre conseiller",
    ReasonCode.OFFER_CLOSED: lambda _: "L’offre n’est plus ouverte",
    ReasonCode.NOT_SOUGHT: lambda _: "C’est un métier que vous avez exercé et que vous ne cherchez plus",
    ReasonCode.REGULATED: lambda _: (
        "Ce métier demande un diplôme, un titre ou une carte : il est proposé à qui l’exerce ou le cherche"
    ),
    ReasonCode.BEYOND: lambda _: (
        "L’offre demande quelque chose que cette version de la plateforme ne connaît pas encore"
    ),
    ReasonCode.PROFILE_INACTIVE: lambda _: (
        "Votre profil n’est pas disponible, ou vous ne souhaitez pas de propositions"
    ),
    ReasonCode.TOO_FAR: _too_far,
    ReasonCode.OTHER_TERRITORY: lambda _: "Sans lieu renseigné, seules les offres de votre département sont proposées",
    ReasonCode.LICENCE: lambda r: f"Il faut le permis {r['licences']}",
    ReasonCode.VEHICLE: lambda _: "Il faut un véhicule",
    ReasonCode.EARLY: lambda _: "Le travail commence avant 7 h",
    ReasonCode.LATE: lambda _: "Le travail finit après 19 h",
    ReasonCode.NIGHT: lambda _: "Il y a du travail de nuit",
    ReasonCode.WEEKEND: lambda _: "Il y a du travail le week-end",
    ReasonCode.HOURS: lambda r: f"Le temps de travail ({_hours(r['hours'])} par semaine) ne convient pas",
    ReasonCode.KIND: lambda _: "Ce genre de proposition ne fait pas partie de celles que vous acceptez",
    ReasonCode.CONTRACT: lambda _: "Ce type de contrat ne fait pas partie de ceux que vous acceptez",
    ReasonCode.FRENCH: lambda r: f"Il faut un niveau {r['level']} en français",
    ReasonCode.RESERVED: lambda r: (
        "Offre réservée " + _joined([PUBLICS[ReservedPublic(one)] for one in r["publics"].split(", ")], "ou")
    ),
    ReasonCode.AVAILABILITY: lambda _: "Vous n’êtes pas encore disponible à la date de début",
    ReasonCode.OCCUPATION: lambda _: "Le métier est trop éloigné de ceux que vous cherchez",
    ReasonCode.APPLIED: lambda _: "Vous avez déjà candidaté",
    ReasonCode.REFUSED: lambda _: "Votre candidature n’a pas été retenue",
    ReasonCode.DISMISSED: lambda _: "Vous avez écarté cette offre",
    ReasonCode.PINNED: lambda _: "Épinglée par votre conseillère ou votre conseiller",
    ReasonCode.SCORE_TOO_LOW: lambda _: "L’offre correspond trop peu à votre profil",
    ReasonCode.CROWDED: lambda _: "L’offre est déjà proposée à assez de personnes, plus proches de ce qu’elle demande",
    ReasonCode.BETTER_ONES: lambda _: "D’autres offres vous correspondent mieux",
}


def sentence(reason: Arguments) -> str | None:
    """The sentence of a reason; None for a code or arguments that only another version knows."""
    try:
        return SENTENCES[ReasonCode(reason["code"])](reason)
    except (KeyError, ValueError):
        return None


def _their_experience(reason: Arguments) -> str:
    asked, elsewhere = reason["months"], "near" in reason
    if "short" in reason:
        where = " dans un métier proche" if elsewhere else ""
        return f"Vous demandez {_months(asked)} d’expérience, cette personne a {_months(reason['short'])}{where}"
    if elsewhere:
        return f"Son expérience d’un métier proche peut compter ({_demanded_months(asked)})"
    return f"Son expérience correspond ({_demanded_months(asked)})"


def _their_skills(reason: Arguments) -> str:
    have, asked = int(reason["have"]), int(reason["asked"])
    if have == asked:
        return "A toutes les compétences demandées" if asked > 1 else "A la compétence demandée"
    missing = reason["missing"]
    if not have:
        return f"Compétences demandées : {missing}"
    return f"A {have} des {asked} compétences demandées (il manque : {missing})"


_NO_PLACE = {"person": "cette personne n’a pas dit sa commune", "offer": "le lieu de travail n’est pas précisé"}


def _their_distance_unknown(reason: Arguments) -> str:
    return f"Distance inconnue : {_NO_PLACE.get(reason.get('whose', ''), 'un des deux lieux n’est pas renseigné')}"


TO_EMPLOYERS: Mapping[ReasonCode, Callable[[Arguments], str]] = {
    ReasonCode.OCCUPATION_SAME: lambda _: "C’est le métier que cette personne cherche",
    ReasonCode.OCCUPATION_NEAR: lambda _: "C’est un métier proche du sien",
    ReasonCode.OCCUPATION_SKILLS: lambda _: "Ses compétences vont avec ce métier, ou avec un métier proche",
    ReasonCode.OCCUPATION_TEXT: lambda r: (
        f"Votre {'titre' if r.get('by') == 'title' else 'texte'} parle aussi d’un travail que cette personne cherche, ou proche"
        f"{_quoted(r)}"
    ),
    ReasonCode.OCCUPATION_DOUBTED: lambda _: (
        "À vérifier : le titre et le métier déclaré de votre offre ne disent pas la même chose"
    ),
    ReasonCode.OCCUPATION_OPEN: lambda _: "Votre offre est ouverte à tous les parcours",
    ReasonCode.OCCUPATION_UNSAID: lambda _: "Le métier de votre offre n’est pas précisé",
    ReasonCode.DISTANCE: lambda r: f"À {r['km'].replace('.', ',')} km du lieu de travail",
    ReasonCode.DISTANCE_UNKNOWN: _their_distance_unknown,
    ReasonCode.SKILLS: _their_skills,
    ReasonCode.EXPERIENCE: _their_experience,
}
"""What an employer reads of somebody for its offer, and no other reason: the sentences of ``SENTENCES`` speak to the person."""


def sentence_to_employer(reason: Arguments) -> str | None:
    """As ``sentence``, to the employer of the offer; None also for what is none of its business."""
    try:
        return TO_EMPLOYERS[ReasonCode(reason["code"])](reason)
    except (KeyError, ValueError):
        return None


def sentences(reasons: Iterable[Arguments]) -> list[str]:
    """Those that can be said, in the order given (the most telling comes first)."""
    return [said for reason in reasons if (said := sentence(reason)) is not None]
