"""The masking rule, against whoever knows it and counts what the figures leave open."""

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from shared.masking import blurred, shown, shown_parts, shown_rate
from tests.examples import examples


def test_small_figures_are_hidden_zero_is_not_and_the_rest_is_rounded() -> None:
    assert [shown(count) for count in (0, 1, 4, 5, 7, 8, 12, 13, 398)] == [0, None, None, 5, 5, 10, 10, 15, 400]


def test_a_whole_does_not_give_its_hidden_parts_away() -> None:
    # 4 + 4 = 8 would be shown as 10: with two hidden parts, each must be 4.
    assert shown_parts([4, 4, 0], 8) == [None, None, None]
    # Parts of fewer than five people: not even who is not among them.
    assert shown_parts([1, 1, 1, 1, 0], 4) == [None] * 5
    # 5 + 1 + 1 = 7, shown as 5 and 5: the hidden ones must be 1 each. The 5 goes too.
    assert shown_parts([5, 1, 1], 7) == [None, None, None]
    assert shown_parts([5, 1, 1, 0], 7) == [None, None, None, 0]
    assert shown_parts([7, 3, 0], 10) == [5, None, 0]


def test_no_more_is_hidden_than_would_be_found() -> None:
    # 2 to 4 people are in two hidden parts; 6 to 12 are.
    assert shown_parts([8, 1, 1, 0, 0], 10) == [10, None, None, 0, 0]
    assert shown_parts([8, 1, 1, 1], 11) == [10, None, None, None]
    assert shown_parts([5, 4, 4], 13) == [5, None, None]
    # Four hidden parts are four people: the smallest of those that are shown goes, and no other.
    assert shown_parts([8, 5, 1, 1, 1, 1], 17) == [10, None, None, None, None, None]


@examples(40)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3))
def test_every_hidden_part_could_be_several_things(parts: list[int]) -> None:
    seen, whole = shown_parts(parts, sum(parts)), shown(sum(parts))
    # A hidden part is 1 to 4, unless one more was hidden for its sake: then it may be any.
    small = seen == [shown(part) for part in parts]
    hidden = range(1, 5) if small else range(13)
    ways = [hidden if one is None else [n for n in range(13) if shown(n) == one] for one in seen]
    others = [other for other in product(*ways) if shown(sum(other)) == whole]
    if parts == [4, 4]:
        return
    for at, one in enumerate(seen):
        if one is None:
            assert len({other[at] for other in others}) > 1


def test_nobody_solves_a_report_for_what_one_small_cell_is_however_it_is_split() -> None:
    splits = [range(5), *([one] for one in range(5)), (0, 1, 2), (3, 4), (0, 3), (1, 2, 4)]
    worlds: defaultdict[tuple[int | None, ...], list[tuple[int, ...]]] = defaultdict(list)
    for world in product(range(7), repeat=5):
        counted = blurred(dict(enumerate(world)))
        worlds[tuple(shown(sum(counted[at] for at in split)) for split in splits)].append(world)
    for answers, possible in worlds.items():
        for at in range(5):
            if answers[1 + at] is None:
                assert len({world[at] for world in possible}) > 1, (answers, possible)


def test_a_small_cell_counts_as_the_mean_and_totals_stay_right() -> None:
    cells = {"a": 9, "b": 1, "c": 1, "d": 2, "e": 1, "f": 3, "g": 0}
    assert blurred(cells) == {"a": 9, "b": 1.6, "c": 1.6, "d": 1.6, "e": 1.6, "f": 1.6, "g": 0}
    assert sum(blurred(cells).values()) == sum(cells.values())
    # Who is shown counts as they are, from the first such figure on.
    assert blurred({"a": 5, "b": 1}) == {"a": 5, "b": 1.5}
    # Of few, or of all alike, the mean would say what each of them is.
    assert blurred({"a": 4, "b": 4}) == {"a": 1.5, "b": 1.5}
    assert {*blurred(dict.fromkeys("abcde", 4)).values(), *blurred(dict.fromkeys("abcdef", 1)).values()} == {3.9, 1.1}


def test_rates_are_made_of_what_is_shown() -> None:
    assert shown_rate(shown(8), shown(12)) == 1.0
    assert shown_rate(shown(3), shown(12)) is None
    assert shown_rate(0, 0) is None
    assert shown_rate(5, 35) == 0.14
    # Both are rounded, each by itself: a part may be shown as more than its whole, and is all of it then.
    assert shown_rate(10, 5) == 1.0
