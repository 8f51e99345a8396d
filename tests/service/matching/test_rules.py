"""The rules on one pair at a time."""

import dataclasses
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from services.matching.api.french import sentence
from services.matching.domain import facts_told
from services.matching.domain.bits import mask
from services.matching.domain.configuration import TERMS
from services.matching.domain.constraints import NONE, Failed, failed
from services.matching.domain.facts import AskedSkill, OfferFacts, ProfileFacts, Wish
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.domain.geometry import distance_dm, position
from services.matching.domain.life import RecommendationIsOver, Status, is_material, must_be_live, step
from services.matching.domain.occupations import Affinities
from services.matching.domain.reasons import obstacles, reasons, short_of
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import as_share, judge
from services.matching.engine.facts_stored import facts_bytes, offer_from, profile_from
from shared.clock import HandClock
from shared.contracts.events.offers import ScheduleFlags
from shared.contracts.events.profiles import Availability, Travel
from shared.contracts.vocabulary import Licence, OfferStatus, TravelMeans
from shared.geo import distance_km
from tests.examples import examples
from tests.service.matching.pairs import HERE, OFFER, ONE_BY_ONE, PROFILE, RULES
from tests.service.matching.rooms import offer_state, profile_state
from tests.service.matching.worlds import AFFINITIES, TODAY, offers, profiles


def why_not(offer: OfferFacts, profile: ProfileFacts) -> Failed:
    return failed(offer, profile, RULES, AFFINITIES, TODAY)


HAVE_TABLES_OF_THEIR_OWN = Failed.REGULATED | Failed.DEMANDS | Failed.NOT_SOUGHT
HAPPENED_BETWEEN_THEM = Failed.APPLIED | Failed.REFUSED | Failed.DISMISSED


@pytest.mark.parametrize(("offer", "profile", "expected"), ONE_BY_ONE)
def test_each_hard_constraint_says_its_name(
    offer: dict[str, object], profile: dict[str, object], expected: Failed
) -> None:
    assert why_not(replace(OFFER, **offer), replace(PROFILE, **profile)) == expected


def test_every_hard_constraint_has_its_line() -> None:
    met = HAVE_TABLES_OF_THEIR_OWN | HAPPENED_BETWEEN_THEM
    for *_, expected in ONE_BY_ONE:
        met |= expected
    wanting = set(Failed) - set(met)
    assert not wanting, (
        f"A pair that fails {wanting} and nothing else: a line of ONE_BY_ONE in tests/service/matching/pairs.py."
    )


def test_what_is_not_an_input_is_not_there() -> None:
    names = set(ProfileFacts.__dataclass_fields__)
    assert not names & {"sex", "age", "birth_year", "nationality", "rsa", "rqth", "qpv", "name", "address", "owner_id"}


def test_licences_include_lesser_ones_and_the_farthest_means_counts() -> None:
    state = profile_state(
        "a",
        licences=(Licence.CE,),
        travel=(Travel(means=TravelMeans.FOOT, range_km=3), Travel(means=TravelMeans.MOPED, range_km=22.5)),
        availability=Availability(weekly_hours_min=20, weekly_hours_max=35),
    )
    facts = profile_facts(state)
    assert facts.licences == mask((Licence.CE, Licence.C, Licence.BE, Licence.B, Licence.AM), Licence)
    assert (facts.reach_dm, facts.minutes_min, facts.minutes_max) == (225_000, 1_200, 2_100)
    assert profile_facts(profile_state("b", travel=())).reach_dm == 100_000


def test_offers_that_cannot_take_anybody_are_not_open(clock: HandClock) -> None:
    assert offer_facts(offer_state("a", clock)).open
    for fields in ({"status": OfferStatus.SUSPENDED}, {"positions_open": 0}, {"canonical_offer_id": "other"}):
        assert not offer_facts(offer_state("a", clock, **fields)).open


def test_distances_are_those_of_the_ground() -> None:
    for lat, lon in ((45.0, 1.0), (48.85, 2.35), (43.3, 5.4)):
        km = distance_km(46.17, 1.87, lat, lon)
        assert distance_dm(HERE, position(lat, lon)) / 10_000 == pytest.approx(km, rel=1e-3)


@examples(70)
@given(profile=profiles(), offer=offers())
def test_terms_are_shares_and_contributions_add_up_to_the_score(profile: ProfileFacts, offer: OfferFacts) -> None:
    verdict = judge(offer, profile, RULES, AFFINITIES, TODAY)
    assert all(0 <= term <= SCALE for term in verdict.terms)
    assert sum(verdict.contributions) == verdict.score
    assert 0 <= as_share(verdict.score) <= 1
    assert tuple(verdict.terms._fields) == TERMS


@examples(70)
@given(profile=profiles(), offer=offers())
def test_stored_facts_come_back_as_they_were(profile: ProfileFacts, offer: OfferFacts) -> None:
    assert profile_from(facts_bytes(profile)) == profile
    assert offer_from(facts_bytes(offer)) == offer


@examples(70)
@given(profile=profiles(), offer=offers())
def test_every_reason_and_every_obstacle_has_a_french_sentence(profile: ProfileFacts, offer: OfferFacts) -> None:
    verdict = judge(offer, profile, RULES, AFFINITIES, TODAY)
    for reason in (
        *reasons(offer, profile, verdict),
        *short_of(offer, verdict.asked),
        *obstacles(verdict.failed, offer, profile, verdict.asked),
    ):
        assert all(isinstance(value, str) for value in reason.values())
        assert sentence(reason)[0].isupper()


SPEAKS_FOR_THE_WORK = {"occupation_same", "occupation_near", "occupation_practised", "occupation_open"}


@examples(70)
@given(profile=profiles(), offer=offers())
def test_what_stands_in_the_way_is_not_named_among_what_speaks_for_it(profile: ProfileFacts, offer: OfferFacts) -> None:
    """«C’est un métier proche du vôtre» beside «Le métier est trop éloigné»; «ouvert à tous» beside «réservé au diplôme»."""
    verdict = judge(offer, profile, RULES, AFFINITIES, TODAY)
    told = {reason["code"] for reason in reasons(offer, profile, verdict)}
    against = {reason["code"] for reason in obstacles(verdict.failed, offer, profile, verdict.asked)}
    assert not (told & SPEAKS_FOR_THE_WORK and against & {"occupation", "regulated"})


@pytest.mark.parametrize(
    ("offer", "profile", "against"),
    [
        ({"occupation": "D1102"}, {}, "occupation"),
        ({"occupation": "G1602"}, {}, "regulated"),
        ({"occupation": "G1602"}, {"wishes": ()}, "regulated"),
    ],
)
def test_a_far_occupation_is_said_once_and_not_to_be_near(
    offer: dict[str, Any], profile: dict[str, Any], against: str
) -> None:
    one, who = replace(OFFER, **offer), replace(PROFILE, **profile)
    verdict = judge(one, who, RULES, AFFINITIES, TODAY)
    assert [reason["code"] for reason in obstacles(verdict.failed, one, who, verdict.asked)] == [against]
    assert not {reason["code"] for reason in reasons(one, who, verdict)} & SPEAKS_FOR_THE_WORK


def test_nearer_more_skilled_and_more_wished_is_never_worth_less() -> None:
    skilled = replace(OFFER, skills=(AskedSkill(1, "a", True), AskedSkill(2, "b")))
    base = judge(skilled, PROFILE, RULES, AFFINITIES, TODAY).score
    for better in (
        replace(PROFILE, position=HERE),
        replace(PROFILE, skills=(1,)),
        replace(PROFILE, reach_dm=400_000),
    ):
        assert judge(skilled, better, RULES, AFFINITIES, TODAY).score > base
    related = replace(PROFILE, wishes=(Wish("K1302", 0),))
    assert judge(skilled, related, RULES, AFFINITIES, TODAY).score < base


def test_an_unknown_occupation_matches_itself_only() -> None:
    table = Affinities({"K1304": {"K1302": 5_000}})
    assert (table.of("Z9999", "Z9999"), table.of("Z9999", "K1304"), table.known("Z9999")) == (SCALE, 0, False)
    with pytest.raises(ValueError, match="K1304 → K1302"):
        Affinities({"K1304": {"K1302": 10_001}})


def test_the_life_of_a_recommendation() -> None:
    assert step(Status.CREATED, Status.SEEN, "r") is Status.SEEN
    assert step(Status.DISMISSED, Status.DISMISSED, "r") is Status.DISMISSED
    assert step(Status.DISMISSED, Status.CREATED, "r") is Status.CREATED
    assert step(Status.WITHDRAWN, Status.SEEN, "r") is Status.SEEN
    must_be_live(Status.SEEN, "r")
    for over in (Status.APPLIED, Status.DISMISSED, Status.WITHDRAWN):
        with pytest.raises(RecommendationIsOver):
            must_be_live(over, "r")
    with pytest.raises(RecommendationIsOver) as refused:
        step(Status.APPLIED, Status.DISMISSED, "r")
    assert refused.value.extra["allowed"] == []
    assert is_material(None, 1, RULES)
    assert not is_material(50_000_000, 54_999_999, RULES)
    assert is_material(50_000_000, 55_000_000, RULES)


def test_a_list_of_skills_never_loses_to_none() -> None:
    """Same occupation, skills asked and none met, against a near occupation that asks for nothing."""
    listed = replace(OFFER, skills=(AskedSkill(1, "a", True), AskedSkill(2, "b")))
    silent, near = OFFER, replace(OFFER, occupation="K1302")
    who = replace(PROFILE, skills=(9,))
    worth = [judge(offer, who, RULES, AFFINITIES, TODAY) for offer in (listed, silent, near)]
    assert worth[0].score == worth[1].score > worth[2].score
    # Somebody whose skills nobody asked about stands like somebody who has none of those asked.
    assert judge(listed, PROFILE, RULES, AFFINITIES, TODAY).score == worth[0].score
    assert judge(listed, replace(PROFILE, skills=(2,)), RULES, AFFINITIES, TODAY).score > worth[0].score


@pytest.mark.parametrize(
    ("offer", "profile"),
    [
        ({"minutes": -1}, {"wished_minutes": 2_100}),
        ({"minutes": 2_100}, {"wished_minutes": -1}),
        ({"wage": -1}, {"wage_floor": 1_300}),
        ({"wage": 1_300}, {"wage_floor": 0}),
        ({"schedule_known": False}, {"night": False}),
        ({"schedule_known": True}, {}),
        ({}, {"wished_contracts": 0}),
    ],
)
def test_a_wish_is_neutral_where_one_side_says_nothing(offer: dict[str, object], profile: dict[str, object]) -> None:
    silent = replace(OFFER, minutes=-1, wage=-1, schedule_known=False)
    found = judge(replace(silent, **offer), replace(PROFILE, **profile), RULES, AFFINITIES, TODAY)
    assert found.terms.wishes == RULES.neutral


def test_a_wish_that_is_met_counts_for_and_one_that_is_not_against() -> None:
    who = replace(PROFILE, wished_minutes=2_100, night=False)
    met = judge(replace(OFFER, minutes=2_100), who, RULES, AFFINITIES, TODAY).terms.wishes
    unsaid = judge(replace(OFFER, schedule_known=False), who, RULES, AFFINITIES, TODAY).terms.wishes
    short = judge(replace(OFFER, minutes=900, schedule_known=False), who, RULES, AFFINITIES, TODAY).terms.wishes
    assert met > unsaid == RULES.neutral > short


def test_experience_counts_both_ways() -> None:
    def term(asked: int, held: int) -> int:
        who = replace(PROFILE, wishes=(Wish("K1304", held),))
        return judge(replace(OFFER, months=asked), who, RULES, AFFINITIES, TODAY).terms.experience

    assert term(0, 0) == term(0, 120) == term(36, 36) == term(36, 150) == SCALE
    assert term(36, 18) == SCALE // 2
    assert term(60, 0) == 0
    assert RULES.ample_floor < term(0, 200) < SCALE
    assert term(0, 720) == term(12, 600) == RULES.ample_floor
    # Who names no occupation has an experience that nobody knows.
    nobody = judge(replace(OFFER, months=36), replace(PROFILE, wishes=()), RULES, AFFINITIES, TODAY)
    assert nobody.terms.experience == RULES.neutral


def test_a_regulated_occupation_says_so_and_is_not_open_to_who_names_none() -> None:
    nurse = replace(OFFER, occupation="G1602")  # regulated in these tests
    assert why_not(nurse, PROFILE) == Failed.REGULATED
    assert why_not(nurse, replace(PROFILE, wishes=())) == Failed.REGULATED
    assert why_not(nurse, replace(PROFILE, wishes=(Wish("G1602", 0),))) == NONE
    assert "diplôme" in sentence({"code": "regulated"})


@pytest.mark.parametrize(
    ("away_km", "range_km", "text"),
    [
        (15.3, 15, "À 15,3 km de chez vous, plus que les 15 km que vous avez indiqués"),
        (15.03, 15, "À 15,1 km de chez vous, plus que les 15 km que vous avez indiqués"),
        (15.0001, 15, "À 15,1 km de chez vous, plus que les 15 km que vous avez indiqués"),
        (16.4, 15, "À 16 km de chez vous, plus que les 15 km que vous avez indiqués"),
        (22.7, 22.5, "À 23 km de chez vous, plus que les 22,5 km que vous avez indiqués"),
        (0.4, 0.3, "À 1 km de chez vous, plus que les 0,3 km que vous avez indiqués"),
        (120, 100, "À 120 km de chez vous, plus que les 100 km que vous avez indiqués"),
    ],
)
def test_too_far_never_reads_as_near_enough(away_km: float, range_km: float, text: str) -> None:
    home = HERE
    there = (home[0], home[1], home[2] + round(away_km * 10_000))
    offer, who = replace(OFFER, position=there), replace(PROFILE, position=home, reach_dm=round(range_km * 10_000))
    verdict = judge(offer, who, RULES, AFFINITIES, TODAY)
    (reason,) = obstacles(verdict.failed, offer, who, verdict.asked)
    assert sentence(reason) == text


@pytest.mark.parametrize(
    ("unknown", "refuses", "said"),
    [
        (("night",), "night", "night"),
        (("night",), "weekend", None),
        (("early", "late", "night", "weekend"), "late", "late"),
        ((), "night", None),
    ],
)
def test_a_slot_that_nobody_spoke_of_is_said_to_who_refuses_it(
    clock: HandClock, unknown: tuple[str, ...], refuses: str, said: str | None
) -> None:
    """«Aide-soignant de nuit» by its title only: the night is unknown while the week-end is known."""
    state = offer_state("one", clock, schedule_known=True, schedule=ScheduleFlags(unknown=unknown))
    offer = offer_facts(state)
    assert offer_from(facts_bytes(offer)) == offer
    person = replace(PROFILE, **{refuses: False})
    found = reasons(offer, person, judge(offer, person, RULES, AFFINITIES, TODAY))
    told = [reason.get("refused") for reason in found if reason["code"] == "schedule_unknown"]
    assert told == ([said] if said else [])
    free = reasons(offer, PROFILE, judge(offer, PROFILE, RULES, AFFINITIES, TODAY))
    some = [reason.get("unsaid") for reason in free if reason["code"] == "schedule_unknown"]
    assert some == ([None] if len(unknown) == 4 else [", ".join(unknown)] if unknown else [])


def test_every_fact_is_made_of_the_event(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that nothing is put into would say its default of everybody, for ever: a constraint that all or none meet."""
    for kind in (ProfileFacts, OfferFacts):
        monkeypatch.setattr(facts_told, kind.__name__, dict)
    for made, kind in (
        (profile_facts(profile_state("a")), ProfileFacts),
        (offer_facts(offer_state("a", clock)), OfferFacts),
    ):
        wanting = {field.name for field in dataclasses.fields(kind)} - set(made)  # type: ignore[call-overload]  # a dict, see above
        assert not wanting, (
            f"Nothing is put into {wanting}: services/matching/domain/facts_told.py makes it of the event."
        )


_COMPARED_WITH_NOTHING = {"company_id", "published_day", "said", "unsaid"}


@pytest.mark.parametrize(("drawn", "facts"), [(offers(), OfferFacts), (profiles(), ProfileFacts)])
def test_drawn_worlds_vary_every_fact(drawn: Any, facts: type) -> None:
    """A fact that every drawn offer or profile has alike would be compared by nothing: the oracle could not see it."""
    values: dict[str, set[object]] = {field.name: set() for field in dataclasses.fields(facts)}

    @examples(100)
    @given(drawn)
    def collect(one: Any) -> None:
        for name, seen in values.items():
            seen.add(getattr(one, name))

    collect()
    assert {name for name, seen in values.items() if len(seen) < 2} <= _COMPARED_WITH_NOTHING
