"""An offer and a person who meet: a test changes what it is about."""

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish
from services.matching.domain.geometry import position
from tests.service.matching.worlds import TODAY

RULES = Configuration()
HERE, NEAR, FAR = position(46.17, 1.87), position(46.2, 1.95), position(45.96, 2.17)
OFFER = OfferFacts("o", "23", position=HERE, occupation="K1304", published_day=TODAY, confirmed_day=TODAY)
PROFILE = ProfileFacts("p", "23", position=NEAR, reach_dm=300_000, wishes=(Wish("K1304", 0),))
