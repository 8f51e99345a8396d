"""What a database answers to the same question on the same people: MongoDB ``$geoNear`` with filters; PostGIS if there."""

import subprocess
import time
from pathlib import Path
from typing import Any

from pymongo import ASCENDING, GEOSPHERE, MongoClient

from services.matching.index.cells import degrees_of
from services.matching.index.encoding import MONTH_BITS, needed, occupation_number
from tests.bench.index import TOP_PROFILES, build
from tests.bench.index_rows import TODAY, Country, People, draw_offers
from tests.bench.timing import percentiles, timed

COUNT = 200_000
FARTHEST_M = 100_000
"""Nobody in this country goes farther, so both sides look at the same people."""


def documents(people: People) -> list[dict[str, Any]]:
    """The same people as documents: point, range, occupations, and what they lack as bits."""
    numbers = (people.rows["wishes"][:, :3] >> MONTH_BITS).tolist()
    lat, lon, reach = people.lat.tolist(), people.lon.tolist(), (people.geo[:, 3] / 10).tolist()
    lacks = people.bits.tolist()
    return [
        {
            "_id": at,
            "home": {"type": "Point", "coordinates": [lon[at], lat[at]]},
            "reach_m": reach[at],
            "wishes": [number for number in numbers[at] if number],
            "lacks": lacks[at],
        }
        for at in range(people.count)
    ]


def mongo(url: str, quick: bool = False) -> dict[str, Any]:
    """The nearest fifty who pass the filters; scoring and explaining would come on top. Then our index, same questions."""
    country = Country.load()
    index, people = build(country, COUNT)
    offers = draw_offers(country, 250 if quick else 600, seed=4)
    with MongoClient[dict[str, Any]](url) as client:
        collection = client["bench_peers"]["people"]
        collection.drop()
        rows = documents(people)
        for first in range(0, len(rows), 20_000):
            collection.insert_many(rows[first : first + 20_000], ordered=False)
        collection.create_index([("wishes", ASCENDING), ("home", GEOSPHERE)])

        def ask(offer: Any) -> int:
            lat, lon = degrees_of(offer.position)
            near = [occupation_number(code) for code in country.affinities.wished_near(offer.occupation)]
            pipeline: list[dict[str, Any]] = [
                {
                    "$geoNear": {
                        "near": {"type": "Point", "coordinates": [lon, lat]},
                        "distanceField": "away",
                        "maxDistance": FARTHEST_M,
                        "key": "home",
                        "query": {"wishes": {"$in": near}, "lacks": {"$bitsAllClear": needed(offer)}},
                    }
                },
                {"$match": {"$expr": {"$lte": ["$away", "$reach_m"]}}},
                {"$limit": TOP_PROFILES},
            ]
            return len(list(collection.aggregate(pipeline)))

        peer = percentiles(timed(ask, offers, warm_up=50))
        client.drop_database("bench_peers")
    ours = percentiles(timed(lambda offer: index.rank(offer, TOP_PROFILES, TODAY), offers, warm_up=50))
    return {
        "peers": {"mongo_geonear": {str(COUNT): peer}},
        "index": {"beside_mongo": {str(COUNT): ours}},
        "ratio": {
            "index_vs_mongo_geonear": round(peer["p50_ms"] / ours["p50_ms"], 1),
            "index_vs_mongo_geonear_p99": round(peer["p99_ms"] / ours["p99_ms"], 1),
        },
    }


def postgis() -> dict[str, Any]:
    """PostGIS is measured where its extension is installed; else the report says that it is not."""
    try:
        answer = subprocess.run(["pg_config", "--sharedir"], capture_output=True, text=True, check=True, timeout=10)
        control = Path(answer.stdout.strip()) / "extension" / "postgis.control"
        there = control.exists()
    except (OSError, subprocess.SubprocessError):
        there = False
    reason = "not measured: the extension is installed, a Python driver for PostgreSQL is not among the dependencies"
    return {
        "peers": {"postgis": reason if there else "not measured: PostGIS is not installed on this machine"},
        "ratio": {"index_vs_postgis": None},
    }


def merged(*reports: dict[str, Any]) -> dict[str, Any]:
    """Reports into one, nested keys joined."""
    whole: dict[str, Any] = {}
    for report in reports:
        for key, value in report.items():
            if isinstance(value, dict) and isinstance(whole.get(key), dict):
                whole[key] = merged(whole[key], value)
            else:
                whole[key] = value
    return whole


def seconds_since(started: float) -> float:
    """Wall-clock seconds, for notes in the table."""
    return round(time.perf_counter() - started, 1)
