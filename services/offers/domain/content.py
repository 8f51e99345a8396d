"""What an offer says: the fields that a depositor, a partner's feed or a canvasser gives."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.offers.domain.schedule import DeclaredSchedule, flags_of
from shared.contracts.events.base import OccupationCode, Place, Point, Shift, Skill
from shared.contracts.events.offers import OccupationDoubt, Salary, ScheduleFlags
from shared.contracts.vocabulary import Caces, Card, ContractKind, FrenchLevel, Licence, OpportunityKind, ReservedPublic
from shared.domain import Entity, made_of
from shared.errors import FieldError
from shared.refusals import shaped
from shared.types import CivilDate, ClockTime, Distinct, Line, Name, Prose, Website

# A kind of opportunity whose contract can only be one thing; where several are possible the depositor says which.
_CONTRACT_OF_KIND: dict[OpportunityKind, frozenset[ContractKind]] = {
    OpportunityKind.APPRENTICESHIP: frozenset({ContractKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION}),
    OpportunityKind.TRAINING: frozenset({ContractKind.TRAINING}),
    OpportunityKind.IMMERSION: frozenset({ContractKind.IMMERSION}),
    OpportunityKind.VOLUNTEERING: frozenset({ContractKind.VOLUNTEERING}),
    OpportunityKind.IAE_POST: frozenset(
        {ContractKind.CDDI, ContractKind.CDI, ContractKind.TEMPORARY, ContractKind.CDD}
    ),
}
_CONTRACTS_SAID = {
    OpportunityKind.APPRENTICESHIP: "Une alternance est un contrat d'apprentissage ou de professionnalisation.",
    OpportunityKind.TRAINING: "Le contrat d'une formation est une formation.",
    OpportunityKind.IMMERSION: "Le contrat d'une immersion est une immersion.",
    OpportunityKind.VOLUNTEERING: "Le contrat d'un bénévolat est un bénévolat.",
    OpportunityKind.IAE_POST: "Un poste d'insertion est un CDD d'insertion, un CDD, un CDI ou un intérim.",
}
UNPAID = frozenset({OpportunityKind.IMMERSION, OpportunityKind.VOLUNTEERING, OpportunityKind.TRAINING})


# What people send is held to the known fields; what a feed was read into is taken as it is.
_WRITTEN = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class NamedSkill(Skill):
    """A skill as people write it: unknown fields are refused, texts are lines."""

    model_config = _WRITTEN

    code: Annotated[str, Line(60)]
    label: Annotated[str, Line(250)]


class WrittenShift(Shift):
    """A slot as people write it: by the clocks of the place."""

    model_config = _WRITTEN

    start: ClockTime
    end: ClockTime

    @field_validator("end", mode="before")
    @classmethod
    def _midnight(cls, value: Any) -> Any:
        """24:00 (ISO 8601) is where the day ends."""
        return "00:00" if value == "24:00" else value


_NO_HOURS_PAY = 1000
"""Euros: the bound of ``Salary``."""


class Pay(Salary):
    """Pay as people write it."""

    model_config = _WRITTEN

    text: Annotated[str | None, Line(200)] = None

    @field_validator("hourly_min", "hourly_max", mode="before")
    @classmethod
    def _of_an_hour(cls, value: Any) -> Any:
        """What no hour pays is a month's or a year's: said so, where a bound alone would say a number."""
        if isinstance(value, (int, float)) and value > _NO_HOURS_PAY:
            raise PydanticCustomError(
                "pay_of_an_hour", "Donnez le brut d'une heure : un montant mensuel ou annuel se divise par ses heures."
            )
        return value

    @model_validator(mode="after")
    def _rising(self) -> "Pay":
        if self.hourly_min is not None and self.hourly_max is not None and self.hourly_min > self.hourly_max:
            raise PydanticCustomError("pay_reversed", "Le salaire le plus bas dépasse le plus haut : inversez-les.")
        return self


class OfferFields(Entity):
    """All of an offer but its place. Durations in months, hours a week, pay in gross euros an hour."""

    kind: OpportunityKind = OpportunityKind.JOB
    title: Annotated[str, Name(200, min_length=3)]
    description: Annotated[str, Prose(10_000, blank=True)] = ""
    occupation_code: OccupationCode | None = Field(
        default=None,
        description="A form proposes it by `GET /v1/occupations`, `q` the title and `text` the description: a title alone seldom "
        "says enough. Where it is left out, what the two say is asked of the employer (`GET /v1/offers/{id}/proposals`)",
    )
    occupation_label: Annotated[str | None, Line(250)] = None
    skills: Annotated[tuple[NamedSkill, ...], Distinct(50)] = ()
    positions_total: int = Field(default=1, ge=1, le=1000)
    contract_kind: ContractKind
    duration_months: float | None = Field(default=None, ge=0, le=120)
    weekly_hours: float | None = Field(default=None, ge=0, le=60)
    shifts: Annotated[tuple[WrittenShift, ...], Distinct(50)] = ()
    declared_schedule: DeclaredSchedule | None = Field(
        default=None, description="Where no shifts are given: what the depositor knows of the schedule"
    )
    salary: Pay = Pay()
    licences: Annotated[tuple[Licence, ...], Distinct(20)] = Field(
        default=(), description="Licences that the job truly needs"
    )
    vehicle_required: bool = False
    accessible_without_car: bool = False
    french_level: FrenchLevel | None = None
    experience_months: int = Field(default=0, ge=0, le=600)
    qualification_level: int | None = Field(
        default=None,
        ge=1,
        le=8,
        description="Diploma that the job truly needs, in the national frame: 3 CAP, 4 bac, 5 bac + 2 …; absent: not stated",
    )
    diploma_or_experience: bool = Field(
        default=False, description="`qualification_level` or `experience_months` is enough; else both are needed"
    )
    cards: Annotated[tuple[Card, ...], Distinct(20)] = Field(
        default=(), description="Certificates that the job truly needs: CACES, FIMO, BAFA …"
    )
    caces: Annotated[tuple[Caces, ...], Distinct(len(Caces))] = Field(
        default=(),
        description="Which CACES the job truly needs; a recommendation alone (`R489`) is any category of it. Empty: not stated",
    )
    caces_one_is_enough: bool = Field(
        default=False, description="One of `caces` is enough («3 ou 5»); else all of them are needed"
    )
    reserved_publics: Annotated[tuple[ReservedPublic, ...], Distinct(20)] = ()
    starts_on: CivilDate | None = None
    apply_by: CivilDate | None = None
    hidden: bool = Field(default=False, description="Not deposited at France Travail")
    exclusive: bool = Field(default=False, description="Found here only")
    apply_url: Website | None = None
    legal_basis: Annotated[str | None, Line(300)] = Field(
        default=None, description="The text that imposes a condition of age or nationality, if one does"
    )

    @model_validator(mode="after")
    def _no_nonsense(self) -> "OfferFields":
        if self.vehicle_required and self.accessible_without_car:
            raise PydanticCustomError(
                "vehicle_needed",
                "Une offre qui demande un véhicule n'est pas accessible sans voiture : dites l'un ou l'autre.",
            )
        return self

    @property
    def all_cards(self) -> tuple[Card, ...]:
        """The certificates, that of ``caces`` with them."""
        return tuple(dict.fromkeys((*self.cards, *((Card.CACES,) if self.caces else ()))))

    @property
    def demands(self) -> ScheduleFlags:
        """What the hours ask of a person: derived from the shifts when there are any, else as declared or unknown."""
        if self.shifts:
            return flags_of(self.shifts)
        return (self.declared_schedule or DeclaredSchedule()).flags()


_FIELDS = tuple(OfferFields.model_fields)
_OF_TITLE = ("occupation_doubt", "occupation_also")
"""What the title says of the occupation: worked out, never written."""


class OfferContent(OfferFields):
    """The offer as people read it, with its place settled. ``occupation_doubt``: what the title says against the occupation;
    ``occupation_also``: the second one that it names.
    """

    place: Place
    occupation_doubt: OccupationDoubt | None = None
    occupation_also: str | None = None


class PlaceInput(Entity):
    """A place as it is given: a commune (INSEE code), a point, or both; the rest is looked up."""

    commune_code: str | None = Field(default=None, max_length=5, examples=["23096"])
    point: Point | None = None
    name: Annotated[str | None, Name(120)] = Field(default=None, description="Shown instead of the commune's name")
    postcode: str | None = Field(
        default=None, pattern=shaped(r"^[0-9]{5}$", "Un code postal a cinq chiffres, par exemple 23000.")
    )


class OfferInput(OfferFields):
    """The offer as a depositor writes it."""

    place: PlaceInput

    def settled(self, place: Place) -> OfferContent:
        """The content, once the place is known."""
        # These fields were held to the same rules when this was made.
        held = self.__dict__
        return made_of(
            OfferContent,
            {**{name: held[name] for name in _FIELDS}, "place": place, **dict.fromkeys(_OF_TITLE)},
        )


def as_input(content: OfferContent) -> dict[str, object]:
    """Content as the depositor would write it again: what a change is merged into."""
    fields: dict[str, object] = content.model_dump(exclude={"place", *_OF_TITLE})
    place = content.place
    fields["place"] = {
        "commune_code": place.commune_code,
        "point": place.point.model_dump() if place.point else None,
        "name": place.name,
        "postcode": place.postcode,
    }
    return fields


def contract_errors(content: OfferFields) -> list[FieldError]:
    """Where kind and contract contradict each other."""
    possible = _CONTRACT_OF_KIND.get(content.kind)
    if possible is None or content.contract_kind in possible:
        return []
    return [FieldError("contract_kind", "contract_of_kind", _CONTRACTS_SAID[content.kind])]
