"""Communes by their postcode, for imports that ask thousands of times."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from shared.reference.communes import Commune, Communes


@lru_cache(maxsize=2)
def by_postcode(communes: Communes) -> Mapping[str, Sequence[Commune]]:
    """The communes of each postcode, the most populous first."""
    found: dict[str, list[Commune]] = defaultdict(list)
    for commune in communes:
        for postcode in commune.postcodes:
            found[postcode].append(commune)
    for shared in found.values():
        shared.sort(key=lambda one: (-one.population, one.code))
    return dict(found)
