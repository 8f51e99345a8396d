"""The occupation that the text of an offer speaks of, beside the declared one: nearer, a little less than one's own, and said."""

import json
from dataclasses import replace

from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import Failed
from services.matching.domain.facts import AskedSkill, OfferFacts, ProfileFacts, Wish
from services.matching.domain.facts_told import offer_facts
from services.matching.domain.geometry import position
from services.matching.domain.occupations import Affinities
from services.matching.domain.reasons import reasons
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import Judgement, judge
from services.matching.engine.facts_stored import facts_bytes, offer_from
from services.matching.engine.recommendations import Side, replayed, work_out
from shared.clock import HandClock
from shared.contracts.events.offers import OccupationDoubt
from shared.reasons import sentence
from tests.service.matching.rooms import offer_state

TODAY = 740_000
HERE = position(46.17, 1.87)
RULES = Configuration()
AFFINITIES = Affinities({"D1505": {"D1507": 9_000, "G1603": 1_000}, "G1603": {}, "K2503": {}}, regulated=["K2503"])
OFFER = OfferFacts(
    "o", "23", position=HERE, occupation="G1603", also="D1507", confirmed_day=TODAY, said=(("also", "mise en rayon"),)
)


def person(code: str, **fields: object) -> ProfileFacts:
    return replace(ProfileFacts("p", "23", position=HERE, wishes=(Wish(code, 12),)), **fields)  # type: ignore[arg-type]  # fields of the facts, by name


def verdict(offer: OfferFacts, who: ProfileFacts, rules: Configuration = RULES) -> Judgement:
    return judge(offer, who, rules, AFFINITIES, TODAY)


def test_the_text_brings_an_offer_near_and_the_declared_occupation_stays_what_it_is() -> None:
    shelves, till, burgers = (verdict(OFFER, person(code)) for code in ("D1507", "D1505", "G1603"))
    assert (shelves.terms.occupation, shelves.by_text) == (RULES.text_share, True)
    assert (till.terms.occupation, till.by_text) == (9_000 * RULES.text_share // SCALE, True)
    assert (burgers.terms.occupation, burgers.by_text) == (SCALE, False)
    assert verdict(replace(OFFER, also=None), person("D1507")).failed == Failed.OCCUPATION
    assert verdict(OFFER, person("D1507"), Configuration(text_share=0)).failed == Failed.OCCUPATION


def test_it_satisfies_no_need_and_nothing_that_the_law_keeps() -> None:
    assert verdict(replace(OFFER, night=True), person("D1507", night=False)).failed == Failed.NIGHT
    kept = verdict(replace(OFFER, occupation="K2503"), person("D1507"))
    assert (kept.terms.occupation, kept.failed) == (0, Failed.REGULATED)


def test_it_is_said_with_the_words_of_the_text() -> None:
    found = verdict(OFFER, person("D1507"))
    first = reasons(OFFER, person("D1507"), found)[0]
    assert first == {"code": "occupation_text", "occupation": "D1507", "words": "mise en rayon"}
    assert sentence(first) == (
        "Le texte de l’offre parle aussi d’un travail que vous cherchez, ou proche : « mise en rayon »"
    )


def test_what_came_of_the_text_is_replayed_to_the_digit_and_older_facts_have_none(clock: HandClock) -> None:
    text = "Mise en rayon des produits. Vous encaissez les clients."
    offer = offer_facts(offer_state("o", clock, title="Équipier polyvalent", description=text, occupation_code="G1603"))
    assert offer.also == "D1507"
    who = person("D1505", position=offer.position, territory=offer.territory)
    day = offer.confirmed_day
    sides = Side(facts=facts_bytes(offer), version=1), Side(facts=facts_bytes(who), version=1)
    document = work_out(offer, who, sides, RULES, AFFINITIES, day)
    again = replayed(document, offer_from(document["inputs"]["offer"]), who, RULES)
    assert again == judge(offer, who, RULES, AFFINITIES, day)
    assert again is not None
    assert again.by_text
    before = {name: value for name, value in json.loads(facts_bytes(offer)).items() if name != "also"}
    assert offer_from(json.dumps(before).encode()).also is None


DOUBTED = replace(OFFER, also="D1507", doubted=True, said=(("also", "Employé de rayon"),))
"""Its title is a shop's, and it is declared under fast food."""


def test_what_the_title_contradicts_is_no_recommendation_and_what_it_names_is_one() -> None:
    burgers, shelves = verdict(DOUBTED, person("G1603")), verdict(DOUBTED, person("D1507"))
    assert (burgers.terms.occupation, burgers.failed) == (RULES.doubted_share, Failed.OCCUPATION)
    assert (shelves.terms.occupation, shelves.failed, shelves.by_text) == (RULES.text_share, Failed(0), True)
    nobody = replace(person("G1603"), wishes=())
    assert verdict(replace(OFFER, also=None), nobody).failed == Failed(0)
    assert verdict(DOUBTED, nobody).failed == Failed.OCCUPATION
    assert verdict(DOUBTED, person("G1603"), Configuration(doubted_share=10_000)).failed == Failed(0)


def test_a_doubt_is_said_kept_and_replayed_and_older_facts_have_none(clock: HandClock) -> None:
    doubt = OccupationDoubt(title_code="G1603")
    state = offer_state("o", clock, title="Équipier de restauration", occupation_code="D1507", occupation_doubt=doubt)
    offer = offer_facts(state)
    assert (offer.also, offer.doubted) == ("G1603", True)
    who = person("G1603", position=offer.position, territory=offer.territory)
    found = judge(offer, who, RULES, AFFINITIES, offer.confirmed_day)
    codes = [one["code"] for one in reasons(offer, who, found)]
    assert codes[:2] == ["occupation_text", "occupation_doubted"]
    assert "À vérifier" in (sentence({"code": "occupation_doubted"}) or "")
    sides = Side(facts=facts_bytes(offer), version=1), Side(facts=facts_bytes(who), version=1)
    document = work_out(offer, who, sides, RULES, AFFINITIES, offer.confirmed_day)
    assert replayed(document, offer_from(document["inputs"]["offer"]), who, RULES) == found
    before = {name: value for name, value in json.loads(facts_bytes(offer)).items() if name != "doubted"}
    assert not offer_from(json.dumps(before).encode()).doubted


def test_who_seeks_either_trade_of_a_title_is_matched_told_so_and_replayed(clock: HandClock) -> None:
    state = offer_state(
        "o",
        clock,
        title="Équipier de restauration / employé de rayon",
        description="Mise en rayon des produits. Préparation de commandes, réception des marchandises.",
        occupation_code="G1603",
        occupation_also="D1507",
    )
    offer = offer_facts(state)
    assert offer.also == "D1507", "the title goes before what a text describes"
    one, other = (person(code, position=offer.position, territory=offer.territory) for code in ("G1603", "D1507"))
    own, beside = (judge(offer, who, RULES, AFFINITIES, offer.confirmed_day) for who in (one, other))
    assert (own.terms.occupation, beside.terms.occupation) == (SCALE, RULES.text_share)
    assert (own.failed, beside.failed) == (Failed(0), Failed(0))
    first = reasons(offer, other, beside)[0]
    assert (first["occupation"], first["words"]) == ("D1507", state.title)
    assert "nomme deux métiers" in (sentence(first) or "")
    assert reasons(offer, one, own)[0]["code"] == "occupation_same"
    sides = Side(facts=facts_bytes(offer), version=1), Side(facts=facts_bytes(other), version=1)
    document = work_out(offer, other, sides, RULES, AFFINITIES, offer.confirmed_day)
    assert replayed(document, offer_from(document["inputs"]["offer"]), other, RULES) == beside


def test_what_nobody_declared_is_what_its_title_is_or_not_open_to_all(clock: HandClock) -> None:
    named = OccupationDoubt(title_code="G1603")
    offer = offer_facts(offer_state("o", clock, title="Équipier", occupation_code=None, occupation_doubt=named))
    assert (offer.occupation, offer.also, offer.doubted) == ("G1603", None, False)
    state = offer_state("o", clock, title="Consultant", occupation_code=None, occupation_doubt=OccupationDoubt())
    consulting = offer_facts(state)
    assert (consulting.occupation, consulting.doubted) == (None, True)
    nobody = replace(person("G1603"), wishes=(), position=consulting.position, territory=consulting.territory)
    day = consulting.confirmed_day
    assert judge(consulting, nobody, RULES, AFFINITIES, day).failed == Failed.OCCUPATION
    assert judge(replace(consulting, doubted=False), nobody, RULES, AFFINITIES, day).failed == Failed(0)


def test_tasks_are_quoted_as_they_were_written(clock: HandClock) -> None:
    text = "Réception des marchandises. Préparation de commandes, chargement des camions."
    offer = offer_facts(offer_state("o", clock, title="Employé polyvalent", description=text, occupation_code="D1507"))
    assert dict(offer.said)["also"] == "Préparation de commandes, Réception des marchandises, chargement des camions"


def test_less_experience_than_asked_is_said_to_come_near_and_skills_keep_their_commas() -> None:
    skills = (AskedSkill(1, "Entretenir, nettoyer un local", True), AskedSkill(2, "Baliser une zone", True))
    asks = replace(OFFER, months=36, skills=skills)
    said: dict[int, list[str | None]] = {}
    for held in (36, 24):
        who = person("G1603", wishes=(Wish("G1603", held),))
        said[held] = [sentence(one) for one in reasons(asks, who, verdict(asks, who)) if one["code"] != "fresh"]
    assert "Votre expérience correspond (3 ans demandés)" in said[36]
    assert "L’offre demande 3 ans d’expérience, vous en avez 2 ans" in said[24]
    assert "Compétences demandées : Entretenir, nettoyer un local ; Baliser une zone" in said[24]


def test_experience_is_that_of_the_work_that_the_offer_is_near_to_and_of_no_other() -> None:
    """Twenty years of office work say nothing for a cook: the longest of all was held against what is asked."""
    asks = replace(OFFER, months=36)
    near = Affinities({"G1602": {"G1603": 9_000}}, standings=AFFINITIES.standings)

    def said(*wishes: Wish) -> list[str | None]:
        who = person("G1603", wishes=wishes)
        found = judge(asks, who, RULES, near, TODAY)
        return [sentence(one) for one in reasons(asks, who, found) if one["code"] == "experience"]

    assert said(Wish("G1603", 24), Wish("M1607", 240)) == ["L’offre demande 3 ans d’expérience, vous en avez 2 ans"]
    assert said(Wish("G1602", 48), Wish("M1607", 240)) == [
        "Votre expérience d’un métier proche peut compter (3 ans demandés)"
    ]
    assert said(Wish("G1602", 48), Wish("G1603", 36)) == ["Votre expérience correspond (3 ans demandés)"]
    assert said(Wish("G1602", 30), Wish("G1603", 6)) == [
        "L’offre demande 3 ans d’expérience, vous avez 30 mois dans un métier proche"
    ]
    assert said(Wish("G1603", 6), Wish("M1607", 240)) == []


def test_of_an_occupation_that_is_not_said_nobody_is_told_that_their_experience_suits_or_is_another_s() -> None:
    asks = replace(OFFER, occupation=None, months=36)

    def said(*wishes: Wish) -> list[str | None]:
        who = person("G1603", wishes=wishes)
        found = judge(asks, who, RULES, AFFINITIES, TODAY)
        return [sentence(one) for one in reasons(asks, who, found) if one["code"] == "experience"]

    assert said(Wish("G1603", 24), Wish("M1607", 3)) == ["L’offre demande 3 ans d’expérience, vous en avez 2 ans"]
    assert said(Wish("G1603", 60)) == []
