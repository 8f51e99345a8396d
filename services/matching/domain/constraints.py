"""Hard constraints: a pair that fails one is never recommended, and the code is kept for «why not»."""

from enum import IntFlag

from services.matching.domain.affinity import demanded, occupation
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import UNKNOWN, OfferFacts, ProfileFacts
from services.matching.domain.geometry import squared_dm
from services.matching.domain.occupations import Affinities
from services.matching.domain.practised import is_left_behind
from services.matching.domain.scale import SCALE


class Failed(IntFlag):
    """Constraints that a pair fails. ``code`` of a single one is its stable name."""

    OFFER_CLOSED = 1
    PROFILE_INACTIVE = 2
    TOO_FAR = 4
    OTHER_TERRITORY = 8
    LICENCE = 16
    VEHICLE = 32
    EARLY = 64
    LATE = 128
    NIGHT = 256
    WEEKEND = 512
    HOURS = 1024
    KIND = 2048
    CONTRACT = 4096
    FRENCH = 8192
    RESERVED = 16384
    AVAILABILITY = 32768
    OCCUPATION = 65536
    APPLIED = 131072
    REFUSED = 262144
    DISMISSED = 524288
    BEYOND = 1048576
    REGULATED = 2097152
    DEMANDS = 4194304
    NOT_SOUGHT = 8388608

    @property
    def codes(self) -> tuple[str, ...]:
        """Stable names of the constraints in this set, e.g. ``("too_far", "licence")``."""
        return tuple(member.name.lower() for member in self if member.name)


NONE = Failed(0)


def offer_is_closed(offer: OfferFacts, today: int) -> bool:
    """Not published, filled, a duplicate, or past its closing date."""
    return not offer.open or (offer.apply_by_day != 0 and offer.apply_by_day < today)


def can_be_matched(offer: OfferFacts, today: int) -> bool:
    """Whether it is worth looking for anybody: neither closed nor asking for what this release does not know."""
    return not offer.beyond and not offer_is_closed(offer, today)


def latest_start(offer: OfferFacts, configuration: Configuration, today: int) -> int:
    """The last day from which a person may become available and still take the offer."""
    return max(today, offer.starts_day) if offer.starts_day else today + configuration.availability_grace_days


def failed(
    offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities, today: int
) -> Failed:
    """The constraints that the pair fails, the nearness of the occupations included."""
    near = occupation(offer, profile, configuration, affinities)
    asked = demanded(offer, profile, configuration, affinities, today).least
    return failed_with(offer, profile, configuration, affinities, near, asked, today)


def failed_with(
    offer: OfferFacts,
    profile: ProfileFacts,
    configuration: Configuration,
    affinities: Affinities,
    near: int,
    asked: int,
    today: int,
) -> Failed:
    """The constraints that the pair fails by what each says; what happened between them is the caller's to add.

    Distance is held against the seeker's own range, never an employer's wish about residence (a protected criterion).
    When either has no place, distance is not asked, but both must be of one département. ``near``: the occupation
    term; ``asked``: that of the demands, by which it is weighed: what is near and asks too much is no recommendation.
    """
    found = NONE
    if offer_is_closed(offer, today):
        found |= Failed.OFFER_CLOSED
    if offer.beyond:
        found |= Failed.BEYOND
    if not profile.active:
        found |= Failed.PROFILE_INACTIVE
    if offer.position is None or profile.position is None:
        if offer.territory != profile.territory:
            found |= Failed.OTHER_TERRITORY
    elif squared_dm(offer.position, profile.position) > profile.reach_dm**2:
        found |= Failed.TOO_FAR
    if offer.licences & ~profile.licences:
        found |= Failed.LICENCE
    if offer.vehicle and not profile.vehicle:
        found |= Failed.VEHICLE
    found |= _schedule(offer, profile)
    if not offer.kind & profile.kinds:
        found |= Failed.KIND
    if not offer.contract & profile.contracts:
        found |= Failed.CONTRACT
    # A level that nobody asked the person about is no barrier.
    if profile.french and offer.french > profile.french:
        found |= Failed.FRENCH
    if offer.reserved and not offer.reserved & profile.reserved:
        found |= Failed.RESERVED
    if profile.from_day > latest_start(offer, configuration, today):
        found |= Failed.AVAILABILITY
    if is_left_behind(offer, profile, affinities):
        found |= Failed.NOT_SOUGHT
    if near < configuration.minimum_affinity:
        found |= Failed.REGULATED if offer.occupation in affinities.regulated else Failed.OCCUPATION
    elif near * asked // SCALE < configuration.minimum_affinity:
        found |= Failed.DEMANDS
    return found


def _schedule(offer: OfferFacts, profile: ProfileFacts) -> Failed:
    found = NONE
    if offer.early and not profile.early:
        found |= Failed.EARLY
    if offer.late and not profile.late:
        found |= Failed.LATE
    if offer.night and not profile.night:
        found |= Failed.NIGHT
    if offer.weekend and not profile.weekend:
        found |= Failed.WEEKEND
    if offer.minutes != UNKNOWN and not profile.minutes_min <= offer.minutes <= profile.minutes_max:
        found |= Failed.HOURS
    return found
