"""Whatever a client sends, within the OpenAPI document or beside it, gets an answer that the document knows: never a 5xx."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.services import ROOT, ServiceProcess, ServiceSpec
from shared.auth import Role
from shared.contracts.topics import SERVICES
from tests.support import Stack

EXAMPLES = 3
# An endless stream has no answer to wait for.
ENDLESS = {"/v1/stream"}


@pytest.fixture(params=SERVICES)
def served(request: pytest.FixtureRequest, stack: Stack, tmp_path: Path) -> Iterator[str]:
    """The API of a service as a process of its own; its base URL."""
    environment = {
        **stack.environment,
        "PYTHONPATH": str(ROOT),
        "BASSIN_ENVIRONMENT": "test",
        "BASSIN_DATABASE_PREFIX": stack.prefix,
        "BASSIN_JWKS": str(stack.keys / "jwks.json"),
        "BASSIN_LOG_LEVEL": "ERROR",
    }
    spec = ServiceSpec(request.param, 0, (sys.executable, "-m", f"services.{request.param}", "api"))
    with ServiceProcess(spec, 0, lambda: environment, tmp_path / "api.log") as process:
        yield process.url


# 127 operations in about a minute and a half on two cores; the coverage phase alone would take longer.
SECONDS = 30
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


def test_every_answer_is_one_that_the_document_knows(served: str, stack: Stack, tmp_path: Path) -> None:
    if not httpx.get(f"{served}/openapi.json", timeout=60).json()["paths"]:
        pytest.skip("a service that has just begun has no operations")
    token = stack.token(*(role.value for role in Role), subject="fuzz")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{served}/openapi.json", "--no-color"),
            *("--phases", "examples,coverage,fuzzing", "--mode", "all", "--max-examples", str(EXAMPLES)),
            *("--max-time", str(SECONDS), "--generation-deterministic", "--seed", "23", "--no-shrink"),
            *("--continue-on-failure", "--max-failures", "40", "--request-timeout", "20", "--warnings", "off"),
            *("--checks", ",".join(CHECKS), "--suppress-health-check", "all"),
            *(part for path in sorted(ENDLESS) for part in ("--exclude-path", path)),
            *("--header", f"Authorization: {token['Authorization']}"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.fuzz.serializers"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-20_000:]
    assert " passed" in run.stdout or "No issues found" in run.stdout, run.stdout[-2_000:]
