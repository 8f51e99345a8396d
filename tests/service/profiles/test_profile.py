"""What the aggregate tells, to whom, and what it never tells."""

from datetime import timedelta

import pytest

from services.profiles.domain.errors import AccountLinked, AlreadyAssigned, NotAssigned, TooManyCounsellors
from services.profiles.domain.profile import CONTACT, CREATED, MOST_COUNSELLORS, REGISTERED, UPDATED, Profile
from shared.contracts.events.profiles import ContactState, ProfileState, SeekerRegistered
from shared.contracts.vocabulary import Channel
from tests.service.profiles.builders import GUERET, NOW, a_profile, a_status

LATER = NOW + timedelta(days=1)


def told(profile: Profile) -> list[tuple[str, int]]:
    return [(event.type, event.sequence) for event in (*profile.pending, *profile.others)]


def saved(profile: Profile) -> Profile:
    profile.mark_saved()
    return profile


def test_a_registration_is_told_to_matching_contacts_and_the_workshop() -> None:
    profile = a_profile(statuses=[a_status()])
    assert told(profile) == [(CREATED, 1), (CONTACT, 1), (REGISTERED, 1)]
    registered = profile.others[1].data
    assert isinstance(registered, SeekerRegistered)
    assert registered.onboarding_workshop


def test_without_rsa_no_workshop_is_due() -> None:
    registered = a_profile().others[1].data
    assert isinstance(registered, SeekerRegistered)
    assert not registered.onboarding_workshop


def test_matching_learns_no_name_contact_status_or_reason() -> None:
    profile = a_profile(
        birth_year=1989,
        sex="female",
        email="nadia@example.org",
        phone="+33612345678",
        statuses=[a_status(one) for one in ("rsa", "disabled_worker", "priority_neighbourhood")],
    )
    state = profile.event_data(UPDATED)
    assert isinstance(state, ProfileState)
    # What nothing is put into would say its default of everybody, for ever.
    assert state.model_fields_set == set(ProfileState.model_fields), (
        "Nothing is put into a field of ProfileState: Profile.event_data in services/profiles/domain/profile.py."
    )
    text = state.model_dump_json()
    for secret in ("Nadia", "Lemoine", "1989", "female", "example.org", "3361", "rsa", "46.171", "Tilleuls"):
        assert secret not in text
    assert state.point is not None
    assert (state.point.lat, state.point.lon) == (46.17, 1.87)


def test_only_those_concerned_are_told_of_a_change() -> None:
    profile = saved(a_profile())
    profile.revise(profile.details.model_copy(update={"birth_year": 1990}), GUERET, LATER)
    assert told(profile) == []
    assert (profile.version, profile.updated_at) == (2, LATER)

    saved(profile).revise(profile.details.model_copy(update={"vehicle": True}), GUERET, LATER)
    assert told(profile) == [(UPDATED, 3)]

    saved(profile).revise(profile.details.model_copy(update={"email": "n@example.org"}), GUERET, LATER)
    assert told(profile) == [(CONTACT, 4)]


def test_a_move_within_a_grid_cell_is_told_to_nobody() -> None:
    profile = saved(a_profile())
    near = GUERET.model_copy(update={"lat": GUERET.lat + 0.001, "address": "à côté"})
    assert profile.revise(profile.details, near, LATER) == ("place",)
    assert told(profile) == []


def test_saying_the_same_again_changes_nothing() -> None:
    profile = saved(a_profile())
    assert profile.revise(profile.details, GUERET, LATER) == ()
    assert profile.version == 1


def test_rsa_that_becomes_known_later_is_told_to_the_workshop_once() -> None:
    profile, rsa = saved(a_profile()), a_status()
    for statuses, expected in (([rsa], [(UPDATED, 2), (REGISTERED, 2)]), ([], [(UPDATED, 3)]), ([rsa], [(UPDATED, 4)])):
        profile.take_statuses(statuses, LATER)
        assert told(profile) == expected
        saved(profile)


def test_counsellors_come_and_go_and_everybody_concerned_learns_it() -> None:
    profile = saved(a_profile())
    profile.assign("counsellor-1", LATER)
    assert told(profile) == [(UPDATED, 2), (CONTACT, 2)]
    with pytest.raises(AlreadyAssigned):
        profile.assign("counsellor-1", LATER)
    profile.unassign("counsellor-1", LATER)
    with pytest.raises(NotAssigned):
        profile.unassign("counsellor-1", LATER)
    assert profile.counsellor_ids == ()


def test_twenty_accompany_somebody_and_no_more() -> None:
    many = tuple(f"counsellor-{number}" for number in range(MOST_COUNSELLORS))
    profile = saved(a_profile(counsellor_ids=many[:-1]))
    profile.assign(many[-1], LATER)
    with pytest.raises(TooManyCounsellors) as refused:
        profile.assign("one-more", LATER)
    assert (refused.value.status, refused.value.extra["limit"]) == (409, 20)
    # Whoever accompanies already is told so, and a place that is given up is free.
    with pytest.raises(AlreadyAssigned):
        profile.assign(many[0], LATER)
    profile.unassign(many[0], LATER)
    profile.assign("one-more", LATER)
    with pytest.raises(TooManyCounsellors):
        a_profile(counsellor_ids=(*many, "one-more"))


def test_an_account_is_linked_once() -> None:
    profile = saved(a_profile(owner_id=None))
    profile.link_account("seeker-9", LATER)
    assert told(profile) == [(UPDATED, 2), (CONTACT, 2)]
    with pytest.raises(AccountLinked):
        profile.invite_account(None, LATER)


@pytest.mark.parametrize(
    ("email", "owner", "counsellors", "chosen", "channels"),
    [
        ("n@example.org", "seeker-1", (), [], (Channel.EMAIL, Channel.INBOX)),
        (None, "seeker-1", (), [], (Channel.INBOX,)),
        (None, None, ("c1",), [], (Channel.COUNSELLOR,)),
        (None, "seeker-1", ("c1",), [], (Channel.INBOX, Channel.COUNSELLOR)),
        (None, None, (), [], (Channel.INBOX,)),
        ("n@example.org", "seeker-1", ("c1",), ["counsellor"], (Channel.COUNSELLOR,)),
    ],
)
def test_people_without_email_are_reached_through_their_counsellors(
    email: str | None, owner: str | None, counsellors: tuple[str, ...], chosen: list[str], channels: tuple[Channel, ...]
) -> None:
    profile = a_profile(owner_id=owner, counsellor_ids=counsellors, email=email, channels=chosen)
    assert profile.channels == channels
    state = profile.event_data(CONTACT)
    assert isinstance(state, ContactState)
    assert state.channels == channels
