"""Requests that fail, in many ways, with marked personal data in them: no mark is in a line of log or in a refusal."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from shared.contracts.topics import SERVICES
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import operations
from tests.logs import logs_of
from tests.support import Stack

NAME = "Zébulonne-Marquée"
MAIL = "zebulonne.marquee@example.org"
PHONE = "0612345678"
TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6Im1hcnF1ZSJ9"
MARKS = (NAME, MAIL, PHONE, TOKEN, json.dumps(NAME)[1:-1], "Z%C3%A9bulonne", "zebulonne.marquee")

BODIES: list[Any] = [
    {"first_name": NAME, "email": MAIL, "phone": PHONE, "unknown": NAME},
    {NAME: MAIL},
    {
        "title": {"a": NAME},
        "message": [MAIL],
        "name": 7,
        "reason": {"x": PHONE},
        "profile_id": NAME,
        "participant_id": MAIL,
    },
    [NAME, MAIL],
    NAME,
    {"title": NAME, "description": f"{MAIL} {PHONE}", "name": f"{NAME} {PHONE}", "email": f"<{MAIL}>", "reason": ""},
    {"name": f"www.{NAME}.example", "siret": PHONE, "website": f"ftp://{MAIL}", "hours": NAME, "starts_on": NAME},
]
RAW = [
    f'{{"first_name": "{NAME}"',
    f'{{"email": "{MAIL}", "x": NaN}}',
    f'"{NAME}\\ud800"',
    "[" * 5_000 + MAIL,
]


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    with logs_of("leaks", "DEBUG"):
        yield capsys


async def failing(world: World, method: str, path: str) -> list[Any]:
    """Answers to requests that are wrong in each way."""
    client = world.running.client
    ids = world.ids | {"token": NAME}
    marked = path
    for name in ids:
        marked = marked.replace("{" + name + "}", NAME)
    right = path
    for name, value in ids.items():
        right = right.replace("{" + name + "}", value)
    staff = world.callers["manager own"] | {"If-Match": '"zebulonne.marquee"'}
    answers = [
        await client.request(method, right, headers={"Authorization": f"Bearer {TOKEN}.{NAME.encode().hex()}.x"}),
        await client.request(method, right, headers={"Authorization": f"Basic {TOKEN}"}),
        await client.request(
            method, marked, headers=staff, params={"q": MAIL, "cursor": NAME, "since": NAME, "subject": NAME}
        ),
        await client.request(method, f"{right}/{NAME}", headers=staff, params={NAME: MAIL}),
    ]
    if method in ("POST", "PUT", "PATCH"):
        for body in BODIES:
            answers.append(await client.request(method, right, headers=staff, json=body))
        for raw in RAW:
            headers = staff | {"content-type": "application/json", "Idempotency-Key": f"k-{len(answers)}"}
            answers.append(await client.request(method, right, headers=headers, content=raw.encode()))
        odd = staff | {"content-type": "multipart/form-data; boundary=x"}
        answers.append(await client.request(method, right, headers=odd, content=f"--x\r\n{NAME}".encode()))
    return answers


def told(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


@pytest.mark.parametrize("service", SERVICES)
async def test_no_failing_request_leaves_a_mark(service: str, stack: Stack, logs: pytest.CaptureFixture[str]) -> None:
    async with world_of(service, stack) as world:
        logs.readouterr()
        leaks: list[str] = []
        lines = 0
        for name, method, path in operations(world):
            if name == "stream":
                continue
            answers = await failing(world, method, path)
            for answer in answers:
                if answer.status_code >= 500:
                    leaks.append(f"{name}: {answer.status_code}")
                if answer.status_code >= 400 and told(answer.text):
                    leaks.append(f"{name}: {answer.status_code} says {told(answer.text)}: {answer.text[:300]}")
                if method != "GET" and answer.status_code < 300:
                    await world.put_back()
            written = logs.readouterr().out
            lines += written.count("\n")
            if told(written):
                leaks.append(f"{name}: logged {told(written)}")
        assert not leaks, "\n".join(leaks)
        assert lines > 20 or not operations(world), "the requests were logged at all"


async def test_what_breaks_behind_the_endpoints_leaves_no_mark(
    stack: Stack, logs: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours and one of the database, each with the person's data in its message."""
    async with world_of("profiles", stack) as world:
        body = {"first_name": NAME, "last_name": NAME, "email": MAIL, "territory": "23"}
        for fault, status in (
            (RuntimeError(f"about {NAME} {MAIL}"), 500),
            (OperationFailure(f"document {NAME}", 121, {"errmsg": MAIL}), 503),
        ):

            async def broken(*_: Any, fault: Exception = fault, **__: Any) -> None:
                raise fault

            monkeypatch.setattr(world.running.store, "commit", broken)
            logs.readouterr()
            answer = await world.running.client.post("/v1/profiles", json=body, headers=world.callers["counsellor own"])
            assert answer.status_code == status
            assert told(answer.text) == []
            written = logs.readouterr().out
            assert told(written) == []
            assert len(written) < 1_500
            assert len([line for line in written.splitlines() if json.loads(line)["level"] == "error"]) == 1
