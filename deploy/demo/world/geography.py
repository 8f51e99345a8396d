"""Where things are: communes of a département as arrays, and how demand spreads over them."""

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.reference.communes import Commune, Communes

Counts = Mapping[tuple[str, str], int]
"""(commune code, occupation code) → offers."""


@dataclass(frozen=True, slots=True)
class Geography:
    """Communes of one département, by INSEE code."""

    department: str
    communes: tuple[Commune, ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    population: NDArray[np.float64]

    @classmethod
    def of(cls, department: str) -> "Geography":
        """Real communes, from the shipped reference table.

        Raises:
            ValueError: when there is no such département.
        """
        communes = Communes.load().by_department(department)
        if not communes:
            raise ValueError(f"No commune is known in département {department!r}.")
        return cls(
            department,
            communes,
            np.array([c.lat for c in communes]),
            np.array([c.lon for c in communes]),
            np.array([max(c.population, 1) for c in communes], dtype=float),
        )

    def index(self) -> dict[str, int]:
        """INSEE code → index."""
        return {commune.code: at for at, commune in enumerate(self.communes)}


def read_counts(path: Path, department: str) -> dict[tuple[str, str], int]:
    """Offers per commune and occupation of a département from a CSV (``code_insee,code_rome,nb_offres``, gzip or not)."""
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    return {
        (row["code_insee"], row["code_rome"]): int(row["nb_offres"])
        for row in csv.DictReader(text.splitlines())
        if row["code_insee"].startswith(department)
    }


def shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights as probabilities."""
    result: NDArray[np.float64] = weights / weights.sum()
    return result
