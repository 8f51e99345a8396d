"""Which certificate, and until when: what is lacking, what has run out, what is not said, and that both indexes see the same."""

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.certificates import CARDS
from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import NONE, Failed
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.domain.occupations import Affinities
from services.matching.domain.reasons import obstacles, short_of
from services.matching.domain.scoring import Judgement, judge
from services.matching.engine.facts_stored import facts_bytes, offer_from, profile_from
from services.matching.engine.recommendations import Side, replayed, work_out
from services.matching.index.kernel import Rules
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from shared.clock import HandClock
from shared.contracts.events.profiles import Certificate, OccupationWish
from shared.contracts.vocabulary import Caces, Card
from shared.reasons import sentence
from shared.reference.caces import EVERY
from shared.reference.standing import Standing
from tests.examples import examples
from tests.service.matching import worlds
from tests.service.matching.rooms import offer_state, profile_state

TODAY = date(2026, 3, 2)
DAY = TODAY.toordinal()
RULES = Configuration()
AFFINITIES = Affinities(
    {"N1103": {"N1101": 9_000}},
    standings={
        "N1101": Standing(level=3, cards=frozenset({Card.CACES})),
        "N4105": Standing(cards=frozenset({Card.ROAD})),
    },
)
PICKER, DRIVER = "N1103", "N1101"


def held(*caces: Caces | None, until: date | None = None) -> tuple[Certificate, ...]:
    return tuple(Certificate(card=Card.CACES, caces=one, valid_until=until) for one in caces)


def person(occupation: str = DRIVER, **fields: Any) -> ProfileFacts:
    return profile_facts(
        profile_state("a", occupations=(OccupationWish(code=occupation, experience_months=36),), **fields)
    )


def asking(clock: HandClock, *caces: Caces, **fields: Any) -> OfferFacts:
    return offer_facts(offer_state("o", clock, occupation_code=DRIVER, caces=caces, **fields))


def verdict(offer: OfferFacts, who: ProfileFacts, day: int = DAY, affinities: Affinities = AFFINITIES) -> Judgement:
    """What the rules say, once both indexes have said the same."""
    found = judge(offer, who, RULES, affinities, day)
    score = found.score if found.recommendable(RULES) else None
    rules = Rules(RULES, affinities)
    offers, people = OfferIndex(rules), ProfileIndex(rules)
    offers.put(offer)
    people.put(who)
    assert offers.scores(who, [offer.offer_id], day) == {offer.offer_id: score}
    assert people.scores(offer, [who.profile_id], day) == {who.profile_id: score}
    assert people.get(who.profile_id) == who
    return found


@examples(150)
@given(profile=worlds.profiles(), offer=worlds.offers(), code=st.sampled_from(("A1101", "K1304")))
def test_both_indexes_hold_and_lack_what_the_rules_do(profile: ProfileFacts, offer: OfferFacts, code: str) -> None:
    """Of drawn pairs few meet in all else: these meet in everything but certificates and alternatives."""
    asked = OfferFacts(
        offer.offer_id, "23", occupation=code, asks=offer.asks & CARDS, caces=offer.caces, caces_any=offer.caces_any,
        caces_families=offer.caces_families, or_level=offer.or_level, or_months=offer.or_months, confirmed_day=worlds.TODAY,
    )  # fmt: skip
    who = ProfileFacts(
        profile.profile_id, "23", wishes=(Wish(code, profile.wishes[0].months if profile.wishes else 12),), skills=profile.skills,
        level=profile.level, cards=profile.cards,
        caces=profile.caces, runs_out=profile.runs_out,
    )  # fmt: skip
    for day in (worlds.TODAY - 1, worlds.TODAY, worlds.TODAY + 1, worlds.TODAY + 2):
        verdict(asked, who, day, worlds.AFFINITIES)


@pytest.mark.parametrize(
    ("certificates", "asked", "fits"),
    [
        (held(Caces.R489_3), (Caces.R489_3,), True),
        (held(Caces.R489_3), (Caces.R489_5,), False),
        (held(Caces.R489_3), (Caces.R489_3, Caces.R489_5), False),
        (held(Caces.R489_1A, Caces.R489_3, Caces.R489_5), (Caces.R489_3, Caces.R489_5), True),
        (held(Caces.R489_1B), (Caces.R489_1A,), True),
        (held(Caces.R489_1A), (Caces.R489_1B,), False),
        # A recommendation alone: any of its categories.
        (held(Caces.R489_3), (Caces.R489,), True),
        (held(Caces.R486_A), (Caces.R489,), False),
        # Who does not say which may have it; who says of one recommendation only may have any of that.
        (held(None), (Caces.R489_5,), True),
        (held(Caces.R489), (Caces.R489_5,), True),
        (held(Caces.R489), (Caces.R482_A,), False),
        ((), (Caces.R489_5,), True),
    ],
)
def test_the_category_that_is_asked_has_to_be_held(
    clock: HandClock, certificates: tuple[Certificate, ...], asked: tuple[Caces, ...], fits: bool
) -> None:
    found = verdict(asking(clock, *asked), person(certificates=certificates))
    assert found.failed == (NONE if fits else Failed.DEMANDS)


def test_one_of_several_is_enough_where_the_offer_says_so(clock: HandClock) -> None:
    either = asking(clock, Caces.R489_3, Caces.R489_5, caces_one_is_enough=True)
    assert verdict(either, person(certificates=held(Caces.R489_5))).failed == NONE
    lacking = verdict(either, person(certificates=held(Caces.R489_1A)))
    assert lacking.failed == Failed.DEMANDS
    (reason,) = obstacles(lacking.failed, either, person(), lacking.asked)
    assert sentence(reason) == "À vérifier, l’annonce demande le CACES R489 catégories 3 ou 5"


def test_a_ticked_card_is_one_of_which_it_is_not_said_which(clock: HandClock) -> None:
    offer = asking(clock, Caces.R489_3)
    assert verdict(offer, person(PICKER)).failed == Failed.DEMANDS
    ticked = person(PICKER, cards=(Card.CACES,))
    found = verdict(offer, ticked)
    assert found.failed == NONE
    (reason,) = short_of(offer, found.asked)
    assert sentence(reason) == (
        "CACES à vérifier : l’annonce demande le R489 catégorie 3, votre profil ne dit pas lequel vous avez"
    )
    exact = verdict(offer, person(PICKER, certificates=held(Caces.R489_3)))
    assert (exact.failed, short_of(offer, exact.asked)) == (NONE, ())


def test_what_has_run_out_is_not_held_from_the_day_after_without_any_news_of_the_person(clock: HandClock) -> None:
    offer, who = asking(clock, Caces.R489_3), person(certificates=held(Caces.R489_3, until=TODAY))
    assert verdict(offer, who).failed == NONE
    tomorrow = verdict(offer, who, DAY + 1)
    assert tomorrow.failed == Failed.DEMANDS
    (reason,) = obstacles(tomorrow.failed, offer, who, tomorrow.asked)
    assert sentence(reason) == "À vérifier, l’annonce demande le CACES R489 catégorie 3 (à renouveler)"
    # Another one that is valid does not help, and an offer that does not say which is met by it.
    other = person(certificates=(*held(Caces.R489_3, until=TODAY), *held(Caces.R489_5)))
    assert verdict(offer, other, DAY + 1).failed == Failed.DEMANDS
    assert verdict(asking(clock, cards=(Card.CACES,)), other, DAY + 1).failed == NONE
    assert verdict(asking(clock, cards=(Card.CACES,)), who, DAY + 1).failed == Failed.DEMANDS
    # The same one passed again counts until its last day.
    again = person(certificates=(*held(Caces.R489_3, until=TODAY), *held(Caces.R489_3, until=date(2031, 3, 2))))
    assert verdict(offer, again, DAY + 1).failed == NONE


def test_a_card_of_another_kind_runs_out_too_though_the_occupation_presumes_it(clock: HandClock) -> None:
    offer = offer_facts(offer_state("o", clock, occupation_code="N4105", cards=(Card.ROAD,)))
    road = Certificate(card=Card.ROAD, valid_until=TODAY)
    assert verdict(offer, person("N4105")).failed == NONE
    who = person("N4105", certificates=(road,))
    assert verdict(offer, who).failed == NONE
    over = verdict(offer, who, DAY + 1)
    assert over.failed == Failed.DEMANDS
    (reason,) = short_of(offer, over.asked)
    assert reason["run_out"] == "road"


def test_what_the_law_asks_runs_out_though_no_offer_names_it(clock: HandClock) -> None:
    guards = Affinities(regulated=["K2503"], standings={"K2503": Standing(cards=frozenset({Card.SECURITY}))})
    offer = offer_facts(offer_state("o", clock, occupation_code="K2503"))
    who = person("K2503", certificates=(Certificate(card=Card.SECURITY, valid_until=TODAY),))
    assert verdict(offer, person("K2503"), DAY + 1, guards).failed == NONE
    assert verdict(offer, who, DAY, guards).failed == NONE
    over = verdict(offer, who, DAY + 1, guards)
    assert over.failed == Failed.DEMANDS
    (reason,) = obstacles(over.failed, offer, who, over.asked)
    assert sentence(reason) == "À vérifier, ce métier demande une carte professionnelle de sécurité (à renouveler)"
    # What only a habit of the trade asks is for the offer to say.
    assert verdict(offer, who, DAY + 1, Affinities(standings=guards.standings)).failed == NONE


def test_many_skills_and_ends_go_on_beside_the_row_together(clock: HandClock) -> None:
    skills = tuple(f"skill-{number}" for number in range(30))
    who = person(
        skills=skills, certificates=(*held(Caces.R489_3, until=TODAY), *held(Caces.R486, until=date(2030, 1, 1)))
    )
    assert len(who.skills) == 30
    assert len(who.runs_out) == 2
    assert verdict(asking(clock, Caces.R489_3), who, DAY + 1).failed == Failed.DEMANDS


def test_facts_of_before_hold_any_caces_and_those_of_now_come_back(clock: HandClock) -> None:
    who = person(
        certificates=(*held(Caces.R489_3, Caces.R486_B, until=TODAY), Certificate(card=Card.ROAD, valid_until=TODAY))
    )
    assert profile_from(facts_bytes(who)) == who
    offer = asking(clock, Caces.R489, Caces.R486_B)
    assert (offer.caces_families, offer_from(facts_bytes(offer))) == (1 << 6, offer)
    stored = orjson.loads(facts_bytes(replace(who, runs_out=())))
    del stored["caces"], stored["runs_out"]
    assert profile_from(orjson.dumps(stored)).caces == EVERY
    stored["cards"] = []
    assert profile_from(orjson.dumps(stored)).caces == 0


def test_a_recommendation_is_repeated_as_of_its_day_whatever_has_run_out_since(clock: HandClock) -> None:
    offer, who = asking(clock, Caces.R489_3), person(certificates=held(Caces.R489_3, until=TODAY))
    sides: tuple[Side, Side] = ({"facts": facts_bytes(offer), "version": 1}, {"facts": facts_bytes(who), "version": 1})
    made = work_out(offer, who, sides, RULES, AFFINITIES, DAY)
    again = replayed(made, offer_from(made["inputs"]["offer"]), profile_from(made["inputs"]["profile"]), RULES)
    assert again is not None
    assert (again.failed, again.score) == (NONE, made["score"])
    assert judge(offer, who, RULES, AFFINITIES, DAY + 1).failed == Failed.DEMANDS


def test_the_text_is_asked_where_no_field_says_which(clock: HandClock) -> None:
    text = "Entrepôt. Vous possédez le CACES 5 à jour."
    by_text = offer_facts(offer_state("o", clock, occupation_code=DRIVER, description=text))
    assert verdict(by_text, person(certificates=held(Caces.R489_3))).failed == Failed.DEMANDS
    assert verdict(by_text, person(certificates=held(Caces.R489_5))).failed == NONE
    by_field = offer_facts(offer_state("o", clock, occupation_code=DRIVER, description=text, caces=(Caces.R489_3,)))
    assert verdict(by_field, person(certificates=held(Caces.R489_3))).failed == NONE
