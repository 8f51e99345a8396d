"""Configuration and referential, laid out for compiled functions."""

from functools import lru_cache
from typing import Any

import numpy as np

from services.matching.domain.affinity import open_to_all, presumed, wished_by
from services.matching.domain.configuration import TERMS, Configuration
from services.matching.domain.facts import OfferFacts
from services.matching.domain.occupations import Affinities, is_entrusted
from services.matching.domain.scale import SCALE
from services.matching.index.encoding import branch_posting, occupation_number
from services.matching.index.layout import FRESH, MOST_OCCUPATIONS, OCCUPATION_CODES, LayoutTooNarrow
from shared.reference.demands import Ask

_NUMBERS = (
    "minimum",
    "minimum_affinity",
    "uncoded_affinity",
    "text_share",
    "practised_share",
    "pointed_share",
    "doubted_share",
    "neutral",
    "skills_floor",
    "step_up",
    "step_up_months",
    "step_down",
    "level_short",
    "level_far",
    "inexperienced",
    "inexperienced_months",
    "card_missing",
    "ample_months",
    "ample_floor",
    "distance_floor",
    "other_contract",
    "hours_tolerance",
    "reply_prior",
    "availability_grace_days",
)
"""What of a configuration scores a pair, beside the weights."""
SETTINGS = np.dtype([(name, "<i8") for name in (*_NUMBERS, *TERMS)])
OCCUPATION = np.dtype(
    [
        ("open", "<i4"),
        ("rung", "i1"),
        ("level", "i1"),
        ("kept", "u1"),
        ("simple", "u1"),
        ("cards", "<i8"),
        ("family", "<i4"),
        ("entrusted", "u1"),
    ]
)
"""What somebody without an occupation, and whoever seeks or practises this one, is taken to be; ``kept``: by the law;
``family``: the number of the occupation that it was split off from, 0 for what is alone in its family."""
Near = tuple[tuple[int, int], ...]
"""Postings, and how near an occupation of each is at most."""
MANY = 4
"""From so many occupations of a branch on, its posting is one look instead of many."""

if len(Ask) > 63:
    raise LayoutTooNarrow(f"Ask has {len(Ask)} values: a set of them does not fit the 63 bits of a whole number.")


TABLES = np.dtype(
    [
        ("settings", SETTINGS),
        ("fresh", "<i8", (FRESH,)),
        ("occupations", OCCUPATION, (MOST_OCCUPATIONS + 1,)),
        ("places", "<i2", (OCCUPATION_CODES,)),
        ("near", "<i2", (MOST_OCCUPATIONS + 1, MOST_OCCUPATIONS + 1)),
    ]
)
"""``places``: by occupation number, its place in ``near`` and ``occupations``; of one that nobody knows 0.

``near``: affinity by place of the offered and of the wished occupation; ``fresh``: freshness by age in days.
"""


class Rules:
    """What questions are answered by; which postings to look in is worked out once for each occupation."""

    def __init__(self, configuration: Configuration, affinities: Affinities) -> None:
        self.configuration = configuration
        self.affinities = affinities
        self.tables = np.zeros(1, TABLES)
        tables = self.tables[0]
        tables["places"], tables["near"] = _laid_out(affinities)
        codes, occupations = affinities.codes, tables["occupations"]
        occupations["open"][0] = open_to_all(None, configuration, affinities)
        for place, code in enumerate(codes, 1):
            standing = affinities.standing(code)
            occupations[place] = (
                open_to_all(code, configuration, affinities),
                standing.rung,
                standing.level,
                code in affinities.regulated,
                standing.simple,
                presumed(standing),
                occupation_number(affinities.families.get(code)),
                is_entrusted(standing),
            )
        for name in _NUMBERS:
            tables["settings"][name] = getattr(configuration, name)
        for name, weight in zip(TERMS, configuration.weights.in_order(), strict=True):
            tables["settings"][name] = weight
        if configuration.freshness_days + configuration.freshness_step_days >= FRESH:
            raise LayoutTooNarrow(f"Offers are fresh for longer than the {FRESH} days that tables have room for.")
        tables["fresh"] = [configuration.freshness(age) for age in range(FRESH)]
        self._wished: dict[tuple[str, str | None, bool], Near] = {}
        self._offered: dict[str, Near] = {}

    def open(self, number: int) -> int:
        """What an offer of this occupation is to people who name none."""
        return int(self.tables["occupations"]["open"][0, self.tables["places"][0, number]])

    def wished_near(self, code: str, also: str | None, doubted: bool) -> Near:
        """Postings of the people whose wish is near an offer's occupation, or that of its text."""
        found = self._wished.get((code, also, doubted))
        if found is None:
            offer = OfferFacts("", "", occupation=code, also=also, doubted=doubted)
            near = self._postings(wished_by(offer, self.configuration, self.affinities))
            found = self._wished[code, also, doubted] = near
        return found

    def offered_near(self, code: str) -> Near:
        """Postings of the offers whose occupation is near a wish."""
        found = self._offered.get(code)
        if found is None:
            found = self._offered[code] = self._postings(self.affinities.offered_near(code))
        return found

    def _postings(self, near: dict[str, int]) -> Near:
        """Those that hold these occupations: a branch's own, with some rows too many, where it has many of them."""
        branches: dict[int, list[tuple[int, int]]] = {}
        for code, points in near.items():
            if points >= self.configuration.minimum_affinity:
                number = occupation_number(code)
                branches.setdefault(branch_posting(number), []).append((number, points))
        return tuple(
            posting
            for branch, some in branches.items()
            for posting in ([(branch, max(points for _, points in some))] if len(some) >= MANY else some)
        )


@lru_cache(maxsize=8)
def _laid_out(affinities: Affinities) -> tuple[Any, Any]:
    """``places`` and ``near``, the same under every configuration that finds occupations as near as that."""
    place = {code: at for at, code in enumerate(affinities.codes, 1)}
    if len(place) > MOST_OCCUPATIONS:
        raise LayoutTooNarrow(
            f"The referential knows {len(place)} occupations, and tables have room for {MOST_OCCUPATIONS}."
        )
    places = np.zeros(OCCUPATION_CODES, np.int16)
    near = np.zeros((MOST_OCCUPATIONS + 1, MOST_OCCUPATIONS + 1), np.int16)
    for code, at in place.items():
        places[occupation_number(code)] = at
        for offered, points in affinities.offered_near(code).items():
            near[place.get(offered, 0), at] = points if offered != code else SCALE
    return places, near
