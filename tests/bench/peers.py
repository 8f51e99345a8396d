"""What a database answers to the same question on the same people: MongoDB ``$geoNear`` here, PostGIS in its module."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pymongo import ASCENDING, GEOSPHERE, MongoClient

from services.matching.domain.facts import OfferFacts
from services.matching.index.cells import degrees_of
from services.matching.index.encoding import needed, occupation_number
from services.matching.index.layout import MONTH_BITS
from services.matching.index.profiles import ProfileIndex
from tests.bench.index import TOP_PROFILES, build
from tests.bench.index_rows import TODAY, Country, People, draw_offers
from tests.bench.timing import Taken, percentiles, timed

COUNT = 200_000
WARM_UP = 50
FARTHEST_M = 100_000
"""Nobody in this country goes farther, so both sides look at the same people."""
EARTH_M = 6_371_008.8


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


@dataclass(frozen=True)
class Question:
    """An offer as databases are asked about it: where, which occupations are near enough, which bits it needs."""

    lat: float
    lon: float
    near: list[int]
    needed: int

    @classmethod
    def about(cls, offer: OfferFacts, country: Country) -> "Question":
        """The question that our index answers about this offer, but nearest instead of best."""
        lat, lon = degrees_of(offer.position)
        near = [occupation_number(code) for code in country.affinities.wished_near(offer.occupation)]
        return cls(lat, lon, near, needed(offer))


def metres_of_nearest(people: People, question: Question) -> Any:
    """How far the nearest fifty who pass are, by looking at everybody."""
    lat, lon = np.radians(people.lat), np.radians(people.lon)
    here_lat, here_lon = np.radians(question.lat), np.radians(question.lon)
    half = np.sin((lat - here_lat) / 2) ** 2 + np.cos(lat) * np.cos(here_lat) * np.sin((lon - here_lon) / 2) ** 2
    away = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    wished = np.isin(people.rows["wishes"] >> MONTH_BITS, question.near).any(axis=1)
    passes = wished & (people.bits & np.uint64(question.needed) == 0) & (away <= people.geo[:, 3] / 10)
    return np.sort(away[passes])[:TOP_PROFILES]


@dataclass(frozen=True)
class Comparison:
    """People, the same in our index and in a database, and what both are asked about."""

    people: People
    index: ProfileIndex
    offers: list[OfferFacts]
    questions: list[Question]

    @classmethod
    def draw(cls, quick: bool) -> "Comparison":
        """The same each time; fewer questions when ``quick``."""
        country = Country.load()
        index, people = build(country, COUNT)
        offers = draw_offers(country, 250 if quick else 600, seed=4)
        return cls(people, index, offers, [Question.about(offer, country) for offer in offers])

    def report(self, name: str, beside: str, taken: Taken) -> dict[str, Any]:
        """The peer's figures, our index's on the same offers now, and how many times faster it is."""
        peer = percentiles(list(taken))  # the processor time is the client's alone, which says nothing of a server
        ours = percentiles(
            timed(lambda offer: self.index.rank(offer, TOP_PROFILES, TODAY), self.offers, warm_up=WARM_UP)
        )
        return {
            "peers": {name: {str(COUNT): peer}},
            "index": {f"beside_{beside}": {str(COUNT): ours}},
            "ratio": {
                f"index_vs_{name}": round(peer["p50_ms"] / ours["p50_ms"], 1),
                f"index_vs_{name}_p99": round(peer["p99_ms"] / ours["p99_ms"], 1),
            },
        }


def mongo(url: str, quick: bool = False) -> dict[str, Any]:
    """The nearest fifty who pass the filters; scoring and explaining would come on top. Then our index, same questions."""
    comparison = Comparison.draw(quick)
    with MongoClient[dict[str, Any]](url) as client:
        collection = client["bench_peers"]["people"]
        collection.drop()
        rows = documents(comparison.people)
        for first in range(0, len(rows), 20_000):
            collection.insert_many(rows[first : first + 20_000], ordered=False)
        collection.create_index([("wishes", ASCENDING), ("home", GEOSPHERE)])

        def ask(question: Question) -> int:
            pipeline: list[dict[str, Any]] = [
                {
                    "$geoNear": {
                        "near": {"type": "Point", "coordinates": [question.lon, question.lat]},
                        "distanceField": "away",
                        "maxDistance": FARTHEST_M,
                        "key": "home",
                        "query": {"wishes": {"$in": question.near}, "lacks": {"$bitsAllClear": question.needed}},
                    }
                },
                {"$match": {"$expr": {"$lte": ["$away", "$reach_m"]}}},
                {"$limit": TOP_PROFILES},
            ]
            return len(list(collection.aggregate(pipeline)))

        taken = timed(ask, comparison.questions, warm_up=WARM_UP)
        client.drop_database("bench_peers")
    return comparison.report("mongo_geonear", "mongo", taken)


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
