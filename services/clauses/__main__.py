"""``python -m services.clauses api|worker|all|init|resync|dead-letters|outbox …``."""

from services.clauses.app import SERVICE
from shared.cli import run

run(SERVICE)
