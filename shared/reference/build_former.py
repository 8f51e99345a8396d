"""Makes ``data/former_communes.csv`` from past tables of communes: ``python -m shared.reference.build_former FOLDER``.

FOLDER holds ``communes*.json`` of several years in the shape of ``@etalab/decoupage-administratif`` (INSEE's official
geographic code; Licence Ouverte), whose names sort from the oldest to the newest. A row is ``old code, old name, present
code``: communes that were merged, absorbed or moved to another département, and names that a commune had before (its
code is the present one then). The name is empty where only the code is handed down.
"""

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

from shared.reference.places import place_key

DATA = Path(__file__).with_name("data") / "former_communes.csv"
_PRESENT = frozenset({"commune-actuelle", "arrondissement-municipal"})


def build(tables: list[list[dict[str, Any]]]) -> list[tuple[str, str, str]]:
    """Rows by old code; ``tables`` from the oldest to the newest."""
    today = {row["code"]: row["nom"] for row in tables[-1] if row["type"] in _PRESENT}
    successor: dict[str, str] = {}
    for table in tables:
        for row in table:
            head = row.get("chefLieu")
            if head and head != row["code"]:
                successor[row["code"]] = head
            for old in row.get("anciensCodes", ()):
                successor[old] = row["code"]
    rows: dict[tuple[str, str], tuple[str, str, str]] = {}
    for table in tables:
        for row in table:
            present = _present(row["code"], successor, today)
            key = place_key(row["nom"])
            # The newest writing of a name stands for all of them.
            if present is not None and not (row["code"] == present and key == place_key(today[present])):
                rows[row["code"], key] = (row["code"], row["nom"], present)
    named = {code for code, _ in rows}
    for old in successor:
        present = _present(old, successor, today)
        if present is not None and old not in named and old != present:
            rows[old, ""] = (old, "", present)
    return sorted(rows.values())


def _present(code: str, successor: dict[str, str], today: dict[str, str]) -> str | None:
    """The commune of today that ``code`` became part of; None for one that was given up."""
    for _ in range(10):
        if code in today:
            return code
        if code not in successor:
            return None
        code = successor[code]
    return None


def main(argv: list[str] | None = None) -> int:
    """Write the table; say how many rows it has."""
    parser = argparse.ArgumentParser(prog="python -m shared.reference.build_former", description="Former communes")
    parser.add_argument("folder", type=Path, help="folder with communes*.json of several years")
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args(argv)
    tables = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(arguments.folder.glob("communes*.json"))]
    rows = build(tables)
    with arguments.out.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([("code", "name", "present"), *rows])
    sys.stdout.write(f"{len(rows)} rows: {arguments.out.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
