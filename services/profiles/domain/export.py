"""Everything about somebody, asked of all services at once: who asked, who has answered, when it is ready and until when."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from services.profiles.domain.consent import Heard
from services.profiles.domain.errors import ExportNotReady
from services.profiles.domain.profile import Profile
from shared.auth import Role
from shared.contracts.topics import HOLDERS
from shared.domain import Aggregate

OTHERS = HOLDERS
"""Services that are asked."""
WAITED_FOR = timedelta(days=7)
"""As long as the question stays in its topic: afterwards nobody can answer it any more."""
KEPT_FOR = timedelta(days=7)
"""From being ready on: time to fetch it, no store of everybody's data beside the services."""
A_DAY = 3
"""Exports that somebody may begin in a day: each makes every service read all that it keeps of them."""


class ExportState(StrEnum):
    """``collecting``: services are answering; ``late``: one has not in its time, and is still waited for; ``ready``;
    ``expired``: nothing of it is left here.
    """

    COLLECTING = "collecting"
    LATE = "late"
    READY = "ready"
    EXPIRED = "expired"


class Export(Aggregate):
    """One request. ``id`` is its own; the private key opens what the services seal, and goes when it is done with."""

    profile_id: str
    acted_by: str
    role: Role
    on_behalf_of: str | None = None
    heard: Heard | None = None
    public_key: str
    private_key: str | None
    arrived: dict[str, datetime] = Field(default_factory=dict)
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    expires_at: datetime
    size: int | None = None
    sha256: str | None = None
    running: str | None = None
    """The profile's id while it is not over: one at a time for each person."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Services that have not answered."""
        return tuple(name for name in OTHERS if name not in self.arrived)

    def state(self, now: datetime, patience: timedelta) -> ExportState:
        """How far it is at ``now``."""
        if self.ended_at is not None or now >= self.expires_at:
            return ExportState.EXPIRED
        if self.ready_at is not None:
            return ExportState.READY
        if self.missing and now >= self.created_at + patience:
            return ExportState.LATE
        return ExportState.COLLECTING

    def arrive(self, service: str, now: datetime) -> bool:
        """A service's part is whole. False when it was before, or is no longer wanted."""
        if self.ended_at is not None or self.ready_at is not None or service not in self.missing:
            return False
        self.arrived = {**self.arrived, service: now}
        self.touch(now)
        return True

    def finish(self, size: int, sha256: str, now: datetime) -> None:
        """The archive is there. What was sealed for it can be opened no more."""
        self.ready_at, self.size, self.sha256 = now, size, sha256
        self.expires_at = now + KEPT_FOR
        self.private_key = self.running = None
        self.touch(now)

    def end(self, now: datetime) -> None:
        """Nothing of it is kept but that it was asked."""
        self.ended_at = now
        self.private_key = self.running = None
        self.touch(now)

    def must_be_ready(self, now: datetime) -> None:
        """Raises ExportNotReady: there is nothing to fetch yet, or not any more; ``missing`` names who has not answered."""
        if self.ended_at is not None or now >= self.expires_at:
            raise ExportNotReady("Cet export a expiré : demandez-en un nouveau.", missing=[])
        if self.ready_at is None:
            raise ExportNotReady(
                "Cet export n'est pas encore complet." + _waits_for(self.missing), missing=list(self.missing)
            )


def told_when_ready(export: Export, profile: Profile) -> tuple[str, ...]:
    """Who is told that it can be fetched: the person; whoever asked for them and still accompanies them, instead of somebody
    whom no e-mail reaches, and beside somebody who has no account to fetch it with.
    """
    asker = export.acted_by if export.on_behalf_of is not None else None
    if asker is None or asker not in profile.counsellor_ids:
        return (profile.id,)
    if not profile.reached_by_mail:
        return (asker,)
    return (profile.id,) if profile.owner_id is not None else (profile.id, asker)


SAID = {
    "offers": "offres et candidatures",
    "matching": "recommandations",
    "notifications": "messages",
    "clauses": "clauses sociales",
    "profiles": "profil",
}
"""What people call what a service keeps."""


def _waits_for(missing: tuple[str, ...]) -> str:
    return f" Il manque : {', '.join(SAID[name] for name in missing)}." if missing else ""


def sentence(export: Export, state: ExportState) -> str:
    """What the person is told of it."""
    if state is ExportState.READY:
        return "Votre export est prêt."
    if state is ExportState.EXPIRED:
        return "Cet export a expiré : demandez-en un nouveau."
    if state is ExportState.LATE:
        return f"L'export prend plus de temps que prévu.{_waits_for(export.missing)} Il se complétera de lui-même."
    return f"L'export se prépare.{_waits_for(export.missing)}"
