"""An offer and a person who meet: a test changes what it is about."""

from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import NONE, Failed
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish
from services.matching.domain.geometry import position
from tests.service.matching.worlds import TODAY

RULES = Configuration()
HERE, NEAR, FAR = position(46.17, 1.87), position(46.2, 1.95), position(45.96, 2.17)
OFFER = OfferFacts("o", "23", position=HERE, occupation="K1304", published_day=TODAY, confirmed_day=TODAY)
PROFILE = ProfileFacts("p", "23", position=NEAR, reach_dm=300_000, wishes=(Wish("K1304", 0),))

ONE_BY_ONE: list[tuple[dict[str, object], dict[str, object], Failed]] = [
    ({}, {}, NONE),
    ({"open": False}, {}, Failed.OFFER_CLOSED),
    ({"apply_by_day": TODAY - 1}, {}, Failed.OFFER_CLOSED),
    ({"apply_by_day": TODAY}, {}, NONE),
    ({"beyond": True}, {}, Failed.BEYOND),
    ({}, {"active": False}, Failed.PROFILE_INACTIVE),
    ({"position": FAR}, {"reach_dm": 400_000}, NONE),
    ({"position": FAR}, {"reach_dm": 200_000}, Failed.TOO_FAR),
    ({"position": (NEAR[0], NEAR[1], NEAR[2] + 300_000)}, {}, NONE),
    ({"position": (NEAR[0], NEAR[1], NEAR[2] + 300_001)}, {}, Failed.TOO_FAR),
    ({"position": None}, {}, NONE),
    ({"position": None}, {"territory": "87"}, Failed.OTHER_TERRITORY),
    ({}, {"position": None, "territory": "87"}, Failed.OTHER_TERRITORY),
    ({}, {"territory": "87"}, NONE),
    ({"licences": 4}, {"licences": 1}, Failed.LICENCE),
    ({"vehicle": True}, {}, Failed.VEHICLE),
    ({"vehicle": True}, {"vehicle": True}, NONE),
    ({"early": True, "late": True, "night": True, "weekend": True}, {}, NONE),
    ({}, {"early": False, "late": False, "night": False, "weekend": False}, NONE),
    ({"early": True}, {"early": False}, Failed.EARLY),
    ({"night": True}, {"night": False}, Failed.NIGHT),
    ({"early": True, "night": True}, {"early": False, "night": False}, Failed.EARLY | Failed.NIGHT),
    ({"late": True}, {"late": False}, Failed.LATE),
    ({"weekend": True}, {"weekend": False}, Failed.WEEKEND),
    ({"minutes": 2_100}, {"minutes_max": 1_800}, Failed.HOURS),
    ({"minutes": 2_100}, {"minutes_max": 2_100}, NONE),
    ({"minutes": 1_200}, {"minutes_min": 1_200}, NONE),
    ({"minutes": 1_199}, {"minutes_min": 1_200}, Failed.HOURS),
    ({"kind": 2}, {"kinds": 1}, Failed.KIND),
    ({"contract": 2}, {"contracts": 1}, Failed.CONTRACT),
    ({"french": 4}, {"french": 3}, Failed.FRENCH),
    ({"french": 4}, {"french": 0}, NONE),
    ({"french": 4}, {"french": 4}, NONE),
    ({"french": 3}, {"french": 4}, NONE),
    ({"reserved": 2}, {"reserved": 5}, Failed.RESERVED),
    ({"reserved": 3}, {"reserved": 1}, NONE),
    ({}, {"from_day": TODAY + 31}, Failed.AVAILABILITY),
    ({}, {"from_day": TODAY + 30}, NONE),
    ({"starts_day": TODAY + 60}, {"from_day": TODAY + 60}, NONE),
    ({"starts_day": TODAY - 5}, {"from_day": TODAY}, NONE),
    ({"starts_day": TODAY - 5}, {"from_day": TODAY + 1}, Failed.AVAILABILITY),
    ({"starts_day": TODAY + 5}, {"from_day": TODAY + 6}, Failed.AVAILABILITY),
    ({"occupation": "A1101"}, {}, Failed.OCCUPATION),
    ({"occupation": "K1304"}, {"wishes": ()}, NONE),
    # Whose body or children are cared for is no work that is open to everybody.
    ({"occupation": "K1302"}, {"wishes": ()}, Failed.OCCUPATION),
    ({"occupation": "A1101"}, {"wishes": ()}, Failed.OCCUPATION),
    ({"occupation": None}, {}, Failed.OCCUPATION),
    ({"occupation": None}, {"wishes": ()}, NONE),
]
"""What of the offer and of the person is otherwise, and the constraint that the pair fails by it alone."""
