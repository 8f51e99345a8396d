"""The terms of the affinity: each a share of 0 to 10,000 basis points, in the order of ``configuration.TERMS``."""

from typing import NamedTuple

from services.matching.domain.configuration import SCALE, Configuration
from services.matching.domain.facts import UNKNOWN, OfferFacts, ProfileFacts
from services.matching.domain.geometry import distance_dm
from services.matching.domain.occupations import Affinities

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


def occupation(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities) -> int:
    """The nearest of the wished occupations; who names none, or an offer without a code, is open to all a little."""
    if offer.occupation is None or not profile.wishes:
        return configuration.open_affinity
    return max(affinities.of(wish.code, offer.occupation) for wish in profile.wishes)


def skills(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration) -> int:
    """Weighted share of the asked skills that the person has; neutral when none is asked."""
    if not offer.skills:
        return configuration.neutral
    held = set(profile.skills)
    asked = sum(REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT for skill in offer.skills)
    has = sum(REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT for skill in offer.skills if skill.key in held)
    return has * SCALE // asked


def distance(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration) -> int:
    """Falls from 1 at the door to the floor at the edge of the person's own range; neutral without a place."""
    if offer.position is None or profile.position is None:
        return configuration.neutral
    away = min(distance_dm(offer.position, profile.position), profile.reach_dm)
    return SCALE - (SCALE - configuration.distance_floor) * away // max(1, profile.reach_dm)


def experience(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities) -> int:
    """Experience against what is asked, counted by how near the occupation of that experience is."""
    if offer.months == 0:
        return SCALE
    if offer.occupation is None or not profile.wishes:
        return 0
    return max(
        affinities.of(wish.code, offer.occupation) * min(wish.months, offer.months) // offer.months
        for wish in profile.wishes
    )


def freshness(offer: OfferFacts, configuration: Configuration, today: int) -> int:
    """How recently the employer confirmed the offer."""
    return configuration.freshness(today - offer.confirmed_day)


def wishes(offer: OfferFacts, profile: ProfileFacts, configuration: Configuration) -> int:
    """Mean of contract, hours and wage floor: met, unknown or short of the wish."""
    liked = not profile.wished_contracts or bool(offer.contract & profile.wished_contracts)
    contract = SCALE if liked else configuration.other_contract
    if profile.wished_minutes == UNKNOWN:
        hours = SCALE
    elif offer.minutes == UNKNOWN:
        hours = configuration.neutral
    else:
        off = min(abs(offer.minutes - profile.wished_minutes), configuration.hours_tolerance)
        hours = SCALE - SCALE * off // configuration.hours_tolerance
    if not profile.wage_floor:
        wage = SCALE
    elif offer.wage == UNKNOWN:
        wage = configuration.neutral
    else:
        wage = SCALE * min(offer.wage, profile.wage_floor) // profile.wage_floor
    return (contract + hours + wage) // 3


def reply(offer: OfferFacts, configuration: Configuration) -> int:
    """How often the employer answers: an application without an answer costs the person more than it gives."""
    return configuration.reply_prior if offer.reply == UNKNOWN else offer.reply


def mutual(of_occupation: int, of_skills: int, of_distance: int, of_experience: int, of_wishes: int) -> int:
    """Interest of the one times interest of the other: what only one side wants is worth little to both."""
    seeker = (of_occupation + of_distance + of_wishes) // 3
    employer = (of_occupation + of_skills + of_experience) // 3
    return seeker * employer // SCALE


def terms(
    offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities, today: int
) -> Terms:
    """All terms of a pair."""
    of_occupation = occupation(offer, profile, configuration, affinities)
    of_skills = skills(offer, profile, configuration)
    of_distance = distance(offer, profile, configuration)
    of_experience = experience(offer, profile, configuration, affinities)
    of_wishes = wishes(offer, profile, configuration)
    return Terms(
        occupation=of_occupation,
        skills=of_skills,
        distance=of_distance,
        experience=of_experience,
        freshness=freshness(offer, configuration, today),
        wishes=of_wishes,
        reply=reply(offer, configuration),
        mutual=mutual(of_occupation, of_skills, of_distance, of_experience, of_wishes),
    )
