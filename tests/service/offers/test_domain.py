"""Rules that need no database."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.api.views import LintFinding, OfferOwnView, OfferView
from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import CompanyStatus, check_siret
from services.offers.domain.content import OfferContent, OfferInput
from services.offers.domain.duplicates import title_likeness
from services.offers.domain.errors import InvalidSiret
from services.offers.domain.life import Due, LifePolicy, Reason, Step
from services.offers.domain.linter import Draft, lint
from services.offers.domain.listing import spread
from services.offers.domain.offer import KEPT_TO_ITSELF, TOLD_OTHERWISE, Offer
from services.offers.domain.replies import reply_rate
from services.offers.domain.schedule import DeclaredSchedule, flags_of
from services.offers.domain.text import key_of, tokens
from shared.contracts.events.base import Place, Point, Shift
from shared.contracts.events.offers import OfferCompany, OfferState, ScheduleFlags
from shared.contracts.vocabulary import ContractKind, OfferSource, OfferStatus
from shared.errors import Refused
from shared.geo import distance_km
from shared.invitations.links import LinkRefused, sign, verify

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
POLICY = LifePolicy()


@pytest.mark.parametrize("number", ["73282932000074", "732 829 320 00074", "35600000000048", "35600000049837"])
def test_sound_sirets_pass(number: str) -> None:
    assert len(check_siret(number)) == 14


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("73282932000075", "siret_checksum"),
        ("35600000049838", "siret_checksum"),
        ("123", "siret_length"),
        ("x" * 14, "siret_length"),
    ],
)
def test_wrong_sirets_name_the_rule(number: str, rule: str) -> None:
    with pytest.raises(InvalidSiret) as refused:
        check_siret(number)
    assert refused.value.errors[0].rule == rule


@pytest.mark.parametrize(
    ("weekday", "start", "end", "flags"),
    [
        (0, time(7), time(19), ScheduleFlags()),
        (0, time(6, 59), time(12), ScheduleFlags(early=True)),
        (0, time(14), time(19, 1), ScheduleFlags(late=True)),
        (0, time(21), time(5), ScheduleFlags(early=True, late=True, night=True)),
        (0, time(5), time(9), ScheduleFlags(early=True, night=True)),
        (6, time(9), time(12), ScheduleFlags(weekend=True)),
        (4, time(20), time(2), ScheduleFlags(early=True, late=True, night=True, weekend=True)),
    ],
)
def test_shifts_say_what_they_ask_of_a_person(weekday: int, start: time, end: time, flags: ScheduleFlags) -> None:
    assert flags_of([Shift(weekday=weekday, start=start, end=end)]) == flags


@pytest.mark.parametrize("length", range(1, 6))
def test_a_link_of_any_length_is_read_back(length: int) -> None:
    token = sign("s" * 32, "confirm", "o" * length, NOW + timedelta(seconds=1))
    assert verify("s" * 32, "confirm", token, NOW) == "o" * length
    # People's programmes cut signs of punctuation off the end of a link.
    assert token.replace("-", "a").replace("_", "a").isalnum()


def test_links_hold_purpose_and_time() -> None:
    token = sign("s" * 32, "confirm", "o-1", NOW + timedelta(days=1))
    assert verify("s" * 32, "confirm", token, NOW) == "o-1"
    for secret, purpose, when in (
        ("t" * 32, "confirm", NOW),
        ("s" * 32, "close", NOW),
        ("s" * 32, "confirm", NOW + timedelta(days=1)),
    ):
        with pytest.raises(LinkRefused):
            verify(secret, purpose, token, when)


@given(st.text(max_size=60))
def test_no_text_is_a_link(token: str) -> None:
    with pytest.raises(LinkRefused):
        verify("s" * 32, "confirm", token, NOW)


@given(st.uuids(), st.floats(42, 51), st.floats(-4, 8))
def test_offers_of_a_commune_lie_a_metre_apart(id: object, lat: float, lon: float) -> None:
    moved = spread(str(id), lat, lon)
    assert distance_km(lat, lon, moved[1], moved[0]) < 0.0021


def test_words_and_names_meet() -> None:
    assert tokens("Vendeuses en boulangerie (H/F)") == tokens("vendeur boulangerie")
    assert key_of("SARL Scierie de la Gartempe") == key_of("Scierie de la GARTEMPE")
    assert title_likeness("Maçon H/F", "MAÇON(NE) - CDI") == 100
    assert title_likeness("Maçon", "Boulanger") < 60


def test_reply_rates_need_enough_to_say_something() -> None:
    assert reply_rate(2, 2, 5) is None
    assert reply_rate(3, 2, 5) == 0.6


def test_policies_and_contents_refuse_nonsense() -> None:
    with pytest.raises(ValueError, match="reminders"):
        LifePolicy(15, (14, 11))
    with pytest.raises(ValueError, match="archived"):
        LifePolicy(15, (11,), 10)
    base = {"title": "Maçon", "place": {"commune_code": "23096"}, "contract_kind": "cdi"}
    with pytest.raises(ValueError, match="vehicle"):
        OfferInput.model_validate({**base, "vehicle_required": True, "accessible_without_car": True})
    with pytest.raises(ValueError, match="hourly_min"):
        OfferInput.model_validate({**base, "salary": {"hourly_min": 15, "hourly_max": 12}})


def an_offer(**changes: Any) -> Offer:
    """Published two weeks ago, confirmed at ``NOW``."""
    place = Place(commune_code="23096", name="Guéret", point=Point(lat=46.17, lon=1.87))
    content = OfferContent(title="Maçon", place=place, contract_kind=ContractKind.CDI, positions_total=3)
    changes["content"] = content.model_copy(update=changes.pop("content", {}))
    known = {
        "id": "offer-1", "territory": "23", "created_at": NOW, "updated_at": NOW, "deposited_by": "marie",
        "company": OfferCompany(id="company-1", name="Mme Aubrun"), "status": OfferStatus.PUBLISHED,
        "published_at": NOW - timedelta(days=14), "confirmed_at": NOW,
    }  # fmt: skip
    return Offer(**known | changes)


@pytest.mark.parametrize(
    ("offer", "days", "step"),
    [
        ({}, 11, Due(Step.REMIND, 11)),
        ({"reminders_sent": (11,)}, 14, Due(Step.REMIND, 14)),
        # A job that was away sends the last of what it missed.
        ({}, 14, Due(Step.REMIND, 14)),
        ({"reminders_sent": (11, 14)}, 15, Due(Step.SUSPEND)),
        ({"source": OfferSource.PARTNER}, 15, Due(Step.SUSPEND)),
        ({"status": OfferStatus.SUSPENDED}, 60, Due(Step.ARCHIVE)),
        *(({"status": status, "ended_at": NOW}, 60, Due(Step.ARCHIVE)) for status in ("filled", "closed", "withdrawn")),
    ],
)
def test_time_brings_each_step_at_its_hour_and_not_a_second_before(offer: Any, days: int, step: Due) -> None:
    due, at = an_offer(**offer), NOW + timedelta(days=days)
    assert due.due(at, POLICY) == step
    assert due.due(at - timedelta(seconds=1), POLICY) != step


def test_the_last_day_to_apply_ends_at_midnight_where_the_work_is() -> None:
    """An hour before that of UTC; and it comes before that the offer was not confirmed."""
    offer = an_offer(content={"apply_by": date(2026, 3, 10)})
    midnight = datetime(2026, 3, 10, 23, tzinfo=UTC)
    assert offer.due(midnight - timedelta(seconds=1), POLICY) is None
    assert offer.due(midnight, POLICY) == offer.due(NOW + timedelta(days=30), POLICY) == Due(Step.EXPIRE)


@pytest.mark.parametrize(
    ("offer", "days"),
    [
        ({"source": OfferSource.PARTNER}, 14),
        ({"reminders_sent": (11, 14)}, 14),
        ({"reminders_sent": (14,)}, 12),
        ({"status": OfferStatus.DRAFT, "confirmed_at": None, "published_at": None}, 900),
        ({"status": OfferStatus.PENDING, "confirmed_at": None, "published_at": None}, 900),
        ({"status": OfferStatus.ARCHIVED, "ended_at": NOW}, 900),
    ],
)
def test_time_brings_nothing_else(offer: Any, days: int) -> None:
    assert an_offer(**offer).due(NOW + timedelta(days=days), POLICY) is None


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (OfferStatus.PUBLISHED, ("suspended", "offer-suspended.v1")),
        (OfferStatus.SUSPENDED, ("suspended", "offer-suspended.v1")),
        # It had no posts left: it stays so, and a manager's no waits for it to be shown again.
        (OfferStatus.FILLED, ("filled", "offer-filled.v1")),
    ],
)
def test_a_managers_no_is_told_and_noted(at: OfferStatus, told: tuple[str, str]) -> None:
    offer = an_offer(status=at)
    offer.hold(Actor("chief", Party.MANAGER), NOW)
    assert (offer.held, offer.status) == (True, told[0])
    assert [event.type for event in offer.pending] == [told[1]]
    assert (offer.history[-1].what, offer.history[-1].by, offer.history[-1].note) == (
        "suspended",
        "chief",
        "moderation",
    )


def test_a_confirmation_within_the_minute_is_none() -> None:
    offer, by = an_offer(), Actor("boss", Party.EMPLOYER)
    assert not offer.confirm(by, NOW + timedelta(seconds=59), POLICY, CompanyStatus.APPROVED)
    assert offer.pending == ()
    assert offer.confirm(by, NOW + timedelta(seconds=60), POLICY, CompanyStatus.APPROVED)
    assert [event.type for event in offer.pending] == ["offer-refreshed.v1"]
    suspended = an_offer(status=OfferStatus.SUSPENDED, suspended_because=Reason.UNCONFIRMED)
    assert suspended.confirm(by, NOW, POLICY, CompanyStatus.APPROVED)
    assert [event.type for event in suspended.pending] == ["offer-resumed.v1"]


def test_posts_are_not_fewer_than_were_filled_and_as_many_fill_the_offer() -> None:
    by = Actor("boss", Party.EMPLOYER)

    def revised(status: OfferStatus, posts: int) -> Offer:
        offer = an_offer(status=status, positions_filled=2)
        offer.revise(offer.content.model_copy(update={"positions_total": posts}), "23", by, NOW)
        return offer

    with pytest.raises(Refused) as refusal:
        revised(OfferStatus.PUBLISHED, 1)
    assert refusal.value.errors[0].field == "positions_total"
    for status in (OfferStatus.PUBLISHED, OfferStatus.SUSPENDED):
        assert (revised(status, 2).status, revised(status, 4).status) == (OfferStatus.FILLED, status)
    same = revised(OfferStatus.PUBLISHED, 3)
    assert (same.history, same.pending) == ((), ()), "nothing is told of what changed nothing"


def test_every_field_of_an_offer_travels_or_is_kept_on_purpose() -> None:
    """Readers ignore what they do not know, so a field that was forgotten in the event would be lost without a word."""
    told = set(OfferState.model_fields)
    assert set(OfferContent.model_fields) - told - {"declared_schedule"} == KEPT_TO_ITSELF, (
        "A field of OfferFields is one of OfferState (shared/contracts) or stands in KEPT_TO_ITSELF (domain/offer.py)."
    )
    assert set(OfferContent.model_fields) >= TOLD_OTHERWISE


def test_what_is_made_of_validated_values_is_what_the_library_makes_of_them() -> None:
    given = OfferInput.model_validate(
        {
            "title": "Vendeuse",
            "contract_kind": "cdi",
            "place": {"commune_code": "23096"},
            "shifts": [{"weekday": 5, "start": "06:00", "end": "12:00"}],
            "declared_schedule": {"night": True},
        }
    )
    place = Place(commune_code="23096", name="Guéret", point=Point(lat=46.17, lon=1.87))
    content = given.settled(place)
    offer = Offer(
        id="offer-1",
        territory="23",
        created_at=NOW,
        updated_at=NOW,
        company=OfferCompany(id="company-1", name="Mme Aubrun"),
        content=content,
        deposited_by="marie",
    )
    # What nothing is put into would say its default of every offer, for ever.
    assert offer.event_data("offer-updated.v1").model_fields_set == set(OfferState.model_fields)
    report = lint(Draft(content.title, content.description))
    made = [content, OfferView.of(offer), OfferOwnView.own(offer, report), DeclaredSchedule.of(content.demands)]
    made += [LintFinding.of(finding) for finding in report.warnings]
    for one in made:
        same = type(one).model_construct(None, **vars(one))
        assert one == same
        assert set(vars(one)) == set(type(one).model_fields) == one.model_fields_set == same.model_fields_set
        assert (one.model_extra, one.__pydantic_private__) == (same.model_extra, same.__pydantic_private__)
        assert one.model_dump_json() == type(one).model_validate(one.model_dump()).model_dump_json()
