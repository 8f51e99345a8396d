"""Imports France Travail's official ROME archive: ``python -m shared.reference.rome ARCHIVE.zip --out FILE``.

``--mobility FILE`` adds what ROME 4 has dropped: whether a move is to something close or an evolution (the table
«mobilité» of ROME 3 as CSV, plain or .gz: ``code_rome, code_rome_cible, code_type_mobilite``, 1 close, 2 evolution).

The archive is the open-data zip «RefRomeCsv» with its own file names (``unix_referentiel_code_rome_v460_utf8.csv`` …;
the version number may differ). Texts of the ROME are France Travail's and stay out of the project: name the file that
this writes in ``BASSIN_ROME_FILE``.
"""

import argparse
import csv
import gzip
import io
import re
import sys
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from shared.reference.occupations import Move, ReferentialUnusable, write
from shared.zips import DAMAGED

_MAXIMUM = 200_000_000
"""Bytes that a member may unpack to; the largest official one has 3 million."""

_CODE = re.compile(r"[A-Z]\d{4}")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found."""

    version: str
    occupations: int
    titles: int
    skills: int
    neighbours: int


class _Archive:
    """The official CSV files of a zip by what they are, whatever their version."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise ReferentialUnusable(f"There is no file {path}.") from None
        except DAMAGED:
            raise ReferentialUnusable(f"{path} is not a zip archive.") from None
        self._path = path
        self._names = {Path(name).name: name for name in self._zip.namelist()}

    def close(self) -> None:
        self._zip.close()

    @property
    def version(self) -> str:
        found = re.search(r"_v(\d+)", self._member("referentiel_code_rome") or "")
        return found.group(1) if found else ""

    def rows(self, what: str, *columns: str, optional: bool = False) -> list[dict[str, str]]:
        """Rows of ``unix_<what>_v…csv``; ``columns`` must be there."""
        name = self._member(what)
        if name is None:
            if optional:
                return []
            raise ReferentialUnusable(
                f"The archive {self._path} has no unix_{what}_v….csv: it is not France Travail's ROME archive (CSV)."
            )
        try:
            if self._zip.getinfo(self._names[name]).file_size > _MAXIMUM:
                raise ReferentialUnusable(f"{name} unpacks to more than {_MAXIMUM // 1_000_000} MB: refused.")
            text = self._zip.read(self._names[name]).decode("utf-8-sig")
        except ReferentialUnusable:
            raise
        except UnicodeDecodeError:
            raise ReferentialUnusable(f"{name} is not UTF-8 text.") from None
        except DAMAGED:
            raise ReferentialUnusable(f"{name} in the archive {self._path} is damaged or locked.") from None
        header = text.split("\n", 1)[0]
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", restval="")
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise ReferentialUnusable(f"{name} has no column {', '.join(missing)}.")
        try:
            return list(reader)
        except csv.Error as problem:
            raise ReferentialUnusable(f"{name} is not a table: {problem}.") from None

    def _member(self, what: str) -> str | None:
        # The whole name: «referentiel_code_rome» must not find «referentiel_code_rome_riasec».
        pattern = re.compile(rf"(?:unix_)?{what}(?:_v\d+)?(?:_utf-?8)?\.csv", re.IGNORECASE)
        return next((name for name in sorted(self._names) if pattern.fullmatch(name)), None)


def import_rome(zip_path: Path, out_path: Path, mobility_path: Path | None = None) -> Imported:
    """Read the official archive, write the compact file that ``Occupations.load`` reads, say what was found.

    ``mobility_path``: ROME 3's table of moves with their kind, which ROME 4 does not have any more.

    Raises ReferentialUnusable with a sentence: not a zip, a member missing or damaged, a column missing, no occupation.
    """
    moves = _moves(mobility_path) if mobility_path is not None else {}
    archive = _Archive(zip_path)
    try:
        codes = archive.rows("referentiel_code_rome", "code_rome", "libelle_rome")
        labels = {row["code_rome"]: row["libelle_rome"] for row in codes if _CODE.fullmatch(row["code_rome"])}
        if not labels:
            raise ReferentialUnusable(f"The archive {zip_path} holds no occupation.")
        families = {row["code_rome"]: row.get("code_rome_parent") or row["code_rome"] for row in codes}
        managerial = sorted(
            row["code_rome"] for row in codes if row["code_rome"] in labels and row.get("emploi_cadre") == "O"
        )
        titles = _titles(archive)
        neighbours = _neighbours(archive, labels)
        skills, links = _skills(archive)
        domains = archive.rows("grand_domaine", "code_grand_domaine", "libelle_grand_domaine", optional=True)
        version = archive.version
    finally:
        archive.close()
    used = sorted({skill for code in labels for skill in links.get(code, ())})
    place = {skill: at for at, skill in enumerate(used)}
    write(
        out_path,
        {
            "version": version,
            "domains": {row["code_grand_domaine"]: row["libelle_grand_domaine"] for row in domains},
            "skills": [[skill, skills[skill]] for skill in used],
            "occupations": [
                [code, families[code], label, titles.get(code, []), [place[skill] for skill in links.get(code, ())]]
                for code, label in sorted(labels.items())
            ],
            "neighbours": neighbours,
            "managerial": managerial,
            "moves": moves,
        },
    )
    return Imported(
        version=version,
        occupations=len(labels),
        titles=sum(len(titles.get(code, ())) for code in labels),
        skills=len(used),
        neighbours=sum(len(targets) for targets in neighbours.values()),
    )


def _titles(archive: _Archive) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in archive.rows("referentiel_appellation", "code_rome", "libelle_appellation_court"):
        # The short form is cut at 60 characters («équipt auto travail métaux»), the long one has whole words.
        title = row.get("libelle_appellation_long") or row["libelle_appellation_court"]
        if title:
            found[row["code_rome"]].append(title)
    return found


def _neighbours(archive: _Archive, known: dict[str, str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in archive.rows("rubrique_mobilite", "code_rome", "code_rome_cible", "numero_ordre"):
        source, target, order = row["code_rome"], row["code_rome_cible"], row["numero_ordre"]
        if source in known and target in known and source != target and order.isdigit():
            found[source].setdefault(target, int(order))
    return {code: dict(sorted(targets.items(), key=lambda item: (item[1], item[0]))) for code, targets in found.items()}


_KINDS = {"1": Move.CLOSE.value, "2": Move.EVOLUTION.value}


def _moves(path: Path) -> dict[str, dict[str, str]]:
    """Kind of each move by source and target; rows of an unknown kind are left out."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as problem:
        raise ReferentialUnusable(f"The table of moves {path} cannot be read: {problem}.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    wanted = ("code_rome", "code_rome_cible", "code_type_mobilite")
    missing = [column for column in wanted if column not in (reader.fieldnames or ())]
    if missing:
        raise ReferentialUnusable(f"The table of moves {path} has no column {', '.join(missing)}.")
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in reader:
        kind = _KINDS.get(row["code_type_mobilite"])
        if kind is not None and _CODE.fullmatch(row["code_rome"]) and _CODE.fullmatch(row["code_rome_cible"]):
            found[row["code_rome"]].setdefault(row["code_rome_cible"], kind)
    return {code: dict(sorted(targets.items())) for code, targets in sorted(found.items())}


def _skills(archive: _Archive) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Labels by skill code, and skill codes by occupation, those of the core of the occupation first."""
    labels: dict[str, str] = {}
    for row in archive.rows("referentiel_competence", "code_ogr", "libelle_competence"):
        labels[row["code_ogr"]] = row["libelle_competence"]
    for row in archive.rows("referentiel_savoir", "code_ogr_savoir", "libelle_savoir"):
        labels[row["code_ogr_savoir"]] = row["libelle_savoir"]
    core = {
        (row["code_rome"], row["code_ogr"])
        for row in archive.rows("coherence_item", "code_rome", "code_ogr", "coeur_metier", optional=True)
        if row["coeur_metier"] == "Principale"
    }
    links: dict[str, list[str]] = defaultdict(list)
    for row in archive.rows("liens_rome_referentiels", "code_rome", "code_ogr"):
        if row["code_ogr"] in labels:
            links[row["code_rome"]].append(row["code_ogr"])
    ordered = {
        code: sorted(dict.fromkeys(skills), key=lambda skill: (code, skill) not in core)
        for code, skills in links.items()
    }
    return labels, ordered


def main(argv: list[str] | None = None) -> int:
    """Import one archive; 0, or 2 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m shared.reference.rome", description="Import the official ROME")
    parser.add_argument("archive", type=Path, help="France Travail's ROME archive (zip of CSV files)")
    parser.add_argument("--mobility", type=Path, help="ROME 3's table of moves with their kind (CSV, may be .gz)")
    parser.add_argument("--out", type=Path, required=True, help="file to write; name it in BASSIN_ROME_FILE")
    arguments = parser.parse_args(argv)
    try:
        found = import_rome(arguments.archive, arguments.out, arguments.mobility)
    except (ReferentialUnusable, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(
        f"ROME version {found.version or 'unknown'}: {found.occupations} occupations, {found.titles} titles, "
        f"{found.skills} skills, {found.neighbours} neighbours -> {arguments.out}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
