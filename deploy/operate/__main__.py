"""``bassin``: the operators' command (``python -m deploy.operate``)."""

from deploy.operate.command import run

if __name__ == "__main__":
    run()
