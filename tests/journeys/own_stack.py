"""A whole local stack for one test: its own engines, the five services on free ports, everything in one folder."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.engine import EngineMissing
from deploy.local.identity import IdentityKind
from deploy.local.process import free_port
from deploy.local.runner import LocalStack
from deploy.local.services import bassin_services


@contextmanager
def own_stack(
    folder: Path,
    say: Callable[[str], None] = print,
    identity: IdentityKind = IdentityKind.TOKENS,
    environment: Mapping[str, str] | None = None,
) -> Iterator[LocalStack]:
    """The stack, running, with its data in ``folder / "data"`` and ``stack.json`` in ``folder / "run"``.

    ``environment`` goes to every service. Servers that exist are left alone: it is about what ``make up`` starts. ``BROKER``
    chooses the broker.
    """
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("MONGODB_URL", "KAFKA_BOOTSTRAP_SERVERS"):
            patch.delenv(variable, raising=False)
        specs = [replace(spec, port=free_port()) for spec in bassin_services()]
        stack = LocalStack(
            folder / "data", folder / "run", services=specs, identity=identity, environment=environment, say=say
        )
        try:
            stack.start()
        except EngineMissing as missing:
            pytest.skip(str(missing))
        try:
            yield stack
        finally:
            stack.stop()
