"""What the public search keeps of a published offer: flat, small, without history."""

import hashlib
from math import cos, radians
from typing import Any

from services.offers.domain.offer import Offer
from services.offers.domain.schedule import DeclaredSchedule
from services.offers.domain.spoken import speaks_of_night
from shared.masking import SMALL
from shared.reference.text import unaccented

# A metre apart: the offers of a commune share its town hall, and a position in a list by distance must be unique.
_JITTER_METRES = 1.0
_METRES_PER_DEGREE = 111_195.0


def spread(offer_id: str, lat: float, lon: float) -> list[float]:
    """GeoJSON coordinates, moved by at most a metre as the id says."""
    digest = hashlib.blake2b(offer_id.encode(), digest_size=8).digest()
    north = (int.from_bytes(digest[:4]) / 2**32 - 0.5) * 2 * _JITTER_METRES / _METRES_PER_DEGREE
    east = (int.from_bytes(digest[4:]) / 2**32 - 0.5) * 2 * _JITTER_METRES / _METRES_PER_DEGREE
    return [lon + east / max(0.2, cos(radians(lat))), lat + north]


def _speaks_of_night(offer: Offer) -> bool:
    return speaks_of_night(unaccented(offer.content.title), unaccented(offer.content.description))


def crowd(applications: int) -> int:
    """What everybody may know of how many applied, and lists are sorted by: 0, 1 (one to four), 5 (five to nine), 10 …

    Statistics hide few people; a figure for each offer would add up to them, and tell of each when they applied.
    """
    return applications // SMALL * SMALL or min(applications, 1)


CROWD = {
    "$cond": [
        {"$lt": ["$applications", SMALL]},
        {"$min": ["$applications", 1]},
        {"$subtract": ["$applications", {"$mod": ["$applications", SMALL]}]},
    ]
}
"""The same, where the database counts."""


def listing(offer: Offer, applications: int = 0) -> dict[str, Any]:
    """The search document of a shown offer. ``card`` is what a list shows; dates are UTC instants."""
    content = offer.content
    place = content.place
    schedule = DeclaredSchedule.of(content.demands)
    card = {
        "id": offer.id,
        "title": content.title,
        "company": {"id": offer.company.id, "name": offer.company.name, "label": offer.company.label},
        "kind": content.kind,
        "contract_kind": content.contract_kind,
        "duration_months": content.duration_months,
        "weekly_hours": content.weekly_hours,
        "occupation_code": content.occupation_code,
        "occupation_label": content.occupation_label,
        "place": place,
        "salary_text": content.salary.text,
        "hourly_min": content.salary.hourly_min,
        "positions_open": offer.positions_open,
        "schedule": schedule,
        "accessible_without_car": content.accessible_without_car,
        "licences": content.licences,
        "reserved_publics": content.reserved_publics,
        "source": offer.source,
        "exclusive": content.exclusive,
        "territory": offer.territory,
        "published_at": offer.published_at,
        "confirmed_at": offer.confirmed_at,
        "apply_by": content.apply_by,
    }
    assert place.point is not None
    assert offer.confirmed_at is not None
    return {
        "_id": offer.id,
        "version": offer.version,
        "at": {"type": "Point", "coordinates": spread(offer.id, place.point.lat, place.point.lon)},
        "territory": offer.territory,
        "commune": place.commune_code,
        "occupation": content.occupation_code,
        "domain": content.occupation_code[:1] if content.occupation_code else None,
        "kind": content.kind,
        "contract": content.contract_kind,
        "company": offer.company.id,
        "source": offer.source,
        # A filter leaves out what is known; the card shows what nobody said as null. Who asks for no nights is not shown
        # an offer that speaks of them, even where no field says so.
        "early": bool(schedule.early),
        "late": bool(schedule.late),
        "night": bool(schedule.night) or (schedule.night is None and _speaks_of_night(offer)),
        "weekend": bool(schedule.weekend),
        "car_free": content.accessible_without_car,
        "no_licence": not content.licences and not content.vehicle_required,
        "reserved": sorted(public.value for public in content.reserved_publics),
        "exclusive": content.exclusive,
        "hours": content.weekly_hours,
        "confirmed_at": offer.confirmed_at,
        "applications": applications,
        "crowd": crowd(applications),
        "card": card,
    }
