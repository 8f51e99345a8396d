"""What a sequence on the wire says, and which sequences nobody's honest work can have made.

``ce_sequence`` is ``epoch · 2^44 + version``: the version counts the changes of the aggregate, the epoch is that of the
producing service's database. It is 0 until an operator brings a restored, older database back into step
(``resync --new-epoch``): versions went back, and the higher epoch lets the events win over what consumers have seen.
"""

from datetime import datetime

VERSION_BITS = 44
MOST_VERSIONS = 1_000_000
"""No aggregate changes a million times; the busiest of the seeded département counts some hundreds."""
MOST_EPOCHS_AHEAD = 16
"""A database is restored now and then; a consumer that was away may have missed a few times, not hundreds."""
EARLIEST, LATEST = 2000, 2200
"""Years between which an event can have happened."""


def on_wire(epoch: int, version: int) -> int:
    """The sequence of a version in an epoch."""
    return (epoch << VERSION_BITS) + version


def parts(sequence: int) -> tuple[int, int]:
    """Epoch and version of a sequence."""
    return divmod(sequence, 1 << VERSION_BITS)


def is_plausible(sequence: int, heard_epoch: int) -> bool:
    """Whether a service can have sent this, given the highest epoch heard of it (0: none yet).

    One record with a sequence beyond anything real would make every later event of its aggregate look old.
    """
    epoch, version = parts(sequence)
    return 1 <= version <= MOST_VERSIONS and 0 <= epoch <= heard_epoch + MOST_EPOCHS_AHEAD


def is_plausible_time(time: datetime) -> bool:
    """Whether an event can have happened then."""
    return EARLIEST <= time.year < LATEST
