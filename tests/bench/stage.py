"""Engines and a world of topics and databases of its own, for benches that need the real stack."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.process import free_port
from shared.auth.local import ensure_local_keys
from shared.ids import new_id
from tests.support import Stack

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def stage(environment: dict[str, str]) -> AsyncIterator[Stack]:
    """Topics with a prefix of their own, keys in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder)
        ensure_local_keys(keys)
        stack = Stack(environment, keys, "b" + new_id().replace("-", "")[-12:])
        await stack.create_topics()
        yield stack


async def until(condition: Callable[[], Awaitable[bool]], seconds: float, every: float = 0.02) -> float:
    """Seconds (``perf_counter``) at which the condition held.

    Raises:
        TimeoutError: it never did.
    """
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        if await condition():
            return time.perf_counter()
        await asyncio.sleep(every)
    raise TimeoutError(f"not so after {seconds} s")


@dataclass(frozen=True)
class Services:
    """Processes of services: base URL and process id by name."""

    urls: dict[str, str]
    pids: dict[str, int]


@contextmanager
def service_processes(stack: Stack, names: Sequence[str], what: str = "all", **settings: str) -> Iterator[Services]:
    """``python -m services.<name> all`` (or ``api``, ``worker``) for each name, once they are ready."""
    processes, urls, pids = [], {}, {}
    try:
        for name in names:
            port = free_port()
            environment: dict[str, Any] = {
                **os.environ,
                **stack.environment,
                "PYTHONPATH": str(ROOT),
                "BASSIN_ENVIRONMENT": "test",
                "BASSIN_DATABASE_PREFIX": stack.prefix,
                "BASSIN_TOPIC_PREFIX": stack.topic_prefix,
                "BASSIN_JWKS": str(stack.keys / "jwks.json"),
                "BASSIN_PORT": str(port),
                "BASSIN_LOG_LEVEL": "WARNING",
                **settings,
            }
            urls[name] = f"http://127.0.0.1:{port}"
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", f"services.{name}", what],
                    env=environment,
                    cwd=ROOT,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            pids[name] = processes[-1].pid
        for url in urls.values():
            _wait_until_ready(url)
        yield Services(urls, pids)
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _wait_until_ready(url: str, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    # One client: making one costs as much as a part of the service's start.
    with httpx.Client(timeout=2) as client:
        while time.monotonic() < deadline:
            try:
                if client.get(f"{url}/health/ready").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
    raise TimeoutError(f"{url} is not ready after {seconds} s")
