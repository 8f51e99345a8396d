"""How good the answers of the search are: recall@20 and MRR on 120 questions over real offers.

The questions were written as people type them; the expected offers were found by patterns over titles, occupations, places
and contracts that know nothing of the engine, and read afterwards. Only ids are kept here (``search_questions.json``); the
offers are those beside the project whose id has an even hash. A question that nothing answers is right when nothing is found.

The ``first`` 80 were looked at while the search was made. The ``further`` 40, in other wordings (several intents, clipped words,
negations, foreign letters, nothing but joining words, very long), were judged before the search had seen them: it found
.592 of them (MRR .705) at first reading; kinds of faults were mended after that.
"""

import csv
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from services.offers.domain.spoken import speaks_of_night
from services.offers.queries.search import Wanted
from services.offers.search.facts import Entry, Flag, said_flags
from services.offers.search.finder import Finder
from services.offers.search.index import OfferIndex
from shared.clock import SystemClock
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.reference.text import folded, unaccented
from shared.store import Store

REPOSITORY = Path(__file__).resolve().parents[2]
OFFERS = REPOSITORY.parent / "shared" / "data" / "offers" / "offers_flat.csv.gz"
QUESTIONS = Path(__file__).with_name("search_questions.json")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC).timestamp()
_CONTRACTS = (("CDI", "cdi"), ("CDD", "cdd"), ("MIS", "temporary"), ("Int", "temporary"), ("SAI", "seasonal"))


def even(id: str) -> bool:
    """Whether an offer belongs to the half that may be looked at."""
    return hashlib.md5(id.encode()).digest()[0] % 2 == 0


def entries(communes: Communes) -> Iterator[Entry]:
    """The real offers of the even half that name a commune."""
    with gzip.open(OFFERS, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            commune = communes.get(row["code_insee"]) if row["code_insee"] else None
            if commune is None or not even(row["id"]):
                continue
            text = f"{row['intitule']} . {row['description']}"
            night = speaks_of_night(unaccented(row["intitule"]), unaccented(row["description"]))
            flags = said_flags(None, (), text, Flag.NIGHT if night else Flag(0))
            if "partiel" in folded(row["temps_plein"]):
                flags |= Flag.PART_TIME
            kind = next((ours for theirs, ours in _CONTRACTS if row["type_contrat"].startswith(theirs)), "other")
            yield Entry(
                id=row["id"],
                lat=commune.lat,
                lon=commune.lon,
                territory=commune.department,
                commune=commune.code,
                occupation=row["rome_code"] or None,
                kind="job",
                contract=kind,
                source="partner",
                flags=flags,
                hours=None,
                experience=0 if row["experience_exige"] == "D" else 12,
                confirmed=NOW - 86_400,
                crowd=0,
                title=row["intitule"],
                label=row["appellation"],
                company=row["entreprise"],
                place=commune.name,
                skills="",
                description=row["description"],
            )


def nowhere() -> Store:
    """A database that is never asked."""
    return Store("mongodb://127.0.0.1:1", "nowhere", SystemClock())


def measure() -> dict[str, Any]:
    """Ask everything of an index of its own."""
    communes = Communes.load()
    finder = Finder(nowhere(), SystemClock(), communes, Occupations.load())
    index = OfferIndex(finder.trades, NOW)
    index.add(entries(communes))
    snapshot = index.commit()
    questions = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    recalls: dict[str, list[float]] = defaultdict(list)
    ranks: dict[str, list[float]] = defaultdict(list)
    worst: list[dict[str, Any]] = []
    for question in questions:
        expected = set(question["ids"])
        found = finder.look_up(snapshot, Wanted(q=question["q"], limit=20)).ids
        hits = [at for at, id in enumerate(found, 1) if id in expected]
        recall = len(hits) / min(20, len(expected)) if expected else float(not found)
        rank = (1 / hits[0] if hits else 0.0) if expected else float(not found)
        for name in ("all", question["set"]):
            recalls[name].append(recall)
            ranks[name].append(rank)
        if recall < 0.6 or rank < 1:
            worst.append({"q": question["q"], "recall_at_20": round(recall, 2), "first": hits[:1]})
    return {
        "questions_asked": len(questions),
        "over_offers": snapshot.offers,
        "recall_at_20": round(fmean(recalls["all"]), 3),
        "mrr": round(fmean(ranks["all"]), 3),
        "by_set": {
            name: {"n": len(of), "recall_at_20": round(fmean(of), 3), "mrr": round(fmean(ranks[name]), 3)}
            for name, of in recalls.items()
        },
        "weakest": worst,
    }
