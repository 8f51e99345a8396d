"""Bodies and details that are right, to be bent by a test."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.home import Home
from services.profiles.domain.journal import Actor
from services.profiles.domain.profile import Profile
from services.profiles.domain.status import Age, Status, StatusGiven
from tests.support import Running, outbox_rows

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
GUERET = Home(commune_code="23096", commune_name="Guéret", postcode="23000", lat=46.17132, lon=1.87114)


def a_body(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "first_name": "Nadia",
        "last_name": "Lemoine",
        "birth_year": 1989,
        "email": "nadia@example.org",
        "phone": "06 12 34 56 78",
        "place": {"commune_code": "23096", "address": "3 rue des Tilleuls"},
        "occupations": [{"code": "K1304", "experience_months": 24}],
        "travel": [{"means": "moped", "range_km": 15}],
        "consents_to_messages": True,
    }
    return body | changes


def details(**changes: Any) -> ProfileDetails:
    return ProfileDetails.model_validate({"first_name": "Nadia", "last_name": "Lemoine"} | changes)


def a_profile(
    owner_id: str | None = "seeker-1",
    counsellor_ids: tuple[str, ...] = (),
    statuses: Sequence[Status] = (),
    **changes: Any,
) -> Profile:
    return Profile.register(
        "profile-1",
        "23",
        details(**changes),
        GUERET,
        owner_id=owner_id,
        counsellor_ids=counsellor_ids,
        now=NOW,
        statuses=statuses,
    )


def a_status(category: str = "rsa", day: date = NOW.date(), age: Age | None = None, **changes: Any) -> Status:
    shown = EVIDENCE.get(category)
    given = StatusGiven.model_validate({"category": category, "evidence": shown} | changes)
    by = Actor(user_id="counsellor-1", role="counsellor")
    return Status.enter(f"status-{category}", ("profile-1", "23"), given, age or Age(year=1989), by, day, NOW)


EVIDENCE = {
    "rsa": "caf_statement",
    "disabled_worker": "disability_decision",
    "priority_neighbourhood": "address_proof",
    "under_26_unqualified": "school_record",
    "iae_structure": "iae_pass",
}


async def outbox(running: Running, topic: str | None = None) -> list[dict[str, Any]]:
    """Events that the service has to publish, oldest first."""
    return await outbox_rows(running.store, topic)
