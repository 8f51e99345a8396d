"""The hard constraints over arrays, once, beside ``domain.constraints``: both indexes and the block ask here.

Either side is one row or many: each function takes numbers or arrays and broadcasts.
"""

from typing import Any, NamedTuple

import numpy as np

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import UNKNOWN, OfferFacts, ProfileFacts
from services.matching.index.encoding import Rows, territory_number

Values = Any
"""A whole number or an array of them."""


class OfferSide(NamedTuple):
    """What constraints ask of an offer, beside the bits that it needs."""

    starts_day: Values
    apply_by_day: Values
    minutes: Values
    reserved: Values
    territory: Values

    @classmethod
    def of(cls, offer: OfferFacts) -> "OfferSide":
        """Of one offer."""
        territory = territory_number(offer.territory)
        return cls(offer.starts_day, offer.apply_by_day, offer.minutes, offer.reserved, territory)

    @classmethod
    def of_rows(cls, rows: Rows, at: Any = slice(None)) -> "OfferSide":
        """Of many rows, or of those at some positions."""
        return cls(*(rows[name][at] for name in cls._fields))


class ProfileSide(NamedTuple):
    """What constraints ask of a profile, beside the bits that it lacks."""

    from_day: Values
    minutes_min: Values
    minutes_max: Values
    reserved: Values
    territory: Values

    @classmethod
    def of(cls, profile: ProfileFacts) -> "ProfileSide":
        """Of one profile."""
        hours = profile.minutes_min, profile.minutes_max
        return cls(profile.from_day, *hours, profile.reserved, territory_number(profile.territory))

    @classmethod
    def of_rows(cls, rows: Rows, at: Any = slice(None)) -> "ProfileSide":
        """Of many rows, or of those at some positions."""
        return cls(*(rows[name][at] for name in cls._fields))


def suits(needs: Values, lacks: Values) -> Any:
    """Whether nothing that an offer needs is lacking: licences, vehicle, schedule, kind, contract, French, being there."""
    return needs & lacks == 0


def passing(
    offer: OfferSide,
    profile: ProfileSide,
    nowhere: Values,
    within: Values,
    near: Values,
    configuration: Configuration,
    today: int,
) -> Any:
    """Whether pairs that ``suits`` lets through pass the other hard constraints too.

    ``nowhere``: one side has no place, so both must be of one territory; ``within``: the offer lies in the person's range
    (not asked where ``nowhere`` holds); ``near``: the occupation term.
    """
    found = near >= configuration.minimum_affinity
    found = found & np.where(nowhere, offer.territory == profile.territory, within)
    found &= latest_start(offer.starts_day, configuration, today) >= profile.from_day
    found &= (offer.apply_by_day == 0) | (offer.apply_by_day >= today)
    found &= (offer.minutes == UNKNOWN) | (
        (profile.minutes_min <= offer.minutes) & (offer.minutes <= profile.minutes_max)
    )
    found &= (offer.reserved == 0) | (offer.reserved & profile.reserved != 0)
    return found


def latest_start(starts_day: Values, configuration: Configuration, today: int) -> Values:
    """The last days from which people may become available and still take offers that start on these days."""
    return np.where(starts_day != 0, np.maximum(starts_day, today), today + configuration.availability_grace_days)
