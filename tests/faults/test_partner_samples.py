"""The samples of docs/partners.md as a partner runs them, against the broker's own locks: what they get, what they do not."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from deploy.access.acls import partner_user, service_user
from shared.contracts.topics import CONTACTS, OFFERS, PROFILES
from shared.kafka.broker import producer_arguments
from shared.kafka.reading import records_of
from tests.contract.kafka_records import Raw, offer, tombstone
from tests.faults.test_locks import Locked, locked

__all__ = ["locked"]

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "partners"
SECONDS = 120.0
REFUSED = 3


@pytest.fixture(scope="session")
def kafkajs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The JavaScript sample beside the library that its lock names."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the JavaScript sample needs node and npm")
    folder = tmp_path_factory.mktemp("kafkajs")
    for name in ("package.json", "package-lock.json", "with_kafkajs.mjs"):
        shutil.copy(SAMPLES / name, folder)
    command = [npm, "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"kafkajs could not be fetched: {done.stderr[-300:]}")
    return [node, str(folder / "with_kafkajs.mjs")]


@pytest.fixture(params=["faststream", "confluent", "kafkajs"])
def sample(request: pytest.FixtureRequest) -> list[str]:
    if request.param == "kafkajs":
        return list(request.getfixturevalue("kafkajs"))
    return [sys.executable, str(SAMPLES / f"with_{request.param}.py")]


def run(command: list[str], locked: Locked, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "KAFKA_BOOTSTRAP": locked.broker.partners,
        "KAFKA_USER": partner_user("cap-emploi"),
        "KAFKA_PASSWORD": locked.passwords[partner_user("cap-emploi")],
        "KAFKA_CA_FILE": str(locked.broker.ca_file),
    }
    return subprocess.run(
        command,
        env={**os.environ, **environment, **more},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


async def publish(locked: Locked, *records: Raw) -> None:
    producer = AIOKafkaProducer(**producer_arguments(locked.settings(service_user("offers"))))
    await producer.start()
    for record in records:
        await producer.send_and_wait(OFFERS.name, record.value, key=record.key, headers=record.headers)
    await producer.stop()


async def held(locked: Locked) -> int:
    """How many records the topic has by now, other tests' among them."""
    settings = locked.settings(service_user("matching"))
    return len([record async for record in records_of(settings, OFFERS.name)])


async def test_a_sample_receives_what_is_for_partners_and_goes_on_where_it_was(
    sample: list[str], locked: Locked
) -> None:
    group = Path(sample[-1]).stem.replace("_", "-")
    await publish(locked, offer(f"{group}-1", ce_type=b"offer-created.v1"), tombstone(f"{group}-2"))
    done = run(sample, locked, GROUP=group, STOP_AFTER=str(await held(locked)))
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    [created] = [one for one in told if (one["data"] or {}).get("offer_id") == f"{group}-1"]
    assert (created["type"], created["sequence"]) == ("offer-created.v1", "1")
    assert [one["sequence"] for one in told if one["data"] is None][-1] == "9", "an erasure has no data"
    await publish(locked, offer(f"{group}-3"))
    more = run(sample, locked, GROUP=group, STOP_AFTER="1")
    assert more.returncode == 0, more.stderr
    assert [json.loads(line)["data"]["offer_id"] for line in more.stdout.splitlines()] == [f"{group}-3"]


@pytest.mark.parametrize("topic", [PROFILES.name, CONTACTS.name])
def test_a_sample_is_refused_what_is_about_people(sample: list[str], locked: Locked, topic: str) -> None:
    done = run(sample, locked, TOPIC=topic, STOP_AFTER="1")
    assert (done.returncode, done.stdout) == (REFUSED, ""), done.stderr
    assert "AUTHORIZATION_FAILED" in done.stderr


def test_a_sample_with_another_password_gets_nothing(sample: list[str], locked: Locked) -> None:
    done = run(sample, locked, KAFKA_PASSWORD="not the password of anybody", STOP_AFTER="1")
    assert (done.returncode in (0, REFUSED), done.stdout) == (False, "")


async def test_replay_tells_everything_again(locked: Locked) -> None:
    command = [sys.executable, str(SAMPLES / "with_confluent.py")]
    await publish(locked, offer("once-more"))
    count = str(await held(locked))
    first, again = (run(command, locked, GROUP="replay", STOP_AFTER=count, REPLAY=how) for how in ("", "beginning"))
    assert first.stdout
    assert sorted(first.stdout.splitlines()) == sorted(again.stdout.splitlines())
