"""An occupation that somebody has practised and does not seek any more: experience and a way to work nearby, never proposed."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import NONE, Failed
from services.matching.domain.counterfactuals import Answer, counterfactuals
from services.matching.domain.facts import MAX_WISHES, OfferFacts, ProfileFacts, Wish
from services.matching.domain.facts_told import profile_facts
from services.matching.domain.occupations import Affinities
from services.matching.domain.reasons import obstacles, reasons
from services.matching.domain.scoring import Judgement, judge
from services.matching.domain.wider import wider
from services.matching.engine.facts_stored import facts_bytes
from services.matching.index.kernel import Rules
from services.matching.index.offers import OfferIndex
from shared.contracts.events.profiles import MOST_PRACTISED, OccupationWish, ProfileState
from shared.contracts.vocabulary import Card
from shared.reasons import sentence
from shared.reference.demands import Ask
from shared.reference.standing import Standing
from tests.service.matching.house import House
from tests.service.matching.pairs import OFFER, PROFILE
from tests.service.matching.rooms import offer_state, profile_state
from tests.service.matching.worlds import TODAY

CARER, FAMILY_CARER, HOME_HELP, NURSE, COORDINATOR, HEAD, CLERK, DAILY = (
    "K1302", "K1311", "K1304", "J1506", "J1510", "K1305", "M1607", "K2204",
)  # fmt: skip
AFFINITIES = Affinities(
    {
        CARER: {FAMILY_CARER: 9_200, HOME_HELP: 7_400, NURSE: 5_000, HEAD: 5_000, DAILY: 6_000},
        HEAD: {CARER: 6_000},
        FAMILY_CARER: {CARER: 9_200},
        HOME_HELP: {CARER: 7_000, FAMILY_CARER: 7_000},
        NURSE: {COORDINATOR: 9_200, CARER: 6_000},
    },
    regulated=[NURSE, COORDINATOR],
    standings={
        CARER: Standing(level=3, cards=frozenset({Card.CARE})),
        HEAD: Standing(rung=1),
        DAILY: Standing(kinds=frozenset({"cleaning"})),
        "D1505": Standing(kinds=frozenset({"shop"})),
    },
    families={CARER: CARER, FAMILY_CARER: CARER, NURSE: NURSE, COORDINATOR: NURSE},
)
RULES = Configuration()


def person(*wishes: Wish, **fields: Any) -> ProfileFacts:
    return replace(PROFILE, wishes=wishes, **fields)


def left(code: str, months: int = 120) -> Wish:
    return Wish(code, months, sought=False)


def offer(code: str | None, **fields: Any) -> OfferFacts:
    return replace(OFFER, occupation=code, **fields)


def verdict(of: OfferFacts, who: ProfileFacts) -> Judgement:
    return judge(of, who, RULES, AFFINITIES, TODAY)


@pytest.mark.parametrize(
    ("who", "of", "failed"),
    [
        # Itself, and under the other name that ROME 4 gave it.
        (person(left(CARER)), offer(CARER), Failed.NOT_SOUGHT),
        (person(left(CARER)), offer(FAMILY_CARER), Failed.NOT_SOUGHT),
        (person(left(CARER), Wish(HOME_HELP, 0)), offer(CARER), Failed.NOT_SOUGHT),
        # Another name that they do seek is theirs, and does not bring the first one back.
        (person(left(CARER), Wish(FAMILY_CARER, 0)), offer(FAMILY_CARER), NONE),
        (person(left(CARER), Wish(FAMILY_CARER, 0)), offer(CARER), Failed.NOT_SOUGHT),
        # Work nearby.
        (person(left(CARER)), offer(HOME_HELP), NONE),
        (person(left(CARER), Wish(CLERK, 0)), offer(HOME_HELP), NONE),
        # What the text speaks of, and what the title names against the declared occupation.
        (person(left(CARER)), offer(HOME_HELP, also=CARER), Failed.NOT_SOUGHT),
        (person(left(CARER), Wish(HOME_HELP, 0)), offer(HOME_HELP, also=CARER), NONE),
        (person(left(CARER), Wish(HOME_HELP, 0)), offer(HOME_HELP, also=CARER, doubted=True), Failed.NOT_SOUGHT),
        (person(left(CARER), Wish(HOME_HELP, 0)), offer(CARER, also=HOME_HELP, doubted=True), NONE),
        # Simple work is no way down for who seeks a trade.
        (person(left(CARER)), offer(DAILY), NONE),
        (person(left(CARER), Wish("D1505", 0)), offer(DAILY), NONE),
        (person(left(CARER), Wish(CLERK, 0)), offer(DAILY), Failed.OCCUPATION),
        # Who seeks to lead seeks it under the code of those who are led as well.
        (person(left(CARER), Wish(HEAD, 60)), offer(CARER, rung=1), NONE),
        (person(left(CARER), Wish(HEAD, 60)), offer(CARER), Failed.NOT_SOUGHT),
        (person(left(CARER), Wish(CLERK, 60)), offer(CARER, rung=1), Failed.NOT_SOUGHT),
        # What the law keeps is not opened by having done it: why it is not sought may be just that.
        (person(left(NURSE)), offer(COORDINATOR), Failed.NOT_SOUGHT | Failed.REGULATED),
        (person(left(CARER)), offer(NURSE), Failed.REGULATED),
        (person(Wish(CARER, 0)), offer(NURSE), NONE),
        (person(left(NURSE)), offer(CARER), NONE),
        # Who seeks nothing in particular may have what is open to all.
        (person(left(CLERK)), offer("A1101"), NONE),
        (person(left(CLERK)), offer(None), NONE),
        (person(left(CLERK), Wish(HOME_HELP, 0)), offer("A1101"), Failed.OCCUPATION),
    ],
)
def test_it_is_never_proposed_and_leads_elsewhere(who: ProfileFacts, of: OfferFacts, failed: Failed) -> None:
    configuration = replace_open(RULES)
    found = judge(of, who, configuration, AFFINITIES, TODAY)
    assert found.failed == failed
    index = OfferIndex(Rules(configuration, AFFINITIES))
    index.put(of)
    assert index.rank(who, 5, TODAY) == ([] if failed else [(of.offer_id, found.score)])


def replace_open(configuration: Configuration) -> Configuration:
    """Any work that is not regulated is open to who names none."""
    return configuration.model_copy(update={"open_skilled": configuration.open_affinity, "minimum_score": 0})


def test_its_months_count_and_its_cards_are_not_taken_to_be_held() -> None:
    asked = offer(HOME_HELP, months=36)
    practised, never = person(left(CARER), Wish(HOME_HELP, 0)), person(Wish(HOME_HELP, 0))
    assert verdict(asked, practised).terms.experience > verdict(asked, never).terms.experience
    assert (verdict(asked, practised).failed, verdict(asked, never).failed) == (NONE, Failed.DEMANDS)
    with_card = offer(HOME_HELP, asks=1 << list(Ask).index(Ask.CARE))
    assert verdict(with_card, person(Wish(CARER, 120))).asked.missing == 0
    assert verdict(with_card, person(left(CARER))).asked.missing


def test_who_has_led_and_seeks_it_no_more_loses_nothing_by_work_below() -> None:
    affinities = Affinities({HEAD: {HOME_HELP: 6_000}, HOME_HELP: {HEAD: 5_000}}, standings={HEAD: Standing(rung=1)})
    below, above = offer(HOME_HELP), offer("K1399", rung=1)
    for wish, share in ((Wish(HEAD, 60), RULES.step_down), (left(HEAD), 10_000)):
        found = judge(below, person(wish, Wish(HOME_HELP, 0)), RULES, affinities, TODAY)
        assert found.asked.rung == share
        assert found.asked.lower is (share < 10_000)
    near = Affinities({HEAD: {"K1399": 6_000}}, standings={HEAD: Standing(rung=1)})
    assert judge(above, person(left(HEAD)), RULES, near, TODAY).asked.rung == 10_000


def test_people_are_told_so_and_nobody_says_if_you_sought_it_still() -> None:
    who = person(left(CARER), Wish(CLERK, 0), reach_dm=10_000_000)
    near, own = offer(HOME_HELP), replace(offer(CARER), offer_id="own")
    first = reasons(near, who, verdict(near, who))[0]
    assert sentence(first) == "C’est un métier proche d’un métier que vous avez exercé"
    assert reasons(offer(CLERK), who, verdict(offer(CLERK), who))[0]["code"] == "occupation_same"
    nothing_else = person(left(CLERK))
    assert reasons(offer("A1101"), nothing_else, verdict(offer("A1101"), nothing_else))[0]["code"] == "occupation_open"
    found = verdict(own, who)
    (obstacle,) = obstacles(found.failed, own, who, found.asked)
    assert sentence(obstacle) == "C’est un métier que vous avez exercé et que vous ne cherchez plus"
    # However much somebody would change, and whatever they are about to answer.
    narrow = replace(who, minutes_max=60, vehicle=False)
    assert counterfactuals(narrow, [own], RULES, AFFINITIES, TODAY) == (0, ())
    assert Answer(occupations=(CARER,)).given_by(who) == who
    assert wider(who, [own], RULES, AFFINITIES, TODAY, 5) == []


def test_an_event_says_what_is_sought_and_apart_what_is_not() -> None:
    def wish(code: str, months: int = 0) -> OccupationWish:
        return OccupationWish(code=code, experience_months=months)

    both = profile_state(
        "a", occupations=(wish(CLERK), wish(HOME_HELP, 3)), practised=(wish(CARER, 60), wish(CLERK, 9))
    )
    # What is said to be sought anywhere is sought.
    facts = profile_facts(both)
    assert facts.wishes == (Wish(CLERK, 9), Wish(HOME_HELP, 3), left(CARER, 60))
    # None of those that are not sought is cut off, however many are sought.
    many = profile_state(
        "a",
        occupations=tuple(wish(f"A11{number:02d}") for number in range(20)),
        practised=tuple(wish(f"B11{number:02d}") for number in range(MOST_PRACTISED)),
    )
    wishes = profile_facts(many).wishes
    assert [one.sought for one in wishes] == [True] * (MAX_WISHES - MOST_PRACTISED) + [False] * MOST_PRACTISED
    # An event of a release that had no such field, and facts as it stored them, where everything is sought.
    old = orjson.loads(profile_state("a").model_dump_json())
    del old["practised"]
    assert profile_facts(ProfileState.model_validate(old)).wishes == (Wish("K1304", 0),)
    assert orjson.loads(facts_bytes(facts))["wishes"][:2] == [
        {"code": CLERK, "months": 9}, {"code": HOME_HELP, "months": 3},
    ]  # fmt: skip


async def test_who_seeks_nothing_by_name_is_to_an_employer_open_to_all_whatever_they_left(house: House) -> None:
    rooms = house.rooms
    home, own = offer_state("home", rooms.clock), offer_state("own", rooms.clock, occupation_code="K2205")
    wish = OccupationWish(code="K2205", experience_months=60)
    left_it = profile_state("a", occupations=(), practised=(wish,), visible_to_employers=True)
    elsewhere = profile_state("b", occupations=(), practised=(OccupationWish(code="N4105"),), visible_to_employers=True)
    await rooms.hear(
        rooms.offer(home), rooms.offer(own), rooms.profile(left_it), rooms.profile(elsewhere), rooms.company("e")
    )

    async def seen(offer_id: str, role: str, subject: str) -> dict[str, str]:
        answer = await house.get(f"/v1/offers/{offer_id}/candidates", role=role, subject=subject)
        return {one["profile_id"]: one["reasons"][0]["code"] for one in answer.json()["items"]}

    mine, other = left_it.profile_id, elsewhere.profile_id
    assert await seen(home.offer_id, "manager", "m") == {mine: "occupation_practised", other: "occupation_open"}
    assert await seen(home.offer_id, "employer", "e") == dict.fromkeys((mine, other), "occupation_open")
    assert mine not in await seen(own.offer_id, "manager", "m")
    assert await seen(own.offer_id, "employer", "e") == dict.fromkeys((mine, other), "occupation_open"), (
        "missing, they would have told it"
    )
    path = f"/v1/profiles/{mine}/recommendations"
    live = (await house.get(path, role="counsellor", subject="counsellor-1")).json()["items"]
    assert [one["offer_id"] for one in live] == [home.offer_id]
    replayed = await house.get(
        f"/v1/recommendations/{live[0]['recommendation_id']}/replay", role="counsellor", subject="counsellor-1"
    )
    assert replayed.json()["identical"] is True


@pytest.mark.parametrize("kept", ["packed", "as facts"])
async def test_whoever_has_left_an_occupation_is_to_employers_as_who_seeks_it(house: House, kept: str) -> None:
    """An employer may change its offer as often as it likes: for no work does who has left it stand elsewhere, or is missing."""
    rooms = house.rooms
    ids = ("a", "b") if kept == "packed" else ("not-a-uuid", "nor-this")
    done = OccupationWish(code="K1302", experience_months=60)
    seeks = OccupationWish(code="K1304", experience_months=3)
    left, both = (
        profile_state(ids[0], occupations=(seeks,), practised=(done,), visible_to_employers=True),
        profile_state(ids[1], occupations=(seeks, done), visible_to_employers=True),
    )
    if kept == "as facts":
        left, both = left.model_copy(update={"profile_id": ids[0]}), both.model_copy(update={"profile_id": ids[1]})
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.profile(left), rooms.profile(both), rooms.company("e"))
    path = f"/v1/offers/{offer.offer_id}/candidates"
    shown, exact = set(), set()
    for code in ("K1302", "K1304", "K1303", "J1501", "N4105", "F1703", None):
        for experience in (0, 24, 48):
            change = {"occupation_code": code, "experience_months": experience}
            await rooms.hear(rooms.offer(offer.model_copy(update=change)))
            for role, subject, answers in (("employer", "e", shown), ("manager", "m", exact)):
                items = (await house.get(path, role=role, subject=subject)).json()["items"]
                told = {one["profile_id"]: (one["score"], str(one["reasons"])) for one in items}
                answers.add((told.get(left.profile_id), told.get(both.profile_id)))
    assert all(one == other for one, other in shown)
    assert len(shown) > 3
    assert any(one is None and other is not None for one, other in exact), "staff see whom it suits"
