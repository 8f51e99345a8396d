"""A process with open streams that is asked to end does so at once: whoever listens comes back to another."""

import asyncio
import signal
import sys
from pathlib import Path

from deploy.local.services import ROOT, ServiceProcess, ServiceSpec
from tests.service.notifications.test_stream import reading
from tests.support import Stack


async def test_sigterm_ends_open_streams_at_once_and_cleanly(stack: Stack, tmp_path: Path) -> None:
    environment = {
        **stack.environment,
        "PYTHONPATH": str(ROOT),
        "BASSIN_ENVIRONMENT": "test",
        "BASSIN_JWKS": str(stack.keys / "jwks.json"),
        "BASSIN_DATABASE_PREFIX": stack.prefix,
        "BASSIN_TOPIC_PREFIX": stack.topic_prefix,
    }
    spec = ServiceSpec("notifications", 0, (sys.executable, "-m", "services.notifications", "api"))
    service = ServiceProcess(spec, 0, lambda: environment, tmp_path / "api.log")
    await asyncio.to_thread(service.start)
    try:
        async with reading(service.url, stack.token("seeker", subject="user-1")) as reader:
            await reader.next()
            service.process.send(signal.SIGTERM)
            # Within the grace that uvicorn gives to answers under way: the stream does not wait to be cut.
            assert await asyncio.wait_for(reader.next(), 4.0) == {}
        assert await asyncio.to_thread(service.wait, 20.0) in (0, -signal.SIGTERM)
    finally:
        service.kill()
