"""``python -m services.notifications api|worker|all|init|dead-letters|outbox …``."""

from services.notifications.app import SERVICE
from shared.cli import run

run(SERVICE)
