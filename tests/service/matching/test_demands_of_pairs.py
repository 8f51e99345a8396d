"""What title and text of an offer ask, held against a person: both ways, softly, and said with the words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.matching.domain.bits import mask
from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import NONE, Failed
from services.matching.domain.counterfactuals import counterfactuals
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.domain.geometry import position
from services.matching.domain.occupations import Affinities
from services.matching.domain.reasons import obstacles, short_of
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import Judgement, judge
from services.matching.domain.wider import wider
from services.matching.engine.facts_stored import facts_bytes, offer_from, profile_from
from services.matching.engine.recommendations import Side, work_out
from shared.clock import HandClock
from shared.contracts.vocabulary import Card, Licence, OpportunityKind
from shared.reasons import sentence
from shared.reference.demands import Ask
from shared.reference.occupations import Occupation
from shared.reference.standing import Standing, standing_of
from tests.service.matching.rooms import offer_state, profile_state

TODAY = 740_000
HERE = position(46.17, 1.87)
RULES = Configuration()
AFFINITIES = Affinities(
    {"D1507": {"D1502": 6_000}, "D1502": {"D1507": 7_000}, "H2906": {"H2504": 6_000}, "K1304": {"K2204": 6_000}},
    standings={
        "D1507": Standing(level=3, kinds=frozenset({"shop"})),
        "D1502": Standing(rung=1, level=5),
        "D1301": Standing(rung=2, level=5),
        "H2906": Standing(level=3),
        "H2504": Standing(rung=1, level=4),
        "N1101": Standing(level=3, cards=frozenset({Card.CACES})),
        "K2204": Standing(kinds=frozenset({"cleaning"})),
    },
)
OFFER = OfferFacts("o", "23", position=HERE, occupation="D1507", published_day=TODAY, confirmed_day=TODAY)


def person(*wishes: tuple[str, int], **fields: object) -> ProfileFacts:
    made = ProfileFacts("p", "23", position=HERE, wishes=tuple(Wish(code, months) for code, months in wishes))
    return replace(made, **fields)  # type: ignore[arg-type]  # fields of the facts, by name


def verdict(offer: OfferFacts, who: ProfileFacts) -> Judgement:
    return judge(offer, who, RULES, AFFINITIES, TODAY)


def test_one_rung_above_is_for_who_has_years_in_the_field_and_two_for_nobody_below() -> None:
    leading, heading = replace(OFFER, rung=1), replace(OFFER, rung=2)
    assert verdict(leading, person(("D1507", 36))).failed == Failed.DEMANDS
    assert verdict(leading, person(("D1507", 60))).failed == NONE
    assert verdict(heading, person(("D1507", 240))).failed == Failed.DEMANDS
    head = person(("D1301", 0))
    assert verdict(replace(heading, occupation="D1301"), head).failed == NONE


def test_to_lead_others_is_no_widening_for_who_has_not_the_years() -> None:
    leading, longer = replace(OFFER, rung=1), replace(OFFER, months=60)
    assert wider(person(("D1507", 6)), [leading], RULES, AFFINITIES, TODAY, 5) == []
    assert [one.because for one in wider(person(("D1507", 40)), [leading], RULES, AFFINITIES, TODAY, 5)] == [
        "asks_more"
    ]
    assert [one.because for one in wider(person(("D1507", 6)), [longer], RULES, AFFINITIES, TODAY, 5)] == ["asks_more"]


def test_hours_that_only_the_text_states_are_held_against_what_somebody_can(clock: HandClock) -> None:
    full = offer_facts(offer_state("o", clock, description="Temps de travail : Temps plein", weekly_hours=None))
    few = offer_facts(offer_state("o", clock, description="Un contrat 10h/semaine en CDI.", weekly_hours=None))
    field = offer_facts(offer_state("o", clock, description="Temps de travail : Temps plein", weekly_hours=20))
    assert (full.minutes, few.minutes, field.minutes) == (35 * 60, 10 * 60, 20 * 60)


def test_who_leads_is_not_first_sent_to_what_leads_nobody() -> None:
    own = replace(OFFER, occupation="D1502")
    chief = person(("D1502", 120))
    assert verdict(replace(own, rung=1), chief).score > verdict(own, chief).score
    assert verdict(own, chief).terms.demands == RULES.step_down


def test_much_experience_asked_is_no_offer_for_a_beginner_and_a_little_is() -> None:
    assert verdict(replace(OFFER, months=60), person(("D1507", 6))).failed == Failed.DEMANDS
    assert verdict(replace(OFFER, months=60), person(("D1507", 36))).failed == NONE
    assert verdict(replace(OFFER, months=12), person(("D1507", 0))).failed == NONE


def test_a_card_is_held_by_who_says_so_or_practises_what_needs_it() -> None:
    offer = replace(OFFER, occupation="N1101", asks=mask((Ask.CACES,), Ask))
    assert verdict(offer, person(("N1101", 0))).failed == NONE
    near = Affinities({"N1103": {"N1101": 9_000}}, standings=AFFINITIES.standings)
    picker = person(("N1103", 24))
    assert judge(offer, picker, RULES, near, TODAY).failed == Failed.DEMANDS
    with_card = replace(picker, cards=mask((Card.CACES,), Ask))
    assert judge(offer, with_card, RULES, near, TODAY).failed == NONE


@pytest.mark.parametrize(
    ("ask", "lacks"),
    [
        (Ask.LICENCE_B, {}),
        (Ask.OWN_VEHICLE, {}),
        (Ask.NIGHT, {"night": False}),
        (Ask.WEEKEND, {"weekend": False}),
        (Ask.EARLY, {"early": False}),
        (Ask.LATE, {"late": False}),
        (Ask.ON_THE_ROAD, {}),
    ],
)
def test_a_need_in_the_text_only_is_held_against_who_cannot(ask: Ask, lacks: dict[str, object]) -> None:
    offer = replace(OFFER, asks=mask((ask,), Ask))
    with_all = person(("D1507", 12), vehicle=True, licences=mask((Licence.B,), Licence))
    assert verdict(offer, with_all).failed == NONE
    without = replace(with_all, **lacks) if lacks else person(("D1507", 12))  # type: ignore[arg-type]  # by name
    assert verdict(offer, without).failed == Failed.DEMANDS
    # A change of the person opens it; hours that may be some of them stand under «pour élargir» meanwhile.
    found = [one.because for one in wider(without, [offer], RULES, AFFINITIES, TODAY, 5)]
    assert found == (["asks_more"] if ask in (Ask.WEEKEND, Ask.EARLY, Ask.LATE) else [])
    _, changes = counterfactuals(without, [offer], RULES, AFFINITIES, TODAY)
    assert changes


@pytest.mark.parametrize(
    ("ask", "has", "has_not"),
    [
        (Ask.LICENCE_C, {"licences": mask((Licence.C,), Licence)}, {"licences": mask((Licence.B,), Licence)}),
        (Ask.LICENCE_CE, {"licences": mask((Licence.CE,), Licence)}, {"licences": mask((Licence.C,), Licence)}),
        (Ask.LICENCE_D, {"licences": mask((Licence.D,), Licence)}, {"licences": mask((Licence.B,), Licence)}),
        (Ask.LICENCE_BE, {"licences": mask((Licence.BE,), Licence)}, {"licences": mask((Licence.B,), Licence)}),
        (
            Ask.LEARNER,
            {"kinds": mask((OpportunityKind.JOB, OpportunityKind.APPRENTICESHIP), OpportunityKind)},
            {"kinds": mask((OpportunityKind.JOB,), OpportunityKind)},
        ),
        (Ask.VOLUNTEER, {}, {"kinds": mask((OpportunityKind.JOB,), OpportunityKind)}),
    ],
)
def test_terms_in_the_text_only_are_for_who_can_or_wants_them(
    ask: Ask, has: dict[str, object], has_not: dict[str, object]
) -> None:
    offer = replace(OFFER, asks=mask((ask,), Ask))
    assert verdict(offer, person(("D1507", 12), **has)).failed == NONE
    assert verdict(offer, person(("D1507", 12), **has_not)).failed == Failed.DEMANDS


def test_who_does_not_seek_the_army_is_not_sent_to_enlist() -> None:
    cook, soldier = (standing_of(Occupation(code, code, "", (), (), code)) for code in ("G1602", "K1701"))
    of = Affinities({"K1701": {"D1507": 9_000}}, standings={"G1602": cook, "K1701": soldier})
    offer = replace(OFFER, asks=mask((Ask.ENLISTMENT,), Ask))
    assert judge(offer, person(("D1507", 12)), RULES, of, TODAY).failed == Failed.DEMANDS
    assert judge(offer, person(("K1701", 0)), RULES, of, TODAY).failed == NONE


def test_a_stated_diploma_counts_before_that_of_the_occupation_and_none_stated_is_neutral() -> None:
    asks = replace(OFFER, occupation="H2906", level=5)
    assert verdict(asks, person(("H2906", 24))).terms.demands == RULES.level_far
    assert verdict(asks, person(("H2906", 24), level=5)).terms.demands == SCALE
    assert verdict(asks, person(("H2906", 24), level=4)).terms.demands == RULES.level_short
    unknown = Affinities()
    assert judge(asks, person(("H2906", 24)), RULES, unknown, TODAY).terms.demands == SCALE


def test_a_cap_is_of_a_trade_that_has_been_practised_or_learnt_and_not_of_another() -> None:
    # «Fleuriste, diplôme exigé», to an accountant of twenty years who wants to be one.
    asks = replace(OFFER, occupation="H2906", level=3)
    assert verdict(asks, person(("H2906", 0), ("D1502", 240), level=5)).asked.level == RULES.level_far
    assert verdict(asks, person(("H2906", 0))).failed == Failed.DEMANDS
    assert verdict(asks, person(("H2906", 0), level=3)).failed == NONE
    assert verdict(asks, person(("H2906", 12), ("D1502", 240))).failed == NONE
    # Higher ones are asked of many trades alike.
    assert verdict(replace(asks, level=4), person(("H2906", 0), ("D1502", 240), level=5)).failed == NONE


def test_who_names_no_occupation_gets_simple_work_and_no_trade() -> None:
    assert verdict(OFFER, person()).failed == NONE
    assert verdict(replace(OFFER, occupation="H2906"), person()).failed == Failed.OCCUPATION


def test_it_is_said_with_the_words_of_the_offer(clock: HandClock) -> None:
    text = "Magasin de centre-ville. Vous possédez le CACES 3 à jour. Travail le samedi."
    offer = offer_facts(offer_state("o", clock, title="Employé de magasin", description=text, occupation_code="D1507"))
    who = replace(person(("D1507", 12)), weekend=False)
    (reason,) = short_of(offer, verdict(offer, who).asked)
    assert reason["asked"] == "caces, weekend"
    said = sentence(reason)
    assert said is not None
    assert "un CACES et du travail le week-end" in said
    assert "« Vous possédez le CACES 3 à jour »" in said
    (why,) = obstacles(Failed.DEMANDS, offer, who, verdict(offer, who).asked)
    assert why["code"] == "demands"
    assert short_of(OFFER, verdict(OFFER, who).asked) == ()


def test_facts_of_the_text_and_of_the_person_come_back_as_they_were_stored(clock: HandClock) -> None:
    offer = offer_facts(offer_state("o", clock, title="Chef d'équipe", description="Bac+2 exigé.", cards=(Card.CACES,)))
    assert (offer.rung, offer.level, offer.asks) == (1, 5, mask((Ask.CACES,), Ask))
    assert offer_from(facts_bytes(offer)) == offer
    who = profile_facts(profile_state("a", cards=(Card.ROAD,), qualification_level=4))
    assert (who.level, who.cards) == (4, mask((Ask.ROAD,), Ask))
    assert profile_from(facts_bytes(who)) == who


def test_the_demands_of_a_pair_are_worked_out_once() -> None:
    asked: list[str] = []

    class Counting(Affinities):
        def of(self, wished: str, offered: str) -> int:
            asked.append(wished)
            return super().of(wished, offered)

    def seen(do: Callable[[Affinities], object]) -> int:
        asked.clear()
        do(Counting())
        return len(asked)

    who, offer = person(("D1507", 12)), replace(OFFER, asks=mask((Ask.CACES,), Ask))
    side: Side = {"facts": b"", "version": 1}
    judged = seen(lambda table: judge(offer, who, RULES, table, TODAY))
    worked_out = seen(lambda table: work_out(offer, who, (side, side), RULES, table, TODAY))
    # Beside the judgement only the one affinity of each wish, which is stored.
    assert worked_out == judged + len(who.wishes)


def test_who_may_be_on_the_road_is_told_that_they_would_be() -> None:
    """No profile says whether somebody may sleep elsewhere; a licence answers the text, and no more than that."""
    offer = replace(OFFER, asks=mask((Ask.ON_THE_ROAD,), Ask), said=(("on_the_road", "Grands déplacements"),))
    driver = person(("D1507", 12), vehicle=True, licences=mask((Licence.B,), Licence))
    told = {"code": "on_the_road", "words": "Grands déplacements"}
    assert short_of(offer, verdict(offer, driver).asked) == (told,)
    walker = person(("D1507", 12))
    assert [one["code"] for one in short_of(offer, verdict(offer, walker).asked)] == ["text_asks"]
    assert short_of(OFFER, verdict(OFFER, driver).asked) == ()
