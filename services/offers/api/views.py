"""What offers answers: one shape for the public, one more detailed for the employer and managers."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.offers.domain.content import OfferContent
from services.offers.domain.life import Reason
from services.offers.domain.lifetime import LifeEntry
from services.offers.domain.linter import Finding, Report
from services.offers.domain.offer import Offer
from services.offers.domain.schedule import DeclaredSchedule
from shared import civil
from shared.contracts.events.base import Place
from shared.contracts.events.offers import OfferCompany
from shared.contracts.vocabulary import OfferSource, OfferStatus
from shared.domain import made_of
from shared.http import Version


class OfferView(OfferContent):
    """A published offer as everybody sees it."""

    id: str
    territory: str
    version: Version
    status: OfferStatus
    company: OfferCompany
    source: OfferSource
    place: Place
    positions_open: int
    schedule: DeclaredSchedule = Field(
        description="What the hours ask of a person: derived from the shifts, else as declared; null: nobody said it"
    )
    published_at: datetime | None
    confirmed_at: datetime | None
    confirmed_on: date | None = Field(description="Day of the employer's last confirmation, where the job is")
    canonical_offer_id: str | None
    outcome: str | None

    @classmethod
    def fields_of(cls, offer: Offer) -> dict[str, Any]:
        """Values of the public fields."""
        confirmed = offer.confirmed_at
        return {
            **vars(offer.content),
            "id": offer.id,
            "territory": offer.territory,
            "version": offer.version,
            "status": offer.status,
            "company": offer.company,
            "source": offer.source,
            "positions_open": offer.positions_open,
            "schedule": DeclaredSchedule.of(offer.content.demands),
            "published_at": offer.published_at,
            "confirmed_at": confirmed,
            "confirmed_on": civil.today(offer.locality, confirmed) if confirmed else None,
            "canonical_offer_id": offer.canonical_offer_id,
            "outcome": offer.outcome.value if offer.outcome else None,
        }

    @classmethod
    def of(cls, offer: Offer) -> "OfferView":
        """The public view."""
        # What the domain has validated is not validated again to be shown.
        return made_of(cls, cls.fields_of(offer))


class LintFinding(BaseModel):
    """Words that a rule objects to, with a proposal."""

    rule: str
    field: str
    words: str
    start: int = Field(description="Offset of the words in the field")
    end: int
    message: str
    proposal: str
    law: str

    @classmethod
    def of(cls, finding: Finding) -> "LintFinding":
        return made_of(cls, dict(vars(finding)))


class LintView(BaseModel):
    """What the linter says: refusals keep the offer from being published, warnings do not."""

    refusals: list[LintFinding]
    warnings: list[LintFinding]

    @classmethod
    def of(cls, report: Report) -> "LintView":
        return cls(
            refusals=[LintFinding.of(finding) for finding in report.refusals],
            warnings=[LintFinding.of(finding) for finding in report.warnings],
        )


class OfferOwnView(OfferView):
    """An offer as its employer and managers see it."""

    deposited_by: str
    partner: str | None
    external_id: str | None
    positions_filled: int
    positions_filled_through_us: int
    confirm_by: datetime | None
    reminders_sent: tuple[int, ...]
    suspended_because: Reason | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime
    history: tuple[LifeEntry, ...]
    warnings: tuple[LintFinding, ...] = ()

    @classmethod
    def own(cls, offer: Offer, report: Report | None = None) -> "OfferOwnView":
        """The detailed view, with the linter's warnings where they were asked for."""
        return made_of(
            cls,
            {
                **cls.fields_of(offer),
                "deposited_by": offer.deposited_by,
                "partner": offer.feed.partner if offer.feed else None,
                "external_id": offer.feed.external_id if offer.feed else None,
                "positions_filled": offer.positions_filled,
                "positions_filled_through_us": offer.positions_filled_through_us,
                "confirm_by": offer.confirm_by,
                "reminders_sent": offer.reminders_sent,
                "suspended_because": offer.suspended_because,
                "ended_at": offer.ended_at,
                "created_at": offer.created_at,
                "updated_at": offer.updated_at,
                "history": offer.history,
                "warnings": tuple(LintFinding.of(finding) for finding in report.warnings) if report else (),
            },
        )
