"""The child's side of ``shared.bounded``: limits first, then the work. It imports next to nothing, so that it starts quickly."""

import importlib
import resource
import sys
from collections.abc import Callable

REFUSED, BROKE = 3, 4
"""Exit codes of a child that says why: what it wrote is the rule, or the kind of the failure (never its message: that may hold
what the child was given)."""


class Declined(Exception):
    """The child says by a stable word why it makes nothing of what it was given."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def _limit(processor: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def main(module: str, processor: str, memory: str, output: str) -> int:
    """The child's side."""
    work: Callable[[bytes], bytes] = importlib.import_module(module).work
    given = sys.stdin.buffer.read()
    _limit(int(processor), int(memory))
    try:
        made = work(given)
    except Declined as declined:
        sys.stdout.buffer.write(declined.rule.encode())
        return REFUSED
    except Exception as broke:  # the parent is told its kind; what a file makes of a library is nobody's to name here
        sys.stdout.buffer.write(type(broke).__name__.encode("ascii", "replace"))
        return BROKE
    sys.stdout.buffer.write(made[: int(output) + 1])
    return 0


if __name__ == "__main__":
    # Run as a module this file is ``__main__``: the refusals that the worker raises are those of its importable twin.
    from shared import bounded_child

    sys.exit(bounded_child.main(*sys.argv[1:]))
