"""A participant as a desk keeps them: what its reports count by, and nothing that names anybody.

``participant_id`` is the one of the ledger: the desk's own reference, or with the person's consent the id of their profile.
A reference means nothing in another territory, so there is one record per desk and participant.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import Field

from services.clauses.domain.amounts import CommuneCode
from services.clauses.domain.errors import ConsentRequired, PersonRefused
from services.clauses.domain.ledger import Author
from services.clauses.domain.reference import ParticipantId, is_profile
from shared.ages import Standing, age_errors, standing_on
from shared.domain import Aggregate, Entity
from shared.errors import FieldError, refused, refused_field
from shared.kept_enum import StoredEnum
from shared.types import CivilDate, Line


class Sex(StoredEnum):
    """As the reports count; unstated is counted as such, never guessed."""

    FEMALE = "female"
    MALE = "male"
    UNSTATED = "unstated"


class PersonTerms(Entity):
    """What a desk says of a participant."""

    sex: Sex = Sex.UNSTATED
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = Field(
        default=None, description="The year is enough for age bands and for the categories with an age"
    )
    guardian_consent_on: CivilDate | None = Field(
        default=None,
        description="When a parent or guardian agreed; asked for as long as the year leaves open whether the person is 18",
    )
    commune_code: CommuneCode | None = Field(
        default=None, description="INSEE code of the commune where the person lives"
    )
    prescriber: Annotated[str | None, Line(200)] = Field(
        default=None, description="Structure that proposed the person: France Travail, mission locale …"
    )


class PersonGiven(PersonTerms):
    """A new participant of a desk."""

    participant_id: ParticipantId = Field(description="The desk's own reference, or a profile id; no name or number")
    consented_on: CivilDate | None = Field(
        default=None, description="When the person agreed that their profile is kept here; asked for with a profile id"
    )


class Person(Aggregate):
    """A participant's record at one desk; its id says nothing of whom it is.

    What they worked and what was decided of them stands elsewhere.
    """

    participant_id: str
    terms: PersonTerms
    consented_on: date | None = None
    categories: tuple[str, ...] = ()
    """Codes of all decisions that stand: what reports count by."""
    recorded_by: str

    @classmethod
    def enter(cls, id: str, territory: str, given: PersonGiven, author: Author, today: date) -> Self:
        """A new record.

        Raises:
            ConsentRequired: a profile is kept with the person's consent, given today or before.
            PersonRefused: a year of birth that nobody who works can have, or that asks for a guardian's consent.
        """
        consent = given.consented_on
        if is_profile(given.participant_id) and (consent is None or consent > today):
            message = "Un profil est rattaché avec l'accord de la personne : indiquez sa date."
            raise refused_field(ConsentRequired, "consented_on", "consent-required", message)
        terms = PersonTerms(**{name: getattr(given, name) for name in PersonTerms.model_fields})
        check_age(terms, today)
        made = cls(
            id=id,
            territory=territory,
            created_at=author.at,
            updated_at=author.at,
            participant_id=given.participant_id,
            terms=terms,
            consented_on=consent,
            recorded_by=author.user_id,
        )
        made.touch(author.at)
        return made

    def revise(self, terms: PersonTerms, author: Author, today: date) -> bool:
        """New facts; False when nothing is different.

        Raises:
            PersonRefused: a year of birth that nobody who works can have, or that asks for a guardian's consent.
        """
        check_age(terms, today)
        if terms == self.terms:
            return False
        self.terms = terms
        self.touch(author.at)
        return True

    def belongs_to(self, categories: Iterable[str], author: Author) -> None:
        """What the decisions that stand say together."""
        self.categories = tuple(sorted(set(categories)))
        self.touch(author.at)


def check_age(terms: PersonTerms, today: date) -> None:
    """The rule of ``shared.ages``, by the year that a desk knows.

    Raises:
        PersonRefused: younger than 16, older than anybody who works, or perhaps a minor and nobody agreed.
    """
    errors = [*age_errors(today, None, terms.birth_year)]
    consent = terms.guardian_consent_on
    if consent is not None and consent > today:
        errors.append(FieldError("guardian_consent_on", "in-the-future", "Cet accord n'est pas encore donné."))
    if consent is None and standing_on(today, None, terms.birth_year) is Standing.UNPROVEN:
        message = "Avant 18 ans, il faut l'accord d'un parent ou d'un tuteur : indiquez sa date."
        errors.append(FieldError("guardian_consent_on", "guardian-consent", message))
    if errors:
        raise refused(PersonRefused, errors)
