"""Dated decisions of eligibility: which categories, on what evidence, by whom, and for which hours they hold.

A decision is never changed: the next one stands beside it, and one that was wrong is withdrawn with a reason. It keeps the
labels and the version of the referential of its day, so that a later referential rewrites nothing.

How long hours count: from the first hire on a clause, 24 months; under a CDI for the rest of the contract, at most 4 years.
Both are parameters of the contract.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple, Self

from pydantic import Field

from services.clauses.domain.amounts import first_day, last_day, months_after
from services.clauses.domain.errors import DecisionWithdrawn, EligibilityRefused, NotEligible
from services.clauses.domain.ledger import Author, EmploymentKind
from services.clauses.domain.person import PersonTerms
from shared.ages import YOUNGEST, possible_ages
from shared.domain import Aggregate, Entity, Value
from shared.errors import FieldError, refused, refused_field
from shared.kept_enum import StoredEnum
from shared.reference.publics import PAPERS, REFERENTIAL_VERSION, EvidenceOf, Group, PublicCategory
from shared.refusals import shaped
from shared.types import CivilDate, Distinct, Identifier, Line, Prose

LONGEST_AHEAD_YEARS = 5
"""No decision reaches further than a CDI's four years and the year in which it begins."""
CategoryCode = Annotated[
    str,
    Field(
        pattern=shaped(
            r"^(local:)?[a-z0-9_]{2,60}$", "Un code de cette liste est attendu : des minuscules, des chiffres et _."
        )
    ),
]


class EvidenceSeen(Entity):
    """A paper that somebody looked at: its kind and its date, never what stands in it."""

    kind: EvidenceOf
    dated: CivilDate


class EligibilityGiven(Entity):
    """A decision as a facilitator takes it."""

    categories: Annotated[tuple[CategoryCode, ...], Distinct(20)] = Field(
        min_length=1, description="Codes of GET /v1/eligibility-categories that hold on the day of the decision"
    )
    evidence: tuple[EvidenceSeen, ...] = Field(min_length=1, max_length=20)
    valid_from: CivilDate | None = Field(
        default=None, description="Absent: the day of the decision. Earlier when the situation was shown to be older"
    )
    valid_until: CivilDate | None = Field(
        default=None, description="Last day, where the paper says one; absent: as long as the contract's rules say"
    )
    opinion: Annotated[str | None, Prose(1_000, min_length=10)] = Field(
        default=None, description="The facilitator's reasons; asked for with reasoned_opinion"
    )


class CategoryKept(Entity):
    """A category as it was called on the day of the decision."""

    code: str
    label: str
    group: Group


class Eligibility(Aggregate):
    """A decision that a participant belongs to the clause's publics."""

    participant_id: str
    categories: tuple[CategoryKept, ...]
    referential: str
    evidence: tuple[EvidenceSeen, ...]
    decided_on: date
    valid_from: date
    valid_until: date | None = None
    opinion: str | None = None
    decided_by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    reason: str | None = None

    @classmethod
    def decide(
        cls,
        id: str,
        territory: str,
        participant_id: str,
        given: EligibilityGiven,
        person: PersonTerms,
        referential: Iterable[PublicCategory],
        author: Author,
        today: date,
    ) -> Self:
        """A decision of today.

        Raises:
            EligibilityRefused: naming each field: a category that does not hold, that no evidence shows or that the
                person's age excludes; evidence of the future; dates in the wrong order; an opinion that is missing.
        """
        known = {one.code: one for one in referential if one.holds_on(today)}
        errors = [*_categories(given, known, person, today), *_dates(given, person, today)]
        if errors:
            raise refused(EligibilityRefused, errors)
        made = cls(
            id=id,
            territory=territory,
            created_at=author.at,
            updated_at=author.at,
            participant_id=participant_id,
            categories=tuple(
                CategoryKept(code=code, label=known[code].label, group=known[code].group) for code in given.categories
            ),
            referential=REFERENTIAL_VERSION,
            evidence=given.evidence,
            decided_on=today,
            valid_from=given.valid_from or today,
            valid_until=given.valid_until,
            opinion=given.opinion,
            decided_by=author.user_id,
        )
        made.touch(author.at)
        return made

    def withdraw(self, reason: str, author: Author) -> None:
        """It was wrong: hours declared from now on do not lean on it. What was validated stays, until somebody corrects it.

        Raises:
            DecisionWithdrawn: it was withdrawn before.
        """
        if self.withdrawn_at is not None:
            raise DecisionWithdrawn("Cette décision a déjà été retirée.", state="withdrawn", allowed=[])
        self.withdrawn_at, self.withdrawn_by, self.reason = author.at, author.user_id, reason
        self.touch(author.at)

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return self.withdrawn_at is None


class EligibilityRule(StoredEnum):
    """How a contract asks for eligibility."""

    EACH_MONTH = "each_month"
    """Each month of hours lies within a decision's validity."""
    BEFORE_HIRE = "before_hire"
    """Also, the decision was taken on the day of the hire or before."""
    UNCHECKED = "unchecked"
    """The desk checks on paper: contracts that were recorded before there were decisions here."""


class Validity(Value):
    """Months for which hours count after the first hire on a clause."""

    months: Annotated[int, Field(ge=1, le=120)] = 24
    cdi_months: Annotated[int, Field(ge=1, le=120)] = Field(
        default=48, description="Under a CDI: the rest of the contract, at most this long"
    )


class Hired(NamedTuple):
    """What the checks need of an employment: when the person was first hired on a clause, and when under what this time."""

    first_hired_on: date
    kind: EmploymentKind
    hired_on: date


def check_eligible(
    decisions: Sequence[Eligibility], month: str, rule: EligibilityRule, validity: Validity, hired: Hired
) -> Eligibility | None:
    """The decision that covers a part of the month, as the contract's rule and validity say; None where nothing is checked.

    Raises:
        NotEligible: its rule says which condition none of the decisions meets.
    """
    if rule is EligibilityRule.UNCHECKED:
        return None
    standing = [one for one in decisions if one.stands]
    if not standing:
        raise _not_eligible("no-decision", "Aucune décision d'éligibilité n'est enregistrée pour cette personne.")
    begun = [one for one in standing if one.valid_from <= last_day(month)]
    if not begun:
        since = min(one.valid_from for one in standing)
        raise _not_eligible("not-yet", f"Cette personne est éligible à partir du {since:%d/%m/%Y}.")
    current = [one for one in begun if first_day(month) <= last_eligible_day(one, validity, hired)]
    if not current:
        until = max(last_eligible_day(one, validity, hired) for one in begun)
        raise _not_eligible("ended", f"L'éligibilité de cette personne a pris fin le {until:%d/%m/%Y}.")
    if rule is EligibilityRule.EACH_MONTH:
        return current[-1]
    # A decision that prolongs one under which the person was hired need not be older than the hire.
    held = [one for one in standing if one.valid_from <= hired.hired_on <= last_eligible_day(one, validity, hired)]
    if not any(one.decided_on <= hired.hired_on for one in (*held, *current)):
        first = min(one.decided_on for one in current)
        message = f"Ce marché demande l'accord avant l'embauche : embauche le {hired.hired_on:%d/%m/%Y}, décision le"
        raise _not_eligible("after-hire", f"{message} {first:%d/%m/%Y}.")
    return current[-1]


def last_eligible_day(decision: Eligibility, validity: Validity, hired: Hired) -> date:
    """The last day on which hours count on this decision: its own end, else counted from the first hire on a clause.

    Twenty-four months from the 1st of January end on the 31st of December, as those of a PASS IAE do. A decision taken for
    days after such a period opens another, from its own first day: else whoever was hired once would never be eligible again.
    A CDI counts for longer where it was signed within the months; signed after them it is of somebody no more eligible.
    """
    if decision.valid_until is not None:
        return decision.valid_until
    begun = hired.first_hired_on
    if months_after(begun, validity.months) <= decision.valid_from:
        begun = decision.valid_from
    last = months_after(begun, validity.months) - timedelta(days=1)
    if hired.kind is EmploymentKind.CDI and hired.hired_on <= last:
        return months_after(begun, validity.cdi_months) - timedelta(days=1)
    return last


def _not_eligible(rule: str, message: str) -> NotEligible:
    return refused_field(NotEligible, "participant_id", rule, message)


def _categories(
    given: EligibilityGiven, known: dict[str, PublicCategory], person: PersonTerms, today: date
) -> Iterable[FieldError]:
    seen = {paper.kind for paper in given.evidence}
    for index, code in enumerate(given.categories):
        field = f"categories.{index}"
        category = known.get(code)
        if category is None:
            yield FieldError(field, "unknown-category", "Cette catégorie n'est pas, ou plus, au référentiel.")
            continue
        if not seen & category.evidence:
            accepted = ", ".join(PAPERS[kind] for kind in EvidenceOf if kind in category.evidence)
            yield FieldError(field, "no-evidence", f"Aucun justificatif ne montre «{category.label}» : {accepted}.")
        yield from _age(field, category, person, today)
        if (given.valid_from or today) < category.valid_from:
            message = f"«{category.label}» ouvre droit depuis le {category.valid_from:%d/%m/%Y} : pas avant."
            yield FieldError("valid_from", "before-category", message)
        if category.group is Group.OPINION and given.opinion is None:
            yield FieldError("opinion", "required", "Un avis motivé se donne avec ses raisons.")


def _age(field: str, category: PublicCategory, person: PersonTerms, today: date) -> Iterable[FieldError]:
    year = person.birth_year
    if category.under is None and category.least is None:
        return
    if year is None:
        message = f"«{category.label}» demande l'année de naissance de la personne."
        yield FieldError(field, "birth-year-missing", message)
        return
    # Of a year only the two possible ages are known; the paper decides between them.
    least, most = possible_ages(today, None, year) or (0, 0)
    if category.under is not None and least >= category.under:
        yield FieldError(field, "too-old", f"Née en {year}, cette personne n'a plus moins de {category.under} ans.")
    if category.least is not None and most < category.least:
        yield FieldError(field, "too-young", f"Née en {year}, cette personne n'a pas {category.least} ans.")


def _dates(given: EligibilityGiven, person: PersonTerms, today: date) -> Iterable[FieldError]:
    born = person.birth_year
    for index, paper in enumerate(given.evidence):
        if paper.dated > today:
            yield FieldError(f"evidence.{index}.dated", "in-the-future", "Ce justificatif n'existe pas encore.")
        elif born is not None and paper.dated.year < born:
            message = f"Née en {born}, cette personne ne peut pas avoir un justificatif d'avant."
            yield FieldError(f"evidence.{index}.dated", "before-birth", message)
    start = given.valid_from or today
    if born is not None and start.year < born + YOUNGEST:
        message = f"Née en {born}, cette personne n'avait pas {YOUNGEST} ans."
        yield FieldError("valid_from", "too-young", message)
    if start > today:
        yield FieldError("valid_from", "in-the-future", "Une décision vaut à partir d'aujourd'hui ou d'avant.")
    if given.valid_until is not None:
        if given.valid_until < start:
            yield FieldError("valid_until", "before-start", "La fin précède le début.")
        elif given.valid_until.year - today.year > LONGEST_AHEAD_YEARS:
            message = f"Une décision vaut {LONGEST_AHEAD_YEARS} ans au plus."
            yield FieldError("valid_until", "too-long", message)


class LocalCategoryGiven(Entity):
    """A category that a territory adds to the national ones: a territory's own programme or public."""

    code: Annotated[
        str,
        Field(
            pattern=shaped(
                r"^local:[a-z0-9_]{2,54}$", "Un code local s'écrit local:, puis des minuscules, des chiffres et _."
            )
        ),
    ]
    label: Annotated[str, Line(200, min_length=3)]
    evidence: Annotated[tuple[EvidenceOf, ...], Distinct(len(EvidenceOf))] = Field(min_length=1)
    valid_from: CivilDate
    valid_until: CivilDate | None = None


class LocalCategory(Aggregate):
    """A category of one territory. Decisions keep its label, so ending it changes no decision."""

    code: Identifier
    label: str
    evidence: tuple[EvidenceOf, ...]
    valid_from: date
    valid_until: date | None = None
    added_by: str

    @classmethod
    def add(cls, territory: str, given: LocalCategoryGiven, author: Author) -> Self:
        """A new one.

        Raises:
            EligibilityRefused: it ends before it begins.
        """
        if given.valid_until is not None and given.valid_until < given.valid_from:
            raise refused_field(EligibilityRefused, "valid_until", "before-start", "La fin précède le début.")
        made = cls(
            id=f"{territory}|{given.code}",
            territory=territory,
            created_at=author.at,
            updated_at=author.at,
            **dict(given),
            added_by=author.user_id,
        )
        made.touch(author.at)
        return made

    def end(self, on: date, author: Author) -> None:
        """Decisions after this day cannot name it.

        Raises:
            EligibilityRefused: it would end before it began.
        """
        if on < self.valid_from:
            raise refused_field(EligibilityRefused, "valid_until", "before-start", "La fin précède le début.")
        self.valid_until = on
        self.touch(author.at)

    @property
    def category(self) -> PublicCategory:
        """As the national ones are."""
        return PublicCategory(
            self.code, self.label, Group.OTHER, frozenset(self.evidence), self.valid_from, self.valid_until
        )
