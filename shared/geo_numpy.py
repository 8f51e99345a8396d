"""The distances of ``shared.geo`` over arrays; apart from it because only offers and matching install numpy."""

import numpy as np
from numpy.typing import NDArray

from shared.geo import EARTH_RADIUS_KM

Floats = NDArray[np.float64]


def distances_km(lat: float, lon: float, lats: Floats, lons: Floats) -> Floats:
    """Great-circle distances in km from one point to many (degrees, arrays of one shape, float64)."""
    phi, phis = np.radians(lat), np.radians(lats)
    a = np.sin((phis - phi) / 2) ** 2 + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2) ** 2
    result: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0)))
    return result
