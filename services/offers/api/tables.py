"""Tables that managers open in a spreadsheet: what a column, a state or a figure is called there. Programs read the JSON."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.offers.api.words import CONTRACT_WORDS
from services.offers.domain.life import Outcome
from services.offers.domain.statistics import BackToWork, Figures
from services.offers.queries.recruiters import Registered
from shared.contracts.vocabulary import OfferSource, OfferStatus, OpportunityKind
from shared.kept_enum import Otherwise
from shared.masking import Report
from shared.outputs import csv_text

HIDDEN: Final = "<5"
"""Where a count of people is not shown (``shared.masking``)."""

_COLUMNS: Final = {
    "id": "Numéro",
    "status": "État",
    "title": "Intitulé",
    "company": "Employeur",
    "kind": "Nature",
    "contract": "Contrat",
    "occupation": "Code ROME",
    "commune_code": "Code commune",
    "commune": "Commune",
    "source": "Source",
    "hidden": "Marché caché",
    "exclusive": "Exclusive",
    "positions": "Postes",
    "open": "Postes à pourvoir",
    "published_at": "Publiée le",
    "confirmed_at": "Confirmée le",
    "confirm_by": "À confirmer avant le",
    "ended_at": "Terminée le",
    "outcome": "Issue",
    "duplicate_of": "Doublon de",
}
_STATUSES: Final = Otherwise(
    {
        OfferStatus.DRAFT: "Brouillon",
        OfferStatus.PENDING: "À valider",
        OfferStatus.PUBLISHED: "En ligne",
        OfferStatus.SUSPENDED: "Suspendue",
        OfferStatus.FILLED: "Pourvue",
        OfferStatus.CLOSED: "Close",
        OfferStatus.WITHDRAWN: "Retirée",
        OfferStatus.ARCHIVED: "Archivée",
    },
    str,
)
_KINDS: Final = Otherwise(
    {
        OpportunityKind.JOB: "Emploi",
        OpportunityKind.APPRENTICESHIP: "Alternance",
        OpportunityKind.TRAINING: "Formation",
        OpportunityKind.IMMERSION: "Immersion",
        OpportunityKind.VOLUNTEERING: "Bénévolat",
        OpportunityKind.IAE_POST: "Poste d'insertion",
        OpportunityKind.URGENT_MISSION: "Mission urgente",
    },
    str,
)
_SOURCES: Final = Otherwise(
    {
        OfferSource.DEPOSITED: "Déposée",
        OfferSource.COLLECTED: "Collectée",
        OfferSource.PARTNER: "Partenaire",
    },
    str,
)
_OUTCOMES: Final = Otherwise(
    {
        Outcome.FILLED_THROUGH_US: "Pourvue par la plateforme",
        Outcome.FILLED_ELSEWHERE: "Pourvue autrement",
        Outcome.CANCELLED: "Annulée",
        Outcome.APPLY_BY_PASSED: "Date limite passée",
        Outcome.VANISHED_FROM_FEED: "Retirée du flux",
    },
    str,
)
_WORDS: Final[Mapping[str, Mapping[Any, str]]] = {
    "status": _STATUSES,
    "kind": _KINDS,
    "contract": CONTRACT_WORDS,
    "source": _SOURCES,
    "outcome": _OUTCOMES,
}

_RETURNS: Final = {
    BackToWork.CDI: "CDI",
    BackToWork.UNDER_6_MONTHS: "contrat de moins de 6 mois",
    BackToWork.SIX_MONTHS_OR_MORE: "contrat de 6 mois et plus",
    BackToWork.TRAINING: "formation",
    BackToWork.PROFESSIONALISATION: "alternance",
    BackToWork.BUSINESS_CREATED: "création d'activité",
    BackToWork.OTHER: "autre",
}
_FIGURES: Final = {
    "recruiters": "Employeurs avec une offre",
    "offers": "Offres publiées",
    "positions_proposed": "Postes proposés",
    "positions_active": "Postes ouverts en fin de période",
    "offers_with_introduction": "Offres avec une candidature",
    "offers_with_interview": "Offres avec un entretien",
    "offers_with_hire": "Offres avec une embauche",
    "introductions": "Candidatures",
    "interviews": "Candidatures avec un entretien",
    "hires": "Embauches",
    "hires_followed_up": "Embauches suivies",
}
_GROUPS: Final = {
    "unknown": "Inconnu",
    "hidden": "Marché caché",
    "not_hidden": "Autres offres",
    **{source.value: words for source, words in _SOURCES.items()},
}
"""Of a split that is none by place: places have their names."""


def offers_table(lines: Iterable[dict[str, Any]]) -> str:
    """The export of offers."""
    return csv_text(tuple(_COLUMNS.values()), ([_told(name, line[name]) for name in _COLUMNS] for line in lines))


def _told(name: str, value: Any) -> Any:
    return _WORDS[name][value] if name in _WORDS and value is not None else value


def figures_table(found: Report[Figures], registered: Registered) -> str:
    """One line a figure: of which group, what it is, how many, and for a share what of."""
    counted = (("", "Total", registered.whole), *((one.key, one.label, one.registered) for one in registered.groups))
    lines: list[tuple[object, ...]] = [
        (key, _GROUPS.get(label, label), "Employeurs inscrits", HIDDEN if count is None else count, "", "", "")
        for key, label, count in counted
    ]
    lines += [("", "Total", *line) for line in _lines(found.whole, found.masked)]
    for group in found.groups:
        label = _GROUPS.get(group.label, group.label)
        lines += [(group.key, label, *line) for line in _lines(group.figures, found.masked)]
    return csv_text(("Code", "Groupe", "Chiffre", "Valeur", "Rapporté à", "Sur", "Taux"), lines)


def _lines(found: Figures, masked: bool) -> Iterator[tuple[object, ...]]:
    def shown(value: object) -> object:
        return HIDDEN if value is None and masked else value

    for name in ("recruiters", "offers", "positions_proposed", "positions_active"):
        yield _FIGURES[name], getattr(found, name), "", "", ""
    for kind, count in found.back_to_work.items():
        yield f"Retours à l'emploi : {_RETURNS[BackToWork(kind)]}", shown(count), "", "", ""
    yield "Retours à l'emploi : total", shown(found.back_to_work_total), "", "", ""
    for stage in (*found.offer_funnel, *found.introduction_funnel):
        whole = _FIGURES[stage.of]
        yield _FIGURES[stage.stage], shown(stage.count), whole, shown(stage.denominator), stage.rate
    for stage in found.follow_ups:
        month = "".join(filter(str.isdigit, stage.stage))
        yield (
            f"Encore en poste à {month} mois",
            shown(stage.count),
            _FIGURES[stage.of],
            shown(stage.denominator),
            stage.rate,
        )
    waited, with_one = found.days_to_first_application, shown(found.offers_with_application)
    yield "Jours avant la première candidature (médiane)", waited, _FIGURES["offers_with_introduction"], with_one, ""
    yield "Candidatures avec une réponse", "", "Réponses attendues", shown(found.replies_due), found.reply_rate
    proposed = (_FIGURES["positions_proposed"], found.positions_proposed)
    yield "Postes pourvus", "", *proposed, found.fill_rate
    yield "Postes pourvus par la plateforme", "", *proposed, found.fill_rate_through_us
