"""Reason codes as sentences in plain French, for the person who reads them."""

from collections.abc import Callable, Mapping
from typing import Any

from services.matching.domain.reasons import Reason

_PUBLICS = {
    "clause": "aux personnes suivies dans le cadre d’une clause sociale",
    "iae": "aux personnes éligibles à l’insertion par l’activité économique",
    "disability": "aux personnes en situation de handicap",
}


def _months(text: str) -> str:
    months = int(text)
    if months % 12 == 0:
        years = months // 12
        return f"{years} an{'s' if years > 1 else ''}"
    return f"{months} mois"


def _skills(reason: Mapping[str, str]) -> str:
    have, asked, missing = int(reason["have"]), int(reason["asked"]), reason.get("missing")
    if have == asked:
        return "Vous avez toutes les compétences demandées" if asked > 1 else "Vous avez la compétence demandée"
    first = f"Vous avez {have} des {asked} compétences demandées" if have else "Compétences à acquérir"
    return f"{first} (il manque : {missing})" if have else f"{first} : {missing}"


_SLOTS = {"early": "avant 7 h", "late": "après 19 h", "night": "de nuit", "weekend": "le week-end"}


def _schedule_unknown(reason: Mapping[str, str]) -> str:
    refused = [_SLOTS[slot] for slot in reason.get("refused", "").split(", ") if slot in _SLOTS]
    if not refused:
        return "Horaires non précisés"
    return f"Horaires non précisés : à vérifier avant de candidater (travail {' ou '.join(refused)} ?)"


def _too_far(reason: Mapping[str, str]) -> str:
    if "km" not in reason:
        return "C’est plus loin que la distance que vous avez indiquée"
    away, reach = reason["km"].replace(".", ","), reason["range_km"].replace(".", ",")
    return f"À {away} km de chez vous, plus que les {reach} km que vous avez indiqués"


_SENTENCES: dict[str, Callable[[Mapping[str, str]], str]] = {
    "occupation_same": lambda _: "C’est le métier que vous cherchez",
    "occupation_near": lambda _: "C’est un métier proche du vôtre",
    # Recommendations of the first release still say so.
    "occupation_domain": lambda _: "C’est un métier du même domaine que le vôtre",
    "occupation_far": lambda _: "Pour élargir : un métier plus éloigné de ceux que vous cherchez",
    "occupation_open": lambda _: "Ce poste est ouvert à tous les parcours",
    "distance": lambda r: f"À {r['km']} km de chez vous",
    "distance_unknown": lambda _: "Distance inconnue : un des deux lieux n’est pas renseigné",
    "skills": _skills,
    "experience": lambda r: f"Votre expérience correspond ({_months(r['months'])} demandés)",
    "contract_wished": lambda _: "C’est le type de contrat que vous souhaitez",
    "wage_met": lambda _: "Le salaire correspond à votre souhait",
    "hours_wished": lambda r: f"Le temps de travail vous convient ({r['hours'].replace('.', ',')} h par semaine)",
    "schedule_unknown": _schedule_unknown,
    "hours_unknown": lambda _: "Temps de travail non précisé",
    "wage_unknown": lambda _: "Salaire non précisé",
    "fresh": lambda _: "L’employeur vient de confirmer cette offre",
    "employer_answers": lambda _: "Cet employeur répond presque toujours",
    "added_by_counsellor": lambda _: "Proposée par votre conseillère ou votre conseiller",
    "offer_closed": lambda _: "L’offre n’est plus ouverte",
    "regulated": lambda _: (
        "Ce métier demande un diplôme, un titre ou une carte : il est proposé à qui l’exerce ou le cherche"
    ),
    "beyond": lambda _: "L’offre demande quelque chose que cette version de la plateforme ne connaît pas encore",
    "profile_inactive": lambda _: "Votre profil n’est pas disponible, ou vous ne souhaitez pas de propositions",
    "too_far": _too_far,
    "other_territory": lambda _: "Sans lieu renseigné, seules les offres de votre département sont proposées",
    "licence": lambda r: f"Il faut le permis {r['licences']}",
    "vehicle": lambda _: "Il faut un véhicule",
    "early": lambda _: "Le travail commence avant 7 h",
    "late": lambda _: "Le travail finit après 19 h",
    "night": lambda _: "Il y a du travail de nuit",
    "weekend": lambda _: "Il y a du travail le week-end",
    "hours": lambda r: f"Le temps de travail ({r['hours'].replace('.', ',')} h par semaine) ne convient pas",
    "kind": lambda _: "Ce genre de proposition ne fait pas partie de celles que vous acceptez",
    "contract": lambda _: "Ce type de contrat ne fait pas partie de ceux que vous acceptez",
    "french": lambda r: f"Il faut un niveau {r['level']} en français",
    "reserved": lambda r: "Offre réservée " + " ou ".join(_PUBLICS[one] for one in r["publics"].split(", ")),
    "availability": lambda _: "Vous n’êtes pas encore disponible à la date de début",
    "occupation": lambda _: "Le métier est trop éloigné de ceux que vous cherchez",
    "applied": lambda _: "Vous avez déjà candidaté",
    "refused": lambda _: "Votre candidature n’a pas été retenue",
    "dismissed": lambda _: "Vous avez écarté cette offre",
    "pinned": lambda _: "Épinglée par votre conseillère ou votre conseiller",
    "score_too_low": lambda _: "L’offre correspond trop peu à votre profil",
    "crowded": lambda _: "L’offre est déjà proposée à assez de personnes, plus proches de ce qu’elle demande",
    "better_ones": lambda _: "D’autres offres vous correspondent mieux",
}

_CHANGES: dict[str, Callable[[str], str]] = {
    "range": lambda km: f"Avec {km} km de plus",
    "licence": lambda licence: f"Avec le permis {licence}",
    "licence_and_vehicle": lambda licence: f"Avec le permis {licence} et un véhicule",
    "vehicle": lambda _: "Avec un véhicule",
    "schedule": lambda slot: {
        "early": "En acceptant de commencer avant 7 h",
        "late": "En acceptant de finir après 19 h",
        "night": "En acceptant le travail de nuit",
        "weekend": "En acceptant le travail le week-end",
    }[slot],
    "hours": lambda _: "En acceptant tous les temps de travail",
    "contracts": lambda _: "En acceptant tous les types de contrat",
}


def sentence(reason: Mapping[str, str]) -> str:
    """The sentence of a reason; the bare code for one that only another version knows."""
    make = _SENTENCES.get(reason["code"])
    return make(reason) if make else reason["code"]


def told(reasons: Any) -> list[Reason]:
    """Reasons with their sentence as ``text``."""
    return [{**reason, "text": sentence(reason)} for reason in reasons]


def change_sentence(code: str, argument: str, added: int) -> str:
    """«Avec 10 km de plus : 12 offres»."""
    return f"{_CHANGES[code](argument)} : {added} offre{'s' if added > 1 else ''}"
