"""``python -m services.profiles api|worker|all|init|resync|dead-letters|outbox …``."""

from services.profiles.app import SERVICE
from shared.cli import run

run(SERVICE)
