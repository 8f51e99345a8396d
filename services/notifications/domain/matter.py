"""A matter: something that happened and that one subject is to be told, before it is known how they are reached."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.events.offers import Appointment
from shared.kept_enum import StoredEnum


class Category(StoredEnum):
    """What a message is about; people switch e-mail on or off by it."""

    RECOMMENDATIONS = "recommendations"
    APPLICATIONS = "applications"
    AGENDA = "agenda"
    OFFERS = "offers"
    FOLLOW_UP = "follow_up"


TARGETS = frozenset(
    {
        "application_id",
        "agenda_id",
        "session_id",
        "click_id",
        "company_id",
        "contact_id",
        "contract_id",
        "export_id",
        "search_id",
    }
)
"""Parameters of a matter that name what its reader opens; no text shows them. Of people there is none: that its reader may know
whom a message is of ends, and the message stays.
"""


class Matter(BaseModel):
    """One thing to tell one subject.

    ``offer_id``: the text needs that offer, so the matter waits until the offer is known. ``ref``: the recommendation
    that it tells of, so that a withdrawal finds it. ``about``: the person of whom staff are told something. ``concerns``:
    the person whose erasure takes it along, whoever reads it and whether or not they may know who it is. ``quiet``:
    worth an inbox item, not worth an e-mail. ``beside``: the person themselves is told the same, so a counsellor who passes
    their messages on is not told twice. ``appointment``: goes with an e-mail, for a calendar. ``caused_at``: when the first
    event of the chain happened (the deposit of an offer …). ``correlation_id``: what all that follows from one request or
    event is traced by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    subject_id: str
    territory: str
    template: str
    category: Category
    params: dict[str, str] = {}
    link: str | None = None
    offer_id: str | None = None
    ref: str | None = None
    about: str | None = None
    concerns: str | None = None
    reasons: tuple[dict[str, str], ...] = ()
    quiet: bool = False
    beside: bool = False
    appointment: Appointment | None = None
    caused_by: str
    caused_at: AwareDatetime
    correlation_id: str | None = None
