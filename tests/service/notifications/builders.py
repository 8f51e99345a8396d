"""Events as other services publish them."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts.events.base import Place
from shared.contracts.events.matching import RecommendationState
from shared.contracts.events.offers import ApplicationState, NoticeState, OfferCompany, OfferState
from shared.contracts.events.profiles import ContactState
from shared.contracts.topics import (
    APPLICATIONS,
    CONTACTS,
    OFFER_CONTACTS,
    OFFER_NOTICES,
    OFFERS,
    RECOMMENDATIONS,
    Topic,
)
from shared.ids import new_id
from shared.kafka.envelope import Event

# Far ahead: MongoDB's own clock decides what is past its time to live, and must not take part in a test.
NOW = datetime(2099, 3, 2, 8, 0, tzinfo=UTC)


def event(
    topic: Topic, type: str, subject: str, data: Any, *, sequence: int = 1, key: str = "", **more: Any
) -> Event[Any]:
    return Event(
        id=more.pop("id", None) or new_id(),
        type=f"{type}.v1",
        topic=topic,
        key=key or subject,
        subject=subject,
        sequence=sequence,
        time=more.pop("time", NOW),
        data=data,
        correlation_id=None,
    )


def contact(subject: str = "profile-1", *, sequence: int = 1, topic: Topic = CONTACTS, **changes: Any) -> Event[Any]:
    values: dict[str, Any] = {
        "subject_id": subject,
        "territory": "23",
        "kind": "profile",
        "owner_id": "user-1",
        "first_name": "Nadia",
        "email": "nadia@example.org",
        "channels": ("email", "inbox"),
        "consents_to_messages": True,
        "counsellor_ids": ("counsellor-1",),
    }
    return event(topic, "contact-updated", subject, ContactState.model_validate(values | changes), sequence=sequence)


def employer(subject: str = "employer-1", **changes: Any) -> Event[Any]:
    values: dict[str, Any] = {"kind": "user", "owner_id": subject, "email": "rh@example.org", "counsellor_ids": ()}
    return contact(subject, topic=OFFER_CONTACTS, **(values | changes))


def erased(subject: str = "profile-1", *, sequence: int = 9, type: str = "person-erased") -> Event[Any]:
    return event(CONTACTS, type, subject, None, sequence=sequence)


def taken_back(subject: str, *, sequence: int, topic: Topic = CONTACTS) -> Event[Any]:
    """An account's contact points were removed: the account is still there."""
    return event(topic, "contact-updated", subject, None, sequence=sequence)


def offer(id: str = "offer-1", *, sequence: int = 1, **changes: Any) -> Event[Any]:
    values: dict[str, Any] = {
        "offer_id": id,
        "territory": "23",
        "status": "published",
        "title": "Aide à domicile",
        "company": OfferCompany(id="company-1", name="Creuse Services"),
        "place": Place(name="Guéret"),
        "contract_kind": "cdi",
    }
    return event(OFFERS, "offer-created", id, OfferState.model_validate(values | changes), sequence=sequence)


def recommended(id: str = "rec-1", *, sequence: int = 1, time: datetime = NOW, **changes: Any) -> Event[Any]:
    values: dict[str, Any] = {
        "recommendation_id": id,
        "profile_id": "profile-1",
        "offer_id": "offer-1",
        "territory": "23",
        "score": 0.8,
        "status": "created",
        "reasons": ({"code": "occupation_same", "occupation": "K1304"}, {"code": "distance", "km": "12"}),
        "configuration_version": 1,
        "created_at": NOW,
        "caused_by": "cause-1",
        "caused_at": NOW,
    }
    data = RecommendationState.model_validate(values | changes)
    name = "recommendation-created" if data.status == "created" else "recommendation-withdrawn"
    return event(RECOMMENDATIONS, name, id, data, sequence=sequence, key=data.profile_id, time=time)


def withdrawn(id: str = "rec-1", *, sequence: int = 2, **changes: Any) -> Event[Any]:
    return recommended(id, sequence=sequence, status="withdrawn", withdrawn_because="offer_closed", **changes)


def application(status: str, *, sequence: int, id: str = "application-1", **changes: Any) -> Event[Any]:
    values: dict[str, Any] = {
        "application_id": id,
        "offer_id": "offer-1",
        "company_id": "company-1",
        "profile_id": "profile-1",
        "territory": "23",
        "status": status,
        "submitted_at": NOW,
        "changed_at": NOW,
    }
    state = ApplicationState.model_validate(values | changes)
    return event(APPLICATIONS, "application-advanced", id, state, sequence=sequence)


def notice(template: str, *recipients: str, id: str = "notice-1", **changes: Any) -> Event[Any]:
    values: dict[str, Any] = {"notice_id": id, "territory": "23", "recipients": recipients, "template": template}
    return event(OFFER_NOTICES, "notice-requested", id, NoticeState.model_validate(values | changes))
