"""What people would accept, as employers may learn it: nothing. To them everybody would come at any hour, day, length and pay,
and for any work that they have done.

An employer asks about its own offers as often as it likes, changes them in between, and deposits others. Whoever is missing
from the list for work at night, or comes below others when less is paid, has told what they refuse; whoever is there for all
work around their former one and missing for it alone, that they have left it. Whom a post suits says so themselves when they
are invited.
"""

from dataclasses import replace

import numpy as np

from services.matching.domain.configuration import TERMS, Configuration, Weights
from services.matching.domain.facts import (
    ALL_CONTRACTS,
    ALL_KINDS,
    ANY_MINUTES,
    ANY_TIME_OR_KIND,
    ProfileFacts,
)
from services.matching.domain.scale import SCALE
from services.matching.index.encoding import REFUSALS, Rows
from services.matching.index.layout import LEFT

OF_WORK = ("occupation", "skills", "distance", "experience")
"""Terms that speak of what somebody does and where. The others speak of what they would accept: hours, days, pay."""


def by_work_alone(configuration: Configuration) -> Configuration:
    """The configuration with those terms only, and the least score in the same proportion."""
    weights = {name: getattr(configuration.weights, name) if name in OF_WORK else 0 for name in TERMS}
    least = configuration.minimum_score * sum(weights.values()) // SCALE
    # They add up to less than one, on purpose.
    return configuration.model_copy(
        update={"weights": Weights.model_construct(None, **weights), "minimum_score": least}
    )


def accepting(profile: ProfileFacts) -> ProfileFacts:
    """Somebody as if they had refused nothing, and sought what they have done. Of who seeks nothing by name, and may so come for
    any work, nothing is named.
    """
    return replace(
        profile,
        early=True,
        late=True,
        night=True,
        weekend=True,
        minutes_min=0,
        minutes_max=ANY_MINUTES,
        kinds=ALL_KINDS,
        contracts=ALL_CONTRACTS,
        wishes=tuple(replace(wish, sought=True) for wish in profile.wishes) if profile.seeks else (),
    )


def all_accepting(packed: Rows) -> Rows:
    """The same of packed rows."""
    free = packed.copy()
    free["bits"] &= ~REFUSALS
    free["row"]["minutes_min"], free["row"]["minutes_max"] = 0, ANY_MINUTES
    free["row"]["held"] |= ANY_TIME_OR_KIND
    wishes = free["row"]["wishes"]
    left = wishes & np.uint32(LEFT)
    wishes -= left
    wishes[~((wishes != 0) & (left == 0)).any(axis=1)] = 0
    return free
