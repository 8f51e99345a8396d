"""Who names no occupation and says what they can do: their skills point to some, count by how rare they are, and are told so."""

from dataclasses import replace

from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import Failed
from services.matching.domain.counterfactuals import counterfactuals
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish, skill_key
from services.matching.domain.geometry import position
from services.matching.domain.occupations import Affinities
from services.matching.domain.pointing import MOST_POINTED, Pointers
from services.matching.domain.reasons import reasons
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import Judgement, judge
from services.matching.domain.wider import wider
from services.matching.engine.facts_stored import facts_bytes, offer_from, profile_from
from services.matching.engine.recommendations import Side, replayed, work_out
from services.matching.engine.stored import load, pack, unpack
from services.matching.index.kernel import Rules
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from services.matching.index.referential import shipped_structure
from shared.contracts.vocabulary import Card
from shared.reasons import sentence
from shared.reference.occupations import Occupations
from shared.reference.standing import Standing

TODAY = 740_000
HERE = position(46.17, 1.87)
RULES = Configuration()
WELDER, BOILERMAKER, NURSE, FOREMAN, ENGINEER, CLEANER = "H2913", "H2902", "J1506", "H2504", "H1206", "K2204"
RARE, RARER, COMMON, OF_NURSES = (skill_key(name) for name in ("souder", "meuler", "accueillir", "piquer"))
POINTERS = Pointers(
    {
        RARE: (6_000, (WELDER, FOREMAN, ENGINEER, NURSE)),
        RARER: (9_000, (WELDER, FOREMAN, ENGINEER, NURSE, CLEANER)),
        COMMON: (500, (WELDER, CLEANER)),
    },
    least=10_000,
)
AFFINITIES = Affinities(
    {WELDER: {BOILERMAKER: 8_000, "F1605": 5_500}, CLEANER: {}},
    regulated=[NURSE],
    standings={
        WELDER: Standing(level=3),
        BOILERMAKER: Standing(level=3),
        "F1605": Standing(level=3),
        FOREMAN: Standing(rung=1, level=3),
        ENGINEER: Standing(level=7),
        CLEANER: Standing(kinds=frozenset({"cleaning"})),
    },
    pointers=POINTERS,
)
WHO = ProfileFacts("00000000-0000-7000-8000-000000000001", "23", position=HERE, skills=tuple(sorted((RARE, RARER))))


def offer(code: str | None, **fields: object) -> OfferFacts:
    return replace(OfferFacts("o", "23", position=HERE, occupation=code, confirmed_day=TODAY), **fields)  # type: ignore[arg-type]  # fields of the facts, by name


def verdict(code: str | None, who: ProfileFacts = WHO, **fields: object) -> Judgement:
    return judge(offer(code, **fields), who, RULES, AFFINITIES, TODAY)


def test_skills_point_to_what_asks_several_rare_ones_and_to_nothing_that_leads_wants_school_or_is_kept() -> None:
    assert AFFINITIES.pointed(WHO) == (WELDER,)
    assert AFFINITIES.pointed(replace(WHO, level=7)) == (WELDER, ENGINEER)[::-1]
    for few in ((RARER,), (COMMON, RARE), ()):
        assert AFFINITIES.pointed(replace(WHO, skills=few)) == ()
    for named in (Wish(CLEANER, 0), Wish(CLEANER, 12, sought=False)):
        assert AFFINITIES.pointed(replace(WHO, wishes=(named,))) == ()


def test_only_what_comes_near_the_best_is_pointed_to_and_no_more_than_a_few() -> None:
    one, other, third = (skill_key(str(number)) for number in range(3))
    pointers = Pointers({one: (9_000, ("A1101", "A1201")), other: (9_000, ("A1101",)), third: (900, ("A1201",))}, 5_000)
    assert pointers.among((one, other, third), 0, lambda _: True) == ("A1101",)
    many = tuple(f"A11{number:02}" for number in range(20))
    alike = Pointers({one: (9_000, many), other: (9_000, many)}, 5_000)
    assert alike.among((one, other), 0, lambda _: True) == many[:MOST_POINTED]


def test_what_skills_point_to_goes_before_work_that_is_open_to_all_and_says_why() -> None:
    welding, near, cleaning = verdict(WELDER), verdict(BOILERMAKER), verdict(CLEANER)
    assert (welding.terms.occupation, welding.failed, welding.by_skills) == (RULES.pointed_share, Failed(0), True)
    assert near.terms.occupation == RULES.pointed_share * 8_000 // SCALE
    assert (cleaning.terms.occupation, cleaning.by_skills) == (RULES.open_affinity, False)
    assert welding.score > near.score > cleaning.score
    told = reasons(offer(WELDER), WHO, welding)[0]
    assert told == {"code": "occupation_skills", "occupation": WELDER}
    assert "Vos compétences" in (sentence(told) or "")
    assert reasons(offer(CLEANER), WHO, cleaning)[0]["code"] == "occupation_open"


def test_it_opens_nothing_that_the_law_keeps_and_nothing_that_nobody_can_tell() -> None:
    assert verdict(NURSE).failed == Failed.REGULATED
    assert not verdict(None).by_skills
    longer = replace(AFFINITIES.standing(BOILERMAKER), level=4)
    caring = replace(longer, level=0, cards=frozenset({Card.CARE}))
    for standing in (longer, caring, replace(longer, level=3, rung=1)):
        table = Affinities(
            {WELDER: {BOILERMAKER: 8_000}}, (), AFFINITIES.standings | {BOILERMAKER: standing}, None, POINTERS
        )
        assert judge(offer(BOILERMAKER), WHO, RULES, table, TODAY).terms.occupation == RULES.open_skilled
    assert verdict(None, doubted=True).terms.occupation == 0
    named = replace(WHO, wishes=(Wish(CLEANER, 0),))
    assert verdict(WELDER, named).failed == Failed.OCCUPATION
    assert judge(offer(WELDER), WHO, Configuration(pointed_share=0), AFFINITIES, TODAY).failed == Failed.OCCUPATION


def test_what_is_farther_from_it_widens_though_it_is_a_trade() -> None:
    fitting = offer("F1605")
    assert verdict("F1605").failed == Failed.OCCUPATION
    assert [one.offer for one in wider(WHO, [fitting], RULES, AFFINITIES, TODAY, 5)] == [fitting]
    assert wider(replace(WHO, skills=()), [offer(WELDER)], RULES, AFFINITIES, TODAY, 5) == []


def test_children_and_bodies_are_cared_for_by_who_names_it_or_whose_skills_point_to_it() -> None:
    minder = "K1303"
    table = Affinities(
        standings={minder: Standing(kinds=frozenset({"children"})), CLEANER: Standing(kinds=frozenset({"cleaning"}))},
        pointers=Pointers({RARE: (6_000, (minder,)), RARER: (9_000, (minder,))}, least=10_000),
    )
    nobody = replace(WHO, skills=())
    cleaning, minding = (judge(offer(code), nobody, RULES, table, TODAY) for code in (CLEANER, minder))
    assert (cleaning.failed, minding.failed) == (Failed(0), Failed.OCCUPATION)
    home, carer = (Standing(kinds=frozenset(kinds)) for kinds in (("home", "cleaning", "household"), ("home",)))
    helped = Affinities(standings={"K1304": home, "K1302": carer})
    for code, reached in (("K1304", Failed(0)), ("K1302", Failed.OCCUPATION)):
        assert judge(offer(code), nobody, RULES, helped, TODAY).failed == reached, code
    by_cleaning = Pointers({RARE: (6_000, ("K1304",)), RARER: (9_000, ("K1304",))}, least=10_000)
    near = Affinities({"K1304": {"K1302": 9_000}}, (), {"K1304": home, "K1302": carer}, None, by_cleaning)
    assert judge(offer("K1304"), WHO, RULES, near, TODAY).by_skills
    assert judge(offer("K1302"), WHO, RULES, near, TODAY).terms.occupation == RULES.open_skilled
    assert [one.because for one in wider(nobody, [offer(minder)], RULES, table, TODAY, 5)] == ["occupation_far"]
    assert judge(offer(minder), WHO, RULES, table, TODAY).failed == Failed(0)
    assert judge(offer(minder), replace(nobody, wishes=(Wish(minder, 0),)), RULES, table, TODAY).failed == Failed(0)


def test_a_cap_of_which_nobody_says_the_trade_widens_to_no_trade_and_a_bac_to_offices() -> None:
    baker, office = "D1102", "M1602"
    table = Affinities(standings={baker: Standing(level=3), office: Standing(level=4)})
    for level, shown in ((0, []), (3, []), (4, [office]), (5, [office])):
        who = replace(WHO, skills=(), level=level)
        found = wider(who, [offer(baker), offer(office, offer_id="of")], RULES, table, TODAY, 5)
        assert [one.offer.occupation for one in found] == shown, level


def test_both_indexes_say_the_same_as_the_rules_whether_laid_or_loaded() -> None:
    rules = Rules(RULES, AFFINITIES)
    laid, loaded, offers = ProfileIndex(rules), ProfileIndex(rules), OfferIndex(rules)
    laid.put(WHO)
    packed = pack(WHO, 1)
    assert packed is not None
    load(loaded, unpack([packed]))
    for code in (WELDER, BOILERMAKER, CLEANER, NURSE, "F1605"):
        found = verdict(code)
        expected = found.score if found.recommendable(RULES) else None
        offers.put(offer(code))
        assert offers.scores(WHO, ["o"], TODAY) == {"o": expected}
        for index in (laid, loaded):
            assert index.scores(offer(code), [WHO.profile_id], TODAY) == {WHO.profile_id: expected}
            assert index.rank(offer(code), 5, TODAY) == ([(WHO.profile_id, expected)] if expected else [])
    assert laid.get(WHO.profile_id) == loaded.get(WHO.profile_id) == WHO, "what is worked out is no fact"


def test_it_is_replayed_to_the_digit_whatever_the_referential_says_later() -> None:
    one = offer(BOILERMAKER)
    sides = Side(facts=facts_bytes(one), version=1), Side(facts=facts_bytes(WHO), version=1)
    document = work_out(one, WHO, sides, RULES, AFFINITIES, TODAY)
    inputs = document["inputs"]
    again = replayed(document, offer_from(inputs["offer"]), profile_from(inputs["profile"]), RULES)
    assert again == judge(one, WHO, RULES, AFFINITIES, TODAY)
    assert again.by_skills


def test_what_is_stored_of_somebody_is_what_an_earlier_release_reads() -> None:
    assert b"point" not in facts_bytes(WHO)
    assert profile_from(facts_bytes(WHO)) == WHO


def test_what_the_referential_says_of_a_trade_points_to_it() -> None:
    affinities = shipped_structure().under(RULES)
    found = []
    for occupation in Occupations.load():
        if not affinities.learnt_by_doing(occupation.code, 0):
            continue
        skills = tuple(sorted(skill_key(skill) for skill, _ in occupation.skills))
        pointed = affinities.pointed(ProfileFacts("p", "23", skills=skills))
        assert occupation.code in pointed, occupation
        found.append(pointed[0] == occupation.code)
    # Some have nothing of their own: a younger occupation asks what the older one does.
    assert sum(found) * 5 > len(found) * 4 > 400


def test_a_counsellor_is_told_how_many_offers_a_named_occupation_would_add() -> None:
    offers = [offer("F1605", offer_id="near"), offer(CLEANER, offer_id="clean")]
    now, found = counterfactuals(WHO, offers, RULES, AFFINITIES, TODAY)
    assert now == 1
    assert [(one.code, one.argument, one.offer_ids) for one in found if one.code == "occupation"] == [
        ("occupation", WELDER, ("near",))
    ]
