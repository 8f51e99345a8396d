"""A participant as a desk keeps them: what its reports count by, and nothing that names anybody.

``participant_id`` is the one of the ledger: the desk's own reference, or with the person's consent the id of their profile.
A reference means nothing in another territory, so there is one record per desk and participant.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from services.clauses.domain.amounts import CommuneCode
from services.clauses.domain.errors import ConsentRequired, PersonRefused
from services.clauses.domain.ledger import Author
from services.clauses.domain.reference import ParticipantId, is_profile
from shared.domain import Aggregate, Entity
from shared.errors import refused_field
from shared.types import CivilDate, Line

YOUNGEST = 16
"""Code du travail, L4153-1: nobody works before sixteen but in ways that no clause counts."""


class Sex(StrEnum):
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
            PersonRefused: a year of birth that nobody who works can have.
        """
        consent = given.consented_on
        if is_profile(given.participant_id) and (consent is None or consent > today):
            message = "Un profil est rattaché avec l'accord de la personne : indiquez sa date."
            raise refused_field(ConsentRequired, "consented_on", "consent-required", message)
        terms = PersonTerms(**{name: getattr(given, name) for name in PersonTerms.model_fields})
        check_birth_year(terms, today)
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
            PersonRefused: a year of birth that nobody who works can have.
        """
        check_birth_year(terms, today)
        if terms == self.terms:
            return False
        self.terms = terms
        self.touch(author.at)
        return True

    def belongs_to(self, categories: Iterable[str], author: Author) -> None:
        """What the decisions that stand say together."""
        self.categories = tuple(sorted(set(categories)))
        self.touch(author.at)


def check_birth_year(terms: PersonTerms, today: date) -> None:
    """Raises PersonRefused for a year of birth that makes the person younger than 16 or older than 100."""
    year = terms.birth_year
    if year is not None and not today.year - 100 <= year <= today.year - YOUNGEST:
        message = f"Une personne qui travaille a de {YOUNGEST} à 100 ans : vérifiez l'année de naissance."
        raise refused_field(PersonRefused, "birth_year", "implausible", message)
