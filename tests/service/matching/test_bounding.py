"""Who is left out before their row is read, and where a question looks: neither changes an answer."""

from typing import Any

import pytest

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import AskedSkill, OfferFacts, ProfileFacts, Wish
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import judge
from services.matching.index import searching
from services.matching.index.bounding import ZONES
from services.matching.index.kernel import Rules
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from tests.service.matching.worlds import AFFINITIES, PLACES, SKILLS, TODAY

CONFIGURATION = Configuration(minimum_affinity=1_500, open_affinity=3_000, ample_months=24)
RULES = Rules(CONFIGURATION, AFFINITIES)
REACH = 300_000


@pytest.mark.parametrize("months", [0, 24])
@pytest.mark.parametrize("asked", [0, 3])
def test_who_is_far_and_as_good_as_can_be_is_not_left_out_for_many_who_are_near(months: int, asked: int) -> None:
    """Of the near one expects more than they are worth; who is far is worth all that is expected, a little more than the near."""
    who = {
        "wishes": (Wish("K1304", 24),),
        "skills": SKILLS[:3],
        "weekend": False,
        "wished_contracts": 1,
        "reach_dm": REACH,
    }
    what = {"occupation": "K1304", "confirmed_day": TODAY, "months": months, "reply": SCALE}
    what |= {"skills": tuple(AskedSkill(key, "", True) for key in SKILLS[:asked])}

    def seeker(name: str, minutes: int, wage: int, x: int = 0) -> ProfileFacts:
        place = (PLACES[1][0] + x, *PLACES[1][1:])
        return ProfileFacts(name, "23", position=place, wished_minutes=minutes, wage_floor=wage, **who)

    def work(name: str, minutes: int, wage: int, x: int = 0) -> OfferFacts:
        place = (PLACES[1][0] + x, *PLACES[1][1:])
        return OfferFacts(name, "23", position=place, minutes=minutes, wage=wage, **what)

    offer, asking = work("asking", 2_100, 1_000), seeker("asking", 2_100, 3_000)
    steps = [(minutes, share) for minutes in range(900, 2_100, 150) for share in range(20, 1_000, 12)]
    people = [seeker(f"{minutes}-{share}", minutes, 1_000_000 // share) for minutes, share in steps]
    offers = [work(f"{minutes}-{share}", minutes, 3 * share) for minutes, share in steps]
    by_profile = sorted(
        (judge(offer, one, CONFIGURATION, AFFINITIES, TODAY).score, at) for at, one in enumerate(people)
    )
    by_offer = sorted((judge(one, asking, CONFIGURATION, AFFINITIES, TODAY).score, at) for at, one in enumerate(offers))
    for zone in range(1, 5):
        away = 1 + int(REACH * (zone / ZONES) ** 0.5)
        person, far = seeker("far", 2_100, 900, away), work("far", 2_100, 3_000, away)
        best = judge(offer, person, CONFIGURATION, AFFINITIES, TODAY).score
        near = [people[at] for score, at in by_profile if score < best][-40:]
        assert len(near) > searching.FIRST
        assert ranked(ProfileIndex(RULES), [*near, person], offer) == [("far", best)]
        best = judge(far, asking, CONFIGURATION, AFFINITIES, TODAY).score
        there = [offers[at] for score, at in by_offer if score < best][-40:]
        assert len(there) > searching.FIRST
        assert ranked(OfferIndex(RULES), [*there, far], asking) == [("far", best)]


def ranked(index: Any, everybody: list[Any], asking: Any) -> list[tuple[str, int]]:
    for one in everybody:
        index.put(one)
    found: list[tuple[str, int]] = index.rank(asking, 1, TODAY)
    return found


def test_other_rules_are_followed_where_a_question_was_asked_before() -> None:
    narrow = Rules(Configuration(minimum_affinity=SCALE, open_affinity=SCALE), AFFINITIES)
    wished = next(code for code in AFFINITIES.codes for other in AFFINITIES.offered_near(code) if other != code)
    points, other = max((points, code) for code, points in AFFINITIES.offered_near(wished).items() if code != wished)
    assert points >= CONFIGURATION.minimum_affinity
    person = ProfileFacts("person", "23", position=PLACES[1], wishes=(Wish(wished, 12),))
    offer = OfferFacts("offer", "23", position=PLACES[1], occupation=other, confirmed_day=TODAY)
    people, work = ProfileIndex(narrow), OfferIndex(narrow)
    people.put(person)
    work.put(offer)
    assert people.rank(offer, 3, TODAY) == work.rank(person, 3, TODAY) == []
    people.follow(RULES)
    work.follow(RULES)
    score = judge(offer, person, CONFIGURATION, AFFINITIES, TODAY).score
    assert people.rank(offer, 3, TODAY) == [("person", score)]
    assert work.rank(person, 3, TODAY) == [("offer", score)]
