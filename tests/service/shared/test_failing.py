"""Parts that fail back off, are counted, and are told by readiness."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

import shared.failing
from shared.clock import ClockWrong, SystemClock
from shared.failing import AWAY_SECONDS, LONGEST_SECONDS, TOLD_AFTER, WELL_SECONDS, Failing, pause_seconds
from shared.parts import Job, Parts, Runtime
from shared.service import Service
from shared.settings import Settings
from shared.store import Lease
from tests.support import Stack, eventually


@pytest.mark.parametrize(
    ("usual", "first", "longest"),
    [(0.5, 0.5, LONGEST_SECONDS), (10, 10, LONGEST_SECONDS), (600, 60, 600), (86_400, 60, 86_400)],
)
def test_a_pause_doubles_and_never_ignores_the_interval(usual: float, first: float, longest: float) -> None:
    pauses = [pause_seconds(times, usual) for times in range(1, 30)]
    assert first <= pauses[0] <= first * 1.2
    assert first * 2 <= pauses[1] <= first * 2.4
    assert longest <= pauses[-1] <= longest * 1.2
    assert all(pause >= first for pause in pauses)


def test_readiness_is_told_of_what_does_not_end() -> None:
    failing = Failing()
    for _ in range(TOLD_AFTER - 1):
        failing.failed("job x", ValueError("secret"))
    assert failing.complaints() == {}
    failing.failed("job x", ValueError("secret"))
    assert failing.complaints() == {"job x": f"failed {TOLD_AFTER} times in a row: ValueError"}
    failing.well("job x")
    assert failing.complaints() == {}


def test_a_part_that_ran_well_for_long_begins_to_count_anew() -> None:
    failing = Failing()
    assert [failing.failed("a", ValueError()) for _ in range(3)] == [1, 2, 3]
    assert failing.failed("a", ValueError(), ran_seconds=120) == 1


class Hand:
    """Seconds of the monotonic clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


async def test_a_part_that_runs_again_is_complained_of_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows a change stream fails once for each member that is elected, and then runs for months: it never returns."""
    hand, failing, runs = Hand(), Failing(), asyncio.Event()
    monkeypatch.setattr(shared.failing, "time", hand)
    monkeypatch.setattr(shared.failing, "pause_seconds", lambda times, **of: 0.0)
    fails = TOLD_AFTER

    async def follow() -> None:
        nonlocal fails
        if fails:
            fails -= 1
            raise AutoReconnect("a member was elected")
        runs.set()
        await asyncio.Event().wait()

    part = asyncio.create_task(failing.keep("follow", follow))
    await runs.wait()
    assert failing.complaints() == {"follow": f"failed {TOLD_AFTER} times in a row: AutoReconnect"}
    hand.now += WELL_SECONDS - 1
    assert failing.complaints() != {}, "it may fail as it did before"
    hand.now += 2
    assert failing.complaints() == {}
    part.cancel()
    await asyncio.gather(part, return_exceptions=True)


def test_what_waits_for_the_database_is_tried_again_soon() -> None:
    away = ServerSelectionTimeoutError("nobody there")
    assert pause_seconds(1, 0.5, error=away) <= 0.6
    for usual in (0.5, 10, 86_400):
        assert all(pause_seconds(times, usual, error=away) <= AWAY_SECONDS * 1.2 for times in range(1, 30))
    assert pause_seconds(20, error=ValueError()) >= LONGEST_SECONDS


def test_a_clock_that_is_set_again_is_soon_seen_to_be() -> None:
    """What runs each hour or each six waited as long again as the clock had been wrong, when somebody had set it."""
    for usual in (0.5, 10, 3_600, 86_400):
        pauses = [pause_seconds(times, usual, error=ClockWrong("a day ahead")) for times in range(1, 30)]
        assert max(pauses) <= LONGEST_SECONDS * 1.2
        assert pauses[-1] >= LONGEST_SECONDS


Background = Sequence[Callable[[], Awaitable[None]]]


def _service(*jobs: Job, background: Background = (), api_background: Background = ()) -> Service:
    def compose(runtime: Runtime) -> Parts:
        return Parts(context=None, routers=[], jobs=jobs, background=background, api_background=api_background)

    return Service("matching", "Sample", "A sample service", Settings, [], compose)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), RecursionError(), AttributeError("x")], ids=repr)
async def test_a_job_that_raises_anything_backs_off_and_is_told(
    stack: Stack, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def pause(times: int, usual: float, **of: object) -> float:
        asked.append(times)
        return 0.01

    monkeypatch.setattr("shared.worker.pause_seconds", pause)
    fails = [True]
    runs = []

    async def run() -> None:
        runs.append(1)
        if fails[0]:
            raise error

    job = Job("odd", timedelta(milliseconds=10), run)
    async with stack.running(_service(job), worker=True) as running:
        worker = running.app.state.worker
        await eventually(lambda: "job odd" in worker.health())
        assert worker.health()["job odd"].endswith(f"times in a row: {type(error).__name__}")
        assert (await running.client.get("/health/ready")).status_code == 503
        assert asked[:3] == [1, 2, 3]
        assert len(asked) <= len(runs)
        fails[0] = False
        await eventually(lambda: "job odd" not in worker.health())


@pytest.mark.parametrize("side", ["background", "api_background"])
async def test_what_runs_in_the_background_is_begun_again_and_told_until_it_runs(
    stack: Stack, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.failing.pause_seconds", lambda times, **of: 0.01)
    mended, runs = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        if not mended.is_set():
            raise KeyError("x")
        runs.set()
        await asyncio.Event().wait()

    name = side.replace("_", " ") + " 0"
    async with stack.running(_service(**{side: [run]}), worker=True) as running:

        async def told() -> bool:
            return name in (await running.client.get("/health/ready")).json()["checks"]

        await eventually(told)
        mended.set()
        await eventually(runs.is_set)


async def test_a_part_that_loses_its_cancellation_is_cancelled_again(stack: Stack) -> None:
    """What a client makes of a cancellation may be an error of its own, which is what parts go on after."""
    lost: list[str] = []
    ended: list[str] = []

    def losing(name: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    if name in lost:
                        ended.append(name)
                        raise
                    lost.append(name)

        return run

    job = Job("losing", timedelta(hours=1), losing("job"))
    parts = _service(job, background=[losing("worker")], api_background=[losing("api")])
    names = {"background 0", "api background 0", "run of job losing"}
    async with stack.running(parts, worker=True) as running:
        await eventually(lambda: names <= {task.get_name() for task in asyncio.all_tasks()})
        await eventually(lambda: running.app.state.worker.health()["kafka"] == "ok")
    assert sorted(lost) == sorted(ended) == ["api", "job", "worker"]
    assert not names & {task.get_name() for task in asyncio.all_tasks()}


async def test_a_job_that_fails_at_each_turn_is_named_however_long_its_worker_runs(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes turns runs without end while its turns fail: a minute after the start readiness named no job any more."""
    hand, broken, turns = Hand(), True, 0

    async def run() -> None:
        nonlocal turns
        turns += 1
        if broken:
            raise ValueError("each time")

    monkeypatch.setattr(shared.failing, "time", hand)
    monkeypatch.setattr("shared.worker.pause_seconds", lambda times, usual, **of: 0.01)
    async with stack.running(_service(Job("daily", timedelta(milliseconds=10), run)), worker=True) as running:
        worker = running.app.state.worker
        await eventually(lambda: "job daily" in worker.health())
        hand.now += 2 * WELL_SECONDS
        seen = turns
        await eventually(lambda: turns > seen + 1)
        assert "ValueError" in worker.health().get("job daily", "")
        broken = False
        await eventually(lambda: "job daily" not in worker.health())


@pytest.mark.parametrize("hours", [-24, 24])
async def test_a_machine_whose_clock_is_wrong_runs_no_job_and_leaves_it_to_others(
    stack: Stack, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set a month ahead it suspended every offer, since nobody had confirmed it, and told its employer so."""
    runs: list[str] = []

    def job_of(name: str) -> Job:
        async def run() -> None:
            runs.append(name)

        return Job("daily", timedelta(milliseconds=10), run)

    monkeypatch.setattr("shared.worker.pause_seconds", lambda times, usual, **of: 0.01)
    wrong = SystemClock().now() + timedelta(hours=hours)
    async with stack.running(_service(job_of("wrong")), worker=True) as running:
        await eventually(lambda: runs)
        with monkeypatch.context() as set_wrong:
            set_wrong.setattr(SystemClock, "now", lambda self: wrong)
            worker = running.app.state.worker
            await eventually(lambda: worker.health().get("job daily", "").endswith("ClockWrong"))
            told = len(runs)
            # It is given back each time.
            held = await eventually(Lease(running.store, "job:daily", "another", 2.0).acquire)
            assert abs(held.ahead - hours * 3_600) < 600
            assert len(runs) == told
            await Lease(running.store, "job:daily", "another", 2.0).release()
        await eventually(lambda: len(runs) > told and "job daily" not in worker.health())
