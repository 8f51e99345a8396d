"""What the page of an export calls things: the names of stored fields in French, and which of them are for programs only."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Final

from services.profiles.domain.consent import HEARD_AS
from services.profiles.domain.journal import Action
from shared import reasons
from shared.contracts.vocabulary import Channel, ContractKind, TravelMeans
from shared.written import in_french

LABELS: Final[Mapping[str, str]] = {
    # Around what is said: the words inside say enough.
    "details": "",
    "items": "",
    # Who.
    "first_name": "Prénom",
    "last_name": "Nom",
    "birth_date": "Date de naissance",
    "birth_year": "Année de naissance",
    "sex": "Sexe",
    "email": "Adresse e-mail",
    "phone": "Téléphone",
    "language": "Langue",
    "address": "Adresse",
    "home": "Domicile",
    "commune_code": "Code de la commune",
    "commune_name": "Commune",
    "postcode": "Code postal",
    "place": "Lieu",
    "lat": "Latitude",
    "lon": "Longitude",
    "territory": "Département",
    "names": "Noms qui y figurent",
    # How they are reached.
    "channel": "Moyen",
    "channels": "Moyens choisis",
    "consents_to_messages": "Accepte les messages",
    "no_email": "E-mails refusés",
    "told_at": "Reçu le",
    "staff": "Compte d'agent",
    # What they look for.
    "active": "Cherche un emploi et accepte les propositions",
    "visible_to_employers": "Accepte d'être invité par des employeurs",
    "occupations": "Métiers",
    "wishes": "Métiers recherchés",
    "code": "code",
    "occupation": "Métier",
    "experience_months": "mois d'expérience",
    "sought": "recherché",
    "skills": "Compétences",
    "travel": "Déplacements",
    "means": "moyen",
    "range_km": "kilomètres",
    "licences": "Permis",
    "licences_in_preparation": "Permis en préparation",
    "vehicle": "Véhicule",
    "availability": "Disponibilités",
    "early": "tôt le matin",
    "late": "tard le soir",
    "night": "la nuit",
    "weekend": "le week-end",
    "weekly_hours": "Heures par semaine",
    "weekly_hours_min": "heures par semaine, au moins",
    "weekly_hours_max": "heures par semaine, au plus",
    "from_date": "à partir du",
    "contract_kinds": "Contrats acceptés",
    "wished_contract_kinds": "Contrats souhaités",
    "wished_weekly_hours": "Heures par semaine souhaitées",
    "hourly_wage_floor": "Salaire horaire minimal",
    "french_level": "Niveau de français",
    "qualification_level": "Niveau de diplôme",
    "cards": "Cartes et habilitations",
    "certificates": "Certificats",
    "functional_limits": "Ce que le travail ne doit pas demander",
    "kinds": "Genres d'offres",
    # The CV.
    "cv": "CV",
    "headline": "titre",
    "presentation": "présentation",
    "experiences": "expériences",
    "diplomas": "diplômes",
    "languages": "langues",
    "interests": "centres d'intérêt",
    "pool": "CVthèque",
    # Statuses and agreements.
    "statuses": "Statuts",
    "rsa_recipient": "bénéficiaire du RSA",
    "disabled_worker": "travailleur handicapé",
    "priority_neighbourhood": "habitant d'un quartier prioritaire",
    "long_term_unemployed": "chômage de longue durée",
    "registered_on": "inscrit à France Travail le",
    "reserved_eligible": "Offres réservées ouvertes",
    "flags_until": "jusqu'au",
    "category": "Catégorie",
    "withheld": "Profil en attente",
    "ticks": "Accord donné",
    "given_at": "donné le",
    "heard": "dit",
    "guardian_consent_id": "Accord d'un parent ou d'un tuteur",
    "evidence": "Justificatif",
    "earlier": "Auparavant",
    "label": "intitulé",
    "since": "depuis le",
    "as_of": "constaté le",
    "until": "jusqu'au",
    "source": "selon",
    "evidence_dated": "justificatif du",
    "given_by": "Donné par",
    "given_on": "Donné le",
    "name": "Nom",
    "contacts": "Coordonnées montrées",
    "purpose": "But",
    "revoked_at": "Repris le",
    # Who acted, and when.
    "created_at": "Créé le",
    "updated_at": "Modifié le",
    "at": "Le",
    "by": "par",
    "action": "Ce qui a été fait",
    "fields": "Ce qui a changé",
    "role": "En tant que",
    "party": "en tant que",
    "acted_by": "Fait par (compte)",
    "on_behalf_of": "Pour le compte du profil",
    "changed_by": "Changé par (compte)",
    "owner_id": "Votre compte",
    "counsellor_ids": "Comptes qui vous accompagnent",
    "account_invitation": "Invitation à reprendre le profil",
    "concerns": "Concerne",
    "reason": "Motif",
    "note": "Note",
    "transfer": "Changement de département",
    "next_change_on": "Prochain changement le",
    "recorded_by": "Enregistré par (compte)",
    "recorded_at": "Enregistré le",
    "decided_by": "Décidé par (compte)",
    "decided_at": "Décidé le",
    "declared_by": "Déclaré par (compte)",
    "declared_role": "Déclaré en tant que",
    # Messages.
    "title": "Titre",
    "text": "Texte",
    "link": "Lien",
    "appointment": "Rendez-vous",
    "day": "Jour",
    "read_at": "Lu le",
    "read_by": "Lu par (compte)",
    "due_at": "À envoyer le",
    "delivered_at": "Remis le",
    "expires_at": "Gardé jusqu'au",
    "left_out": "Offres terminées avant l'envoi",
    # Applications and recommendations.
    "status": "État",
    "state": "État",
    "offer_title": "Offre",
    "origin": "À l'initiative de",
    "message": "Votre message",
    "submitted_at": "Envoyée le",
    "answered_at": "Répondue le",
    "accepted_at": "Acceptée le",
    "closed_at": "Close le",
    "seen_at": "Vue le",
    "postponed_until": "Remise au",
    "refusal_reason": "Motif",
    "interviews": "Entretiens",
    "feedback": "Bilan d'entretien",
    "history": "Étapes",
    "follow_ups": "Nouvelles après l'embauche",
    "month": "mois",
    "due_on": "prévu le",
    "reminded_at": "rappelé le",
    "still_there": "toujours en poste",
    "obsolete_others": "Autres candidatures closes",
    "hire": "Embauche",
    "hired_at": "Embauché le",
    "starts_on": "début",
    "contract_kind": "contrat",
    "duration_months": "durée en mois",
    "may_apply": "Peut postuler",
    "reasons": "Pourquoi",
    "score": "Note de correspondance, sur 100 000 000",
    "pinned": "Mise en tête",
    "withdrawn_because": "Retirée parce que",
    "offer_id": "Numéro de l'offre",
    "company_id": "Numéro de l'employeur",
    "terms": "termes",
    "hire_proposal": "Embauche à confirmer",
    "confirm_by": "à confirmer avant le",
    "minutes": "minutes",
    "way": "façon",
    "contact": "à qui s'adresser",
    "to_bring": "à apporter",
    "video_url": "visioconférence",
    "wish": "autre heure souhaitée",
    "result": "résultat",
    "strengths": "points forts",
    "to_improve": "à améliorer",
    # Clauses.
    "contract_id": "Numéro du marché",
    "contractor_id": "Numéro de l'entreprise",
    "lot_id": "Lot",
    "participant_id": "Votre référence",
    "employment": "Emploi",
    "employer": "employeur",
    "supplier": "structure",
    "dated": "daté du",
    "reference": "référence",
    "hours": "Heures",
    "declared_delta": "Heures déclarées, en plus ou en moins",
    "validated_delta": "Heures validées, en plus ou en moins",
    "months": "mois",
    "ended_at": "Terminé le",
    "kind": "Nature",
    # Exports.
    "arrived": "Reçu de",
    "matching": "recommandations",
    "offers": "offres et candidatures",
    "notifications": "messages",
    "clauses": "clauses sociales",
    "ready_at": "Prêt le",
    "size": "Taille en octets",
    "asked": "demandé",
    "asked_at": "Demandé le",
    "have": "acquis",
    "missing": "manque",
    "km": "kilomètres",
}
"""By the name of a field, wherever it stands; an empty one adds nothing to what stands inside."""

FOR_PROGRAMS: Final = frozenset(
    """
    _id _touched about affinities answer attempt attempts body box by_text caused_at caused_by claimed committed
    configuration_version contributions current declaration_id enlists facts fingerprint formula grouped headers heading
    id inputs level name_key of_others offer offer_version onboarding_told packed partition pending profile profile_id
    profile_version recommendation_id ref regulated replaced_by replaces rung sequence sha256 slot standings subject_id
    template text_version today told_score unseen unsubscribe_token version zone
    """.split()  # noqa: SIM905  # sixty lines otherwise
)
"""Numbers that programs know things by, and what they remember to do their work: in the JSON beside the page, not on it."""

_ROLES = {
    "seeker": "vous",
    "counsellor": "conseiller",
    "manager": "gestionnaire",
    "employer": "employeur",
    "facilitator": "facilitateur",
    "contractor": "entreprise titulaire",
    "system": "la plateforme",
}
_CHANNELS = {
    Channel.EMAIL: "e-mail",
    Channel.INBOX: "messagerie de la plateforme",
    Channel.COUNSELLOR: "la personne qui vous accompagne",
}
_CONTRACTS = {
    ContractKind.CDI: "CDI",
    ContractKind.CDD: "CDD",
    ContractKind.TEMPORARY: "intérim",
    ContractKind.SEASONAL: "saisonnier",
    ContractKind.APPRENTICESHIP: "apprentissage",
    ContractKind.PROFESSIONALISATION: "contrat de professionnalisation",
    ContractKind.CDDI: "CDD d'insertion",
    ContractKind.TRAINING: "formation",
    ContractKind.IMMERSION: "immersion",
    ContractKind.VOLUNTEERING: "volontariat",
    ContractKind.SELF_EMPLOYED: "à son compte",
    ContractKind.OTHER: "autre",
}
_MEANS = {
    TravelMeans.FOOT: "à pied",
    TravelMeans.BICYCLE: "à vélo",
    TravelMeans.MOPED: "en cyclomoteur",
    TravelMeans.CAR: "en voiture",
    TravelMeans.PUBLIC_TRANSPORT: "en transports en commun",
}
_ACTIONS = {
    Action.CREATED: "inscription",
    Action.UPDATED: "modification",
    Action.COUNSELLOR_ASSIGNED: "accompagnement commencé",
    Action.COUNSELLOR_REMOVED: "accompagnement terminé",
    Action.ACCOUNT_INVITED: "lien remis ou repris, pour gérer le profil soi-même",
    Action.ACCOUNT_LINKED: "profil repris par votre compte",
    Action.ACCOUNT_REMOVED: "compte retiré du profil",
    Action.CV_FILE_KEPT: "CV envoyé",
    Action.CV_FILE_REMOVED: "CV retiré",
    Action.POOL_ENTERED: "entrée dans la CVthèque",
    Action.POOL_LEFT: "sortie de la CVthèque",
    Action.EXPORT_REQUESTED: "export demandé",
    Action.EXPORT_FETCHED: "export téléchargé",
    Action.PRESENT: "présence confirmée",
    Action.INACTIVITY_POSTPONED: "délai donné avant l'effacement pour silence",
    Action.GUARDIAN_CONSENT_RECORDED: "accord d'un parent ou d'un tuteur enregistré",
    Action.GUARDIAN_CONSENT_REVOKED: "accord d'un parent ou d'un tuteur repris",
    Action.TRANSFER_ASKED: "changement de département demandé, ou demande reprise",
    Action.TRANSFER_REFUSED: "changement de département refusé",
    Action.TRANSFER_EXPIRED: "changement de département resté sans réponse",
    Action.TRANSFERRED: "changement de département",
    Action.STATUS_RECORDED: "statut enregistré",
    Action.STATUS_CORRECTED: "statut corrigé",
    Action.STATUS_ENDED: "statut terminé",
    Action.STATUS_REMOVED: "statut retiré",
    Action.CALENDAR: "le jour en était venu : rien n'a été fait par quelqu'un",
}
_VALUES: Final[Mapping[str, Mapping[Any, str]]] = {
    "action": _ACTIONS,
    "sex": {"female": "femme", "male": "homme", "unstated": "non dit"},
    "heard": HEARD_AS,
    "role": _ROLES,
    "party": _ROLES,
    "origin": _ROLES,
    "declared_role": _ROLES,
    "channel": _CHANNELS,
    "channels": _CHANNELS,
    "contract_kind": _CONTRACTS,
    "contract_kinds": _CONTRACTS,
    "wished_contract_kinds": _CONTRACTS,
    "means": _MEANS,
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def lines(document: Any, zone: tzinfo | None, above: Sequence[str] = (), name: str = "") -> Any:
    """Label and value of all that a person reads of a document, however deep; what is empty, or for programs, is left out.

    ``zone``: whose clocks tell instants. A field that has no French name is shown by its own: nothing of a person is kept back.
    """
    if isinstance(document, Mapping):
        for field, inner in document.items():
            if field in FOR_PROGRAMS:
                continue
            if field == "reasons" and isinstance(inner, list):
                yield (
                    _label((*above, field)),
                    "\n".join(reasons.sentences([one for one in inner if isinstance(one, dict)])),
                )
                continue
            yield from lines(inner, zone, (*above, field), field)
    elif isinstance(document, list):
        if document and all(not isinstance(one, (Mapping, list)) for one in document):
            yield _label(above), ", ".join(_value(name, one, zone) for one in document)
        else:
            for number, inner in enumerate(document, 1):
                counted = (*above[:-1], f"{above[-1]} {number}") if above and len(document) > 1 else above
                yield from lines(inner, zone, counted, name)
    elif document not in (None, ""):
        yield _label(above), _value(name, document, zone)


def _label(path: Sequence[str]) -> str:
    parts = []
    for part in path:
        field, _, number = part.partition(" ")
        said = LABELS.get(field, field)
        parts.append(f"{said} {number}".strip())
    first, *inner = [part for part in parts if part] or [""]
    return ", ".join((f"{first[:1].upper()}{first[1:]}", *(_within(part) for part in inner)))


def _within(part: str) -> str:
    """A label behind another one: «Domicile, code postal», but «CV»."""
    return part if part[1:2].isupper() else f"{part[:1].lower()}{part[1:]}"


def _value(name: str, value: Any, zone: tzinfo | None) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, (int, float)):
        return str(value) if name.endswith("year") else in_french(value)
    text = str(value)
    return _when(text, zone) or _VALUES.get(name, {}).get(text, text)


def _when(text: str, zone: tzinfo | None) -> str | None:
    """A day or an instant as people say it. None of other texts, be it that they look like one («2026-02-30»)."""
    try:
        if _DAY.fullmatch(text):
            return in_french(date.fromisoformat(text))
        if _INSTANT.fullmatch(text):
            told = datetime.fromisoformat(text).astimezone(zone)
            return f"{in_french(told.date())} à {told.hour} h {told.minute:02d}"
    except (ValueError, OverflowError):
        pass  # it only looks like one, and is shown as it was written
    return None
