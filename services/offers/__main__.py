"""``python -m services.offers api|worker|all|init|resync|dead-letters|outbox …``."""

from services.offers.app import SERVICE
from shared.cli import run

if __name__ == "__main__":
    run(SERVICE)
