"""What people of several journeys send."""

from typing import Any


def home_help_in_sainte_feyre(company: str, title: str) -> dict[str, Any]:
    """An offer, 5 km from Guéret, of what `home_help_from_gueret` looks for."""
    return {
        "company_id": company,
        "title": title,
        "description": "Accompagner une personne âgée chez elle.",
        "occupation_code": "K1302",
        "place": {"commune_code": "23193"},
        "contract_kind": "cdi",
        "weekly_hours": 28,
        "declared_schedule": {"early": False, "late": False},
    }


def home_help_from_gueret(first_name: str, **changes: Any) -> dict[str, Any]:
    """A profile, with a car."""
    return {
        "first_name": first_name,
        "last_name": "Martin",
        "channels": ["counsellor"],
        "place": {"commune_code": "23096"},
        "occupations": [{"code": "K1302", "experience_months": 18}],
        "travel": [{"means": "car", "range_km": 30}],
        "vehicle": True,
    } | changes
