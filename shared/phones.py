"""Telephone numbers as people of every French territory write them, kept in E.164."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType
from pydantic_core import PydanticCustomError

from shared.types import Line

REGIONS = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT",
    "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
"""Overseas territories are countries of their own in the telephone's numbering; 977 and 978 share Guadeloupe's code."""
MAINLAND = "FR"
UNFIT = "Ce numéro n'existe pas, ou l'appeler coûte plus qu'un appel ordinaire."
"""What is said of a number that ``e164`` does not take."""

# Whoever is given a number dials it: what earns money by the call, or reaches nobody, is nobody's number.
_COSTLY = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.UNKNOWN,
    }
)
_FREEPHONE = 800
"""The one international service that costs its caller nothing; the others are satellites and premium rates (ITU-T E.164.1)."""

# Beginnings of numbers in the national plan that are a territory's (ARCEP, plan national de numérotation): the library
# takes some of them for the mainland's.
_OVERSEAS = {
    "262": "RE", "263": "RE", "269": "YT", "508": "PM", "590": "GP", "594": "GF", "596": "MQ",
    "639": "YT", "690": "GP", "691": "GP", "692": "RE", "693": "RE", "694": "GF", "696": "MQ", "697": "MQ",
}  # fmt: skip


_BLANKS = re.compile(r"[\s\u00b7\u2022_]+")
"""What parts digits: blanks of any width (French typography has narrow ones), middle dots. The library knows plain blanks."""


def e164(written: str, territory: str) -> str | None:
    """The number in E.164 (``+33612345678``); None when nobody can have it, or when whoever dials it pays for more than a call.

    A national number is read as one of the territory, else by its beginning, else as one of whichever French territory
    alone has such numbers: whoever moved from Réunion to Guéret kept theirs.
    """
    if any(one.isalpha() for one in written):
        return None
    written = _BLANKS.sub(" ", written)
    own = REGIONS.get(territory, MAINLAND)
    if own != MAINLAND and (found := _valid(written, own)) is not None:
        return found
    try:
        number = phonenumbers.parse(written, MAINLAND)
    except phonenumbers.NumberParseException:
        return None
    national = str(number.national_number)
    if number.country_code == 33 and len(national) == 9 and national[:3] in _OVERSEAS:
        # Also «+33 692 …»: the mainland's code before a number of Réunion.
        region = _OVERSEAS[national[:3]]
        return _valid(national[3:] if region == "PM" else f"0{national}", region)
    return _valid(written, MAINLAND) or _only_one(written)


def check_dialled(written: str | None) -> str | None:
    """A number that others are told to dial, as it is written; it may be one of any French territory.

    Raises:
        PydanticCustomError: ``e164`` takes it nowhere.
    """
    if written is not None and not any(e164(written, territory) for territory in ("", *REGIONS)):
        raise PydanticCustomError("implausible-phone", "{sentence}", {"sentence": UNFIT})
    return written


@dataclass(frozen=True)
class Dialled(Line):
    """A line that is a number (``check_dialled``)."""

    def refuse(self, text: str) -> None:
        check_dialled(text)


def _only_one(written: str) -> str | None:
    """Short numbers: as one of the territory that has such numbers, if there is one only."""
    found = {_valid(written, region) for region in REGIONS.values()} - {None}
    return found.pop() if len(found) == 1 else None


def _valid(written: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in _COSTLY:
        return None
    nowhere = phonenumbers.region_code_for_number(number) == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
    if nowhere and number.country_code != _FREEPHONE:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
