"""Profiles and offers in the words of a counsellor."""

from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.vocabulary import ContractKind, ReservedPublic, TravelMeans
from shared.reference.occupations import Occupations
from tests.bench.real.labels import No

MEANS = {
    TravelMeans.FOOT: "à pied",
    TravelMeans.BICYCLE: "à vélo",
    TravelMeans.MOPED: "en scooter",
    TravelMeans.CAR: "en voiture",
    TravelMeans.PUBLIC_TRANSPORT: "en transports",
}
CONTRACTS = {
    ContractKind.CDI: "CDI",
    ContractKind.CDD: "CDD",
    ContractKind.TEMPORARY: "intérim",
    ContractKind.SEASONAL: "saison",
    ContractKind.APPRENTICESHIP: "apprentissage",
    ContractKind.PROFESSIONALISATION: "professionnalisation",
    ContractKind.CDDI: "CDD d’insertion",
    ContractKind.TRAINING: "formation",
    ContractKind.IMMERSION: "immersion",
    ContractKind.VOLUNTEERING: "bénévolat",
    ContractKind.SELF_EMPLOYED: "indépendant",
    ContractKind.OTHER: "autre",
}
PUBLICS = {
    ReservedPublic.CLAUSE: "clause sociale",
    ReservedPublic.IAE: "insertion (IAE)",
    ReservedPublic.DISABILITY: "structure adaptée",
}
_SLOTS = {"early": "avant 7 h", "late": "après 19 h", "night": "la nuit", "weekend": "le week-end"}
TERMS = {
    "occupation": "métier",
    "skills": "compétences",
    "distance": "distance",
    "experience": "expérience",
    "freshness": "fraîcheur",
    "wishes": "souhaits",
    "reply": "employeur qui répond",
    "mutual": "intérêt partagé",
    "demands": "exigences",
}
NOES = {
    No.OCCUPATION: "autre métier",
    No.DIPLOMA: "diplôme ou titre exigé",
    No.ABOVE: "trop haut",
    No.BELOW: "trop bas",
    No.SCHEDULE: "horaires",
    No.TRAVEL: "permis ou déplacements",
    No.CONTRACT: "contrat",
    No.LANGUAGE: "langue",
    No.UNCLEAR: "offre peu claire",
}


def number(value: float) -> str:
    """With a comma, and no decimals that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def lasting(months: int) -> str:
    """Experience in words."""
    if months == 0:
        return "sans expérience"
    if months < 12:
        return f"{months} mois"
    years = months // 12
    return f"{years} an{'s' if years > 1 else ''}"


def facts(person: ProfileState, occupations: Occupations) -> list[tuple[str, str]]:
    """What the profile says, as pairs of a heading and a text."""
    wishes = []
    for wish in (*person.occupations, *person.practised):
        known = occupations.get(wish.code)
        left = "" if wish in person.occupations else ", plus recherché"
        wishes.append(f"{known.label if known else wish.code} ({lasting(wish.experience_months)}{left})")
    slots = person.availability
    not_at = [text for name, text in _SLOTS.items() if not getattr(slots, name)]
    low, high = slots.weekly_hours_min, slots.weekly_hours_max
    hours = f"{number(low) if low else '0'} à {number(high)} h" if high else f"{number(low)} h ou plus" if low else ""
    found = [
        ("Métiers", " · ".join(wishes) or "aucun indiqué"),
        ("Trajet", " · ".join(f"{MEANS[one.means]} {number(one.range_km)} km" for one in person.travel)),
        ("Permis", " ".join(person.licences) or "aucun"),
        ("Ne peut pas", ", ".join(not_at)),
        ("Temps de travail", hours),
        ("Contrats acceptés", ", ".join(CONTRACTS[one] for one in person.contract_kinds)),
        ("Salaire souhaité", f"{number(person.hourly_wage_floor)} €/h" if person.hourly_wage_floor else ""),
        ("Français", person.french_level.value if person.french_level else ""),
        ("Compétences cochées", str(len(person.skills)) if person.skills else "aucune"),
        ("Éligible", ", ".join(PUBLICS[one] for one in person.reserved_eligible)),
    ]
    return [(heading, text) for heading, text in found if text]


def terms_of(offer: OfferState) -> str:
    """Contract, hours and pay in a line; what the offer leaves out is said."""
    contract = CONTRACTS[offer.contract_kind]
    if offer.duration_months:
        contract += f" {number(max(1, round(offer.duration_months)))} mois"
    hours = f"{number(offer.weekly_hours)} h par semaine" if offer.weekly_hours else "temps de travail non précisé"
    pay = offer.salary.text or (f"{number(offer.salary.hourly_min)} €/h" if offer.salary.hourly_min else "")
    return " · ".join([contract, hours, pay or "salaire non précisé"])
