"""Logs are short JSON lines and hold nothing personal, whoever writes them and whatever they mean to say."""

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from shared import metrics
from shared.auth import Principal, territory_of
from shared.auth.territory import TerritoryRequired
from shared.correlation import correlation_id
from shared.errors import VersionConflict
from shared.http import BoundedRoute, resource
from shared.http.app import make_app
from shared.ids import new_id
from shared.logs import configure_logs, get_logger, told
from shared.settings import Settings
from tests.logs import logs_of

MARKS = (
    "Zébulonne",
    "zebulonne@example.org",
    "0612345678",
    "+33 6 12 34 56 78",
    "eyJhbGciOiJSUzI1NiJ9.e30.x",
    "s3cret",
)


@pytest.fixture(params=["INFO", "DEBUG"])
def json_logs(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    with logs_of("offers", request.param):
        yield


def test_what_a_logger_wrote_in_another_test_decides_nothing_here(capsys: pytest.CaptureFixture[str]) -> None:
    logger = get_logger()
    # As an operator's command does, which a test called in this process.
    configure_logs("before", "ERROR")
    logger.info("unseen")
    with logs_of("now", "INFO"):
        logger.info("seen")
    assert [(line["service"], line["event"]) for line in lines(capsys)] == [("now", "seen")]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    written = capsys.readouterr()
    assert written.err == ""
    for mark in MARKS:
        assert mark not in written.out
        assert json.dumps(mark)[1:-1] not in written.out
    return [json.loads(line) for line in written.out.splitlines()]


class Person(BaseModel):
    """Somebody."""

    first_name: str = "Zébulonne"


def test_personal_keys_are_dropped_at_any_depth(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    person = {"id": "p1", "first_name": "Zébulonne", "contact": {"email": "zebulonne@example.org"}}
    get_logger().info(
        "happened",
        aggregate_id="a1",
        title="Zébulonne",
        seen=[person, {"smtp_password": "s3cret"}],
        model=Person(),
        raw=b"Zebulonne",
        count=3,
    )
    [line] = lines(capsys)
    assert (line["event"], line["service"], line["aggregate_id"], line["count"]) == ("happened", "offers", "a1", 3)
    assert line["seen"][0] == {"id": "p1", "first_name": "[dropped]", "contact": {"email": "[dropped]"}}
    assert line["model"] == "[Person]"


@pytest.mark.parametrize("mark", MARKS[1:5])
def test_what_gives_itself_away_is_dropped_from_any_text(
    mark: str, json_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    get_logger().warning(f"told {mark} so", reason=f"because of {mark}", url="mongodb://u:s3cret@db/?x=1")
    logging.getLogger("library").error("cannot write to %s", mark)
    assert len(lines(capsys)) == 2


@pytest.mark.parametrize("mark", MARKS[1:5])
def test_what_stands_across_the_end_of_a_long_text_is_not_halved(
    mark: str, json_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for seen in range(1, len(mark)):
        get_logger().info("happened", reason=f"{'a' * (299 - seen)} {mark} {'b ' * 5_000}")
    for line in lines(capsys):
        assert line["reason"] == f"{line['reason'].split()[0]} [dropped]"


def test_a_key_is_known_however_it_is_written(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    get_logger().info(
        "happened", Title="Zébulonne", EMAIL="Zébulonne", seen={"Authorization": "s3cret", "JWT": "s3cret"}
    )
    [line] = lines(capsys)
    assert (line["Title"], line["EMAIL"]) == ("[dropped]", "[dropped]")
    assert set(line["seen"].values()) == {"[dropped]"}


def test_a_line_stays_short_whatever_it_is_given(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Long texts, long lists, and lists in lists: a library's values may hold a whole request."""
    nested: list[Any] = ["found"]
    for _ in range(10):
        nested = [nested]
    get_logger().info(
        "happened", reason="a" * 9_000, seen=list(range(900)), known=dict.fromkeys(map(str, range(900))), within=nested
    )
    [line] = lines(capsys)
    assert len(line["reason"]) == 300
    assert (len(line["seen"]), len(line["known"])) == (50, 50)
    assert json.dumps(line["within"]) == '[[[["[dropped]"]]]]'


def test_a_line_that_cannot_be_written_stops_nobody_and_prints_no_argument(
    json_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A library's own fault. One that brings a handler of its own is asked as well."""
    library = logging.getLogger("library")
    its_own = logging.StreamHandler()
    library.addHandler(its_own)
    try:
        library.error("%d of them", "Zébulonne")
    finally:
        library.removeHandler(its_own)
    [line] = lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("unwritable_line", "library", "warning")


def test_ids_and_times_stay_readable(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    id = "01961234-0000-7000-8000-000000000001"
    get_logger().info(
        "happened", aggregate_id=id, topic="offers.offers.v1", at="2026-03-09T08:30:00Z", host="kafka:9092"
    )
    [line] = lines(capsys)
    assert (line["aggregate_id"], line["at"], line["host"]) == (id, "2026-03-09T08:30:00Z", "kafka:9092")


def deep(first_name: str, body: list[str]) -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.e30.x"
    if body:
        raise ValueError(f"{first_name} {token} {body}")


def test_an_exception_is_a_few_hundred_bytes_without_locals_or_message(
    json_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = metrics.ERRORS_LOGGED.labels("failed", "RuntimeError")._value.get()
    try:
        try:
            deep("Zébulonne", ["zebulonne@example.org"] * 1_000)
        except ValueError as error:
            raise RuntimeError("about Zébulonne") from error
    except RuntimeError as error:
        get_logger().error("failed", exc_info=error)
        get_logger().exception("failed")
        logging.getLogger("library").exception("failed")
    written = lines(capsys)
    assert len(written) == 3
    for line in written:
        assert len(json.dumps(line)) < 600
        assert line["exception"]["type"] == "RuntimeError"
        assert line["exception"]["after"] == ["ValueError"]
        assert line["exception"]["at"][-1].startswith("shared/test_logs.py:")
    assert metrics.ERRORS_LOGGED.labels("failed", "RuntimeError")._value.get() == before + 2


def test_places_are_the_innermost_of_ours() -> None:
    with pytest.raises(ValueError, match="port") as refused:
        Settings.model_validate({"port": "Zébulonne"})
    shown = told(refused.value)
    assert "Zébulonne" not in str(shown)
    with pytest.raises(TerritoryRequired) as ours:
        territory_of(Principal("someone"), None)
    [place] = told(ours.value)["at"]
    assert place.startswith("shared/auth/territory.py:")
    with pytest.raises(VersionConflict) as conflict:
        asyncio.run(_recursive(300))
    shown = told(conflict.value)
    assert shown["code"] == "version-conflict"
    assert len(shown["at"]) <= 6


def test_what_an_exception_came_after_is_told_by_its_types_and_what_was_hushed_up_is_not() -> None:
    def raised(hushed: bool) -> BaseException:
        try:
            try:
                try:
                    raise KeyError("Zébulonne")
                except KeyError:
                    raise LookupError("Zébulonne")  # noqa: B904  # as a library does
            except LookupError as error:
                if hushed:
                    raise OSError(28, "Zébulonne") from None
                raise ValueError("Zébulonne") from error
        except (OSError, ValueError) as error:
            return error

    assert told(raised(False))["after"] == ["LookupError", "KeyError"]
    hushed = told(raised(True))
    assert ("after" in hushed, hushed["code"]) == (False, 28)
    several = told(ExceptionGroup("Zébulonne", [ValueError("Zébulonne") for _ in range(9)]))
    assert several["group"] == ["ValueError"] * 3
    assert "Zébulonne" not in str((hushed, several))


async def _recursive(depth: int) -> None:
    if not depth:
        raise VersionConflict("Zébulonne")
    await _recursive(depth - 1)


async def test_a_task_that_nobody_awaits_tells_no_message(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    async def fails() -> None:
        deep("Zébulonne", ["zebulonne@example.org"])

    task = asyncio.create_task(fails())
    await asyncio.wait({task})
    del task
    gc.collect()
    [line] = lines(capsys)
    assert (line["logger"], line["exception"]["type"]) == ("asyncio", "ValueError")


def test_a_library_that_repeats_itself_is_counted(
    json_logs: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("shared.logs.time", SimpleNamespace(monotonic=lambda: now[0]))
    # Clients of other tests may be looking for their broker in this process: only this test's own sentences count.
    logger, mark = logging.getLogger("aiokafka.conn"), new_id()

    def told(sentence: str, times: int) -> list[dict[str, Any]]:
        for node in range(times):
            logger.error(f"{sentence} node %s of {mark}", node)
        return [line for line in lines(capsys) if mark in line["event"]]

    assert len(told("Unable to connect to", 300)) == 2
    assert len(told("Something else about", 1)) == 1
    now[0] += 61
    assert [line.get("left_out") for line in told("Unable to connect to", 2)] == [298, None]


def test_libraries_say_nothing_below_a_warning(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("pymongo.command").debug("insert Zébulonne")
    logging.getLogger("httpx").info("GET /?q=Zébulonne")
    assert lines(capsys) == []


def test_lines_carry_the_correlation_of_what_is_handled(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    token = correlation_id.set("request-1")
    try:
        get_logger().info("applied")
        logging.getLogger("library").warning("odd")
    finally:
        correlation_id.reset(token)
    assert [line["correlation_id"] for line in lines(capsys)] == ["request-1", "request-1"]


async def test_an_unexpected_error_is_one_entry_and_a_problem_with_the_request_id(
    json_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    router = resource("", route_class=BoundedRoute)

    @router.post("/v1/things/{thing_id}")
    async def boom(thing_id: str, body: dict[str, Any], q: str = "") -> None:
        deep(body["first_name"], [thing_id])

    async def ready() -> dict[str, str]:
        return {}

    app = make_app(
        title="T", description="", settings=Settings(), routers=[router], ready=ready, lifespan=None, body_limits={}
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post("/v1/things/zebulonne@example.org?q=Zébulonne", json={"first_name": "Zébulonne"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    problem = answer.json()
    assert problem["code"] == "internal"
    assert problem["instance"] == answer.headers["x-request-id"]
    assert "bulonne" not in answer.text
    error, access = lines(capsys)
    assert (error["event"], error["exception"]["type"], error["route"]) == (
        "unexpected_error", "ValueError", "/v1/things/{thing_id}",
    )  # fmt: skip
    assert (access["event"], access["service"], access["status"]) == ("http", "offers", 500)
    assert error["request_id"] == access["request_id"] == problem["instance"]
