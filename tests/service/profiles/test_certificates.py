"""Which CACES somebody holds and until when: said in the profile, told to matching, in the CV, to who looks for people."""

from datetime import date
from typing import Any

import pytest

from services.profiles.cv.content import content_of
from services.profiles.domain.certificates import valid_caces, valid_kinds
from services.profiles.domain.errors import ProfileRefused
from services.profiles.domain.profile import CREATED
from services.profiles.domain.rules import checked
from shared.contracts.events.profiles import ProfileState
from shared.contracts.vocabulary import Caces, Card
from shared.reference.occupations import Occupations
from tests.service.profiles.builders import a_profile, details

TODAY = date(2026, 3, 2)
TRUCK = {"card": "caces", "caces": "R489-3", "valid_until": "2028-05-03"}
HIGHER = TRUCK | {"caces": "R489-5"}
MACHINES = {"card": "caces", "caces": "R482-A", "valid_until": "2026-03-01"}
ROAD = {"card": "road", "valid_until": "2026-03-01"}


def test_what_is_said_exactly_travels_and_names_its_kind_for_readers_of_kinds() -> None:
    state = a_profile(cards=["phyto"], certificates=[TRUCK, ROAD]).event_data(CREATED)
    assert isinstance(state, ProfileState)
    assert state.cards == (Card.PHYTO, Card.CACES, Card.ROAD)
    assert [(one.caces, one.valid_until) for one in state.certificates] == [
        (Caces.R489_3, date(2028, 5, 3)),
        (None, date(2026, 3, 1)),
    ]


@pytest.mark.parametrize(
    ("certificates", "field", "rule"),
    [
        ([TRUCK, TRUCK | {"valid_until": None}], "certificates.1.card", "duplicate"),
        ([{"card": "road", "caces": "R489-3"}], "certificates.0.caces", "not-a-caces"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(certificates: list[dict[str, Any]], field: str, rule: str) -> None:
    with pytest.raises(ProfileRefused) as refused:
        checked(details(certificates=certificates), "23", TODAY)
    assert (field, rule) in [(one.field, one.rule) for one in refused.value.errors]


def test_the_cv_says_which_and_until_when() -> None:
    profile = a_profile(cards=["caces", "security"], certificates=[TRUCK, HIGHER, MACHINES])
    said = content_of(profile, Occupations.load(), TODAY).practical
    assert [one for one in said if "CACES" in one or "Carte" in one] == [
        "CACES R489 catégories 3 et 5 (valable jusqu’au 03/05/2028)",
        "CACES R482 catégorie A (à renouveler depuis le 01/03/2026)",
        "Carte professionnelle de sécurité",
    ]


def test_who_looks_for_people_is_shown_what_is_valid() -> None:
    said = details(cards=["phyto", "road"], certificates=[TRUCK, MACHINES, ROAD])
    assert valid_kinds(said.cards, said.certificates, TODAY) == (Card.PHYTO, Card.CACES)
    assert valid_caces(said.certificates, TODAY) == (Caces.R489_3,)
