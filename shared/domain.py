"""What every aggregate has: identity, version, territory and the events that it has not published yet."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr

from shared.kept_enum import read_stored
from shared.types import STORED

M = TypeVar("M", bound=BaseModel)


def made_of(model: type[M], values: dict[str, Any]) -> M:
    """An instance of a model without private attributes, of values that were validated: one for each of its fields, under their
    names. ``model_construct`` does the same at ten times the cost, since it looks for aliases and defaults.
    """
    made = model.__new__(model)
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", set(values))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


class Entity(BaseModel):
    """A part of an aggregate: strict about unknown fields, so that a typing mistake is not stored."""

    model_config = ConfigDict(extra="forbid")


class Value(Entity):
    """A part that is replaced, never changed: as the default of a field it is shared, where another is copied each time."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class PendingEvent:
    """An event that the aggregate recorded: its type, its full state and the version that it made."""

    type: str
    data: BaseModel
    sequence: int
    time: datetime
    opening: bool = False


class Aggregate(BaseModel):
    """The unit of consistency. A command changes it, bumps ``version`` and records events; the store saves both at once.

    ``version`` counts changes and is the CloudEvents ``sequence`` of the event that the change recorded, so each event
    of an aggregate has its own, rising number.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    territory: str
    version: int = 0
    created_at: datetime
    updated_at: datetime

    _loaded_version: int = PrivateAttr(default=0)
    _pending: list[PendingEvent] = PrivateAttr(default_factory=list)

    @property
    def loaded_version(self) -> int:
        """The version in the store when this was read; 0 for a new one. Saving requires that it is still so."""
        return self._loaded_version

    @property
    def pending(self) -> tuple[PendingEvent, ...]:
        """Events recorded since the last save, oldest first."""
        return tuple(self._pending)

    def event_data(self, event_type: str) -> BaseModel:
        """The contract model of ``event_type`` filled from this aggregate's present state (full state).

        Raises:
            LookupError: the aggregate has no event of this type.
        """
        raise LookupError(f"{type(self).__name__} has no event of type {event_type}")

    def record(self, event_type: str, now: datetime) -> None:
        """Bump the version and record an event with the state as it is now: call it after the change."""
        self.touch(now)
        self._pending.append(PendingEvent(event_type, self.event_data(event_type), self.version, now))

    def record_first(self, event_type: str, now: datetime) -> None:
        """As ``record``, of the first event that there ever was of this id (``Work.publish``)."""
        self.record(event_type, now)
        self._pending[-1] = replace(self._pending[-1], opening=True)

    def touch(self, now: datetime) -> None:
        """Bump the version for a change that no event tells of."""
        self.version += 1
        self.updated_at = now

    def mark_saved(self) -> None:
        """The store calls this after the commit."""
        # By way of the slot: pydantic's own way to a private attribute costs ten times as much, and each reading comes by here.
        private = self.__pydantic_private__
        assert private is not None
        private["_loaded_version"] = self.version
        private["_pending"].clear()

    @classmethod
    def restore(cls, document: dict[str, object]) -> Self:
        """Build from a stored document (``_id`` becomes ``id``).

        Fields that this release does not know are kept and saved again: a newer one may run beside it.
        """
        # Names with an underscore are the store's own marks.
        fields = {name: value for name, value in document.items() if not name.startswith("_")}
        fields["id"] = document["_id"]
        found = read_stored(cls, fields, extra="allow", context=STORED)
        found.mark_saved()
        return found
