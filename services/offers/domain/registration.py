"""A registration: one person's place in one session, and what became of it."""

from datetime import datetime

from shared.domain import Entity
from shared.kept_enum import StoredEnum


class RegistrationStatus(StoredEnum):
    """Life of a registration."""

    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class NoShowReason(StoredEnum):
    """Why somebody did not come: functional, never the private reason behind it."""

    TRANSPORT = "transport"
    SCHEDULE = "schedule"
    FORGOT = "forgot"
    WORKING = "working"
    EXCUSED = "excused"
    UNKNOWN = "unknown"


class RegistrationOrigin(StoredEnum):
    """Who registered the person."""

    PERSON = "person"
    COUNSELLOR = "counsellor"
    AUTOMATIC = "automatic"


HOLDS_A_PLACE = frozenset({RegistrationStatus.REGISTERED, RegistrationStatus.ATTENDED, RegistrationStatus.NO_SHOW})


LIVE = frozenset({RegistrationStatus.REGISTERED, RegistrationStatus.WAITING})


RECORDED = frozenset({RegistrationStatus.ATTENDED, RegistrationStatus.NO_SHOW})


class Registration(Entity):
    """One person in one session. ``acted_by``: the counsellor who registered ``on_behalf_of``."""

    id: str
    session_id: str
    profile_id: str
    status: RegistrationStatus
    origin: RegistrationOrigin
    registered_at: datetime
    acted_by: str | None = None
    on_behalf_of: str | None = None
    promoted_at: datetime | None = None
    reminded_at: datetime | None = None
    attendance_by: str | None = None
    no_show_reason: NoShowReason | None = None
