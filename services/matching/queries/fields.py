"""Where people live as employers may learn it: a field of some five kilometres, in whose middle each of them counts as living.

An employer asks about its own offer as often as it likes, and moves it in between. Whoever is told, or is missing, by the exact
distance is found to a hundred metres by a dozen questions; by the middle of a field nobody is found any better than that field.
"""

from dataclasses import replace

import numpy as np

from services.matching.domain.facts import ProfileFacts
from services.matching.domain.geometry import DM_PER_KM
from services.matching.index.encoding import Ints
from shared.geo import EARTH_RADIUS_KM
from shared.geo_numpy import Floats

DEGREES = 0.05
"""About 5.5 km north-south and 3.8 km east-west in France: as large as a rural commune."""
_RADIUS_DM = EARTH_RADIUS_KM * DM_PER_KM
# Points are rounded to a hundredth of a degree: without this those on an edge would fall to either side of it.
_EDGE = 1e-4


def in_fields(geo: Ints) -> Ints:
    """Rows of x, y, z and reach in decimetres, with each point in the middle of its field; who has no place has none."""
    x, y, z, reach = (geo[:, at].astype(np.float64) for at in range(4))
    lat = _middle(np.degrees(np.arcsin(np.clip(z / _RADIUS_DM, -1.0, 1.0))))
    lon = _middle(np.degrees(np.arctan2(y, x)))
    phi, lam = np.radians(lat), np.radians(lon)
    across = np.cos(phi)
    moved = np.stack([across * np.cos(lam), across * np.sin(lam), np.sin(phi)], axis=1) * _RADIUS_DM
    coarse = geo.copy()
    somewhere = reach >= 0
    coarse[somewhere, :3] = np.rint(moved[somewhere])
    return coarse


def in_field(profile: ProfileFacts) -> ProfileFacts:
    """The same of one person."""
    if profile.position is None:
        return profile
    x, y, z, _ = in_fields(np.array([[*profile.position, 0]], np.int32))[0].tolist()
    return replace(profile, position=(x, y, z))


def _middle(degrees: Floats) -> Floats:
    middle: Floats = (np.floor((degrees + _EDGE) / DEGREES) + 0.5) * DEGREES
    return middle
