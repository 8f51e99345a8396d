"""Names of places that what was typed begins: communes by name or postcode, départements by name or number, regions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.offers.search.beginnings import Beginnings
from services.offers.search.chips import Parameters
from services.offers.search.offered import Offered
from shared.reference.communes import Commune, Communes, Hit
from shared.reference.departments import DEPARTMENTS, REGION_KEYS, region_named
from shared.reference.text import folded

_BEGUN, _WITHIN = 0.9, 0.65
"""Least likeness of a place that what was typed begins, and of one of which it begins a later word."""
_LOOKED_THROUGH = 60
"""So many communes are put in the order of where there are offers."""
_TWO_ERRORS_FROM = 9
"""Letters of a place's name in which two typing errors are seen through."""
_KEPT = 2_048
_REGION_FROM, _SHORTEST_MISSPELT = 3, 3
_KNOWN, _TOWN = 2_000, 15_000
"""Inhabitants of a commune that is looked for before a trade is taken for mistyped; and before the caller's own villages."""
_ARTICLES = frozenset({"l", "la", "le", "les"})


@dataclass(frozen=True, slots=True)
class Place:
    """``names``: as a question may call it, the shortest first: the first that is read as this one is suggested."""

    label: str
    names: tuple[str, ...]
    code: str | None
    parameters: Parameters
    offers: int | None
    """How many are in it; None of a commune, around which is looked for as far as needed."""


class PlaceNames:
    """Built once per process; immutable."""

    def __init__(self, communes: Communes) -> None:
        self.communes = communes
        self._departments = Beginnings(DEPARTMENTS.values(), _key)
        self._department_codes = list(DEPARTMENTS)
        regions = {name: codes for key in REGION_KEYS for name, codes in [region_named(key) or ("", ())]}
        self._regions = Beginnings(regions, _key)
        self._of_regions = list(regions.values())
        wide = (word for key in (*self._departments.keys, *self._regions.keys) for word in key.split())
        self._words = communes.words_of_names.union(wide)
        # A few letters begin thousands of names, and everybody who types begins with them.
        self._beginning_so = lru_cache(maxsize=_KEPT)(self._named_so)

    def department_of(self, lat: float, lon: float) -> str:
        """Where a point lies."""
        return self.communes.nearest(lat, lon).department

    def begun(
        self, typed: str, now: Offered, left: Offered, departments: Sequence[str], *, later: bool
    ) -> tuple[Iterable[Place], bool]:
        """Places of that very name, then those where the caller is (``departments``), then where there are offers ``now``; towns,
        and of those first the ones around which some of what was asked before is ``left``. ``later``: also by a later word of a
        name. And whether one of them is looked for before a trade is taken for mistyped."""
        if len(typed) < 2 or not (key := _key(typed)) or not self._may_begin(key):
            return (), False
        wide = list(self._wide(typed, key, left))
        narrow = list(self._narrow(typed, now, left, departments, later=later))
        known = bool(wide) or any(one.population >= _KNOWN and now.departments.get(one.department) for _, one in narrow)
        ranked: list[tuple[tuple[int, ...], Place | Commune]] = [*wide, *narrow]
        found = sorted(ranked, key=lambda one: one[0])
        return (self._place(one) if isinstance(one, Commune) else one for _, one in found), known

    def _may_begin(self, key: str) -> bool:
        """Whether a name may begin so: all words but the last, which is not finished yet, must be of one."""
        return all(word in self._words or word.isdigit() for word in key.split()[:-1])

    def misspelt(self, typed: str, left: Offered) -> list[Place]:
        """Communes whose name is nearly what was typed."""
        if len(key := _key(typed)) <= _SHORTEST_MISSPELT:
            return []
        errors = 1 if len(key) < _TWO_ERRORS_FROM else 2
        found = self.communes.misspelt_all(typed, _LOOKED_THROUGH, errors)
        return [self._place(one) for one in sorted(found, key=lambda one: not left.around(one.lat, one.lon))]

    def _wide(self, typed: str, key: str, left: Offered) -> Iterator[tuple[tuple[int, ...], Place]]:
        counts = left.departments
        code = typed.upper()
        if code in DEPARTMENTS:
            yield (0, not counts.get(code), 0, 0), _department(code, counts)
        if len(key) < _REGION_FROM:
            return
        for later, number in self._departments.starting(key):
            if not later and (one := self._department_codes[number]) != code:
                exact = self._departments.keys[number] == key
                yield (not exact, not counts.get(one), 0, 0), _department(one, counts)
        for later, number in self._regions.starting(key):
            if not later:
                name, codes = self._regions.labels[number], self._of_regions[number]
                inside = sum(counts.get(one, 0) for one in codes)
                place = Place(f"{name} ({', '.join(codes)})", (name,), None, {"territory": codes}, inside)
                yield (self._regions.keys[number] != key, not inside, 0, 0), place

    def _narrow(
        self, typed: str, now: Offered, left: Offered, departments: Sequence[str], *, later: bool
    ) -> Iterator[tuple[tuple[int, ...], Commune]]:
        counts = now.departments
        least = _WITHIN if later and " " not in typed else _BEGUN
        for hit in self._beginning_so(typed):
            if hit.score >= least:
                one = hit.commune
                offers, exact = bool(counts.get(one.department)), hit.score >= 1
                own = not departments or one.department in departments
                sure = exact and (own or one.population >= _TOWN)
                # A town around which there is nothing of what was asked comes before hamlets around which there is.
                hidden = 2 * (one.population < _KNOWN) + (not left.around(one.lat, one.lon))
                rank = 0 if sure else 1 if own else 2 + (not exact), not offers, hit.score < _BEGUN, hidden
                yield rank, one

    def _place(self, commune: Commune) -> Place:
        label = f"{commune.name} ({commune.department})"
        same = self.communes.homonyms(commune.name)
        plain = () if same and same[0] is not commune else (commune.name,)
        names = (*plain, label, *(f"{commune.name} {postcode}" for postcode in commune.postcodes[:1]))
        return Place(label, names, commune.code, {"commune": commune.code}, None)

    def _named_so(self, typed: str) -> list[Hit]:
        return self.communes.search(typed, _LOOKED_THROUGH, similar=False)


def _key(name: str) -> str:
    """Folded without an article in front."""
    words = folded(name).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def _department(code: str, counts: Mapping[str, int]) -> Place:
    name, offers = DEPARTMENTS[code], counts.get(code, 0)
    return Place(f"{name} ({code})", (name, f"{name} {code}", code), code, {"territory": code}, offers)
