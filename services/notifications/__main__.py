"""``python -m services.notifications api|worker|all|init|redrive``."""

from services.notifications.app import SERVICE
from shared.cli import run

run(SERVICE)
