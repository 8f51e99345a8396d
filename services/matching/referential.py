"""The referential of occupations as the table of affinities that the domain asks for."""

from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from services.matching.domain.configuration import SCALE
from services.matching.domain.occupations import Affinities
from shared.reference.occupations import Occupations


def affinities_of(occupations: Occupations) -> Affinities:
    """Every pair with some affinity, in basis points."""
    related: dict[str, set[str]] = defaultdict(set)
    letters: dict[str, list[str]] = defaultdict(list)
    families: dict[str, list[str]] = defaultdict(list)
    for occupation in occupations:
        letters[occupation.code[0]].append(occupation.code)
        families[occupation.family].append(occupation.code)
        for other in occupations.neighbours(occupation.code):
            related[occupation.code].add(other)
            related[other].add(occupation.code)
    return Affinities(
        {
            occupation.code: {
                other: points
                for other in {*related[occupation.code], *letters[occupation.code[0]], *families[occupation.family]}
                if other != occupation.code
                and (points := round(occupations.affinity(occupation.code, other) * SCALE)) > 0
            }
            for occupation in occupations
        }
    )


@lru_cache(maxsize=4)
def load_affinities(rome_file: str = "") -> Affinities:
    """Affinities of the imported referential in ``rome_file``, or of the shipped one."""
    return affinities_of(Occupations.load(Path(rome_file) if rome_file else None))


def shipped_affinities() -> Affinities:
    """Affinities of the referential that ships with the project."""
    return load_affinities()
