"""Settings of the offers service, read from ``BASSIN_*`` variables."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from services.offers.domain.application_rules import ApplicationPolicy
from services.offers.domain.life import LifePolicy
from shared.invitations.settings import InvitingSettings


class OffersSettings(InvitingSettings):
    """Days and limits are the territory's choice; the defaults are Job 23's."""

    confirm_days: int = Field(
        default=15, ge=2, le=90, description="An offer that nobody confirms for so many days is suspended"
    )
    reminder_days: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(11, 14), description="Days after a confirmation at which the next is asked for, by commas"
    )
    archive_days: int = Field(default=60, ge=3, le=730, description="Days without confirmation until it is archived")
    application_reminder_days: int = Field(
        default=15, ge=1, le=90, description="An employer who has not answered an application is reminded after these"
    )
    no_answer_days: int = Field(
        default=60, ge=2, le=365, description="An application without an answer for so long is closed as unanswered"
    )
    hire_proposal_days: int = Field(
        default=7, ge=1, le=60, description="A hire that only a counsellor told of counts after so many days"
    )
    applications_per_day: int = Field(default=20, ge=1, le=1000, description="Most applications of one person a day")
    invitations_per_day: int = Field(default=30, ge=1, le=1000, description="Most invitations to one offer a day")
    agenda_reminder_days: int = Field(
        default=2, ge=1, le=14, description="Who is registered for an event is reminded so many days before"
    )
    canvassing_days: int = Field(
        default=1_095,
        ge=30,
        le=3_650,
        description=(
            "Notes of canvassing are erased after so many days (with a day to call back, so many after it, at most twice as "
            "many), and contact persons of an employer that is silent"
        ),
    )
    atelier_lead_hours: int = Field(
        default=24, ge=0, le=24 * 14, description="Nobody is positioned on an Atelier sooner"
    )
    life_job_seconds: float = Field(
        default=60.0, gt=0, le=86_400, description="How often reminders, suspensions and closings that are due are done"
    )
    import_max_bytes: int = Field(
        default=64_000_000, ge=1_000, description="Largest file of an import; unpacked it may be twice as large"
    )
    import_max_rows: int = Field(default=50_000, ge=1, description="Most offers of one import")
    alert_minutes: float = Field(
        default=10.0, gt=0, le=1_440, description="Immediate alerts of a saved search come at most this often"
    )
    duplicate_likeness: float = Field(
        default=92.0, ge=50, le=100, description="Titles of one employer this alike (100: the same) are one offer twice"
    )

    @field_validator("reminder_days", mode="before")
    @classmethod
    def _days(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        days = [day.strip() for day in value.split(",") if day.strip()]
        if not all(day.isascii() and day.isdigit() for day in days):
            raise ValueError("they are days by commas, such as 11,14")
        return tuple(map(int, days))

    @property
    def links(self) -> dict[str, str]:
        """Invitations, confirmations, feeds and calendars lead here."""
        return {"BASSIN_PUBLIC_URL": self.public_url, **self.offer_pages, **super().links}

    @property
    def life_policy(self) -> LifePolicy:
        """Days of an offer's life."""
        return LifePolicy(self.confirm_days, self.reminder_days, self.archive_days)

    @property
    def application_policy(self) -> ApplicationPolicy:
        """Days and limits of applications."""
        return ApplicationPolicy(
            reminder_days=self.application_reminder_days,
            no_answer_days=self.no_answer_days,
            per_person_a_day=self.applications_per_day,
            invitations_per_offer_a_day=self.invitations_per_day,
            hire_proposal=timedelta(days=self.hire_proposal_days),
        )
