"""What is compiled when a process starts: all of it, so that no question waits for it while others wait for the answer."""

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.geometry import position
from services.matching.domain.occupations import Affinities
from services.matching.index.kernel import Rules
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex


def warm_up() -> None:
    """Ask each kind of question once: the machine code is loaded, or made in some seconds."""
    rules = Rules(Configuration(), Affinities())
    profiles, offers = ProfileIndex(rules), OfferIndex(rules)
    here = position(46.17, 1.87)
    profile, offer = ProfileFacts("profile", "23", position=here), OfferFacts("offer", "23", position=here)
    profiles.put(profile)
    offers.put(offer)
    profiles.rank(offer, 1, 0)
    offers.rank(profile, 1, 0)
