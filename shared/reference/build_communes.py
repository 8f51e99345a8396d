"""Makes ``data/communes.csv.gz`` from the tables of communes: ``python -m shared.reference.build_communes FOLDER``.

FOLDER holds ``communes_fr.csv.gz``, ``arrondissements_municipaux.csv``, ``communes_deleguees_associees.csv`` and
``zone_emploi_commune.csv`` (open data, see ``data/ATTRIBUTION.md``); ``data/former_communes.csv`` is made by
``build_former``. The output is one CSV whose first column says what
a row is, so that names of groupings are written once:

====  =============================================================================================
E     index, SIREN, name of an EPCI
Z     index, code, name of an employment area (zone d'emploi 2020)
C     code, name, postcodes, lat, lon, population 2023, EPCI index, employment area index
A     code, name, code of its commune, postcodes, lat, lon of a municipal arrondissement
F     code, name (may be empty), present code of a former commune, or an earlier name of a present one
====  =============================================================================================
"""

import argparse
import csv
import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).with_name("data") / "communes.csv.gz"
FORMER = DATA.with_name("former_communes.csv")


def _rows(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _degrees(value: float) -> str:
    # Five decimals are one metre: more than a town hall's door is known to.
    return f"{value:.5f}".rstrip("0").rstrip(".")


class _Index:
    """Numbers the (code, name) pairs of a grouping in order of appearance."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[str, str], int] = {}

    def of(self, code: str, name: str) -> str:
        if not code:
            return ""
        return str(self.pairs.setdefault((code, name), len(self.pairs)))

    def rows(self, kind: str) -> Iterator[list[str]]:
        for (code, name), number in self.pairs.items():
            yield [kind, str(number), code, name]


def _neighbours_point(row: dict[str, str], rows: list[dict[str, str]]) -> tuple[float, float]:
    """A point for a commune without one (five in the source): the middle of those that share a postcode with it."""
    own = set(row["codes_postaux"].split())
    near = [r for r in rows if r["lat"] and own & set(r["codes_postaux"].split())]
    if not near:
        near = [r for r in rows if r["lat"] and r["epci_siren"] == row["epci_siren"]]
    if not near:
        raise SystemExit(f"{row['code_insee']} {row['nom']}: no point and no neighbour to take one from.")
    return (sum(float(r["lat"]) for r in near) / len(near), sum(float(r["lon"]) for r in near) / len(near))


def build(folder: Path, former: Path = FORMER) -> list[list[str]]:
    """All rows of the output, groupings first, so that one pass reads it."""
    communes = _rows(folder / "communes_fr.csv.gz")
    # Both codes lost their leading zeros in the source.
    zone_rows = _rows(folder / "zone_emploi_commune.csv")
    zones = {row["codgeo"].zfill(5): (row["ze2020"].zfill(4), row["libze2020"]) for row in zone_rows}
    epci_index, zone_index = _Index(), _Index()
    known = {row["code_insee"] for row in communes}
    names = {row["code_insee"]: row["nom"] for row in communes}
    out: list[list[str]] = []
    for row in communes:
        code = row["code_insee"]
        lat, lon = (float(row["lat"]), float(row["lon"])) if row["lat"] else _neighbours_point(row, communes)
        epci, zone = epci_index.of(row["epci_siren"], row["epci_nom"]), zone_index.of(*zones[code])
        facts = [row["nom"], row["codes_postaux"], _degrees(lat), _degrees(lon), row["population_2023"]]
        out.append(["C", code, *facts, epci, zone])
    for row in _rows(folder / "arrondissements_municipaux.csv"):
        point = [_degrees(float(row["lat"])), _degrees(float(row["lon"]))]
        out.append(["A", row["code_insee"], row["nom"], row["code_commune"], row["codes_postaux"], *point])
    old = [
        (row["code_ancien"], row["nom_ancien"], row["code_actuel"])
        for row in _rows(folder / "communes_deleguees_associees.csv")
    ]
    old += [(row["code"], row["name"], row["present"]) for row in _rows(former)]
    told: set[tuple[str, str]] = set()
    for code, name, present in old:
        # The seat keeps its code: only its old name is worth a row, so that people find it.
        if present in known and (code, name) not in told and not (code == present and name == names[present]):
            told.add((code, name))
            out.append(["F", code, name, present])
    return [*epci_index.rows("E"), *zone_index.rows("Z"), *out]


def main(argv: list[str] | None = None) -> int:
    """Write the table; say how many rows and bytes it has."""
    parser = argparse.ArgumentParser(prog="python -m shared.reference.build_communes", description="Table of communes")
    parser.add_argument("folder", type=Path, help="folder with the four source tables")
    parser.add_argument("--former", type=Path, default=FORMER, help="table of former communes")
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args(argv)
    rows = build(arguments.folder, arguments.former)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    # No time stamp: the same input gives the same bytes.
    arguments.out.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0))
    sys.stdout.write(f"{len(rows)} rows, {arguments.out.stat().st_size} bytes: {arguments.out.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
