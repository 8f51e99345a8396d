"""What kinds of jobs there are: what a small hand-written table adds to the shipped referential of occupations.

``data/occupations.csv`` says, per ROME code, how often employers offer it and people seek it (weights), the usual gross
wage (€ an hour), weekly hours, schedules (``pattern:weight``), a driving licence and the share of offers that need it,
the share that need a vehicle, the usual experience (months), French level and contracts. Figures are plausible, not
measured. Titles and skills are the referential's. A code outside the table borrows the figures of the row that is
nearest in the ROME tree.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.demo.world.schedules import PATTERNS
from shared.contracts.vocabulary import ContractKind, FrenchLevel, Licence
from shared.reference.occupations import Occupations

_DATA = Path(__file__).with_name("data")

CONTRACTS: tuple[ContractKind, ...] = tuple(ContractKind)
LICENCES: tuple[Licence, ...] = tuple(Licence)
LEVELS: tuple[FrenchLevel, ...] = tuple(FrenchLevel)

# Shares of contract kinds by the habits of a trade.
CONTRACT_HABITS: dict[str, dict[ContractKind, float]] = {
    "standard": {
        ContractKind.CDI: 0.55,
        ContractKind.CDD: 0.3,
        ContractKind.TEMPORARY: 0.08,
        ContractKind.APPRENTICESHIP: 0.07,
    },
    "temp": {ContractKind.TEMPORARY: 0.5, ContractKind.CDD: 0.25, ContractKind.CDI: 0.25},
    "season": {
        ContractKind.SEASONAL: 0.4,
        ContractKind.CDD: 0.25,
        ContractKind.CDI: 0.3,
        ContractKind.APPRENTICESHIP: 0.05,
    },
    "care": {ContractKind.CDD: 0.45, ContractKind.CDI: 0.5, ContractKind.TEMPORARY: 0.05},
    "retail": {
        ContractKind.CDI: 0.45,
        ContractKind.CDD: 0.4,
        ContractKind.APPRENTICESHIP: 0.1,
        ContractKind.TEMPORARY: 0.05,
    },
    "iae": {ContractKind.CDI: 0.35, ContractKind.CDD: 0.5, ContractKind.TEMPORARY: 0.15},
}


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation with its figures. ``known`` is False for a code that the referential does not have."""

    code: str
    title: str
    demand: float
    supply: float
    wage: float
    hours: float
    schedules: tuple[tuple[str, float], ...]
    licence: Licence | None
    licence_share: float
    vehicle_share: float
    experience: int
    french: FrenchLevel
    contracts: str
    reservable: bool
    skills: tuple[str, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Occupations and skills by index, as the arrays of the generator name them."""

    occupations: tuple[Occupation, ...]
    skill_codes: tuple[str, ...]
    skill_labels: tuple[str, ...]

    @classmethod
    def load(cls, codes: Iterable[str] = ()) -> "Catalogue":
        """The table; with ``codes``, rows for codes outside it are added (nearest in the ROME tree, weight 0)."""
        referential = Occupations.load()
        with open(_DATA / "occupations.csv", encoding="utf-8", newline="") as lines:
            rows = [_occupation(row, referential) for row in csv.DictReader(lines)]
        known = {row.code for row in rows}
        rows += [_borrowed(code, rows, referential) for code in sorted(set(codes) - known)]
        skills = dict(sorted({skill for occupation in referential for skill in occupation.skills}))
        return cls(tuple(rows), tuple(skills), tuple(skills.values()))

    def __len__(self) -> int:
        return len(self.occupations)

    def index(self) -> dict[str, int]:
        """ROME code → index."""
        return {row.code: at for at, row in enumerate(self.occupations)}

    def column(self, name: str) -> NDArray[np.float64]:
        """A numeric column of the table."""
        return np.array([float(getattr(row, name)) for row in self.occupations])

    def skill_matrix(self) -> NDArray[np.bool_]:
        """Occupations × skills: which skills an occupation uses."""
        at = {code: number for number, code in enumerate(self.skill_codes)}
        matrix = np.zeros((len(self), len(at)), dtype=bool)
        for number, row in enumerate(self.occupations):
            matrix[number, [at[skill] for skill in row.skills]] = True
        return matrix

    def relatedness(self) -> NDArray[np.float64]:
        """Occupations × occupations, in [0, 1]: 1 for the same, else by shared skills and place in the ROME tree."""
        skills = self.skill_matrix().astype(float)
        shared = skills @ skills.T
        union = skills.sum(1)[:, None] + skills.sum(1)[None, :] - shared
        jaccard = shared / np.maximum(union, 1)
        # A borrowed row says little of what people do there: a physiotherapist is no care assistant.
        sure = np.array([1.0 if row.known else 0.4 for row in self.occupations])
        jaccard *= np.minimum(sure[:, None], sure[None, :])
        domain = np.array([row.code[:3] for row in self.occupations])
        family = np.array([row.code[0] for row in self.occupations])
        tree = 0.35 * (domain[:, None] == domain[None, :]) + 0.15 * (family[:, None] == family[None, :])
        near: NDArray[np.float64] = np.minimum(0.9, 0.6 * jaccard + tree)
        np.fill_diagonal(near, 1.0)
        return near


def _occupation(row: dict[str, str], referential: Occupations) -> Occupation:
    schedules = tuple((name, float(weight)) for name, weight in (part.split(":") for part in row["schedules"].split()))
    unknown = {name for name, _ in schedules} - set(PATTERNS)
    if unknown:
        raise ValueError(f"{row['code']}: unknown schedule {', '.join(sorted(unknown))}")
    known = referential.get(row["code"])
    if known is None:
        raise ValueError(f"{row['code']} is not in the shipped referential")
    return Occupation(
        code=known.code,
        title=known.titles[0] if known.titles else known.label,
        demand=float(row["demand"]),
        supply=float(row["supply"]),
        wage=float(row["wage"]),
        hours=float(row["hours"]),
        schedules=schedules,
        licence=Licence(row["licence"]) if row["licence"] else None,
        licence_share=float(row["licence_share"]),
        vehicle_share=float(row["vehicle_share"]),
        experience=int(row["experience"]),
        french=FrenchLevel(row["french"]),
        contracts=row["contracts"],
        reservable=row["reservable"] == "1",
        skills=tuple(code for code, _ in known.skills),
    )


def _borrowed(code: str, rows: list[Occupation], referential: Occupations) -> Occupation:
    """A row for ``code`` from the one with the longest common start of the code, then the nearest number."""

    def distance(row: Occupation) -> tuple[int, int]:
        common = next((n for n in range(5, 0, -1) if row.code[:n] == code[:n]), 0)
        return (-common, abs(int(row.code[1:]) - int(code[1:])))

    model = min(rows, key=distance)
    known = referential.get(code)
    if known is None:
        return replace(model, code=code, title=f"Poste {code}", demand=0.0, supply=0.0, known=False)
    title = known.titles[0] if known.titles else known.label
    skills = tuple(skill for skill, _ in known.skills)
    return replace(model, code=code, title=title, demand=0.0, supply=0.0, skills=skills)
