"""French communes: by code, by name or postcode, by nearness. Data: INSEE, IGN, La Poste (see data/ATTRIBUTION.md)."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.geo import distance_km
from shared.once import made_once, read_once
from shared.reference.place_index import PlaceIndex
from shared.reference.places import Query, place_key

DATA = Path(__file__).with_name("data") / "communes.csv.gz"
_CELL = 0.25
"""Side of a grid cell in degrees (18 to 28 km in France): a nearest commune is found in one or two rings."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, or a municipal arrondissement of Paris, Lyon or Marseille (then ``parent`` is its commune's code).

    ``lat`` and ``lon`` are the town hall's, else the centroid's, in degrees. ``population`` is the municipal population
    of 2023; 0 for an arrondissement, which is not published with it. ``epci_*`` is None for the four islands outside
    any EPCI. The employment area is INSEE's zone d'emploi 2020.
    """

    code: str
    name: str
    department: str
    postcodes: tuple[str, ...]
    lat: float
    lon: float
    population: int
    epci_code: str | None
    epci_name: str | None
    employment_area_code: str
    employment_area_name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A commune found and how well it fits, in [0, 1]: 1 is the exact name, postcode or code."""

    commune: Commune
    score: float


def department_of(code: str) -> str:
    """Département of an INSEE commune code: its first two characters, three overseas (``97611`` → ``976``)."""
    return code[:3] if code.startswith("97") else code[:2]


class Communes:
    """All communes in memory. Use ``Communes.load()``; an instance is immutable and safe to share."""

    def __init__(self, communes: dict[str, Commune], former: Sequence[tuple[str, str, str]]) -> None:
        """``communes`` holds arrondissements too; ``former`` has (old code, old name or nothing, present code)."""
        self._communes = communes
        self._once = former
        self._former = {old: present for old, _, present in former if old not in communes}

    def searchable(self) -> "Communes":
        """Itself with its search index built: who serves searches asks at the start, so that nobody waits while typing."""
        self._index.prepare()
        return self

    @classmethod
    def load(cls) -> "Communes":
        """The shipped table, read once per process (about 0.3 s; the index for searching comes at its first use)."""
        return _load(DATA)

    def __len__(self) -> int:
        """How many present communes there are, arrondissements apart."""
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Commune]:
        """Present communes by code, arrondissements apart."""
        return (commune for commune in self._communes.values() if commune.parent is None)

    def get(self, code: str) -> Commune | None:
        """The commune with this INSEE code; a former code gives the present commune; None if nobody has the code.

        An arrondissement gives itself, with its own point: ask ``commune_of`` for the whole town.
        """
        code = code.strip().upper()
        found = self._communes.get(code)
        if found is None and code in self._former:
            return self._communes[self._former[code]]
        return found

    def commune_of(self, code: str) -> Commune | None:
        """As ``get``, but an arrondissement gives its commune (statistics are per commune)."""
        found = self.get(code)
        return self._communes[found.parent] if found is not None and found.parent else found

    def by_department(self, code: str) -> tuple[Commune, ...]:
        """Communes of a département by INSEE code, arrondissements apart; empty for an unknown one."""
        return self._departments.get(code.strip().upper(), ())

    def search(self, q: str, limit: int = 10, department: str | None = None, *, similar: bool = True) -> list[Hit]:
        """Communes for what somebody typed: a name, the start of one, a postcode or an INSEE code, best first.

        Accents, case, hyphens, apostrophes, «St»/«Ste», a missing article and small typing errors do not matter.
        «23000 Guéret», «Guéret (23)», «23 - GUERET», «23011 Guéret Cedex», «Bastia (20)» and «Paris 15e» narrow
        themselves. Order: exact, start of the name, start of a word in it, similar; each by population. ``department``
        keeps only that département; ``similar=False`` leaves out names with errors, which is much faster.
        """
        wanted = department.strip().upper() if department else None
        found = self._index.search(Query.parse(q), limit, wanted, similar=similar)
        return [Hit(self._communes[code], score) for code, score in found]

    def named(
        self, name: str, *, begun: bool = False, former: bool = False, departments: Sequence[str] = ()
    ) -> Commune | None:
        """The most populous commune of exactly this name (case, accents, «St» and a missing article do not matter).

        ``begun``: whose name begins with these words («brive», «chamonix»); ``former``: an old name («Cran-Gevrier») where
        it is nobody's present one; ``departments``: in one of these only.
        """
        code = self._index.named(place_key(name), begun=begun, former=former, departments=tuple(departments))
        return self._communes[code] if code is not None else None

    @property
    def words_of_names(self) -> frozenset[str]:
        """Folded words that occur in names of communes: a text with any other word is none."""
        return self._index.words

    def homonyms(self, name: str) -> list[Commune]:
        """All communes of exactly this present name (as ``named``), the most populous first."""
        return [self._communes[code] for code in self._index.homonyms(place_key(name))]

    def misspelt(self, name: str, errors: int = 1) -> Commune | None:
        """The commune whose name is at most ``errors`` typing errors away: «guerret», «la souteraine», «lahaye les roses».

        The nearest, then the most populous. Where words begin and end does not matter; the first letter does.
        """
        code = self._index.misspelt(place_key(name).replace(" ", ""), errors)
        return self._communes[code] if code is not None else None

    def misspelt_all(self, name: str, limit: int, errors: int = 1) -> list[Commune]:
        """The communes that may be meant by a mistyped name, the nearest first, then the most populous; the first letter
        may be the wrong one."""
        found = self._index.misspelt_all(place_key(name).replace(" ", ""), errors, limit)
        return [self._communes[code] for code in found]

    def nearest(self, lat: float, lon: float) -> Commune:
        """The commune whose point is nearest (degrees, WGS 84). A point in Paris, Lyon or Marseille gives that town."""
        row, column = int(lat // _CELL), int(lon // _CELL)
        best: tuple[float, str] | None = None
        cells = self._grid
        for ring in range(int(360 / _CELL)):
            for commune in (c for cell in _ring(row, column, ring) for c in cells.get(cell, ())):
                candidate = (distance_km(lat, lon, commune.lat, commune.lon), commune.parent or commune.code)
                best = candidate if best is None else min(best, candidate)
            # All points of the rings to come are at least `ring` cells away; a cell is never narrower than this.
            if best is not None and best[0] <= ring * _CELL * 111.0 * _NARROWEST:
                break
        if best is None:  # pragma: no cover - the table is not empty
            raise LookupError("no communes")
        return self._communes[best[1]]

    @made_once
    def _departments(self) -> dict[str, tuple[Commune, ...]]:
        groups: dict[str, list[Commune]] = defaultdict(list)
        for commune in self:
            groups[commune.department].append(commune)
        return {code: tuple(sorted(group, key=lambda c: c.code)) for code, group in groups.items()}

    @made_once
    def _index(self) -> PlaceIndex:
        return _index_of(self._communes, self._once)

    @made_once
    def _grid(self) -> dict[tuple[int, int], list[Commune]]:
        divided = {c.parent for c in self._communes.values() if c.parent}
        grid: dict[tuple[int, int], list[Commune]] = defaultdict(list)
        for commune in self._communes.values():
            # A divided town is where its arrondissements are, not where its one town hall is.
            if commune.code not in divided:
                grid[int(commune.lat // _CELL), int(commune.lon // _CELL)].append(commune)
        return grid


_FOR_ALL = {"75056": "75000", "69123": "69000", "13055": "13000"}
"""What people write for a town whose arrondissements have postcodes of their own; it is found by it, and it is nobody's."""
_NARROWEST = 0.6
"""cos(51.2°) rounded down: how much a degree of longitude shrinks at the northern tip of France."""


def _ring(row: int, column: int, ring: int) -> Iterator[tuple[int, int]]:
    """Cells at Chebyshev distance ``ring``."""
    if ring == 0:
        yield row, column
        return
    for offset in range(-ring, ring + 1):
        yield row - ring, column + offset
        yield row + ring, column + offset
    for offset in range(-ring + 1, ring):
        yield row + offset, column - ring
        yield row + offset, column + ring


def _index_of(communes: dict[str, Commune], former: Sequence[tuple[str, str, str]]) -> PlaceIndex:
    index = PlaceIndex()
    former_names: dict[str, list[str]] = defaultdict(list)
    for _, name, present in former:
        if name:
            former_names[present].append(name)
    for commune in sorted(communes.values(), key=lambda c: (-c.population, c.code)):
        written = _FOR_ALL.get(commune.code)
        postcodes = (*commune.postcodes, written) if written else commune.postcodes
        index.add(commune.code, commune.department, postcodes, place_key(commune.name))
        for name in former_names.get(commune.code, ()):
            index.add_former_name(place_key(name))
    for old, _, present in former:
        index.add_former_code(old, present)
    index.freeze()
    return index


@read_once
def _load(path: Path) -> Communes:
    epci: list[tuple[str, str]] = []
    zones: list[tuple[str, str]] = []
    communes: dict[str, Commune] = {}
    former: list[tuple[str, str, str]] = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            kind = row[0]
            if kind == "C":
                _, code, name, postcodes, lat, lon, population, epci_at, zone_at = row
                epci_code, epci_name = epci[int(epci_at)] if epci_at else (None, None)
                communes[code] = Commune(
                    code,
                    name,
                    department_of(code),
                    tuple(postcodes.split()),
                    float(lat),
                    float(lon),
                    int(population),
                    epci_code,
                    epci_name,
                    *zones[int(zone_at)],
                )
            elif kind == "E":
                epci.append((row[2], row[3]))
            elif kind == "Z":
                zones.append((row[2], row[3]))
            elif kind == "A":
                _, code, name, parent, postcodes, lat, lon = row
                town = communes[parent]
                communes[code] = Commune(
                    code,
                    name,
                    town.department,
                    tuple(postcodes.split()),
                    float(lat),
                    float(lon),
                    0,
                    town.epci_code,
                    town.epci_name,
                    town.employment_area_code,
                    town.employment_area_name,
                    parent,
                )
            else:
                former.append((row[1], row[2], row[3]))
    return Communes(communes, former)
