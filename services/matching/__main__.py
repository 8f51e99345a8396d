"""``python -m services.matching api|worker|all|init|resync|dead-letters|outbox …``."""

from services.matching.app import SERVICE
from shared.cli import run

run(SERVICE)
