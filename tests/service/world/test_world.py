"""The generator of départements: seeded, lifelike, and true to the contracts."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from deploy.demo.bodies import companies, deposits, profile
from deploy.demo.world import World
from deploy.demo.world.catalogue import Catalogue
from deploy.demo.world.names import siret
from deploy.demo.world.population import MEANS
from deploy.demo.world.schedules import PATTERNS
from services.offers.domain.company import check_siret
from services.offers.domain.content import OfferInput, contract_errors
from services.offers.domain.linter import Draft, lint
from services.offers.domain.schedule import flags_of
from services.profiles.api.views import ProfileCreate
from services.profiles.domain.rules import checked
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.vocabulary import Licence, TravelMeans
from shared.reference.communes import Communes
from tests.bench.world import BenchWorld


@pytest.fixture(scope="module")
def world() -> World:
    return World.build("23", offers=300, profiles=2_000, seed=5)


def test_the_same_seed_builds_the_same_world_and_another_seed_another_one(world: World) -> None:
    again = World.build("23", offers=300, profiles=2_000, seed=5)
    other = World.build("23", offers=300, profiles=2_000, seed=6)
    assert list(world.profiles()) == list(again.profiles())
    assert list(world.offers()) == list(again.offers())
    assert [p.occupations for p in world.profiles()] != [p.occupations for p in other.profiles()]


def test_every_event_holds_to_its_contract(world: World) -> None:
    for person in world.profiles():
        assert ProfileState.model_validate(person.model_dump()) == person
    for offer in world.offers():
        assert OfferState.model_validate(offer.model_dump()) == offer


def test_offers_and_people_live_in_real_communes_of_the_departement(world: World) -> None:
    known = {commune.code for commune in Communes.load().by_department("23")}
    places = {offer.place.commune_code for offer in world.offers() if offer.place}
    assert places <= known
    assert len(places) > 40
    assert all(45.6 < p.point.lat < 46.6 and 1.3 < p.point.lon < 2.7 for p in world.profiles() if p.point)


def test_nobody_is_assumed_to_have_a_car(world: World) -> None:
    people = list(world.profiles())
    drivers = sum(any(t.means is TravelMeans.CAR for t in p.travel) for p in people) / len(people)
    assert 0.55 < drivers < 0.65
    means = Counter(t.means for p in people for t in p.travel)
    assert set(means) == set(MEANS)
    without_licence = sum(Licence.B not in p.licences for p in people) / len(people)
    assert 0.15 < without_licence < 0.45
    assert all(p.travel for p in people)


def test_schedules_say_what_the_product_derives_from_them() -> None:
    for name, pattern in PATTERNS.items():
        assert flags_of(pattern.shifts) == pattern.flags, name


def test_demand_is_lifelike(world: World) -> None:
    offers = list(world.offers())
    assert sum(o.positions_total > 1 for o in offers) > 30
    assert sum(bool(o.reserved_publics) for o in offers) > 5
    assert sum(o.schedule.early or o.schedule.late or o.schedule.weekend for o in offers) > 100
    assert sum(bool(o.licences) for o in offers) > 50
    gueret = sum(o.place is not None and o.place.commune_code == "23096" for o in offers) / len(offers)
    assert 0.15 < gueret < 0.6


def test_bodies_are_what_the_services_accept(world: World) -> None:
    """Held against the services' own models: a demo that is refused at its first request shows nothing."""
    chosen = deposits(world, 120)
    assert len(chosen) == 120
    assert len({(one.company, one.body["occupation_code"]) for one in chosen}) == 120
    for one in chosen:
        given = OfferInput.model_validate(one.body)
        assert not contract_errors(given)
        assert not lint(Draft(given.title, given.description, given.kind, None)).refusals
    for registration in companies(world, chosen).values():
        assert check_siret(registration["siret"]) == registration["siret"]
    for row in range(300):
        for staff in (True, False):
            body = profile(world, row, staff=staff)
            given_profile = ProfileCreate.model_validate(body)
            checked(given_profile.details(), "23", world.now.date())
            assert staff or "reserved_eligible" not in body


def test_company_numbers_are_told_apart() -> None:
    numbers = [siret(number, 23) for number in range(2_000)]
    assert len(set(numbers)) == len(numbers)


def test_codes_outside_the_table_borrow_a_neighbours_figures() -> None:
    catalogue = Catalogue.load(["K1301", "E9999"])
    index = catalogue.index()
    care, unknown = catalogue.occupations[index["K1301"]], catalogue.occupations[index["E9999"]]
    assert care.wage > 11
    assert care.demand == 0
    assert not unknown.known


def test_an_unknown_departement_is_told(world: World) -> None:
    with pytest.raises(ValueError, match="No commune"):
        World.build("99")


def test_a_million_people_are_made_one_by_one_as_they_are_asked_for() -> None:
    big = World.build("23", offers=10, profiles=1_000_000, seed=2)
    iterator = big.profiles()
    assert iter(iterator) is iterator  # none is made before
    assert len({next(iterator).profile_id for _ in range(1_000)}) == 1_000
    assert len(big.people) == 1_000_000


@pytest.mark.materials
def test_demand_follows_the_real_counts_where_they_are_at_hand() -> None:
    counts = BenchWorld.counts_beside_the_project()
    if counts is None:
        pytest.skip("the real counts of offers are not beside the project")
    drawn = BenchWorld.build("23", offers=3_000, profiles=10, seed=3, counts_path=counts)
    shares = Counter(o.place.commune_code for o in drawn.offers() if o.place)
    # Guéret has 319 of Creuse's 873 offers.
    assert abs(shares["23096"] / 3_000 - 319 / 873) < 0.03


def _ordered(gains: np.ndarray) -> bool:
    return bool((np.diff(gains) <= 0).all())


def test_the_truth_ranks_feasible_offers_by_what_would_come_of_them() -> None:
    world = BenchWorld.build("23", offers=120, profiles=400, seed=9)
    outcome = world.outcome
    assert outcome.gain.shape == (400, 120)
    assert not (outcome.gain[~outcome.feasible] > 0).any()
    ranked = [world.truth(world.profile_id(row)) for row in range(400)]
    assert sum(map(bool, ranked)) > 100
    assert all(_ordered(np.array([gain for _, gain in one])) for one in ranked if one)
    again = BenchWorld.build("23", offers=120, profiles=400, seed=9)
    assert np.array_equal(again.outcome.gain, outcome.gain)


def test_hidden_preferences_reach_no_event() -> None:
    plain = World.build("23", offers=50, profiles=100, seed=4)
    hidden = BenchWorld.build("23", offers=50, profiles=100, seed=4)
    assert hidden.outcome.gain.any()
    assert list(plain.profiles()) == list(hidden.profiles())
    assert list(plain.offers()) == list(hidden.offers())


def test_no_line_of_the_production_side_imports_tests() -> None:
    package = Path(__file__).resolve().parents[3] / "deploy/demo"
    assert not [file for file in package.rglob("*.py") if "from tests" in file.read_text(encoding="utf-8")]
