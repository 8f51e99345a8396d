"""Where a person lives, and how much of it others learn: a point on a grid of about one kilometre."""

from typing import Annotated

from pydantic import Field

from services.profiles.domain.errors import ProfileRefused
from shared.contracts.events.base import Point
from shared.domain import Entity
from shared.errors import FieldError, refused
from shared.geo import coarse, distance_km, in_france, swapped, valid
from shared.reference.gazetteer import AGREEMENT_KM, Gazetteer
from shared.types import Line


class HomeInput(Entity):
    """A commune (INSEE code), a point (WGS 84 degrees), or both. The address stays in this service."""

    commune_code: str | None = Field(default=None, max_length=5, description="INSEE code, e.g. 23096")
    # Beyond the map, so that a point with its halves exchanged is answered with a proposal.
    lat: float | None = Field(default=None, ge=-1_000, le=1_000)
    lon: float | None = Field(default=None, ge=-1_000, le=1_000)
    address: Annotated[str | None, Line(300)] = None


class Home(Entity):
    """A home that was found on the map."""

    commune_code: str
    commune_name: str
    postcode: str | None
    lat: float
    lon: float
    address: str | None = None

    @property
    def coarse(self) -> Point:
        """The point that others learn."""
        lat, lon = coarse(self.lat, self.lon)
        return Point(lat=lat, lon=lon)


def settle(given: HomeInput, communes: Gazetteer) -> Home:
    """Find the home on the map.

    Raises:
        ProfileRefused: neither commune nor point, an unknown commune, half a point, a point outside France (the message
            proposes the right one when latitude and longitude were exchanged) or far from the commune.
    """
    commune = communes.get(given.commune_code) if given.commune_code else None
    if given.commune_code and commune is None:
        raise _place("commune_code", "unknown-commune", "Aucune commune n'a ce code.")
    if (given.lat is None) != (given.lon is None):
        missing = "lat" if given.lat is None else "lon"
        raise _place(missing, "half-a-point", "Un point a une latitude et une longitude.")
    lat, lon = given.lat, given.lon
    if lat is not None and lon is not None:
        _check_point(lat, lon)
        commune = commune or communes.nearest(lat, lon)
        if (away := distance_km(lat, lon, commune.lat, commune.lon)) > AGREEMENT_KM:
            raise _place("lat", "far-from-commune", f"Ce point est à {away:.0f} km de {commune.name}.")
    elif commune is not None:
        lat, lon = commune.lat, commune.lon
    if commune is None or lat is None or lon is None:
        raise _place("commune_code", "place-required", "Donnez une commune (code INSEE) ou un point (lat, lon).")
    return Home(
        commune_code=commune.code,
        commune_name=commune.name,
        postcode=commune.postcodes[0] if len(commune.postcodes) == 1 else None,
        lat=lat,
        lon=lon,
        address=given.address,
    )


def _check_point(lat: float, lon: float) -> None:
    if swapped(lat, lon):
        raise _place("lat", "swapped", f"Latitude et longitude semblent échangées : essayez lat={lon}, lon={lat}.")
    if not valid(lat, lon) or not in_france(lat, lon):
        raise _place("lat", "outside-france", "Ce point n'est pas en France.")


def _place(field: str, rule: str, message: str) -> Exception:
    return refused(ProfileRefused, [FieldError(f"place.{field}", rule, message)])
