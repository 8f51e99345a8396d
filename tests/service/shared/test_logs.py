"""Logs are JSON lines and drop what could be personal."""

import json
import logging

import pytest
import structlog

from shared.logs import configure_logs, get_logger


@pytest.fixture
def json_logs():
    before = logging.getLogger().handlers[:], logging.getLogger().level
    configure_logs("offers", "INFO")
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.getLogger().handlers[:] = before[0]
    logging.getLogger().setLevel(before[1])


def test_a_line_is_json_and_personal_keys_are_dropped(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    get_logger().info("happened", aggregate_id="a1", email="camille@example.org", phone="0555000000", title="Secret")
    line = json.loads(capsys.readouterr().out)
    assert line["event"] == "happened"
    assert line["service"] == "offers"
    assert line["aggregate_id"] == "a1"
    assert "example.org" not in json.dumps(line)
    assert {line["email"], line["phone"], line["title"]} == {"[dropped]"}
