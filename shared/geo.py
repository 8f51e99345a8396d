"""Distances and points on the ground: plain floats, no dependency. Degrees are WGS 84, distances are kilometres."""

from math import asin, cos, degrees, isfinite, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG). A sphere is off by at most 0.5 %: 150 m on a range of 30 km, less than roads add."""


class Box(NamedTuple):
    """A rectangle of latitudes and longitudes in degrees, edges included; it never crosses the 180th meridian."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, lat: float, lon: float) -> bool:
        """Whether the point lies inside or on an edge."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


# Generous by some kilometres, so that a point on a beach or a border road is inside.
FRANCE: dict[str, Box] = {
    "mainland": Box(41.3, -5.25, 51.15, 9.65),
    "guadeloupe": Box(15.75, -61.9, 16.6, -60.95),
    "martinique": Box(14.3, -61.3, 14.95, -60.75),
    "guyane": Box(2.0, -54.7, 5.9, -51.5),
    "reunion": Box(-21.45, 55.15, -20.8, 55.9),
    "mayotte": Box(-13.1, 44.9, -12.55, 45.4),
    "saint_pierre_et_miquelon": Box(46.7, -56.5, 47.2, -56.05),
    "saint_martin_saint_barthelemy": Box(17.8, -63.2, 18.2, -62.7),
}
"""Where an offer or a person of a French installation can be (départements and the nearest collectivities)."""


STEPS_KM = (5, 10, 20, 30, 50, 100)
"""Distances from people that employers may ask for and are shown, each as «up to»: no number of questions finds a house."""


def step_of(km: float) -> int | None:
    """The distance as employers are shown it; None: farther."""
    return next((step for step in STEPS_KM if km <= step), None)


_COARSE_DECIMALS = 2


def coarse(lat: float, lon: float) -> tuple[float, float]:
    """A point of somebody's home as others learn it: rounded to 0.01° (about 1.1 km north-south, 0.75 km east-west in France)."""
    return round(lat, _COARSE_DECIMALS), round(lon, _COARSE_DECIMALS)


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points in km (haversine: exact to the metre for near points as well)."""
    phi1, phi2 = radians(lat1), radians(lat2)
    a = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    # Rounding can push antipodes above 1 by an ulp.
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(a)))


def bounding_box(lat: float, lon: float, radius_km: float) -> Box:
    """The smallest box that holds every point within ``radius_km`` of the point.

    It is a filter, not an answer: its corners are farther than the radius. Near a pole or across the 180th meridian
    the box spans all longitudes.
    """
    angle = radius_km / EARTH_RADIUS_KM
    # An ulp of rounding must not lose a point that lies exactly at the radius.
    reach = degrees(angle) * (1 + 1e-12) + 1e-9
    south, north = lat - reach, lat + reach
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    # The meridians touch the circle at a higher latitude than its centre, hence not radius / cos(lat).
    spread = degrees(asin(min(1.0, sin(angle) / cos(radians(lat))))) * (1 + 1e-12) + 1e-9
    west, east = lon - spread, lon + spread
    if west < -180 or east > 180:
        west, east = -180.0, 180.0
    return Box(south, west, north, east)


def valid(lat: float, lon: float) -> bool:
    """Whether these are finite degrees on the globe. (0, 0) is not: it is what a missing value turns into."""
    return isfinite(lat) and isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0.0, 0.0)


def in_france(lat: float, lon: float) -> bool:
    """Whether the point lies in a French bounding box: mainland with Corsica, or one of those overseas."""
    return any(box.contains(lat, lon) for box in FRANCE.values())


def swapped(lat: float, lon: float) -> bool:
    """Whether latitude and longitude were exchanged: as given it is not in France, the other way round it is.

    No French box meets the mirror image of another, so a point in France is never called swapped.
    """
    return not in_france(lat, lon) and in_france(lon, lat)
