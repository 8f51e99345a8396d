"""The hard constraints, the terms and the score of one pair over packed rows, once for both indexes: compiled.

The same whole numbers as ``domain.constraints`` and ``domain.affinity``, which stay the judge of what is right here.
``rules`` is a record of ``kernel.TABLES``, an offer and a profile are records of ``rows.table``. What is passed on here are
records and numbers: an array would be counted by whoever holds it, at every call. Everything is widened before it is
multiplied: a column is as narrow as what it holds.
"""

import math
from typing import Any

import numpy as np

from services.matching.domain.certificates import A_CACES, A_CARE, OF_CARDS
from services.matching.domain.facts import MAX_WISHES, TRADE_LEVEL, UNKNOWN
from services.matching.domain.scale import SCALE
from services.matching.index.compiled import rule, whole
from services.matching.index.layout import DAY_BITS, FRESH, LEFT, OCCUPATION_AT, POINTED, SCHEDULE
from services.matching.index.skills import skill_points
from shared.reference.caces import EVERY, FAMILIES

FAILED = -1
"""In the place of a score; every score that may be recommended is above."""
_MONTHS = LEFT - 1
_SCHEDULE = np.uint64(SCHEDULE)
_NOTHING = np.uint64(0)


@rule
def suits(needs: Any, lacks: Any) -> bool:
    """Whether nothing that an offer needs is lacking: licences, vehicle, schedule, kind, contract, French, being there."""
    return bool(needs & lacks == _NOTHING)


@rule
def worth(
    rules: Any,
    offer: Any,
    profile: Any,
    today: int,
    beside: int,
    run_out: int,
) -> int:
    """The score of a pair, or ``FAILED`` where a hard constraint is not met. ``beside``: points of skills beside the rows;
    ``run_out``: certificates that are not valid any more (``gone``).
    """
    settings = rules.settings
    if not suits(offer.bits, profile.bits):
        return FAILED
    of, who = offer.row, profile.row
    placed = both_placed(offer.geo, profile.geo)
    if not within_reach(offer.geo, profile.geo) or (not placed and of.territory != who.territory):
        return FAILED
    if not _possible(settings, of, who, today):
        return FAILED

    # What the occupations say, wish by wish.
    number, also = whole(of.occupation), whole(of.also)
    at = rules.places[number]
    its = rules.occupations[at]
    months = whole(of.months)
    occupation = practised = reached = rung = level = by_practice = by_skills = busy = whole(0)
    enough = whole(0 if months else SCALE)
    held = whole(who.held)
    named = sought = 0
    seeks_simple = False
    for index in range(MAX_WISHES):
        wish = whole(who.wishes[index])
        if wish == 0:
            break
        wished, spent = wish >> OCCUPATION_AT, wish & _MONTHS
        points = _near(rules, wished, number, at, also, of.doubted)
        if wish & POINTED:
            # Nobody named it: it brings work near, and nothing is practised, led or held by it.
            learnt = its.level <= max(whole(who.level), TRADE_LEVEL) and its.cards & A_CARE == 0
            meant = its.entrusted == 0 or wished == number
            if meant and not its.kept and its.rung == 0 and (its.simple or learnt):
                by_skills = max(by_skills, points * settings.pointed_share // SCALE)
            continue
        named += 1
        stands = rules.occupations[rules.places[wished]]
        if wish & LEFT:
            # Done and not sought any more: no way to what the law keeps, and no card is taken to be held by it.
            leads = 0 if its.kept else points
            by_practice = max(by_practice, leads * settings.practised_share // SCALE)
        else:
            sought += 1
            seeks_simple |= stands.simple != 0
            occupation = max(occupation, points)
            held |= stands.cards
        practised = max(practised, points * spent // SCALE)
        if months:
            enough = max(enough, points * min(spent, months) // months)
        if points:
            reached = max(reached, whole(stands.rung))
            if not wish & LEFT:
                rung = max(rung, whole(stands.rung))
        level, busy = max(level, whole(stands.level)), max(busy, spent)
    if sought == 0 or seeks_simple or its.simple == 0:
        occupation = max(occupation, by_practice)
    if sought < named and _left_behind(rules, of, who):
        return FAILED
    if sought == 0:
        occupation = max(occupation, by_skills, _counted(settings, whole(its.open), of.doubted))
    elif number == 0:
        occupation = settings.uncoded_affinity
    if number == 0 and of.doubted:
        occupation = whole(0)
    if who.level:
        level = whole(who.level)
    gap = max(whole(of.rung) - reached, 0)
    if gap == 0:
        gap = min(whole(of.rung) - rung, 0)
    lost = run_out >> OF_CARDS
    by_law = whole(its.cards) & lost if its.kept else whole(0)
    demands = _demands(settings, of, who, practised, busy, gap, level, held & ~lost, by_law, run_out)
    if occupation * demands // SCALE < settings.minimum_affinity:
        return FAILED

    experience = SCALE
    if named == 0 or number == 0:
        experience = settings.neutral if months else SCALE
    else:
        # Much more than asked is ample, and worth a little less.
        ample = settings.ample_months
        spare = min(max(0, practised - months - ample), ample)
        left = SCALE - (SCALE - settings.ample_floor) * spare // ample
        experience = enough * left // SCALE
    distance = distance_between(settings, offer.geo, profile.geo)
    skills = skill_points(settings, of, who, beside)
    wishes = _wishes(settings, of, who, (profile.bits & _SCHEDULE) != _NOTHING)
    kept = kept_fresh(rules, of, today)
    return weighed(settings, occupation, skills, distance, experience, wishes, demands, kept)


@rule
def kept_fresh(rules: Any, offer: Any, today: int) -> int:
    """What freshness and the rate of replies add to a score, whoever it is about."""
    age = max(0, min(today - whole(offer.confirmed_day), FRESH - 1))
    reply = rules.settings.reply_prior if offer.reply == UNKNOWN else whole(offer.reply)
    adds: int = rules.settings.freshness * rules.fresh[age] + rules.settings.reply * reply
    return adds


@rule
def weighed(
    settings: Any,
    occupation: int,
    skills: int,
    distance: int,
    experience: int,
    wishes: int,
    demands: int,
    more: int,
) -> int:
    """The score of these terms, none of which makes it less when it is more; ``more``: what the other terms add."""
    seeker = (occupation + distance + wishes) // 3
    employer = (occupation + skills + experience) // 3
    score: int = (
        settings.occupation * occupation
        + settings.skills * skills
        + settings.distance * distance
        + settings.experience * experience
        + settings.wishes * wishes
        + settings.mutual * (seeker * employer // SCALE)
        + settings.demands * demands
        + more
    )
    return score


@rule
def both_placed(one: Any, other: Any) -> bool:
    """Whether both sides (x, y, z, reach of people or 0, below zero without a place) are somewhere."""
    return bool((one[3] >= 0) & (other[3] >= 0))


@rule
def within_reach(one: Any, other: Any) -> bool:
    """Whether two sides may meet, as far as distance tells: without a place it tells nothing."""
    reach = _reach(one, other)
    return bool((not both_placed(one, other)) | (_squared(one, other) <= reach * reach))


@rule
def distance_between(settings: Any, one: Any, other: Any) -> int:
    """The term of the distance: how far two sides are apart, in the reach of the person; neutral without a place."""
    if not both_placed(one, other):
        return whole(settings.neutral)
    reach = _reach(one, other)
    away = min(whole(math.sqrt(float(_squared(one, other)))), reach)
    return SCALE - whole(SCALE - settings.distance_floor) * away // max(1, reach)


@rule
def _reach(one: Any, other: Any) -> int:
    """The person's: offers have none."""
    return max(whole(one[3]), whole(other[3]))


@rule
def _squared(one: Any, other: Any) -> int:
    x = whole(one[0]) - whole(other[0])
    y = whole(one[1]) - whole(other[1])
    z = whole(one[2]) - whole(other[2])
    return x * x + y * y + z * z


@rule
def _possible(settings: Any, offer: Any, profile: Any, today: int) -> bool:
    """The offer is still open, the person is there in time, the hours are possible, and it is not reserved for others."""
    if offer.apply_by_day != 0 and offer.apply_by_day < today:
        return False
    latest = max(whole(offer.starts_day), today)
    if offer.starts_day == 0:
        latest = today + settings.availability_grace_days
    if profile.from_day > latest:
        return False
    if offer.minutes != UNKNOWN and not profile.minutes_min <= offer.minutes <= profile.minutes_max:
        return False
    return bool(offer.reserved == 0 or (offer.reserved & profile.reserved) != 0)


@rule
def _counted(settings: Any, points: int, doubted: Any) -> int:
    """What is left of the declared occupation where the title contradicts it."""
    return points * settings.doubted_share // SCALE if doubted else points


@rule
def _near(rules: Any, wished: int, offered: int, at: Any, also: int, doubted: Any) -> int:
    """How near an offer is to a wished occupation: by the declared one, or by that of the text, which is worth a little less."""
    if offered == 0:
        return 0
    mine = rules.places[wished]
    points = _counted(rules.settings, SCALE if wished == offered else whole(rules.near[at, mine]), doubted)
    if also != 0 and not rules.occupations[at].kept:
        by_text = SCALE if wished == also else whole(rules.near[rules.places[also], mine])
        points = max(points, by_text * rules.settings.text_share // SCALE)
    return points


@rule
def _left_behind(rules: Any, offer: Any, profile: Any) -> bool:
    """Whether an offer is nearer to work that somebody does not seek any more than to any that they seek."""
    number, also = whole(offer.occupation), whole(offer.also)
    declared = number if also == 0 or not offer.doubted else 0
    left = sought = 0
    leads = False
    for index in range(MAX_WISHES):
        wish = whole(profile.wishes[index])
        if wish != 0 and not wish & LEFT and offer.rung:
            leads |= rules.occupations[rules.places[wish >> OCCUPATION_AT]].rung == offer.rung
    for index in range(MAX_WISHES):
        wish = whole(profile.wishes[index])
        if wish == 0:
            break
        if leads and wish & LEFT and rules.occupations[rules.places[wish >> OCCUPATION_AT]].rung < offer.rung:
            continue
        same = max(_sameness(rules, wish >> OCCUPATION_AT, declared), _sameness(rules, wish >> OCCUPATION_AT, also))
        if wish & LEFT:
            left = max(left, same)
        else:
            sought = max(sought, same)
    return left > sought


@rule
def _sameness(rules: Any, one: int, other: int) -> int:
    """2 for one occupation, 1 for two of one family, 0 where the other is none."""
    if other == 0:
        return 0
    if one == other:
        return 2
    family = rules.occupations[rules.places[one]].family
    return 1 if family != 0 and family == rules.occupations[rules.places[other]].family else 0


@rule
def _demands(
    settings: Any,
    offer: Any,
    profile: Any,
    practised: int,
    busy: int,
    gap: int,
    level: int,
    held: int,
    by_law: int,
    run_out: int,
) -> int:
    """The least that is left by responsibility, diploma, experience and cards that title and text ask, or the law."""
    left = SCALE
    if gap > 1:
        left = 0
    elif gap == 1:
        left = SCALE if practised >= settings.step_up_months else settings.step_up
    elif gap == -1:
        left = settings.step_down
    elif gap < -1:
        left = settings.step_down // 2
    if offer.level and level:
        short = whole(offer.level) - level
        if short == 1:
            left = min(left, settings.level_short)
        elif short > 1:
            left = min(left, settings.level_far)
    if offer.level == TRADE_LEVEL and practised == 0 and (busy or profile.level == 0):
        left = min(left, settings.level_far)
    if offer.months >= settings.inexperienced_months and practised * 2 < offer.months:
        left = min(left, settings.inexperienced)
    if offer.or_months >= settings.inexperienced_months and practised * 2 < offer.or_months:
        stated = whole(profile.level)
        if offer.or_level == 0 or stated < offer.or_level:
            left = min(left, settings.inexperienced)
    asks = whole(offer.asks)
    if asks & A_CACES and _lacks_caces(offer, profile, held, run_out):
        left = min(left, settings.card_missing)
    if (asks | by_law) & ~(held | A_CACES):
        left = min(left, settings.card_missing)
    return left


@rule
def _lacks_caces(offer: Any, profile: Any, held: int, run_out: int) -> bool:
    """Whether somebody has no CACES, or not the one that is asked. Who does not say which may have it."""
    has = whole(profile.caces) & ~run_out
    if profile.caces == 0 and held & A_CACES:
        has = EVERY
    lacks = has == 0 or whole(offer.caces) & ~has != 0
    one_of = whole(offer.caces_any)
    lacks |= one_of != 0 and one_of & has == 0
    for at in range(len(FAMILIES)):
        lacks |= (offer.caces_families >> at & 1 != 0) and FAMILIES[at] & has == 0
    return bool(lacks)


@rule
def gone(profile: Any, held_more: Any, today: int) -> int:
    """The certificates of somebody that have run out, as ``domain.certificates`` has them: categories of CACES, then cards."""
    found = 0
    if profile.more:
        for index in range(profile.more + 1, profile.more + 1 + held_more[profile.more]):
            end = -held_more[index]
            if end > 0 and end & (1 << DAY_BITS) - 1 < today:
                found |= end >> DAY_BITS
    return found


@rule
def _wishes(settings: Any, offer: Any, profile: Any, restricted: bool) -> int:
    """Mean of contract, hours, wage and schedule."""
    contract = hours = wage = schedule = settings.neutral
    if profile.wished_contracts:
        contract = SCALE if offer.contract & profile.wished_contracts else settings.other_contract
    if profile.wished_minutes != UNKNOWN and offer.minutes != UNKNOWN:
        off = min(abs(whole(offer.minutes) - whole(profile.wished_minutes)), settings.hours_tolerance)
        hours = SCALE - SCALE * off // settings.hours_tolerance
    if profile.wage_floor and offer.wage != UNKNOWN:
        wage = SCALE * min(whole(offer.wage), whole(profile.wage_floor)) // whole(profile.wage_floor)
    if restricted and offer.schedule_known:
        schedule = SCALE
    mean: int = (contract + hours + wage + schedule) // 4
    return mean
