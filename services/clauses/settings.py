"""Settings of the clauses service, read from ``BASSIN_*`` variables."""

from decimal import Decimal

from pydantic import Field

from services.clauses.domain.terms import Parameters
from shared.invitations.settings import InvitingSettings


class ClausesSettings(InvitingSettings):
    """Defaults of new contracts; each contract keeps its own values afterwards."""

    monthly_limit_hours: Decimal = Field(
        default=Decimal("220.00"), gt=0, le=744, decimal_places=2, description="Most hours of one person in one month"
    )
    fte_hours: Decimal = Field(
        default=Decimal("1607.00"), gt=0, le=3000, decimal_places=2, description="Hours of a full-time year"
    )
    clauses_public_url: str = Field(
        default="http://localhost:8005", description="Where people reach the clauses service"
    )
    end_job_seconds: float = Field(
        default=3600.0, gt=0, le=86_400, description="How often contracts whose last day has passed are looked for"
    )
    alert_job_seconds: float = Field(
        default=21_600.0, gt=0, le=86_400, description="How often it is looked for what there is to tell of contracts"
    )

    @property
    def links(self) -> dict[str, str]:
        """Invitations lead here."""
        return {"BASSIN_CLAUSES_PUBLIC_URL": self.clauses_public_url, **super().links}

    @property
    def parameters(self) -> Parameters:
        """Parameters of a contract that names none."""
        return Parameters(monthly_limit_hours=self.monthly_limit_hours, fte_hours=self.fte_hours)
