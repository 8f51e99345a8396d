"""Who did what to a profile, and on whose behalf: appended with every change, never changed."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from shared.kept_enum import StoredEnum


class Action(StoredEnum):
    """What was done."""

    CREATED = "created"
    UPDATED = "updated"
    COUNSELLOR_ASSIGNED = "counsellor_assigned"
    COUNSELLOR_REMOVED = "counsellor_removed"
    ACCOUNT_INVITED = "account_invited"
    """Or no more: a link was handed out, or taken back."""
    ACCOUNT_LINKED = "account_linked"
    ACCOUNT_REMOVED = "account_removed"
    CV_FILE_KEPT = "cv_file_kept"
    CV_FILE_REMOVED = "cv_file_removed"
    POOL_ENTERED = "pool_entered"
    POOL_LEFT = "pool_left"
    EXPORT_REQUESTED = "export_requested"
    EXPORT_FETCHED = "export_fetched"
    PRESENT = "present"
    INACTIVITY_POSTPONED = "inactivity_postponed"
    GUARDIAN_CONSENT_RECORDED = "guardian_consent_recorded"
    GUARDIAN_CONSENT_REVOKED = "guardian_consent_revoked"
    TRANSFER_ASKED = "transfer_asked"
    """Or no more."""
    TRANSFER_REFUSED = "transfer_refused"
    TRANSFER_EXPIRED = "transfer_expired"
    """The other desk did not answer; nobody acted."""
    TRANSFERRED = "transferred"
    STATUS_RECORDED = "status_recorded"
    STATUS_CORRECTED = "status_corrected"
    STATUS_ENDED = "status_ended"
    STATUS_REMOVED = "status_removed"
    CALENDAR = "calendar"
    """A day has come on which something ends or somebody comes of age; nobody acted."""


class AccountEnd(StrEnum):
    """Why an account is taken off a profile."""

    WRONG_ACCOUNT = "wrong_account"
    """It is not the person's: what it put there of its own, and what it agreed to, goes with it."""
    LOST_ACCESS = "lost_access"
    ON_REQUEST = "on_request"


class Actor(BaseModel):
    """A user and the role in which they act."""

    user_id: str
    role: str


class JournalEntry(BaseModel):
    """One line. It names fields, never their values."""

    id: str
    profile_id: str
    territory: str
    at: datetime
    action: Action
    acted_by: str = Field(description="User id of who did it")
    role: str
    on_behalf_of: str | None = Field(description="Profile id, when it was not the person themselves")
    fields: tuple[str, ...] = Field(default=(), description="Names of the fields that changed")
    concerns: str | None = Field(default=None, description="User id of the counsellor or account concerned")
    reason: str | None = Field(default=None, description="Where one is asked for: a word of a closed list")
