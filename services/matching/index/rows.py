"""What both indexes are: records in slots that are reused, their ids and postings, and the best of many by falling rank."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.index.encoding import Ints, Rows, SkillNumbers
from services.matching.index.identifiers import Identifiers, paper
from services.matching.index.kernel import Rules
from services.matching.index.postings import Postings, Sight, sight
from services.matching.index.searching import best

OPEN_BAR = -1
_FIRST_FOUND = 1_024
"""Candidates that there is room for at first; more is made when a question has more."""
_NONE: Ints = np.empty((2, 0), np.int32)
Score = tuple[str, int]
Sides = tuple[Any, int, Any, Any, int, Any]
"""Offers, the one that asks or −1, their lists; then the same of the profiles."""


def record(row: Any) -> Any:
    """The type of what an index keeps in a slot; ``more``: where lists go on that it has no room for. ``version`` is that of an
    event, with the epoch of a database that was restored above its 44th bit.
    """
    return np.dtype(
        [
            ("version", "<u8"),
            ("bar", "<i4"),
            ("more", "<i4"),
            ("bits", "<u8"),
            ("geo", "<i4", (4,)),
            ("row", row),
        ]
    )


_HEAD: Any = record(np.dtype([])).fields


def packer(kind: Any, first: str) -> tuple[Struct, int]:
    """Packs the fields from ``first`` on, and where that is: in a tenth of the time that NumPy takes for one record."""
    names = kind.names[kind.names.index(first) :]
    return Struct("<" + "".join(_codes(kind.fields[name][0]) for name in names)), kind.fields[first][1]


def part(row: Any, *names: str) -> tuple[Struct, int]:
    """Reads some neighbouring fields of the row of a record, and where they are; as ``packer`` does."""
    kind = record(row)
    return Struct("<" + "".join(_codes(row.fields[name][0]) for name in names)), kind.fields["row"][1] + row.fields[
        names[0]
    ][1]


def _codes(kind: Any) -> str:
    if kind.names:
        return "".join(_codes(kind.fields[name][0]) for name in kind.names)
    base, shape = kind.subdtype or (kind, ())
    code = str(np.dtype(base).char)
    return {"l": "q", "L": "Q"}.get(code, code) * (shape[0] if shape else 1)


_VERSION, _BAR, _MORE, SEEN = (
    (Struct("<" + code), _HEAD[name][1])
    for name, code in (("version", "Q"), ("bar", "i"), ("more", "i"), ("bits", "Q4i"))
)
"""What stands before the row, read and written in a fifth of the time that NumPy takes for one field of one record.

``SEEN``: ``bits`` and ``geo``.
"""


class More:
    """Lists that rows have no room for, one behind the other: how many, then the numbers. Place 0 is no list."""

    def __init__(self) -> None:
        self.numbers: NDArray[np.int64] = np.zeros(64, np.int64)
        self._end = 1
        self._lost = 0

    @property
    def spoiled(self) -> bool:
        """Whether most of it belongs to nobody any more."""
        return self._lost > 1_024 and self._lost * 2 > self._end

    def add(self, numbers: Sequence[int]) -> int:
        """The place of a new list; 0 for an empty one."""
        if not numbers:
            return 0
        place, end = self._end, self._end + 1 + len(numbers)
        if end > len(self.numbers):
            self.numbers = np.concatenate([self.numbers, np.zeros(end, np.int64)])
        self.numbers[place] = len(numbers)
        self.numbers[place + 1 : end] = numbers
        self._end = end
        return place

    def get(self, place: int) -> list[int]:
        """The list at a place."""
        if not place:
            return []
        found: list[int] = self.numbers[place + 1 : place + 1 + int(self.numbers[place])].tolist()
        return found

    def drop(self, place: int) -> None:
        """The list at a place is not needed any more."""
        self._lost += 1 + int(self.numbers[place]) if place else 0


class SlottedRows(ABC):
    """Records by slot. Slot 0 is never used: removed postings point at it, and a question's own record is put there."""

    def __init__(self, rules: Rules, row: Any, capacity: int, skills: SkillNumbers) -> None:
        capacity = max(16, capacity + 1)
        self.rules = rules
        self.skills = skills
        self.ids = Identifiers(capacity)
        self.postings = Postings()
        self.more = More()
        self.table: Rows = np.zeros(capacity, record(row))
        self._packer, self._first = packer(self.table.dtype, "bits")
        self._bytes = self.table.view(np.uint8).data
        self._empty(slice(None))
        self._mark: Ints = np.zeros(capacity, np.int32)
        self._found = np.empty(_FIRST_FOUND, np.int64)
        self._turn = 0
        self._answer(64)
        self._free: list[int] = []
        self.changes = 0
        self._next = 1

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, identifier: str) -> bool:
        return self.ids.find(identifier) != 0

    @property
    def nbytes(self) -> int:
        """Bytes held by records, ids and postings."""
        arrays = (
            self.table, self._mark, self._found, self.more.numbers, self._slots, self._scores, self._text,
        )  # fmt: skip
        return sum(array.nbytes for array in arrays) + self.ids.nbytes + self.postings.nbytes

    def follow(self, rules: Rules) -> None:
        """Questions are answered by other rules from now on."""
        self.rules = rules
        self.postings.forget()

    def set_bar(self, identifier: str, score: int) -> None:
        """Scores below do not interest this row (``above_bar`` leaves them out); −1: all do."""
        self._write(_BAR, self.ids.find(identifier), score)

    def slots(self) -> Ints:
        """Slots in use, rising."""
        return np.flatnonzero((self.ids.high != 0) | (self.ids.low != 0)).astype(np.int32)

    def names(self) -> list[str]:
        """Ids of all rows."""
        return self.ids.names(self.slots())

    def found(self, names: Iterable[str]) -> Ints:
        """The slots of those of these ids that are here."""
        return np.array([slot for slot in map(self.ids.find, names) if slot], np.int32)

    def best_around(
        self,
        asking: "SlottedRows",
        slot: int,
        wanted: Ints,
        levels: int,
        limit: int,
        today: int,
        over: Iterable[str] = (),
        above_bar: bool = False,
    ) -> list[Score]:
        """The best rows here for one of the other side, by falling score, then id: of those who are in reach and in the
        ``wanted`` postings, none that are over. ``levels``: classes of reach in use."""
        if limit <= 0:
            return []
        over = tuple(over)
        while True:
            kept = self._best(asking, slot, today, above_bar, wanted, levels, self._found, -1, limit, over)
            if kept >= 0:
                return self._told(kept)
            self._found = np.empty(2 * len(self._found), np.int64)

    def best_of(self, asking: "SlottedRows", slot: int, found: Ints, today: int) -> list[Score]:
        """The same of some slots here, all that are good enough."""
        count = len(found)
        return (
            self._told(self._best(asking, slot, today, False, _NONE, 0, found.astype(np.int64), count, count))
            if count
            else []
        )

    def _best(
        self,
        asking: "SlottedRows",
        slot: int,
        today: int,
        above_bar: bool,
        wanted: Ints,
        levels: int,
        found: NDArray[np.int64],
        count: int,
        limit: int,
        over: Iterable[str] = (),
    ) -> int:
        turn = self._next_turn()
        for name in over:
            self._mark[self.ids.find(name)] = turn
        limit = min(limit, len(self.table))
        if limit > len(self._slots):
            self._answer(limit)
        return best(
            self.rules.tables, *self._sides(asking, slot), today, above_bar, self.postings.directory.table, wanted, levels,
            found, count, self._mark, turn, self.ids.high, self.ids.low, limit, self._slots, self._scores, self._text,
        )  # fmt: skip

    def _next_turn(self) -> int:
        self._turn += 1
        if self._turn == 1 << 31:
            self._mark[:], self._turn = 0, 1
        return self._turn

    def _answer(self, size: int) -> None:
        self._slots, self._scores, self._text = np.zeros(size, np.int32), np.zeros(size, np.int64), paper(size)
        self._told_slots, self._told_scores, self._told_text = self._slots.data, self._scores.data, self._text.data

    def _told(self, kept: int) -> list[Score]:
        names = self.ids.read(self._told_slots[:kept], self._told_text)
        return list(zip(names, self._told_scores[:kept].tolist(), strict=True))

    @abstractmethod
    def _sides(self, asking: "SlottedRows", slot: int) -> Sides:
        """Who asks whom."""

    def _lay(self, slot: int, geo: Any, bits: int, row: Any, more: Sequence[int]) -> bool:
        """Fill a slot, its bar and version left as they are; whether anything in it is different now."""
        packed = self._packer.pack(bits, *geo, *row)
        first = slot * self.table.itemsize + self._first
        end, place = first + len(packed), self._more_at(slot)
        if self._bytes[first:end].tobytes() == packed and self.more.get(place) == more:
            return False
        self._bytes[first:end] = packed
        if place:
            self.more.drop(place)
            if self.more.spoiled:
                self._write(_MORE, slot, 0)
                self._pack()
        self._write(_MORE, slot, self.more.add(more))
        return True

    def _read(self, fields: tuple[Struct, int], slot: int) -> tuple[int, ...]:
        """Some fields of a row (``part``)."""
        return fields[0].unpack_from(self._bytes, slot * self.table.itemsize + fields[1])

    def _write(self, fields: tuple[Struct, int], slot: int, *values: int) -> None:
        fields[0].pack_into(self._bytes, slot * self.table.itemsize + fields[1], *values)

    def _version(self, slot: int) -> int:
        return self._read(_VERSION, slot)[0]

    def _is_at(self, slot: int, version: int) -> None:
        self._write(_VERSION, slot, version)

    def _sight(self, slot: int) -> Sight:
        return sight(*self._read(SEEN, slot))

    def _more_at(self, slot: int) -> int:
        return self._read(_MORE, slot)[0]

    def _pack(self) -> None:
        """Only the lists that somebody has."""
        kept = More()
        at = np.flatnonzero(self.table["more"])
        self.table["more"][at] = [kept.add(self.more.get(place)) for place in self.table["more"][at].tolist()]
        self.more = kept

    def _empty(self, slots: Any) -> None:
        record = np.zeros((), self.table.dtype)
        record["bits"], record["bar"] = ~np.uint64(0), OPEN_BAR
        self.table[slots] = record

    def _claim(self, count: int = 1) -> list[int]:
        taken = [self._free.pop() for _ in range(min(count, len(self._free)))]
        fresh = count - len(taken)
        if self._next + fresh > len(self.table):
            self._grow(max(self._next + fresh, len(self.table) + len(self.table) // 4 + 64))
        taken += range(self._next, self._next + fresh)
        self._next += fresh
        return taken

    def _release(self, slot: int) -> None:
        self.more.drop(self._more_at(slot))
        self._empty(slot)
        self.changes += 1
        self._free.append(slot)

    def _grow(self, capacity: int) -> None:
        held = len(self.table)
        self.table = np.concatenate([self.table, np.zeros(capacity - held, self.table.dtype)])
        self._bytes = self.table.view(np.uint8).data
        self._empty(slice(held, None))
        self._mark = np.zeros(capacity, np.int32)
        self._turn = 0
        self.ids.grow(capacity)
