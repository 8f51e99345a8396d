"""Where somebody lives, how far they go and where the offers are: an SVG without any resource from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians, sin, sqrt

from shared.contracts.events.base import Point

_SIDE, _EDGE = 340, 26
_KM_PER_DEGREE = 111.2
_STEPS = (1, 2, 5, 10, 20, 50)
_APART = 15.0
"""Pixels between the centres of two marks: offers of one village are drawn side by side."""


@dataclass(frozen=True)
class Mark:
    """An offer on the map: its number in the list, or none where it was left out."""

    point: Point
    number: int | None
    name: str


def svg(home: Point, reach_km: float, marks: Sequence[Mark], alt: str) -> str:
    """The map: home in the middle, the person's own range as a circle, offers as numbered dots."""
    scale = (_SIDE / 2 - _EDGE) / max(reach_km, 1.0)

    def place(point: Point) -> tuple[float, float]:
        east = (point.lon - home.lon) * _KM_PER_DEGREE * cos(radians(home.lat))
        north = (point.lat - home.lat) * _KM_PER_DEGREE
        return _SIDE / 2 + east * scale, _SIDE / 2 - north * scale

    centre = _SIDE / 2
    parts = [
        f'<svg class="map" viewBox="0 0 {_SIDE} {_SIDE}" role="img" aria-label="{escape(alt)}">',
        f'<circle class="range" cx="{centre}" cy="{centre}" r="{reach_km * scale:.1f}"/>',
        f'<circle class="half" cx="{centre}" cy="{centre}" r="{reach_km * scale / 2:.1f}"/>',
    ]
    taken: list[tuple[float, float]] = [(centre, centre)]
    for mark in sorted(marks, key=lambda one: (one.number is None, one.number or 0)):
        x, y = _free(place(mark.point), taken)
        if not (4 <= x <= _SIDE - 4 and 4 <= y <= _SIDE - 4):
            continue
        taken.append((x, y))
        title = f"<title>{escape(mark.name)}</title>"
        if mark.number is None:
            parts.append(f'<circle class="out" cx="{x:.1f}" cy="{y:.1f}" r="4">{title}</circle>')
        else:
            parts.append(
                f'<g><circle class="offer" cx="{x:.1f}" cy="{y:.1f}" r="8.5">{title}</circle>'
                f'<text class="number" x="{x:.1f}" y="{y + 3.4:.1f}">{mark.number}</text></g>'
            )
    parts.append(
        f'<path class="home" d="M{centre - 7} {centre + 6} v-8 l7 -6 l7 6 v8 z"><title>Domicile</title></path>'
    )
    bar = max((km for km in _STEPS if km * scale <= _SIDE / 3), default=1)
    low = _SIDE - 10
    parts.append(f'<path class="bar" d="M12 {low - 4} v4 h{bar * scale:.1f} v-4"/>')
    parts.append(f'<text class="scale" x="{16 + bar * scale:.1f}" y="{low + 1}">{bar} km</text>')
    return "".join([*parts, "</svg>"])


def _free(wanted: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The first place on a spiral outwards (of the golden angle) that no earlier mark covers."""
    for step in range(400):
        away, angle = 3.2 * sqrt(step), 2.39996 * step
        at = wanted[0] + away * cos(angle), wanted[1] + away * sin(angle)
        if all((at[0] - x) ** 2 + (at[1] - y) ** 2 >= _APART**2 for x, y in taken):
            return at
    return wanted
