"""The labelled pairs: consistent with each other, with the people, and with the offers where those are at hand."""

import pytest

from shared.reference.occupations import Occupations
from tests.bench.real.labels import GRADES, kappa, labels
from tests.bench.real.offers import at_hand, even, real_offers
from tests.bench.real.people import FITTED, UNSEEN, people


def test_every_label_is_of_a_known_person_and_says_why_not_exactly_when_it_is_a_no() -> None:
    known = people(Occupations.load())
    assert len(labels()) >= 400
    for (person, offer), label in labels().items():
        assert person in known
        assert even(offer)
        assert label.grade in GRADES
        assert (label.grade == 0) == (label.no is not None)


def test_both_halves_hold_many_people_and_each_label_lies_in_one() -> None:
    known = people(Occupations.load())
    halves = [known[person].half for person, _ in labels()]
    assert set(halves) == {FITTED, UNSEEN}
    assert min(halves.count(FITTED), halves.count(UNSEEN)) >= 200
    assert min([one.half for one in known.values()].count(half) for half in (FITTED, UNSEEN)) >= 30


def test_people_tell_matching_nothing_of_what_only_the_reader_knows() -> None:
    for person in people(Occupations.load()).values():
        assert person.who
        assert person.who not in person.state.model_dump_json()


@pytest.mark.materials
def test_every_labelled_offer_is_among_those_that_the_import_accepts() -> None:
    if not at_hand():
        pytest.skip("the real offers are not beside the project")
    offers = real_offers()
    missing = {offer for _, offer in labels()} - set(offers)
    # A stricter import may refuse a few of them; many would make the figures speak of something else.
    assert len(missing) <= 10, missing


def test_kappa_is_0_for_chance_and_1_for_agreement() -> None:
    assert kappa([1, 0, 1, 0], [1, 0, 1, 0]) == 1
    assert kappa([1, 1, 0, 0], [1, 0, 1, 0]) == pytest.approx(0)
    assert kappa([0, 0, 1, 1], [1, 1, 0, 0]) == pytest.approx(-1)
