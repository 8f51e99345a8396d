"""The referential of eligible publics: who the clause is for, on what evidence, and from when to when each category holds.

Clause eligibility follows the guide of the buyers' observatory (DAJ/OECP, «Commande publique et insertion»), which every
desk completes for its territory. It is another diagnosis than the one for the IAE (code du travail, L5132-3): having a
PASS IAE shows that somebody is supported by a structure, not the other way round.

A category that comes, changes or goes gets dates here; a decision keeps what held on its day.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.contracts.vocabulary import ReservedPublic
from shared.kept_enum import StoredEnum


class Category(StrEnum):
    """Codes of the national categories. A territory's own ones are written ``local:…`` (``LocalCategory``)."""

    RSA = "rsa"
    LONG_TERM_UNEMPLOYED = "long_term_unemployed"
    DISABLED_WORKER = "disabled_worker"
    UNDER_26_UNQUALIFIED = "under_26_unqualified"
    UNDER_26_GRADUATE = "under_26_graduate"
    PRIORITY_NEIGHBOURHOOD = "priority_neighbourhood"
    IAE_STRUCTURE = "iae_structure"
    ADAPTED_STRUCTURE = "adapted_structure"
    GEIQ = "geiq"
    EPIDE = "epide"
    SECOND_CHANCE_SCHOOL = "second_chance_school"
    MILITARY_SERVICE = "military_service"
    NEIGHBOURHOOD_COMPANY = "neighbourhood_company"
    ASS = "ass"
    AAH = "aah"
    INVALIDITY_PENSION = "invalidity_pension"
    REFUGEE = "refugee"
    UNDER_JUSTICE = "under_justice"
    OVER_50 = "over_50"
    REASONED_OPINION = "reasoned_opinion"


class Group(StoredEnum):
    """How somebody becomes eligible."""

    STRUCTURE = "structure"
    """Supported or employed by a recognised structure."""
    CRITERIA = "criteria"
    """The person's own situation."""
    OTHER = "other"
    OPINION = "opinion"
    """The facilitator's reasoned opinion."""


class EvidenceOf(StoredEnum):
    """Kinds of papers that show a situation. Only the kind and the date are kept."""

    CAF_STATEMENT = "caf_statement"
    REGISTRATION_HISTORY = "registration_history"
    DISABILITY_DECISION = "disability_decision"
    SCHOOL_RECORD = "school_record"
    ADDRESS_PROOF = "address_proof"
    IDENTITY_DOCUMENT = "identity_document"
    STRUCTURE_CONTRACT = "structure_contract"
    IAE_PASS = "iae_pass"
    PROGRAMME_STATEMENT = "programme_statement"
    BENEFIT_NOTICE = "benefit_notice"
    RESIDENCE_PERMIT = "residence_permit"
    JUSTICE_STATEMENT = "justice_statement"
    PRESCRIBER_SHEET = "prescriber_sheet"
    INTERVIEW = "interview"


PAPERS = {
    EvidenceOf.CAF_STATEMENT: "attestation de la CAF ou de la MSA",
    EvidenceOf.REGISTRATION_HISTORY: "historique d'inscription à France Travail",
    EvidenceOf.DISABILITY_DECISION: "décision de la MDPH",
    EvidenceOf.SCHOOL_RECORD: "attestation de scolarité ou diplôme",
    EvidenceOf.ADDRESS_PROOF: "justificatif de domicile",
    EvidenceOf.IDENTITY_DOCUMENT: "pièce d'identité",
    EvidenceOf.STRUCTURE_CONTRACT: "contrat de travail avec la structure",
    EvidenceOf.IAE_PASS: "PASS IAE",
    EvidenceOf.PROGRAMME_STATEMENT: "attestation du dispositif",
    EvidenceOf.BENEFIT_NOTICE: "notification d'allocation ou de pension",
    EvidenceOf.RESIDENCE_PERMIT: "titre de séjour",
    EvidenceOf.JUSTICE_STATEMENT: "attestation de l'administration pénitentiaire",
    EvidenceOf.PRESCRIBER_SHEET: "fiche du prescripteur",
    EvidenceOf.INTERVIEW: "entretien",
}
"""As people call them."""


@dataclass(frozen=True)
class PublicCategory:
    """A category as it holds in a period. Ages are in whole years; ``valid_until`` is its last day, None while it holds."""

    code: str
    label: str
    group: Group
    evidence: frozenset[EvidenceOf]
    valid_from: date
    valid_until: date | None = None
    under: int | None = None
    """Younger than this on the day of the decision."""
    least: int | None = None
    """At least this old."""
    opens: frozenset[ReservedPublic] = frozenset({ReservedPublic.CLAUSE})
    """The reserved publics that somebody belongs to whose situation is shown: the flags that a profile may carry."""

    def holds_on(self, day: date) -> bool:
        """Whether a decision of this day may name it."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


# The prescriber has seen the papers (France Travail, mission locale, the département's social service, Cap emploi).
_PRESCRIBED = EvidenceOf.PRESCRIBER_SHEET
_EARLIEST = date(2006, 9, 1)
"""The code des marchés publics of 2006 gave the clause its present form (then article 14)."""


def _category(
    code: Category,
    label: str,
    group: Group,
    *evidence: EvidenceOf,
    since: date = _EARLIEST,
    under: int | None = None,
    least: int | None = None,
    opens: ReservedPublic | None = None,
) -> PublicCategory:
    publics = frozenset({ReservedPublic.CLAUSE} | ({opens} if opens else set()))
    return PublicCategory(code.value, label, group, frozenset(evidence), since, under=under, least=least, opens=publics)


# Whoever the employment obligation counts is of the public of disability structures (code du travail, L5212-13). A support
# by an IAE structure shows the IAE's own diagnosis; no benefit does.
REFERENTIAL_VERSION = "2026-11"
"""Goes up whenever a category, its evidence or its dates change here."""

REFERENTIAL: tuple[PublicCategory, ...] = (
    _category(
        Category.RSA,
        "Bénéficiaire du RSA en recherche d'emploi",
        Group.CRITERIA,
        EvidenceOf.CAF_STATEMENT,
        _PRESCRIBED,
        since=date(2009, 6, 1),
    ),
    _category(
        Category.LONG_TERM_UNEMPLOYED,
        "Demandeur d'emploi de longue durée (inscrit depuis plus de 12 mois, moins de 6 mois d'activité dans les 12 derniers)",
        Group.CRITERIA,
        EvidenceOf.REGISTRATION_HISTORY,
        _PRESCRIBED,
    ),
    _category(
        Category.DISABLED_WORKER,
        "Travailleur reconnu handicapé ou autre bénéficiaire de l'obligation d'emploi",
        Group.CRITERIA,
        EvidenceOf.DISABILITY_DECISION,
        _PRESCRIBED,
        opens=ReservedPublic.DISABILITY,
    ),
    _category(
        Category.UNDER_26_UNQUALIFIED,
        "Jeune de moins de 26 ans sans qualification (inférieure au CAP ou BEP), sorti de l'école depuis 6 mois au moins",
        Group.CRITERIA,
        EvidenceOf.SCHOOL_RECORD,
        _PRESCRIBED,
        under=26,
    ),
    _category(
        Category.UNDER_26_GRADUATE,
        "Jeune diplômé de moins de 26 ans, sans activité depuis 6 mois au moins après sa sortie de l'école",
        Group.CRITERIA,
        EvidenceOf.SCHOOL_RECORD,
        EvidenceOf.REGISTRATION_HISTORY,
        _PRESCRIBED,
        under=26,
    ),
    _category(
        Category.PRIORITY_NEIGHBOURHOOD,
        "Habitant d'un quartier prioritaire, éloigné de l'emploi",
        Group.CRITERIA,
        EvidenceOf.ADDRESS_PROOF,
        _PRESCRIBED,
        since=date(2015, 1, 1),
    ),
    _category(
        Category.IAE_STRUCTURE,
        "Salarié ou suivi d'une structure d'insertion (ACI, EI, AI, ETTI)",
        Group.STRUCTURE,
        EvidenceOf.STRUCTURE_CONTRACT,
        EvidenceOf.IAE_PASS,
        opens=ReservedPublic.IAE,
    ),
    _category(
        Category.ADAPTED_STRUCTURE,
        "Salarié ou usager d'une entreprise adaptée ou d'un ESAT (EA, EATT, ESAT)",
        Group.STRUCTURE,
        EvidenceOf.STRUCTURE_CONTRACT,
        opens=ReservedPublic.DISABILITY,
    ),
    _category(Category.GEIQ, "Salarié d'un GEIQ", Group.STRUCTURE, EvidenceOf.STRUCTURE_CONTRACT),
    _category(Category.EPIDE, "Volontaire de l'EPIDE", Group.STRUCTURE, EvidenceOf.PROGRAMME_STATEMENT),
    _category(
        Category.SECOND_CHANCE_SCHOOL,
        "Stagiaire d'une école de la deuxième chance",
        Group.STRUCTURE,
        EvidenceOf.PROGRAMME_STATEMENT,
    ),
    _category(
        Category.MILITARY_SERVICE,
        "Volontaire du service militaire adapté ou volontaire (SMA, SMV)",
        Group.STRUCTURE,
        EvidenceOf.PROGRAMME_STATEMENT,
    ),
    _category(
        Category.NEIGHBOURHOOD_COMPANY,
        "Salarié d'une régie de quartier ou de territoire",
        Group.STRUCTURE,
        EvidenceOf.STRUCTURE_CONTRACT,
    ),
    _category(
        Category.ASS,
        "Allocataire de l'allocation de solidarité spécifique",
        Group.OTHER,
        EvidenceOf.BENEFIT_NOTICE,
        _PRESCRIBED,
    ),
    _category(
        Category.AAH,
        "Allocataire de l'allocation aux adultes handicapés",
        Group.OTHER,
        EvidenceOf.BENEFIT_NOTICE,
        _PRESCRIBED,
        opens=ReservedPublic.DISABILITY,
    ),
    _category(
        Category.INVALIDITY_PENSION,
        "Titulaire d'une pension d'invalidité",
        Group.OTHER,
        EvidenceOf.BENEFIT_NOTICE,
        _PRESCRIBED,
        opens=ReservedPublic.DISABILITY,
    ),
    _category(
        Category.REFUGEE,
        "Réfugié ou bénéficiaire de la protection subsidiaire",
        Group.OTHER,
        EvidenceOf.RESIDENCE_PERMIT,
        _PRESCRIBED,
    ),
    _category(
        Category.UNDER_JUSTICE,
        "Personne sous main de justice",
        Group.OTHER,
        EvidenceOf.JUSTICE_STATEMENT,
        _PRESCRIBED,
    ),
    _category(
        Category.OVER_50,
        "Demandeur d'emploi de plus de 50 ans",
        Group.OTHER,
        EvidenceOf.IDENTITY_DOCUMENT,
        EvidenceOf.REGISTRATION_HISTORY,
        _PRESCRIBED,
        least=50,
    ),
    _category(
        Category.REASONED_OPINION,
        "Sur avis motivé du facilitateur",
        Group.OPINION,
        EvidenceOf.INTERVIEW,
        _PRESCRIBED,
    ),
)


def categories_on(day: date) -> tuple[PublicCategory, ...]:
    """The national categories that hold on a day."""
    return tuple(one for one in REFERENTIAL if one.holds_on(day))


def category_on(code: str, day: date) -> PublicCategory | None:
    """A national category, where it holds on that day."""
    return next((one for one in REFERENTIAL if one.code == code and one.holds_on(day)), None)


class Diagnosis(StrEnum):
    """What somebody is eligible for as it was decided elsewhere (a facilitator, a prescriber): the cause is not kept."""

    CLAUSE = "clause_diagnosis"
    IAE = "iae_diagnosis"
    DISABILITY = "disability_diagnosis"

    @property
    def opens(self) -> ReservedPublic:
        """The reserved public that it is for."""
        return ReservedPublic(self.value.removesuffix("_diagnosis"))


DIAGNOSES = {
    Diagnosis.CLAUSE: "Éligible aux clauses sociales, selon une décision prise ailleurs",
    Diagnosis.IAE: "Éligible à l'insertion par l'activité économique, selon le diagnostic d'un prescripteur",
    Diagnosis.DISABILITY: "Relève des structures du handicap, selon une décision prise ailleurs",
}
