"""A worker on a machine whose clock is years ahead, as one without a battery may be: no offer ends, nobody is asked to answer."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.test_kill import ROOT
from tests.journeys.bodies import home_help_from_gueret, home_help_in_sainte_feyre
from tests.support import Stack, eventually

AHEAD = "+1500d"


@contextmanager
def worker_ahead(stack: Stack, service: str, log: Path) -> Iterator[None]:
    """A worker as a process of its own, on whose machine it is years later."""
    environment = {
        **os.environ,
        **stack.environment,
        "PYTHONPATH": str(ROOT),
        "BASSIN_ENVIRONMENT": "test",
        "BASSIN_DATABASE_PREFIX": stack.prefix,
        "BASSIN_TOPIC_PREFIX": stack.topic_prefix,
        "BASSIN_WORKER_PORT": "0",
        "BASSIN_LOG_LEVEL": "WARNING",
    }
    argv = ["faketime", "-f", AHEAD, sys.executable, "-m", f"services.{service}", "worker"]
    with log.open("wb") as out:
        process = subprocess.Popen(argv, env=environment, cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
        try:
            yield
        finally:
            # The program that sets the time and the one that believes it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


async def test_a_worker_that_is_years_ahead_ends_nothing(stack: Stack, tmp_path: Path) -> None:
    if shutil.which("faketime") is None:
        pytest.skip("needs faketime (Debian: apt install faketime)")
    who = {role: stack.token(role, subject=role) for role in ("counsellor", "employer", "manager")}
    await stack.create_topics()
    async with stack.running("profiles") as profiles, stack.running("offers") as offers:
        made = await profiles.client.post(
            "/v1/profiles", json=home_help_from_gueret("Camille"), headers=who["counsellor"]
        )
        person = f"/v1/profiles/{made.json()['id']}"
        body = {"name": "Mme Aubrun", "private_employer": True, "territory": "23"}
        company = (await offers.client.post("/v1/companies", json=body, headers=who["employer"])).json()["id"]
        await offers.client.post(f"/v1/companies/{company}/approve", json={}, headers=who["manager"])
        body = home_help_in_sainte_feyre(company, "Auxiliaire de vie")
        offer = (
            f"/v1/offers/{(await offers.client.post('/v1/offers', json=body, headers=who['employer'])).json()['id']}"
        )
        await offers.client.post(f"{offer}/publish", json={}, headers=who["employer"])
        for service in ("profiles", "offers"):
            log = tmp_path / f"{service}.log"
            with worker_ahead(stack, service, log):
                # Each of its jobs has come to its turn.
                await eventually(lambda log=log: len(refused(log)) > 3, seconds=120)
        assert (await profiles.client.get(person, headers=who["counsellor"])).status_code == 200
        assert (await offers.client.get(offer, headers=who["employer"])).json()["status"] == "published"


def refused(log: Path) -> set[str]:
    """Jobs that did not run because of the clock."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    failed = [line for line in lines if line["event"] == "job_failed"]
    return {line["job"] for line in failed if line["exception"]["type"] == "ClockWrong"}
