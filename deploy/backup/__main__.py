"""``python -m deploy.backup``."""

from deploy.backup.command import run

if __name__ == "__main__":
    run()
