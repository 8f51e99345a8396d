"""Where an offer is: a commune, a point, or both when they agree."""

from services.offers.domain.errors import UnusablePlace
from shared.contracts.events.base import Place, Point
from shared.errors import refused_field
from shared.geo import coarse, distance_km, in_france, swapped, valid
from shared.reference.gazetteer import AGREEMENT_KM, Gazetteer

AT_THE_TOWN_HALL_KM = 0.3
"""A point without a commune is in that of the nearest town hall for certain only this near to it."""


def settle(
    communes: Gazetteer,
    commune_code: str | None,
    point: Point | None,
    name: str | None = None,
    postcode: str | None = None,
    prefix: str = "place",
) -> tuple[Place, str]:
    """The place with its point and commune, and the département that it lies in.

    A point alone is named «Près de …»: only the nearest town hall is known of it.

    Raises:
        UnusablePlace: neither commune nor point; an unknown commune; a point outside France, with latitude and
            longitude swapped (the message proposes the right ones), or far from the commune.
    """
    commune = communes.get(commune_code) if commune_code else None
    if commune_code and commune is None:
        raise refused_field(
            UnusablePlace, f"{prefix}.commune_code", "commune_unknown", "Ce code de commune n'existe pas."
        )
    if point is not None:
        check_point(point.lat, point.lon, prefix)
        if commune is None:
            commune = communes.nearest(point.lat, point.lon)
            away = distance_km(point.lat, point.lon, commune.lat, commune.lon)
            # The nearest town hall is another commune's for one point in twenty: said as what it is.
            name = name or (f"Près de {commune.name}" if away > AT_THE_TOWN_HALL_KM else None)
        elif (away := distance_km(point.lat, point.lon, commune.lat, commune.lon)) > AGREEMENT_KM:
            raise refused_field(
                UnusablePlace,
                f"{prefix}.point",
                "point_far_from_commune",
                f"Ce point est à {away:.0f} km de {commune.name}.",
            )
    if commune is None:
        raise refused_field(
            UnusablePlace, prefix, "place_required", "Donnez une commune (code INSEE) ou un point (lat, lon)."
        )
    where = point or Point(lat=commune.lat, lon=commune.lon)
    code = postcode or (commune.postcodes[0] if len(commune.postcodes) == 1 else None)
    return Place(commune_code=commune.code, name=name or commune.name, postcode=code, point=where), commune.department


def of_a_home(communes: Gazetteer, place: Place) -> Place:
    """Where a household is that employs somebody, as the public learns it: the commune, and no address.

    Who needs help at home is old, ill or handicapped more often than not, and everybody reads where.
    """
    commune = communes.get(place.commune_code or "")
    if commune is None or place.point is None:
        return place
    named = place if place.name == commune.name else place.model_copy(update={"name": commune.name})
    if (place.point.lat, place.point.lon) == (commune.lat, commune.lon):
        return named
    lat, lon = coarse(place.point.lat, place.point.lon)
    return named.model_copy(update={"point": Point(lat=lat, lon=lon)})


def check_point(lat: float, lon: float, prefix: str = "place") -> None:
    """Raises UnusablePlace for a point that cannot be right."""
    if swapped(lat, lon):
        raise refused_field(
            UnusablePlace,
            f"{prefix}.point",
            "point_swapped",
            f"Latitude et longitude semblent échangées : essayez lat={lon}, lon={lat}.",
        )
    if not valid(lat, lon) or not in_france(lat, lon):
        raise refused_field(UnusablePlace, f"{prefix}.point", "point_outside_france", "Ce point n'est pas en France.")
