"""What offers keeps of people who look for work, and what of theirs is under way here."""

from datetime import datetime
from typing import Any

from services.offers.domain.actors import Party
from services.offers.domain.application_rules import OPEN
from shared.contracts.vocabulary import ApplicationStatus
from shared.rights.answering import Known
from shared.rights.holdings import KEPT_ANSWERS, Holding, Whose, by
from shared.store import Store

_HIRED_DAYS = 365
"""A hire without an end, or with one that is not known, counts for a year: follow-ups end with it."""


def _own_registrations(document: dict[str, Any], whose: Whose) -> Any:
    """Of a workshop what everybody reads, and this person's places: nobody else's."""
    details = document["details"]
    places = [one for one in document["registrations"] if one["profile_id"] == whose.profile_id]
    shown = {name: document.get(name) for name in ("_id", "territory", "place", "starts_at", "ends_at", "status")}
    return shown | {"title": details["title"], "kind": details["kind"], "registrations": places}


HOLDINGS = (
    Holding(
        "applications",
        "Candidatures et mises en relation",
        "Suivre votre candidature avec l'employeur, puis l'embauche",
        by("profile_id"),
        frozenset({"slot", "version", "obsolete_others", "remind_at"}),
    ),
    Holding(
        "clicks",
        "Offres ouvertes chez un partenaire",
        "Vous demander une semaine plus tard ce que la candidature est devenue",
        by("profile_id"),
        frozenset({"slot", "version"}),
    ),
    Holding(
        "saved_offers",
        "Offres enregistrées",
        "Les retrouver",
        by("profile_id"),
        frozenset({"slot", "version"}),
    ),
    Holding(
        "saved_searches",
        "Recherches enregistrées et leurs alertes",
        "Vous signaler les offres nouvelles",
        by("profile_id"),
        frozenset({"version"}),
    ),
    Holding("told_offers", "Offres déjà signalées par une alerte", "Ne pas les signaler deux fois", by("profile_id")),
    Holding(
        "agenda",
        "Ateliers, forums et rencontres",
        "Vous garder une place et noter votre présence",
        by("registrations.profile_id"),
        shown=_own_registrations,
    ),
    Holding(
        "onboarding",
        "Inscription à l'atelier d'accueil",
        "Vous placer sur le prochain atelier",
        by("_id"),
    ),
    Holding(
        "people",
        "Qui peut agir pour vous",
        "Vérifier vos droits et ceux des personnes qui vous accompagnent",
        lambda whose: {"_id": whose.profile_id, "erased": {"$ne": True}},
        frozenset({"sequence"}),
    ),
    KEPT_ANSWERS,
)


async def standing(store: Store, whose: Whose, now: datetime) -> Known:
    """Applications that are open, hires that last; the last thing that the person or their counsellor did."""
    running = []
    acts: list[datetime] = []
    own = {Party.SEEKER.value, Party.COUNSELLOR.value}
    async for row in store.collection("applications").find({"profile_id": whose.profile_id}):
        status = row["status"]
        if status in {one.value for one in OPEN}:
            running.append("application")
        hired = row.get("hired_at")
        if status == ApplicationStatus.HIRED.value and hired is not None and (now - hired).days < _HIRED_DAYS:
            running.append("hire")
        acts += [step["at"] for step in row.get("history", ()) if step["party"] in own]
    for collection in ("clicks", "saved_offers", "saved_searches"):
        latest = store.collection(collection).find({"profile_id": whose.profile_id}, {"created_at": 1})
        acts += [row["created_at"] async for row in latest.sort("created_at", -1).limit(1)]
    booked = {"registrations.profile_id": whose.profile_id}
    async for row in store.collection("agenda").find(booked, {"registrations": 1, "ends_at": 1}):
        if row["ends_at"] > now:
            running.append("registration")
        acts += [one["registered_at"] for one in row["registrations"] if one["profile_id"] == whose.profile_id]
    return Known(tuple(running), max(acts, default=None))
