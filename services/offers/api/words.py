"""Offers in other vocabularies: plain French, schema.org."""

from datetime import timedelta
from typing import Any

from services.offers.domain.content import UNPAID, OfferContent
from services.offers.domain.offer import Offer
from shared import civil
from shared.contracts.events.base import Place
from shared.contracts.vocabulary import AgendaKind, ContractKind
from shared.kept_enum import Otherwise
from shared.written import in_french

AGENDA_WORDS = Otherwise(
    {
        AgendaKind.WORKSHOP: "Atelier",
        AgendaKind.JOB_DATING: "Job dating",
        AgendaKind.JOB_FAIR: "Forum de l'emploi",
        AgendaKind.INVERTED_JOB_FAIR: "Forum inversé",
        AgendaKind.GROUP_BRIEFING: "Information collective",
        AgendaKind.COMPANY_VISIT: "Visite d'entreprise",
        AgendaKind.TRAINING_SESSION: "Session de formation",
    },
    str,
)

CONTRACT_WORDS = Otherwise(
    {
        ContractKind.CDI: "CDI",
        ContractKind.CDD: "CDD",
        ContractKind.TEMPORARY: "Intérim",
        ContractKind.SEASONAL: "Saisonnier",
        ContractKind.APPRENTICESHIP: "Apprentissage",
        ContractKind.PROFESSIONALISATION: "Professionnalisation",
        ContractKind.CDDI: "CDD d'insertion",
        ContractKind.TRAINING: "Formation",
        ContractKind.IMMERSION: "Immersion",
        ContractKind.VOLUNTEERING: "Bénévolat",
        ContractKind.SELF_EMPLOYED: "Indépendant",
        ContractKind.OTHER: "Autre contrat",
    },
    str,
)

_EMPLOYMENT_TYPE = {
    ContractKind.CDD: "TEMPORARY",
    ContractKind.TEMPORARY: "TEMPORARY",
    ContractKind.SEASONAL: "TEMPORARY",
    ContractKind.CDDI: "TEMPORARY",
    ContractKind.APPRENTICESHIP: "OTHER",
    ContractKind.PROFESSIONALISATION: "OTHER",
    ContractKind.TRAINING: "OTHER",
    ContractKind.IMMERSION: "INTERN",
    ContractKind.VOLUNTEERING: "VOLUNTEER",
    ContractKind.SELF_EMPLOYED: "CONTRACTOR",
    ContractKind.OTHER: "OTHER",
}
FULL_TIME_HOURS = 35


def _valid_through(offer: Offer) -> str | None:
    """The last second to apply, with the place's offset: a bare date is read as the midnight that begins it."""
    ends = offer.confirm_by
    if offer.content.apply_by is not None:
        ends = civil.end_of(offer.locality, offer.content.apply_by) - timedelta(seconds=1)
    return civil.local(offer.locality, ends).isoformat(timespec="seconds") if ends else None


def _employment_types(content: OfferContent) -> list[str]:
    """What the contract says, and of the time only what the hours say: a CDI without hours may be part-time."""
    kind = _EMPLOYMENT_TYPE.get(content.contract_kind)
    found = [kind] if kind else []
    if content.weekly_hours is not None and content.kind not in UNPAID:
        found.append("PART_TIME" if content.weekly_hours < FULL_TIME_HOURS else "FULL_TIME")
    return found


def _geo(place: Place) -> dict[str, Any]:
    if place.point is None:
        return {}
    return {"geo": {"@type": "GeoCoordinates", "latitude": place.point.lat, "longitude": place.point.lon}}


def posting(offer: Offer, url: str, *, here: bool) -> dict[str, Any]:
    """schema.org JobPosting; a field that is unknown is absent rather than guessed. ``here``: one applies on the platform."""
    content = offer.content
    place = content.place
    salary = content.salary
    months = content.experience_months
    fields: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "name": offer.company.name, "value": offer.id},
        "url": url,
        "title": content.title,
        "description": content.description or content.title,
        "datePosted": civil.local(offer.locality, offer.published_at).isoformat() if offer.published_at else None,
        "validThrough": _valid_through(offer),
        "employmentType": _employment_types(content) or None,
        "hiringOrganization": {"@type": "Organization", "name": offer.company.name},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": place.name,
                **({"postalCode": place.postcode} if place.postcode else {}),
                "addressCountry": "FR",
            },
            **_geo(place),
        },
        "totalJobOpenings": offer.positions_open,
        "occupationalCategory": f"{content.occupation_code} {content.occupation_label or ''}".strip()
        if content.occupation_code
        else None,
        "skills": ", ".join(skill.label for skill in content.skills) or None,
        "workHours": f"{in_french(content.weekly_hours)} h par semaine" if content.weekly_hours else None,
        "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": months}
        if months
        else "no requirements",
        "directApply": here and content.apply_url is None,
    }
    if salary.hourly_min is not None and content.kind not in UNPAID:
        pay: dict[str, Any] = {"@type": "QuantitativeValue", "minValue": salary.hourly_min, "unitText": "HOUR"}
        if salary.hourly_max is not None:
            pay["maxValue"] = salary.hourly_max
        fields["baseSalary"] = {"@type": "MonetaryAmount", "currency": "EUR", "value": pay}
    return {name: value for name, value in fields.items() if value is not None}
