"""What people read where something is asked of a thing that its state does not allow: which state that is, in French."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.vocabulary import ApplicationStatus, OfferStatus

SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "cette offre": {
        OfferStatus.DRAFT: "est un brouillon",
        OfferStatus.PENDING: "attend l'accord d'un gestionnaire",
        OfferStatus.PUBLISHED: "est en ligne",
        OfferStatus.SUSPENDED: "est suspendue",
        OfferStatus.FILLED: "est pourvue",
        OfferStatus.CLOSED: "est close",
        OfferStatus.WITHDRAWN: "est retirée",
        OfferStatus.ARCHIVED: "est archivée",
    },
    "cette entreprise": {
        "pending": "attend l'accord d'un gestionnaire",
        "approved": "est acceptée",
        "suspended": "est suspendue",
        "erased": "est effacée",
    },
    "cette candidature": {
        ApplicationStatus.INVITED: "est une invitation qui attend une réponse",
        ApplicationStatus.SUBMITTED: "est envoyée",
        ApplicationStatus.SEEN: "est lue",
        ApplicationStatus.INTERVIEW: "en est à l'entretien",
        ApplicationStatus.PROPOSED: "en est à la proposition du poste",
        ApplicationStatus.POSTPONED: "est remise à plus tard",
        ApplicationStatus.HIRED: "a mené à une embauche",
        ApplicationStatus.REFUSED: "est refusée",
        ApplicationStatus.WITHDRAWN: "est retirée",
        ApplicationStatus.OBSOLETE: "n'a plus d'objet",
        ApplicationStatus.NO_ANSWER: "est close faute de réponse",
    },
    "cet événement": {"draft": "est un brouillon", "published": "est annoncé", "cancelled": "est annulé"},
    "cette séance": {"over": "est terminée", "not begun": "n'a pas commencé"},
    "cette inscription": {
        "registered": "est enregistrée",
        "waiting": "est sur la liste d'attente",
        "cancelled": "est annulée",
        "attended": "porte une présence",
        "no_show": "porte une absence",
    },
    "cette recommandation": {
        "created": "est proposée",
        "seen": "est lue",
        "applied": "a mené à une candidature",
        "dismissed": "est écartée",
        "withdrawn": "n'est plus proposée",
    },
    "cette proposition": {"open": "attend une décision", "accepted": "est acceptée", "refused": "est refusée"},
    "cette demande": {
        "open": "attend une décision",
        "confirmed": "est confirmée",
        "declined": "est déclinée",
        "withdrawn": "n'est plus d'actualité",
    },
    "ces heures": {
        "declared": "sont déclarées",
        "validated": "sont validées",
        "rejected": "sont refusées",
        "corrected": "sont corrigées",
    },
    "cette embauche": {
        "proposed": "attend une décision",
        "recorded": "est enregistrée",
        "dismissed": "est écartée",
    },
}
"""By what is named to people and its state, as the document writes it."""


def impossible(of: str, state: str) -> str:
    """«Cette offre est suspendue : ce n'est pas possible dans cet état.»"""
    said = SAID[of].get(state, "est dans un état que cette version ne connaît pas")
    return f"{of[0].upper()}{of[1:]} {said} : ce n'est pas possible dans cet état."
