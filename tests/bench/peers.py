"""What a database answers to the same question on the same people: MongoDB ``$geoNear`` here, PostGIS in its module.

*The same work*: the same score in an aggregation or in SQL, the same fifty answers, which is checked. *Nearest*: the cheaper
question for the fifty nearest who pass, for information; scoring and explaining would come on top.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from pymongo import ASCENDING, GEOSPHERE, MongoClient

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import OfferFacts
from services.matching.domain.scale import SCALE
from services.matching.index.cells import degrees_of
from services.matching.index.encoding import SkillNumbers, needed, occupation_number
from services.matching.index.layout import MONTH_BITS, OCCUPATION_AT, SCHEDULE
from services.matching.index.profiles import ProfileIndex
from tests.bench.index import TOP_PROFILES, build
from tests.bench.index_rows import TODAY, Country, People, draw_offers
from tests.bench.timing import Taken, percentiles, timed

COUNT = 200_000
WARM_UP = 20
PAIRS = 3
CHECKED = 15
FARTHEST_M = 100_000
"""Nobody in this country goes farther, so both sides look at the same people."""
EARTH_M = 6_371_008.8
WISHES = 3
"""So many occupations people have here, at most."""

Answers = list[tuple[int, int]]
"""(person, score) by falling score."""


def documents(people: People) -> list[dict[str, Any]]:
    """The same people as documents: where, how far, what they wish, hold and lack. ``place``: their place by id, for ties."""
    rows = people.rows
    codes = (rows["wishes"][:, :WISHES] >> OCCUPATION_AT).tolist()
    months = (rows["wishes"][:, :WISHES] & ((1 << MONTH_BITS) - 1)).tolist()
    place = np.empty(people.count, np.int64)
    place[np.lexsort((people.low, people.high))] = np.arange(people.count)
    columns: dict[str, list[Any]] = {
        "x": people.geo[:, 0].tolist(),
        "y": people.geo[:, 1].tolist(),
        "z": people.geo[:, 2].tolist(),
        "reach": people.geo[:, 3].tolist(),
        "lacks": people.bits.tolist(),
        "place": place.tolist(),
        "minutes_max": rows["minutes_max"].tolist(),
        "wished_minutes": rows["wished_minutes"].tolist(),
        "wage_floor": rows["wage_floor"].tolist(),
        "wished_contracts": rows["wished_contracts"].tolist(),
        "restricted": ((people.bits & np.uint64(SCHEDULE)) != 0).tolist(),
    }
    lat, lon, skills = people.lat.tolist(), people.lon.tolist(), rows["skills"].tolist()
    return [
        {
            "_id": at,
            "home": {"type": "Point", "coordinates": [lon[at], lat[at]]},
            "reach_m": columns["reach"][at] / 10,
            "wishes": [code for code in codes[at] if code],
            "codes": codes[at],
            "months": months[at],
            "skills": sorted(number for number in skills[at] if number),
            **{name: values[at] for name, values in columns.items()},
        }
        for at in range(people.count)
    ]


@dataclass(frozen=True)
class Question:
    """An offer as databases are asked about it."""

    lat: float
    lon: float
    x: int
    y: int
    z: int
    near: list[int]
    points: list[int]
    needed: int
    required: list[int]
    asked: list[int]
    asked_weight: int
    minutes: int
    months: int
    wage: int
    contract: int
    schedule_known: bool
    freshness: int
    reply: int

    @classmethod
    def about(
        cls, offer: OfferFacts, country: Country, skills: SkillNumbers, configuration: Configuration
    ) -> "Question":
        """The question that our index answers about this offer."""
        assert offer.position is not None
        assert offer.occupation is not None
        lat, lon = degrees_of(offer.position)
        near = country.affinities.wished_near(offer.occupation)
        passing = {code: points for code, points in near.items() if points >= configuration.minimum_affinity}
        required = [skills.number(skill.key) for skill in offer.skills if skill.required]
        asked = [skills.number(skill.key) for skill in offer.skills if not skill.required]
        return cls(
            lat,
            lon,
            *offer.position,
            [occupation_number(code) for code in passing],
            list(passing.values()),
            needed(offer),
            sorted(required),
            sorted(asked),
            REQUIRED_WEIGHT * len(required) + WISHED_WEIGHT * len(asked),
            offer.minutes,
            offer.months,
            offer.wage,
            offer.contract,
            offer.schedule_known,
            configuration.freshness(TODAY - offer.confirmed_day),
            configuration.reply_prior if offer.reply < 0 else offer.reply,
        )


def metres_of_nearest(people: People, question: Question) -> Any:
    """How far the nearest fifty who pass are, by looking at everybody."""
    lat, lon = np.radians(people.lat), np.radians(people.lon)
    here_lat, here_lon = np.radians(question.lat), np.radians(question.lon)
    half = np.sin((lat - here_lat) / 2) ** 2 + np.cos(lat) * np.cos(here_lat) * np.sin((lon - here_lon) / 2) ** 2
    away = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    wished = np.isin(people.rows["wishes"] >> OCCUPATION_AT, question.near).any(axis=1)
    passes = wished & (people.bits & np.uint64(question.needed) == 0) & (away <= people.geo[:, 3] / 10)
    return np.sort(away[passes])[:TOP_PROFILES]


@dataclass(frozen=True)
class Comparison:
    """People, the same in our index and in a database, and what both are asked about."""

    people: People
    index: ProfileIndex
    configuration: Configuration
    offers: list[OfferFacts]
    questions: list[Question]

    @classmethod
    def draw(cls, quick: bool) -> "Comparison":
        """The same each time; fewer questions when ``quick``."""
        country = Country.load()
        index, people = build(country, COUNT)
        configuration = Configuration()
        offers = draw_offers(country, 60 if quick else 170, seed=4)
        questions = [Question.about(offer, country, index.skills, configuration) for offer in offers]
        return cls(people, index, configuration, offers, questions)

    def check(self, ask: Callable[[Question], Answers]) -> None:
        """Whether the database gives our answers, to the digit and in our order.

        Raises:
            ValueError: it does not.
        """
        ids = zip(self.people.high.tolist(), self.people.low.tolist(), strict=True)
        number = {str(UUID(int=high << 64 | low)): at for at, (high, low) in enumerate(ids)}
        for offer, question in zip(self.offers[:CHECKED], self.questions[:CHECKED], strict=True):
            ours = [(number[name], score) for name, score in self.index.rank(offer, TOP_PROFILES, TODAY)]
            theirs = ask(question)
            if ours != theirs:
                raise ValueError(f"other answers: {ours[:3]} … {theirs[:3]} … ({len(ours)}, {len(theirs)})")

    def report(self, name: str, same: Callable[[Question], Any], nearest: Callable[[Question], Any]) -> dict[str, Any]:
        """The peer and our index in turns on the same offers: medians of the rounds, and how many times faster ours is."""
        rounds: dict[str, list[Taken]] = {"same": [], "ours": [], "nearest": []}
        for _ in range(PAIRS):
            rounds["same"].append(timed(same, self.questions, warm_up=WARM_UP))
            rounds["ours"].append(
                timed(lambda offer: self.index.rank(offer, TOP_PROFILES, TODAY), self.offers, warm_up=WARM_UP)
            )
            rounds["nearest"].append(timed(nearest, self.questions, warm_up=WARM_UP))
        # The processor time is the client's alone, which says nothing of a server.
        figures = {which: [percentiles(list(taken)) for taken in found] for which, found in rounds.items()}

        def ratio(which: str, share: str) -> float:
            pairs = zip(figures[which], figures["ours"], strict=True)
            return round(statistics.median(peer[share] / ours[share] for peer, ours in pairs), 1)

        return {
            "peers": {name: {str(COUNT): _median(figures["same"]), "nearest": _median(figures["nearest"])}},
            "index": {f"beside_{name}": {str(COUNT): _median(figures["ours"])}},
            "ratio": {
                f"index_vs_{name}": ratio("same", "p50_ms"),
                f"index_vs_{name}_p99": ratio("same", "p99_ms"),
                f"index_vs_{name}_nearest": ratio("nearest", "p50_ms"),
                f"index_vs_{name}_nearest_p99": ratio("nearest", "p99_ms"),
            },
        }


def _median(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(statistics.median(one[key] for one in rounds), 4) for key in rounds[0]}


def _quotient(above: Any, below: Any) -> dict[str, Any]:
    return {"$floor": {"$divide": [above, below]}}


def _scored(question: Question, configuration: Configuration) -> list[dict[str, Any]]:
    """Stages that put ``score`` into documents, by the formula of ``domain.affinity`` on whole numbers."""
    c, weights = configuration, configuration.weights
    points = [
        {
            "$let": {
                "vars": {"at": {"$indexOfArray": [question.near, {"$arrayElemAt": ["$codes", wish]}]}},
                "in": {"$cond": [{"$lt": ["$$at", 0]}, 0, {"$arrayElemAt": [question.points, "$$at"]}]},
            }
        }
        for wish in range(WISHES)
    ]
    months = [{"$arrayElemAt": ["$months", wish]} for wish in range(WISHES)]
    near = [f"$p{wish}" for wish in range(WISHES)]
    has = {
        "$add": [
            {"$multiply": [REQUIRED_WEIGHT, {"$size": {"$setIntersection": ["$skills", question.required]}}]},
            {"$multiply": [WISHED_WEIGHT, {"$size": {"$setIntersection": ["$skills", question.asked]}}]},
        ]
    }
    skills: Any = c.skills_floor
    if question.asked_weight:
        gained = _quotient({"$multiply": [SCALE - c.skills_floor, has]}, question.asked_weight)
        skills = {"$add": [c.skills_floor, gained]}
    enough: Any = SCALE
    if question.months:
        shares = [
            _quotient({"$multiply": [one, {"$min": [held, question.months]}]}, question.months)
            for one, held in zip(near, months, strict=True)
        ]
        enough = {"$max": shares}
    counted = [_quotient({"$multiply": [one, held]}, SCALE) for one, held in zip(near, months, strict=True)]
    spare = {"$max": [0, {"$subtract": [{"$max": counted}, question.months + c.ample_months]}]}
    # The people and offers of this country ask nothing in words: of the demands, only much experience counts.
    demanded: Any = SCALE
    if question.months >= c.inexperienced_months:
        green = {"$lt": [{"$multiply": [2, {"$max": counted}]}, question.months]}
        demanded = {"$cond": [green, c.inexperienced, SCALE]}
    left = _quotient({"$multiply": [SCALE - c.ample_floor, {"$min": [spare, c.ample_months]}]}, c.ample_months)
    experience = _quotient({"$multiply": [enough, {"$subtract": [SCALE, left]}]}, SCALE)
    fell = {"$multiply": [SCALE - c.distance_floor, {"$min": ["$away_dm", "$reach"]}]}
    distance = {"$subtract": [SCALE, _quotient(fell, {"$max": [1, "$reach"]})]}
    accepted = {"$cond": [{"$in": ["$wished_contracts", _holding(question.contract)]}, SCALE, c.other_contract]}
    off = {"$min": [{"$abs": {"$subtract": [question.minutes, "$wished_minutes"]}}, c.hours_tolerance]}
    kept = {"$subtract": [SCALE, _quotient({"$multiply": [SCALE, off]}, c.hours_tolerance)]}
    paid = _quotient({"$multiply": [SCALE, {"$min": [question.wage, "$wage_floor"]}]}, "$wage_floor")
    wishes = _quotient(
        {
            "$add": [
                {"$cond": [{"$gt": ["$wished_contracts", 0]}, accepted, c.neutral]},
                {"$cond": [{"$ne": ["$wished_minutes", -1]}, kept, c.neutral]} if question.minutes != -1 else c.neutral,
                {"$cond": [{"$gt": ["$wage_floor", 0]}, paid, c.neutral]} if question.wage != -1 else c.neutral,
                {"$cond": ["$restricted", SCALE, c.neutral]} if question.schedule_known else c.neutral,
            ]
        },
        4,
    )
    seeker = _quotient({"$add": ["$occupation", "$distance", "$wished"]}, 3)
    employer = _quotient({"$add": ["$occupation", "$skilled", "$experience"]}, 3)
    parts = [
        {"$multiply": [weights.occupation, "$occupation"]},
        {"$multiply": [weights.skills, "$skilled"]},
        {"$multiply": [weights.distance, "$distance"]},
        {"$multiply": [weights.experience, "$experience"]},
        {"$multiply": [weights.wishes, "$wished"]},
        {"$multiply": [weights.mutual, _quotient({"$multiply": [seeker, employer]}, SCALE)]},
        {"$multiply": [weights.demands, "$demanded"]},
        weights.freshness * question.freshness + weights.reply * question.reply,
    ]
    terms = {"skilled": skills, "experience": experience, "distance": distance, "wished": wishes, "demanded": demanded}
    return [
        {"$set": {f"p{wish}": one for wish, one in enumerate(points)}},
        {"$set": {"occupation": {"$max": near}, **terms}},
        {"$set": {"score": {"$add": parts}}},
        {
            "$match": {
                "score": {"$gte": configuration.minimum},
                "$expr": {"$gte": [_quotient({"$multiply": ["$occupation", "$demanded"]}, SCALE), c.minimum_affinity]},
            }
        },
    ]


def _holding(contract: int) -> list[int]:
    """Sets of contracts (as bits) that hold this one: there are three in this country."""
    return [bits for bits in range(1, 16) if bits & contract]


def mongo(url: str, quick: bool = False) -> dict[str, Any]:
    """``$geoNear`` over the people who pass; then score, order and the best fifty, or the nearest fifty alone."""
    comparison = Comparison.draw(quick)
    with MongoClient[dict[str, Any]](url) as client:
        collection = client["bench_peers"]["people"]
        collection.drop()
        rows = documents(comparison.people)
        for first in range(0, len(rows), 20_000):
            collection.insert_many(rows[first : first + 20_000], ordered=False)
        collection.create_index([("wishes", ASCENDING), ("home", GEOSPHERE)])

        def near(question: Question, **more: Any) -> dict[str, Any]:
            passing = {"wishes": {"$in": question.near}, "lacks": {"$bitsAllClear": question.needed}, **more}
            return {
                "$geoNear": {
                    "near": {"type": "Point", "coordinates": [question.lon, question.lat]},
                    "distanceField": "away",
                    "maxDistance": FARTHEST_M,
                    "key": "home",
                    "query": passing,
                }
            }

        def nearest(question: Question) -> int:
            within = {"$match": {"$expr": {"$lte": ["$away", "$reach_m"]}}}
            return len(list(collection.aggregate([near(question), within, {"$limit": TOP_PROFILES}])))

        def same(question: Question) -> Answers:
            squares = [{"$pow": [{"$subtract": [f"${axis}", getattr(question, axis)]}, 2]} for axis in ("x", "y", "z")]
            hours = {"minutes_max": {"$gte": question.minutes}} if question.minutes != -1 else {}
            pipeline: list[dict[str, Any]] = [
                near(question, **hours),
                # Degrees and decimetres differ by their rounding: the exact range comes below.
                {"$match": {"$expr": {"$lte": ["$away", {"$add": ["$reach_m", 10]}]}}},
                {"$set": {"squared": {"$add": squares}}},
                {"$match": {"$expr": {"$lte": ["$squared", {"$pow": ["$reach", 2]}]}}},
                {"$set": {"away_dm": {"$floor": {"$sqrt": "$squared"}}}},
                *_scored(question, comparison.configuration),
                {"$sort": {"score": -1, "place": 1}},
                {"$limit": TOP_PROFILES},
                {"$project": {"score": 1}},
            ]
            return [(row["_id"], int(row["score"])) for row in collection.aggregate(pipeline)]

        comparison.check(same)
        report = comparison.report("mongo_geonear", same, nearest)
        client.drop_database("bench_peers")
    return report


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
