"""Whatever a client sends, within the OpenAPI document or beside it, gets an answer that the document knows: never a 5xx."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode

from deploy.local.process import free_port
from shared.auth import Role
from shared.contracts.topics import SERVICES
from tests.support import Stack

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 8
# Pages that people open from a mail answer in HTML.
FOR_PEOPLE = "/v1/confirmations/"
# An endless stream has no answer to wait for.
ENDLESS = {"/v1/stream"}


@pytest.fixture(params=SERVICES)
def served(request: pytest.FixtureRequest, stack: Stack) -> Iterator[str]:
    """The API of a service as a process of its own; its base URL."""
    port = free_port()
    environment = {
        **os.environ,
        **stack.environment,
        "PYTHONPATH": str(ROOT),
        "BASSIN_ENVIRONMENT": "test",
        "BASSIN_DATABASE_PREFIX": stack.prefix,
        "BASSIN_JWKS": str(stack.keys / "jwks.json"),
        "BASSIN_PORT": str(port),
        "BASSIN_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", f"services.{request.param}", "api"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    transport = httpx.HTTPTransport(retries=8)  # waits 0, 0.5, 1, 2 … s between the tries
    try:
        with httpx.Client(transport=transport, timeout=10.0) as client:
            assert client.get(f"{url}/health/ready").status_code == 200
        yield url
    finally:
        process.kill()
        process.wait()


def _operations(url: str) -> Iterator[schemathesis.schemas.APIOperation]:
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    for result in schema.get_all_operations():
        if isinstance(result, Ok) and result.ok().path not in ENDLESS:
            yield result.ok()


def test_no_request_makes_a_service_stumble(served: str, stack: Stack) -> None:
    token = stack.token(*(role.value for role in Role), subject="fuzz")
    stumbles: list[str] = []
    statuses: set[int] = set()

    for operation in _operations(served):

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def probe(case: schemathesis.Case) -> None:
            response = case.call(base_url=served, headers=token, timeout=20)
            statuses.add(response.status_code)
            kind = response.headers.get("content-type", [""])
            if response.status_code >= 500:
                stumbles.append(f"{case.method} {case.formatted_path}: {response.status_code}")
            elif (
                response.status_code >= 400
                and "application/problem+json" not in str(kind)
                and not case.formatted_path.startswith(FOR_PEOPLE)
            ):
                stumbles.append(f"{case.method} {case.formatted_path}: {response.status_code} is not a problem: {kind}")

        probe()

    assert stumbles == []
    assert statuses >= {200, 404, 422}, "the probes did not get through to the endpoints"
