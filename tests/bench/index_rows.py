"""People and offers of a whole country as rows, by the million, for the index benches.

Home and occupation are drawn together from the offers counted by commune and occupation where that file lies beside the
project, else from populations and a long-tailed set of occupations. The seed fixes everything.
"""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from services.matching.domain.facts import ALL_CONTRACTS, UNKNOWN, AskedSkill, OfferFacts, ProfileFacts, Wish, skill_key
from services.matching.domain.geometry import DM_PER_KM, position
from services.matching.domain.occupations import Affinities
from services.matching.index.encoding import (
    SkillNumbers,
    lacking,
    occupation_number,
    territory_number,
)
from services.matching.index.layout import OCCUPATION_AT, PROFILE_ROW
from shared.reference.communes import Communes

COUNTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "offers" / "counts_by_commune_and_rome.csv.gz"
TODAY = 740_000
REACHES_KM = (5, 8, 10, 15, 20, 25, 30, 40, 60, 100)
_REACH_SHARES = (0.06, 0.08, 0.12, 0.14, 0.16, 0.14, 0.16, 0.09, 0.04, 0.01)
SKILLS_EACH = 24
"""Skills that an occupation's offers ask among."""


@dataclass(frozen=True)
class Country:
    """Where work is, and what: one entry per (commune, occupation), with how many offers there are of it."""

    lat: Any
    lon: Any
    code: Any
    weight: Any
    codes: list[str]
    affinities: Affinities

    @classmethod
    def load(cls) -> "Country":
        """The counted one where its file is, else one that follows populations."""
        communes = Communes.load()
        rows: list[tuple[float, float, str, float]] = []
        if COUNTS.exists():
            with gzip.open(COUNTS, "rt") as source:
                for line in csv.DictReader(source):
                    commune = communes.get(line["code_insee"])
                    if commune is not None:
                        rows.append((commune.lat, commune.lon, line["code_rome"], float(line["nb_offres"])))
        else:
            rng = np.random.default_rng(5)
            names = [f"{'ABCDEFGHIJKLMN'[n % 14]}{11 + n // 14 % 9}{n % 7:02d}" for n in range(530)]
            shares = 1 / np.arange(1, 531)
            for commune in communes:
                for at in rng.choice(530, 3, p=shares / shares.sum()):
                    rows.append((commune.lat, commune.lon, names[at], commune.population / 1000 + 0.1))
        codes = sorted({row[2] for row in rows})
        number = {code: at for at, code in enumerate(codes)}
        # As the product's referential has it: some ten neighbours, near ones and less near ones; a letter is none.
        near = {
            code: {other: 6_500 if at < 4 else 4_500 for at, other in enumerate(_branch(code, codes)[:10])}
            for code in codes
        }
        return cls(
            np.array([row[0] for row in rows]),
            np.array([row[1] for row in rows]),
            np.array([number[row[2]] for row in rows]),
            np.array([row[3] for row in rows]) / sum(row[3] for row in rows),
            codes,
            Affinities(near),
        )


def _branch(code: str, codes: list[str]) -> list[str]:
    """Other occupations of the same professional domain, then those of the next ones in order."""
    own = [other for other in codes if other[:3] == code[:3] and other != code]
    after = codes.index(code) + 1
    return [*own, *(other for other in codes[after : after + 10] if other[:3] != code[:3])]


@dataclass
class People:
    """Profiles as the arrays that ``ProfileIndex.load`` takes."""

    country: Country
    count: int
    high: Any
    low: Any
    bits: Any
    geo: Any
    rows: Any
    lat: Any
    lon: Any

    @classmethod
    def draw(cls, country: Country, count: int, skills: SkillNumbers, seed: int = 1) -> "People":
        """Draw them: one to three occupations, six skills on average, flags that exclude as often as in life."""
        rng = np.random.default_rng(seed)
        home = rng.choice(len(country.weight), count, p=country.weight)
        lat = np.round(country.lat[home] + rng.normal(0, 0.05, count), 2)
        lon = np.round(country.lon[home] + rng.normal(0, 0.07, count), 2)
        rows = np.zeros(count, PROFILE_ROW)
        numbers = np.array([occupation_number(code) for code in country.codes], np.uint32)
        months = rng.choice([0, 6, 12, 24, 60, 120], (count, 3)).astype(np.uint32)
        chosen = np.stack([country.code[home], *(rng.choice(country.code, count) for _ in range(2))], axis=1)
        wishes = numbers[chosen] << np.uint32(OCCUPATION_AT) | months
        wishes[rng.random(count) < 0.45, 1] = 0
        wishes[rng.random(count) < 0.75, 2] = 0
        wishes[(wishes[:, 1] == 0), 2] = 0
        same = (chosen[:, 1] == chosen[:, 0]) | (chosen[:, 2] == chosen[:, 0]) | (chosen[:, 1] == chosen[:, 2])
        wishes[same, 1:] = 0
        rows["wishes"][:, :3] = wishes
        table = np.array(
            [[skills.number(skill_key(f"{code}:{n}")) for n in range(SKILLS_EACH)] for code in country.codes], np.int32
        )
        picks = np.sort(rng.integers(0, SKILLS_EACH, (count, 12)), axis=1)
        held = table[chosen[:, :1], picks]
        held[:, 1:][picks[:, 1:] == picks[:, :-1]] = 0
        held[np.arange(12)[None, :] >= rng.integers(2, 12, count)[:, None]] = 0
        rows["skills"] = held
        rows["minutes_max"] = np.where(rng.random(count) < 0.15, 1_500, 10_080)
        rows["wished_minutes"] = np.where(rng.random(count) < 0.5, 2_100, UNKNOWN)
        rows["wage_floor"] = np.where(rng.random(count) < 0.3, 1_250, 0)
        rows["wished_contracts"] = rng.choice([0, 1, 3], count)
        rows["territory"] = territory_number("23")
        kinds = [
            lacking(ProfileFacts("", "23", **values))
            for values in (
                {"vehicle": True, "licences": 5},
                {"vehicle": True, "licences": 5},
                {"vehicle": True, "licences": 5, "night": False},
                {"early": False, "night": False, "weekend": False},
                {"licences": 5, "late": False, "night": False},
                {"weekend": False, "night": False, "contracts": ALL_CONTRACTS & ~8},
                {"vehicle": True, "licences": 5, "active": False},
                {},
            )
        ]
        bits = np.array(kinds, np.uint64)[rng.integers(0, len(kinds), count)]
        phi, lam = np.radians(lat), np.radians(lon)
        radius = 6371.0088 * DM_PER_KM
        reach = rng.choice(REACHES_KM, count, p=_REACH_SHARES) * DM_PER_KM
        geo = np.stack(
            [
                np.rint(radius * np.cos(phi) * np.cos(lam)),
                np.rint(radius * np.cos(phi) * np.sin(lam)),
                np.rint(radius * np.sin(phi)),
                reach,
            ],
            axis=1,
        ).astype(np.int32)
        return cls(
            country,
            count,
            (np.arange(count, dtype=np.uint64) >> np.uint64(8)) | np.uint64(0x0190_0000_0000_7000),
            rng.integers(1 << 63, (1 << 64) - 1, count, dtype=np.uint64),
            bits,
            geo,
            rows,
            lat,
            lon,
        )


def draw_offers(country: Country, count: int, seed: int = 2) -> list[OfferFacts]:
    """Offers where they are counted, asking what offers ask."""
    rng = np.random.default_rng(seed)
    where = rng.choice(len(country.weight), count, p=country.weight)
    found = []
    for at, row in enumerate(where.tolist()):
        code = country.codes[country.code[row]]
        asked = rng.choice(SKILLS_EACH, rng.integers(0, 7), replace=False).tolist()
        draw = rng.random(8).tolist()
        found.append(
            OfferFacts(
                offer_id=f"0190aaaa-{at >> 16 & 0xFFFF:04x}-7000-8000-{at:012x}",
                territory="23",
                company_id=str(at % 997),
                positions=1 + (draw[0] < 0.2),
                position=position(
                    float(country.lat[row] + rng.normal(0, 0.02)), float(country.lon[row] + rng.normal(0, 0.02))
                ),
                contract=(1, 2, 2, 8)[int(draw[1] * 4)],
                licences=4 if draw[2] < 0.2 else 0,
                vehicle=draw[2] < 0.1,
                early=draw[3] < 0.25,
                late=draw[4] < 0.2,
                night=draw[4] < 0.06,
                weekend=draw[5] < 0.25,
                minutes=2_100 if draw[6] < 0.7 else 1_200,
                published_day=TODAY - 5,
                confirmed_day=TODAY - int(draw[7] * 15),
                occupation=code,
                skills=tuple(AskedSkill(skill_key(f"{code}:{n}"), f"{code}:{n}", n % 3 == 0) for n in asked),
                months=(0, 0, 6, 24)[int(draw[0] * 4)],
                wage=1_200 + int(draw[1] * 300),
            )
        )
    return found


def some_profile(country: Country, rng: np.random.Generator, identifier: str) -> ProfileFacts:
    """One person as facts, for updates and for questions from the other side."""
    row = int(rng.choice(len(country.weight), p=country.weight))
    wishes = {country.codes[country.code[row]]: None}
    if rng.random() < 0.5:
        wishes[country.codes[int(rng.choice(country.code))]] = None
    code = next(iter(wishes))
    held = rng.choice(SKILLS_EACH, int(rng.integers(2, 10)), replace=False).tolist()
    return ProfileFacts(
        profile_id=identifier,
        territory="23",
        position=position(float(round(country.lat[row], 2)), float(round(country.lon[row], 2))),
        reach_dm=int(rng.choice(REACHES_KM, p=_REACH_SHARES)) * DM_PER_KM,
        licences=5,
        vehicle=bool(rng.random() < 0.5),
        night=bool(rng.random() < 0.5),
        wishes=tuple(Wish(wish, int(rng.choice([0, 6, 24]))) for wish in wishes),
        skills=tuple(sorted(skill_key(f"{code}:{n}") for n in held)),
    )
