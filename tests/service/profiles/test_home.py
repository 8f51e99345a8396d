"""Homes are found on the map, and others learn them on a grid of a kilometre only."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.errors import ProfileRefused
from services.profiles.domain.home import Home, HomeInput, settle
from shared.geo import distance_km
from shared.reference.communes import Communes

COMMUNES = Communes.load()


def test_a_commune_gives_its_point_and_name() -> None:
    home = settle(HomeInput(commune_code="23096"), COMMUNES)
    assert (home.commune_name, home.postcode) == ("Guéret", "23000")
    assert distance_km(home.lat, home.lon, 46.17, 1.87) < 2


def test_a_point_alone_finds_its_commune() -> None:
    assert settle(HomeInput(lat=46.17, lon=1.87), COMMUNES).commune_code == "23096"


def test_a_point_within_its_commune_is_kept_as_given() -> None:
    home = settle(HomeInput(commune_code="23096", lat=46.18, lon=1.88, address="Bois"), COMMUNES)
    assert (home.lat, home.lon, home.address) == (46.18, 1.88, "Bois")


@pytest.mark.parametrize(
    ("given_place", "field", "rule"),
    [
        ({"commune_code": "99999"}, "place.commune_code", "unknown-commune"),
        ({}, "place.commune_code", "place-required"),
        ({"lat": 46.17}, "place.lon", "half-a-point"),
        ({"lon": 1.87}, "place.lat", "half-a-point"),
        ({"lat": 1.87, "lon": 46.17}, "place.lat", "swapped"),
        ({"lat": 52.5, "lon": 13.4}, "place.lat", "outside-france"),
        ({"lat": 0, "lon": 0}, "place.lat", "outside-france"),
        ({"commune_code": "23096", "lat": 48.85, "lon": 2.35}, "place.lat", "far-from-commune"),
    ],
)
def test_a_place_that_cannot_be_is_refused_by_name(given_place: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(ProfileRefused) as refusal:
        settle(HomeInput.model_validate(given_place), COMMUNES)
    assert [(error.field, error.rule) for error in refusal.value.errors] == [(field, rule)]


@given(st.floats(42, 51), st.floats(-5, 8))
def test_the_coarse_point_is_on_the_grid_and_near(lat: float, lon: float) -> None:
    coarse = Home(commune_code="x", commune_name="x", postcode=None, lat=lat, lon=lon).coarse
    assert (coarse.lat, coarse.lon) == (round(coarse.lat, 2), round(coarse.lon, 2))
    assert distance_km(lat, lon, coarse.lat, coarse.lon) < 0.75
