"""Little is settled at once, much after a pause, and nothing waits for ever."""

from itertools import pairwise

from services.matching.engine.pace import FEW, Pace


def test_a_single_piece_of_news_is_settled_at_once() -> None:
    pace = Pace(calm=0.05, within=2)
    assert pace.hear(10.0, 1)
    pace.settled()
    assert pace.hear(10.06, 1)


def test_much_at_once_or_soon_after_another_waits_until_it_is_calm() -> None:
    pace = Pace(calm=0.05, within=2)
    assert not pace.hear(10.0, FEW + 1)
    assert pace.waiting
    assert 0 < pace.due(10.0) < 0.051
    assert pace.due(10.051) <= 0
    pace.settled()
    assert not pace.waiting
    assert not pace.hear(10.02, FEW)


def test_a_steady_stream_is_settled_as_it_comes() -> None:
    steady = Pace(calm=0.05, within=2)
    for at in range(400):
        assert steady.hear(at * 0.021, 1)
        steady.settled()
    assert steady.hear(400 * 0.021, FEW - 5), "a few at once do not make it a burst"


def test_a_stream_of_more_waits_little_and_a_burst_as_long_as_the_setting_says() -> None:
    stream = Pace(calm=0.05, within=2)
    waited = []
    for at in range(4_000):
        now = at * 0.01
        if stream.hear(now, 1):
            stream.settled()
        elif stream.due(now) <= 0:
            waited.append(now)
            stream.settled()
    gaps = [later - earlier for earlier, later in pairwise(waited)]
    assert gaps
    assert max(gaps) < 0.7
    burst = Pace(calm=0.05, within=2)
    started = 5.0
    for at in range(1_000):
        burst.hear(started + at * 0.01, 20)
        if burst.due(started + at * 0.01) <= 0:
            break
    assert 1.9 < at * 0.01 < 2.2


def test_the_time_that_storing_takes_is_no_calm() -> None:
    pace = Pace(calm=0.05, within=2)
    for at in range(6):
        now = 10 + at * 0.3
        pace.hear(now, 500)
        pace.storing()
        assert pace.due(now + 0.29) > 0
        pace.stored(now + 0.29)
        assert 0 < pace.due(now + 0.29) <= 0.05 + 1e-6
    pace.hear(12.0, 500)
    pace.storing()
    assert pace.due(12.01) <= 0, "nothing waits longer than the setting says"
    pace.stored(12.3)
    pace.settled()
    assert pace.hear(12.4, 1)
