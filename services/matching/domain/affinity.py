"""The terms of the affinity: each a share of 0 to 10,000 basis points, in the order of ``configuration.TERMS``."""

from functools import lru_cache
from typing import NamedTuple

from services.matching.domain.bits import mask
from services.matching.domain.certificates import A_CACES, OF_CARDS
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import TRADE_LEVEL, UNKNOWN, OfferFacts, ProfileFacts
from services.matching.domain.geometry import distance_dm
from services.matching.domain.occupations import Affinities, is_entrusted
from services.matching.domain.scale import SCALE
from shared.reference import caces
from shared.reference.demands import Ask
from shared.reference.standing import Standing

REQUIRED_WEIGHT = 3
WISHED_WEIGHT = 1


class Terms(NamedTuple):
    """Terms of one pair, in basis points."""

    occupation: int
    skills: int
    distance: int
    experience: int
    freshness: int
    wishes: int
    reply: int
    mutual: int
    demands: int = SCALE


def occupation(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities) -> int:
    """The nearest of the wished occupations, of those that somebody has practised and does not seek any more, or of those that
    the skills of who names none point to.
    """
    return max(
        by_wish(offer, profile, configuration, affinities),
        by_practice(offer, profile, configuration, affinities),
        by_skills(offer, profile, configuration, affinities),
    )


def by_wish(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities) -> int:
    """The nearest of the wished occupations; who wishes none may have any, a little.

    Not a regulated one: nothing says that they hold it. An offer without a code is no offer for all: who knows what they
    want is not shown what nobody can tell to be it, and nobody what is surely no simple work and cannot be told.
    """
    if offer.occupation is None and offer.doubted:
        return 0
    if not profile.seeks:
        opened = open_to_all(offer.occupation, configuration, affinities)
        return opened * configuration.doubted_share // SCALE if offer.doubted else opened
    if offer.occupation is None:
        return configuration.uncoded_affinity
    return max(near(wish.code, offer, configuration, affinities) for wish in profile.wishes if wish.sought)


def by_practice(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities) -> int:
    """The nearest of the occupations that are practised and not sought: no way to what the law keeps (``domain.practised``),
    and none to simple work for who seeks a trade: what they have left does not lead them below what they look for.
    """
    if not profile.leaves or offer.occupation in affinities.regulated:
        return 0
    simple = offer.occupation is not None and affinities.standing(offer.occupation).simple
    if simple and profile.seeks and not _seeks_simple_work(profile, affinities):
        return 0
    left = (near(wish.code, offer, configuration, affinities) for wish in profile.wishes if not wish.sought)
    return max(left, default=0) * configuration.practised_share // SCALE


def by_skills(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities) -> int:
    """The nearest of the occupations that somebody's skills point to (``domain.pointing``), to which skills may lead at all."""
    if profile.wishes or offer.occupation is None or not affinities.learnt_by_doing(offer.occupation, profile.level):
        return 0
    codes = affinities.pointed(profile)
    if is_entrusted(affinities.standing(offer.occupation)):
        # Who irons may clean homes, and is not sent to wash anybody because that is near to it.
        codes = tuple(code for code in codes if code == offer.occupation)
    pointed = (near(code, offer, configuration, affinities) for code in codes)
    return max(pointed, default=0) * configuration.pointed_share // SCALE


def _seeks_simple_work(profile: ProfileFacts, affinities: Affinities) -> bool:
    return any(wish.sought and affinities.standing(wish.code).simple for wish in profile.wishes)


def near(wished: str, offer: OfferFacts, configuration: Configuration, affinities: Affinities) -> int:
    """How near an offer is to a wished occupation: by the declared one, or by that of the text, which is worth a little less."""
    points = declared(wished, offer, configuration, affinities)
    return points if offer.also is None else max(points, by_text(wished, offer, configuration, affinities))


def declared(wished: str, offer: OfferFacts, configuration: Configuration, affinities: Affinities) -> int:
    """How near the declared occupation is; less where the title contradicts it."""
    if offer.occupation is None:
        return 0
    points = affinities.of(wished, offer.occupation)
    return points * configuration.doubted_share // SCALE if offer.doubted else points


def by_text(wished: str, offer: OfferFacts, configuration: Configuration, affinities: Affinities) -> int:
    """The same by the occupation that the text speaks of. Beside a regulated one nothing counts: the work stays regulated."""
    if offer.also is None or offer.occupation is None or offer.occupation in affinities.regulated:
        return 0
    return affinities.of(wished, offer.also) * configuration.text_share // SCALE


def nearer_by_text(
    offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities
) -> bool:
    """Whether the text brings an offer nearer to somebody than its declared occupation does, for whoever is to be told."""
    if offer.also is None or offer.occupation is None or not profile.wishes:
        return False
    said = max(declared(wish.code, offer, configuration, affinities) for wish in profile.wishes)
    return max(by_text(wish.code, offer, configuration, affinities) for wish in profile.wishes) > said


def wished_by(offer: OfferFacts, configuration: Configuration, affinities: Affinities) -> dict[str, int]:
    """Wished occupations near an offer, the declared one first; it has to have one."""
    assert offer.occupation is not None
    codes = affinities.wished_near(offer.occupation)
    if offer.also is None and not offer.doubted:
        return codes
    codes |= affinities.wished_near(offer.also) if offer.also is not None else {}
    return {code: points for code in codes if (points := near(code, offer, configuration, affinities))}


def open_to_all(code: str | None, configuration: Configuration, affinities: Affinities) -> int:
    """The occupation term of who names none: simple work but for what is entrusted, and what nothing is known of."""
    if code in affinities.regulated:
        return 0
    known = affinities.standings.get(code) if code else None
    anybody = known is None or (known.simple and not is_entrusted(known))
    return configuration.open_affinity if anybody else configuration.open_skilled


class Demanded(NamedTuple):
    """What each demand leaves, and the bits of ``Ask`` that are not met.

    ``caces``: the categories that are lacking (of alternatives all), ``unsaid`` those of which it is not said whether the person
    holds them; ``run_out``: what they held (bits as ``ProfileFacts.runs_out`` has them).
    """

    rung: int
    level: int
    months: int
    cards: int
    missing: int
    lower: bool
    caces: int = 0
    unsaid: int = 0
    run_out: int = 0
    either: int = SCALE

    @property
    def least(self) -> int:
        """What all of them leave: the term."""
        return min(self.rung, self.level, self.months, self.cards, self.either)


def demanded(
    offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities, today: int
) -> Demanded:
    """The demands of title, text and fields one by one: responsibility, diploma, experience, certificates, each both ways.

    Where a side says nothing, nothing is lost: the level of who states none is that to which their occupations lead, and who
    says of no CACES which it is may have the one that is asked. What has run out is not held, whatever an occupation
    lets presume, and what the law asks for an occupation need not be said. A CAP is of a trade: who has practised nothing near it
    does not hold it by a diploma of the trade that they come from, nor by saying nothing.
    Who has led and does not seek to lead any more can, and loses nothing by work below.
    """
    practised = reached = rung = led_to = busy = 0
    held = profile.held
    for wish in profile.wishes:
        standing, points = affinities.standing(wish.code), near(wish.code, offer, configuration, affinities)
        if points:
            practised, reached = max(practised, points * wish.months // SCALE), max(reached, standing.rung)
            rung = max(rung, standing.rung if wish.sought else 0)
        led_to, busy = max(led_to, standing.level), max(busy, wish.months)
        held |= presumed(standing) if wish.sought else 0
    level = profile.level or led_to
    run_out = profile.run_out(today)
    held &= ~(run_out >> OF_CARDS)
    of_machines = profile.caces & ~run_out if profile.caces else caces.EVERY if held & A_CACES else 0
    if not of_machines:
        held &= ~A_CACES
    lacking = lacking_caces(offer, of_machines)
    green = offer.months >= configuration.inexperienced_months and practised * 2 < offer.months
    missing = (offer.asks | kept_for(offer, affinities) & run_out >> OF_CARDS) & ~held
    of_diploma = of_level(offer.level - level if offer.level and level else 0, configuration)
    if offer.level == TRADE_LEVEL and not practised and (busy or not profile.level):
        of_diploma = min(of_diploma, configuration.level_far)
    return Demanded(
        rung=of_rung(max(offer.rung - reached, 0) or min(offer.rung - rung, 0), practised, configuration),
        level=of_diploma,
        months=configuration.inexperienced if green else SCALE,
        cards=configuration.card_missing if missing or lacking else SCALE,
        missing=missing | (A_CACES if lacking else 0),
        lower=offer.rung < rung,
        caces=lacking,
        unsaid=_unsaid_caces(offer, of_machines) if offer.asks & A_CACES else 0,
        run_out=run_out,
        either=SCALE if either_met(offer, profile.level, practised, configuration) else configuration.inexperienced,
    )


def either_met(offer: OfferFacts, level: int, practised: int, configuration: Configuration) -> bool:
    """Whether the diploma or the experience is there, of which one is enough. No occupation lets presume the diploma here:
    who only looks for the work would have what is asked of who has done it.
    """
    if not offer.or_months or level >= offer.or_level > 0:
        return True
    return offer.or_months < configuration.inexperienced_months or practised * 2 >= offer.or_months


def lacking_caces(offer: OfferFacts, held: int) -> int:
    """The categories that an offer needs and nobody says that somebody holds; of alternatives, all where none is held."""
    lacking = offer.caces & ~held
    if not offer.caces_any & held:
        lacking |= offer.caces_any
    for at, family in enumerate(caces.FAMILIES):
        if offer.caces_families >> at & 1 and not family & held:
            lacking |= family
    return lacking


def _unsaid_caces(offer: OfferFacts, held: int) -> int:
    """The categories that an offer needs of which it is not known whether somebody holds them."""
    unknown = caces.open_part(held)
    unsaid = offer.caces & unknown
    if not offer.caces_any & held & ~unknown:
        unsaid |= offer.caces_any & unknown
    if held == caces.EVERY:
        unsaid |= sum(family for at, family in enumerate(caces.FAMILIES) if offer.caces_families >> at & 1)
    return unsaid


_LANGUAGE_LEVEL = 5


@lru_cache(maxsize=4_096)
def presumed(standing: Standing) -> int:
    """What who seeks an occupation is taken to hold, as bits of ``Ask``: its cards, and languages with studies."""
    language = (Ask.FOREIGN_LANGUAGE,) if standing.level >= _LANGUAGE_LEVEL else ()
    army = (Ask.ENLISTMENT,) if standing.enlists else ()
    return mask((*standing.cards, *language, *army), Ask)


def kept_for(offer: OfferFacts, affinities: Affinities) -> int:
    """The certificates without which the law lets nobody do the work, as bits of ``Ask``."""
    if offer.occupation is None or offer.occupation not in affinities.regulated:
        return 0
    return mask(affinities.standing(offer.occupation).cards, Ask)


def of_rung(gap: int, practised: int, configuration: Configuration) -> int:
    """What rungs above (or below, less than zero) leave to somebody with so many months in the field."""
    if gap <= 0:
        return (SCALE, configuration.step_down, configuration.step_down // 2)[min(-gap, 2)]
    if gap == 1:
        return SCALE if practised >= configuration.step_up_months else configuration.step_up
    return 0


def of_level(gap: int, configuration: Configuration) -> int:
    """What levels of diploma short leave."""
    return (SCALE, configuration.level_short, configuration.level_far)[min(max(gap, 0), 2)]


def skills(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration) -> int:
    """From the floor, which is for all of whom nothing is known to be met, to one with all of the asked skills.

    An offer that lists nothing, or somebody who does, is worth the floor: never more than a list of which nothing is met.
    """
    if not offer.skills:
        return configuration.skills_floor
    held = set(profile.skills)
    asked = sum(REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT for skill in offer.skills)
    has = sum(REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT for skill in offer.skills if skill.key in held)
    return configuration.skills_floor + (SCALE - configuration.skills_floor) * has // asked


def distance(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration) -> int:
    """Falls from 1 at the door to the floor at the edge of the person's own range; neutral without a place."""
    if offer.position is None or profile.position is None:
        return configuration.neutral
    away = min(distance_dm(offer.position, profile.position), profile.reach_dm)
    return SCALE - (SCALE - configuration.distance_floor) * away // max(1, profile.reach_dm)


def experience(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities) -> int:
    """Experience against what is asked, counted by how near the occupation of that experience is, both ways.

    Less than asked counts by its share; much more than asked is ample, and a little less worth to both.
    """
    if offer.occupation is None or not profile.wishes:
        return configuration.neutral if offer.months else SCALE
    practised = [(near(wish.code, offer, configuration, affinities), wish.months) for wish in profile.wishes]
    enough = SCALE
    if offer.months:
        enough = max(points * min(months, offer.months) // offer.months for points, months in practised)
    most = max(points * months // SCALE for points, months in practised)
    spare = most - offer.months - configuration.ample_months
    return enough * ample(max(0, spare), configuration) // SCALE


def counted_months(
    offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities
) -> tuple[int, bool]:
    """Of the occupation that counts most for the experience asked: its months, and whether it is another than the offer's. Where
    that is not said: the most that there are.
    """
    if offer.occupation is None:
        return max((wish.months for wish in profile.wishes), default=0), False
    best = (0, False, 0)
    for wish in profile.wishes:
        points = near(wish.code, offer, configuration, affinities)
        if points:
            best = max(best, (points * min(wish.months, offer.months), points == SCALE, wish.months))
    return best[2], not best[1]


def ample(spare: int, configuration: Configuration) -> int:
    """What is left of the experience term of somebody with so many months beyond what is ample already."""
    reach = configuration.ample_months
    return SCALE - (SCALE - configuration.ample_floor) * min(spare, reach) // reach


def freshness(offer: OfferFacts, configuration: Configuration, today: int) -> int:
    """How recently the employer confirmed the offer."""
    return configuration.freshness(today - offer.confirmed_day)


def wishes(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration) -> int:
    """Mean of contract, hours, wage floor and schedule: met, short of the wish, or neutral where one side says nothing."""
    neutral = configuration.neutral
    contract = hours = wage = schedule = neutral
    if profile.wished_contracts:
        contract = SCALE if offer.contract & profile.wished_contracts else configuration.other_contract
    if profile.wished_minutes != UNKNOWN and offer.minutes != UNKNOWN:
        off = min(abs(offer.minutes - profile.wished_minutes), configuration.hours_tolerance)
        hours = SCALE - SCALE * off // configuration.hours_tolerance
    if profile.wage_floor and offer.wage != UNKNOWN:
        wage = SCALE * min(offer.wage, profile.wage_floor) // profile.wage_floor
    # A schedule that is known and collides is a hard constraint; one that is known and does not, meets the need.
    if profile.restricted and offer.schedule_known:
        schedule = SCALE
    return (contract + hours + wage + schedule) // 4


def reply(offer: OfferFacts, configuration: Configuration) -> int:
    """How often the employer answers: an application without an answer costs the person more than it gives."""
    return configuration.reply_prior if offer.reply == UNKNOWN else offer.reply


def mutual(of_occupation: int, of_skills: int, of_distance: int, of_experience: int, of_wishes: int) -> int:
    """Interest of the one times interest of the other: what only one side wants is worth little to both."""
    seeker = (of_occupation + of_distance + of_wishes) // 3
    employer = (of_occupation + of_skills + of_experience) // 3
    return seeker * employer // SCALE


def terms(
    offer: OfferFacts,
    profile: ProfileFacts,
    configuration: Configuration,
    affinities: Affinities,
    today: int,
    asked: Demanded,
) -> Terms:
    """All terms of a pair. ``asked``: what ``demanded`` says of it."""
    of_occupation = occupation(offer, profile, configuration, affinities)
    of_skills = skills(offer, profile, configuration)
    of_distance = distance(offer, profile, configuration)
    of_experience = experience(offer, profile, configuration, affinities)
    of_wishes = wishes(offer, profile, configuration)
    return Terms(
        demands=asked.least,
        occupation=of_occupation,
        skills=of_skills,
        distance=of_distance,
        experience=of_experience,
        freshness=freshness(offer, configuration, today),
        wishes=of_wishes,
        reply=reply(offer, configuration),
        mutual=mutual(of_occupation, of_skills, of_distance, of_experience, of_wishes),
    )
