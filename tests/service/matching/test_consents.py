"""Declining never worsens what is recommended: what somebody agreed to, beside being matched at all, is no input."""

from dataclasses import fields

from services.matching.domain.facts_told import profile_facts
from shared.contracts.events.profiles import ProfileState
from tests.service.matching.rooms import profile_state

ASKED = {"visible_to_employers": True}
"""What people may say no to and travels to matching; contact points, messages, the pool and disclosures do not travel."""


def test_who_declines_everything_is_to_the_matching_who_agrees_to_everything() -> None:
    yes, no = profile_state("profile-1", **ASKED), profile_state("profile-1", **dict.fromkeys(ASKED, False))
    assert yes != no
    # Constraints, scores and the allocation read these facts and nothing else of a profile.
    assert profile_facts(yes) == profile_facts(no)
    assert len(fields(profile_facts(no))) > 5


def test_no_other_consent_travels_to_the_matching() -> None:
    spoken = ("consent", "visible", "pool", "disclos", "channel", "email", "phone", "agree", "tick")
    assert {name for name in ProfileState.model_fields if any(word in name for word in spoken)} == set(ASKED)
