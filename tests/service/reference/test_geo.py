"""Distances, boxes and the usual fault of coordinates: latitude and longitude exchanged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.geo import FRANCE, Box, bounding_box, distance_km, in_france, swapped, valid
from shared.geo_numpy import distances_km

GUERET, AUBUSSON, PARIS = (46.1696, 1.87145), (45.95639, 2.16889), (48.85659, 2.34292)

latitudes = st.floats(-89.0, 89.0)
longitudes = st.floats(-180.0, 180.0)


def test_known_distances() -> None:
    assert distance_km(*GUERET, *AUBUSSON) == pytest.approx(33.0, abs=0.5)
    assert distance_km(*GUERET, *PARIS) == pytest.approx(300.8, abs=1)
    assert distance_km(*GUERET, *GUERET) == 0
    assert distance_km(0, 0, 0, 180) == pytest.approx(20015.1, abs=0.1)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_and_bounded(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    there = distance_km(lat1, lon1, lat2, lon2)
    assert there == pytest.approx(distance_km(lat2, lon2, lat1, lon1), abs=1e-6)
    assert 0 <= there <= 20_016


@given(latitudes, longitudes, st.lists(st.tuples(latitudes, longitudes), max_size=20))
def test_vectorised_distance_says_the_same(lat: float, lon: float, others: list[tuple[float, float]]) -> None:
    lats = np.array([o[0] for o in others], dtype=np.float64)
    lons = np.array([o[1] for o in others], dtype=np.float64)
    expected = [distance_km(lat, lon, *other) for other in others]
    assert distances_km(lat, lon, lats, lons) == pytest.approx(expected, abs=1e-6)


@given(latitudes, longitudes, latitudes, longitudes, st.floats(0, 300))
def test_a_box_loses_no_point_within_the_radius(lat: float, lon: float, lat2: float, lon2: float, km: float) -> None:
    if distance_km(lat, lon, lat2, lon2) <= km:
        assert bounding_box(lat, lon, km).contains(lat2, lon2)


@given(st.floats(41.3, 51.1), st.floats(-5, 9.6), st.floats(0.1, 200), st.floats(0, 360))
def test_a_box_holds_its_circle(lat: float, lon: float, km: float, bearing: float) -> None:
    angle, turn = km / 6371.0088 * 0.999999, np.radians(bearing)
    phi = np.radians(lat)
    phi2 = np.arcsin(np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(turn))
    dlon = np.arctan2(np.sin(turn) * np.sin(angle) * np.cos(phi), np.cos(angle) - np.sin(phi) * np.sin(phi2))
    assert bounding_box(lat, lon, km).contains(float(np.degrees(phi2)), lon + float(np.degrees(dlon)))


def test_a_box_at_the_pole_spans_all_longitudes() -> None:
    assert bounding_box(89.9, 10, 100) == Box(pytest.approx(89.0, abs=0.01), -180, 90, 180)
    assert bounding_box(0, 179.9, 100).west == -180


@pytest.mark.parametrize(
    ("lat", "lon"), [(float("nan"), 1.0), (46.0, float("inf")), (91.0, 0.0), (46.0, 181.0), (0.0, 0.0)]
)
def test_impossible_points_are_not_valid(lat: float, lon: float) -> None:
    assert not valid(lat, lon)
    assert not in_france(lat, lon)
    assert not swapped(lat, lon)


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("mainland", *GUERET),
        ("mainland", 41.92723, 8.73462),
        ("guadeloupe", 16.0, -61.73),
        ("martinique", 14.6, -61.07),
        ("guyane", 4.93, -52.32),
        ("reunion", -20.88, 55.45),
        ("mayotte", -12.78, 45.23),
    ],
)
def test_every_part_of_france_is_in_france(name: str, lat: float, lon: float) -> None:
    assert FRANCE[name].contains(lat, lon)
    assert in_france(lat, lon)
    assert not swapped(lat, lon)
    assert swapped(lon, lat)


def test_a_point_abroad_is_not_called_swapped() -> None:
    assert not in_france(52.52, 13.4)
    assert not swapped(52.52, 13.4)


@given(st.sampled_from(sorted(FRANCE)), st.floats(0, 1), st.floats(0, 1))
def test_no_point_of_france_looks_swapped(name: str, up: float, right: float) -> None:
    box = FRANCE[name]
    lat, lon = box.south + up * (box.north - box.south), box.west + right * (box.east - box.west)
    assert not swapped(lat, lon)
    assert not in_france(lon, lat)
