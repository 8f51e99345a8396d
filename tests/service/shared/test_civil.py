"""Days and hours are those of the place."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared import civil
from shared.reference.communes import Communes

# One winter and one summer instant: only the mainland and Saint-Pierre-et-Miquelon move their clocks.
WINTER = datetime(2026, 1, 14, 22, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "winter", "summer"),
    [
        ("23", "2026-01-14 23:30", "2026-07-15 00:30"),
        ("2A", "2026-01-14 23:30", "2026-07-15 00:30"),
        ("2B033", "2026-01-14 23:30", "2026-07-15 00:30"),
        ("97", "2026-01-14 23:30", "2026-07-15 00:30"),
        (None, "2026-01-14 23:30", "2026-07-15 00:30"),
        ("971", "2026-01-14 18:30", "2026-07-14 18:30"),
        ("97209", "2026-01-14 18:30", "2026-07-14 18:30"),
        ("973", "2026-01-14 19:30", "2026-07-14 19:30"),
        ("97411", "2026-01-15 02:30", "2026-07-15 02:30"),
        ("97400", "2026-01-15 02:30", "2026-07-15 02:30"),
        ("975", "2026-01-14 19:30", "2026-07-14 20:30"),
        ("976", "2026-01-15 01:30", "2026-07-15 01:30"),
        ("977", "2026-01-14 18:30", "2026-07-14 18:30"),
        ("978", "2026-01-14 18:30", "2026-07-14 18:30"),
        ("986", "2026-01-15 10:30", "2026-07-15 10:30"),
        ("98735", "2026-01-14 12:30", "2026-07-14 12:30"),
        ("98731", "2026-01-14 13:00", "2026-07-14 13:00"),
        ("98719", "2026-01-14 13:30", "2026-07-14 13:30"),
        ("988", "2026-01-15 09:30", "2026-07-15 09:30"),
    ],
)
def test_clocks_show_the_hour_of_the_place(place: str | None, winter: str, summer: str) -> None:
    assert f"{civil.local(place, WINTER):%Y-%m-%d %H:%M}" == winter
    assert f"{civil.local(place, SUMMER):%Y-%m-%d %H:%M}" == summer
    assert civil.today(place, WINTER).isoformat() == winter[:10]


@pytest.mark.parametrize("place", ["23", "971", "974", "975", "98731", "988"])
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 1, 1)])
def test_a_day_is_the_instants_from_its_midnight_to_the_next(place: str, day: date) -> None:
    start, end = civil.midnight(place, day), civil.end_of(place, day)
    last = end - timedelta(milliseconds=1)
    assert civil.today(place, start) == civil.today(place, last) == day
    assert civil.today(place, start - timedelta(milliseconds=1)) < day < civil.today(place, end)


def test_the_mainland_is_where_every_commune_of_a_two_digit_departement_is() -> None:
    communes = Communes.load()
    for department in [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"]:
        assert {civil.zone_of(one.code) for one in communes.by_department(department)} == {civil.MAINLAND}, department
    for department in ("971", "972", "973", "974", "976"):
        zones = {civil.zone_of(one.code) for one in communes.by_department(department)}
        assert zones == {civil.zone_of(department)} != {civil.MAINLAND}, department


def test_instants_in_words() -> None:
    session = datetime(2026, 3, 10, 5, tzinfo=UTC)
    assert civil.in_words("97411", session) == "mardi 10 mars 2026 à 9 h"
    assert civil.in_words("23", session) == "mardi 10 mars 2026 à 6 h"
    assert civil.in_words("98731", session) == "lundi 9 mars 2026 à 19 h 30"
    assert civil.day_in_words(date(2027, 5, 1)) == "samedi 1er mai 2027"


def test_a_last_day_elsewhere_in_the_calendar_of_the_mainland() -> None:
    day = date(2026, 3, 12)
    # In Guyane the 12th is over at 04:00 Paris time of the 13th; in Réunion at 21:00 of the 12th.
    assert civil.mainland_day_through("973", day) == date(2026, 3, 13).toordinal()
    assert civil.mainland_day_through("974", day) == civil.mainland_day_through("23", day) == day.toordinal()
    assert civil.latest_today(WINTER) == date(2026, 1, 15) > civil.today("973", WINTER)
